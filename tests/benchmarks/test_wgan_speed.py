"""16 WGANs of Table A4 trained as one stack, against one after another.

Two sequences are timed beside the stack in the same run: the plain loop that one writes with
``nn.Sequential`` and ``torch.optim.RMSprop``, and our own stack of one. Rounds alternate and the
best of each is taken, so that other work on the machine counts little.
"""

import itertools
import time

import numpy as np
import pytest
import torch
from torch import nn

from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.training.adversarial import AdversarialTraining, train_adversarial
from latentearth.training.batches import EnsembleBatches
from latentearth.training.ensemble_gans import pair
from latentearth.training.patch_wgans import TABLE_A4

POINTS = [483, 471, 505, 506, 486, 513, 532, 505, 507, 530, 509, 484, 505, 504, 469, 491]
STEPS, BATCH, ROUNDS = 6, 100, 4
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
REQUIRED = {"cpu": 2.0, "cuda": 5.0}[DEVICE]  # the project's own requirement


def plain(data):
    """Train a WGAN for some steps as a textbook does; gives a function of no argument."""
    n = data.shape[1]

    def layers(widths, drop):
        found = []
        for a, b in itertools.pairwise(widths[:-1]):
            found += [nn.Linear(a, b), nn.LeakyReLU(0.1)] + [nn.Dropout(drop)] * (drop > 0)
        return nn.Sequential(*found, nn.Linear(*widths[-2:])).to(DEVICE)

    generator, critic = layers((100, 200, 200, 200, n), 0.4), layers((n, 200, 200, 200, 1), 0)
    of_generator = torch.optim.RMSprop(generator.parameters(), 1e-4)
    of_critic = torch.optim.RMSprop(critic.parameters(), 1e-4)
    samples = torch.from_numpy(data).to(DEVICE)

    def steps(count):
        for _ in range(count):
            real = samples[torch.randint(len(samples), (BATCH,), device=DEVICE)]
            fake = generator(torch.randn(BATCH, 100, device=DEVICE))
            of_critic.zero_grad()
            (critic(fake.detach()).mean() - critic(real).mean()).backward()
            of_critic.step()
            for p in critic.parameters():
                p.data.clamp_(-0.01, 0.01)
            of_generator.zero_grad()
            (-critic(fake).mean()).backward()
            of_generator.step()

    return steps


def stack(data, products):
    """The same with our stack, of as many networks as there are ensembles."""
    seeds = np.random.SeedSequence(1).spawn(len(data))
    generator, critic = (n.to(DEVICE) for n in pair([d.shape[1] for d in data], TABLE_A4, seeds))
    batches, streams = EnsembleBatches(data, BATCH, seeds, DEVICE), NoiseStreams(seeds, DEVICE)

    def steps(count):
        settings = AdversarialTraining(
            count, BATCH, 1e-4, loss="wgan", optimizer="rmsprop", products=products
        )
        train_adversarial(generator, critic, batches, streams, settings)

    return steps


def timed(function):
    start = time.perf_counter()
    function(STEPS)
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - start) / STEPS


@pytest.mark.benchmark
def test_sixteen_patches_at_once_are_faster_than_in_sequence(record_property):
    rng = np.random.default_rng(0)
    data = [rng.normal(0, 0.1, (500, n)).astype(np.float32) for n in POINTS]
    ways = {
        "stack": [stack(data, "bfloat16")],
        "stack in float32": [stack(data, "float32")],
        "plain sequence": [plain(d) for d in data],
        "own sequence": [stack([d], "bfloat16") for d in data],
    }
    for functions in ways.values():
        for function in functions:
            function(1)  # compiles, and fills the caches
    best = dict.fromkeys(ways, np.inf)
    for _ in range(ROUNDS):
        for name, functions in ways.items():
            best[name] = min(best[name], sum(timed(f) for f in functions))
    for name, seconds in best.items():
        ratio = seconds / best["stack"]
        print(f"{name}: {1000 * seconds:.1f} ms a step of all 16, {ratio:.2f} of the stack")
        record_property(name, seconds)
    assert best["plain sequence"] / best["stack"] > REQUIRED
