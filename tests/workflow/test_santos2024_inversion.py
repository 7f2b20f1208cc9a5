"""The inversions of Santos et al. (2024) in the DAG and in the config."""

import pytest
import yaml
from runs import ROOT, jobs

from support.config import ConfigError, validate


def settings(**inversion):
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["santos2024"]["inversion"] |= inversion
    return config


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"anisotropy_waves": 4}, "anisotropy_waves: one of cutoffs"),
        ({"cutoffs": [5, 2, 1]}, "cutoffs that differ"),
        ({"black": {"vs": 4.0, "vp": 4.1, "density": 3.0}}, "vp above"),
        ({"cutoffs": [0.5]}, "cutoffs"),
        ({"wave": 5}, "did you mean waves"),
    ],
)
def test_settings_that_make_no_sense(change, words):
    with pytest.raises(ConfigError, match=words):
        validate(settings(**change))


def test_a_users_medium_is_inverted_beside_ours(tmp_path):
    (tmp_path / "mine.nc").touch()
    text = "santos2024: {inversion: {cutoffs: [2], own: {observed: mine.nc, waves: 4}}}"
    found = jobs(tmp_path, text, "santos2024")
    assert found["santos2024_own_medium"] == found["santos2024_own_figure"] == 1
    # principal, one cutoff, isotropic, targets, twins with either error, own
    assert found["santos2024_chains"] == 7
