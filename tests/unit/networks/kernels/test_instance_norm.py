"""Instance normalisation with its ReLU, compiled, against torch's in float32."""

import pytest
import torch
from torch.nn.functional import instance_norm, leaky_relu, relu

from latentearth.networks.kernels.instance_norm import norm_relu, relu_norm

WAYS = {
    "norm_relu": (norm_relu, lambda x: relu(instance_norm(x))),
    "relu_norm": (relu_norm, lambda x: instance_norm(relu(x))),
    "leaky_norm": (lambda x: relu_norm(x, 0.2), lambda x: instance_norm(leaky_relu(x, 0.2))),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shape", [(3, 32, 13, 7), (2, 5, 6, 2), (1, 64, 3, 1)])
def test_values_and_gradients_are_those_of_torch(way, shape):
    ours, theirs = WAYS[way]
    generator = torch.Generator().manual_seed(1)
    x = (2 * torch.randn(shape, generator=generator) + 0.5).bfloat16()
    slope = torch.randn(shape, generator=generator).bfloat16()
    short = x.clone().to(memory_format=torch.channels_last).requires_grad_()
    long = x.float().requires_grad_()
    found, wanted = ours(short), theirs(long)
    found.backward(slope)
    wanted.backward(slope.float())
    assert found.dtype == short.grad.dtype == torch.bfloat16
    # the results, of size up to 4, are rounded to 8 bits: half a unit is 2^-9 of the size
    torch.testing.assert_close(found.float(), wanted, rtol=2**-8, atol=2**-9)
    torch.testing.assert_close(short.grad.float(), long.grad, rtol=2**-7, atol=2**-7)


def test_maps_of_one_channel_or_any_order_of_memory_are_taken():
    x = torch.randn(4, 1, 9, 5).bfloat16()
    torch.testing.assert_close(norm_relu(x).float(), norm_relu(x.float()), rtol=2**-8, atol=2**-9)


def test_a_nan_stays_one():
    x = torch.ones(1, 2, 4, 4).bfloat16()
    x[0, 0, 1, 1] = float("nan")
    assert torch.isnan(relu_norm(x)[0, 0]).any() and torch.isfinite(relu_norm(x)[0, 1]).all()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shape", [(2, 3, 130, 65), (1, 1, 5, 4)])
def test_maps_of_float32_too(way, shape):
    ours, theirs = WAYS[way]
    x = (torch.randn(shape, generator=torch.Generator().manual_seed(2)) + 0.5).requires_grad_()
    slope = torch.randn(shape, generator=torch.Generator().manual_seed(3))
    found, wanted = ours(x), theirs(x)
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)  # sums of 8450 in float32
    (of_found,), (of_wanted,) = (torch.autograd.grad(y, x, slope) for y in (found, wanted))
    torch.testing.assert_close(of_found, of_wanted, rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("way", WAYS)
def test_the_way_back_may_be_derived_once_more(way):
    x = torch.randn(2, 3, 5, 4, generator=torch.Generator().manual_seed(4)).requires_grad_()
    slope = torch.randn(2, 3, 5, 4, generator=torch.Generator().manual_seed(5))

    def second(f):
        (first,) = torch.autograd.grad((f(x) * slope).square().sum(), x, create_graph=True)
        return torch.autograd.grad(first.square().sum(), x)[0]

    found, wanted = map(second, WAYS[way])
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4 * wanted.abs().max().item())
