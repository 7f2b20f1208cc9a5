"""Events of every type: their traces, their noise, and how what is found of them is judged."""

import dataclasses

import numpy as np
import pytest
from whole_space import INTERVAL, SAMPLES, elementary

from latentearth.inversion import tensor_types as types
from latentearth.inversion.conditional_tensor import TensorPrior
from latentearth.inversion.moment_tensor import TensorLikelihood
from latentearth.samplers.importance import scanned
from latentearth.samplers.modes import ModeSampler
from latentearth.samplers.targets import Box
from support import mechanisms

POSITION, ORIGIN = np.array([430.0, 520.0, 1300.0]), 0.0117


@pytest.fixture(scope="module")
def located():
    """A double couple with heavy-tailed noise, located in a box around it."""
    rng = np.random.default_rng(1)
    (event,) = mechanisms.draw_events(2, np.random.SeedSequence(4), 0.03)[1:]
    event |= {"origin": ORIGIN}
    clean = mechanisms.record(elementary(POSITION[None])[0], event["tensor"], ORIGIN, INTERVAL)
    sigma = np.abs(clean).max() / 12
    data = clean + mechanisms.noise(clean.shape, sigma, rng)
    prior = TensorPrior((0.3, 1.0, 3.0))
    one = TensorLikelihood(elementary, data, sigma, INTERVAL, prior=prior, margin_s=0.06)
    wide = np.array([60.0, 60.0, 60.0, 0.03])
    centre = np.append(POSITION, ORIGIN) + np.array([20, -10, 5, 0.004])
    box = Box(np.stack([centre - wide, centre + wide], 1))
    points = box.draw(200, rng)
    start = scanned(points, one(points))
    sampler = ModeSampler((10, 10, 10, 0.005), starts=1, draws=300, wanted=200)
    found = mechanisms.locate(one, start, box, sampler, np.random.SeedSequence(2))
    return event, data, found


def test_an_origin_time_moves_traces_between_samples():
    traces, tensor = elementary(POSITION[None])[0], np.array([1.0, 0.5, -1, 0.3, 0, 1])
    moved = mechanisms.record(traces, tensor, 2.5 * INTERVAL, INTERVAL)
    fine = elementary(POSITION[None], samples=2 * SAMPLES, interval=INTERVAL / 2)[0]
    fine = np.einsum("rkt,k->rt", fine, tensor)
    # the pulse has nothing near the Nyquist frequency; single precision is left
    expected = fine[:, 1 : 2 * (SAMPLES - 5) : 2]
    np.testing.assert_allclose(
        moved[:, 3 : 3 + expected.shape[1]][:, :-5],
        expected[:, :-5],
        atol=1e-5 * np.abs(fine).max(),
    )


def test_noise_has_its_size_and_heavy_tails():
    drawn = mechanisms.noise((200_000,), 3.0, np.random.default_rng(3))
    assert drawn.std() == pytest.approx(3, rel=0.02)  # kurtosis 9: 0.6 per cent
    assert np.mean(np.abs(drawn) > 12) > 20 * 6.3e-5  # beyond four deviations, normal: 6.3e-5


def test_kinds_take_turns():
    events = mechanisms.draw_events(8, np.random.SeedSequence(1), 0.03)
    assert [event["kind"] for event in events] == 2 * list(mechanisms.KINDS)
    shares = types.decompose(np.array([event["tensor"] for event in events]))
    np.testing.assert_allclose(shares["double_couple"][1::4], 1)
    assert all(abs(event["origin"]) <= 0.03 for event in events)


def test_an_event_is_found_and_judged(located):
    event, _, (likelihood, samples, misfit) = located
    row, tensors = mechanisms.judge(likelihood, samples, event, POSITION, np.random.default_rng(1))
    # chi-square of 2800 samples of kurtosis 9: 5.3 per cent
    assert misfit == pytest.approx(1, abs=0.2)
    assert row["error_m"] < 4 * row["error_stated_m"] < 100
    assert row["angle_deg"] < 20 and tensors.shape == (400, 6)
    assert row["moment_ratio"] == pytest.approx(1, abs=0.3)


def test_a_search_that_missed_the_peak_holds_nothing(located):
    event, _, (likelihood, samples, _) = located
    away = samples.flat + np.array([40.0, 0, 0, 0])
    missed = dataclasses.replace(
        samples,
        position=away.reshape(samples.position.shape),
        log_likelihood=likelihood(away).reshape(samples.log_likelihood.shape),
    )
    row, _ = mechanisms.judge(likelihood, missed, event, POSITION, np.random.default_rng(1))
    assert row["in_68"] == row["in_95"] == 0


def test_an_unknown_field_raises_the_deviation(located):
    _, data, _ = located
    prior = TensorPrior((0.3, 1.0, 3.0))
    sigma = np.abs(data).max() / 60  # five times too small: as if the field had errors
    one = TensorLikelihood(elementary, data, sigma, INTERVAL, prior=prior, margin_s=0.06)
    wide = np.array([30.0, 30.0, 30.0, 0.01])
    truth = np.append(POSITION, ORIGIN)
    box = Box(np.stack([truth - wide, truth + wide], 1))
    points = box.draw(60, np.random.default_rng(1))
    sampler = ModeSampler((10, 10, 10, 0.005), starts=1, draws=200, rounds=3, wanted=100)
    raised, _, misfit = mechanisms.locate(
        one, scanned(points, one(points)), box, sampler, np.random.SeedSequence(2)
    )
    assert misfit > 10
    assert raised.misfit(truth[None]) == pytest.approx(1, abs=0.05)


def test_no_event_is_outside_the_box_that_is_searched():
    """An event on a node beyond the drawn box had the highest posterior, and could not be found."""
    settings = {"box": [120.0, 120.0, 120.0], "spacing": [15.0, 15.0, 10.0], "shift": 0.03}
    event, rng = np.array([370.0, 300.0, 1570.0]), np.random.default_rng(1)
    drawn = rng.uniform(event - 120, event + 120, (2000, 3))
    spacing = np.array(settings["spacing"])
    truth = np.column_stack([np.rint(drawn / spacing) * spacing, rng.uniform(-0.03, 0.03, 2000)])
    stored = event - 240, event + 240
    assert mechanisms.search_box(event, settings, stored).inside(truth).all()
    assert (np.abs(truth[:, :3] - event) > 120).any()
    # where the stores end, no trace is known
    box = mechanisms.search_box(event, settings, (event - 100, event + 240))
    np.testing.assert_allclose(box.bounds[:3, 0], event - 100)
