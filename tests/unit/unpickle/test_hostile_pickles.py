"""Foreign pickles never run anything."""

import builtins
import collections
import copyreg
import io
import os
import pickle
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from pickles import Net

from latentearth.io import InputError
from latentearth.unpickle import load_arrays, load_module_arrays, machine


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
    assert not [name for name in imported if name.startswith((Net.__module__, "torch"))]
    with pytest.raises(machine.Refused):
        machine.interpret(
            io.BytesIO(pickle.dumps(Path("x"))), machine.Budget(1000), {}, lambda a, b: None
        )
