"""Foreign pickles give their arrays, exactly.

All comparisons are exact: reading a file rounds nothing.
"""

import collections
import pickle
import zipfile

import numpy as np
import pytest
import torch
from pickles import CONTENTS, Net, same

from latentearth.unpickle import load_arrays, load_module_arrays


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
                content = content.replace(f"{Net.__module__}\nNet".encode(), b"gone\nWGAN")
            new.writestr(record.filename, content)
    _, layers = load_module_arrays(tmp_path / "new.pt")
    assert layers[""]["class"] == "WGAN"
