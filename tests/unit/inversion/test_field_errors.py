"""Errors of a stored wave field, learned from events of which the truth is known."""

import numpy as np
from whole_space import elementary

from latentearth.inversion.field_errors import FieldErrors


def test_errors_of_a_field_that_is_late_are_told_for_any_tensor():
    """Their squares add up to what the field errs by, where it errs alike everywhere around."""
    rng = np.random.default_rng(0)
    centre, tensor = np.array([430.0, 520.0, 1300.0]), np.array([1.0, -0.5, 0.2, 0.7, 0, -0.3])
    positions = centre + rng.uniform(-4, 4, (60, 3))

    def late(points):
        return 1.02 * elementary(points)

    truth = list(elementary(positions).swapaxes(0, 1))
    found = FieldErrors.of(late, positions, truth).near(centre, tensor)
    error = np.einsum("rkt,k->rt", elementary(centre[None])[0] - late(centre[None])[0], tensor)
    size = np.sqrt((found**2).sum(0))
    # events 4 m apart: a tenth of the pulse's length
    assert np.abs(size - np.abs(error)).max() < 0.2 * np.abs(error).max()
    # and no direction beside it: the first mode has nearly all of the variance
    values = np.linalg.svd(found.reshape(len(found), -1), compute_uv=False) ** 2
    assert values[0] > 0.97 * values.sum()
