"""The example of Figure 6."""

import numpy as np

from latentearth.inversion import three_minima


def test_minima_and_their_depths():
    found = three_minima.minima()
    # found with the authors' function by other means, to four digits
    expected = [[1.4839, 0.9149], [1.1882, 1.2154], [1.0294, 0.4340]]
    np.testing.assert_allclose(found, expected, atol=6e-5)
    np.testing.assert_allclose(
        three_minima.objective(found), [-5.4881, -4.7547, -4.3681], atol=6e-5
    )


def test_gradient_by_differences():
    z = np.random.default_rng(0).standard_normal((20, 2))
    small = 1e-5
    for axis in np.eye(2):
        slope = three_minima.objective(z + small * axis) - three_minima.objective(z - small * axis)
        # central differences: error of second order, and rounding of 1e-16 / 1e-5
        np.testing.assert_allclose(
            three_minima.gradient(z) @ axis, slope / (2 * small), atol=1e-6, rtol=1e-6
        )


def test_descent_prefers_the_deepest_minimum():
    rng = np.random.default_rng(1)
    ends = three_minima.descend_example(rng.standard_normal((200, 2)), rng)[-1]
    apart = np.linalg.norm(ends[:, None] - three_minima.minima(), axis=-1)
    share = (apart < 0.1).mean(0)
    # without noise the starts go to the nearest one; with it, most to the deepest (0.79 of 500)
    assert share[0] > 0.65 and share[0] > 2 * share[1:].max()


def test_without_noise_it_is_gradient_descent():
    start = np.array([[1.4, 0.8]])
    path = three_minima.descend_example(
        start,
        np.random.default_rng(0),
        iterations=400,
        step=0.02,
        step_decay=1.0,
        weight=0.0,
        noise=0.0,
    )
    assert (np.diff(three_minima.objective(path)[:, 0]) < 1e-12).all()
    np.testing.assert_allclose(path[-1, 0], three_minima.minima()[0], atol=1e-3)
