"""Section 4 of Scheiter et al. (2022) in the DAG: what the config changes in it."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAPS = "results/scheiter2022/cmb/wgan_mcmc/maps.nc"


def jobs(folder, config, *targets):
    """How often each rule would run; nothing is run."""
    more = folder / "more.yaml"
    more.write_text(config)
    scale = ROOT / "workflow" / "scales" / "smoke.yaml"
    command = ["snakemake", "-n", "--quiet", "host", "--snakefile", ROOT / "Snakefile"]
    command += ["--directory", folder, "--cores", "1", "--configfile", scale, more, "--", *targets]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    rows = (line.split() for line in run.stdout.splitlines())
    return Counter({r[0]: int(r[1]) for r in rows if len(r) == 2 and r[1].isdigit()})


@pytest.mark.parametrize(("switch", "expected"), [("false", 1), ("true", 16)])
def test_a_job_per_patch_by_a_switch(tmp_path, switch, expected):
    text = f"scheiter2022: {{cmb: {{wgan: {{one_rule_per_patch: {switch}}}}}}}"
    found = jobs(tmp_path, text, MAPS)
    assert found["scheiter2022_cmb_wgans"] == expected
    assert found["scheiter2022_cmb_chain"] == 4  # a job per chain


def test_a_users_chains_take_the_place_of_ours(tmp_path):
    for name in ("a.nc", "b.nc"):
        (tmp_path / name).touch()
    found = jobs(tmp_path, "scheiter2022: {cmb: {own: {chains: [a.nc, b.nc]}}}", MAPS)
    assert found["scheiter2022_cmb_ensemble"] == 1 and "scheiter2022_cmb_chain" not in found


def test_a_users_ensemble_takes_the_place_of_chains(tmp_path):
    (tmp_path / "own.nc").touch()
    targets = MAPS, "results/scheiter2022/cmb/sweep/distances.nc"
    found = jobs(tmp_path, "scheiter2022: {cmb: {own: {globe: own.nc}}}", *targets)
    assert found["scheiter2022_cmb_ensemble"] == 2 and "scheiter2022_cmb_chain" not in found
