"""What a script and the modules behind it say, in one short word.

Snakemake judges a script by the time of its file, which a fresh clone or a moved folder changes,
and does not look at what a script imports. The workflow gives each rule the digest of its script
instead (params): an edit of a module makes anew what depends on it, an edit of a comment or of the
layout nothing.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path


def meaning(tree: ast.Module) -> str:
    """What a Python file does: its tree without docstrings, and so without comments and layout.

    Nor does a release change what code does: a module's ``__version__`` is left out.
    """
    tree.body = [each for each in tree.body if not _is_version(each)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                del node.body[0]
    return ast.dump(tree)


def _is_version(node: ast.stmt) -> bool:
    """Whether a statement says the version of a package."""
    names = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(each, ast.Name) and each.id == "__version__" for each in names)


def names_imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Module and name of each import anywhere in a file; no name where the module is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


class CodeDigests:
    """Digests of scripts, with what is known of each file kept between runs.

    Parameters
    ----------
    packages
        Folder that each package of the project lies in, by name; others' packages do not count.
    cache
        File that keeps what files say, by their path, size and time, so that each job on a
        cluster starts fast; where it cannot be written, files are read again.
    tables
        Folders of tables that a module of the project reads, by its name: they count with it.
    """

    def __init__(
        self,
        packages: Mapping[str, Path],
        cache: str | os.PathLike,
        tables: Mapping[str, Path] | None = None,
    ) -> None:
        self.packages = packages
        self.cache = Path(cache)
        self.changed = False
        self.known: dict[str, list] = {}
        with contextlib.suppress(OSError, ValueError):
            self.known = json.loads(self.cache.read_text(encoding="utf-8"))
        self.read: dict[Path, tuple[str, list]] = {}
        self.modules = {
            ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"): path
            for name, folder in packages.items()
            for path in (folder / name).rglob("*.py")
        }
        self.tables = {
            self.modules[module]: sorted(folder.rglob("*.csv"))
            for module, folder in (tables or {}).items()
        }

    def look_into(self, path: Path) -> tuple[str, list]:
        """As :meth:`file`, from the file itself."""
        content, used = path.read_bytes(), set()
        if path.suffix == ".py":
            tree = ast.parse(content.decode("utf-8"), path)
            used = {n for n in names_imported(tree) if n[0].split(".")[0] in self.packages}
            content = meaning(tree).encode()
        return hashlib.sha256(content).hexdigest(), sorted(used)

    def file(self, path: Path) -> tuple[str, list]:
        """Digest of what one file says, and what it imports of the project."""
        if path not in self.read:
            status = path.stat()
            state = [status.st_size, status.st_mtime_ns]
            kept = self.known.get(str(path))
            if not kept or kept[0] != state:
                said, used = self.look_into(path)
                kept = self.known[str(path)] = [state, said, used]
                self.changed = True
            self.read[path] = kept[1], kept[2]
        return self.read[path]

    def behind(self, module: str, name: str) -> Iterator[Path]:
        """Files that one import brings in; a package stands for the modules its name is from."""
        if f"{module}.{name}" in self.modules:
            yield self.modules[f"{module}.{name}"]
        elif module in self.modules:
            path = self.modules[module]
            sources = [o for o in self.file(path)[1] if o[1] == name]
            if path.name == "__init__.py" and sources:
                for source in sources:
                    yield from self.behind(*source)
            else:
                yield path

    def modules_of(self, script: Path) -> set[Path]:
        """Files that a script imports, directly or through others, and tables that these read."""
        found: set[Path] = set()
        waiting = [script]
        while waiting:
            new = {p for i in self.file(waiting.pop())[1] for p in self.behind(*i)} - found
            found |= new
            waiting.extend(new)
        read = {table for path in found for table in self.tables.get(path, ())}
        return (found | read) - {script}

    def digest(self, script: Path) -> str:
        """What a script and its modules say; the same wherever the project lies."""
        said = sorted(self.file(path)[0] for path in self.modules_of(script))
        return hashlib.sha256("".join([self.file(script)[0], *said]).encode()).hexdigest()[:16]

    def contents(self, paths: Iterable[Path]) -> str:
        """What other files of the project say; the same wherever the project lies."""
        said = [self.file(path)[0] for path in paths]
        return hashlib.sha256("".join(said).encode()).hexdigest()[:16]

    def save(self) -> None:
        """Keep what is known of the files, for the next run."""
        if not self.changed:
            return
        part = self.cache.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self.cache.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self.known), encoding="utf-8")
            os.replace(part, self.cache)
