"""Pickles that are damaged, or claim what is not there, are refused by name."""

import io
import pickle
import struct
import zipfile

import numpy as np
import pytest
import torch
from pickles import CONTENTS, Net, same

from latentearth.io import InputError
from latentearth.unpickle import load_arrays, load_module_arrays


def array_pickle(shape, dtype, raw):
    """Pickle of an array that claims a shape and a type that its bytes may not have."""
    out = io.BytesIO()
    out.write(b"\x80\x03cnumpy.core.multiarray\n_reconstruct\n")
    out.write(b"cnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01(")
    for n in shape:
        out.write(b"\x8a\x08" + struct.pack("<q", n))
    out.write(b"tcnumpy\ndtype\nX" + struct.pack("<I", len(dtype)) + dtype.encode())
    out.write(b"\x89\x88\x87R\x89B" + struct.pack("<I", len(raw)) + raw + b"tb.")
    return out.getvalue()


def test_the_forged_pickle_is_right_when_honest(tmp_path):
    path = tmp_path / "a.obj"
    path.write_bytes(array_pickle((2,), "f8", np.array([1.0, 2.0]).tobytes()))
    assert same(load_arrays(path), np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    ("shape", "dtype", "raw"),
    [
        ((10 * 2**30 // 8,), "f8", b""),
        ((2**31, 2**31), "f8", b"12345678"),
        ((-1,), "f8", b"12345678"),
        ((2**62, 4), "f8", b""),
        ((10**10,), "S0", b""),
        ((1,), "U999999999", b"1234"),
        ((1,), "O8", b"12345678"),
        ((1,), "V8", b"12345678"),
        ((2,), "f8", b"12345678"),
    ],
)
def test_arrays_that_disagree_with_their_bytes(tmp_path, shape, dtype, raw):
    path = tmp_path / "bad.obj"
    path.write_bytes(array_pickle(shape, dtype, raw))
    with pytest.raises(InputError, match=r"bad\.obj"):
        load_arrays(path)


def test_a_claimed_length_reserves_nothing(tmp_path):
    path = tmp_path / "bad.obj"
    path.write_bytes(b"\x80\x04\x8e" + struct.pack("<Q", 10 * 2**30) + b"abc.")  # 10 GB of bytes
    with pytest.raises(InputError, match="damaged"):
        load_arrays(path)


def test_repetition_is_limited(tmp_path):
    path = tmp_path / "bad.obj"
    nested = "x"
    for _ in range(40):  # 2**40 values in a few hundred bytes
        nested = [nested, nested]
    path.write_bytes(pickle.dumps(nested))
    with pytest.raises(InputError, match="limits"):
        load_arrays(path)
    block = np.zeros(1000)
    path.write_bytes(pickle.dumps([block] * 1000))
    assert len(load_arrays(path)) == 1000
    with pytest.raises(InputError, match="limits"):
        load_arrays(path, max_bytes=1_000_000)
    # A key of nested pairs, which would take 2**100 steps to hash.
    pairs = b"".join(b"h%ch%c\x86\x94" % (i, i) for i in range(100))
    path.write_bytes(b"\x80\x04)\x94" + pairs + b"}hdNs.")
    with pytest.raises(InputError, match="unusual"):
        load_arrays(path)
    last = b"ccollections\nOrderedDict\n](hdN\x86e\x85R."
    path.write_bytes(b"\x80\x04)\x94" + pairs + last)
    with pytest.raises(InputError, match="OrderedDict of something unusual"):
        load_arrays(path)
    endless = []
    endless.append(endless)
    path.write_bytes(pickle.dumps(endless))
    with pytest.raises(InputError, match="limits"):
        load_arrays(path)


def test_the_limit_of_the_file_size(tmp_path):
    path = tmp_path / "a.obj"
    path.write_bytes(pickle.dumps(np.zeros(1000)))
    with pytest.raises(InputError, match="limit of 100"):
        load_arrays(path, max_bytes=100)
    with pytest.raises(InputError, match="limit of 100"):
        load_module_arrays(path, max_bytes=100)


def rewritten(path, change, **options):
    """Copy a zip file of torch record by record through `change(name, content)`."""
    copy = path.with_name("bad.pt")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", **options) as new:
        for record in old.infolist():
            content = change(record.filename, old.read(record))
            if content is not None:
                new.writestr(record.filename, content)
    return copy


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("storage shortened", "bytes for the storage"),
        ("storage lengthened", "bytes for the storage"),
        ("storage missing", "bytes for the storage"),
        ("unknown storage", "storage of type torch.storage.UntypedStorage"),
        ("larger claim", "bytes for the storage"),
        ("big endian", "big-endian"),
        ("no pickle", "0 records"),
    ],
)
def test_forged_zip_files(tmp_path, what, message):
    path = tmp_path / "net.pt"
    torch.save({"w": torch.arange(3.0)}, path)

    def change(name, content):
        if name.endswith("data/0"):
            return {
                "storage shortened": content[:-1],
                "storage lengthened": content + b"\0",
                "storage missing": None,
            }.get(what, content)
        if name.endswith("data.pkl"):
            return {
                "unknown storage": content.replace(
                    b"torch\nFloatStorage", b"torch.storage\nUntypedStorage"
                ),
                "larger claim": content.replace(b"K\x03", b"M\xff\xff"),
                "no pickle": None,
            }.get(what, content)
        if name.endswith("byteorder") and what == "big endian":
            return b"big"
        return content

    assert load_module_arrays(rewritten(path, lambda name, content: content))[0]["w"][2] == 2
    with pytest.raises(InputError, match=message):
        load_module_arrays(rewritten(path, change))


