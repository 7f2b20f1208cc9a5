"""Numbers out of result files, named by data and never by code: what the claim ledger measures.

A selector names a file and a place in it: a netCDF variable with labels and reductions over
named dimensions, a cell of a CSV table, or a path of keys into JSON or into the header of weights
in safetensors. A combination joins selectors by a named operation. Both are plain mappings.
"""

from __future__ import annotations

import csv
import functools
import itertools
import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

if TYPE_CHECKING:  # numpy and xarray are slow to load, and the DAG needs only names of files
    import numpy as np
    import xarray as xr

ALL = "all"
REDUCTIONS = ("mean", "std", "min", "max", "median", "sum", "count", "norm", "minima")
# Of each operation the number of operands; None: two or more.
OPERATIONS = {
    "ratio": 2,  # a / b
    "percent": 2,  # 100 a / b
    "saving": 2,  # 100 (1 - a / b): per cent by which a is smaller than b
    "difference": 2,
    "distance": 2,  # |a - b|
    "log_slope": 2,  # slope of log b against log a
    "sum": None,
    "product": None,
    "least": None,
    "greatest": None,
    "decreasing": None,  # 1 if each operand is below the one before, else 0
}
if TYPE_CHECKING:  # a checker of types does not see the names that pydantic checks
    Reduction = dict[str, str | list[str]]
    Operation = str
else:
    Reduction = dict[Literal[REDUCTIONS], str | list[str]]
    Operation = Literal[tuple(OPERATIONS)]


