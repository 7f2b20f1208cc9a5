"""Traces of a pulse that a homogeneous rock carries, stored small with what is known of it."""

import numpy as np
import pytest

from latentearth.emulators import aligned_store as small
from latentearth.emulators import maps
from latentearth.emulators.peaks import DirectWave
from latentearth.operators.greens_functions import GreensFunctions

VELOCITY, INTERVAL, SAMPLES = 2000.0, 0.004, 200
RECEIVER = np.array([500.0, 500.0, 1010.0])


def pulses(positions):
    """Of 10 Hz, 1 / distance high, at the travel time; what else there is, half a second later,
    changes slowly with the depth of the source."""
    away = np.linalg.norm(positions - RECEIVER, axis=1)[:, None]
    time = np.arange(SAMPLES) * INTERVAL - 0.1 - away / VELOCITY
    coda = (
        np.cos(positions[:, 2:] / 400.0)
        * np.sin(30.0 * time)
        * np.exp(-(((time - 0.2) / 0.1) ** 2))
    )
    return (np.exp(-((30.0 * time) ** 2)) + coda) / (away / 1e3)


@pytest.fixture(scope="module")
def known():
    """A store on nodes 20 m apart, and its first waves; compliances are one everywhere."""
    axes = [np.linspace(300, 700, 21), np.linspace(300, 700, 21), np.linspace(400, 900, 26)]
    every = small.positions_of(axes)
    splines = small.SplineMap(pulses(every), axes)
    store = GreensFunctions(
        splines.coefficients,
        splines.scales,
        splines.low,
        splines.step,
        np.ones((21, 21, 26, 2), "f4"),
        splines.step,
        RECEIVER,
        -1.0,
        INTERVAL,
        INTERVAL,
        SAMPLES,
    )
    samples = np.linalg.norm(every - RECEIVER, axis=1).reshape(21, 21, 26) / VELOCITY / INTERVAL
    direct = DirectWave.of(np.ones((21, 21, 26)), samples, axes, RECEIVER[2])
    return store, small.first_wave(store, direct)


def error(predictor):
    places = np.random.default_rng(1).uniform([300, 300, 400], [700, 700, 900], (50, 3))
    truth = pulses(places)
    off = np.linalg.norm(predictor.predict(places) - truth, axis=1)
    return np.median(off / np.linalg.norm(truth, axis=1))


def test_few_aligned_nodes_hold_what_many_plain_ones_cannot(known):
    store, wave = known
    aligned = small.aligned_store(store, wave, (130.0, 125.0), 2)
    # travel times are interpolated linearly between nodes 20 m apart, samples by cubics
    assert error(aligned) < 0.03
    assert error(small.coarser(store, (130.0, 125.0))) > 10 * error(aligned)
    assert aligned.nbytes < 0.01 * store.coefficients.nbytes


def test_every_node_of_a_store_is_the_store_itself(known):
    store, _ = known
    same = small.coarser(store, (20.0, 20.0))
    places = np.random.default_rng(2).uniform(store.low, store.high, (20, 3))
    # integers of 16 bits, twice
    np.testing.assert_allclose(same.predict(places), store.predict(places), atol=2e-3)


def test_half_precision_rounds_what_is_counted_as_half(known):
    _, wave = known
    weight = np.random.default_rng(3).normal(size=(4, SAMPLES))
    plain = maps.NetworkMap(0.2, weight, np.zeros(SAMPLES))
    half = small.halved(plain)
    assert small.AlignedTraces([half], wave, RECEIVER).nbytes == 2 * (4 * SAMPLES + SAMPLES + 1)
    np.testing.assert_array_equal(half.weights[0], half.weights[0].astype("f2"))
    # 11 bits
    np.testing.assert_allclose(half.weights[0], plain.weights[0], rtol=2.0**-11)
