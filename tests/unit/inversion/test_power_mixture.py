"""Powers in a mixture: honest where a few events err far more than the others."""

import numpy as np

from latentearth.inversion.power_mixture import MixedLikelihood, PowerMixture
from latentearth.samplers.importance import Importance
from latentearth.samplers.targets import Box, Posterior


def test_regions_are_honest_where_one_event_in_ten_errs_tenfold():
    rng = np.random.default_rng(0)

    def offsets(count):
        """Positions (count, 3) found of events at 0, and by how much errors alone move them."""
        error = (
            rng.standard_normal((count, 3)) * np.where(rng.random(count) < 0.1, 10, 0.3)[:, None]
        )
        return error + rng.standard_normal((count, 3)), (error**2).sum(1)

    known = PowerMixture(np.zeros(4000), offsets(4000)[1])
    levels = {68: 0.0, 95: 0.0, 99: 0.0}
    events, drawn = 150, rng.standard_normal((4000, 3)) * 30
    # of many known events as many as the mixture takes, other ones for each
    for place in offsets(events)[0]:
        chosen = rng.choice(4000, 40, replace=False)
        weights, powers = PowerMixture(known.depth[chosen], known.square[chosen]).at(0.0)
        found = MixedLikelihood(
            lambda x, p=place: -0.5 * ((x - p) ** 2).sum(1), 0.0, weights, powers
        )
        # importance sampling from a wide normal density, whose logarithm is added back
        narrow = place + np.concatenate([drawn, drawn / 15, drawn / 60])
        logs = found(narrow)
        proposal = np.logaddexp.reduce(
            [-0.5 * ((narrow - place) ** 2).sum(1) / s**2 - 3 * np.log(s) for s in (30, 2, 0.5)]
        )
        share = np.exp(logs - proposal - (logs - proposal).max())
        level = share[logs > found(np.zeros((1, 3)))[0]].sum() / share.sum()
        for stated in levels:
            levels[stated] += (level < stated / 100) / events
    for stated, held in levels.items():
        p = stated / 100
        # three binomial standard errors
        assert abs(held - p) < 3 * np.sqrt(p * (1 - p) / events), levels


def test_a_likelihood_without_errors_stays_as_it_is():
    weights, powers = PowerMixture(np.arange(60.0), np.zeros(60)).at(20.0)
    values = np.linspace(-12.0, 0.0, 7)
    found = MixedLikelihood(None, 0.0, weights, powers).of_values(values)
    np.testing.assert_allclose(found, values, atol=1e-12)


def test_a_mixture_is_sampled_around_what_is_narrower():
    """Powers 1 and 0.01: variances of 1 and 100 times, in shares that the integrals give."""
    box, seed = Box(np.full((3, 2), [-200.0, 200.0])), np.random.default_rng(3)

    def normal(points):
        return -0.5 * (points**2).sum(1)

    weights, powers = np.array([0.8, 0.2]), np.array([1.0, 0.01])
    mixed = MixedLikelihood(normal, 0.0, weights, powers)
    engine = Importance(wanted=2000.0)
    narrow = engine(Posterior(normal, box), None, seed)
    found = engine.around(Posterior(mixed, box), narrow, seed, powers**-0.5)
    # of 2000 effective samples, a fifth of them wide: twice 6 per cent of the deviation
    expected = np.sqrt(0.8 * 1.0 + 0.2 * 100.0)
    np.testing.assert_allclose(found.deviation, expected, rtol=0.12)
    assert found.evaluations < 40_000  # a proposal that misses the tails would ask for more


def test_places_that_are_simulated_in_several_models_count_as_many_as_without():
    rng = np.random.default_rng(1)
    depth, square = rng.uniform(0, 2400, 100), rng.exponential(5.0, 100)
    weights, powers = PowerMixture(depth, square).at(1800.0)
    repeated = PowerMixture(np.tile(depth, 3), np.tile(square, 3), each=3).at(1800.0)
    assert set(repeated[1]) == set(powers)  # those of forty places, not of thirteen
    mean = (weights * powers).sum()
    np.testing.assert_allclose((repeated[0] * repeated[1]).sum(), mean, rtol=1e-6)
