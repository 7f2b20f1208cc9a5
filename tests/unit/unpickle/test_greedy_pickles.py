"""Files of a megabyte that ask for gigabytes or for minutes are refused while they are cheap."""

import pickle
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
import torch

from latentearth.io import InputError
from latentearth.unpickle import load_arrays, load_module_arrays, machine

MEGABYTE = 2**20
MOST_MEMORY = 300 * MEGABYTE  # what any file of one megabyte may take while it is read


def text(size):
    return b"X" + struct.pack("<I", size) + b"a" * size


def repeated(piece, head=b"", tail=b"]."):
    """A pickle of a megabyte: a head, and one piece over and over."""
    return b"\x80\x02" + head + piece * ((MEGABYTE - len(head)) // len(piece)) + tail


def long_names():
    """Dicts in each other, with the same long key: the dotted names are longer each time."""
    inner = {"w": None}
    for _ in range(40):
        inner = dict.fromkeys(["x" * 20_000 + str(n) for n in range(2)], inner)
    return pickle.dumps(inner, 2)


def instance(count):
    """One object of some attributes, found under many names."""
    state = b"}(" + b"".join(b"X\x03\0\0\0%03dN" % n for n in range(count)) + b"u"
    one = b"ca\nb\n)\x81" + state + b"bq\x00"
    names = b"".join(b"X\x05\0\0\0%05dh\x00" % n for n in range(60_000))
    return b"\x80\x02" + one + b"}(" + names + b"u."


def few_numbers(count):
    """Keys that are multiples of 2^61 - 1: Python gives all the same hash."""
    keys = ((k * (2**61 - 1)) for k in range(1, count))
    return b"\x80\x02}(" + b"".join(b"\x8a\x0c" + k.to_bytes(12, "little") + b"N" for k in keys)


PIECES = {
    "copies of a text": repeated(
        b"c_codecs\nencode\nh\x00X\x06\0\0\0latin1\x86R", text(MEGABYTE // 2) + b"q\x00"
    ),
    "copies of a list": repeated(b"cbuiltins\nset\nh\x00\x85R", b"](" + b"N" * 200_000 + b"eq\x00"),
    "copies of pairs": repeated(
        b"ccollections\nOrderedDict\nh\x00\x85R", b"](" + b"K\x01K\x02\x86" * 100_000 + b"eq\x00"
    ),
    "empty lists": repeated(b"]"),
    "empty dicts": repeated(b"}NNs"),
    "objects": repeated(b"h\x00)\x81", b"ca\nb\nq\x00"),
    "marks": repeated(b"("),
    "long names": long_names(),
    "keys of one hash": few_numbers(60_000) + b"u.",
    "an endless name": b"\x80\x02c" + b"a" * MEGABYTE + b"\nb\n)R.",
    "an endless number": b"\x80\x02L" + b"9" * MEGABYTE + b"L\n.",
    "attributes": instance(200),
    "nothing else": b"\x80\x02" + b"N" * MEGABYTE + b".",
}


OTHERWISE = ("keys of one hash", "an endless name", "an endless number")  # refused at once


def peak(load, path):
    """Memory in bytes that a load takes at most, and the error that it ends with."""
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as error:
            load(path)
        return tracemalloc.get_traced_memory()[1], str(error.value)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("load", [load_arrays, load_module_arrays])
@pytest.mark.parametrize("name", PIECES)
def test_a_megabyte_takes_little_memory_and_few_steps(tmp_path, monkeypatch, name, load):
    taken = []
    spend = machine.Budget.spend
    monkeypatch.setattr(machine.Budget, "spend", lambda *a, **k: taken.append(1) or spend(*a, **k))
    path = tmp_path / "greedy.obj"
    head = tail = b""
    if load is load_module_arrays:  # as torch wrote before 1.6
        head = b"".join(pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001))
        head += pickle.dumps({"little_endian": True}, 2)
        tail = pickle.dumps([], 2)  # the storages
    path.write_bytes(head + PIECES[name] + tail)
    most, message = peak(load, path)
    assert most < MOST_MEMORY and len(message) < 1000
    if name not in OTHERWISE:
        assert "limits" in message or "a call of" in message or "an object of" in message
    # Each step takes microseconds: this many end within a second or two.
    assert len(taken) <= machine.MOST_STEPS + machine.MOST_ITEMS


def test_keys_that_python_gives_one_hash_are_refused(tmp_path):
    path = tmp_path / "a.obj"
    path.write_bytes(pickle.dumps({2**62: "a", -5: "b"}, 2))
    assert load_arrays(path) == {2**62: "a", -5: "b"}
    for hostile in ({2**64: 1}, [{0: {-(2**80): 1}}]):
        path.write_bytes(pickle.dumps(hostile, 2))
        with pytest.raises(InputError, match="unusual"):
            load_arrays(path)


def test_tensors_that_share_their_numbers_do_not_multiply_them(tmp_path):
    path = tmp_path / "net.pt"
    numbers = torch.zeros(MEGABYTE // 4)
    torch.save({f"w{n}": numbers for n in range(50)}, path)
    assert len(load_module_arrays(path)[0]) == 50
    torch.save({f"w{n}": numbers for n in range(3000)}, path)  # three gigabytes
    most, message = peak(load_module_arrays, path)
    assert most < MOST_MEMORY and "limits" in message


def test_arrays_that_share_their_numbers_do_not_multiply_them(tmp_path):
    path = tmp_path / "a.obj"
    path.write_bytes(pickle.dumps([np.zeros(MEGABYTE // 8)] * 3000, 4))
    most, message = peak(load_arrays, path)
    assert most < MOST_MEMORY and "limits" in message


def test_a_zip_of_many_records_is_cheap(tmp_path):
    path = tmp_path / "net.pt"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(8000):
            archive.writestr(f"a/{n}", b"")
    most, message = peak(load_module_arrays, path)
    assert most < MOST_MEMORY and "0 records data.pkl" in message


def test_a_lack_of_memory_is_told_as_a_damaged_file():
    with pytest.raises(InputError, match="MemoryError"), machine.explained("a.obj", "arrays"):
        raise MemoryError