class Section(BaseModel):
    """A part of a ledger: every key is declared, and no other is let in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MeasurementError(ValueError):
    """A result file does not hold what an entry of the ledger measures."""

    def __init__(self, source: object, field: str, found: object, expected: object):
        super().__init__(f"{source}: {field}: found {found}; expected {expected}")


class NotFiniteError(MeasurementError):
    """A measure is no finite number, for example the mean of no sample."""


class Range(Section):
    """Labels from one to another, both included."""

    first: float
    last: float


Label = str | int | float


class Selector(Section):
    """A number or an array in one result file; the file's suffix says which keys may be given.

    Attributes
    ----------
    file
        Path below the folder of results' parent, for example ``results/<paper>/table.csv``.
    variable, select, index, reduce
        netCDF: a variable; labels or numbers along dimensions; reductions one after another,
        each ``{name: dimensions}`` or ``{name: all}``. ``std`` divides by the number of values,
        ``norm`` is the root of the sum of squares, ``count`` the number of values, ``minima`` that
        of local minima: values off the edges that are below all their neighbours.
    attribute
        netCDF: a global attribute instead of a variable.
    keys
        JSON (or an attribute that holds JSON): keys and indices one below another. Text in the
        midst of the path is read as JSON, because cards hold their settings so. safetensors: into
        the header, where the card stands below ``__metadata__`` and each array has a ``shape``.
    row, column
        CSV: a column, in the row or rows where the other columns have these values.
    """

    file: str
    variable: str | None = None
    attribute: str | None = None
    select: dict[str, Label | list[Label] | Range] = Field(default_factory=dict)
    index: dict[str, int | list[int]] = Field(default_factory=dict)
    keys: list[int | str] = Field(default_factory=list)
    row: dict[str, Label] = Field(default_factory=dict)
    column: str | None = None
    reduce: list[Reduction] = Field(default_factory=list)

    @model_validator(mode="after")
    def _keys_fit_the_file(self):
        """Refuse keys of another kind of file, which would be ignored."""
        kinds = {
            ".nc": {"variable", "attribute", "select", "index", "keys", "reduce"},
            ".json": {"keys", "reduce"},
            ".safetensors": {"keys", "reduce"},
            ".csv": {"row", "column", "reduce"},
        }
        kind = Path(self.file).suffix
        if kind not in kinds:
            raise ValueError(f"a file with one of the suffixes {', '.join(kinds)}")
        wrong = self.model_fields_set - kinds[kind] - {"file"}
        if wrong:
            raise ValueError(f"for {kind} only {', '.join(sorted(kinds[kind]))}")
        if kind == ".nc" and (self.variable is None) == (self.attribute is None):
            raise ValueError("either variable or attribute")
        if kind == ".nc" and self.variable is None and (self.select or self.index):
            raise ValueError("select and index only with variable")
        if kind == ".csv" and self.column is None:
            raise ValueError("column, for .csv")
        if kind in (".json", ".safetensors") and not self.keys:
            raise ValueError(f"keys, for {kind}")
        return self


class Combination(Section):
    """Measures joined by a named operation, element by element, and then perhaps reduced."""

    op: Operation
    of: Annotated[list[Measure], Field(min_length=2)]
    reduce: list[Reduction] = Field(default_factory=list)

    @model_validator(mode="after")
    def _measures_something(self):
        """Check the number of operands; refuse a number that no result file has a part in."""
        wanted = OPERATIONS[self.op]
        if wanted and len(self.of) != wanted:
            raise ValueError(f"{wanted} operands for {self.op}")
        if not any(files_of(measure) for measure in self.of):
            raise ValueError("at least one operand from a file: a result is never written by hand")
        return self


def kind_of(measure: object) -> str:
    """Tell what a measure in YAML is: a number, a combination or a selector."""
    if isinstance(measure, int | float):
        return "number"
    combined = isinstance(measure, Combination) or (isinstance(measure, dict) and "op" in measure)
    return "combination" if combined else "selector"


Measure = Annotated[
    Annotated[float, Tag("number")]
    | Annotated[Selector, Tag("selector")]
    | Annotated[Combination, Tag("combination")],
    Discriminator(kind_of),
]
Combination.model_rebuild()


def files_of(measure: Measure) -> set[str]:
    """Files that a measure reads."""
    if isinstance(measure, Selector):
        return {measure.file}
    if isinstance(measure, Combination):
        return set().union(*(files_of(part) for part in measure.of))
    return set()


def measure(what: Measure, folder: str | os.PathLike = ".") -> float:
    """Measure one number.

    Parameters
    ----------
    what
        A selector or a combination.
    folder
        The folder that the files' paths start from.

    Raises
    ------
    MeasurementError
        If a file, variable, label, key or cell is missing, or more than one number is left.
    NotFiniteError
        If the number is infinite or not a number.
    """
    values = _values(what, Path(folder))
    source = ", ".join(sorted(files_of(what)))
    if values.size != 1 or values.dtype.kind not in "biuf":
        found = f"shape {values.shape} of type {values.dtype}"
        raise MeasurementError(source, "what is left after reduction", found, "one number")
    number = float(values.reshape(()))
    if not math.isfinite(number):
        raise NotFiniteError(source, "measured value", number, "a finite number")
    return number


def _values(what: Measure, folder: Path) -> np.ndarray:
    """The array that a measure stands for."""
    import numpy as np

    if isinstance(what, Selector):
        read = {".nc": _netcdf, ".csv": _csv}.get(Path(what.file).suffix, _json)
        if not (folder / what.file).is_file():
            raise MeasurementError(what.file, "file", "nothing", "a result of the workflow")
        return read(what, folder / what.file)
    if isinstance(what, Combination):
        operands = [_values(part, folder) for part in what.of]
        shapes = {operand.shape for operand in operands if operand.size != 1}
        if len(shapes) > 1:
            source = ", ".join(sorted(files_of(what)))
            raise MeasurementError(source, f"operands of {what.op}", shapes, "equal shapes")
        return _reduced(_combined(what.op, operands), what.reduce, str(what.op))
    return np.asarray(what, dtype=np.float64)


def _combined(op: str, operands: list[np.ndarray]) -> np.ndarray:
    """Carry out a named operation."""
    import numpy as np

    a, b = operands[:2]
    with np.errstate(all="ignore"):  # what is not finite is found at the end
        if op in ("ratio", "percent", "saving"):
            quotient = np.divide(a, b)
            return {"ratio": quotient, "percent": 100 * quotient, "saving": 100 * (1 - quotient)}[
                op
            ]
        if op in ("difference", "distance"):
            return np.abs(a - b) if op == "distance" else a - b
        if op == "log_slope":
            x, y = np.log(a) - np.log(a).mean(), np.log(b)
            return np.asarray((x * y).sum() / (x * x).sum())
        if op in ("least", "greatest"):
            extreme = np.minimum if op == "least" else np.maximum
            return np.asarray(functools.reduce(extreme, operands))
        if op == "decreasing":
            pairs = itertools.pairwise(operands)
            return np.asarray(float(all((y < x).all() for x, y in pairs)))
        return np.asarray(sum(operands) if op == "sum" else math.prod(operands))


def _reduced(values: np.ndarray, steps: list[Reduction], source: str) -> np.ndarray:
    """Reduce an array without named dimensions."""
    for step in steps:
        for name, dims in step.items():
            if dims != ALL:
                raise MeasurementError(source, f"dimensions of {name}", dims, ALL)
            values = _reduction(name, values, tuple(range(values.ndim)))
    return values


def _reduction(name: str, values: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """One reduction over some axes, in double precision."""
    import numpy as np

    if name == "count":
        rest = [n for axis, n in enumerate(values.shape) if axis not in axes]
        return np.full(rest, math.prod(values.shape[axis] for axis in axes))
    values = values.astype(np.float64)
    if name == "minima":
        return _minima(values, axes)
    if name == "norm":
        return np.sqrt((values**2).sum(axis=axes))
    if not math.prod(values.shape[axis] for axis in axes):  # no warning for the mean of nothing
        return np.full(
            [n for axis, n in enumerate(values.shape) if axis not in axes],
            0.0 if name == "sum" else np.nan,
        )
    return np.asarray(getattr(np, name)(values, axis=axes))


def _minima(values: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Number of local minima along some axes together."""
    import numpy as np

    inside = tuple(slice(1, -1) if n in axes else slice(None) for n in range(values.ndim))
    lowest = np.ones(values[inside].shape, bool)
    for steps in itertools.product((-1, 0, 1), repeat=len(axes)):
        if any(steps):  # a neighbour, and not the value itself
            lowest &= values[inside] < np.roll(values, steps, axes)[inside]
    return lowest.sum(axis=axes)


