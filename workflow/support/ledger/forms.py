"""The forms of the ledger: a finding, a setting, and what they are made of.

A paper's ledger is plain Python, ``workflow/claims/<paper>.py``, with two lists: ``SETTINGS``, what
the paper states as settings, sizes, counts and definitions, and ``FINDINGS``, what it claims as
results. The workflow reads all of them whenever it starts, to know which files they need: so
nothing slow is imported here, nor in a module of claims.
"""

from __future__ import annotations

import importlib
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

from support.published_values import MeasurementError, published

Scale = Literal["smoke", "laptop", "study", "paper"]
ROOT = Path(__file__).parents[3]
SCALES: tuple[Scale, ...] = get_args(Scale)  # each reaches what the ones before it reach
Measure = Callable[..., Any]  # of the opened files, in the order of `reads`, to one number


@dataclass(frozen=True)
class Because:
    """Where a tolerance or a bound comes from: `source` is shown and counted, `why` says more."""

    source: Literal["paper", "sampling", "seeds", "machine", "read off", "definition"]
    why: str


# What a module of claims writes: the source in the name, the reason as the argument.
from_paper, read_off = partial(Because, "paper"), partial(Because, "read off")
sampled, over_seeds = partial(Because, "sampling"), partial(Because, "seeds")
timed, defined = partial(Because, "machine"), partial(Because, "definition")


@dataclass(frozen=True)
class Test:
    """How ours is to stand to what is published; made by the functions below."""

    kind: Literal["equal", "at most", "at least", "true"]
    target: float | Measure
    margin: float
    because: Because

    def passes(self, ours: float, target: float) -> bool:
        """Whether a number passes; a limit itself is within."""
        room = self.margin + 1e-12 * max(abs(target), abs(ours))
        if self.kind in ("equal", "true"):
            return abs(ours - target) <= room
        return ours <= target + room if self.kind == "at most" else ours >= target - room


def equal(target: float, because: Because, absolute: float = 0.0, relative: float = 0.0) -> Test:
    """Equal within a margin, in its own unit or as a share of the target."""
    return Test("equal", target, absolute + relative * abs(target), because)


def at_most(target: float | Measure, because: Because, margin: float = 0.0) -> Test:
    """No more than a number, or than another measure of the same files."""
    return Test("at most", target, margin, because)


def at_least(target: float | Measure, because: Because, margin: float = 0.0) -> Test:
    """No less than a number, or than another measure of the same files."""
    return Test("at least", target, margin, because)


def true(because: Because) -> Test:
    """`ours` tells yes (1) or no (0)."""
    return Test("true", 1.0, 0.0, because)


@dataclass(frozen=True)
class Null:
    """What needs no learned model, measured on the same files and put to the same test."""

    name: str  # "mean trace", "nearest training image", "two numbers per point", ...
    measure: Measure


@dataclass(frozen=True)
class Provided:
    """What must hold as well, because without it the number would say nothing.

    A share of accepted inversions, for example, counts only for a network that reproduces images.
    """

    text: str  # "the SGAN makes channels"
    measure: Measure
    test: Test


@dataclass(frozen=True)
class Measured:
    """A text with numbers of the entry's files in its braces, which no later run makes false."""

    text: str
    numbers: tuple[Measure, ...]

    def of(self, files: tuple) -> str:
        """The text of these files."""
        return self.text.format(*(float(number(*files)) for number in self.numbers))


@dataclass(frozen=True)
class Need:
    """A condition on the typed config without which an entry's files are not made."""

    text: str  # "the authors' files", "100 events", ...
    met: Callable[[Any], bool]


def not_made_yet(_: Any) -> bool:
    """No: no rule makes such results yet."""
    return False


def to_come(what: str) -> Need:
    """What an entry waits for: results that no rule makes yet."""
    return Need(f"{what}, not made yet", not_made_yet)


