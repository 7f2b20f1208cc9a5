"""Further tries where a population does not fit."""

import numpy as np

from latentearth.inversion.image_priors import bank_of
from latentearth.samplers.targets import Normal, Posterior
from latentearth.samplers.tries import best_of_tries

TARGET = Posterior(lambda z: z.sum(1), Normal(1))


def scripted(fits):
    """A sampler whose tries fit as told, with an evidence 10 lower; it keeps its seeds."""
    seeds, left = [], iter(fits)

    def sampler(target, start, seed, checkpoint):
        seeds.append((seed.spawn_key, str(checkpoint)))
        fit = next(left)
        found = bank_of(np.zeros((5, 1)), np.full(5, fit))
        found.about.update(fit=fit)
        object.__setattr__(found, "log_evidence", fit - 10)
        return found

    return sampler, seeds


def run(fits, tries):
    sampler, seeds = scripted(fits)
    seed = np.random.SeedSequence(1, spawn_key=(4,))
    found = best_of_tries(sampler, TARGET, None, seed, least=-300.0, tries=tries, checkpoint="file")
    return found, seeds


def test_the_first_that_fits_ends_it():
    found, seeds = run([-290.0], 3)
    assert found.about["tries"] == 1 and seeds == [((4,), "file")]


def test_one_that_does_not_fit_is_followed_by_another():
    found, seeds = run([-475.0, -299.0, -290.0], 3)
    assert found.about["tries"] == 2 and found.log_evidence == -309
    assert found.evaluations == 10  # of both
    assert len({key for key, _ in seeds}) == 2 and seeds[1][1] == "file_1"


def test_most_evidence_where_none_fits():
    found, _ = run([-475.0, -400.0, -420.0], 3)
    assert found.about["tries"] == 3 and found.log_evidence == -410
