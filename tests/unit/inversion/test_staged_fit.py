"""The search of a curve flow's closest fits, where the best fit is known."""

import numpy as np
import pytest

from latentearth.earth.stirred_circle import amplitude_curves
from latentearth.earth.stirring import Distributions, Flow, sample_parameters
from latentearth.generators import curve_flow
from latentearth.generators.flow_matching import FlowTraining
from latentearth.inversion.staged_fit import Stage, StagedFit, decode


@pytest.fixture(scope="module")
def generator():
    """Of 32 pixels, with the law of scores hardly learnt: normal numbers."""
    cakes = sample_parameters(Distributions(), 300, np.random.SeedSequence(1))
    curves, training = amplitude_curves(cakes, Flow(), 60), FlowTraining(width=4, layers=1, steps=2)
    seed = np.random.SeedSequence(2)
    return curve_flow.fit(
        curves, cakes[:, :2], seed, training, flow=Flow(), side=32, edge=0.02, components=3
    )


def test_it_comes_nearer_than_the_nearest_draw(generator):
    goals = decode(generator, generator.draw(4, np.random.SeedSequence(3)))
    stages = Stage(12, 16, 0.15, 2, 40, 0.05), Stage(3, 32, 0.05, 1, 30, 0.02)
    nearest, best = StagedFit(300, stages, goals_at_once=3)(
        generator, goals, np.random.SeedSequence(4)
    )
    assert nearest.shape == best.shape == (4, generator.latent)
    wrong = [
        np.square(decode(generator, scores) - goals).mean(axis=(1, 2)) for scores in (nearest, best)
    ]
    assert (wrong[1] < wrong[0]).all()
    # a search that goes nowhere leaves all of it, an exact one nothing, these 70 steps 0.7
    assert wrong[1].mean() < 0.85 * wrong[0].mean()


def test_no_step_keeps_the_nearest_draw(generator):
    """What was found is the best of the way, its beginning included."""
    goals = decode(generator, generator.draw(2, np.random.SeedSequence(5)))
    search = StagedFit(50, (Stage(1, 32, 0.02, 1, 0, 0.1),))
    nearest, best = search(generator, goals, np.random.SeedSequence(6))
    np.testing.assert_array_equal(nearest, best)


def test_goals_among_the_draws_are_found(generator):
    seed = np.random.SeedSequence(7)
    goals = decode(generator, generator.draw(40, seed.spawn(1)[0])[:3])
    seed = np.random.SeedSequence(7)  # spawns the same stream again
    search = StagedFit(40, (Stage(2, 32, 0.02, 1, 1, 1e-6),))
    _, best = search(generator, goals, seed)
    np.testing.assert_allclose(decode(generator, best), goals, atol=0.02)  # one tiny step at most


def test_only_images_far_from_their_fits_are_tried_again(generator):
    goals = decode(generator, generator.draw(3, np.random.SeedSequence(8)))
    stages = (Stage(4, 16, 0.15, 2, 10, 0.05),)

    def fits(tries, enough):
        return StagedFit(50, stages, tries, enough)(generator, goals, np.random.SeedSequence(9))[1]

    def wrong(scores):
        return np.square(decode(generator, scores) - goals).mean(axis=(1, 2))

    once, again = fits(1, 0.0), fits(3, 0.0)
    assert (wrong(again) <= wrong(once)).all()
    assert (wrong(again) < wrong(once)).any()  # two more sets of draws
    np.testing.assert_array_equal(fits(3, 1.0), once)  # no distance is above 1
