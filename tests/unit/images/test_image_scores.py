"""Scores of image ensembles against cases whose answer is known."""

import numpy as np
import pytest

from latentearth.earth.stirring import Distributions
from latentearth.images.assessment import assess
from latentearth.images.continuity import compare_lines, physical_spread
from latentearth.images.scores import (
    basin_width,
    binarity,
    coarse,
    local_minima,
    prdc_scores,
    sliced_wasserstein,
    squared_distances,
)
from latentearth.seeds import stream

SEED = stream(5, "images")


def test_coarse_images_are_means_over_blocks():
    images = np.arange(2 * 4 * 4).reshape(2, 4, 4)
    blocks = coarse(images, 2)
    assert blocks.shape == (2, 4) and blocks[0].tolist() == [2.5, 4.5, 10.5, 12.5]
    assert coarse(images, 16).tolist() == images.reshape(2, 16).tolist()
    with pytest.raises(ValueError, match="3 blocks along 4"):
        coarse(images, 3)


def test_binarity_counts_pixels_near_black_or_white():
    image = np.array([[[0.0, 0.1, 0.11, 0.5], [0.89, 0.9, 1.0, 1.0]]])
    assert binarity(image) == 5 / 8


def test_distances_against_their_definition():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(5, 7)), rng.normal(size=(6, 7))
    wanted = ((a[:, None] - b) ** 2).sum(-1)
    np.testing.assert_allclose(squared_distances(a, b), wanted, rtol=0, atol=1e-12)


def test_one_distribution_covers_itself():
    """Coverage of equal numbers of one distribution is about 1 - 2^-k (Naeem et al. 2020)."""
    rng = np.random.default_rng(2)
    real, generated = rng.normal(size=(2, 1500, 6))
    scores = prdc_scores(real, generated, 5)
    # 1 - 2^-5 = 0.969; balls share points, so that the spread is a few times that of 1500 throws
    assert scores["coverage"] == pytest.approx(1 - 2**-5, abs=0.02)
    assert scores["density"] == pytest.approx(1, abs=0.1)
    assert abs(scores["precision"] - scores["recall"]) < 0.03 and scores["precision"] > 0.8


def test_sets_apart_cover_nothing():
    rng = np.random.default_rng(3)
    real = rng.normal(size=(200, 4))
    scores = prdc_scores(real, real + 100)
    assert scores == {"precision": 0, "recall": 0, "density": 0, "coverage": 0}


def test_a_collapsed_generator_is_precise_but_covers_little():
    """All generated points near one of two clusters: precise; half of the real ones unreached."""
    rng = np.random.default_rng(4)
    real = rng.normal(size=(600, 4))
    real[300:] += 50
    scores = prdc_scores(real, rng.normal(size=(600, 4)))
    assert scores["precision"] > 0.85 and scores["density"] > 0.8
    # the reached half at about 1 - 2^-2k, as twice as many points are there
    assert 0.45 < scores["coverage"] <= 0.5 and scores["recall"] <= 0.5


def test_a_scattering_generator_covers_but_is_not_precise():
    rng = np.random.default_rng(5)
    real, wide = rng.normal(size=(600, 3)), 5 * rng.normal(size=(600, 3))
    scores = prdc_scores(real, wide)
    assert scores["precision"] < 0.4 < scores["recall"]


def test_scores_need_neighbours():
    with pytest.raises(ValueError, match="5 and 9 points"):
        prdc_scores(np.zeros((5, 2)), np.zeros((9, 2)), 5)


def test_sliced_distance_of_a_shift():
    """A shift by c moves all points by |c . a| along a: its mean is |c| sqrt(2 / (pi d))."""
    rng = np.random.default_rng(6)
    points, shift = rng.normal(size=(400, 12)), np.full(12, 0.7)
    found = sliced_wasserstein(points, points + shift, SEED, 4000)
    wanted = np.linalg.norm(shift) * np.sqrt(2 / (np.pi * 12))
    # 1/sqrt(4000) of a spread of 0.75 of the mean; the mean is smaller by 1/4d on a sphere
    assert found == pytest.approx(wanted, rel=0.05)
    assert sliced_wasserstein(points, points[::-1], SEED) == 0
    assert found == sliced_wasserstein(points, points + shift, SEED, 4000)
    with pytest.raises(ValueError, match=r"\(400, 12\) and \(399, 12\)"):
        sliced_wasserstein(points, points[1:], SEED)


