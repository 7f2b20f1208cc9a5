"""Inversions of several truths, their tables, and intervals of shares."""

import numpy as np
import torch

from latentearth.inversion import crosshole, crosshole_survey
from latentearth.inversion.latent_descent import Descent
from latentearth.operators.straight_rays import Grid

DEPTHS = 1.0 + 2.75 * np.arange(5)
SURVEY = crosshole_survey.between_boreholes(DEPTHS, (0.01, 6.49), (0, 6))
V = (0.08, 0.06)


def generator(z, products="float32"):
    """Smooth models of two numbers: depth and width of one channel."""
    rows = torch.linspace(-2, 2, crosshole_survey.GRID.nz)[None, :, None]
    middle, width = z[:, :1, None], 0.3 + 0.1 * torch.tanh(z[:, 1:, None])
    return torch.exp(-(((rows - middle) / width) ** 2)).expand(-1, -1, crosshole_survey.GRID.nx)


def test_every_truth_from_every_start_in_groups_of_any_size():
    operator = crosshole_survey.straight(SURVEY)
    codes = torch.tensor([[0.3, 0.2], [-0.5, 0.0], [0.9, -0.4]])
    models = generator(codes).numpy()
    data = crosshole_survey.times(operator, models, V)
    starts = np.array([[0.1, 0.0], [0.2, 0.3]])
    settings = Descent(batch=5, regularization="none", iterations=30, step=1e-4)
    arguments = generator, operator, V, data, starts
    more = {"settings": settings, "names": ["a", "b", "c"], "models": models}
    more["streams"] = np.random.SeedSequence(1).spawn(6)
    whole = crosshole.invert_truths(*arguments, **more)
    parts = crosshole.invert_truths(*arguments, **more, group=4)
    assert whole.misfit.dims == ("truth", "start") and whole.misfit.shape == (3, 2)
    assert whole.model.shape == (3, 2, 129, 65) and whole.norm_path.shape == (3, 2, 30)
    # roundings of products of another shape, over 30 steps
    np.testing.assert_allclose(whole.misfit, parts.misfit, rtol=1e-3)
    # the error is that of the model that is given
    error = np.sqrt(((whole.model.values - models[:, None]) ** 2).mean((-1, -2)))
    np.testing.assert_allclose(whole.error, error, rtol=1e-5)
    assert (whole.misfit < whole.misfit_path[..., 0]).all()


def test_curved_and_straight_agree_where_nothing_bends_rays():
    grid = Grid()
    models = np.zeros((1, grid.nz, grid.nx))
    straight = crosshole_survey.times(
        crosshole_survey.straight(
            crosshole_survey.between_boreholes(DEPTHS, (0.0, 6.0), (0.0, 6.0))
        ),
        models,
        V,
    )
    curved = crosshole_survey.times(crosshole_survey.curved(SURVEY, 3, "sweeping"), models, V)
    # no slower than the straight ray but for the graph's angles, below 0.6 per cent; float32
    assert (curved >= straight * (1 - 1e-6)).all() and (curved <= straight * 1.006).all()
