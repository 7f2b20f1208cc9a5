"""A NaN in the data of a training: it stops, and keeps the checkpoint from before."""

import io

import numpy as np
import pytest
import torch
from trainings import (
    SEED,
    conditional_gan,
    gan,
    of_images,
    of_maps,
    spatial,
    stack,
    vae,
    wgan_patches,
)

from latentearth import checkpoints
from latentearth.training import conditional_training, lemniscate_vaes, regression
from latentearth.training.batches import EnsembleBatches
from latentearth.training.image_batches import ImageBatches
from latentearth.training.variational import CropBatches


def spoilt_by_the_last_batch(**more):
    """The validation does not look at the weights, as that of a CVAE not at its encoder's."""
    return stack(120, score=lambda network, x, y, noise: torch.ones(2), loss=steep, **more)


def steep(network, x, y, noise):
    """A finite loss; `broken` puts a slope in it that is not."""
    return regression.mean_squared_error(network, x, y, noise) + broken(network.weights[0])


def broken(weight):
    return torch.zeros(())


def multiplied(function):
    return lambda *arguments: function(*arguments) * float("nan")


def sloping(function):
    """Zero, whose slope is 0 times the infinite one of a root at zero."""
    return lambda weight: (0 * weight.square()).sum().sqrt()


GAN = r"weights of the generator are not finite at step 4, where the losses are critic \[.*nan"


# how to train, what gives the data, and the number of its first call in step 3, which is spoilt
@pytest.mark.parametrize(
    ("train", "owner", "name", "call", "message"),
    [
        (gan, EnsembleBatches, "draw", 3, GAN),
        (wgan_patches, EnsembleBatches, "draw", 5, GAN),
        (of_maps, EnsembleBatches, "draw", 3, GAN),
        (of_images, ImageBatches, "draw", 5, GAN),
        (spatial, CropBatches, "draw", 3, GAN),
        (vae, CropBatches, "draw", 3, "encoder .* at step 4, where the losses are error"),
        (stack, regression, "take_network", 13, "epoch 3 losses of network 0 are training nan"),
        (spoilt_by_the_last_batch, None, "broken", 3, "network are not finite at epoch 3, .* val"),
        (
            conditional_gan,
            conditional_training,
            "take_network",
            11,
            "at step 4, where the losses are training",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", "") if callable(value) else "",
)
def test_a_training_stops_keeps_the_checkpoint_and_goes_on_from_it(
    tmp_path, monkeypatch, train, owner, name, call, message
):
    _, whole = train()
    good = globals()[name] if owner is None else getattr(owner, name)
    bad = (sloping if owner is None else multiplied)(good)
    count, path = iter(range(1, 10_000)), tmp_path / "c"

    def spoil(*arguments):
        return (bad if next(count) >= call else good)(*arguments)

    with monkeypatch.context() as patch:
        if owner is None:
            patch.setitem(globals(), name, spoil)
        else:
            patch.setattr(owner, name, spoil)
        with pytest.raises(FloatingPointError, match=message) as stopped:
            train(checkpoint=path, label="this one")
    assert str(stopped.value).startswith("this one: ")
    assert str(stopped.value).endswith("the last checkpoint is kept")
    content = io.BytesIO(path.read_bytes()[checkpoints.FIRST_LINE :])
    state = torch.load(content, weights_only=True)["state"]
    assert state["done"] == 2
    _, continued = train(checkpoint=path)
    for one, other in zip(whole, continued, strict=True):
        pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)


def test_small_vaes_stop_at_a_loss_that_is_no_number():
    points = np.full((10, 2), np.nan, np.float32)
    with pytest.raises(FloatingPointError, match=r"at step 4 .* of network 0"):
        lemniscate_vaes.train_lemniscate_vaes(points, [0.1], [0.1], 4, 2, 1e-3, SEED)
