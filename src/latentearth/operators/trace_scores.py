"""How near traces come to others: R2D of Spurio Mancini et al. (2021)."""

from __future__ import annotations

import numpy as np


def r2d(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Two-dimensional correlation coefficient of traces (trace, sample), equation 12."""
    g = np.asarray(truth, float) - np.mean(truth, dtype=float)
    p = np.asarray(predicted, float) - np.mean(predicted, dtype=float)
    return float((g * p).sum() / np.sqrt((g * g).sum() * (p * p).sum()))
