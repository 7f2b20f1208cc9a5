"""A posterior learned once for all events, where the exact one is known."""

import dataclasses

import numpy as np
import pytest
import torch

from latentearth.inversion import neural_posterior
from latentearth.inversion.location import NoiseLikelihood
from latentearth.inversion.neural_posterior import PosteriorTraining, StudentMixture
from latentearth.samplers.targets import Box
from latentearth.seeds import stream

BOX = Box(np.array([[0.0, 100.0], [0.0, 50.0]]))
SIGMA = 0.2
POINTS, WIDE = 100_000, 4.0  # draws that densities are integrated by
TRAINING = PosteriorTraining(
    components=20, width=64, layers=2, mixed=2, bank=8000, steps=800, batch=128, learning_rate=5e-3
)


@dataclasses.dataclass(frozen=True)
class Pulses:
    """A pulse that arrives later and is smaller the further the source is from a receiver."""

    receiver: tuple[float, float]

    def predict(self, positions):
        distance = np.linalg.norm(positions - self.receiver, axis=1)[:, None]
        late = np.arange(60) - 10.0 - distance / 4.0
        return (np.exp(-0.5 * (late / 3.0) ** 2) * 60.0 / (30.0 + distance)).astype("f4")


RECEIVERS = [Pulses((-10.0, -10.0)), Pulses((110.0, -10.0)), Pulses((50.0, 80.0))]


def events(count):
    rng = np.random.default_rng(3)
    truth = BOX.draw(count, rng)
    clean = np.stack([receiver.predict(truth) for receiver in RECEIVERS], axis=1)
    return truth, clean + rng.normal(0.0, SIGMA, clean.shape).astype("f4")


def exact(data):
    """Mean and deviations of the posterior of each event, on a grid of 1 m."""
    axes = [np.linspace(*bounds, int(np.ptp(bounds)) + 1) for bounds in BOX.bounds]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    found = []
    for one in data:
        logs = NoiseLikelihood(RECEIVERS, one, SIGMA)(points)
        weights = np.exp(logs - logs.max())
        mean = np.average(points, axis=0, weights=weights)
        spread = np.average((points - mean) ** 2, axis=0, weights=weights) ** 0.5
        found.append((mean, spread))
    return np.array(found).swapaxes(0, 1)


@pytest.fixture(scope="module")
def posterior():
    return neural_posterior.fit(RECEIVERS, BOX, SIGMA, stream(0, "learned"), TRAINING)


def normal(points):
    """Log density of normal deviates with a standard deviation of WIDE."""
    logs = -0.5 * (points.astype(float) / WIDE) ** 2 - np.log(WIDE * np.sqrt(2.0 * np.pi))
    return logs.sum(axis=-1)


def mixture(seed):
    outputs = torch.randn(2, 3 * 10, generator=torch.Generator().manual_seed(seed))
    return StudentMixture.of(0.5 * outputs, 3, 3)


def test_a_mixture_is_a_density():
    # the share of wide normal deviates that it weighs, by importance sampling
    mixed, rng = mixture(0), np.random.default_rng(0)
    points = rng.standard_normal((2, POINTS, 3)).astype("f4") * np.float32(WIDE)
    logs = mixed.log_density(torch.from_numpy(points)).numpy() - normal(points)
    weights = np.exp(logs)
    error = weights.std(axis=1) / np.sqrt(POINTS)
    assert (abs(weights.mean(axis=1) - 1.0) < 4.5 * error).all()
    assert error.max() < 0.1  # small enough to matter


def test_draws_follow_the_density():
    # the mean log density of draws is that of points weighed by the density itself
    mixed, rng = mixture(1), np.random.default_rng(1)
    drawn = mixed.log_density(mixed.draw(POINTS, torch.Generator().manual_seed(0))).numpy()
    points = rng.standard_normal((2, POINTS, 3)).astype("f4") * np.float32(WIDE)
    logs = mixed.log_density(torch.from_numpy(points)).numpy()
    weights = np.exp(logs - normal(points))
    expected = (weights * logs).mean(axis=1) / weights.mean(axis=1)
    spread = weights * (logs - expected[:, None])
    error = np.hypot(spread.std(axis=1) / POINTS**0.5, drawn.std(axis=1) / POINTS**0.5)
    assert (abs(drawn.mean(axis=1) - expected) < 4.5 * error).all()
    assert error.max() < 0.1


def test_it_comes_close_to_the_exact_posterior(posterior):
    truth, data = events(40)
    mean, spread = exact(data)
    drawn = posterior.draw(data, 2000, stream(1, "drawn"))
    ours = np.array([places.mean(axis=0) for places, _ in drawn])
    widths = np.array([places.std(axis=0) for places, _ in drawn])
    # a network of seconds: wider than the exact posterior, and its means off by that much
    assert np.median(abs(ours - mean) / spread) < 1.0
    assert 1.0 < np.median(widths / spread) < 1.5
    # with noise alone they would scatter as the prior does, by 29 and 14 m
    assert np.median(np.linalg.norm(ours - truth, axis=1)) < 5.0


def test_its_regions_hold_what_they_say(posterior):
    truth, data = events(400)
    drawn = posterior.draw(data, 1000, stream(2, "drawn"))
    at = [posterior.log_density(d, t[None])[0] for d, t in zip(data, truth, strict=True)]
    level = np.array([(logs > one).mean() for (_, logs), one in zip(drawn, at, strict=True)])
    for p in (0.68, 0.95):
        # three binomial errors of the events, and .03 that a network of seconds may be off
        assert abs((level <= p).mean() - p) < 3.0 * np.sqrt(p * (1 - p) / 400) + 0.03


def test_draws_are_within_the_prior_and_of_their_density(posterior):
    _, data = events(30)
    for (places, logs), one in zip(posterior.draw(data, 500, stream(3, "d")), data, strict=True):
        assert BOX.inside(places).all()
        np.testing.assert_allclose(posterior.log_density(one, places), logs, atol=1e-3)  # float32


def test_the_same_seed_gives_the_same_network(posterior):
    short = dataclasses.replace(TRAINING, steps=5)
    one, other, third = (
        neural_posterior.fit(RECEIVERS, BOX, SIGMA, stream(0, name), short) for name in "aab"
    )
    data = events(1)[1]
    at = np.array([[50.0, 20.0]])
    assert one.log_density(data[0], at) == other.log_density(data[0], at)
    assert one.log_density(data[0], at) != third.log_density(data[0], at)
