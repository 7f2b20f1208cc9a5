"""The chi distribution: the norm of a standard normal vector."""

from __future__ import annotations

import math


def mean_norm(latent: int) -> float:
    """Mean norm of a standard normal vector of `latent` numbers: the ring's radius in eq. 23."""
    return math.sqrt(2) * math.exp(math.lgamma((latent + 1) / 2) - math.lgamma(latent / 2))
