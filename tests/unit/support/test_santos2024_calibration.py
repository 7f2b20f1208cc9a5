"""The table of calibration, and laws of errors of a prior."""

import numpy as np
import pytest

from support.calibration import calibration_dataset, error_laws_of
from support.tables.santos2024_calibration import calibration_rows, null_row


def scores(stated, placed):
    """Of a case that states a probability of all of 100 pixels, of which 70 are right."""
    pixels = np.zeros((3, 10))
    pixels[:, 7] = 100, 70, 100 * stated
    return {
        "pixels": pixels,
        "held": np.stack([np.full(6, 0.5), np.linspace(0.5, 1, 6)]),
        "component_ranks": np.array([0.5, 0.9]),
        "position_ranks": np.full(3, 0.5 if placed else np.nan),
        **{name: np.array(1.0) for name in ("log_likelihood", "nats", "ancestors", "cpu_s")},
    }


def test_rows_of_each_truth_and_law():
    cases = [(kind, "correlated", k) for kind in ("cake", "own") for k in range(2)]
    values = [scores(0.8, False), scores(0.7, False), *[scores(0.7, True)] * 2]
    found = calibration_dataset(list(zip(cases, values, strict=True)))
    cake, own = calibration_rows(found, "wgan_gp")
    assert (cake["prior"], cake["errors"], cake["truth"], cake["cases"]) == (
        "wgan_gp",
        "correlated",
        "cake",
        2,
    )
    assert cake["pixels_right"] == pytest.approx(0.7)
    assert cake["overconfidence"] == pytest.approx(0.05)
    assert cake["overconfidence_error"] == pytest.approx(0.05)  # of 0.1 and 0, over the root of 2
    assert cake["held_95"] == pytest.approx(0.75)
    assert (cake["held_95_C11"], cake["held_95_C23"]) == (0.5, 1.0)
    assert cake["components_68"] == 0.5 and cake["components_95"] == 1.0
    assert np.isnan(cake["positions_95"]) and own["positions_95"] == 1.0


def test_the_null_states_what_the_prior_knows():
    white = np.array([[0.9, 0.1], [0.9, 0.1]])
    images = np.array([[[1, 0], [1, 0]], [[1, 0], [0, 1]]])
    row = null_row(white, images, {"held_95": 1.0})
    assert row["pixels_right"] == 0.75 and row["pixels_stated"] == pytest.approx(0.9)
    assert np.isnan(row["held_95"])


def test_laws_differ_off_the_diagonal_alone():
    rng = np.random.default_rng(0)
    media = rng.standard_normal((50, 1, 1, 1)) + 0.1 * rng.standard_normal((50, 6, 2, 2))
    laws = error_laws_of(0.3 * media[:20], media, np.full(6, 0.1))
    alone, together = laws["independent"], laws["correlated"]
    np.testing.assert_allclose(np.diag(alone.everything), np.diag(together.everything))
    assert np.count_nonzero(alone.everything - np.diag(np.diag(alone.everything))) == 0
    assert together.everything[0, 4] > 0.5 * together.model[0, 0]  # C11 and C22 at one point
