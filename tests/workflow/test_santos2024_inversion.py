"""The inversions of Santos et al. (2024) in the DAG and in the config."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml
from latentearth.config import ConfigError, validate

ROOT = Path(__file__).parents[2]


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


def jobs(folder, config, *targets):
    """How often each rule would run; nothing is run."""
    more = folder / "more.yaml"
    more.write_text(config)
    scale = ROOT / "workflow" / "scales" / "smoke.yaml"
    command = ["snakemake", "-n", "--quiet", "host", "--snakefile", ROOT / "Snakefile"]
    command += ["--directory", folder, "--cores", "1", "--configfile", scale, more, "--", *targets]
    run = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    rows = (line.split() for line in run.stdout.splitlines())
    return Counter({r[0]: int(r[1]) for r in rows if len(r) == 2 and r[1].isdigit()})


def test_a_users_medium_is_inverted_beside_ours(tmp_path):
    (tmp_path / "mine.nc").touch()
    text = "santos2024: {inversion: {cutoffs: [2], own: {observed: mine.nc, waves: 4}}}"
    found = jobs(tmp_path, text, "santos2024")
    assert found["santos2024_own_medium"] == found["santos2024_own_figure"] == 1
    assert found["santos2024_chains"] == 5  # principal, one cutoff, isotropic, targets, own
