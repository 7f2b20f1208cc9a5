"""Stacks of fully connected networks, and fast sampling from them."""

import numpy as np
import pytest
import torch
from torch import nn

from latentearth import io
from latentearth.networks import weights
from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.mlp_gan import MLP, StackSampler


def seeds(count, entropy=3):
    return np.random.SeedSequence(entropy).spawn(count)


@pytest.mark.parametrize(
    ("dimension", "generator", "discriminator"), [(2, 10_252, 5_301), (10, 10_660, 5_701)]
)
def test_parameter_counts_of_table_a1(dimension, generator, discriminator):
    g = MLP([(100, 50, 50, 50, dimension)], seeds(1))
    d = MLP([(dimension, 50, 50, 50, 1)], seeds(1))
    assert g.parameter_counts() == [generator]
    assert d.parameter_counts() == [discriminator]
    assert sum(p.numel() for p in g.parameters()) == generator  # nothing is left uncounted


def test_a_stack_is_the_same_as_plain_networks():
    stack = MLP([(5, 8, 8, 3)] * 2, seeds(2))
    x = torch.randn(2, 4, 5)
    for net in range(2):
        layers = []
        for w, b in zip(stack.weights, stack.biases, strict=True):
            linear = nn.Linear(w.shape[1], w.shape[2])
            linear.weight.data, linear.bias.data = w[net].T, b[net, 0]
            layers += [linear, nn.LeakyReLU(0.1)]
        plain = nn.Sequential(*layers[:-1])
        # the same sums in another order: some units in the last place of float32
        torch.testing.assert_close(stack(x)[net], plain(x[net]), rtol=1e-5, atol=1e-6)


def test_padding_carries_neither_signal_nor_gradient():
    stack = MLP([(2, 6, 1), (4, 6, 1)], seeds(2))
    x = torch.randn(2, 9, 4)
    x[0, :, 2:] = 0
    stack(x).sum().backward()
    assert (stack.weights[0].grad[0, 2:] == 0).all()
    assert (stack.weights[0].grad[1] != 0).any()
    generator = MLP([(3, 6, 2), (3, 6, 4)], seeds(2))
    assert (generator(torch.randn(2, 9, 3))[0, :, 2:] == 0).all()
    narrow = generator.select([0])
    assert narrow.parameter_counts() == [(3 + 1) * 6 + (6 + 1) * 2]
    x = torch.randn(2, 9, 3)
    torch.testing.assert_close(narrow(x[:1]), generator(x)[:1, :, :2])


def test_first_weights_are_xavier_uniform():
    w = MLP([(100, 50, 50, 50, 2)] * 20, seeds(20)).weights[0].detach().numpy()
    limit = np.sqrt(6 / 150)
    assert np.abs(w).max() <= limit
    # variance of a uniform deviate is limit^2/3, its standard error sqrt(4/45/n) limit^2
    assert abs(w.var() - limit**2 / 3) < 5 * np.sqrt(4 / 45 / w.size) * limit**2


def test_sampler_has_the_distribution_of_the_generator():
    generator = MLP([(100, 50, 50, 50, 2)], seeds(1), drop=0.4)
    count = 400_000
    fast = StackSampler(generator, seeds(1, 8)).draw(count)[0].double()
    streams = NoiseStreams(seeds(1, 9))
    with torch.no_grad():
        plain = torch.cat(
            [generator(streams.normal(4000, 100), streams)[0] for _ in range(count // 4000)]
        ).double()
    for order in (1, 2, 4):
        a, b = fast**order, plain**order
        error = torch.sqrt((a.var(0) + b.var(0)) / count)
        assert (torch.abs(a.mean(0) - b.mean(0)) < 5 * error).all()
    cross = [(x[:, 0] * x[:, 1]) for x in (fast, plain)]
    error = torch.sqrt((cross[0].var() + cross[1].var()) / count)
    assert torch.abs(cross[0].mean() - cross[1].mean()) < 5 * error


def test_samples_do_not_depend_on_how_they_are_asked_for():
    generator = MLP([(4, 8, 2)] * 2, seeds(2), drop=0.4)
    whole = StackSampler(generator, seeds(2, 8), copies=2, block=16).draw(100)
    sampler = StackSampler(generator, seeds(2, 8), copies=2, block=16)
    blocks = torch.cat([sampler.draw_block() for _ in range(4)], 1)
    torch.testing.assert_close(whole, blocks[:, :100], rtol=0, atol=0)


def test_weights_come_back_and_wrong_files_are_named(tmp_path):
    stack = MLP([(4, 8, 2)], seeds(1))
    path, card = tmp_path / "g.safetensors", tmp_path / "g.json"
    weights.save(path, {"generator": stack}, card, {"seed": 1})
    other = MLP([(4, 8, 2)], seeds(1, 99))
    weights.load_into(path, "generator", other)
    torch.testing.assert_close(other.weights[0], stack.weights[0], rtol=0, atol=0)
    assert io.read_json(card) == {"seed": 1}
    with pytest.raises(io.InputError, match=r"g\.safetensors.*tensors of generator"):
        weights.load_into(path, "generator", MLP([(4, 9, 2)], seeds(1)))
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(io.InputError, match="unreadable"):
        weights.load_into(path, "generator", other)
