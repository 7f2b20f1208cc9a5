"""Pickles of numpy arrays."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from latentearth.unpickle.machine import (
    LARGEST_PICKLE,
    Budget,
    Global,
    Instance,
    Refused,
    are_counts,
    explained,
    interpret,
    ordered_dict,
    read_pickle,
)

NDARRAY, DTYPE = Global("numpy", "ndarray"), Global("numpy", "dtype")


def _dtype(code: object, *_flags: object) -> Instance:
    """Stand for ``numpy.dtype(code)``: numbers, booleans and text only, never objects."""
    if not isinstance(code, str) or not re.fullmatch(r"[biufcSU][1-9]\d{0,8}", code):
        shown = code if isinstance(code, str) else type(code).__name__
        raise Refused(f"an array of type {shown:.40}")
    return Instance(DTYPE, {"dtype": np.dtype(code)})


def _array(raw: object, kind: Instance, shape: tuple, order: str) -> np.ndarray:
    """Array (read-only) of raw bytes, which must be as long as its shape and type say."""
    dtype = kind.state["dtype"]
    if not isinstance(raw, bytes | bytearray):
        raise Refused("an array of objects")
    if not are_counts(shape) or math.prod(shape) * dtype.itemsize != len(raw):
        raise Refused(f"{len(raw)} bytes that do not fill an array of its shape and type")
    return np.frombuffer(raw, dtype).reshape(shape, order="F" if order == "F" else "C")


def _reconstruct(kind: object, shape: object, _code: object) -> Instance:
    """Stand for ``numpy._core.multiarray._reconstruct``: an array before its state is set."""
    if kind != NDARRAY or shape != (0,):
        raise Refused(f"an array of class {kind if isinstance(kind, Global) else 'unknown'}")
    return Instance(NDARRAY)


def _frombuffer(
    raw: object, kind: Instance, shape: tuple, order: str, axes: tuple | None = None
) -> Instance:
    """Stand for ``numpy._core.numeric._frombuffer``, which pickles of protocol 5 use."""
    if axes is None:
        return Instance(NDARRAY, {"array": _array(raw, kind, shape, order)})
    # Numpy 2 writes an array whose axes are permuted in memory in the order of the memory.
    return Instance(NDARRAY, {"array": _array(raw, kind, shape, "C").transpose(axes)})


def _scalar(kind: Instance, raw: object) -> np.generic:
    """Stand for ``numpy._core.multiarray.scalar``."""
    return _array(raw, kind, (1,), "C").astype(kind.state["dtype"].newbyteorder("="))[0]


def _encode(text: str, encoding: str) -> bytes:
    """Stand for ``_codecs.encode``, by which protocol 2 stores bytes as text."""
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise Refused("a call of _codecs.encode with another encoding")
    return text.encode("latin-1")


def _no_bytes() -> bytes:
    """Stand for ``bytes()``, by which protocol 2 stores the content of an empty array."""
    return b""


def _build_array(target: object, state: object) -> None:
    """Set the state of a dtype or an array."""
    match target, state:
        case Instance(kind=kind), (3, str(order), None, None, None, int(size), int(), int()) if (
            kind == DTYPE and order in "<>|=" and size in (-1, target.state["dtype"].itemsize)
        ):
            target.state["dtype"] = target.state["dtype"].newbyteorder(order)
        case Instance(kind=kind), (1, tuple(shape), Instance() as inner, bool(fortran), raw) if (
            kind == NDARRAY and inner.kind == DTYPE
        ):
            order = "F" if fortran else "C"
            target.state["array"] = _array(raw, inner, shape, order)
        case Instance(kind=kind), _:
            raise Refused(f"a state that does not belong to {kind}")
        case _:
            raise Refused("a state for something that has none")


ARRAY_CALLS: dict[str, Callable[..., Any]] = {
    "numpy.dtype": _dtype,
    "_codecs.encode": _encode,
    "__builtin__.bytes": _no_bytes,
    "collections.OrderedDict": ordered_dict,
    **{f"numpy.{core}.multiarray._reconstruct": _reconstruct for core in ("core", "_core")},
    **{f"numpy.{core}.multiarray.scalar": _scalar for core in ("core", "_core")},
    **{f"numpy.{core}.numeric._frombuffer": _frombuffer for core in ("core", "_core")},
}


def load_arrays(path: str | os.PathLike, max_bytes: int = LARGEST_PICKLE) -> Any:
    """Read a pickle of numpy arrays, or of lists, tuples and dicts of arrays and plain values.

    Pickles of numpy 1 and 2 are understood, of protocols 2 to 5. Nothing in the file is run.

    Parameters
    ----------
    path
        The file.
    max_bytes
        Limit to the size of the file, and to that of all arrays together (which is at most some
        times that of the file).

    Returns
    -------
    object
        The content; arrays are writable and in the byte order of this machine.

    Raises
    ------
    InputError
        If the file is missing, damaged, too large, or holds anything else: names it.
    """
    with explained(path, "numpy arrays, and lists, tuples and dicts of arrays and plain values"):
        file = read_pickle(path, max_bytes)
        budget = Budget.of(file.getbuffer().nbytes, max_bytes)
        content = interpret(file, budget, ARRAY_CALLS, _build_array)
        if file.read(1):
            raise Refused("more bytes after the end of the pickle")
        return _unwrapped(content, budget)


def _unwrapped(value: Any, budget: Budget, depth: int = 0) -> Any:
    """Replace the stand-ins by their arrays, in new containers."""
    budget.spend(items=1, depth=depth)
    match value:
        case Instance(state={"array": array}):
            budget.spend(size=array.nbytes)
            return array.astype(array.dtype.newbyteorder("="))
        case None | bool() | int() | float() | str() | bytes() | np.generic():
            return value
        case dict():
            return {key: _unwrapped(item, budget, depth + 1) for key, item in value.items()}
        case list() | tuple():
            return type(value)(_unwrapped(item, budget, depth + 1) for item in value)
        case Global():
            raise Refused(f"the name {value}")
    raise Refused("an unfinished array, or a value of another kind")
