"""Networks described layer by layer."""

import numpy as np
import pytest

from latentearth.networks import dcgan, wgan_gp
from latentearth.networks.layers import convolutions


def test_the_dcgan_has_the_layers_of_table_a3():
    seed = np.random.SeedSequence(1)
    generator, discriminator = (
        convolutions(net) for net in (dcgan.Generator(seed), dcgan.Discriminator(seed))
    )

    def column(layers, *names):
        return [tuple(layer[name] for name in names) for layer in layers]

    # n_in, n_out, k, s, p as printed in Scheiter et al. (2022)
    assert column(generator, "in", "out", "kernel", "stride", "padding") == [
        (100, 512, 4, 2, 1),
        (512, 256, 4, 2, 1),
        (256, 128, 4, 2, 1),
        (128, 64, 4, 2, 1),
        (64, 1, 3, 2, 5),
    ]
    assert column(discriminator, "in", "out", "kernel", "stride", "padding", "slope") == [
        (1, 64, 6, 1, 0, 0.2),
        (64, 128, 4, 2, 1, 0.2),
        (128, 256, 4, 2, 1, 0.2),
        (256, 512, 4, 2, 1, 0.2),
        (512, 1, 4, 2, 1, 0),
    ]
    assert column(generator, "batch_norm", "activation") == [("yes", "ReLU")] * 4 + [("no", "Tanh")]
    assert column(discriminator, "batch_norm", "activation") == [
        ("no", "LeakyReLU"),
        *[("yes", "LeakyReLU")] * 3,
        ("no", ""),  # a logit: the sigmoid of the table is in the loss
    ]
    # 2 million normal weights: the deviation of their sample is 1e-5, of the mean 1.4e-5
    assert generator[1]["weight_deviation"] == pytest.approx(0.02, abs=1e-4)
    assert abs(generator[1]["weight_mean"]) < 1e-4
    assert all(layer["bias"] == 0 for layer in generator + discriminator)


def test_the_critic_has_the_layers_of_table_a1():
    layers = convolutions(wgan_gp.Critic(np.random.SeedSequence(1)))
    # as printed in Santos et al. (2024), with the layer that is missing there
    assert [layer["out"] for layer in layers] == [32, 64, 128, 256, 512, 1]
    assert [layer["kernel"] for layer in layers] == [4] * 6
    assert [layer["stride"] for layer in layers] == [2, 2, 2, 2, 2, 1]
    assert layers[-1]["padding"] == 0
