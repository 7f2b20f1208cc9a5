"""Elastic fields of a periodic box under three unit strains, by Fourier transforms.

Eyre & Milton's (1999, Eur. Phys. J. AP 6, 41) iteration. In the basis of the reference medium
stress is h = A(x) e, with A = 1 where the medium is the reference. With p = h + e and
q = h - e it follows that q = b p, b = (A - 1)(A + 1)^-1, and that p = 2 E + R q under the mean
strain E: the iteration p <- 2 E + R b p converges like |b|^n from p = 2 E.

Where A is a number times 1, as in two rocks of one vp/vs, b is a number. Such fields take the
fast way below, with their own adjoint: R is symmetric, so the adjoint of an iteration is
g <- R b g, and the gradient for b is the sum of g p over iterations, exact for any number of
them. Fields are (image, load, component, y, x).
"""

from __future__ import annotations

import torch

from latentearth.operators.homogenization_elastic import PLACE
from latentearth.operators.homogenization_modes import LowModes, ModeProjection, Reference

IMAGES_PER_SOLVE = 2  # images at a time on a CPU: their fields stay in its cache


def _full(fields: torch.Tensor) -> torch.Tensor:
    """Nine fields, (image, load, component, y, x), from the six of a symmetric matrix."""
    return fields[:, PLACE].unflatten(1, (3, 3))


def polarisations(
    contrast: torch.Tensor, projection: ModeProjection, iterations: int
) -> list[torch.Tensor]:
    """Fields p of iterations 1, 2, ... for contrasts that are numbers.

    Parameters
    ----------
    contrast
        b, (image, size, size).
    projection
        Of this size, type and device.
    iterations
        At least 1.

    Returns
    -------
    list of torch.Tensor
        The first is symmetric in load and component and has its six fields only,
        (image, 6, size, size); the others (image, load, component, size, size).
    """
    first = projection.columns(2 * contrast)
    first[:, :3] += 2.0
    found = [first]
    for n in range(1, iterations):
        if n == 1:  # six transforms do for nine fields
            spectra = _full(torch.fft.rfft2(contrast[:, None] * first))
        else:
            spectra = torch.fft.rfft2(contrast[:, None, None] * found[-1])
        p = torch.fft.irfft2(projection.spectra(spectra), s=contrast.shape[-2:])
        for load in range(3):
            p[:, load, load] += 2.0
        found.append(p)
    return found


class _ScalarModes(torch.autograd.Function):
    """Low modes of q = b p for numbers b(x), with the adjoint iteration as its gradient."""

    @staticmethod
    def forward(ctx, contrast, projection, modes, iterations):
        chunk = IMAGES_PER_SOLVE if contrast.device.type == "cpu" else max(len(contrast), 1)
        result, kept = [], []
        for part in contrast.split(chunk):
            found = polarisations(part, projection, iterations)
            last = _full(found[-1]) if iterations == 1 else found[-1]
            result.append(modes.analyse(part[:, None, None] * last))
            if ctx.needs_input_grad[0]:
                kept.append(found)
        ctx.kept, ctx.tools = kept, (projection, modes, chunk)
        ctx.save_for_backward(contrast)
        return torch.cat(result)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        (contrast,) = ctx.saved_tensors
        projection, modes, chunk = ctx.tools
        result = []
        pieces = zip(contrast.split(chunk), gradient.split(chunk), ctx.kept, strict=True)
        for part, given, found in pieces:
            g = modes.adjoint(given)
            total = torch.zeros_like(part)
            for n in range(len(found) - 1, -1, -1):
                p = _full(found[n]) if n == 0 else found[n]
                total += (g * p).sum(dim=(1, 2))
                g = part[:, None, None] * g
                if n > 0:
                    g = projection.fields(g)
            result.append(total + 2 * projection.trace(g))  # iteration 0 is p = 2 E
        return torch.cat(result), None, None, None


def scalar_modes(
    contrast: torch.Tensor, projection: ModeProjection, modes: LowModes, iterations: int
) -> torch.Tensor:
    """Low modes of q for contrasts b(x) that are numbers; differentiable once.

    Parameters
    ----------
    contrast
        (image, size, size), |b| < 1.
    projection, modes
        Of this size, type and device.
    iterations
        At least 1.

    Returns
    -------
    torch.Tensor
        (image, load, component, 2 count + 1, count + 1) complex.
    """
    return _ScalarModes.apply(contrast, projection, modes, iterations)


def tensor_modes(
    contrast: torch.Tensor, projection: ModeProjection, modes: LowModes, iterations: int
) -> torch.Tensor:
    """Low modes of q for matrices b(x), (image, 3, 3, size, size), as `scalar_modes`."""
    load = 2 * torch.eye(3, dtype=contrast.dtype, device=contrast.device)[None, :, :, None, None]
    p = load.expand(len(contrast), 3, 3, *contrast.shape[-2:])
    for _ in range(iterations):
        p = load + projection.fields(_times(contrast, p))
    return modes.analyse(_times(contrast, p))


def _times(contrast: torch.Tensor, p: torch.Tensor) -> torch.Tensor:
    """Multiply matrices (image, 3, 3, y, x) into fields (image, load, component, y, x)."""
    return (contrast[:, None] * p[:, :, None]).sum(dim=3)


def contrasts(tensors: torch.Tensor, reference: Reference) -> torch.Tensor:
    """Matrices b(x), (image, 3, 3, y, x), of a field of tensors, (image, 3, 3, y, x)."""
    to = torch.linalg.inv(reference.basis()).to(tensors)
    a = to.mT @ tensors.movedim((1, 2), (-2, -1)) @ to
    unit = torch.eye(3, dtype=a.dtype, device=a.device)
    b = torch.linalg.solve(a + unit, a - unit)  # the two commute
    return b.movedim((-2, -1), (1, 2))
