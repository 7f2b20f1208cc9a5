"""Foreign pickles give their arrays, exactly, and never run anything.

All comparisons are exact: reading a file rounds nothing.
"""

import builtins
import collections
import copyreg
import io
import itertools
import os
import pickle
import struct
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from latentearth.io import InputError
from latentearth.unpickle import load_arrays, load_module_arrays, machine

MIRROR = os.environ.get("LATENTEARTH_MIRROR")
PATCH_SIZES = (483, 471, 505, 506, 486, 513, 532, 505, 507, 530, 509, 484, 505, 504, 469, 491)
needs_mirror = pytest.mark.skipif(not MIRROR, reason="LATENTEARTH_MIRROR is not set")

CONTENTS = {
    "floats": np.linspace(-1, 1, 60).reshape(3, 4, 5),
    "column order": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "permuted axes": np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2),
    "every second": np.arange(20, dtype=np.float32)[::2],
    "big endian": np.arange(5, dtype=">i4"),
    "booleans": np.array([[True, False]]),
    "complex": np.array([1 + 2j, 3]),
    "text": np.array(["Pacific", "Africa"]),
    "no axes": np.array(3.5),
    "empty": np.zeros((0, 7)),
    "scalar": np.float64(0.25),
}


def same(found, wanted):
    """Whether values, shapes and types agree (bytes in whichever order)."""
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(found[k], wanted[k]) for k in wanted)
    if isinstance(wanted, list | tuple):
        return type(found) is type(wanted) and all(
            same(*pair) for pair in zip(found, wanted, strict=True)
        )
    if isinstance(wanted, np.ndarray | np.generic):
        kind = np.asarray(wanted).dtype.newbyteorder("=")
        return np.array_equal(found, wanted) and found.dtype == kind and found.shape == wanted.shape
    return found == wanted and type(found) is type(wanted)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("name", CONTENTS)
def test_arrays_come_back(tmp_path, name, protocol):
    path = tmp_path / "a.obj"
    path.write_bytes(pickle.dumps(CONTENTS[name], protocol))
    assert same(load_arrays(path), CONTENTS[name])


def test_containers_come_back_and_arrays_are_writable(tmp_path):
    shared = np.arange(3)
    content = {
        "list": [shared, shared, (1, 2.5, None, True)],
        7: {"text": "Vs", "bytes": b"\0"},
        "ordered": collections.OrderedDict(a=np.ones(2)),
    }
    path = tmp_path / "a.obj"
    path.write_bytes(pickle.dumps(content))
    found = load_arrays(path)
    content["ordered"] = dict(content["ordered"])  # an ordered dict comes back as a dict
    assert same(found, content)
    found["list"][0][0] = 9
    assert found["list"][1][0] == 0  # arrays are copies, not views of the file


def test_names_of_numpy_1(tmp_path):
    modern = pickle.dumps(np.arange(4.0), 3)
    old = modern.replace(b"numpy._core.", b"numpy.core.")
    assert old != modern
    path = tmp_path / "old.obj"
    path.write_bytes(old)
    assert same(load_arrays(path), np.arange(4.0))


