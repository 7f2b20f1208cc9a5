"""Shipped weights are of the config's settings."""

import pytest
import torch

from latentearth import io
from latentearth.networks import weights
from support import shipped


def test_other_settings_are_refused_with_advice(tmp_path):
    path, card = tmp_path / "net.safetensors", tmp_path / "net.json"
    weights.save(path, {"net": torch.nn.Linear(2, 3)}, card, {})
    io.write_json(card, {"stirring": {"speed": 0.1}, "sha256": weights.file_checksum(path)})
    shipped.verified(path, card, {"stirring": {"speed": 0.1}})
    with pytest.raises(io.InputError, match=r"stirring.*0\.1.*0\.2.*config; or weights: train"):
        shipped.verified(path, card, {"stirring": {"speed": 0.2}})
