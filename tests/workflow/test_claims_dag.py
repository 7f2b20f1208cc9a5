"""Every file that an entry of the ledger reads is made by the workflow."""

import pytest
from runs import ROOT, SMOKE, planned

SCALES = ROOT / "workflow" / "scales"


@pytest.mark.parametrize(
    ("scale", "config"),
    [
        (SMOKE, ""),
        (None, ""),
        (None, "data: {published: true}"),
        (SCALES / "study.yaml", ""),
        (SCALES / "paper.yaml", ""),
        (SCALES / "paper.yaml", "data: {published: true}"),
    ],
    ids=["smoke", "laptop", "laptop published", "study", "paper", "paper published"],
)
def test_the_ledger_can_be_made(tmp_path, scale, config):
    # Snakemake refuses a job with an input that nothing makes
    count, _ = planned(tmp_path, config or "{}", "claims", scale=scale)
    assert count["claims_of_paper"] == 4 and count["claims_ledger"] == 1
