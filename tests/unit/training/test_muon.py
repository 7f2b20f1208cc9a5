"""Muon against the singular value decomposition, and as an optimiser."""

import pytest
import torch

from latentearth.training.muon import ITERATIONS, SIZE, Muon, orthogonalised


@pytest.mark.parametrize("shape", [(20, 60), (60, 20)])
def test_orthogonalised_has_the_same_vectors_and_nearly_equal_values(shape):
    generator = torch.Generator().manual_seed(1)
    left, _, right = torch.linalg.svd(torch.randn(shape, generator=generator), full_matrices=False)
    values = torch.logspace(0, -1.5, 20)
    found = left.T @ orthogonalised(left @ torch.diag(values) @ right) @ right.T
    # the quintic brings all that are not below 1/300 of the norm to within 0.7 and 1.2 in 5 steps
    assert ITERATIONS == 5 and found.diag().min() > 0.65 and found.diag().max() < 1.25
    # float32, errors grow by 3.4 a step: 1e-7 * 3.4^5
    assert (found - torch.diag(found.diag())).abs().max() < 1e-4


def test_kernels_turn_at_the_rate_and_the_rest_follows_adam():
    convolution, linear = torch.nn.Conv2d(4, 8, 3), torch.nn.Linear(8, 3)
    parameters = [*convolution.parameters(), *linear.parameters()]
    before = [p.detach().clone() for p in parameters]
    optimizer = Muon(parameters, 1e-3, "float32")
    assert [tuple(p.shape) for p in optimizer.kernels] == [(8, 4, 3, 3)]
    linear(convolution(torch.ones(2, 4, 3, 3))[:, :, 0, 0]).square().sum().backward()
    optimizer.step()
    moved = [(p - b).detach() for p, b in zip(parameters, before, strict=True)]
    # singular values of the one step are near 1 where the gradient has any: here one of 8
    length = moved[0].flatten(1).norm() / (1e-3 * SIZE * 36**0.5)
    assert 0.65 < length < 1.3
    for change in moved[1:]:  # Adam's first step has the size of the rate
        torch.testing.assert_close(change.abs(), torch.full_like(change, 1e-3), rtol=1e-2, atol=0)
    optimizer.zero_grad()
    with pytest.raises(ValueError, match="without gradients"):
        optimizer.step()
