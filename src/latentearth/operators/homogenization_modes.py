"""Fourier tools of the homogenization: the projection R, and coefficients of low wavenumber.

In the basis of `Reference`, stresses in equilibrium are at every wavevector along one unit vector
v, and compatible strains across it; R = 2 v v^T - 1 keeps the former and reverses the latter.
Wavevectors are those of the rotated scheme (Willot 2015, C. R. Mecanique 343, 232), whose fields
do not ring at sharp interfaces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from latentearth.operators.homogenization_elastic import COLUMNS, PLACE, ROWS


@dataclass(frozen=True)
class Reference:
    """An isotropic medium by the eigenvalues of its tensor, GPa: 2 (lambda + mu) and 2 mu.

    Its basis makes its own tensor the identity: e = D Q strain, h = (D Q)^-T stress, with
    Q = [[1, 1, 0], [1, -1, 0], [0, 0, sqrt 2]] / sqrt 2 and D the roots of the eigenvalues.
    """

    area: float
    shear: float

    def basis(self, dtype: torch.dtype = torch.float64, device=None) -> torch.Tensor:
        """The matrix D Q, (3, 3)."""
        rows = [[1.0, 1.0, 0.0], [1.0, -1.0, 0.0], [0.0, 0.0, math.sqrt(2)]]
        scale = torch.tensor([self.area, self.shear, self.shear], dtype=torch.float64).sqrt()
        turned = torch.tensor(rows, dtype=torch.float64) / math.sqrt(2)
        return (scale[:, None] * turned).to(device=device, dtype=dtype)


class ModeProjection:
    """The operator R on fields of size x size pixels; `v` is (3, size, size // 2 + 1).

    At the mean, and at the one wavevector of even sizes that the rotated scheme leaves without a
    direction, R is 1.
    """

    def __init__(
        self, size: int, reference: Reference, dtype: torch.dtype = torch.float32, device=None
    ):
        k_y = math.pi * torch.fft.fftfreq(size, dtype=torch.float64)[:, None]
        k_x = math.pi * torch.fft.rfftfreq(size, dtype=torch.float64)[None, :]
        x, y = k_x.sin() * k_y.cos(), k_x.cos() * k_y.sin()
        square = x**2 + y**2
        self._free = [(0, 0)] + ([(size // 2, size // 2)] if size % 2 == 0 else [])
        for place in self._free:
            square[place] = 1.0
        along, across = reference.area**-0.5, reference.shear**-0.5
        cosine, sine = (x**2 - y**2) / square, 2 * x * y / square
        v = torch.stack([torch.full_like(cosine, along), -across * cosine, -across * sine])
        v /= math.hypot(along, across)
        rows, columns = list(ROWS), list(COLUMNS)
        matrix = 2 * v[rows] * v[columns]
        matrix[:3] -= 1
        for row, column in self._free:
            matrix[:3, row, column], matrix[3:, row, column] = 1.0, 0.0
        kind = {"device": device, "dtype": dtype}
        self.v = v.to(**kind)
        # doubled for real and imaginary parts that alternate, see `_parts`
        self._root = (math.sqrt(2) * v).repeat_interleave(2, dim=-1).to(**kind)
        self._matrix = matrix.repeat_interleave(2, dim=-1).to(**kind)

    def spectra(self, spectra: torch.Tensor) -> torch.Tensor:
        """Apply R to spectra, (..., 3, size, size // 2 + 1)."""
        parts, root = _parts(spectra), self._root
        first, second, third = parts.unbind(dim=-3)
        along = torch.addcmul(root[0] * first, root[1], second).addcmul_(root[2], third)
        result = _spectra((root * along.unsqueeze(-3)).sub_(parts))
        for row, column in self._free:
            result[..., row, column] = spectra[..., row, column]
        return result

    def fields(self, fields: torch.Tensor) -> torch.Tensor:
        """Apply R to fields, (..., 3, size, size)."""
        return torch.fft.irfft2(self.spectra(torch.fft.rfft2(fields)), s=fields.shape[-2:])

    def columns(self, scalar: torch.Tensor) -> torch.Tensor:
        """Entries of the field R scalar(x), (image, 6, y, x) in the order of coefficients."""
        product = self._matrix * _parts(torch.fft.rfft2(scalar))[:, None]
        return torch.fft.irfft2(_spectra(product), s=scalar.shape[-2:])

    def trace(self, fields: torch.Tensor) -> torch.Tensor:
        """Sum over loads j of component j of R applied to load j, (image, y, x)."""
        parts = _parts(torch.fft.rfft2(fields)).flatten(1, 2)
        total = torch.zeros_like(parts[:, 0])
        for nine, six in enumerate(PLACE):
            total.addcmul_(self._matrix[six], parts[:, nine])
        return torch.fft.irfft2(_spectra(total), s=fields.shape[-2:])


def _parts(spectra: torch.Tensor) -> torch.Tensor:
    """View complex numbers as reals, real and imaginary parts alternating in the last axis."""
    return torch.view_as_real(spectra).flatten(-2)


def _spectra(parts: torch.Tensor) -> torch.Tensor:
    """Undo `_parts`."""
    return torch.view_as_complex(parts.unflatten(-1, (-1, 2)))


class LowModes:
    """Fourier coefficients of real fields for |k_y| <= count and 0 <= k_x <= count.

    Phases are those of pixel centres, so that a mirrored field has mirrored coefficients.
    """

    def __init__(self, size: int, count: int, dtype: torch.dtype = torch.float32, device=None):
        self.count = count
        place = (torch.arange(size, dtype=torch.float64) + 0.5) / size
        phase = 2 * math.pi * (place[:, None] * torch.arange(count + 1))
        rows = 2 * math.pi * (torch.arange(-count, count + 1)[:, None] * place)
        to_x = torch.stack([phase.cos(), -phase.sin()], dim=-1).flatten(1) / size
        self._to_x = to_x.to(device=device, dtype=dtype)  # (size, 2 (count + 1))
        self._to_y = (torch.exp(-1j * rows) / size).to(device=device, dtype=dtype.to_complex())

    def analyse(self, fields: torch.Tensor) -> torch.Tensor:
        """Turn fields, (..., size, size), into (..., 2 count + 1, count + 1) complex."""
        rows = (fields @ self._to_x).unflatten(-1, (self.count + 1, 2))
        return self._to_y @ torch.view_as_complex(rows)

    def adjoint(self, modes: torch.Tensor) -> torch.Tensor:
        """Adjoint of `analyse`, for gradients as torch defines them."""
        rows = torch.view_as_real(self._to_y.mH @ modes).flatten(-2)
        return rows @ self._to_x.mT
