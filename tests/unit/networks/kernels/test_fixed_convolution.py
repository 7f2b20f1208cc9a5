"""Products and sums of shifted maps against the layers that they replace."""

import numpy as np
import pytest
import torch
from torch import nn

from latentearth.networks import sgan, vae
from latentearth.networks.generators import TrainedGenerator
from latentearth.networks.kernels.fixed_convolution import convolve

LAYERS = {
    "VAE, to the image": (nn.ConvTranspose2d(3, 1, 5, 2, bias=False), (2, 3, 7, 5)),
    "SGAN, to the image": (nn.ConvTranspose2d(3, 1, 5, 2, 2, bias=False), (2, 3, 7, 5)),
    "SGAN, smoothing": (nn.Conv2d(1, 3, 5, padding=6, dilation=3, bias=False), (2, 1, 17, 9)),
    "SGAN, last": (nn.ConvTranspose2d(3, 1, 5, 1, 10, dilation=5, bias=False), (2, 3, 25, 23)),
    "narrower than its kernel": (
        nn.ConvTranspose2d(3, 1, 5, 1, 10, dilation=5, bias=False),
        (2, 3, 9, 3),
    ),
    "taps beside the map": (
        nn.Conv2d(1, 3, 5, padding=20, dilation=9, bias=False),
        (1, 1, 4, 6),
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_maps_and_gradients_are_those_of_the_layer(name):
    layer, shape = LAYERS[name]
    maps = torch.randn(shape, generator=torch.Generator().manual_seed(1), requires_grad=True)
    expected = layer(maps)
    weights = torch.randn(expected.shape, generator=torch.Generator().manual_seed(2))
    (slope,) = torch.autograd.grad((expected * weights).sum(), maps)
    layer.requires_grad_(False)
    found = convolve(layer, maps)
    # float32, sums of up to 75 products
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    (other,) = torch.autograd.grad((found * weights).sum(), maps)
    torch.testing.assert_close(other, slope, rtol=1e-5, atol=1e-5)
    layer.requires_grad_(True)


def test_layers_that_are_trained_are_called():
    layer = nn.ConvTranspose2d(3, 1, 5, 2, bias=False)
    convolve(layer, torch.ones(1, 3, 4, 4)).sum().backward()
    assert layer.weight.grad is not None


SEED = np.random.SeedSequence(3)
TRAINED = {"vae": vae.Decoder(SEED, 6, 4), "sgan": sgan.Generator(SEED, 4)}


@pytest.mark.parametrize("kind", TRAINED)
def test_a_fixed_generator_maps_as_the_one_that_was_trained(kind):
    trained, fixed = TRAINED[kind], TrainedGenerator(TRAINED[kind], kind)
    codes = torch.from_numpy(fixed.draw(3, np.random.SeedSequence(4)))
    # layers joined in double precision, and other orders of float32 sums; models are in [0, 1]
    torch.testing.assert_close(fixed(codes), trained(codes).detach(), rtol=0, atol=1e-5)
    rounded = fixed(codes, "bfloat16")  # 8 bits of each map, four to six maps in a row
    torch.testing.assert_close(rounded, fixed(codes), rtol=0, atol=0.05)
    assert trained(codes).requires_grad  # it is a copy whose weights are fixed