def _netcdf(what: Selector, path: Path) -> np.ndarray:
    """A variable, selected and reduced, or an attribute."""
    import numpy as np
    import xarray as xr

    # Only what is selected is read, since ensembles may be large.
    with xr.open_dataset(path, engine="netcdf4", decode_times=False) as dataset:
        if what.attribute is not None:
            if what.attribute not in dataset.attrs:
                known = ", ".join(dataset.attrs)
                raise MeasurementError(what.file, "attribute", f"no '{what.attribute}'", known)
            return np.asarray(_follow(dataset.attrs[what.attribute], what.keys, what.file))
        if what.variable not in dataset.variables:
            known = f"one of {', '.join(map(str, dataset.variables))}"
            raise MeasurementError(what.file, "variable", f"no '{what.variable}'", known)
        array = _selected(dataset[what.variable], what).load()
    dims, values = [str(dim) for dim in array.dims], array.values
    for step in what.reduce:
        for name, over in step.items():
            gone = dims if over == ALL else [over] if isinstance(over, str) else over
            missing = [dim for dim in gone if dim not in dims]
            if missing:
                found = f"no {', '.join(missing)}"
                raise MeasurementError(what.file, f"dimensions of '{what.variable}'", found, dims)
            values = _reduction(name, values, tuple(dims.index(dim) for dim in gone))
            dims = [dim for dim in dims if dim not in gone]
    return values


def _selected(array: xr.DataArray, what: Selector) -> xr.DataArray:
    """The part of a variable at the labels and numbers wanted."""
    import numpy as np

    for dim in (*what.select, *what.index):
        if dim not in array.dims:
            known = f"one of {', '.join(map(str, array.dims))}"
            raise MeasurementError(what.file, f"dimensions of '{what.variable}'", dim, known)
    for dim, labels in what.select.items():
        if dim not in array.coords:
            raise MeasurementError(what.file, f"labels of '{dim}'", "none", labels)
        wanted = slice(labels.first, labels.last) if isinstance(labels, Range) else labels
        try:
            array = array.sel({dim: wanted})
        except KeyError:
            known = array[dim].values.tolist()
            raise MeasurementError(what.file, f"labels of '{dim}'", f"no {labels}", known)
    for dim, numbers in what.index.items():
        length = array.sizes[dim]
        if any(not -length <= n < length for n in np.atleast_1d(numbers)):
            raise MeasurementError(what.file, f"index of '{dim}'", numbers, f"below {length}")
        array = array.isel({dim: numbers})
    return array


def _follow(value: object, keys: list[int | str], source: str) -> object:
    """Go down a path of keys."""
    for depth, key in enumerate(keys):
        try:
            value = json.loads(value) if isinstance(value, str) else value
            value = value[key]  # type: ignore[index]  # what has no keys ends in the next line
        except (KeyError, IndexError, TypeError, ValueError):
            place = ".".join(map(str, keys[:depth])) or "the top"
            known = sorted(value) if isinstance(value, dict) else f"a key of {type(value).__name__}"
            raise MeasurementError(source, f"keys below {place}", f"no {key!r}", known)
    return value


def _json(what: Selector, path: Path) -> np.ndarray:
    """A value, or a list of them, reduced: of a JSON file or of the header of safetensors."""
    import numpy as np

    with open(path, "rb") as handle:
        header = path.suffix == ".safetensors"
        content = handle.read(int.from_bytes(handle.read(8), "little") if header else -1)
    found = _follow(content.decode("utf-8"), what.keys, what.file)
    return _reduced(np.asarray(found), what.reduce, what.file)


def _csv(what: Selector, path: Path) -> np.ndarray:
    """Cells of a column, as numbers, reduced."""
    import numpy as np

    with open(path, encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        known, rows = list(reader.fieldnames or []), list(reader)
    missing = [str(name) for name in (*what.row, what.column) if name not in known]
    if missing:
        raise MeasurementError(what.file, "columns", f"no {', '.join(missing)}", known)
    cells = [r[what.column] for r in rows if all(_same(r[k], v) for k, v in what.row.items())]
    if not cells or (len(cells) > 1 and not what.reduce):
        wanted = "one" if not what.reduce else "one or more"
        raise MeasurementError(what.file, f"rows with {what.row}", len(cells), wanted)
    try:
        values = np.array([float(cell) for cell in cells])
    except ValueError:
        raise MeasurementError(what.file, f"column '{what.column}'", cells, "numbers")
    return _reduced(values, what.reduce, what.file)


def _same(cell: str, wanted: Label) -> bool:
    """Compare a cell with a label, as numbers if both are."""
    try:
        return float(cell) == float(wanted)
    except ValueError:
        return cell == str(wanted)
