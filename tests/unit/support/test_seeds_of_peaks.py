"""Explosions on the nodes of a store, near ones apart, and what is scored on them."""

import dataclasses

import numpy as np
import pytest

from latentearth.emulators import base, maps
from latentearth.operators.greens_functions import GreensFunctions
from support import seeds_of_peaks

SPLIT = {"train": 60, "validation": 30, "count": 120}
OWN = {"clearance": 40.0, "near": 12, "within": 150.0}


@pytest.fixture(scope="module")
def drawn():
    """Of a store of one pulse whose place and size differ from node to node; no wave, only data."""
    rng, sizes = np.random.default_rng(0), (12, 12, 14)
    late = np.arange(60) - rng.uniform(20, 40, (*sizes, 1, 1))
    pulses = np.exp(-((late / 4) ** 2))
    store = GreensFunctions(
        np.rint(20000 * pulses).astype("i2"),
        rng.uniform(1, 2, (*sizes, 1)).astype("f4"),
        np.zeros(3),
        np.array([50.0, 50.0, 40.0]),
        np.ones((10, 10, 12, 2), "f4"),
        np.array([50.0, 50.0, 40.0]),
        np.array([250.0, 250.0, 480.0]),
        -1.0,
        0.004,
        0.004,
        60,
    )
    return seeds_of_peaks.draw(store, SPLIT, OWN, np.random.SeedSequence(3))


def test_near_sources_are_near_deep_enough_and_none_of_the_others(drawn):
    receiver, near = drawn.events.record.receiver, drawn.near_positions
    assert len(near) == OWN["near"]
    assert (np.linalg.norm(near - receiver, axis=1) < OWN["within"]).all()
    every = drawn.events.record.positions
    assert max(near[:, 2].max(), every[:, 2].max()) <= receiver[2] - OWN["clearance"]
    assert not (near[:, None] == every[None]).all(2).any()
    assert len(drawn.events.positions("test")) == 30
    # sources near the receiver are among those learned from too, as they come
    assert (np.linalg.norm(every - receiver, axis=1) < OWN["within"]).any()


def test_what_is_exact_scores_one_and_what_is_a_sample_late_is_four_milliseconds_off(drawn):
    record = drawn.events.record
    places = np.concatenate([record.positions, drawn.near_positions]) / 1e3
    truth = np.concatenate([record.traces, drawn.near_traces])
    exact = base.Emulator("mean", record.receiver, 0.004, [maps.NearestRow(places, truth)])
    late = dataclasses.replace(exact, chain=[maps.NearestRow(places, np.roll(truth, 1, axis=1))])
    of_exact, of_late = (
        seeds_of_peaks.rows(emulator, drawn, np.random.SeedSequence(1))
        for emulator in (exact, late)
    )
    assert [(row["events"], row["count"]) for row in of_exact] == [
        ("all", 30),
        ("without_loudest_5", 25),
        ("near", 12),
    ]
    for good, bad in zip(of_exact, of_late, strict=True):
        # single precision; a peak of the prediction is a whole sample, the true one is not
        assert good["r2d"] == pytest.approx(1, abs=1e-6) and good["amplitude_rms"] < 0.05
        assert bad["r2d_low"] <= bad["r2d"] <= bad["r2d_high"] < 1
        assert good["arrival_rms_ms"] < 2 < 3 < bad["arrival_rms_ms"] < 5.5
