"""Elastic homogenization: the smooth anisotropic medium that long waves see (section 2.2).

In the manner of Capdeville et al. (2015): the box is strained in three ways, the fields of strain
and stress are low-pass filtered, and the effective tensor relates the two,

    C*(x) = [filtered stress] [filtered strain]^-1.

The filter passes wavenumbers up to 0.8 / lambda_0 and falls as a cosine to zero at 1 / lambda_0:
with lambda_0 = L nothing but the mean is left, as the paper says, and a grid of lambda_0 / 2
still holds everything. Transforms make the box periodic; a target and a model of it are treated
alike. Results are in GPa, and six coefficients are in the order of
`homogenization_elastic.COEFFICIENTS`.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from latentearth.operators import homogenization_elastic as elastic
from latentearth.operators import homogenization_solver as solver
from latentearth.operators.homogenization_elastic import TwoPhases
from latentearth.operators.homogenization_modes import LowModes, ModeProjection, Reference

PASS = 0.8  # of the cutoff wavenumber


def grid_size(waves: float) -> int:
    """Points along a side of the coarse grid of spacing lambda_0 / 2, for waves = L / lambda_0."""
    return max(1, round(2 * waves))


def taper(wavenumber: torch.Tensor, waves: float) -> torch.Tensor:
    """Weight of a wavenumber (in 1 / L): 1 up to 0.8 waves, cosine to 0 at waves."""
    beyond = ((wavenumber / waves - PASS) / (1 - PASS)).clamp(0, 1)
    return 0.5 * (1 + torch.cos(math.pi * beyond))


def between(phases: TwoPhases) -> Reference:
    """Geometric mean of two rocks, for which the iteration converges fastest."""
    area, shear = 1.0, 1.0
    for rock in (phases.black, phases.white):
        mu = rock.density * rock.vs**2
        area *= math.sqrt(2 * (rock.density * rock.vp**2 - mu))
        shear *= math.sqrt(2 * mu)
    return Reference(area, shear)


def middle(tensors: torch.Tensor) -> Reference:
    """Reference for a field of any tensors, (..., 3, 3, y, x), GPa.

    Geometric mean of the smallest and the largest stiffness, against change of area and shear.
    """
    c11, c22, c33, c12 = (tensors[..., i, j, :, :] for i, j in ((0, 0), (1, 1), (2, 2), (0, 1)))
    area = 0.5 * (c11 + c22) + c12
    shear = torch.stack([c33, 0.5 * (c11 + c22) - c12])
    return Reference(*(float((x.min() * x.max()).sqrt()) for x in (area, shear)))


class Homogenization:
    """The operator H for square images, as a function of batches; differentiable.

    Parameters
    ----------
    size
        Pixels along a side.
    waves
        L / lambda_0, at least 1: five for the paper's principal experiment.
    phases
        What grey 0 and 1 stand for; the paper's rocks by default.
    iterations
        Of the solver; the error falls tenfold with each for the paper's rocks. 2 leaves 0.1 per
        cent of the spread of the data (C13 and C23: 1 per cent), 5 leaves 1e-6.
    points
        Points of the output along a side, at (j + 1/2) / points of it; the coarse grid of
        lambda_0 / 2 by default. `size` gives the centres of the pixels.
    reference
        Of the solver, for `of_field`; the mean of the two phases by default.
    dtype, device
        Of images, constants and results.
    """

    def __init__(
        self,
        size: int,
        waves: float,
        phases: TwoPhases | None = None,
        iterations: int = 2,
        *,
        points: int | None = None,
        reference: Reference | None = None,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str | None = None,
    ):
        if not 1 <= waves < size / 2:
            raise ValueError(f"waves {waves}; expected 1 to {size / 2} (half the image's size)")
        if iterations < 1:
            raise ValueError(f"iterations {iterations}; expected at least 1")
        self.phases, self.iterations = phases or TwoPhases(), iterations
        self.points = points or grid_size(waves)
        # a reference of another vp/vs would make contrasts matrices
        self._scalar = reference is None and self.phases.one_ratio
        self._reference = reference or between(self.phases)
        real: dict[str, Any] = {"dtype": dtype, "device": device}
        count = math.ceil(waves) - 1  # the filter is 0 from `waves` on
        self._projection = ModeProjection(size, self._reference, **real)
        self._modes = LowModes(size, count, **real)
        self._basis = self._reference.basis(**real)
        k_y, k_x = torch.arange(-count, count + 1), torch.arange(count + 1)
        weight = taper(torch.hypot(k_y[:, None].double(), k_x.double()), waves)
        weight[:, 1:] *= 2  # for the modes of negative k_x
        self._weight = weight.to(**real)
        self._mean = ((k_y[:, None] == 0) & (k_x == 0)).to(**real)
        self._v = self._projection.v[:, k_y][:, :, k_x] * (1 - self._mean)  # (3, k_y, k_x)
        place = 2 * math.pi * (torch.arange(self.points, dtype=torch.float64) + 0.5) / self.points
        wave: dict[str, Any] = {"dtype": dtype.to_complex(), "device": device}
        self._to_y = torch.exp(1j * place[:, None] * k_y).to(**wave)
        self._to_x = torch.exp(1j * k_x[:, None] * place).to(**wave)

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        """Homogenize grey images, (image, size, size) to (image, 6, points, points)."""
        return elastic.to_coefficients(self.tensors(images))

    def tensors(self, images: torch.Tensor) -> torch.Tensor:
        """Homogenize grey images to (image, 3, 3, points, points), not yet made symmetric."""
        if not self._scalar:
            return self.of_field(self.phases.tensors(images))
        relative = self.phases.rigidity(images) * (2 / self._reference.shear)
        contrast = (relative - 1) / (relative + 1)
        q = solver.scalar_modes(contrast, self._projection, self._modes, self.iterations)
        return self._effective(q)

    def of_field(self, tensors: torch.Tensor) -> torch.Tensor:
        """Homogenize any field of elastic tensors, (image, 3, 3, size, size).

        Returns
        -------
        torch.Tensor
            (image, 3, 3, points, points), not yet made symmetric.
        """
        contrast = solver.contrasts(tensors, self._reference)
        q = solver.tensor_modes(contrast, self._projection, self._modes, self.iterations)
        return self._effective(q)

    def _effective(self, q: torch.Tensor) -> torch.Tensor:
        """Effective tensors from low modes of q = h - e, (image, load, component, k_y, k_x)."""
        unit = torch.eye(3, dtype=q.dtype, device=q.device)[:, :, None, None]
        along = self._v * (self._v * q).sum(dim=2, keepdim=True)
        stress = along + self._mean * (unit + q)
        strain = along - (1 - self._mean) * q + self._mean * unit
        modes = torch.stack([stress, strain]) * self._weight
        fields = (self._to_y @ modes @ self._to_x).real  # (2, image, load, component, y, x)
        stress, strain = fields.movedim((2, 3), (-2, -1))
        matrix = torch.linalg.solve(strain, stress).mT  # its rows are loads: h = M e
        return (self._basis.mT @ matrix @ self._basis).movedim((-2, -1), (1, 2))
