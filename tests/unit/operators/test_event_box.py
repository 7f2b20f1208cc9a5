"""The wave field around an event, and the posterior that it gives."""

import numpy as np
import pytest

from latentearth.io import InputError
from latentearth.operators import elastic_waves, event_box

AXES = [np.arange(11) * 20.0, np.arange(11) * 20.0, np.arange(13) * 15.0]
RECEIVERS = np.array([[500.0, 100, 900], [100, 600, 900], [-300, -200, 900], [150, 130, 1000]])


def traces(points, receiver):
    """Exact traces of a homogeneous medium with waves 300 m long."""
    distance = np.linalg.norm(points - receiver, axis=-1).reshape(-1)
    return elastic_waves.analytic_pressure(
        distance, np.arange(200) * 4e-3, 2000.0, 2400.0, 1200.0, 8.0
    )


@pytest.fixture(scope="module")
def boxes():
    around = event_box.nodes_around(np.array([5, 5, 6]), AXES, [80.0, 80.0, 75.0], 1e4)
    nodes = event_box.flat(around)
    places = np.column_stack([axis[nodes[:, i]] for i, axis in enumerate(AXES)])
    return [event_box.box_dataset(around, AXES, traces(places, receiver)) for receiver in RECEIVERS]


def test_box_is_around_the_event(boxes):
    assert dict(boxes[0].sizes) == {"x": 9, "y": 9, "z": 11, "time": 200}
    assert (boxes[0].x.values[[0, -1]] == [20.0, 180.0]).all()


def test_box_stays_below_the_sea_bed():
    around = event_box.nodes_around(np.array([5, 5, 6]), AXES, [80.0, 80.0, 75.0], 120.0)
    assert AXES[2][around[2]].max() < 120.0


def test_interpolation_between_nodes(boxes):
    axes = [np.array([83.0, 100.0, 111.5]), np.array([95.0]), np.array([77.0, 90.0])]
    found = event_box.interpolate(boxes[0], axes)
    points = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    exact = traces(points, RECEIVERS[0]).reshape(found.shape)
    # cubic splines over 15 nodes a wavelength: (2 pi / 15)^4 / 384 is below 1e-4 of the amplitude
    assert abs(found - exact).max() < 1e-3 * abs(exact).max()
    # on nodes they are exact
    np.testing.assert_allclose(
        event_box.interpolate(boxes[0], [boxes[0][n].values for n in "xyz"]),
        boxes[0].traces.values,
        atol=1e-5 * abs(exact).max(),
    )


def test_points_outside_the_box(boxes):
    with pytest.raises(InputError, match="box: x: found 10 to 100 m"):
        event_box.interpolate(
            boxes[0], [np.array([10.0, 100.0]), np.array([90.0]), np.array([90.0])]
        )


def test_posterior_is_the_gaussian_of_the_derivatives(boxes):
    truth = np.array([[103.0, 98.0, 91.0]])
    clean = np.array([traces(truth, receiver)[0] for receiver in RECEIVERS])
    sigma = clean[0].max() / 12
    points, weights, _ = event_box.grid_posterior(boxes, clean, sigma)
    mean = weights @ points
    # without noise the most likely position is the true one
    assert abs(mean - truth[0]).max() < 0.5
    # the covariance follows from derivatives of the traces; the posterior is Gaussian to some per
    # cent, because its width, some metres, is small against the wavelength
    step = 0.5 * np.eye(3)
    slopes = np.array(
        [[(traces(truth + s, r) - traces(truth - s, r))[0] for r in RECEIVERS] for s in step]
    ).reshape(3, -1)
    expected = np.sqrt(np.diag(np.linalg.inv(slopes @ slopes.T / sigma**2)))
    found = np.sqrt(weights @ (points - mean) ** 2)
    np.testing.assert_allclose(found, expected, rtol=0.1)
