"""Verdicts on entries of the claim ledger: measured, compared, or why not."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from support.claims_yaml.entries import SCALES, Entry, Ledger, LedgerError
from support.claims_yaml.measures import MeasurementError, NotFiniteError, files_of, measure

REPRODUCED = "reproduced"
DIFFERS = "differs"
NOT_REACHED = "not reached at this scale"
NOT_MEASURED = "not measured"
VERDICTS = (REPRODUCED, DIFFERS, NOT_REACHED, NOT_MEASURED)


@dataclass(frozen=True)
class Finding:
    """An entry with what was measured; `ours` is None if nothing was."""

    paper: str
    entry: Entry
    ours: float | None
    against: float | None
    verdict: str
    reason: str = ""


def look_up(entries: Iterable[Entry], settings: Mapping) -> dict[str, object]:
    """Values in a nested config of all the dotted keys that entries need.

    Raises
    ------
    LedgerError
        If an entry needs a key that the config does not have.
    """
    found: dict[str, object] = {}
    for entry in entries:
        for key in entry.needs:
            value: object = settings
            for part in key.split("."):
                if not isinstance(value, Mapping) or part not in value:
                    raise LedgerError(f"{entry.id}: needs: found {key}; allowed: a key of config")
                value = value[part]
            found[key] = value
    return found


def unmet(entry: Entry, conditions: Mapping[str, object]) -> str:
    """What an entry needs and the config does not give, in words; empty if it gives all."""
    lacking = []
    for key, wanted in entry.needs.items():
        given, several = conditions[key], wanted if isinstance(wanted, list) else [wanted]
        if isinstance(given, list | tuple):
            absent = [item for item in several if item not in given]
            if absent:
                lacking.append(f"{key} with {', '.join(map(str, absent))}")
        elif given != wanted:
            lacking.append(f"{key}: {str(wanted).lower()}")
    return f"needs {'; '.join(lacking)}" if lacking else ""


def files(entries: Iterable[Entry], conditions: Mapping[str, object]) -> list[str]:
    """Result files that entries read, of those whose needs are met."""
    wanted: set[str] = set()
    for entry in entries:
        if not unmet(entry, conditions):
            wanted |= files_of(entry.ours)
            wanted |= set() if entry.against is None else files_of(entry.against)
    return sorted(wanted)


def agrees(entry: Entry, ours: float, against: float | None = None) -> bool:
    """Tell whether what was measured agrees with the paper; a limit itself is within."""
    if entry.compare == "holds":
        return ours != 0
    if entry.compare in ("greater", "less"):
        assert against is not None  # the entry was refused without
        return ours > against if entry.compare == "greater" else ours < against
    target = entry.target
    margin = entry.tolerance.around(target) if entry.tolerance else 0.0
    # a limit met to within rounding is met
    margin += 1e-12 * max(abs(target), abs(ours))
    if entry.compare == "equal":
        return abs(ours - target) <= margin
    return ours <= target + margin if entry.compare == "at_most" else ours >= target - margin


def judge(
    paper: str,
    entry: Entry,
    scale: str,
    conditions: Mapping[str, object],
    folder: str | os.PathLike = ".",
) -> Finding:
    """Measure one entry and give the verdict.

    Raises
    ------
    MeasurementError
        If the measurement is broken: a file or a key in it is missing, or, from the entry's
        scale on, the value is no finite number.
    """
    below = SCALES.index(scale) < SCALES.index(entry.scale)
    lacking = unmet(entry, conditions)
    if lacking:
        # A scale gives more samples, but not the authors' files.
        reached = below and "data.published" not in lacking
        return Finding(
            paper, entry, None, None, NOT_REACHED if reached else NOT_MEASURED, f"({lacking})"
        )
    try:
        ours = measure(entry.ours, folder)
        against = None if entry.against is None else measure(entry.against, folder)
    except NotFiniteError as error:
        if below:
            return Finding(paper, entry, None, None, NOT_REACHED, f"({error})")
        raise
    if agrees(entry, ours, against):
        return Finding(paper, entry, ours, against, REPRODUCED)
    return Finding(paper, entry, ours, against, NOT_REACHED if below else DIFFERS)


def judge_all(
    ledgers: Mapping[str, Ledger],
    scale: str,
    conditions: Mapping[str, object],
    folder: str | os.PathLike = ".",
) -> list[Finding]:
    """Measure all entries of all ledgers, given by the files that they were read from.

    Raises
    ------
    LedgerError
        After all have been tried, with one line for each broken measurement.
    """
    findings, broken = [], []
    for path, ledger in ledgers.items():
        for entry in ledger.claims:
            try:
                findings.append(judge(ledger.paper, entry, scale, conditions, folder))
            except MeasurementError as error:
                broken.append(f"{path}: {entry.id}: {error}")
    if broken:
        raise LedgerError("\n".join([f"broken measurements: {len(broken)}", *broken]))
    return findings
