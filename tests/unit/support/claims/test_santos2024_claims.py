"""Findings of Santos et al. (2024) on results made to order: a good one, and one spoilt."""

import numpy as np
import pytest
import xarray as xr

from claims.santos2024 import FINDINGS, SETTINGS
from support.ledger.verdicts import Results, verdict
from support.published_values import Table

REPRODUCED, DIFFERS = "reproduced", "differs"
GRID = ("target", "coefficient", "row", "column")
EXPERIMENTS, TARGETS = "table_experiments.csv", "table_targets.csv"
SOLUTION = "inversion/solution/{}.nc"


class Made(Results):
    """Results that no file holds, at the laptop scale."""

    def __init__(self, files):
        super().__init__("nowhere", "laptop")
        self.files = files

    def __call__(self, name):
        """One of them."""
        self.origins[name] = None
        return self.files[name]


def judged(id, files):
    """The verdict on an entry, of files by name."""
    (entry,) = [entry for entry in [*FINDINGS, *SETTINGS] if entry.id == id]
    return verdict(entry, Made(files))


def noise(*shape):
    """Normal numbers, the same at every call."""
    return np.random.default_rng(5).normal(size=shape)


def residuals(values):
    """A solution of targets whose mean images leave these residuals."""
    return {
        SOLUTION.format("targets"): xr.Dataset(
            {"observed": (GRID, values), "predicted": (GRID, np.zeros_like(values))}
        )
    }


def test_errors_are_uncorrelated_unless_one_coefficient_is_a_copy_or_neighbours_are_alike():
    between, in_space = "errors-uncorrelated", "errors-uncorrelated-in-space"
    left = noise(10, 6, 10, 10)
    for id in (between, in_space):
        assert judged(id, residuals(left)).verdict == REPRODUCED
    copies = left.copy()
    copies[:, 1] = -copies[:, 0]
    assert judged(between, residuals(copies)).verdict == DIFFERS
    assert judged(in_space, residuals(copies)).verdict == REPRODUCED
    smooth = left + np.roll(left, 1, axis=3)
    assert judged(in_space, residuals(smooth)).verdict == DIFFERS
    assert judged(between, residuals(smooth)).verdict == REPRODUCED


def uncertain(deviation, right):
    """Mean images with a known chance of white in each pixel, and this times their deviation."""
    white = np.random.default_rng(1).uniform(size=(10, 40, 40))
    truth = np.random.default_rng(2).uniform(size=white.shape) < white
    plane = ("target", "y", "x")
    row = {"correct_mean": right, "correct_prior_mean": 0.55, "correct_best_prior_image": 0.7}
    d = {
        "mean": (plane, white),
        "deviation": (plane, deviation * np.sqrt(white * (1 - white))),
        "true_image": (plane, truth.astype(float)),
    }
    return {TARGETS: Table([row] * 10), SOLUTION.format("targets"): xr.Dataset(d)}


def test_uncertainty_of_pixels_counts_where_it_is_honest_and_the_target_recovered():
    assert judged("pixel-uncertainty", uncertain(1.0, 0.75)).verdict == REPRODUCED
    assert judged("pixel-uncertainty", uncertain(0.5, 0.75)).verdict == DIFFERS
    found = judged("pixel-uncertainty", uncertain(1.0, 0.6))
    assert found.verdict == DIFFERS and "targets are recovered" in found.reason


def over_wavelengths(right, deviation):
    """Experiments at L/5, L/3, L/2 and L."""
    names = ("principal", "cutoff_3", "cutoff_2", "cutoff_1")
    rows = [
        {"experiment": name, "correct_mean": r, "mean_deviation": s} | PRIOR
        for name, r, s in zip(names, right, deviation, strict=True)
    ]
    contrast = (0.4, 0.3, 0.2, 0.1)
    media = {
        SOLUTION.format(name): xr.Dataset({"mean": ("x", [-c, c])})
        for name, c in zip(names, contrast, strict=True)
    }
    return {EXPERIMENTS: Table(rows), **media}


PRIOR = {"correct_prior_mean": 0.55, "prior_deviation": 0.46, "correct_best_prior_image": 0.69}
FALLING, RISING = (0.8, 0.75, 0.7, 0.56), (0.3, 0.38, 0.42, 0.46)


