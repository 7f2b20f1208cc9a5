"""Muon (Jordan et al. 2024): momentum whose matrices are made orthogonal, for convolutions.

The gradient of a convolution, as a matrix of (first axis of its kernels, all other axes), has few
large singular values. Muon sets those of the momentum to about one, so that every direction of a
layer is learned at the same speed. Each update is then scaled to the same root mean square whatever
the shape (Liu et al. 2025), four times that of Adam's, so that both take one learning rate.

Linear layers stay with Adam: their matrices are the largest, orthogonalising them would take longer
than the step itself, and they learn from products that are 3 per cent of it.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import Parameter

from latentearth.networks.kernels.precision import Products, rounds

QUINTIC = 3.4445, -4.7750, 2.0315  # of the quintic, Jordan et al. (2024)
ITERATIONS = 5
MOMENTUM = 0.95
SIZE = 0.8  # root mean square of updates: four times that of Adam's (docs/decisions/vae.md)


def orthogonalised(matrix: Tensor, kind: torch.dtype = torch.float32) -> Tensor:
    """A matrix with the same singular vectors and singular values of 0.7 to 1.2, as float32.

    By a quintic Newton-Schulz iteration, in numbers of a `kind`.
    """
    a, b, c = QUINTIC
    wide = matrix if len(matrix) <= matrix.shape[1] else matrix.T
    x = (wide / (wide.norm() + 1e-7)).to(kind)
    for _ in range(ITERATIONS):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x if wide is matrix else x.T).float()


class Muon:
    """Muon for convolutions between several channels, Adam for all other parameters.

    Parameters
    ----------
    parameters
        Float32, updated in place.
    rate
        Learning rate of both.
    products
        Of the orthogonalisation: bfloat16 is enough, where the hardware makes it.
    """

    def __init__(self, parameters: Iterable[Parameter], rate: float, products: Products):
        self.parameters = list(parameters)
        self.kernels = [p for p in self.parameters if p.ndim == 4 and min(p.shape[:2]) > 1]
        of_muon = {id(p) for p in self.kernels}
        others = [p for p in self.parameters if id(p) not in of_muon]
        self.adam = torch.optim.Adam(others, rate, fused=True)
        self.momenta = [torch.zeros_like(p).detach() for p in self.kernels]
        bfloat16 = rounds(self.parameters[0].device, products)
        self.kind = torch.bfloat16 if bfloat16 else torch.float32

    @property
    def param_groups(self) -> list[dict]:
        """Adam's, whose learning rate is that of all parameters."""
        return self.adam.param_groups

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Update by the gradients."""
        self.adam.step()
        rate = self.param_groups[0]["lr"]
        for kernel, momentum in zip(self.kernels, self.momenta, strict=True):
            if kernel.grad is None:
                raise ValueError("a step without gradients")
            momentum.lerp_(kernel.grad, 1 - MOMENTUM)
            ahead = kernel.grad.lerp(momentum, MOMENTUM).permute(0, 2, 3, 1)  # as in memory
            matrix = orthogonalised(ahead.flatten(1), self.kind)
            size = SIZE * max(matrix.shape) ** 0.5
            kernel.add_(matrix.view(ahead.shape).permute(0, 3, 1, 2), alpha=-rate * size)

    def state_dict(self) -> dict:
        """Adam's state and the momenta."""
        return {"adam": self.adam.state_dict(), "momenta": self.momenta}

    def load_state_dict(self, state: dict) -> None:
        """Go on from there."""
        self.adam.load_state_dict(state["adam"])
        for own, saved in zip(self.momenta, state["momenta"], strict=True):
            own.copy_(saved)
