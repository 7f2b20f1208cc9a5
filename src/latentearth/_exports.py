"""Rooms export their public names, and load a module only when one of its names is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def lazily(room: str, names: Mapping[str, str]) -> tuple[Callable[[str], Any], list[str]]:
    """`__getattr__` and `__all__` of a room (PEP 562).

    Parameters
    ----------
    room
        Its ``__name__``.
    names
        Public names by module, separated by blanks.
    """
    home = {name: module for module, text in names.items() for name in text.split()}

    def load(name: str) -> Any:
        if name in home:
            return getattr(importlib.import_module(f"{room}.{home[name]}"), name)
        raise AttributeError(f"module {room!r} has no attribute {name!r}")

    return load, sorted(home)