AUTHORS_FILES = Need("the authors' files (data.published)", lambda config: config.data.published)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What findings and settings share.

    Attributes
    ----------
    id
        Unique in its paper: small letters, digits, hyphens.
    where
        Place in the paper. Verdicts stand under every figure and table that it names; what the
        paper does not have is named as the gallery does, in quotes: figure "Beyond: cost".
    reads
        One file or several, below ``results/<paper>/``.
    ours
        A function of the opened files, in this order: Dataset, Table, or dict of a card.
    scale
        From which scale on it should agree; None if no scale of ours reaches it, and then
        `never` says why.
    needs
        Conditions on the config; where one is not met, nothing is measured.
    note
        What is wrong or ambiguous in the paper.
    """

    id: str
    where: str
    reads: str | tuple[str, ...]
    ours: Measure
    scale: Scale | None
    never: str = ""
    unit: str = ""
    needs: tuple[Need, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse an entry that reads nothing, and a scale without, or with, a reason for none."""
        if not self.files:
            raise ValueError(f"{self.id}: found no file; expected a result, never one by hand")
        if (self.scale is None) != bool(self.never):
            raise ValueError(f"{self.id}: found scale {self.scale}, never {self.never!r}; one only")

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it reads."""
        return (self.reads,) if isinstance(self.reads, str) else self.reads

    def lacking(self, config: Any) -> str:
        """What it needs and the config does not give, in words; empty if it gives all."""
        return "; ".join(need.text for need in self.needs if not need.met(config))


@dataclass(frozen=True, kw_only=True)
class Finding(Entry):
    """A result that a paper claims: published, ours, the null's, and a verdict.

    Attributes
    ----------
    statement
        What the paper says, in our words.
    published, uncertainty
        Its number, from a table of published values where it stands in one, or what it says.
    test
        How ours is to stand to it.
    null
        Given wherever the finding says what a learned model can do: what needs no learning; or, as
        text, what that will be, or why there is nothing to set beside it.
    provided
        What must hold as well.
    headline
        Whether it is one of the five to ten that the abstract and the conclusions make.
    differs
        What explains a difference, and the measurement that shows it; shown only where it differs.
    """

    statement: str
    published: float | str
    test: Test
    scale: Scale | None = "laptop"
    uncertainty: float | None = None
    null: Null | str = ""
    provided: tuple[Provided, ...] = ()
    headline: bool = False
    differs: str | Measured = ""


@dataclass(frozen=True, kw_only=True)
class Setting(Entry):
    """What a paper states as a setting, size, count or definition: checked, not a result.

    `within` is what the paper's rounding leaves open; a setting is exact otherwise. `config` is
    where the paper's section of the config holds it, keys with dots between them.
    """

    what: str
    published: float | str
    scale: Scale | None = "smoke"
    within: float = 0.0
    config: str = ""


@dataclass(frozen=True)
class Ledger:
    """What one paper states and claims."""

    paper: str
    settings: list[Setting]
    findings: list[Finding]

    @property
    def entries(self) -> list[Entry]:
        """Findings, then settings."""
        return [*self.findings, *self.settings]

    def lacking(self, config: Any) -> dict[str, str]:
        """What entries need and the config does not give, by id."""
        return {entry.id: text for entry in self.entries if (text := entry.lacking(config))}

    def results(self, config: Any) -> list[str]:
        """Files that entries read, of those that the config gives what they need."""
        read = {file for e in self.entries if not e.lacking(config) for file in e.files}
        return sorted(f"results/{self.paper}/{file}" for file in read)


def read_ledger(paper: str) -> Ledger:
    """The ledger of a paper, from its module of claims.

    Raises
    ------
    ValueError
        If two entries have one id.
    """
    module = importlib.import_module(f"claims.{paper}")
    ledger = Ledger(paper, list(module.SETTINGS), list(module.FINDINGS))
    seen: set[str] = set()
    for entry in ledger.entries:
        if entry.id in seen:
            raise ValueError(f"claims of {paper}: found {entry.id} twice; expected each id once")
        seen.add(entry.id)
    return ledger


def sources(paper: str) -> list[Path]:
    """Files that hold a paper's claims: its modules, its published numbers, a study's tables."""
    claims = ROOT / "workflow" / "claims"
    found = [p for p in claims.rglob("*.py") if p.relative_to(claims).parts[0].startswith(paper)]
    found += (ROOT / "workflow" / "published_values" / paper).glob("*.csv")
    for kept in (ROOT / "data" / "reference", ROOT / "data" / "reference" / "published"):
        found += (kept / paper).glob("*.*")
    return sorted(found)


# --------------------------------------------------------------------------- measures to build on


def cell(column: str, **row: Any) -> Measure:
    """A cell of one of our tables; made in a loop, it keeps the row of its turn."""
    return lambda table: table.at(column, **row)


def key(*path: str | int) -> Measure:
    """A value of a card (or of the attributes of a netCDF file), by keys one below another.

    Text on the way is read as JSON, because cards hold their settings so. In a netCDF file
    ``"sizes", dimension`` is the length of a dimension, and a variable's name the variable.
    """

    def value(file: Any) -> Any:
        found: Any = file
        if hasattr(file, "attrs"):
            found = {**file.data_vars, "sizes": dict(file.sizes), **file.attrs}
        for depth, part in enumerate(path):
            found = json.loads(found) if isinstance(found, str) else found
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                known = [*found] if isinstance(found, dict) else type(found).__name__
                place = ".".join(map(str, path[:depth])) or "the top"
                raise MeasurementError(f"found no {part!r} below {place}; expected one of {known}")
        return found

    return value


def falling(values: Sequence[float]) -> bool:
    """Whether each value lies below the one before it."""
    return all(bool(after < before) for before, after in itertools.pairwise(values))


def correlation(ours: Any, theirs: Any) -> float:
    """Pearson's correlation of two arrays: blind to scale, so a ratio of spreads goes with it."""
    a, b = ours - ours.mean(), theirs - theirs.mean()
    return float((a * b).sum() / ((a**2).sum() * (b**2).sum()) ** 0.5)


def spread_ratio(ours: Any, theirs: Any) -> float:
    """Standard deviation of one array over that of another."""
    return float(ours.std() / theirs.std())


def rmse(ours: Any, theirs: Any) -> float:
    """Root of the mean squared difference."""
    return float(((ours - theirs) ** 2).mean() ** 0.5)


# ------------------------------------------------------------------------------ tables of settings


def stated(paper: str, needs: dict[str, Need] | None = None) -> Iterator[Setting]:
    """The settings of a paper that need no function: a line each of its ``settings.csv``.

    Columns: id, where, what, published, unit, file, key (keys with dots between them), config,
    scale, never, within, note; and need, a name in `needs`. Empty cells take the default.
    """
    for row in published(paper, "settings"):
        path = [int(part) if part.isdigit() else part for part in str(row["key"]).split(".")]
        yield Setting(
            id=row["id"],
            where=row["where"],
            what=row["what"],
            published=row["published"],
            unit=row["unit"],
            reads=row["file"],
            ours=key(*path),
            scale=None if row["never"] else row["scale"] or "smoke",
            never=row["never"],
            within=row["within"] or 0.0,
            config=row["config"],
            needs=((needs or {})[row["need"]],) if row.get("need") else (),
            note=row["note"],
        )
