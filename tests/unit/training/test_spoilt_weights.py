"""Weights that stop being numbers between two records: no checkpoint takes them up."""

import numpy as np
import pytest
import torch
from latentearth.earth import channels, crops
from latentearth.training import adversarial, checkpoints, eight, variational
from latentearth.training.gans import Architecture, train_gans

SEED = np.random.SeedSequence(7)
SMALL = Architecture(latent=8, hidden=(16, 16))


def same(a, b):
    return all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))


def spoilt_from(step, draw):
    """A source of batches that gives NaN from its `step`-th batch on."""
    count = iter(range(1, 10_000))
    return lambda: draw() * (float("nan") if next(count) >= step else 1.0)


def test_a_gan_keeps_the_checkpoint_from_before_and_goes_on_from_it(tmp_path, monkeypatch):
    # records every 40 steps, checkpoints every 10: the one of step 30 comes before a record
    settings = adversarial.Settings(
        steps=40, batch=10, learning_rate=1e-3, latent=8, checkpoint_every=10, record_every=40
    )
    data = [np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)]
    seeds, path = np.random.SeedSequence(3).spawn(1), tmp_path / "c"
    whole = train_gans(data, SMALL, settings, seeds)
    draw = adversarial.EnsembleBatches.draw
    count = iter(range(1, 10_000))
    with monkeypatch.context() as patch:
        patch.setattr(
            adversarial.EnsembleBatches,
            "draw",
            lambda self: draw(self) * (float("nan") if next(count) >= 25 else 1.0),
        )
        with pytest.raises(FloatingPointError, match=r"at step 30, where the losses are critic"):
            train_gans(data, SMALL, settings, seeds, checkpoint=path)
    assert checkpoints.load(path, adversarial.asdict(settings))["step"] == 20
    continued = train_gans(data, SMALL, settings, seeds, checkpoint=path)
    assert same(whole[0], continued[0]) and same(whole[1], continued[1])


def test_a_vae_keeps_the_checkpoint_from_before_and_goes_on_from_it(tmp_path):
    image = channels.draw_image(channels.Channels(rows=260, columns=200), np.random.SeedSequence(1))
    where, path = crops.positions(image.shape), tmp_path / "c"
    settings = variational.Settings(steps=5, batch=2, record_every=5, checkpoint_every=2)

    def batches():
        return variational.CropBatches(image, where, 2, np.random.SeedSequence(5))

    whole = variational.train(batches(), settings, SEED)
    spoilt = batches()
    spoilt.draw = spoilt_from(4, spoilt.draw)
    with pytest.raises(FloatingPointError, match=r"at step 4, where the losses are squared error"):
        variational.train(spoilt, settings, SEED, checkpoint=path)
    assert checkpoints.load(path, variational.asdict(settings))["step"] == 2
    continued = variational.train(batches(), settings, SEED, checkpoint=path)
    assert same(whole[0], continued[0]) and same(whole[1], continued[1])


def test_small_vaes_stop_at_a_loss_that_is_no_number():
    points = np.full((10, 2), np.nan, np.float32)
    with pytest.raises(FloatingPointError, match=r"at step 4 .* of network 0"):
        eight.train_eights(points, [0.1], [0.1], 4, 2, 1e-3, SEED)
