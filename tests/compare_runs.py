"""Compare two folders of results value by value: `python tests/compare_runs.py FOLDER FOLDER`.

Left out is what two runs of the same settings cannot share: measured times and what follows from
them, dates, commits, versions and hardware, files that tell of other files (claims), checkpoints.
All else has to be the same to the last bit. The exit status is 1 if anything differs.
"""

import csv
import json
import re
import sys
from pathlib import Path

import netCDF4
import numpy as np
from safetensors import safe_open

MEASURED = re.compile(
    r"(^|_)cpu(_|$)|seconds|^milliseconds$|^samples_per_s$|^time_for_slice_s$|^gain_(least|median|within|distance)$"
    r"|^squared_distance$|^size_MB$"  # within equal CPU times; a card with its times in the file
    r"|^(git_commit|source|versions|settings|hardware|device|card|sha256|threads)$"
)
# The time in it is the processor's, under a name that other files have for physical times.
PROCESSOR_TIME = {"samplers.nc": {"time"}}
TOLD_OF_OTHERS = re.compile(r"(^|/)claims[^/]*$|checkpoint|(^|/)\.")


def values(path):
    """Everything in a file as a dictionary of names to arrays or plain values."""
    path = Path(path)
    if path.suffix == ".nc":
        found = _netcdf(path)
    elif path.suffix == ".safetensors":
        with safe_open(path, "numpy") as file:
            found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    elif path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        found = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
    elif path.suffix == ".json":
        found = dict(_leaves(json.loads(path.read_text(encoding="utf-8"))))
    else:
        found = {"content": path.read_bytes()}
    left_out = PROCESSOR_TIME.get(path.name, set())
    return {
        name: value
        for name, value in found.items()
        if name not in left_out and not any(map(MEASURED.search, name.split("/")))
    }


def _netcdf(path):
    """Variables, their attributes, and those of the file."""
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        found = {f"attribute/{name}": file.getncattr(name) for name in file.ncattrs()}
        for name, variable in file.variables.items():
            found[name] = variable[...]
            found[f"dimensions of {name}"] = variable.dimensions
            if "cpu" not in name:
                found[f"units of {name}"] = getattr(variable, "units", "")
    return found


def _leaves(content, name=""):
    """Names (``a/b/0``) and values of what JSON nests."""
    if isinstance(content, dict | list):
        pairs = content.items() if isinstance(content, dict) else enumerate(content)
        for key, value in pairs:
            yield from _leaves(value, f"{name}/{key}" if name else str(key))
    else:
        yield name, content


def difference(one, other):
    """In words how two values differ, or nothing."""
    one, other = np.asarray(one), np.asarray(other)
    if one.dtype != other.dtype or one.shape != other.shape:
        return f"{one.dtype} {one.shape} and {other.dtype} {other.shape}"
    numbers = one.dtype.kind in "fc"
    same = (one == other) | ((one != one) & (other != other)) if numbers else one == other
    if np.all(same):
        return ""
    text = f"{np.size(same) - np.count_nonzero(same)} of {np.size(same)} values"
    if not numbers:
        return text
    away = np.abs(one.astype(float) - other.astype(float))[~same]
    return f"{text}, by {np.nanmax(away) if np.isfinite(away).any() else np.nan:.3g} at most"


def files(folder):
    """Names of the files of results in a folder."""
    found = {str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file()}
    return {name for name in found if not TOLD_OF_OTHERS.search(name)}


def compare(one, other):
    """Compare two folders: number of values compared by file, and differences by file and name."""
    first, second = files(one), files(other)
    counts = {}
    found = {(name, ""): "only in one folder" for name in first ^ second}
    for name in sorted(first & second):
        a, b = values(Path(one, name)), values(Path(other, name))
        counts[name] = len(a)
        for key in sorted(a.keys() | b.keys()):
            words = difference(a[key], b[key]) if key in a and key in b else "only in one file"
            if words:
                found[name, key] = words
    return counts, found


def main(one, other):
    """Print what differs; 1 if anything does, or if there is nothing to compare."""
    counts, found = compare(one, other)
    for (name, key), words in sorted(found.items()):
        print(f"{name}: {key + ': ' if key else ''}{words}")
    differing = len({name for name, _ in found})
    print(f"{len(counts)} files with {sum(counts.values())} entries compared, {differing} differ")
    return int(bool(found) or not counts)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
