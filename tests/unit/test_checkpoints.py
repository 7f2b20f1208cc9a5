"""Checkpoints: what is written can be read again, and damage never goes unnoticed."""

from collections import OrderedDict

import numpy as np
import pytest
import torch

from latentearth import checkpoints

KNOWN = {"steps": 10}
STATE = {
    "weights": OrderedDict(w=torch.arange(6.0).reshape(2, 3), b=torch.ones(2).bfloat16()),
    "log_evidence": np.float64(-1.25),  # as samplers compute it
    "kept": np.bool_(True),
    "betas": [0.0, np.float32(0.5), 1.0],
    "generator": np.random.default_rng(3).bit_generator.state,  # integers of 128 bits
    "records": [(1, [0.5], None)],
    7: "of any key",
}


def test_scalars_of_numpy_come_back_as_plain_numbers(tmp_path, capsys):
    checkpoints.save(tmp_path / "c", STATE, KNOWN)
    found = checkpoints.load(tmp_path / "c", KNOWN)
    assert capsys.readouterr().out == ""
    assert torch.equal(found["weights"]["w"], STATE["weights"]["w"])
    assert found["log_evidence"] == -1.25 and type(found["log_evidence"]) is float
    assert found["kept"] is True and found["betas"] == [0.0, 0.5, 1.0]
    assert found["generator"] == STATE["generator"] and found[7] == "of any key"


@pytest.mark.parametrize("value", [object(), np.zeros(3), print])
def test_what_could_not_be_read_again_is_refused_when_it_is_written(tmp_path, value):
    checkpoints.save(tmp_path / "c", {"step": 1}, KNOWN)
    with pytest.raises(TypeError, match="could not be read again"):
        checkpoints.save(tmp_path / "c", {"step": 2, "x": [value]}, KNOWN)
    assert checkpoints.load(tmp_path / "c", KNOWN) == {"step": 1}  # the one before stays


def test_every_flipped_bit_and_every_lost_byte_is_noticed(tmp_path, capsys):
    path = tmp_path / "c"
    checkpoints.save(path, STATE, KNOWN)
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        assert checkpoints.load(path, KNOWN) is None
        assert f"checkpoint {path} is damaged" in capsys.readouterr().out
    for length in (0, 10, checkpoints.FIRST_LINE, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert checkpoints.load(path, KNOWN) is None
