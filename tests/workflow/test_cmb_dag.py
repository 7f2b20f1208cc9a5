"""Section 4 of Scheiter et al. (2022) in the DAG: what the config changes in it."""

import pytest
from runs import jobs

MAPS = "results/scheiter2022/cmb/wgan_mcmc/maps.nc"


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


@pytest.mark.parametrize(("learn", "apart"), [("training", 0), ("all", 1)])
def test_figures_and_table_share_trainings_unless_figures_learn_all_chains(tmp_path, learn, apart):
    table = "results/scheiter2022/table_generators.csv"
    figures = "results/scheiter2022/cmb/dcgan/statistics_100.nc", MAPS
    found = jobs(tmp_path, f"scheiter2022: {{cmb: {{learn: {learn}}}}}", table, *figures)
    for network in ("dcgan", "wgans"):
        assert found[f"scheiter2022_cmb_{network}"] == 1
        assert found.get(f"scheiter2022_generators_{network}", 0) == apart
