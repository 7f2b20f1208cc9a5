"""Verdicts: an entry's files opened, measured, tested, and set beside what is published."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from support.ledger.forms import SCALES, Entry, Finding, Ledger, Null, Setting, Test
from support.ledger.origins import Origin, origin
from support.published_values import MeasurementError, read_table

REPRODUCED = "reproduced"
NULL_AS_WELL = "reproduced, but the null does as well"
DIFFERS = "differs"
NOT_REACHED = "not reached at this scale"
NOT_MEASURED = "not measured"
VERDICTS = (REPRODUCED, NULL_AS_WELL, DIFFERS, NOT_REACHED, NOT_MEASURED)  # of findings
AS_STATED = "as stated"  # of a setting, instead of reproduced

# Variables of single precision up to this size (32 MB) are widened when a file is opened, so that
# means over long axes lose nothing; greater ones stay on disk until something of them is selected.
WIDENED = 4_000_000


@dataclass(frozen=True)
class Verdict:
    """An entry with what was measured; nan where nothing was.

    `target` is what ours was compared with, `scale` that of the files it was measured in; `reason`
    says why nothing was measured, or why the number does not count; `told` explains a difference.
    """

    entry: Entry
    verdict: str
    ours: float | str = math.nan
    target: float = math.nan
    null: float = math.nan
    scale: str = ""
    reason: str = ""
    told: str = ""


class NotFiniteError(MeasurementError):
    """A measure gave no finite number: an error from the scale of its entry on."""


class Results:
    """The result files of one paper, each opened once.

    Parameters
    ----------
    folder
        ``results/<paper>``.
    scale
        That of files which do not say at which they were made.
    reference
        ``data/reference/<paper>``: tables that a greater scale left, under the same names.
    """

    def __init__(
        self, folder: str | os.PathLike, scale: str, reference: str | os.PathLike | None = None
    ):
        self.folder, self.scale = Path(folder), scale
        self.reference = None if reference is None else Results(reference, scale)
        self.origins: dict[str, Origin | None] = {}  # of each file opened
        self._opened: dict[str, Any] = {}

    def __call__(self, name: str) -> Any:
        """A file below the folder; see :func:`opened`."""
        if name not in self._opened:
            self._opened[name] = opened(self.folder / name)
            self.origins[name] = origin(self.folder / name, self._opened[name])
        return self._opened[name]

    def of(self, entry: Entry) -> tuple[tuple, str]:
        """The files of an entry, opened, and the least scale among them."""
        files = tuple(self(name) for name in entry.files)
        said = [self.origins[name] for name in entry.files]
        scales = [each.scale if each and each.scale in SCALES else self.scale for each in said]
        return files, min(scales, key=_place)

    def kept(self, entry: Entry) -> bool:
        """Whether the reference holds all files of an entry, at its scale or a greater one."""
        if self.reference is None or entry.scale is None:
            return False
        if not all((self.reference.folder / name).is_file() for name in entry.files):
            return False
        return _place(self.reference.of(entry)[1]) >= _place(entry.scale)


def _place(scale: str) -> int:
    return SCALES.index(scale)


def opened(path: Path) -> Any:
    """A result file: Dataset (.nc), Table (.csv), dict (.json, or the header of .safetensors).

    Raises
    ------
    MeasurementError
        If there is no such file.
    """
    if not path.is_file():
        raise MeasurementError(f"{path}: found nothing; expected a result of the workflow")
    if path.suffix == ".nc":
        return _dataset(path)
    if path.suffix == ".csv":
        return read_table(path)
    if path.suffix == ".safetensors":
        with open(path, "rb") as file:
            return json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return json.loads(path.read_text(encoding="utf-8"))


def _dataset(path: Path) -> Any:
    import xarray as xr  # slow to import, and the DAG needs the names of files alone

    dataset = xr.open_dataset(path, engine="netcdf4", decode_times=False)
    for name, variable in dataset.data_vars.items():
        if variable.dtype == "float32" and variable.size <= WIDENED:
            dataset[name] = variable.astype("float64")
    return dataset


def one_number(value: Any) -> float:
    """What a measure gave as a float.

    Raises
    ------
    MeasurementError
        If it is not one number.
    NotFiniteError
        If it is infinite or not a number.
    """
    if getattr(value, "size", 1) != 1 or isinstance(value, str):
        raise MeasurementError(f"found {str(value)[:200]}; expected one number")
    number = float(value)
    if not math.isfinite(number):
        raise NotFiniteError(f"found {number}; expected a finite number")
    return number


def verdict(entry: Entry, results: Results, lacking: str = "", lift: bool = False) -> Verdict:
    """Measure one entry and judge it.

    Parameters
    ----------
    entry
        A finding or a setting.
    results
        The files of its paper.
    lacking
        What the entry needs and the config did not give (:meth:`Entry.lacking`).
    lift
        Judge it as if its scale were reached.

    Raises
    ------
    MeasurementError
        If the measurement is broken: a file, or something in it, is missing, or, from the entry's
        scale on, the value is not a finite number.
    """
    if lacking and not results.kept(entry):
        return Verdict(entry, NOT_MEASURED, reason=f"needs {lacking}")
    reached = lift
    try:
        files, scale = ((), results.scale) if lacking else results.of(entry)
        reached = lift or (entry.scale is not None and _place(scale) >= _place(entry.scale))
        if lacking or (not reached and results.kept(entry)):
            assert results.reference is not None
            files, scale = results.reference.of(entry)
            reached = True
        judged = _setting(entry, files) if isinstance(entry, Setting) else _finding(entry, files)
        if reached and judged.verdict == DIFFERS and isinstance(entry, Finding):
            told = entry.differs
            judged = replace(judged, told=told if isinstance(told, str) else told.of(files))
    except NotFiniteError as error:
        if not reached:
            return Verdict(entry, NOT_REACHED, reason=str(error))
        raise NotFiniteError(f"{entry.id}: {error}")
    except MeasurementError as error:
        raise MeasurementError(f"{entry.id}: {error}")
    except Exception as error:  # whatever a function of its own runs into: say which it was
        raise MeasurementError(f"{entry.id}: {type(error).__name__}: {error}") from error
    if not reached:
        why = f"never, because {entry.never}" if entry.never else f"from the {entry.scale} scale on"
        return replace(judged, verdict=NOT_REACHED, scale=scale, reason=why)
    return replace(judged, scale=scale)


def _setting(setting: Entry, files: tuple) -> Verdict:
    """Judge a setting: equal, or not."""
    assert isinstance(setting, Setting)
    ours = setting.ours(*files)
    if isinstance(setting.published, str):
        same = str(ours) == setting.published
        return Verdict(setting, AS_STATED if same else DIFFERS, str(ours))
    ours, published = one_number(ours), float(setting.published)
    room = setting.within + 1e-9 * abs(published)  # decimals as the files and tables hold them
    same = abs(ours - published) <= room
    return Verdict(setting, AS_STATED if same else DIFFERS, ours, published)


def _finding(finding: Entry, files: tuple) -> Verdict:
    """Judge a finding, and its null."""
    assert isinstance(finding, Finding)
    ours, target = one_number(finding.ours(*files)), _target(finding.test, files)
    null = math.nan
    if isinstance(finding.null, Null):
        null = one_number(finding.null.measure(*files))
    found = Verdict(finding, DIFFERS, ours, target, null)
    for condition in finding.provided:
        number = one_number(condition.measure(*files))
        if not condition.test.passes(number, _target(condition.test, files)):
            return replace(found, reason=f"does not hold here: {condition.text} ({number:.4g})")
    if not finding.test.passes(ours, target):
        return found
    nulls = math.isfinite(null) and finding.test.passes(null, target)
    return replace(found, verdict=NULL_AS_WELL if nulls else REPRODUCED)


def _target(test: Test, files: tuple) -> float:
    return one_number(test.target(*files) if callable(test.target) else test.target)


def judge(
    ledger: Ledger, results: Results, lacking: Mapping[str, str], lift: bool = False
) -> list[Verdict]:
    """Verdicts on all entries of a paper: findings, then settings.

    Raises
    ------
    MeasurementError
        After all have been tried, with a line for each broken measurement.
    """
    found, broken = [], []
    for entry in ledger.entries:
        try:
            found.append(verdict(entry, results, lacking.get(entry.id, ""), lift))
        except MeasurementError as error:
            broken.append(str(error))
    if broken:
        head = f"claims of {ledger.paper}, broken measurements: {len(broken)}"
        raise MeasurementError("\n".join([head, *broken]))
    return found
