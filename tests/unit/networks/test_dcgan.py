"""The DCGAN of Table A3: parameters, sizes of the maps, first weights."""

import numpy as np
import pytest
import torch
from torch import nn

from latentearth.networks.dcgan import Discriminator, Generator

SEED = np.random.SeedSequence(3)


def sizes(network, x):
    """Sides of the maps after every convolution."""
    found = []
    for layer in network.layers:
        x = layer(x)
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            found.append(x.shape[-1])
    return found


def test_parameters_are_those_of_table_a3():
    assert Generator(SEED).parameter_count() == 3_574_208
    assert Discriminator(SEED).parameter_count() == 2_764_800


def test_maps_have_the_sizes_that_lead_to_the_grid():
    with torch.no_grad():
        assert sizes(Generator(SEED, width=2), torch.zeros(3, 100, 1, 1)) == [2, 4, 8, 16, 23]
        assert sizes(Discriminator(SEED, width=2), torch.zeros(3, 1, 23, 23)) == [18, 9, 4, 2, 1]


def test_first_weights_are_normal_with_a_deviation_of_002():
    for network in (Generator(SEED), Discriminator(SEED)):
        for layer in network.layers:
            if not hasattr(layer, "weight"):
                continue
            w = layer.weight.detach().numpy().ravel()
            mean = float(isinstance(layer, nn.BatchNorm2d))
            # five standard errors of mean and deviation of so many normal numbers
            assert abs(w.mean() - mean) < 5 * 0.02 / np.sqrt(w.size)
            assert abs(w.std() / 0.02 - 1) < 5 / np.sqrt(2 * w.size)
            if getattr(layer, "bias", None) is not None:
                assert (layer.bias == 0).all()


def test_a_larger_epsilon_lets_the_discriminator_see_the_spread():
    """Maps twice as large give the same answer, unless epsilon is large beside their variance."""
    x = 0.1 * torch.randn(1, 40, 529, generator=torch.Generator().manual_seed(1)).double()
    change = []
    for epsilon in (1e-12, 1e-3):
        critic = Discriminator(SEED, 4, epsilon).double()
        with torch.no_grad():
            one, two = critic(x), critic(2 * x)
        change.append(float((one - two).std() / one.std()))
    # first weights turn a deviation of 0.1 into variances of 1e-6: beside the one epsilon this is
    # much and the answer changes by one part in 1e7, beside the other little, and by 0.3
    assert change[0] < 1e-4 and change[1] > 0.1


def test_rows_of_the_grid_come_one_after_another():
    """A change at one point reaches the maps of the discriminator around that point alone."""
    discriminator = Discriminator(SEED, width=2)
    x = torch.zeros(1, 1, 529)
    x[0, 0, 3 * 23 + 20] = 1  # row 3, column 20
    first = discriminator.layers[0](x.reshape(1, 1, 23, 23))[0, 0]
    touched = torch.nonzero(first.abs() > 0)
    assert touched[:, 0].max() == 3 and touched[:, 1].min() == 15  # kernels that cover the point
    assert discriminator(x).shape == (1, 1, 1)


def test_unused_weights_of_the_first_layer_get_no_gradient():
    """Of each 4 x 4 kernel only the inner 2 x 2 weights see the latent vector."""
    generator = Generator(SEED, latent=10, width=2)
    generator(torch.randn(1, 8, 10)).pow(2).sum().backward()
    used = generator.layers[0].weight.grad.abs().amax((0, 1)) > 0
    assert used.tolist() == [[False] * 4, *[[False, True, True, False]] * 2, [False] * 4]


def test_samples_are_independent_of_their_batch_in_evaluation_mode_only():
    generator, z = Generator(SEED, latent=10, width=2), torch.randn(1, 8, 10)
    with torch.no_grad():
        assert not torch.allclose(generator(z)[:, :4], generator(z[:, :4]), rtol=1e-3)
        generator.eval()
        # the same sums in blocks of another size: rounding of float32
        torch.testing.assert_close(generator(z)[:, :4], generator(z[:, :4]), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("network", [Generator, Discriminator])
def test_first_weights_depend_on_the_seed(network):
    one, same, other = (network(np.random.SeedSequence(k), width=2) for k in (1, 1, 2))
    for a, b, c in zip(one.parameters(), same.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
        assert torch.equal(a, c) == bool((a == 0).all())
