"""Trainings of many networks at once, and compiled passes, against what one would write."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import instance_norm, logsigmoid, relu

from latentearth.ensembles.shell import Radius
from latentearth.networks.kernels.instance_norm import norm_relu
from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.mlp_gan import StackSampler
from latentearth.training.adversarial import AdversarialTraining, train_adversarial
from latentearth.training.batches import EnsembleBatches
from latentearth.training.ensemble_gans import Architecture, pair
from latentearth.training.patch_wgans import TABLE_A4

pytestmark = pytest.mark.benchmark
RING = Radius(2).sample(np.random.default_rng(0), 1000).astype(np.float32)
POINTS = [483, 471, 505, 506, 486, 513, 532, 505, 507, 530, 509, 484, 505, 504, 469, 491]
STEPS = 6


def plain_network(widths, drop):
    """A fully connected network as one writes it."""
    layers = []
    for a, b in itertools.pairwise(widths[:-1]):
        layers += [nn.Linear(a, b), nn.LeakyReLU(0.1), *[nn.Dropout(drop)] * (drop > 0)]
    return nn.Sequential(*layers, nn.Linear(*widths[-2:]))


def plain_gan(steps):
    """A loop over one GAN, which draws what the batched one draws."""
    data = torch.from_numpy(RING)
    generator, critic = (
        plain_network((100, 50, 50, 50, 2), 0.4),
        plain_network((2, 50, 50, 50, 1), 0),
    )
    optimizers = [torch.optim.Adam(n.parameters(), 1e-4, (0.5, 0.999)) for n in (generator, critic)]

    def run():
        for _ in range(steps):
            real = data[torch.randint(0, len(data), (50,))] + 0.1 * torch.randn(50, 2)
            fake = generator(torch.randn(50, 100))
            loss = -(logsigmoid(critic(real)) + logsigmoid(-critic(fake.detach()))).mean()
            optimizers[1].zero_grad()
            loss.backward()
            optimizers[1].step()
            loss = -logsigmoid(critic(fake)).mean()
            optimizers[0].zero_grad()
            loss.backward()
            optimizers[0].step()

    return run


def plain_wgan(data, steps):
    """A loop over one WGAN with clipped weights."""
    generator = plain_network((100, 200, 200, 200, data.shape[1]), 0.4)
    critic = plain_network((data.shape[1], 200, 200, 200, 1), 0)
    optimizers = [torch.optim.RMSprop(n.parameters(), 1e-4) for n in (generator, critic)]
    samples = torch.from_numpy(data)

    def run():
        for _ in range(steps):
            real = samples[torch.randint(len(samples), (100,))]
            fake = generator(torch.randn(100, 100))
            optimizers[1].zero_grad()
            (critic(fake.detach()).mean() - critic(real).mean()).backward()
            optimizers[1].step()
            for p in critic.parameters():
                p.data.clamp_(-0.01, 0.01)
            optimizers[0].zero_grad()
            (-critic(fake).mean()).backward()
            optimizers[0].step()

    return run


def stack(data, architecture, **settings):
    """Our loop over as many networks as there are ensembles."""
    parts = [seed.spawn(3) for seed in np.random.SeedSequence(1).spawn(len(data))]
    networks = pair([d.shape[1] for d in data], architecture, [p[0] for p in parts])
    batches = EnsembleBatches(data, settings["batch"], [p[1] for p in parts])
    streams = NoiseStreams([p[2] for p in parts])
    chosen = AdversarialTraining(steps=STEPS, learning_rate=1e-4, **settings)
    return lambda: train_adversarial(*networks, batches, streams, chosen)


def products_of(networks, batch, layers):
    """The products of one training step, and nothing else: each layer forwards, and twice back."""
    parts = [torch.randn(networks, batch, a) for a, _ in layers]
    weights = [torch.randn(networks, a, b) for a, b in layers]
    outputs = [torch.empty(networks, batch, b) for _, b in layers]

    def run():
        for _ in range(3 * STEPS):
            for x, w, y in zip(parts, weights, outputs, strict=True):
                torch.bmm(x, w, out=y)

    return run


def test_forty_ring_gans(compare):
    ours = stack([RING] * 40, Architecture(), batch=50, smoothing=0.1)
    plain = plain_gan(STEPS)

    def one_by_one():
        for _ in range(40):
            plain()

    compare(
        "a step of a GAN of the ring, 40 at once",
        ours,
        {"one by one": one_by_one},
        per=40 * STEPS,
        unit="us",
        expected=8,
    )


def test_sixteen_wgans(compare):
    rng = np.random.default_rng(0)
    data = [rng.normal(0, 0.1, (500, n)).astype(np.float32) for n in POINTS]
    wgan = {"batch": 100, "loss": "wgan", "optimizer": "rmsprop"}
    plain = [plain_wgan(d, STEPS) for d in data]
    # generator once, critic on real and generated for itself and once for the generator
    layers = [(100, 200), (200, 200), (200, 200), (200, 510)]
    layers += 3 * [(510, 200), (200, 200), (200, 200)]
    compare(
        "a step of 16 WGANs",
        stack(data, TABLE_A4, products="bfloat16", **wgan),
        {
            "one by one": lambda: [one() for one in plain],
            "ours in float32": stack(data, TABLE_A4, products="float32", **wgan),
            "products in float32 alone": products_of(16, 100, layers),
        },
        per=STEPS,
        rounds=4,
        expected=2,
    )


def test_samples_of_a_ring_gan(compare):
    generator, _ = pair([2], Architecture(), np.random.SeedSequence(1).spawn(1))
    sampler = StackSampler(generator, np.random.SeedSequence(2).spawn(1))
    by_hand = plain_network((100, 50, 50, 50, 2), 0.4)

    @torch.no_grad()
    def plain():
        by_hand(torch.randn(4096, 100))

    compare(
        "a thousand samples of a GAN",
        sampler.draw_block,
        {"plain torch": plain},
        per=4.096,
        calls=10,
        expected=1.5,
    )


def test_normalised_maps(compare):
    maps = torch.randn(40, 32, 63, 31).bfloat16().to(memory_format=torch.channels_last)
    slope = torch.randn_like(maps)

    def both_ways(function):
        return lambda: function(maps.detach().requires_grad_()).backward(slope)

    theirs = both_ways(lambda x: relu(instance_norm(x)))
    compare(
        "normalisation of maps in bfloat16", both_ways(norm_relu), {"torch": theirs}, expected=3
    )