@pytest.mark.parametrize(
    ("id", "right", "deviation"),
    [
        ("recovery-falls-with-wavelength", (0.8, 0.82, 0.7, 0.56), RISING),  # better at L/3
        ("uncertainty-grows-with-wavelength", FALLING, RISING[::-1]),
        ("half-box-near-prior", FALLING, (0.3, 0.31, 0.32, 0.46)),
        ("mean-image-sharper", (0.6, 0.59, 0.58, 0.56), RISING),  # nothing is recovered
    ],
)
def test_of_wavelengths_all_four_count_and_only_if_the_target_is_recovered(id, right, deviation):
    assert judged(id, over_wavelengths(FALLING, RISING)).verdict == REPRODUCED
    assert judged(id, over_wavelengths(right, deviation)).verdict == DIFFERS
    unrecovered = (0.6, 0.59, 0.58, 0.56)
    assert judged(id, over_wavelengths(unrecovered, RISING)).verdict == DIFFERS


def test_the_mean_image_has_to_beat_the_nearest_training_image():
    for right, word in ((0.8, REPRODUCED), (0.69, DIFFERS), (0.4, DIFFERS)):
        files = over_wavelengths((right, 0.7, 0.66, 0.56), RISING)
        assert judged("mean-image-recovers-target", files).verdict == word


def test_further_targets_must_be_ahead_by_more_than_they_scatter():
    def ahead(by):
        rows = [
            {"target": 1.0, "correct_mean": 0.74 + k, "correct_best_prior_image": 0.74} for k in by
        ]
        return {TARGETS: Table(rows), **recoveries(null=null)}

    id, null = "further-targets-recovered", 0.72
    assert judged(id, ahead([0.02, 0.03] * 5)).verdict == REPRODUCED
    assert judged(id, ahead([0.13, -0.08] * 5)).verdict == DIFFERS
    null = 0.8  # a linear map is as far ahead
    assert judged(id, ahead([0.02, 0.03] * 5)).verdict not in (REPRODUCED, DIFFERS)


def test_twins_are_found_where_each_chain_fits_as_well_as_the_truth():
    medium, sigma = noise(2, 6, 10, 10), np.full(6, 0.2)
    observed = medium + 0.2 * np.random.default_rng(6).normal(size=medium.shape)
    truth = -0.5 * (((observed - medium) / 0.2) ** 2).sum(axis=(1, 2, 3))
    twins = xr.Dataset(
        {"medium": (GRID, medium), "observed": (GRID, observed), "sigma_o": ("coefficient", sigma)}
    )
    target = np.array([0, 0, 1, 1])  # two chains each, whose samples swing by one
    swing = np.array([-1.0, 1.0])
    for shift, word in (([0, 0, 0, 0], REPRODUCED), ([0, 0, 11, -11], DIFFERS)):
        found = (truth[target] + shift)[:, None] + swing
        chains = {"log_likelihood": (("chain", "sample"), found), "target": ("chain", target)}
        files = {"inversion/chains/twins.nc": xr.Dataset(chains)}
        files["inversion/observed_twins.nc"] = twins
        assert judged("twins-mode-found", files).verdict == word


def lines(ends, grey):
    """Distances along lines, and one image: latent space first, then physical."""
    space, image = ("latent", "physical"), np.full((2, 1, 2, 2), 1.0)
    image[0] = 0.5 if grey else 1.0
    d = {
        "basin_width": (("space", "line"), [[0.8], [0.15]]),
        "distance": (("space", "line", "along"), [[[ends, 0.0, ends]], [[0.5, 0.0, 0.5]]]),
        "image": (("space", "shown", "y", "x"), image),
    }
    return {"generator/continuity.nc": xr.Dataset(d, {"space": list(space)})}


def test_a_smooth_generator_counts_only_if_it_makes_cakes_that_change():
    assert judged("continuity-basin", lines(0.3, grey=False)).verdict == REPRODUCED
    for spoilt, why in ((lines(0.3, grey=True), "two rocks"), (lines(0.1, False), "change half")):
        found = judged("continuity-basin", spoilt)
        assert found.verdict == DIFFERS and why in found.reason


