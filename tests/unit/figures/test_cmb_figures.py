"""Figures 5 to 9: every panel is there, with the paper's limits."""

import numpy as np
from latentearth.figures import cmb

RNG = np.random.default_rng(1)
MOMENTS = {name: RNG.normal(size=529) for name in cmb.REGIONAL}


def titles(figure):
    return [ax.get_title() for ax in figure.get_axes()]


def test_white_is_zero():
    limits = (-2.0, 10.0)
    colours = cmb.around_zero(limits)
    zero = np.array(colours((0 - limits[0]) / (limits[1] - limits[0]))[:3])
    assert (zero > 0.94).all()  # the middle of the colours is 0.97 in each channel
    low, high = colours(0.0), colours(1.0)
    assert low[0] > low[2] and high[2] > high[0]  # red and blue


def test_regional_maps_and_their_limits():
    figure = cmb.regional_moments({"McMC": MOMENTS, "GAN": MOMENTS})
    images = [ax.images[0] for ax in figure.get_axes() if ax.images]
    assert len(images) == 8
    assert [image.norm.boundaries[[0, -1]].tolist() for image in images[:4]] == [
        [6.8, 7.6], [0.0, 0.3], [-2.5, 2.5], [-2.0, 10.0],
    ]  # fmt: skip


def test_twenty_marginals_with_their_distances():
    distances = RNG.uniform(0, 0.1, 529)
    histograms = RNG.dirichlet(np.ones(48), (2, 529))
    figure = cmb.regional_marginals(distances, histograms, np.linspace(6.6, 7.8, 49))
    shown = [
        ax.texts[0].get_text() for ax in figure.get_axes() if len(ax.patches) == 2 and ax.texts
    ]
    points = [r * 23 + c for r in cmb.MARGINAL_ROWS for c in cmb.MARGINAL_COLUMNS]
    assert shown == [f"{distances[p]:.3f}" for p in points]


def test_global_grid_takes_the_nearest_point():
    lat, lon = np.array([80.0, -80.0]), np.array([0.0, 180.0])
    grid = cmb.to_map_grid(lat, lon, np.array([1.0, 2.0]))
    assert grid.shape == (72, 144)
    assert grid[0, 0] == 1 and grid[-1, 0] == 2


def test_an_ensemble_at_no_distance_from_itself_is_left_out_of_the_curve():
    percent, curve = np.array([50, 100]), np.full((2, 529), 0.02)
    plain = np.vstack([np.full(529, 0.01), np.zeros(529)])
    figure = cmb.convergence(
        percent, {"GAN": curve, "part": plain}, {"a": curve[0], "b": curve[1]}, {100: curve[0]}
    )
    lines = {line.get_label(): line for line in figure.get_axes()[0].lines}
    assert lines["part"].get_xdata().tolist() == [50]
    assert lines["GAN"].get_xdata().tolist() == [50, 100]
