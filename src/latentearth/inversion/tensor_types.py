"""What a moment tensor says: size, type and orientation.

Tensors are six numbers xx, yy, zz, xy, xz, yz along x, y (horizontal) and z (up), of any unit.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

TYPES = {  # eigenvalues
    "explosion": (1.0, 1.0, 1.0),
    "double couple": (1.0, 0.0, -1.0),
    "CLVD": (2.0, -1.0, -1.0),
}
DOUBLED = np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])  # how often each number is in the matrix
_ROWS, _COLUMNS = np.array([0, 1, 2, 0, 0, 1]), np.array([0, 1, 2, 1, 2, 2])


def to_matrix(tensors: np.ndarray) -> np.ndarray:
    """Symmetric matrices (..., 3, 3) of tensors (..., 6)."""
    tensors = np.asarray(tensors, float)
    out = np.empty((*tensors.shape[:-1], 3, 3))
    out[..., _ROWS, _COLUMNS] = out[..., _COLUMNS, _ROWS] = tensors
    return out


def from_matrix(matrices: np.ndarray) -> np.ndarray:
    """Tensors (..., 6) of symmetric matrices (..., 3, 3)."""
    return np.asarray(matrices, float)[..., _ROWS, _COLUMNS]


def scalar_moment(tensors: np.ndarray) -> np.ndarray:
    """M0 = sqrt(sum_ij M_ij^2 / 2), (..., 6) to (...): Silver & Jordan (1982), equation 8."""
    return np.sqrt((DOUBLED * np.square(tensors)).sum(-1) / 2)


def magnitude(tensors: np.ndarray) -> np.ndarray:
    """Moment magnitude of tensors (..., 6) in N m: Mw = 2/3 (log10 M0 - 9.1), IASPEI (2013)."""
    return 2 / 3 * (np.log10(scalar_moment(tensors)) - 9.1)


def angle(tensors: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Angle between tensors (..., 6) as vectors of nine numbers, degrees.

    0: the same type and orientation; sizes do not count (Tape & Tape 2012, equation 36).
    """
    along = (DOUBLED * tensors * others).sum(-1)
    size = 2 * scalar_moment(tensors) * scalar_moment(others)
    return np.degrees(np.arccos(np.clip(along / size, -1, 1)))


def eigenvalues(tensors: np.ndarray) -> np.ndarray:
    """Of tensors (..., 6), the largest first, (..., 3)."""
    return np.linalg.eigvalsh(to_matrix(tensors))[..., ::-1]


def decompose(tensors: np.ndarray) -> dict[str, np.ndarray]:
    """Shares of tensors (..., 6): isotropic, CLVD and double couple.

    Vavrycuk (2015), equations 6 to 8: the first two have the sign of an explosion or of tension,
    and the three sizes add up to 1.
    """
    first, second, third = np.moveaxis(eigenvalues(tensors), -1, 0)
    isotropic = (first + second + third) / 3
    clvd = 2 / 3 * (first + third - 2 * second)
    double_couple = 0.5 * (first - third - np.abs(first + third - 2 * second))
    total = np.abs(isotropic) + np.abs(clvd) + double_couple
    return {
        "isotropic": isotropic / total,
        "clvd": clvd / total,
        "double_couple": double_couple / total,
    }


def lune(tensors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place of tensors (..., 6) on the lune of types: Tape & Tape (2012), equation 21.

    Returns
    -------
    longitude, latitude
        gamma from -30 to 30 and delta from -90 to 90 degrees, each (...). A double couple is at
        (0, 0), an explosion at latitude 90, CLVDs at longitudes of 30 and -30.
    """
    first, second, third = np.moveaxis(eigenvalues(tensors), -1, 0)
    gamma = np.arctan2(-first + 2 * second - third, np.sqrt(3) * (first - third))
    size = np.sqrt(first**2 + second**2 + third**2)
    cosine = np.clip((first + second + third) / (np.sqrt(3) * size), -1, 1)
    return np.degrees(gamma), 90 - np.degrees(np.arccos(cosine))


def random_tensors(kind: str, count: int, rng: np.random.Generator) -> np.ndarray:
    """Tensors of unit scalar moment at random orientation, (count, 6).

    Parameters
    ----------
    kind
        Of :data:`TYPES`, or ``any``: a random direction of the six-dimensional space, every type
        and orientation (the uniform moment tensors of Tape & Tape 2015).
    count
        How many.
    rng
        Of orientations, signs of CLVDs and types.
    """
    if kind == "any":
        tensors = rng.standard_normal((count, 6)) / np.sqrt(DOUBLED)
    else:
        turned = Rotation.random(count, rng=rng).as_matrix()
        diagonal = np.array(TYPES[kind]) * np.ones((count, 1))
        if kind == "CLVD":
            diagonal *= rng.choice([-1.0, 1.0], (count, 1))
        tensors = from_matrix(np.einsum("nij,nj,nkj->nik", turned, diagonal, turned))
    return tensors / scalar_moment(tensors)[:, None]
