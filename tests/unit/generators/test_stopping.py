"""When chains may stop, on chains whose mixing is known."""

import numpy as np
import pytest

from latentearth.generators import gaussian, stopping
from latentearth.generators.mapped import fit_copula
from latentearth.seeds import stream

SEED = stream(16, "stopping")
PARTS = np.array([0.1, 0.25, 0.5, 1.0])
FITS = {"ensembles": None, "copula": fit_copula, "two numbers": gaussian.fit_independent}


def chains(stay: float, length: int = 2000, points: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Four stationary chains (sample, point), normal: correlation `stay` from one to the next."""
    rng = np.random.default_rng(2022)
    x = rng.standard_normal((4, length, points))
    for k in range(1, length):
        x[:, k] = stay * x[:, k - 1] + np.sqrt(1 - stay**2) * x[:, k]
    return x.reshape(-1, points).astype(np.float32), np.repeat(np.arange(4), length)


def test_distances_fall_with_the_root_of_what_is_known():
    samples, chain = chains(0.0)
    found = stopping.course_of_chains(samples, chain, PARTS, FITS, draws=4000, seed=SEED)
    for name in FITS:
        # halves of n independent samples differ by a multiple of n^-1/2: 10^0.5 = 3.2 from a tenth
        # to all; medians over 12 points scatter by a quarter
        assert 2 < found[name][0] / found[name][-1] < 5
    # Means of two sets of 4000 differ by 1 / sqrt(2000) = 0.022; the distance of marginals is about
    # that, and generators, fitted to the same samples, see the same difference
    assert found["ensembles"][-1] == pytest.approx(0.022, rel=0.5)
    assert found["copula"][-1] == pytest.approx(found["ensembles"][-1], rel=0.3)
    assert (found["r_hat"] < 1.02).all()  # independent samples, 200 of a chain at the least
    assert found["error"][0] > found["error"][-1]


def test_slow_chains_stop_later():
    fast, slow = (
        stopping.course_of_chains(*chains(stay), PARTS, FITS, draws=2000, seed=SEED)
        for stay in (0.5, 0.98)
    )
    # (1 + 0.98) / (1 - 0.98) = 99 samples for an independent one, not 3: six times the distance
    for name in (*FITS, "error"):
        assert (slow[name] > 2 * fast[name]).all()
    assert slow["r_hat"][0] > 1.1 > fast["r_hat"][0]


def test_the_first_part_from_which_on_the_tolerance_holds():
    values = np.array([0.5, 0.1, 0.3, 0.2])
    assert stopping.stops_at(PARTS, values, 0.3) == 0.25
    assert stopping.stops_at(PARTS, values, 0.25) == 1.0  # 0.1 at a quarter was chance
    assert stopping.stops_at(PARTS, values, 1.0) == 0.1
    assert stopping.stops_at(PARTS, values, 0.05) == np.inf
