"""The networks that come with the project: cards, size, and what half precision costs."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from latentearth import io
from latentearth.networks import generators
from latentearth.training.scores import pattern_statistics

FOLDER = Path(__file__).parents[3] / "data" / "weights" / "lopez_alvis2021"
CARDS = sorted(FOLDER.glob("*.json"))


def test_both_training_images_have_a_vae_and_ours_an_sgan():
    assert {"vae_published", "vae_embedded", "sgan_embedded"} <= {card.stem for card in CARDS}


def test_samples_of_the_shipped_sgan_are_like_crops():
    """What the ledger asks before it compares anything with it; as its card has it."""
    scores = io.read_json(FOLDER / "sgan_embedded.json")["scores"]
    assert scores["grey"] < 0.05 and abs(scores["proportion"] - 0.26) < 0.02
    assert scores["deviation"] < 1 and scores["crossing"] > 0.9
    card, file = FOLDER / "sgan_embedded.json", FOLDER / "sgan_embedded.safetensors"
    drawn = generators.load(file, card).samples(100, np.random.SeedSequence(2))
    # of 100 models a mean scatters by a tenth of what single ones do: shares by 0.01, widths by 0.1
    assert pattern_statistics(drawn)["grey"] == pytest.approx(scores["grey"], abs=0.01)
    assert pattern_statistics(drawn)["width"] == pytest.approx(scores["width"], abs=0.5)


def test_all_files_together_are_small():
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 30e6


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_a_card_says_how_the_network_was_made(card):
    content = io.read_json(card)
    for key in ("settings", "seed", "git_commit", "steps", "samples", "device", "versions"):
        assert content[key], key
    kind, image = card.stem.split("_")
    assert content["architecture"] == kind and content["training_image"]["kind"] == image
    assert content["stored_as"] == "float16"


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_half_precision_hardly_changes_a_model(card):
    """Weights moved within the rounding of float16, as the rounding of the originals did."""
    file = card.with_suffix(".safetensors")
    generator = generators.load(file, card)
    codes = torch.from_numpy(generator.draw(10, np.random.SeedSequence(1)))
    before = generator(codes)
    assert all(tensor.dtype == torch.float16 for tensor in load_file(file).values())
    noise = torch.Generator().manual_seed(1)
    for parameter in generator.parameters():
        ulp = torch.exp2(torch.floor(torch.log2(parameter.abs().clamp(min=2.0**-14))) - 10)
        parameter += ulp * (torch.rand(parameter.shape, generator=noise) - 0.5)
    change = (generator(codes) - before).square().mean().sqrt()
    # 11 bits: relative errors of 3e-4 in the weights, which average out over some 1000 of a sum
    assert change < 2e-3
