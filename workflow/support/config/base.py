"""What all sections of the config share: no unknown keys, and errors in plain words."""

from __future__ import annotations

import difflib
import itertools
import re
import sys
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

# Of a quantity in the units here, if it is not 0: squares stay within single precision.
SMALLEST_SIZE, LARGEST_SIZE = 1e-18, 1e18
LARGEST = 10**12  # of a number of anything; what is above it is a slip of the keyboard


def _number(value: Any) -> Any:
    """A number as people write it: YAML takes 1e-4, without a point, for text."""
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+(\.\d*)?[eE][+-]?\d{1,3}", value):
        return float(value)
    return value


def _sized(value: float) -> float:
    if value and not SMALLEST_SIZE <= abs(value) <= LARGEST_SIZE:
        raise ValueError(f"a number of {SMALLEST_SIZE:g} to {LARGEST_SIZE:g} in size, or 0")
    return value


def _distinct(values: list) -> list:
    if len({str(value) for value in values}) < len(values):
        raise ValueError("each entry once")
    return values


def _in_order(values: tuple) -> tuple:
    if list(values) != sorted(values):
        raise ValueError("the lower bound first")
    return values


def _rising(values: tuple) -> tuple:
    if any(low >= high for low, high in itertools.pairwise(values)):
        raise ValueError("the lower one first, and none twice")
    return values


def _file(value: str) -> str:
    if not value.strip() or set("{}\n\0") & set(value):
        raise ValueError(
            "a path, not empty and without braces (which are wildcards of Snakemake); or null"
        )
    return value


# Nothing is turned into another type here: a text is no number, and true is not 1.
Flag = Annotated[bool, Field(strict=True)]
Seed = Annotated[int, Field(strict=True, ge=0, lt=2**63)]
Index = Annotated[int, Field(strict=True, ge=0, le=LARGEST)]
Count = Annotated[int, Field(strict=True, ge=1, le=LARGEST)]
Number = Annotated[float, BeforeValidator(_number), Field(strict=True), AfterValidator(_sized)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Probability = Annotated[Number, Field(ge=0, lt=1)]
File = Annotated[str, Field(strict=True), AfterValidator(_file)]
Distinct = AfterValidator(_distinct)  # of a list
InOrder = AfterValidator(_in_order)  # of bounds, which may be equal
Rising = AfterValidator(_rising)
Products = Literal["float32", "bfloat16"]  # of matrices; float32 where the hardware has no other

# Keys and values of version 0.1, taken until the next release: new name, and new values.
FORMER: dict[str, tuple[str, dict[Any, Any]]] = {
    "precision": ("products", {"autocast": "bfloat16"})
}


class ConfigError(ValueError):
    """The config has a key or a value that it may not have."""


class Section(BaseModel):
    """A section of the config: every key is declared, of one type, within stated bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _former_keys(cls, given: Any) -> Any:
        """Take a key by its former name, over the new one: somebody's own file has set it."""
        known = cls.model_fields
        for old in FORMER.keys() & given.keys() if isinstance(given, dict) else ():
            new, values = FORMER[old]
            if new in known and old not in known:
                value = given[old]
                value = values.get(value, value) if isinstance(value, str) else value
                print(f"config: {old} is now called {new}: {value}", file=sys.stderr)
                given = {key: given[key] for key in given if key != old} | {new: value}
        return given


class FlowMatchingLaw(Section):
    """Flow matching of a few numbers."""

    width: Count  # hidden units
    layers: Count
    steps: Count
    batch: Annotated[Count, Field(ge=2)]
    learning_rate: Positive
    moves: Count  # steps of the integration from latent vectors to samples


class Resources(Section):
    """What the training of one set of networks asks of a cluster."""

    mem_mb: Count = 4000
    runtime: Count = 60  # minutes


def section_at(model: type[BaseModel], path: tuple) -> type[BaseModel] | None:
    """The section class that a path of keys leads to, or None if it leads to a plain value."""
    for key in path:
        field = model.model_fields.get(str(key))
        if field is None or not isinstance(field.annotation, type):
            return None
        if not issubclass(field.annotation, BaseModel):
            return None
        model = field.annotation
    return model


def _shown(value: object) -> str:
    """A value in a message; short, and whatever it is."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return "an integer of thousands of digits"
    return text if len(text) <= 80 else f"{text[:77]}..."


KINDS = {  # in the words of YAML
    "model_type": "a section: keys, each with a value",
    "dict_type": "keys, each with a value",
    "list_type": "a list, as [1, 2]",
    "tuple_type": "a list, as [1, 2]",
    "bool_type": "a boolean: true or false",
}


def explain(model: type[BaseModel], error: ValidationError) -> str:
    """One line for each thing that is wrong: key, value, and what is allowed."""
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            owner = section_at(model, item["loc"][:-1])
            known = sorted(owner.model_fields) if owner else []
            near = difflib.get_close_matches(str(item["loc"][-1]), known, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            lines.append(f"{key}: unknown key; {hint}allowed here: {', '.join(known)}")
        elif item["loc"][-1:] == ("[key]",):
            allowed = item["msg"].removeprefix("Input should be ")
            lines.append(f"{key.removesuffix('.[key]')}: unknown key; allowed here: {allowed}")
        elif item["type"] == "missing":
            lines.append(f"{key}: missing; it has no default")
        else:
            allowed = item["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
            allowed = KINDS.get(item["type"], allowed)
            # A rule on several keys is told in its own words: a whole section says nothing.
            whole = item["type"] == "value_error" and isinstance(item["input"], dict)
            found = "" if whole else f"found {_shown(item['input'])}; "
            lines.append(f"{key}: {found}allowed: {allowed}")
    return "\n".join(lines)
