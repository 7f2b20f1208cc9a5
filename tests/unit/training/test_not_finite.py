"""A NaN in the data of a training: it stops, and keeps the checkpoint from before."""

import numpy as np
import pytest
import torch

from latentearth.earth import channels, crops
from latentearth.networks import conditional_wgan as conditional
from latentearth.networks.mlp_gan import MLP
from latentearth.training import (
    adversarial,
    conditional_training,
    crop_sgan,
    ensemble_gans,
    image_wgan,
    lemniscate_vaes,
    map_dcgan,
    patch_wgans,
    regression,
    variational,
)
from latentearth.training.batches import EnsembleBatches
from latentearth.training.image_batches import ImageBatches
from latentearth.training.variational import CropBatches

SEED = np.random.SeedSequence(7)
PAIR = np.random.SeedSequence(3).spawn(2)
SMALL = ensemble_gans.Architecture(latent=8, hidden=(16, 16))
IMAGE = channels.draw_image(channels.Channels(rows=260, columns=200), np.random.SeedSequence(1))
WHERE = crops.positions(IMAGE.shape)
DATA = np.random.default_rng(0).normal(size=(160, 14)).astype(np.float32)
SPLIT = (DATA[:120, :2], DATA[:120, 2:]), (DATA[120:, :2], DATA[120:, 2:])  # inputs and targets
STEPS = {"steps": 6, "learning_rate": 1e-3, "checkpoint_every": 2}  # records at the end alone
LAST = {"record_every": 6}


def gan(**more):
    settings = adversarial.AdversarialTraining(**STEPS, **LAST, batch=10, latent=8)
    return settings, ensemble_gans.train_gans([DATA[:, :2]], SMALL, settings, PAIR[:1], **more)[:2]


def wgan_patches(**more):
    settings = adversarial.AdversarialTraining(
        **STEPS, **LAST, batch=10, latent=8, loss="wgan", optimizer="rmsprop", critic_steps=2,
        precision="bfloat16",
    )  # fmt: skip
    parts = [7 + DATA[:, :5], 7 + DATA[:, 5:9]]
    return settings, patch_wgans.train_patches(parts, SMALL, settings, PAIR, 6, 20, **more)[:2]


def of_maps(**more):
    settings = adversarial.AdversarialTraining(
        **STEPS, **LAST, batch=8, latent=6, precision="autocast"
    )
    maps = 7 + 0.1 * np.random.default_rng(1).uniform(-1, 1, (60, 529)).astype(np.float32)
    return settings, map_dcgan.train_dcgan(maps, settings, SEED, 2, 6, 20, **more)[:2]


def of_images(**more):
    settings = adversarial.AdversarialTraining(
        **STEPS, **LAST, batch=8, latent=5, loss="wgan-gp", critic_steps=2, average=0.9
    )
    images = np.random.default_rng(1).integers(0, 2, (32, 16, 16)).astype(np.uint8)
    return settings, image_wgan.train_wgan_gp(images, settings, SEED, 4, **more)[:2]


def spatial(**more):
    settings = adversarial.AdversarialTraining(**STEPS, **LAST, batch=2, latent=15, average=0.9)
    run = IMAGE, WHERE, settings, (5, 3), SEED, 2
    return settings, crop_sgan.train_sgan(*run, **more)[:2]


def vae(**more):
    settings = variational.VariationalTraining(**STEPS, **LAST, batch=2)
    source = CropBatches(IMAGE, WHERE, 2, np.random.SeedSequence(5))
    return settings, variational.train_variational(source, settings, SEED, **more)[:2]


def stack(batch=40, **more):
    settings = regression.RegressionTraining(
        epochs=6, batch=batch, learning_rate=1e-2, final_rate=0.1, patience=9, checkpoint_every=2
    )
    network = MLP([(2, 16, 12)] * 2, PAIR, 0.2, bias=0.0)
    regression.train_regression(network, *SPLIT, settings, PAIR, **more)
    return settings, [network]


def spoilt_by_the_last_batch(**more):
    """The validation does not look at the weights, as that of a CVAE not at its encoder's."""
    return stack(120, score=lambda network, x, y, noise: torch.ones(2), loss=steep, **more)


def steep(network, x, y, noise):
    """A finite loss; `broken` puts a slope in it that is not."""
    return regression.mean_squared_error(network, x, y, noise) + broken(network.weights[0])


def broken(weight):
    return torch.zeros(())


def conditional_gan(**more):
    settings = conditional_training.ConditionalTraining(
        **STEPS, critic_steps=2, batch=16, betas=(0.0, 0.9), final_rate=0.1, penalty=10.0,
        latent=3, average=0.5, validate_every=6, patience=99,
    )  # fmt: skip
    first = [np.random.SeedSequence(k).spawn(2) for k in (1, 2)]
    pair = (
        conditional.Generator(3, 2, (16,), 12, first[0], 0.2),
        conditional.Critic(12, 2, (16,), (8,), first[1], 0.2),
    )
    conditional_training.train_conditional(*pair, *SPLIT, settings, PAIR, **more)
    return settings, pair


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
        (vae, CropBatches, "draw", 3, "encoder .* at step 4, where the losses are squared error"),
        (stack, regression, "take_network", 13, r"network 0 in epoch 2 are nan \(training\)"),
        (spoilt_by_the_last_batch, None, "broken", 3, "network are not finite in epoch 2, .* val"),
        (
            conditional_gan,
            conditional_training,
            "take_network",
            11,
            "at step 4, where the losses are distance",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", "") if callable(value) else "",
)  # fmt: skip
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
    state = torch.load(path, weights_only=True)["state"]
    assert state.get("step", len(state["records"])) == 2  # epochs have a record each
    _, continued = train(checkpoint=path)
    for one, other in zip(whole, continued, strict=True):
        pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)


def test_small_vaes_stop_at_a_loss_that_is_no_number():
    points = np.full((10, 2), np.nan, np.float32)
    with pytest.raises(FloatingPointError, match=r"at step 4 .* of network 0"):
        lemniscate_vaes.train_lemniscate_vaes(points, [0.1], [0.1], 4, 2, 1e-3, SEED)
