"""Images of a circle stirred by any curves, against exact tracing; their derivative by Taylor."""

import numpy as np
import pytest

from latentearth.earth.stirred_circle import amplitude_curves, grey_images, image_slopes
from latentearth.earth.stirring import Distributions, Flow, sample_parameters, stir

FLOW, STEPS = Flow(), 160


@pytest.fixture(scope="module")
def cakes():
    """Eight sets of parameters, their curves back in time, and centres."""
    parameters = sample_parameters(Distributions(), 8, np.random.SeedSequence(1))
    return parameters, amplitude_curves(parameters, FLOW, STEPS), parameters[:, :2].copy()


def test_images_are_those_of_the_stirred_circle(cakes):
    """Against Runge-Kutta tracing in x and y, with steps four times as many stages."""
    parameters, curves, centres = cakes
    images, _ = grey_images(curves, centres, size=64, edge=0.01, flow=FLOW)
    exact = stir(parameters, 64, FLOW)
    wrong = ((images > 0.5) != exact).mean(axis=(1, 2))
    # 0.1 per cent here, 0.4 in the worst of 200 cakes: thin filaments feel the last digits of both
    assert wrong.mean() < 0.005
    assert wrong.max() < 0.02


def test_half_of_the_box_stays_white_however_soft_the_edge(cakes):
    _, curves, centres = cakes
    for edge in (0.01, 0.1):
        images, _ = grey_images(curves, centres, size=64, edge=edge, flow=FLOW)
        # the flow keeps areas; pixels as fine as filaments sample them with an error of .005
        np.testing.assert_allclose(images.mean(axis=(1, 2)), 0.5, atol=0.02)
        assert images.min() >= 0
        assert images.max() <= 1
    assert ((images > 0) & (images < 1)).mean() > 0.3  # a perimeter of 2.5 times 0.2


def test_nothing_fails_for_curves_far_outside_the_prior(cakes):
    """Rock that is pressed against a wall comes back, where steps in x would leap over it."""
    _, curves, centres = cakes
    images, origins = grey_images(3 * curves, centres, size=32, edge=0.01, flow=FLOW)
    assert np.isfinite(images).all()
    assert origins.min() >= 0 and origins.max() <= 1


@pytest.mark.parametrize("size", [16, 20])  # 20 x 20 pixels do not fill the last block
def test_the_derivative_is_that_of_the_images(cakes, size):
    """The remainder of the first-order Taylor series falls as h^2."""
    _, curves, centres = (part[:3] for part in cakes)
    rng = np.random.default_rng(size)
    weight = rng.normal(size=(3, size, size))
    change, shift = rng.normal(size=curves.shape), 0.1 * rng.normal(size=centres.shape)
    change[:, 5:] = 0.1 * np.cumsum(change[:, 5:], axis=1)  # the first steps count by themselves

    def number(h):
        moved = curves + h * change, centres + h * shift
        return (weight * grey_images(*moved, size=size, edge=0.1, flow=FLOW)[0]).sum()

    _, origins = grey_images(curves, centres, size=size, edge=0.1, flow=FLOW)
    of_curves, of_centres = image_slopes(curves, centres, origins, weight, edge=0.1, flow=FLOW)
    slope = (of_curves * change).sum() + (of_centres * shift).sum()
    h = 10.0 ** -np.arange(4, 6.1, 0.5)
    rest = [abs(number(step) - number(0) - step * slope) for step in h]
    fall = np.polyfit(np.log(h), np.log(rest), 1)[0]
    assert 1.8 < fall < 2.2  # 1 for a wrong derivative, 2 for the exact one


def test_it_wants_enough_steps_and_an_edge(cakes):
    _, curves, centres = cakes
    for few, edge in ((curves[:, :4], 0.1), (curves, 0.0)):
        with pytest.raises(ValueError, match="allowed: 4 or more, above 0"):
            grey_images(few, centres, size=8, edge=edge, flow=FLOW)