class Net(torch.nn.Module):
    """A network with what published ones have: nesting, buffers, shared weights, a list."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.width = 4
        self.body = torch.nn.Sequential(
            torch.nn.Linear(3, 4),
            torch.nn.LeakyReLU(0.1),
            torch.nn.Dropout(0.4),
            torch.nn.BatchNorm1d(4),
            torch.nn.Linear(4, 2, bias=False),
        )
        self.conv = torch.nn.Conv2d(1, 2, (5, 3), stride=2)
        self.again = self.body[0]
        self.turned = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3).T)
        self.tail = torch.nn.Parameter(torch.arange(10.0).half()[4:8], requires_grad=False)


@pytest.mark.parametrize("modern", [True, False], ids=["zip", "legacy"])
@pytest.mark.parametrize("whole", [True, False], ids=["module", "state dict"])
def test_module_arrays_are_those_of_the_state_dict(tmp_path, modern, whole):
    net = Net()
    path = tmp_path / "net.pt"
    content = net if whole else net.state_dict()
    torch.save(content, path, _use_new_zipfile_serialization=modern)
    arrays, layers = load_module_arrays(path)
    wanted = {name: value.numpy() for name, value in net.state_dict().items()}
    assert same(arrays, wanted)
    assert all(value.flags.writeable and value.flags.c_contiguous for value in arrays.values())
    if not whole:
        assert layers == {}
        return
    assert layers[""]["class"] == "Net" and layers[""]["width"] == 4
    assert layers["body.0"] | {"in_features": 3, "out_features": 4} == layers["body.0"]
    assert layers["body.1"]["negative_slope"] == 0.1
    assert layers["body.2"] | {"class": "Dropout", "p": 0.4} == layers["body.2"]
    assert layers["conv"]["kernel_size"] == (5, 3)


def test_a_class_that_no_longer_exists(tmp_path):
    path = tmp_path / "net.pt"
    torch.save(Net(), path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "new.pt", "w") as new:
        for record in old.infolist():
            content = old.read(record)
            if record.filename.endswith("data.pkl"):
                content = content.replace(f"{__name__}\nNet".encode(), b"gone\nWGAN")
            new.writestr(record.filename, content)
    _, layers = load_module_arrays(tmp_path / "new.pt")
    assert layers[""]["class"] == "WGAN"


# --- Hostile files -----------------------------------------------------------------------------


class Calls:
    """An object whose pickle makes the reader call something."""

    def __init__(self, *reduced):
        self.reduced = reduced

    def __reduce__(self):
        return self.reduced


class Slotted:
    """An object whose state is a pair."""

    __slots__ = ("a",)


def hostile_objects(canary):
    """Objects that create the file `canary` when Python's own unpickler reads them."""
    touch = f"open({str(canary)!r}, 'w').close()"
    boxed = np.empty(1, dtype=object)
    boxed[0] = Calls(exec, (touch,))
    return {
        "os.system": Calls(os.system, (f"touch '{canary}'",)),
        "eval": Calls(eval, (f"open({str(canary)!r}, 'w')",)),
        "exec": Calls(exec, (touch,)),
        "subprocess": Calls(subprocess.check_call, (["touch", str(canary)],)),
        "open": Calls(open, (str(canary), "w")),
        "getattr": Calls(getattr, (Calls(exec, (touch,)), "real")),
        "copyreg": Calls(copyreg.add_extension, ("os", "system", 240)),
        "array of objects": boxed,
        "in a dict": {"mean": np.ones(3), "std": Calls(exec, (touch,))},
        "in the state": Calls(collections.OrderedDict, (), {"x": Calls(exec, (touch,))}),
        "as items": Calls(list, (), None, iter([Calls(exec, (touch,))])),
        "setattr": Calls(setattr, (Path, "load_me", 1)),
    }


HOSTILE = sorted(hostile_objects("x"))


@pytest.mark.parametrize("protocol", [2, 4, 5])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pickles_are_refused(tmp_path, name, protocol):
    canary = tmp_path / "canary"
    path = tmp_path / "bad.obj"
    path.write_bytes(pickle.dumps(hostile_objects(canary)[name], protocol))
    with pytest.raises(InputError, match=r"bad\.obj"):
        load_arrays(path)
    with pytest.raises(InputError, match=r"bad\.obj"):
        load_module_arrays(path)
    assert not canary.exists()
    assert not hasattr(Path, "load_me")


def test_the_canary_would_sing(tmp_path):
    """Python's own unpickler does run these files: the test above can fail."""
    canary = tmp_path / "canary"
    for name in ("os.system", "exec", "array of objects", "in the state"):
        pickle.loads(pickle.dumps(hostile_objects(canary)[name]))
        assert canary.exists(), name
        canary.unlink()


@pytest.mark.parametrize("modern", [True, False], ids=["zip", "legacy"])
@pytest.mark.parametrize("name", [n for n in HOSTILE if n != "array of objects"])
def test_hostile_modules_are_refused(tmp_path, name, modern):
    canary = tmp_path / "canary"
    net = Net()
    net.body[1].extra = hostile_objects(canary)[name]
    path = tmp_path / "bad.pt"
    torch.save(net, path, _use_new_zipfile_serialization=modern)
    with pytest.raises(InputError, match=r"bad\.pt"):
        load_module_arrays(path)
    assert not canary.exists()


def test_the_message_names_the_global(tmp_path):
    path = tmp_path / "bad.obj"
    path.write_bytes(pickle.dumps(Calls(os.system, ("true",))))
    with pytest.raises(InputError, match=rf"a call of {os.system.__module__}\.system"):
        load_arrays(path)
    path.write_bytes(pickle.dumps(Path("x"), 2))
    with pytest.raises(InputError, match=r"pathlib.*PosixPath"):
        load_arrays(path)
    path.write_bytes(b"(S'true'\nios\nsystem\n.")  # the INST opcode of protocol 0
    with pytest.raises(InputError, match="opcode STRING"):
        load_arrays(path)
    path.write_bytes(b"(ios\nsystem\n.")
    with pytest.raises(InputError, match=r"os\.system"):
        load_arrays(path)