def test_valleys_of_curves():
    along = np.linspace(-1, 1, 201)
    assert local_minima(np.cos(6 * np.pi * along)) == 6
    assert local_minima(along**2) == 1
    # a parabola reaches half of its height at sqrt(1/2)
    assert basin_width(along, along**2) == pytest.approx(np.sqrt(2), abs=1e-3)
    steps = np.where(along == 0, 0.0, 1.0)
    assert basin_width(along, steps) == pytest.approx(0.01)  # half of a step on either side
    lopsided = np.where(along > 0, along, 0.1 * np.abs(along))  # never reaches half on the left
    assert basin_width(along, lopsided) == pytest.approx(1.5)


def test_lines_in_smooth_and_in_rough_spaces():
    """A plane wave: the slower one has the wider valley, and the fast one more of them."""
    x = np.linspace(0, 1, 16)

    def wave(points):
        phase = points @ np.array([1.0, -2.0])
        return 0.5 + 0.5 * np.cos(phase[:, None, None] + 6 * x[:, None] + 0 * x)

    middles = np.random.default_rng(7).normal(size=(4, 2))
    spaces = {"slow": (wave, middles, 0.3), "fast": (wave, middles, np.array([10.0, 0.0]))}
    result = compare_lines(spaces, 100, 5, SEED)
    assert result.sizes == {"space": 2, "along": 101, "shown": 5, "line": 4, "y": 16, "x": 16}
    assert (result.distance.sel(along=0, method="nearest") == 0).all()
    slow, fast = (result.sel(space=name) for name in ("slow", "fast"))
    assert (slow.basin_width > 4 * fast.basin_width).all()
    assert (slow.minima == 0).all() and (fast.minima >= 1).any()
    assert (slow.jump < fast.jump / 50).all()
    middle = result["image"].sel(space="slow", shown=0.0)
    np.testing.assert_allclose(middle, wave(middles[:1])[0], rtol=0, atol=1e-6)


def test_physical_lines_leave_the_centre_alone():
    spread = physical_spread(Distributions(0.08, (0.5, 1.5), (0.0, 1.0), (0.0, 6.0)))
    np.testing.assert_allclose(spread * np.sqrt(12), [0, 0, 1, 1, 1, 1, 6, 6], atol=1e-12)


def noise(count, seed, shift=0.0):
    """Images of white noise, partly black and white."""
    rng = np.random.default_rng(seed)
    return (rng.random((count, 16, 16)) < 0.5 + shift).astype(np.uint8)


def test_assessment_of_a_perfect_and_of_a_copying_generator():
    training, held_out = noise(300, 1), noise(200, 2)
    fine = assess(training, held_out, noise(200, 3), SEED, 50, 8, 5, 64)
    # white noise has equal power per mode, so that shells, which hold about 2 pi k modes, grow
    # as k; the outermost shells of 8 wavenumbers are whole
    assert fine.slope.values == pytest.approx([1, 1, 1], abs=0.15)
    assert (fine.binarity == 1).all() and fine.spectrum.sizes == {"set": 3, "wavenumber": 8}
    # what is as good as the training images has the same scores
    for name in ("precision", "recall", "coverage", "density"):
        ours, best = fine[name].sel(source="generated"), fine[name].sel(source="training")
        assert float(ours) == pytest.approx(float(best), abs=0.12), name
    assert fine.nearest.min() > 0.3
    copied = assess(training, held_out, training[:200], SEED, 50, 8, 5, 64)
    assert (copied.nearest.sel(compared="generated") == 0).all()
    assert copied.nearest_index.sel(compared="generated").values.tolist() == list(range(50))
    shifted = assess(training, held_out, noise(200, 3, 0.2), SEED, 50, 8, 5, 64)
    distances = shifted.sliced_wasserstein
    assert distances.sel(source="generated") > 3 * distances.sel(source="training")
