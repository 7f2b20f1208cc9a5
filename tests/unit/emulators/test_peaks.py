"""Amplitude and arrival: what is known of the medium is divided out; seeds and near sources."""

import numpy as np
import pytest
from trace_family import INTERVAL, RECEIVER, SPEED, traces_at

from latentearth.emulators import base, preprocessing
from latentearth.emulators.gaussian_processes import GaussianFit
from latentearth.emulators.peaks import DirectWave, PeakModel, fit_smooth
from latentearth.operators import trace_scores

AXES = [np.linspace(0, 1000, 26), np.linspace(0, 1000, 26), np.arange(0, 2461, 20.0)]
FIT = GaussianFit(2, 150, 30, 2)


@pytest.fixture(scope="module")
def layered():
    """Compliance of layers 100 m thick, and 700 sources in them, 60 of these near the receiver."""
    random = np.random.default_rng(2)
    layer = random.uniform(0.5, 2.0, 25)[(AXES[2] // 100).astype(int)]
    nodes = np.stack(np.meshgrid(*AXES, indexing="ij"), -1)
    # as if the speed were known to 3 per cent, and neither its waves along x nor the delay
    times = np.linalg.norm(nodes - RECEIVER, axis=-1) / (1.03 * SPEED) / INTERVAL
    direct = DirectWave.of(1e10 / np.broadcast_to(layer, times.shape), times, AXES, 2430.0)
    far = random.uniform((0, 0, 300), (1000, 1000, 2280), (640, 3))
    direction = random.normal(0, 1, (60, 3))
    direction[:, 2] = -np.abs(direction[:, 2])
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    near = RECEIVER + direction * random.uniform(60, 150, (60, 1))
    positions = random.permutation(np.concatenate([far, near]))
    compliance, _ = direct.at(positions / 1000)
    return direct, positions, traces_at(positions) * compliance[:, None]


def fitted(layered, seed, direct, count=500):
    _, positions, traces = layered
    peaks = preprocessing.find_peaks(traces[:count], refine=True)
    features = preprocessing.features(positions[:count], RECEIVER)
    seeds = np.random.SeedSequence(seed)
    return fit_smooth(features, peaks, (1e4, 200.0), FIT, seeds, direct=direct, jump=12.5)


def held_out(layered, model):
    """True and predicted peaks of the last 200 sources, their traces and features."""
    _, positions, traces = layered
    features = preprocessing.features(positions[500:], RECEIVER)
    truth = preprocessing.find_peaks(traces[500:], refine=True)
    return truth, model.predict(features), traces[500:], features


def test_tables_are_those_of_the_nodes_and_linear_between_them():
    kappa, times = np.random.default_rng(1).uniform(1, 300, (2, 26, 26, 124))
    found = DirectWave.of(kappa, times, AXES, 2430.0)
    assert found.tables.shape == (2, 26, 26, 122)  # no node above the receiver
    where = np.array([[0.2, 0.4, 1.2], [0.2, 0.4, 1.22], [0.2, 0.4, 1.21]])
    compliance, arrival = found.at(where)
    # 11 bits are kept of 1 / kappa, 16 of times
    assert compliance[0] / compliance[1] == pytest.approx(
        kappa[5, 10, 61] / kappa[5, 10, 60], rel=1e-3
    )
    np.testing.assert_allclose(arrival[:2], times[5, 10, 60:62], atol=300 / 65535)
    for values in (compliance, arrival):
        assert values[2] == pytest.approx(values[:2].mean(), rel=1e-6)


def test_a_known_medium_need_not_be_learnt(layered):
    spread = []
    for direct in (layered[0], None):
        truth, found, *_ = held_out(layered, fitted(layered, 0, direct))
        spread.append(np.log(found.amplitude / truth.amplitude).std())
    # most of what a model without the medium gets wrong is the layers; measured: 0.04 and 0.13
    assert spread[0] < 0.5 * spread[1]


def test_every_seed_gives_the_same_accuracy_with_near_sources(layered):
    """Loud sources within 150 m of the receiver rule R2D; shapes are the true ones here."""
    found = []
    for seed in range(4):
        model = fitted(layered, seed, layered[0])
        truth, predicted, traces, features = held_out(layered, model)
        aligned = preprocessing.align(traces, truth, model.reference)
        restored = preprocessing.restore(aligned, predicted, model.reference)
        found.append(trace_scores.r2d(traces, restored))
        near = features[:, 3] < 0.15
        assert near.sum() > 10
        assert trace_scores.r2d(traces[near], restored[near]) > 0.98
        used = model.processes.x * model.spread + model.centre
        # of 43 near ones among the training events none is left out
        assert (used[:, 3] < 0.15).sum() == 60 - near.sum()
    assert np.ptp(found) < 0.005 and min(found) > 0.98  # the goal of the project: 0.005


def test_a_model_with_its_medium_survives_storage(layered, tmp_path):
    model = fitted(layered, 0, layered[0], count=120)
    stored = PeakModel.from_arrays("smooth", model.arrays())
    features = preprocessing.features(layered[1][:9], RECEIVER)
    for name in ("amplitude", "index"):
        ours, other = (getattr(m.predict(features), name) for m in (model, stored))
        np.testing.assert_array_equal(ours, other)
    base.save_peaks(tmp_path / "peaks", [{"smooth": model}], {})
    assert base.load_peaks(tmp_path / "peaks")["smooth"].direct is not None