def test_a_spectrum_is_no_more_than_a_gaussian_field_has():
    wavenumber = np.arange(1.0, 64.0)
    power = np.stack([1 / wavenumber, 1.01 / wavenumber, 1 / wavenumber])
    sets = ["training", "held_out", "generated"]
    d = xr.Dataset(
        {"slope": ("set", [-0.96, -0.96, -1.07]), "spectrum": (("set", "wavenumber"), power)},
        {"set": sets, "wavenumber": wavenumber},
    )
    file = "generator/assessment.nc"
    assert judged("gan-spectrum", {file: d}).verdict == "reproduced, but the null does as well"
    assert judged("gan-spectrum", {file: d.assign(slope=-d.slope)}).verdict == DIFFERS
    assert judged("gan-same-spectrum", {file: d}).verdict == "reproduced, but the null does as well"
    d.spectrum[2, 30] /= 2
    assert judged("gan-same-spectrum", {file: d}).verdict == DIFFERS


def test_noise_is_14_decibels_below_the_variability():
    medium = noise(11, 6, 10, 10)
    added = np.random.default_rng(6).normal(size=medium.shape)
    errors = xr.Dataset({"spread": ("coefficient", np.ones(6))})
    for size, word in ((0.2, "as stated"), (0.1, DIFFERS)):
        d = xr.Dataset({"medium": (GRID, medium), "observed": (GRID, medium + size * added)})
        files = {"inversion/observed_5.nc": d, "inversion/errors.nc": errors}
        assert judged("noise-level", files).verdict == word


def recoveries(right=0.96, evidence=(-350.0, -352.0), short=4.0, null=0.75, **agree):
    """The table of recovery: two runs of each of two targets, nulls, and the generator."""
    agree = {"mean_correlation": 0.99, "r_hat": (1.04, 1.07), "ancestors": 60.0} | agree
    head = {"wavelength": 0.2, "log_likelihood": -300.0 - short, "log_likelihood_of_truth": -300.0}
    rows = [
        head
        | {"target": t, "prior": "stirring", "pixels_right": right, "log_evidence": value}
        | {"nats": 48.0, "r_hat_largest": agree["r_hat"][int(t)], "r_hat_by_chance": 1.08}
        | {name: agree[name] for name in ("mean_correlation", "ancestors")}
        for t in (0.0, 1.0)
        for value in evidence
    ]
    for prior, share in (("mean", 0.55), ("nearest_image", min(null, 0.7)), ("wiener", null)):
        rows += [
            head | {"target": t, "prior": prior, "pixels_right": share, "log_evidence": np.nan}
            for t in (0.0, 1.0, 2.0)
        ]
    rows.append(rows[0] | {"prior": "wgan_gp", "pixels_right": 0.7, "log_evidence": -900.0})
    return {"table_recovery.csv": Table(rows)}


IMPRACTICABLE, RECOVERY = "stirring-inversion-impracticable", "recovery-stirring"


@pytest.mark.parametrize(
    ("id", "good", "spoilt"),
    [
        (RECOVERY, {}, {"right": 0.8}),
        ("recovery-stirring-worst", {}, {"right": 0.87}),
        ("recovery-mode-found", {}, {"short": 11.0}),
        ("recovery-effective-draws", {}, {"ancestors": 19.0}),
        ("recovery-evidence", {}, {"evidence": (-350.0, -880.0)}),
        (IMPRACTICABLE, {"right": 0.74}, {}),
        ("generator-beats-linear-map", {"null": 0.69}, {"null": 0.71}),
    ],
)
def test_recovery_counts_where_it_is_one(id, good, spoilt):
    assert judged(id, recoveries(**good)).verdict == REPRODUCED
    assert judged(id, recoveries(**spoilt)).verdict == DIFFERS


@pytest.mark.parametrize(
    ("id", "spoilt"),
    [
        ("recovery-seeds-agree-eleven", {"evidence": (-350.0, -353.0)}),
        ("recovery-means-agree-eleven", {"mean_correlation": 0.97}),
        ("recovery-pixels-mixed-eleven", {"r_hat": (1.0, 1.07)}),
        ("recovery-effective-draws-eleven", {"ancestors": 19.0}),
        ("recovery-independent-particles", {"evidence": (-350.0, -353.0)}),
    ],
)
def test_runs_of_a_study_agree_in_all_targets(id, spoilt):
    assert of_study(id, {"r_hat": (1.0, 1.02)}).verdict == REPRODUCED
    assert of_study(id, spoilt).verdict == DIFFERS


def of_study(id, given):
    """What a study with such recoveries says."""
    (entry,) = [entry for entry in FINDINGS if entry.id == id]
    results = Made(recoveries(**given))
    results.scale = "study"
    return verdict(entry, results)


