"""Other velocities than a model's: layers and a random field of them."""

import numpy as np

from latentearth.earth import marine
from latentearth.earth.velocity_errors import VelocityErrors
from latentearth.seeds import stream

FLOOR = 600.0  # m/s


def test_s_velocities_of_drawn_models_change_as_those_of_p_down_to_the_slowest():
    given = marine.synthetic(stream(1), shape=(21, 21, 151))
    axes = [given[name].values for name in "xyz"]
    errors = VelocityErrors(0.01, 0.01, 200.0, 0.01, (250.0, 250.0, 100.0))
    floored = (given.vs.values > 0) & (given.vs.values <= FLOOR)
    assert floored.mean() > 0.1
    rng = np.random.default_rng(2)
    for _ in range(5):
        drawn = errors.draw(given, rng)
        on_grid = marine.resample(drawn, axes, errors.slowest(FLOOR))
        changes = [
            on_grid[name].values[floored] / given[name].values[floored] for name in ("vp", "vs")
        ]
        # single precision
        np.testing.assert_allclose(*changes, rtol=1e-5)
        # with the given floor many of them would be raised
        assert (
            marine.resample(drawn, axes, FLOOR).vs.values[floored].min()
            == FLOOR
            > FLOOR * changes[1].min()
        )
