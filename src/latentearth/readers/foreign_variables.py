"""One variable of somebody's netCDF file: its dimensions, type and unit judged, then its values.

Dimensions may be in any order and have any of their usual names; units are those that the file
states; packed, missing and big-endian values come as plain numbers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import netCDF4
import numpy as np

from latentearth.io import InputError
from latentearth.readers import units as unit_table

# Usual names of dimensions and coordinates beside ours.
ALIASES: dict[str, tuple[str, ...]] = {
    "chain": ("chains", "walker", "walkers"),
    "sample": ("samples", "draw", "draws", "realization", "realisation", "realizations", "member"),
    "point": ("points", "location", "locations", "node", "nodes", "site", "sites"),
    "coordinate": ("coordinates", "parameter", "parameters", "dim", "dimension", "component"),
    "model": ("models",),
    "cell": ("cells", "nucleus", "nuclei"),
    "source": ("sources", "event", "events", "shot", "shots"),
    "time": ("times", "t"),
    "image": ("images", "sample", "samples", "realization", "n"),
    "row": ("rows", "y"),
    "column": ("columns", "x"),
    "coefficient": ("coefficients", "component", "components"),
    "lat": ("latitude",),
    "lon": ("longitude",),
    "x": ("easting",),
    "y": ("northing",),
    "z": ("depth", "elevation", "height", "altitude"),
}
# Those that are coordinates, so that a variable may have these names as well.
COORDINATES = {"time", "row", "column", "coefficient", "lat", "lon", "x", "y", "z"}


def stated_unit(found: netCDF4.Variable) -> str:
    """The unit that a variable states, in ``units`` or as older programs call it; perhaps none."""
    for name in found.ncattrs():
        if name.lower() in ("units", "unit"):
            return str(found.getncattr(name)).strip()
    return ""


def judged(
    path: str,
    found: netCDF4.Variable,
    dimensions: Sequence[str],
    units: str | None = None,
    *,
    unstated: bool = False,
    kind: str = "real",
) -> ForeignVariable:
    """A variable, checked in all but its values.

    Parameters
    ----------
    path
        The file, for messages.
    found
        As the netCDF library has it.
    dimensions, units, unstated, kind
        As of :meth:`latentearth.readers.foreign.ForeignFile.variable`.

    Raises
    ------
    InputError
        If it has other dimensions, another type, or no such unit.
    """
    label = f"'{found.name}'"
    order = _order(path, found, tuple(dimensions), kind)
    allowed = "SUOfiu" if kind == "label" else "fiub"
    dtype = np.dtype("U") if found.dtype is str else np.dtype(found.dtype)
    ragged = found.dtype is not str and isinstance(found.datatype, netCDF4.VLType)
    if dtype.kind not in allowed or ragged:
        needed = "numbers or words" if kind == "label" else "real numbers, such as float32"
        raise InputError(path, f"type of {label}", dtype, needed)
    factor = _factor(path, found, units, unstated) if units is not None else 1.0
    return ForeignVariable(path, found, tuple(dimensions), order, factor, kind)


def _order(path: str, found: netCDF4.Variable, wanted: tuple[str, ...], kind: str) -> tuple:
    """Where the wanted dimensions are among those found."""
    there = found.dimensions
    if kind == "label" and found.dtype == "S1":
        there = there[:-1]  # letters
    expected = f"({', '.join(wanted)}), in any order"
    label = f"dimensions of '{found.name}'"
    if any(name.startswith("phony_dim") for name in there):
        text = f"{len(there)} without names (HDF5 that is no netCDF)"
        raise InputError(path, label, text, expected)
    shown = f"({', '.join(there)})"
    if len(there) != len(wanted) or len(set(there)) < len(there):
        raise InputError(path, label, shown, expected)
    order: list[int] = []
    for name in wanted:
        usual = (name, *ALIASES.get(name, ()))
        if name == "coordinate":  # as ArviZ calls what has no name
            usual += (f"{found.name}_dim_0",)
        # our own name, before a usual one that may be another dimension's own
        hits = [k for k, other in enumerate(there) if other == name]
        hits = hits or [
            k
            for k, other in enumerate(there)
            if other.lower() in usual and other not in set(wanted) - {name}
        ]
        if len(hits) != 1 or hits[0] in order:
            raise InputError(path, label, shown, expected)
        order += hits
    return tuple(order)


def _factor(path: str, found: netCDF4.Variable, wanted: str, unstated: bool) -> float:
    """From the unit of a variable to the one that is wanted."""
    stated = stated_unit(found)
    label = f"units of '{found.name}'"
    if not stated:
        if unstated:
            return 1.0
        raise InputError(path, label, "none", f"{wanted}, or another stated unit")
    try:
        return unit_table.factor(stated, wanted)
    except ValueError:
        raise InputError(path, label, repr(stated), f"{wanted}, or what can become it")


@dataclass(frozen=True)
class ForeignVariable:
    """A variable that is read as it is asked for; :func:`judged` makes it."""

    path: str
    found: netCDF4.Variable
    dimensions: tuple[str, ...]
    order: tuple[int, ...]
    factor: float
    kind: str

    @property
    def shape(self) -> tuple[int, ...]:
        """In the order that was wanted."""
        return tuple(self.found.shape[k] for k in self.order)

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def unit(self) -> str:
        """As the file states it; empty if it does not."""
        return stated_unit(self.found)

    @property
    def name(self) -> str:
        """As the file calls it."""
        return self.found.name

    def __getitem__(self, key: int | slice | tuple[int | slice, ...]) -> np.ndarray:
        """Values in the wanted unit and order; missing ones are NaN.

        Parameters
        ----------
        key
            Numbers or slices along the wanted dimensions, in their order.

        Raises
        ------
        InputError
            If they cannot be read or do not fit the memory, or if an integer is missing or no
            whole number.
        """
        keys = key if isinstance(key, tuple) else (key,)
        keys += (slice(None),) * (len(self.order) - len(keys))
        there: list[int | slice] = [slice(None)] * self.found.ndim
        for place, part in zip(self.order, keys, strict=True):
            there[place] = part
        self._check_memory(keys)
        marks = {"_FillValue", "missing_value", "valid_min", "valid_max", "valid_range"}
        if np.dtype(self.found.dtype).kind in "iu" and not marks & set(self.found.ncattrs()):
            self.found.set_auto_mask(False)  # 255 is a grey value, not what was never written
        try:
            read = self.found[tuple(there)]
        except (OSError, RuntimeError, ValueError, LookupError) as error:
            raise InputError(self.path, f"'{self.name}'", f"damaged values ({error})", "whole ones")
        if self.kind == "label":
            return self._words(read)
        kept = [place for place, part in zip(self.order, keys, strict=True) if _stays(part)]
        values = np.transpose(self._plain(read), np.argsort(np.argsort(kept)))
        return values * values.dtype.type(self.factor) if self.factor != 1.0 else values

    def _check_memory(self, keys: tuple) -> None:
        lengths = [
            len(range(*part.indices(size))) if _stays(part) else 1
            for part, size in zip(keys, self.shape, strict=True)
        ]
        needed = 8 * int(np.prod(lengths, dtype=object))
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        if needed > memory:
            text = f"{' x '.join(map(str, lengths))} values, {needed / 1e9:.1f} GB"
            raise InputError(self.path, f"size of '{self.name}'", text, f"{memory / 1e9:.1f} GB")

    def _plain(self, read: np.ndarray) -> np.ndarray:
        """Without mask, in this machine's order of bytes; integers if they are wanted."""
        mask = np.ma.getmaskarray(read) if isinstance(read, np.ma.MaskedArray) else None
        values = np.ma.getdata(read)
        values = values.astype(values.dtype.newbyteorder("="), copy=False)
        missing = int(mask.sum()) if mask is not None else 0
        if self.kind == "integer":
            whole = np.isfinite(values) & (np.floor(values) == values)
            if missing or not whole.all():
                text = f"{missing} missing and {int((~whole).sum())} that are no whole numbers"
                raise InputError(self.path, f"values of '{self.name}'", text, "whole numbers only")
            return values.astype(np.int64)
        if missing:
            values = values.astype(np.result_type(values.dtype, np.float32))
            values[mask] = np.nan
        if self.factor != 1.0 and values.dtype.kind != "f":
            values = values.astype(float)
        return values

    def _words(self, read: np.ndarray) -> np.ndarray:
        """Labels, words of single letters put together."""
        if np.ma.is_masked(read) and read.dtype.kind in "fiu":
            found = f"{np.ma.count_masked(read)} missing"
            raise InputError(self.path, f"values of '{self.name}'", found, "a label for each")
        values = np.ma.getdata(read)
        if values.dtype.kind == "S" and values.ndim > 1:
            values = netCDF4.chartostring(values)
        return values.astype(str) if values.dtype.kind in "SUO" else values


def _stays(part: int | slice) -> bool:
    """Whether a dimension remains after indexing."""
    return isinstance(part, slice)