def test_state_never_reaches_a_real_object(tmp_path):
    """BUILD with the names that would change a real class or its instance."""
    net = torch.nn.Linear(2, 2)
    net.__dict__.update({"__class__": "x", "__setstate__": "x", "__dict__": {"y": 1}})
    path = tmp_path / "net.pt"
    torch.save(net, path)
    arrays, layers = load_module_arrays(path)
    assert set(arrays) == {"weight", "bias"}
    assert layers[""]["class"] == "Linear" and "__class__" not in layers[""]
    # State for a name itself: Python would set attributes of the module or function.
    path.write_bytes(b"\x80\x02cnumpy\nndarray\n}X\x01\x00\x00\x00aK\x01sb.")
    with pytest.raises(InputError, match="state"):
        load_arrays(path)
    # State that is a pair (for objects with slots) would call setattr.
    slots = Slotted()
    slots.a = 1
    torch.save(slots, path)
    with pytest.raises(InputError, match=r"state of another kind for .*Slotted"):
        load_module_arrays(path)


def test_extension_codes_are_refused(tmp_path):
    path = tmp_path / "bad.obj"
    path.write_bytes(b"\x80\x02\x82\x01.")
    with pytest.raises(InputError, match="EXT1"):
        load_arrays(path)


# --- Sizes ---------------------------------------------------------------------------------------


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


def test_the_machine_never_looks_a_name_up(tmp_path, monkeypatch):
    """Nothing is imported while a file is read."""
    path = tmp_path / "net.pt"
    torch.save(Net(), path)
    load_module_arrays(path)  # modules that reading itself needs are loaded by now
    imported = []
    genuine = builtins.__import__
    monkeypatch.setattr(
        builtins, "__import__", lambda name, *rest: imported.append(name) or genuine(name, *rest)
    )
    load_module_arrays(path)
    assert not [name for name in imported if name.startswith((__name__, "torch"))]
    with pytest.raises(machine.Refused):
        machine.interpret(io.BytesIO(pickle.dumps(Path("x"))), {}, lambda a, b: None)


# --- The published files -------------------------------------------------------------------------


@pytest.mark.published
@needs_mirror
@pytest.mark.parametrize("samples", [200, 600, 1000])
def test_published_ring_ensembles(samples):
    folder = Path(MIRROR, "MScheiter/gan_mcmc/synthetic_example/datasets")
    ring = load_arrays(folder / f"mcmc_samples_pcp_dim_2_reduced_{samples}.obj")
    assert ring.shape == (samples, 10, 2) and ring.dtype == np.float64  # (sample, chain, x|y)
    largest = load_arrays(folder / "mcmc_samples_pcp_dim_2_reduced_1000.obj")
    assert np.array_equal(ring, largest[:samples])
    # Exact mean radius 0.7143 (density exp(-(r - 0.7)^2 / 0.02) r dr); spread 0.0995. The
    # samples are independent, so 5 standard errors hold but for one run in a million.
    radius = np.hypot(*np.moveaxis(ring, -1, 0))
    assert abs(radius.mean() - 0.7143) < 5 * 0.0995 / np.sqrt(radius.size)


@pytest.mark.published
@needs_mirror
def test_published_maps_and_integrals():
    folder = Path(MIRROR, "MScheiter/gan_mcmc")
    maps = load_arrays(folder / "geophysical_example/plotting_data/data_dict_patches.obj")
    moments = {f"{kind}_{m}" for kind in ("real", "fake") for m in ("mean", "std", "skew", "kurt")}
    assert maps.keys() == moments | {"lon", "lat"}
    assert all(value.shape == (72, 144) for value in maps.values())
    integrals = load_arrays(folder / "synthetic_example/processed_data/integrals_std_array.obj")
    assert integrals.shape == (2, 4, 100)
    # The values of the notes are rounded to three digits.
    assert np.allclose(integrals[0].mean(-1), [7.30, 4.31, 3.20, 0.322], rtol=2e-3)


@pytest.mark.published
@needs_mirror
@pytest.mark.parametrize("patch", range(16))
def test_published_generators(patch):
    folder = Path(MIRROR, "MScheiter/gan_mcmc/geophysical_example/trained_gans")
    arrays, layers = load_module_arrays(folder / f"tomo_patch_{patch}.pt")
    assert layers[""]["class"] == "WGAN" and layers[""]["ndim"] == PATCH_SIZES[patch]
    linear = [n for n in layers if n.startswith("gen.") and layers[n]["class"] == "Linear"]
    widths = [100, 200, 200, 200, PATCH_SIZES[patch]]
    assert [arrays[f"{n}.weight"].shape for n in linear] == [
        (out, into) for into, out in itertools.pairwise(widths)
    ]
    assert all(np.isfinite(values).all() and values.std() > 0 for values in
               (arrays[f"{n}.weight"] for n in linear))  # fmt: skip
    rest = [v for n, v in layers.items() if n.startswith("gen.model.") and n not in linear]
    assert {v["class"] for v in rest} == {"LeakyReLU", "Dropout"}
    assert {v["negative_slope"] for v in rest if v["class"] == "LeakyReLU"} == {0.1}
    assert {v["p"] for v in rest if v["class"] == "Dropout"} == {0.4}
