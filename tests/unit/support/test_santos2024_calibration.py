"""The table of calibration, and laws of errors of a prior."""

import numpy as np
import pytest

from latentearth.inversion.calibration import KnownTruth
from latentearth.inversion.image_priors import ImagePrior
from latentearth.samplers.targets import Normal
from latentearth.samplers.tempered_path import TemperedPath
from latentearth.samples import unordered
from support.calibration import Inverted, by_power, calibration_dataset, error_laws_of
from support.tables.santos2024_calibration import calibration_rows, null_row

REST = {"evaluations": 0, "cpu_s": 0.0, "log_evidence": 0.0}
TOLD = ("power", "log_likelihood", "nats", "ancestors", "cpu_s")


def scores(stated, placed):
    """Of a case that states a probability of all of 100 pixels, of which 70 are right."""
    pixels = np.zeros((3, 10))
    pixels[:, 7] = 100, 70, 100 * stated
    return {
        "pixels": pixels,
        "held": np.stack([np.full(6, 0.5), np.linspace(0.5, 1, 6)]),
        "component_ranks": np.array([0.5, 0.9]),
        "position_ranks": np.full(3, 0.5 if placed else np.nan),
        **{name: np.array(1.0) for name in TOLD},
    }


def test_rows_of_each_truth_and_law():
    cases = [(kind, "correlated", k, "full") for kind in ("cake", "own") for k in range(2)]
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


def test_posteriors_of_one_case_have_rows_of_their_own():
    values = [scores(stated, False) for stated in (0.9, 0.8, 0.75, 0.65)]
    for one, power in zip(values, (1.0, 1.0, 0.2, 0.2), strict=True):
        one["power"] = np.array(power)
    cases = [("cake", "correlated", k, kind) for kind in ("full", "powered") for k in range(2)]
    full, powered = calibration_rows(
        calibration_dataset(list(zip(cases, values, strict=True))), "stirring"
    )
    assert (full["posterior"], full["power"]) == ("full", 1.0)
    assert (powered["posterior"], powered["power"]) == ("powered", 0.2)
    assert full["overconfidence"] == pytest.approx(0.15)
    assert powered["overconfidence"] == pytest.approx(0.0)


def test_powers_of_a_case_are_judged_on_blocks_of_its_image():
    """An image of one grey, of which a prior's number of positive sign makes white."""
    value = np.array([-1.0, 1.0])

    def images(x):
        return np.broadcast_to((x[:, 0] > 0)[:, None, None], (len(x), 2, 2)).astype(float)

    def invert(observed, law, seed, until):
        path = TemperedPath()
        for beta in (0.01, until):
            weight = np.exp(beta * value) / np.exp(beta * value).sum()
            drawn = np.repeat(value, np.round(1000 * weight).astype(int))
            path.add(beta, unordered(drawn[:, None], drawn, np.ones(len(drawn)), **REST))
        return path

    inverted = Inverted(ImagePrior(Normal(1), images), images, None, invert)
    truth = KnownTruth(np.ones((4, 4)), np.zeros(1), np.zeros(1))
    seeding = np.random.SeedSequence(0), 1000
    powers, more = by_power(inverted, truth, None, seeding, 0.5).values()
    assert powers[0] < powers[-1] == pytest.approx(0.5)
    # all pixels are right, and stated with 1 / (1 + exp(-2 power)); rounded to draws of 1000
    np.testing.assert_allclose(more, 1 / (1 + np.exp(-2 * powers)) - 1, atol=3e-3)


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
