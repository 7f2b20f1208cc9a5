"""Tables of Santos et al. (2024)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from latentearth.images.pixels import correct_share

COLUMNS = ("mean", "spread", "sigma_o", "sigma_g", "sigma")


def errors_rows(coefficients: Sequence[str], errors: Mapping[str, np.ndarray]) -> list[dict]:
    """Errors of data and generator (section 4.2), a row for each coefficient.

    Parameters
    ----------
    coefficients
        Their names.
    errors
        By name :data:`COLUMNS`, (coefficient,), GPa.
    """
    columns = {f"{name}_GPa": errors[name] for name in COLUMNS}
    columns["sigma_g_percent_of_spread"] = 100 * errors["sigma_g"] / errors["spread"]
    return [
        {"coefficient": name} | {key: float(column[k]) for key, column in columns.items()}
        for k, name in enumerate(coefficients)
    ]


def cutoff_rows(
    coefficients: Sequence[str],
    waves: float,
    spread: np.ndarray,
    residuals: np.ndarray,
    principal: Mapping[str, np.ndarray],
) -> list[dict]:
    """Errors at one cutoff, a row for each coefficient.

    Parameters
    ----------
    coefficients
        Their names; the first is what others are correlated with.
    waves
        L / lambda_0.
    spread
        Variability of media at this cutoff, (coefficient,), GPa.
    residuals
        What closest fits leave, (image, coefficient, row, column), GPa.
    principal
        ``sigma_o`` and ``sigma_g`` of the principal cutoff, which serve at all, (coefficient,).
    """
    rest = np.asarray(residuals, dtype=float)
    sigma_g = np.sqrt(np.square(rest).mean(axis=(0, 2, 3)))
    together = np.corrcoef(np.moveaxis(rest, 1, 0).reshape(len(coefficients), -1))[0]
    rows = []
    for k, name in enumerate(coefficients):
        near, far = rest[:, k, :, :-1].ravel(), rest[:, k, :, 1:].ravel()
        rows.append(
            {
                "wavelength": round(1 / waves, 4),
                "coefficient": name,
                "spread_GPa": float(spread[k]),
                "sigma_g_GPa": float(sigma_g[k]),
                "sigma_g_percent_of_spread": 100 * float(sigma_g[k] / spread[k]),
                "sigma_g_used_percent_of_spread": 100 * float(principal["sigma_g"][k] / spread[k]),
                "sigma_o_used_percent_of_spread": 100 * float(principal["sigma_o"][k] / spread[k]),
                "correlation_with_first": float(together[k]),
                "correlation_with_neighbour": float(np.corrcoef(near, far)[0, 1])
                if near.size > 2
                else float("nan"),
            }
        )
    return rows


def generator_row(
    name: str,
    goals: np.ndarray,
    fits: np.ndarray,
    left: np.ndarray,
    assessment: xr.Dataset,
    source: str,
) -> dict:
    """What a generator of marble cakes can do, a row of the table of generators.

    Parameters
    ----------
    name
        Of the generator, or of what stands in its place.
    goals, fits
        Held-out images and the closest ones that it makes, (image, y, x).
    left
        sigma_G over the variability of each coefficient, (coefficient,).
    assessment
        Its scores, see :func:`latentearth.images.assessment.assess`.
    source
        ``generated``, or ``training`` for the row of real images.
    """
    right = np.array([100 * correct_share(*pair) for pair in zip(fits, goals, strict=True)])
    scores = ("recall", "precision", "coverage")
    return {
        "generator": name,
        "fitted": len(goals),
        "pixels_right_percent": float(right.mean()),
        "least_pixels_right_percent": float(right.min()),
        **{score: float(assessment[score].sel(source=source)) for score in scores},
        **{score: float(assessment[score].sel(set=source)) for score in ("slope", "binarity")},
        "sigma_g_percent_of_spread": 100 * float(left[:4].mean()),
        "sigma_g_percent_of_spread_c13_c23": 100 * float(left[4:].mean()),
    }
