"""Params of rules: sections of the config as plain values, and which of them decide a result.

Snakemake keeps the ``repr`` of each param of a finished job and makes the job anew where it has
changed. What has no say in a result is left out of it here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

# How a job runs and how often it saves its state; a run that goes on gives the same numbers.
NO_SAY = ("checkpoint_every", "resources")


def hidden(value: Any) -> Any:
    """The same value with a ``repr`` that never changes; a script gets it as it was."""
    kind = type(value)
    methods = {
        "__repr__": lambda self: "-",
        "__reduce__": lambda self: (kind, (kind(self),)),
    }
    return type(kind.__name__, (kind,), methods)(value)


def aside(value: Any) -> Callable[[Any], Any]:
    """A param of which a change makes nothing anew (a function, since texts are formatted)."""
    return lambda wildcards: hidden(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: hidden(v) if k in NO_SAY else _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def section(model: BaseModel, *keys: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """A part of the config as plain values.

    Parameters
    ----------
    model
        A section of the config.
    keys
        The entries that the job reads; all where none is named. Entries that only other jobs
        read are left out, or a change of them would make this job anew.
    without
        Entries to leave out.
    """
    plain = _plain(model.model_dump(mode="json", include=set(keys) or None, exclude=set(without)))
    return {key: plain[key] for key in keys} if keys else plain
