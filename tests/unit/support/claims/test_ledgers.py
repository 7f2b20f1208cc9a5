"""Ledgers as files: their faults, and every ledger of the repository."""

from pathlib import Path

import pytest
import yaml
from entries import SECONDS, raw, written

from support import claims_yaml
from support.claims_yaml import files_of
from support.config import Config

ROOT = Path(__file__).parents[4]
LEDGERS = sorted((ROOT / "workflow" / "claims").glob("*.yaml"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tolerence": 1}, ["tolerence", "unknown key", "tolerance"]),
        ({"scale": "huge"}, ["scale", "'huge'", "'laptop'"]),
        ({"compare": "about"}, ["compare", "'about'", "'equal'"]),
        ({"why": ""}, ["why", "''"]),
        ({"id": "An Entry"}, ["An Entry", "id"]),
        ({"published": "some"}, ["bound"]),
        ({"bound": 3}, ["bound"]),
        ({"compare": "greater"}, ["against"]),
        ({"tolerance": {}}, ["tolerance", "either absolute or relative"]),
        ({"tolerance": {"absolut": 1}}, ["tolerance.absolut", "unknown key", "relative"]),
        ({"compare": "holds"}, ["tolerance only for"]),
        ({"explanation": "Ours is {mine}."}, ["explanation", "ours or published"]),
        ({"ours": 3}, ["never a number by hand"]),
        ({"ours": {"op": "sum", "of": [1, 2]}}, ["never written by hand"]),
        ({"ours": {"op": "ratio", "of": [SECONDS, 1, 2]}}, ["2 operands for ratio"]),
        ({"ours": {"op": "eval", "of": [SECONDS, 1]}}, ["ours.op", "'eval'", "'ratio'"]),
        ({"ours": {"file": "a.txt"}}, ["suffixes .nc, .json, .safetensors, .csv"]),
        ({"ours": {"file": "a.nc"}}, ["either variable or attribute"]),
        ({"ours": {"file": "a.nc", "variable": "x", "column": "y"}}, ["for .nc only"]),
        ({"ours": {"file": "a.nc", "variabel": "x"}}, ["ours.variabel", "variable, attribute"]),
        ({"ours": {"file": "a.nc", "variable": "x", "reduce": [{"mode": "all"}]}}, ["'mean'"]),
        ({"ours": {"file": "a.json"}}, ["keys, for .json"]),
        ({"ours": {"file": "a.safetensors"}}, ["keys, for .safetensors"]),
        ({"ours": {"file": "a.csv", "row": {}}}, ["column, for .csv"]),
    ],
)
def test_a_fault_in_a_ledger_is_named(tmp_path, changes, words):
    path = written(tmp_path, raw(**changes))
    with pytest.raises(claims_yaml.LedgerError) as error:
        claims_yaml.read_ledger(path)
    for word in (str(path), changes.get("id", "an-entry"), "found", "allowed", *words):
        assert word in str(error.value)


def test_faults_of_a_whole_ledger_are_named(tmp_path):
    entries = raw(), raw(scale="paper")
    with pytest.raises(claims_yaml.LedgerError, match="each id once, but not an-entry"):
        claims_yaml.read_ledger(written(tmp_path, *entries))
    with pytest.raises(claims_yaml.LedgerError, match=r"paper: found nothing"):
        claims_yaml.read_ledger(written(tmp_path, raw(), head=""))
    with pytest.raises(claims_yaml.LedgerError, match=r"key given twice: paper"):
        claims_yaml.read_ledger(written(tmp_path, raw(), head="paper: P\npaper: Q\n"))
    without = raw()
    del without["why"]
    with pytest.raises(claims_yaml.LedgerError, match="an-entry: why: found nothing"):
        claims_yaml.read_ledger(written(tmp_path, without))
    with pytest.raises(claims_yaml.LedgerError, match=r"gone\.yaml"):
        claims_yaml.read_ledger(tmp_path / "gone.yaml")


def test_there_is_a_ledger():
    assert LEDGERS


@pytest.mark.parametrize("path", LEDGERS, ids=lambda path: path.stem)
def test_ledgers_of_the_repository(path):
    ledger = claims_yaml.read_ledger(path)  # also checks that ids are unique and reasons are given
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    with_defaults = Config.model_validate(config).model_dump(mode="json")
    conditions = claims_yaml.look_up(ledger.claims, with_defaults)
    for file in claims_yaml.files(ledger.claims, conditions):
        # a paper may have several ledgers: scheiter2022.yaml, scheiter2022_cmb.yaml
        assert path.stem.startswith(file.split("/")[1]), f"{file} is another paper's"
    for found in ledger.claims:
        assert found.why.strip()
        assert files_of(found.ours)
        # At the scale from which it should hold, an entry must not ask for what is not there.
        if found.scale != "paper" and "data.published" not in found.needs:
            assert not claims_yaml.unmet(found, conditions), found.id
