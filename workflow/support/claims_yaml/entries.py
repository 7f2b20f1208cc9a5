"""Entries of the claim ledger: their typed form, and how they are read.

An entry is data (``workflow/claims/<paper>.yaml``): a published number or checkable statement,
where ours is found (:mod:`support.claims_yaml.measures`), how the two are compared, and from which
scale on they should agree.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from support.claims_yaml.measures import Combination, Label, Measure, Section, Selector, files_of

Scale = Literal["smoke", "laptop", "paper"]
SCALES = get_args(Scale)  # each holds what the ones before hold
PLACES = ("ours", "published")  # what an explanation may name in braces

Text = Annotated[str, Field(min_length=1)]
NotNegative = Annotated[float, Field(ge=0)]


class LedgerError(ValueError):
    """A ledger, or an entry of it, is not as it must be."""


class Tolerance(Section):
    """How far two numbers may be apart: in their own unit, or as a share of the published one."""

    absolute: NotNegative | None = None
    relative: NotNegative | None = None

    @model_validator(mode="after")
    def _one_kind(self):
        if (self.absolute is None) == (self.relative is None):
            raise ValueError("either absolute or relative")
        return self

    def around(self, value: float) -> float:
        """The tolerance in the unit of the value."""
        return (self.absolute or 0.0) if self.relative is None else self.relative * abs(value)


class Entry(Section):
    """One published number or checkable statement.

    Attributes
    ----------
    id
        Unique in its ledger.
    where, statement
        Place in the paper, and what it says, in our words. Verdicts stand under every figure and
        table that the place names; figures that the paper does not have are named as the gallery
        names them, in quotes: figure "Beyond: samplers".
    published, uncertainty, unit
        The published number (with the authors' uncertainty), or what is said, as text.
    ours
        What we measure.
    compare
        equal, at_most or at_least: ours against the published number, or against `bound` where
        the paper gives text. greater or less: ours against another measure, `against`. holds:
        ours is a truth value.
    tolerance, why
        How far apart the two may be, and why that far (or why the comparison is a fair one).
    scale
        The scale from which the statement should hold.
    needs
        Values of the config without which nothing can be measured, by dotted key; a list in the
        config needs to contain the value (or all of a list of values).
    explanation, differs
        What to say in any case, and what to add unless it is reproduced. Both may contain
        ``{ours}`` and ``{published}``.
    note
        What is wrong or ambiguous in the paper.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    where: Text
    statement: Text
    published: int | float | Text
    uncertainty: NotNegative | None = None
    unit: str = ""
    ours: Measure
    compare: Literal["equal", "at_most", "at_least", "greater", "less", "holds"]
    against: Measure | None = None
    bound: float | None = None
    tolerance: Tolerance | None = None
    why: Text
    scale: Scale
    needs: dict[str, bool | Label | list[Label]] = Field(default_factory=dict)
    explanation: str = ""
    differs: str = ""
    note: str = ""

    @field_validator("explanation", "differs")
    @classmethod
    def _known_places(cls, text: str) -> str:
        for name in re.findall(r"\{(.*?)\}", text):
            if name not in PLACES:
                raise ValueError("in braces only ours or published")
        return text

    @model_validator(mode="after")
    def _comparison_is_complete(self):
        if not files_of(self.ours):
            raise ValueError("ours from a result file, never a number by hand")
        relative = self.compare in ("greater", "less")
        if relative != (self.against is not None):
            raise ValueError("against with greater or less, and only there")
        text = isinstance(self.published, str)
        numeric = self.compare in ("equal", "at_most", "at_least")
        if numeric and text and self.bound is None:
            raise ValueError(f"a published number, or bound, for {self.compare}")
        if self.bound is not None and not (numeric and text):
            raise ValueError("bound only for equal, at_most or at_least, where published is text")
        if (self.compare == "equal") and self.tolerance is None:
            raise ValueError("tolerance, for equal")
        if self.tolerance is not None and not numeric:
            raise ValueError("tolerance only for equal, at_most or at_least")
        return self

    @property
    def target(self) -> float:
        """The number to compare with."""
        return float(self.published if self.bound is None else self.bound)


class Ledger(Section):
    """All entries of one paper."""

    paper: Text
    claims: Annotated[list[Entry], Field(min_length=1)]

    @field_validator("claims")
    @classmethod
    def _unique(cls, claims: list[Entry]) -> list[Entry]:
        twice = [name for name, n in Counter(entry.id for entry in claims).items() if n > 1]
        if twice:
            raise ValueError(f"each id once, but not {', '.join(twice)}")
        return claims


# The loader in C, where there is one, is ten times faster; the workflow reads every ledger.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    """YAML that refuses a key given twice, of which the first would silently be lost."""


def _unique_mapping(loader: _Loader, node: yaml.MappingNode) -> dict:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = [str(key) for key, n in Counter(keys).items() if n > 1]
    if twice:
        raise yaml.constructor.ConstructorError(
            None, None, f"key given twice: {', '.join(twice)}", node.start_mark
        )
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def read_ledger(path: str | os.PathLike) -> Ledger:
    """Read and check one ledger.

    Raises
    ------
    LedgerError
        With a line per fault: the file, the entry, the field, what was found, what is allowed.
    """
    try:
        raw = yaml.load(Path(path).read_text(encoding="utf-8"), _Loader)
    except (OSError, yaml.YAMLError) as error:
        raise LedgerError(f"{path}: found {' '.join(str(error).split())}; allowed: plain YAML")
    try:
        return Ledger.model_validate(raw)
    except ValidationError as error:
        raise LedgerError("\n".join(_fault(path, raw, item) for item in error.errors()))


def _fault(path: str | os.PathLike, raw: Any, item: Mapping[str, Any]) -> str:
    """One fault in plain words."""
    place = list(item["loc"])
    models: dict[int | str, type[BaseModel]] = {"selector": Selector, "combination": Combination}
    owner: type[BaseModel] = Ledger
    entry = ""
    if place[:1] == ["claims"] and len(place) > 1:
        owner, number = Entry, int(place[1])
        named = raw["claims"][number]
        name = named.get("id") if isinstance(named, dict) else None
        entry = f"{name or f'entry {number + 1}'}: "
        place = place[2:]
    for part in place[:-1]:
        owner = Tolerance if part == "tolerance" else models.get(part, owner)
    field = ".".join(str(p) for p in place if p not in (*models, "number")) or "entry"
    if item["type"] == "extra_forbidden":
        found, allowed = "an unknown key", ", ".join(owner.model_fields)
    elif item["type"] == "missing":
        found, allowed = "nothing", "a value; it has no default"
    else:
        found = repr(item["input"])
        found = found if len(found) < 120 else found[:117] + "..."
        allowed = item["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return f"{path}: {entry}{field}: found {found}; allowed: {allowed}"
