"""What the paper scale has in common beside its settings, which the ledger's tests compare."""

from pathlib import Path

import pytest
import yaml
from snakemake.utils import update_config

from support.config import validate

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def paper():
    """The config at the paper scale, as plain values."""
    raw = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    scale = ROOT / "workflow" / "scales" / "paper.yaml"
    update_config(raw, yaml.safe_load(scale.read_text(encoding="utf-8")))
    return validate(raw).model_dump(mode="json")


def test_the_paper_scale_computes_in_float32_and_keeps_the_last_weights(paper):
    def walk(value, name=""):
        for key, inner in value.items() if isinstance(value, dict) else ():
            yield f"{name}.{key}", inner
            yield from walk(inner, f"{name}.{key}")

    # an ensemble of a user's own is of no paper
    found = dict(walk({name: part for name, part in paper.items() if name != "own_ensemble"}))
    assert {name: v for name, v in found.items() if name.endswith(".products")}
    assert not [n for n, v in found.items() if n.endswith(".products") and v != "float32"]
    assert not [n for n, v in found.items() if n.endswith(".keep") and v != "last"]
    assert not [n for n, v in found.items() if n.endswith(".average") and v]
    cmb = paper["scheiter2022"]["cmb"]
    assert cmb["wgan"]["validation"] == cmb["dcgan"]["validation"] == 0


def test_the_dcgan_of_the_paper_scale_is_that_of_table_a3(paper):
    """Nothing of what the laptop scale adds to make it spread."""
    dcgan = paper["scheiter2022"]["cmb"]["dcgan"]
    assert (dcgan["latent"], dcgan["width"], dcgan["normalise"]) == (100, 64, True)
    assert dcgan["spread"] == dcgan["real_penalty"] == dcgan["moments"] == 0
