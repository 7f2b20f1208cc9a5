"""Speed of the elastic simulation and of the EDT likelihood."""

import time

import numpy as np
import pytest

from latentearth.operators import eikonal, elastic_waves
from latentearth.operators.elastic_waves import Medium

pytestmark = pytest.mark.benchmark


def cost(points, steps):
    """CPU seconds of a simulation with water on top."""
    shape = (30, 30, 80)
    rho, vp, vs = (np.full(shape, value) for value in (2000.0, 2500.0, 1200.0))
    vp[..., 60:], vs[..., 60:], rho[..., 60:] = 1490.0, 0.0, 1030.0
    medium = Medium(
        rho, vp, vs, [np.arange(n) * h for n, h in zip(shape, (20, 20, 15), strict=True)]
    )
    where = np.random.default_rng(0).integers(0, [30, 30, 60], (points, 3))
    start = time.process_time()
    elastic_waves.reciprocal_traces(
        medium, np.array([15, 15, 60]), where, step=2e-3, samples=steps, frequency=8.0
    )
    return time.process_time() - start


def test_four_thousand_traces_cost_what_one_does():
    cost(1, 2)  # compiles
    one, all_of_them = cost(1, 60), cost(4000, 60)
    # 4000 pressures are read among 0.3 million nodes that are advanced: a few per cent; twice as
    # long allows for other work on the machine
    assert all_of_them < 2.0 * one


def test_a_receiver_takes_at_most_90_seconds():
    cost(1, 2)
    set_up, seconds = cost(4000, 2), cost(4000, 60)
    nodes = 58 * 58 * 108  # with absorbing sides and halo
    per_node = (seconds - set_up) / 58 / nodes
    # the laptop scale: 51 x 51 x 201 nodes and sides, 1001 steps. On an idle core it takes some 35
    # s, beside much other work twice that.
    assert per_node * 79 * 79 * 229 * 1001 < 90.0 * 1.5


def test_edt_likelihood_in_microseconds():
    tables = np.random.default_rng(1).random((4, 41, 41, 61))
    low, spacing = np.zeros(3), np.array([12.5, 12.5, 10.0])
    points = np.random.default_rng(2).uniform(0, [500, 500, 600], (100000, 3))
    picks, errors = np.zeros(4), np.full(4, 0.005)
    eikonal.edt_log_likelihood(tables, low, spacing, picks, errors, 1.0, points[:10])
    start = time.process_time()
    eikonal.edt_log_likelihood(tables, low, spacing, picks, errors, 1.0, points)
    # the notes' prototype took 0.5 microseconds; six exponentials and four interpolations
    assert (time.process_time() - start) / len(points) < 3e-6
