"""Figures 5 to 9: every panel is there, with the paper's limits."""

import numpy as np

from latentearth.figures.projections import Region
from support.figures import scheiter2022_cmb

RNG = np.random.default_rng(1)
MOMENTS = {name: RNG.normal(size=529) for name in scheiter2022_cmb.REGIONAL}


def titles(figure):
    return [ax.get_title() for ax in figure.get_axes() if ax.get_title()]


def pictures(figure):
    """The axes of a figure that hold a picture, and the pictures."""
    return {ax: ax.images[0] for ax in figure.get_axes() if ax.images}


def limits(picture):
    """Limits of a picture's colours, in steps or not."""
    steps = getattr(picture.norm, "boundaries", None)
    return tuple(picture.get_clim() if steps is None else steps[[0, -1]])


def test_white_is_zero():
    limits = (-2.0, 10.0)
    colours = scheiter2022_cmb.around_zero(limits)
    zero = np.array(colours((0 - limits[0]) / (limits[1] - limits[0]))[:3])
    assert (zero > 0.94).all()  # the middle of the colours is 0.97 in each channel
    low, high = colours(0.0), colours(1.0)
    assert low[0] > low[2] and high[2] > high[0]  # red and blue


def test_regional_maps_and_their_limits():
    figure = scheiter2022_cmb.regional_moments({"McMC": MOMENTS, "GAN": MOMENTS})
    images = [ax.images[0] for ax in figure.get_axes() if ax.images]
    assert len(images) == 8
    assert [image.norm.boundaries[[0, -1]].tolist() for image in images[:4]] == [
        [6.8, 7.6],
        [0.0, 0.3],
        [-2.5, 2.5],
        [-2.0, 10.0],
    ]


def test_twenty_marginals_with_their_distances():
    distances = RNG.uniform(0, 0.1, 529)
    histograms = RNG.dirichlet(np.ones(48), (2, 529))
    figure = scheiter2022_cmb.regional_marginals(
        distances, 1.2 * distances, histograms, np.linspace(6.6, 7.8, 49)
    )
    shown = [
        ax.texts[0].get_text() for ax in figure.get_axes() if len(ax.patches) == 2 and ax.texts
    ]
    points = [
        r * 23 + c
        for r in scheiter2022_cmb.MARGINAL_ROWS
        for c in scheiter2022_cmb.MARGINAL_COLUMNS
    ]
    assert shown == [f"{distances[p]:.3f}" for p in points]


def test_global_grid_takes_the_nearest_point():
    lat, lon = np.array([80.0, -80.0]), np.array([0.0, 180.0])
    grid = scheiter2022_cmb.to_map_grid(lat, lon, np.array([1.0, 2.0]))
    assert grid.shape == (72, 144)
    assert grid[0, 0] == 1 and grid[-1, 0] == 2


def test_an_ensemble_at_no_distance_from_itself_is_left_out_of_the_curve():
    percent, curve = np.array([50, 100]), np.full((2, 529), 0.02)
    plain = np.vstack([np.full(529, 0.01), np.zeros(529)])
    figure = scheiter2022_cmb.convergence(
        percent, {"GAN": curve, "part": plain}, {"a": curve[0], "b": curve[1]}, {100: curve[0]}
    )
    lines = {line.get_label(): line for line in figure.get_axes()[0].lines}
    assert lines["part"].get_xdata().tolist() == [50]
    assert lines["GAN"].get_xdata().tolist() == [50, 100]


def test_places_of_another_region_have_its_names():
    covariance, america = np.zeros((2, 529, 529)), Region(-20.0, 30.0, 250.0, 310.0)
    figure = scheiter2022_cmb.covariances(covariance, [(30.0, 250.0), (-20.0, -50.0)], america)
    # east of Greenwich beyond 180 degrees is west
    assert titles(figure)[1:3] == ["McMC, 30° N, 110° W", "McMC, 20° S, 50° W"]


