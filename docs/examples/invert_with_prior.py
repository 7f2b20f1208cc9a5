"""Invert traveltimes with a generative prior: search a latent space by stochastic descent.

Run with ``python docs/examples/invert_with_prior.py``. Any function of torch
from z to facies may stand in the place of the small generator here, a trained network above all.
"""

import numpy as np
import torch

from latentearth.earth.crosshole import all_pairs
from latentearth.inversion.latent_descent import Descent, descend, slowness
from latentearth.operators.straight_rays import Grid, StraightRays

GRID = Grid(8, 5, 0.5)  # rows, columns, m
VELOCITIES = (0.08, 0.06)  # m/ns, of facies 0 and 1
LATENT, STARTS = 3, 4


def main() -> dict[str, float]:
    """Residual of the start and of what the descent finds, ns."""
    matrix = torch.randn(GRID.cells, LATENT, generator=torch.Generator().manual_seed(1))
    operator = StraightRays(GRID, *all_pairs(np.arange(0.25, 4, 0.5), (0.0, 2.5)))

    def decode(z):
        return torch.sigmoid(z @ matrix.T)  # (run, cell)

    random = np.random.default_rng(3)
    truth = torch.from_numpy(random.standard_normal((1, LATENT)).astype(np.float32))
    data = operator(slowness(decode(truth), VELOCITIES)).numpy().repeat(STARTS, 0)
    found = descend(
        decode,
        operator,
        VELOCITIES,
        data,
        random.standard_normal((STARTS, LATENT)).astype(np.float32),
        settings=Descent(iterations=600, weight=0.0),
        streams=np.random.SeedSequence(4).spawn(STARTS),
    )
    best = int(found.rms_residual.argmin())
    return {
        "rms_residual_at_start_ns": float(found.rms_residuals[best, 0]),
        "rms_residual_found_ns": float(found.rms_residual[best]),
        "distance_to_truth": float(np.linalg.norm(found.z[best] - truth.numpy()[0])),
    }


if __name__ == "__main__":
    for name, value in main().items():
        print(f"{name}: {value:.4g}")
