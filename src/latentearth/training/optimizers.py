"""Optimisers of float32 parameters for networks that may work with bfloat16 copies of them.

With some hundred samples in a batch, an optimiser moves more memory than the products of small
networks do. RMSProp (Tieleman & Hinton 2012) is therefore compiled: one loop reads a gradient,
updates the mean square and the parameter, clips it, and rounds it to the working copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numba
import numpy as np
import torch
from torch.nn import Parameter

from latentearth.networks.kernels.bits import narrow, widen

PARAMETERS_AT_ONCE = 1024  # parameters that stay in the fastest cache between the loops over them
UNCLIPPED = 3e38
_FAST = {"contract", "reassoc", "arcp", "afn"}  # not `nnan`: a NaN must stay one


@numba.njit(inline="always")
def _step(parameter, square, grad, rate, decay, epsilon, clip):
    """One block: s = decay s + (1 - decay) g^2; p = clip(p - rate g / (sqrt(s) + epsilon)).

    Loops over whole, separate slices become vector code.
    """
    for i in range(parameter.size):
        g = grad[i]
        s = decay * square[i] + (np.float32(1) - decay) * g * g
        p = parameter[i] - rate * g / (np.sqrt(s) + epsilon)
        square[i] = s
        p = clip if p > clip else p
        parameter[i] = -clip if p < -clip else p


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=_FAST)
def _update(parameter, square, grad, rate, decay, epsilon, clip):
    """Update the arrays (n,) float32 in place."""
    for block in numba.prange((len(parameter) + PARAMETERS_AT_ONCE - 1) // PARAMETERS_AT_ONCE):
        part = slice(
            block * PARAMETERS_AT_ONCE, min((block + 1) * PARAMETERS_AT_ONCE, len(parameter))
        )
        _step(parameter[part], square[part], grad[part], rate, decay, epsilon, clip)


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=_FAST)
def _update_bfloat16(parameter, square, grad, working, rate, decay, epsilon, clip):
    """As _update; gradient and working copy (n,) are the bits of bfloat16 as uint16."""
    for block in numba.prange((len(parameter) + PARAMETERS_AT_ONCE - 1) // PARAMETERS_AT_ONCE):
        part = slice(
            block * PARAMETERS_AT_ONCE, min((block + 1) * PARAMETERS_AT_ONCE, len(parameter))
        )
        p, g, w = parameter[part], grad[part], working[part]
        bits = np.empty(g.size, np.uint32)
        widen(g, bits)
        _step(p, square[part], bits.view(np.float32), rate, decay, epsilon, clip)
        narrow(p.view(np.uint32), w)


class RMSprop:
    """RMSProp with clipped parameters on the CPU, in one compiled pass.

    Parameters
    ----------
    parameters
        Float32, updated in place.
    working
        What the gradients belong to: the parameters themselves, or bfloat16 copies of them, which
        are kept up to date.
    rate
        Learning rate.
    clip
        Bound of the absolute value of every parameter after an update.
    decay, epsilon
        Of the mean square, and what is added to its root; torch's defaults.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        working: Sequence[Parameter],
        rate: float,
        clip: float = UNCLIPPED,
        decay: float = 0.99,
        epsilon: float = 1e-8,
    ):
        self.parameters, self.working = list(parameters), list(working)
        self.constants = tuple(np.float32(v) for v in (rate, decay, epsilon, clip))
        self.squares = [torch.zeros_like(p).detach() for p in self.parameters]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for copy in self.working:
            copy.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Update by the gradients of the working copies."""
        for parameter, square, copy in zip(
            self.parameters, self.squares, self.working, strict=True
        ):
            grad = _gradient(copy).contiguous().view(-1)
            p, s = parameter.detach().view(-1).numpy(), square.view(-1).numpy()
            if copy.dtype == torch.float32:
                _update(p, s, grad.numpy(), *self.constants)
            else:
                g, w = (t.view(torch.int16).numpy().view(np.uint16) for t in (grad, copy.view(-1)))
                _update_bfloat16(p, s, g, w, *self.constants)

    def state_dict(self) -> dict:
        """The mean squares."""
        return {"squares": self.squares}

    def load_state_dict(self, state: dict) -> None:
        """Take the mean squares; the working copies follow the parameters."""
        for own, saved in zip(self.squares, state["squares"], strict=True):
            own.copy_(saved)
        copy_to(self.parameters, self.working)


class Torch:
    """An optimiser of torch, with clipping and working copies, on any device.

    Parameters
    ----------
    optimizer
        Of the float32 parameters.
    parameters, working, clip
        As of :class:`RMSprop`.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        parameters: Iterable[Parameter],
        working: Sequence[Parameter],
        clip: float = UNCLIPPED,
    ):
        self.optimizer, self.clip = optimizer, clip
        self.parameters, self.working = list(parameters), list(working)
        self.copies = self.working[0] is not self.parameters[0]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for copy in self.working:
            copy.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Update by the gradients of the working copies."""
        if self.copies:
            for parameter, copy in zip(self.parameters, self.working, strict=True):
                parameter.grad = _gradient(copy).to(parameter.dtype)
        self.optimizer.step()
        if self.clip < UNCLIPPED:
            tensors: list[torch.Tensor] = [*self.parameters]
            torch._foreach_clamp_min_(tensors, -self.clip)
            torch._foreach_clamp_max_(tensors, self.clip)
        if self.copies:
            copy_to(self.parameters, self.working)

    def state_dict(self) -> dict:
        """State of the optimiser."""
        return self.optimizer.state_dict()

    def load_state_dict(self, state: dict) -> None:
        """Take the state; the working copies follow the parameters."""
        self.optimizer.load_state_dict(state)
        copy_to(self.parameters, self.working)


def _gradient(copy: Parameter) -> torch.Tensor:
    if copy.grad is None:
        raise ValueError("a step without gradients")
    return copy.grad


@torch.no_grad()
def copy_to(parameters: Sequence[Parameter], working: Sequence[Parameter]) -> None:
    """Round the parameters to their working copies, if there are any."""
    if working[0] is not parameters[0]:
        torch._foreach_copy_(list(working), list(parameters))
