"""A short training of each kind, for tests of what all of them must do."""

import numpy as np

from latentearth.earth import channels, crops
from latentearth.networks import conditional_wgan as conditional
from latentearth.networks.mlp_gan import MLP
from latentearth.training import (
    adversarial,
    conditional_training,
    crop_sgan,
    ensemble_gans,
    image_wgan,
    map_dcgan,
    patch_wgans,
    regression,
    variational,
)
from latentearth.training.validation import Watch
from latentearth.training.variational import CropBatches

SEED = np.random.SeedSequence(7)
PAIR = np.random.SeedSequence(3).spawn(2)
SMALL = ensemble_gans.Architecture(latent=8, hidden=(16, 16))
IMAGE = channels.draw_image(channels.Channels(rows=260, columns=200), np.random.SeedSequence(1))
WHERE = crops.corners(IMAGE.shape)
DATA = np.random.default_rng(0).normal(size=(160, 14)).astype(np.float32)
SPLIT = (DATA[:120, :2], DATA[:120, 2:]), (DATA[120:, :2], DATA[120:, 2:])  # inputs and targets
STEPS = {"steps": 6, "learning_rate": 1e-3, "checkpoint_every": 2}  # records at the end alone
LAST = {"record_every": 6}


def gan(products="float32", **more):
    settings = adversarial.AdversarialTraining(
        **STEPS, **LAST, batch=10, latent=8, products=products
    )
    return settings, ensemble_gans.train_gans([DATA[:, :2]], SMALL, settings, PAIR[:1], **more)[:2]


def wgan_patches(products="bfloat16", **more):
    settings = adversarial.AdversarialTraining(
        **STEPS,
        **LAST,
        batch=10,
        latent=8,
        loss="wgan",
        optimizer="rmsprop",
        critic_steps=2,
        products=products,
    )
    parts = [7 + DATA[:, :5], 7 + DATA[:, 5:9]]
    trained = patch_wgans.train_patches(parts, SMALL, settings, PAIR, Watch(6, 20), **more)
    return settings, trained[:2]


def of_maps(products="bfloat16", **more):
    settings = adversarial.AdversarialTraining(
        **STEPS, **LAST, batch=8, latent=6, products=products
    )
    maps = 7 + 0.1 * np.random.default_rng(1).uniform(-1, 1, (60, 529)).astype(np.float32)
    return settings, map_dcgan.train_dcgan(maps, settings, SEED, 2, Watch(6, 20), **more)[:2]


def of_images(products="float32", **more):
    settings = adversarial.AdversarialTraining(
        **STEPS,
        **LAST,
        batch=8,
        latent=5,
        loss="wgan-gp",
        critic_steps=2,
        average=0.9,
        products=products,
    )
    images = np.random.default_rng(1).integers(0, 2, (32, 16, 16)).astype(np.uint8)
    return settings, image_wgan.train_wgan_gp(images, settings, SEED, width=4, **more)[:2]


def spatial(products="float32", **more):
    settings = adversarial.AdversarialTraining(
        **STEPS, **LAST, batch=2, latent=15, average=0.9, products=products
    )
    run = IMAGE, WHERE, settings, (5, 3), SEED
    return settings, crop_sgan.train_sgan(*run, width=2, **more)[:2]


def vae(products="float32", **more):
    settings = variational.VariationalTraining(**STEPS, **LAST, batch=2, products=products)
    source = CropBatches(IMAGE, WHERE, 2, np.random.SeedSequence(5))
    return settings, variational.train_variational(source, settings, SEED, **more)[:2]


def stack(batch=40, **more):
    settings = regression.RegressionTraining(
        epochs=6, batch=batch, learning_rate=1e-2, final_rate=0.1, patience=9, checkpoint_every=2
    )
    network = MLP([(2, 16, 12)] * 2, PAIR, 0.2, bias=0.0)
    regression.train_regression(network, *SPLIT, settings, PAIR, **more)
    return settings, [network]


def conditional_gan(**more):
    settings = conditional_training.ConditionalTraining(
        **STEPS,
        critic_steps=2,
        batch=16,
        betas=(0.0, 0.9),
        final_rate=0.1,
        penalty=10.0,
        latent=3,
        average=0.5,
        validate_every=6,
        patience=99,
    )
    first = [np.random.SeedSequence(k).spawn(2) for k in (1, 2)]
    pair = (
        conditional.Generator(3, 2, (16,), 12, first[0], 0.2),
        conditional.Critic(12, 2, (16,), (8,), first[1], 0.2),
    )
    conditional_training.train_conditional(*pair, *SPLIT, settings, PAIR, **more)
    return settings, pair
