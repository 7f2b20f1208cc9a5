"""Tables of Santos et al. (2024)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

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