def test_covariances_beside_four_point_spread_functions():
    # Each element tells its row and column, so that a picture tells which row is shown.
    covariance = np.arange(529)[:, None] + np.arange(529) / 1000
    covariance = np.stack([covariance, -covariance]) * 1e-5
    places = [(-11.36, 117.36), (-11.36, 144.64), (-38.64, 117.36), (-38.64, 144.64)]
    figure = scheiter2022_cmb.covariances(covariance, places)
    shown = pictures(figure)
    assert len(shown) == 2 * (1 + 4)
    assert {limits(picture) for picture in shown.values()} == {(-0.01, 0.01)}
    named = [f"{lat}° S, {lon}° E" for lat in (11, 39) for lon in (117, 145)]
    expected = []
    for name in ("McMC", "GAN"):
        expected += [f"{name} covariance", *(f"{name}, {place}" for place in named)]
    assert titles(figure) == expected
    # Rows and columns 5 and 17 of the grid. Interpolation stays between values of a row, but for
    # rounding: 1e-16 of 500, with room.
    points = [5 * 23 + 5, 5 * 23 + 17, 17 * 23 + 5, 17 * 23 + 17]
    for ax, point in zip([ax for ax in shown if "McMC, " in ax.get_title()], points, strict=True):
        values = np.ma.compressed(np.ma.masked_invalid(shown[ax].get_array())) * 1e5
        assert point - 1e-9 <= values.min() and values.max() <= point + 0.529
        assert len(ax.lines) > 1  # coastlines, and the star


def test_two_parts_of_the_chains_beside_the_whole():
    distances = {"first 40%": RNG.uniform(0, 0.2, 529), "first 50%": RNG.uniform(0, 0.05, 529)}
    matrices = {name: np.eye(529) for name in ("40% (GAN)", "50% (GAN)", "100% (McMC)")}
    figure = scheiter2022_cmb.limited_samples(distances, matrices)
    found = [limits(picture) for picture in pictures(figure).values()]
    assert found == [(0.0, 0.1)] * 2 + [(-0.01, 0.01)] * 3
    assert titles(figure) == list(matrices)
    texts = [text.get_text() for ax in figure.get_axes() for text in ax.texts]
    beyond = int((distances["first 40%"] > 0.1).sum())
    assert f"median {np.median(distances['first 40%']):.3f} km/s\n{beyond} beyond" in texts
    assert f"median {np.median(distances['first 50%']):.3f} km/s" in texts


GLOBE = {name: RNG.normal(size=(72, 144)) for name in scheiter2022_cmb.GLOBAL}


def test_global_maps_and_their_limits():
    shown = pictures(scheiter2022_cmb.global_maps({"McMC": GLOBE, "GAN": GLOBE}))
    # of ensembles down and moments across
    assert [limits(picture) for picture in shown.values()] == [(6.78, 7.6), (0.0, 0.35)] * 2
    assert all(ax.lines for ax in shown)  # coastlines


def test_three_columns_of_four_moments():
    names = ["McMC (published)", "WGAN (published)", "our WGAN"]
    figure = scheiter2022_cmb.compared_maps(dict.fromkeys(names, GLOBE))
    shown = [limits(picture) for picture in pictures(figure).values()]
    rows = [(6.78, 7.6), (0.0, 0.35), (-2.5, 2.5), (-2.0, 10.0)]
    assert shown == [row for row in rows for _ in names]
    assert titles(figure) == names


def test_losses_mark_the_weights_that_were_kept():
    steps, scores = np.array([10, 20, 30]), np.array([[0.3, 0.2], [0.1, 0.4], [0.2, 0.5]])
    training = {
        "step": np.arange(6),
        "discriminator_loss": np.zeros((6, 2)),
        "generator_loss": np.ones((6, 2)),
        "validation_step": steps,
        "validation_emd": scores,
        "best_step": np.array([20, 10]),
    }
    figure = scheiter2022_cmb.losses({"WGAN": training, "DCGAN": training})
    panels = figure.get_axes()
    assert len(panels) == 6
    for ax in panels[2::3]:
        kept = next(line for line in ax.lines if line.get_label() == "weights kept")
        assert kept.get_xydata().tolist() == [[20, 0.1], [10, 0.2]]
