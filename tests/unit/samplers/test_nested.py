"""Nested sampling against integrals that are known."""

import tempfile

import numpy as np
import pytest

from latentearth.diagnostics.mixing import kish_ess
from latentearth.samplers import nested
from latentearth.samplers.nested import Nested
from latentearth.samplers.targets import Box, Normal, Posterior
from latentearth.samples import unordered
from latentearth.seeds import stream

BOUNDS = np.array([[0.0, 1000.0], [0.0, 1000.0], [0.0, 2430.0]])
CENTRE, WIDTH = np.array([380.0, 300.0, 1575.0]), np.array([20.0, 30.0, 25.0])
VOLUME = 2.43e9


def gaussian(points, centre=CENTRE):
    """A normal density times the volume of the box: its evidence is 1."""
    constant = np.log(VOLUME) - 0.5 * np.log(2 * np.pi * WIDTH**2).sum()
    return constant - 0.5 * (((points - centre) / WIDTH) ** 2).sum(axis=1)


def two(points):
    other = gaussian(points, CENTRE + np.array([300.0, 200.0, -800.0]))
    return np.logaddexp(np.log(0.7) + gaussian(points), np.log(0.3) + other)


ENGINES = ["nautilus"] + (["multinest"] if nested.multinest_available() else [])
GAUSSIAN = Posterior(gaussian, Box(BOUNDS))


def test_the_real_library_is_here():
    # in the lock; where it is missing, nautilus takes its place
    assert nested.multinest_available()


def test_gaussian():
    # (nautilus has its turn below: its networks take ten times longer than this)
    found = Nested(ENGINES[-1], effective=2000)(GAUSSIAN, None, stream(1))
    assert found.about["engine"] == ENGINES[-1] and found.cpu_s > 0
    # three standard errors; both state some 0.02
    assert abs(found.log_evidence) < 3 * found.log_evidence_error + 0.02
    error = WIDTH / np.sqrt(kish_ess(found.weight))
    assert (abs(found.mean - CENTRE) < 4 * error).all()
    np.testing.assert_allclose(found.deviation, WIDTH, rtol=0.1)
    assert found.weight.sum() == pytest.approx(1.0)


def test_both_samplers_agree_on_two_modes():
    target = Posterior(two, Box(BOUNDS))
    found = [Nested(name, effective=2000)(target, None, stream(2)) for name in ENGINES]
    for one in found:
        assert abs(one.log_evidence) < 3 * one.log_evidence_error + 0.02
        first = one.weight[0, np.abs(one.flat[:, 2] - CENTRE[2]) < 400].sum()
        # the share of a mode is binomial in the effective number, and MultiNest's live points
        assert first == pytest.approx(0.7, abs=4 * np.sqrt(0.21 / 400))
    a, b = found[0], found[-1]
    allowed = 3 * np.hypot(a.log_evidence_error, b.log_evidence_error) + 0.02
    assert abs(a.log_evidence - b.log_evidence) < allowed


def test_equal_seeds_give_equal_samples():
    # the library's first run in a process may differ from those that follow
    _, a, b = (Nested(live=60)(GAUSSIAN, None, stream(3)) for _ in range(3))
    np.testing.assert_array_equal(a.position, b.position)
    assert a.log_evidence == b.log_evidence


def test_14_a_long_path_for_temporary_files_changes_nothing(monkeypatch, tmp_path):
    """As clusters give it to jobs; MultiNest would cut names of its files."""
    folder = tmp_path / "scratch_of_the_cluster" / "job_1234567" / ("long" * 20)
    folder.mkdir(parents=True)
    # the library's first run in a process may differ from those that follow
    _, plain = (Nested(live=60)(GAUSSIAN, None, stream(3)) for _ in range(2))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    found = Nested(live=60)(GAUSSIAN, None, stream(3))
    np.testing.assert_array_equal(found.position, plain.position)
    assert not [*folder.iterdir()]


def test_nautilus_takes_the_place_of_a_missing_library(monkeypatch, capsys):
    monkeypatch.setattr(nested, "multinest_available", lambda: False)
    made = unordered(np.zeros((1, 3)), np.zeros(1), np.ones(1), evaluations=1, cpu_s=0.0)
    monkeypatch.setattr(Nested, "_nautilus", lambda *rest: made)
    assert Nested("multinest")(GAUSSIAN, None, stream(1)).about["engine"] == "nautilus"
    assert "nautilus instead" in capsys.readouterr().out


def test_priors_and_names_are_checked():
    with pytest.raises(ValueError, match="the lower first"):
        Box(BOUNDS[:, ::-1])
    with pytest.raises(ValueError, match="multinest or nautilus, not emcee"):
        Nested("emcee")
    with pytest.raises(TypeError, match="the prior of a Box"):
        Nested(ENGINES[0])(Posterior(gaussian, Normal(3)), None, stream(1))
