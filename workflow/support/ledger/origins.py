"""Where results are from: the scale, seed and commit that each file carries, not the config's.

Files of one folder may have been made under several configs. Whatever tells of them names all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4


@dataclass(frozen=True, order=True)
class Origin:
    """What made a file."""

    scale: str
    seed: str
    commit: str

    def __str__(self) -> str:
        """In words, with a commit that people can read."""
        changes = "+changes" if self.commit.endswith("+changes") else ""
        short = self.commit if " " in self.commit else self.commit.removesuffix(changes)[:10]
        return f"scale {self.scale}, seed {self.seed}, commit {short}{changes}"


def origin(path: Path, content: Any) -> Origin | None:
    """What an opened file says of itself; a table's word stands in the card beside it.

    None where it says nothing, and for shipped weights, whose own card tells where they are from.
    """
    if path.suffix == ".csv":
        return origin_of(path)
    if path.suffix == ".safetensors":
        content = json.loads(content.get("__metadata__", {}).get("card", "{}"))
    return _origin(getattr(content, "attrs", content))


def origin_of(path: Path) -> Origin | None:
    """What a file that nobody has opened says of itself."""
    return _origin(said(path))


def _origin(said: Any) -> Origin | None:
    if not isinstance(said, Mapping) or "scale" not in said or "stored_as" in said:
        return None
    return Origin(str(said["scale"]), str(said["seed"]), str(said["git_commit"]))


def said(path: Path) -> dict[str, Any]:
    """Attributes of a result, the text of a picture, or the card beside a table or a network."""
    if path.suffix == ".nc":
        with netCDF4.Dataset(path) as file:
            return {name: file.getncattr(name) for name in file.ncattrs()}
    if path.suffix == ".png":
        return text_of_png(path)
    card = path.with_suffix(".json") if path.suffix == ".safetensors" else Path(f"{path}.json")
    return json.loads(card.read_text(encoding="utf-8")) if card.is_file() else {}


def text_of_png(path: Path) -> dict[str, str]:
    """The text chunks that stand before the image in a PNG file."""
    found = {}
    with open(path, "rb") as file:
        file.seek(8)  # the signature
        while (kind := (head := file.read(8))[4:]) not in (b"IDAT", b""):
            content = file.read(int.from_bytes(head[:4], "big"))
            file.seek(4, 1)  # the checksum
            if kind == b"tEXt":
                key, value = content.split(b"\0", 1)
                found[key.decode("latin-1")] = value.decode("latin-1")
    return found


def in_words(origins: Iterable[Origin | None]) -> str:
    """One origin, or all of several with the number of files of each."""
    known = [each for each in origins if each is not None]
    kinds = sorted(set(known))
    if not kinds:
        return "Nothing that was read says where it is from."
    if len(kinds) == 1:
        text = str(kinds[0])
        return f"{text[0].upper()}{text[1:]}."
    counted = "; ".join(f"{kind} ({known.count(kind)} of {len(known)} files)" for kind in kinds)
    return f"Results of several runs: {counted}."