def test_what_chance_alone_does_to_pixels_is_said():
    found = of_study("recovery-pixels-mixed-eleven", {})
    assert found.ours == 1.07 and "1.080" in found.told


def test_recovery_says_nothing_where_a_linear_map_does_as_well():
    assert judged(RECOVERY, recoveries(null=0.95)).verdict not in (REPRODUCED, DIFFERS)


def test_every_target_has_to_beat_its_own_null():
    targets = {TARGETS: Table([{"target": 1.0, "correct_mean": 0.7, "correct_prior_mean": 0.55}])}
    assert judged("further-targets-each", targets | recoveries(null=0.6)).verdict == REPRODUCED
    found = judged("further-targets-each", targets | recoveries(null=0.75)).verdict
    assert found not in (REPRODUCED, DIFFERS)


def foreign(**excess):
    """The table of foreign media: how far each is from being fitted."""
    known = {"ring": 40.0, "layers": 90.0, "marble_cake": 0.3, "amplitude": 20.0, "duration": 9.0}
    rows = [
        {"kind": kind, "excess_deviations": v, "log_odds": 30 - 10 * v}
        for kind, v in (known | excess).items()
    ]
    return {"table_foreign.csv": Table(rows)}


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        ("foreign-pictures-fit-poorly", "ring"),
        ("foreign-flows-fit-poorly", "duration"),
        ("foreign-evidence", "layers"),
    ],
)
def test_a_poor_fit_tells_only_where_a_cake_of_the_prior_is_fitted(id, kind):
    assert judged(id, foreign()).verdict == REPRODUCED
    assert judged(id, foreign(**{kind: 2.0})).verdict == DIFFERS
    assert judged(id, foreign(marble_cake=30.0)).verdict == DIFFERS


def test_one_error_of_the_generator_serves_only_where_it_is_as_large():
    for at_half, word in ((9.9, REPRODUCED), (6.1, DIFFERS)):
        rows = [
            {"wavelength": w, "coefficient": "C11", "sigma_g_GPa": value}
            for w, value in ((0.2, 10.9), (0.5, at_half))
        ]
        files = {"table_errors_by_cutoff.csv": Table(rows)}
        assert judged("sigma-generator-at-half-box", files).verdict == word


def likelihoods(large=0.4, iso=0.4, right=0.75, stated=0.76, held=0.94, evidence=-160.0):
    """The table of likelihoods of two targets."""
    rows = []
    for errors, method in (
        ("independent", "annealing"),
        ("correlated", "annealing"),
        ("observation", "linear"),
    ):
        for data, share in (("anisotropic", 1.0), ("isotropic", iso), ("large", large)):
            row = {"errors": errors, "data": data, "method": method, "nats": 10 * share}
            row |= {"pixels_right": right if share == 1 else 0.7, "pixels_stated": stated}
            row |= {"held_95": held}
            row |= {"log_evidence": evidence if errors == "correlated" else -200.0}
            rows += [row | {"target": t} for t in (0.0, 1.0)]
    return {"table_likelihoods.csv": Table(rows)}


@pytest.mark.parametrize(
    ("id", "spoilt"),
    [
        ("anisotropy-tells-independent", {"iso": 0.6}),
        ("anisotropy-tells-correlated", {"iso": 0.6}),
        ("anisotropy-tells-undrowned", {"large": 0.6}),
        ("anisotropy-pixels", {"right": 0.71}),
        ("coefficients-held-correlated", {"held": 0.8}),
        ("pixels-honest-independent", {"stated": 0.9}),
        ("correlated-errors-evidence", {"evidence": -199.0}),
    ],
)
def test_anisotropy_is_judged_by_both_laws_of_errors(id, spoilt):
    assert judged(id, likelihoods()).verdict == REPRODUCED
    assert judged(id, likelihoods(**spoilt)).verdict == DIFFERS


def test_independent_errors_are_judged_by_images_left_out():
    for correlated, word in ((-199.0, REPRODUCED), (-150.0, DIFFERS)):
        scores = ("errors", [correlated, -200.0])
        d = xr.Dataset({"log_density": scores}, {"errors": ["correlated", "independent"]})
        assert judged("correlated-errors-describe", {"inversion/likelihoods.nc": d}).verdict == word
