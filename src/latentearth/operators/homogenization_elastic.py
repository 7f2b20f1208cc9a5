"""Plane-strain elastic tensors as 3 x 3 matrices in Kelvin notation, and classical averages.

Kelvin notation orders strain and stress as (11, 22, sqrt 2 12), which makes a change of axes a
rotation of the 3-vector, and the tensor of eq. 8 of Santos et al. (2024) a plain matrix. With
density in g/cm^3 and velocities in km/s, tensors are in GPa.

The six coefficients of a symmetric tensor are ordered as in `COEFFICIENTS` everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

COEFFICIENTS = ("C11", "C22", "C33", "C12", "C13", "C23")
ROWS, COLUMNS = (0, 1, 2, 0, 0, 1), (0, 1, 2, 1, 2, 2)
PLACE = (0, 3, 4, 3, 1, 5, 4, 5, 2)  # of the nine entries among the six


@dataclass(frozen=True)
class Rock:
    """An isotropic rock: velocities in km/s, density in g/cm^3.

    Raises
    ------
    ValueError
        If it could not exist: vp must exceed sqrt(4/3) vs, for a positive bulk modulus in 3-D.
    """

    vs: float
    vp: float
    density: float

    def __post_init__(self):
        if not (self.vs > 0 and self.density > 0 and self.vp > math.sqrt(4 / 3) * self.vs):
            raise ValueError(f"{self}: expected vs > 0, density > 0 and vp > sqrt(4/3) vs")


@dataclass(frozen=True)
class TwoPhases:
    """What black (grey 0) and white (grey 1) stand for; in between, all three are linear in grey.

    Santos et al. (2024), section 2.1: velocities 10 per cent above and below their mean.
    """

    black: Rock = Rock(3.38, 1.8 * 3.38, 3.0)
    white: Rock = Rock(4.13, 1.8 * 4.13, 3.0)

    @property
    def one_ratio(self) -> bool:
        """Whether both rocks have the same vp/vs, so that their tensors differ by a factor."""
        return math.isclose(
            self.black.vp / self.black.vs, self.white.vp / self.white.vs, rel_tol=1e-9
        )

    def grey(self, image: torch.Tensor, name: str) -> torch.Tensor:
        """Value of ``vs``, ``vp`` or ``density`` where the grey is `image`."""
        black, white = getattr(self.black, name), getattr(self.white, name)
        return black + (white - black) * image

    def rigidity(self, image: torch.Tensor) -> torch.Tensor:
        """Shear modulus, GPa (eq. 7)."""
        return self.grey(image, "density") * self.grey(image, "vs") ** 2

    def tensors(self, image: torch.Tensor) -> torch.Tensor:
        """Elastic tensors of images, (..., y, x) to (..., 3, 3, y, x), GPa (eqs 6 to 8)."""
        p_modulus = self.grey(image, "density") * self.grey(image, "vp") ** 2
        return isotropic(p_modulus, self.rigidity(image))


def isotropic(p_modulus: torch.Tensor, mu: torch.Tensor) -> torch.Tensor:
    """Isotropic tensors, (..., 3, 3, y, x), of lambda + 2 mu and mu, (..., y, x) (eq. 8)."""
    zero, lam = torch.zeros_like(mu), p_modulus - 2 * mu
    rows = ((p_modulus, lam, zero), (lam, p_modulus, zero), (zero, zero, 2 * mu))
    return torch.stack([torch.stack(row, dim=-3) for row in rows], dim=-4)


def to_coefficients(tensors: torch.Tensor) -> torch.Tensor:
    """Six coefficients, (..., 6, y, x), of tensors, (..., 3, 3, y, x), made symmetric."""
    symmetric = 0.5 * (tensors + tensors.transpose(-4, -3))
    return symmetric[..., ROWS, COLUMNS, :, :]


def from_coefficients(coefficients: torch.Tensor) -> torch.Tensor:
    """Symmetric tensors, (..., 3, 3, y, x), of six coefficients, (..., 6, y, x)."""
    return coefficients[..., PLACE, :, :].unflatten(-3, (3, 3))


def anisotropy(coefficients: torch.Tensor) -> torch.Tensor:
    """xi = C22 / C11, (..., y, x): squared ratio of vertical to horizontal P velocity."""
    return coefficients[..., 1, :, :] / coefficients[..., 0, :, :]


def rotation(angle: float, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """Matrix that turns a Kelvin vector with the material by an angle, rad, (3, 3)."""
    c, s, r = math.cos(angle), math.sin(angle), math.sqrt(2)
    rows = [
        [c * c, s * s, -r * s * c],
        [s * s, c * c, r * s * c],
        [r * s * c, -r * s * c, c * c - s * s],
    ]
    return torch.tensor(rows, dtype=dtype)


def backus(tensors: torch.Tensor, share: torch.Tensor, angle: float) -> torch.Tensor:
    """Exact effective tensor of a stack of thin layers (Backus 1962), for any tensors.

    Strain along the layers and stress across them are the same in every layer.

    Parameters
    ----------
    tensors
        (layer, 3, 3).
    share
        (layer,), thickness over the whole.
    angle
        Direction of the normal of the layers from the x-axis, rad.

    Returns
    -------
    torch.Tensor
        (3, 3).
    """
    turn = rotation(-angle, tensors.dtype)
    local = turn @ tensors @ turn.T  # the normal is now along x
    face, along = [0, 2], [1]  # 11 and 12 act on a layer's face; 22 stretches the layer

    def mean(x: torch.Tensor) -> torch.Tensor:
        return (share[:, None, None] * x).sum(dim=0)

    softness = torch.linalg.inv(local[:, face][:, :, face])
    mixed = local[:, face][:, :, along]
    total = torch.linalg.inv(mean(softness))
    coupled = total @ mean(softness @ mixed)
    stretch = mean(local[:, along][:, :, along] - mixed.mT @ softness @ mixed)
    effective = torch.empty(3, 3, dtype=tensors.dtype)
    effective[0, 0], effective[0, 2] = total[0, 0], total[0, 1]
    effective[2, 0], effective[2, 2] = total[1, 0], total[1, 1]
    effective[face, 1] = effective[1, face] = coupled[:, 0]
    effective[1, 1] = (stretch + mean(mixed.mT @ softness) @ coupled)[0, 0]
    return turn.T @ effective @ turn


def voigt_reuss(tensors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean of tensors and inverse of the mean inverse, (..., 3, 3) of (..., 3, 3, y, x).

    No effective tensor of the whole lies outside these bounds.
    """
    at_end = tensors.movedim((-4, -3), (-2, -1))
    compliance = torch.linalg.inv(at_end).mean(dim=(-4, -3))
    return at_end.mean(dim=(-4, -3)), torch.linalg.inv(compliance)