def test_compressed_zip_files_are_refused(tmp_path):
    path = tmp_path / "net.pt"
    torch.save({"w": torch.zeros(100_000)}, path)
    bomb = rewritten(path, lambda name, content: content, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(InputError, match="compressed"):
        load_module_arrays(bomb)


def test_views_outside_or_larger_than_their_storage(tmp_path):
    path = tmp_path / "net.pt"
    torch.save({"w": torch.zeros(1).expand(1000)}, path)  # 1000 numbers that are one
    with pytest.raises(InputError, match="larger than its storage"):
        load_module_arrays(path)
    torch.save({"w": torch.arange(5.0)[1:3]}, path)
    outside = rewritten(
        path,
        lambda name, content: (
            content.replace(b"QK\x01K\x02", b"QK\x04K\x02") if "data.pkl" in name else content
        ),
    )
    with pytest.raises(InputError, match="larger than its storage"):
        load_module_arrays(outside)


@pytest.mark.parametrize("keep", [0, 1, 10, 500, -1])
@pytest.mark.parametrize("modern", [True, False], ids=["zip", "legacy"])
def test_truncated_modules(tmp_path, keep, modern):
    path = tmp_path / "net.pt"
    torch.save(Net(), path, _use_new_zipfile_serialization=modern)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"net\.pt"):
        load_module_arrays(path)


def test_damage_is_always_an_input_error(tmp_path):
    """Flipped bytes give a changed content or an InputError, and nothing else."""
    generator = np.random.default_rng(5)
    path = tmp_path / "a.obj"
    buffer = io.BytesIO()
    torch.save(Net(), buffer, _use_new_zipfile_serialization=False)
    refused = 0
    for whole, load in (
        (pickle.dumps(CONTENTS, 4), load_arrays),
        (buffer.getvalue(), load_module_arrays),
    ):
        for _ in range(300):
            damaged = bytearray(whole)
            damaged[generator.integers(len(damaged))] = generator.integers(256)
            path.write_bytes(damaged)
            try:
                load(path)
            except InputError:
                refused += 1
    assert refused > 100


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match="found nothing"):
        load_arrays(tmp_path / "none.obj")
