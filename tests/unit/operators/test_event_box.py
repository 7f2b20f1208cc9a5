"""The wave field around an event, and the posterior that it gives."""

import numpy as np

from latentearth.operators import elastic_waves, event_box

AXES = [np.arange(11) * 20.0, np.arange(11) * 20.0, np.arange(13) * 15.0]
RECEIVERS = np.array([[500.0, 100, 900], [100, 600, 900], [-300, -200, 900], [150, 130, 1000]])


def traces(points, receiver):
    """Exact traces of a homogeneous medium with waves 300 m long."""
    distance = np.linalg.norm(points - receiver, axis=-1).reshape(-1)
    return elastic_waves.analytic_pressure(
        distance, np.arange(200) * 4e-3, 2000.0, 2400.0, 1200.0, 8.0
    )


class Exact:
    """As a store of Green's functions, of a homogeneous medium."""

    low, high = np.array([20.0, 20.0, 15.0]), np.array([180.0, 180.0, 165.0])

    def __init__(self, receiver):
        self.receiver = receiver

    def predict(self, positions):
        return traces(positions, self.receiver).astype("f4")


def test_box_is_around_the_event():
    around = event_box.nodes_around(np.array([5, 5, 6]), AXES, [80.0, 80.0, 75.0], 1e4)
    assert [
        axis[index].tolist()[:: index.size - 1] for axis, index in zip(AXES, around, strict=True)
    ] == [
        [20.0, 180.0],
        [20.0, 180.0],
        [15.0, 165.0],
    ]
    assert event_box.flat(around).shape == (9 * 9 * 11, 3)


def test_boxes_stay_below_the_sea_bed():
    around = event_box.nodes_around(np.array([5, 5, 6]), AXES, [80.0, 80.0, 75.0], 120.0)
    assert AXES[2][around[2]].max() < 120.0
    below = event_box.nodes_below(AXES, [2, 5, 3], 120.0)
    assert [index.tolist() for index in below] == [[0, 2, 4, 6, 8, 10], [0, 5, 10], [1, 4, 7]]


def test_posterior_is_the_gaussian_of_the_derivatives():
    truth = np.array([[103.0, 98.0, 91.0]])
    clean = np.array([traces(truth, receiver)[0] for receiver in RECEIVERS])
    sigma = clean[0].max() / 12
    points, weights, _ = event_box.grid_posterior([Exact(r) for r in RECEIVERS], clean, sigma)
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
