"""Whole modules and state dicts of torch."""

from __future__ import annotations

import io
import math
import os
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
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

STORAGES = {
    "torch.DoubleStorage": "<f8",
    "torch.FloatStorage": "<f4",
    "torch.HalfStorage": "<f2",
    "torch.LongStorage": "<i8",
    "torch.IntStorage": "<i4",
    "torch.ShortStorage": "<i2",
    "torch.CharStorage": "i1",
    "torch.ByteStorage": "u1",
    "torch.BoolStorage": "?",
}
LEGACY_MAGIC, LEGACY_PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


@dataclass(frozen=True)
class Storage:
    """The numbers of one or more tensors, still in the file."""

    key: str
    dtype: np.dtype
    length: int


@dataclass(frozen=True)
class Tensor:
    """A view of a storage; offset and strides count elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _tensor(storage: object, offset: int, shape: tuple, strides: tuple, *_: object) -> Tensor:
    """Stand for ``torch._utils._rebuild_tensor_v2``; the view must lie within its storage."""
    if not isinstance(storage, Storage):
        raise Refused("a tensor without a storage")
    if not (are_counts((offset,)) and are_counts(shape) and are_counts(strides)):
        raise Refused("a tensor with an impossible shape")
    last = offset + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
    if math.prod(shape) and (last >= storage.length or math.prod(shape) > storage.length):
        raise Refused(f"a tensor that is larger than its storage {storage.key:.40}")
    return Tensor(storage, offset, shape, strides)


def _parameter(tensor: object, *_: object) -> Tensor:
    """Stand for ``torch._utils._rebuild_parameter``."""
    if not isinstance(tensor, Tensor):
        raise Refused("a parameter without a tensor")
    return tensor


def _create_instance(kind: Global, arguments: tuple) -> Instance:
    """Stand for an object of any class, none of which is ever imported."""
    if arguments:
        raise Refused(f"an object of class {kind} made with arguments")
    return Instance(kind)


def _build_instance(target: object, state: object) -> None:
    """Keep the state of an object; what it means is not our business here."""
    if isinstance(target, dict) and isinstance(state, dict):
        return  # attributes of an OrderedDict, such as the versions in a state dict
    if not isinstance(target, Instance) or not isinstance(state, dict):
        raise Refused(f"a state of another kind for {getattr(target, 'kind', 'a value')}")
    if not all(isinstance(key, str) for key in state):
        raise Refused(f"a state for {target.kind} with names that are no text")
    target.state.update(state)


MODULE_CALLS: dict[str, Callable[..., Any]] = {
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "collections.OrderedDict": ordered_dict,
    "__builtin__.set": list,
    "builtins.set": list,
}


def load_module_arrays(
    path: str | os.PathLike, max_bytes: int = LARGEST_PICKLE
) -> tuple[dict[str, np.ndarray], dict[str, dict[str, Any]]]:
    """Read the weights of a torch module, or a state dict, without torch and without its code.

    Files of ``torch.save`` are understood, as zip (torch 1.6 and later) and in the older form.

    Parameters
    ----------
    path
        The file.
    max_bytes
        Limit to the size of the file, and to that of all arrays together (which is at most some
        times that of the file).

    Returns
    -------
    arrays : dict
        Parameters and buffers by dotted name, as in ``state_dict``.
    layers : dict
        For each module by dotted name (the whole has the name ``""``), in order: ``class``, the
        name of its class, and those of its attributes that are plain values, for example
        ``{"class": "LeakyReLU", "negative_slope": 0.1, ...}``. Empty for a state dict.

    Raises
    ------
    InputError
        If the file is missing, damaged, too large, or asks for anything to be run: names it.
    """
    with explained(path, "a torch module or state dict: tensors and plain values"):
        file = read_pickle(path, max_bytes)
        storages: dict[str, Storage] = {}
        as_zip = file.getbuffer()[:4] == b"PK\x03\x04"
        budget = Budget.of(file.getbuffer().nbytes, max_bytes)
        root, raw = (_read_zip if as_zip else _read_legacy)(file, storages, budget)
        tensors: dict[str, Tensor] = {}
        layers: dict[str, dict[str, Any]] = {}
        _collect(root, "", tensors, layers, budget)
        return {name: _resolved(tensor, raw, budget) for name, tensor in tensors.items()}, layers


def _interpret_module(file: io.BytesIO, storages: dict[str, Storage], budget: Budget) -> Any:
    """Run the pickle of a module; note the storages that it names."""

    def persistent(identity: object) -> Storage | Global:
        match identity:
            case ("module", Global() as kind, *_):
                return kind  # older files keep the source code of the class beside it: unused
            case ("storage", Global() as kind, str(key), str(), int(length), *view) if (
                str(kind) in STORAGES and length >= 0 and all(item is None for item in view)
            ):
                storage = Storage(key, np.dtype(STORAGES[str(kind)]), length)
                if storages.setdefault(key, storage) != storage:
                    raise Refused(f"two descriptions of the storage {key:.40}")
                return storage
            case ("storage", Global() as kind, *_):
                raise Refused(f"a storage of type {kind}, or with a wrong description")
        raise Refused("an unknown kind of persistent id")

    return interpret(file, budget, MODULE_CALLS, _build_instance, _create_instance, persistent)


def _read_zip(
    file: io.BytesIO, storages: dict[str, Storage], budget: Budget
) -> tuple[Any, dict[str, bytes]]:
    """Content of a zip file of torch, and the bytes of its storages."""
    with zipfile.ZipFile(file) as archive:
        records = {record.filename: record for record in archive.infolist()}
        # Torch does not compress, so that nothing in the archive can be larger than the file.
        if any(record.compress_type != zipfile.ZIP_STORED for record in records.values()):
            raise Refused("a compressed record")
        if sum(record.file_size for record in records.values()) > file.getbuffer().nbytes:
            raise Refused("records that are larger than the file")
        mains = [name for name in records if re.fullmatch(r"[^/]+/data\.pkl", name)]
        if len(mains) != 1:
            raise Refused(f"{len(mains)} records data.pkl")
        folder = mains[0].removesuffix("data.pkl")
        if f"{folder}byteorder" in records and archive.read(f"{folder}byteorder") != b"little":
            raise Refused("numbers in big-endian order")
        root = _interpret_module(io.BytesIO(archive.read(mains[0])), storages, budget)
        raw = {}
        for key, storage in storages.items():
            record = records.get(f"{folder}data/{key}")
            _check_length(storage, record.file_size if record else 0)
            raw[key] = archive.read(record) if record else b""
        return root, raw


def _read_legacy(
    file: io.BytesIO, storages: dict[str, Storage], budget: Budget
) -> tuple[Any, dict[str, bytes]]:
    """Content of a file of torch before 1.6, and the bytes of its storages."""
    if interpret(file, budget, {}, _build_instance) != LEGACY_MAGIC:
        raise Refused("a pickle that torch.save did not write")
    if interpret(file, budget, {}, _build_instance) != LEGACY_PROTOCOL:
        raise Refused("an unknown version of the format")
    if interpret(file, budget, {}, _build_instance).get("little_endian") is not True:
        raise Refused("numbers in big-endian order")
    root = _interpret_module(file, storages, budget)
    raw = {}
    for key in interpret(file, budget, {}, _build_instance):
        (length,) = struct.unpack("<q", file.read(8))
        if not isinstance(key, str) or key not in storages or key in raw:
            raise Refused("a storage that no tensor uses")
        storage = storages[key]
        _check_length(storage, length * storage.dtype.itemsize)
        raw[key] = file.read(length * storage.dtype.itemsize)
        _check_length(storage, len(raw[key]))
    if file.read(1) or raw.keys() != storages.keys():
        raise Refused("storages that do not agree with the pickle")
    return root, raw


def _check_length(storage: Storage, size: int) -> None:
    """Refuse a storage whose bytes in the file are not those that the pickle announced."""
    if size != storage.length * storage.dtype.itemsize:
        raise Refused(
            f"{size} bytes for the storage {storage.key:.40} of "
            f"{storage.length} x {storage.dtype.itemsize} bytes"
        )


def _collect(
    value: object,
    name: str,
    tensors: dict[str, Tensor],
    layers: dict[str, dict[str, Any]],
    budget: Budget,
    depth: int = 0,
) -> None:
    """Gather the tensors of a module or dict, and what its layers are, by dotted name."""
    budget.spend(items=1, depth=depth)
    match value:
        case Tensor():
            tensors[name] = value
        case Instance(kind=kind, state=state):
            budget.spend(items=len(state))
            plain = {key: _described(item) for key, item in state.items() if key[:1] != "_"}
            known = {key: item for key, item in plain.items() if item is not Ellipsis}
            layers[name] = {**known, "class": kind.name}
            members = [state.get(key) for key in ("_parameters", "_buffers", "_modules")]
            for member in members:
                if isinstance(member, dict):
                    _collect(member, name, tensors, layers, budget, depth + 1)
        case dict():
            for key, item in value.items():
                inner = f"{name}.{key}" if name else f"{key}"
                budget.spend(size=len(inner))
                _collect(item, inner, tensors, layers, budget, depth + 1)


def _described(value: object) -> Any:
    """Plain value of an attribute, text for the name of a class, else Ellipsis."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Global():
            return str(value)
        case tuple() if len(value) <= 8 and all(
            item is None or isinstance(item, bool | int | float | str) for item in value
        ):
            return value
    return ...


def _resolved(tensor: Tensor, raw: dict[str, bytes], budget: Budget) -> np.ndarray:
    """Array of a tensor: a copy, contiguous and writable."""
    dtype = tensor.storage.dtype
    budget.spend(size=math.prod(tensor.shape) * dtype.itemsize)
    numbers = np.frombuffer(raw[tensor.storage.key], dtype)[tensor.offset :]
    strides = [step * dtype.itemsize for step in tensor.strides]
    view = np.lib.stride_tricks.as_strided(numbers, tensor.shape, strides, writeable=False)
    return np.array(view, dtype=dtype.newbyteorder("="), order="C")
