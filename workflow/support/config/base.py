"""What all sections of the config share: no unknown keys, and errors in plain words."""

from __future__ import annotations

import difflib
import sys
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Count = Annotated[int, Field(ge=1)]
Index = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, lt=1)]
Products = Literal["float32", "bfloat16"]  # of matrices; float32 where the hardware has no other

# Keys and values of version 0.1, taken until the next release: new name, and new values.
FORMER: dict[str, tuple[str, dict[Any, Any]]] = {
    "precision": ("products", {"autocast": "bfloat16"})
}


class ConfigError(ValueError):
    """The config has a key or a value that it may not have."""


class Section(BaseModel):
    """A section of the config: every key is declared, of one type, within stated bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    @model_validator(mode="before")
    @classmethod
    def _former_keys(cls, given: Any) -> Any:
        """Take a key by its former name, over the new one: somebody's own file has set it."""
        known = cls.model_fields
        for old in FORMER.keys() & given.keys() if isinstance(given, dict) else ():
            new, values = FORMER[old]
            if new in known and old not in known:
                value = values.get(given[old], given[old])
                print(f"config: {old} is now called {new}: {value}", file=sys.stderr)
                given = {key: given[key] for key in given if key != old} | {new: value}
        return given


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
        elif item["type"] == "missing":
            lines.append(f"{key}: missing; it has no default")
        else:
            allowed = item["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
            # A rule on several keys is told in its own words: a whole section says nothing.
            whole = item["type"] == "value_error" and isinstance(item["input"], dict)
            found = "" if whole else f"found {item['input']!r}; "
            lines.append(f"{key}: {found}allowed: {allowed}")
    return "\n".join(lines)
