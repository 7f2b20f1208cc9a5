"""Tables that a study left, beside those of smaller runs; and findings measured in them."""

import json

import pytest
from forms import WHY, finding

from support.ledger.forms import at_least, cell
from support.ledger.reference import compare
from support.ledger.verdicts import Results, verdict

HEAD = "name,events,inside,mean,error\n"
CARD = {
    "scale": "study",
    "seed": 2022,
    "git_commit": "abc",
    "compare": {"rows": ["name"], "shares": {"inside": "events"}, "means": {"mean": "error"}},
}


@pytest.fixture
def folders(tmp_path):
    """A study of 100 events, and a laptop's of 25."""
    study, laptop = tmp_path / "study", tmp_path / "laptop"
    for folder in (study, laptop):
        folder.mkdir()
    (study / "t.csv").write_text(f"{HEAD}a,100,0.6,1.0,0.3\nb,100,1.0,1.0,0.3\n")
    (study / "t.csv.json").write_text(json.dumps(CARD))
    (laptop / "t.csv").write_text(f"{HEAD}a,25,0.4,2.9,0.4\n")
    return study, laptop


def test_shares_and_means_are_compared_within_sampling_error(folders):
    share, mean = compare(*folders)
    assert (share.row, share.column, share.study, share.here) == ("a", "inside", 0.6, 0.4)
    # 70 of 125 together are .56: sqrt(.56 x .44 x (1/100 + 1/25)); a triangle of 3, 4 and 5
    assert share.error == pytest.approx((0.56 * 0.44 * 0.05) ** 0.5, rel=1e-12)
    assert mean.error == pytest.approx(0.5, rel=1e-12)
    assert share.agrees and mean.agrees  # 1.8 and 3.8 standard errors
    (folders[1] / "t.csv").write_text(f"{HEAD}a,25,0.1,3.1,0.4\n")
    assert [each.agrees for each in compare(*folders)] == [False, False]  # 4.5 and 4.2


def test_what_a_row_does_not_tell_is_not_compared(folders):
    (folders[1] / "t.csv").write_text(f"{HEAD}a,25,,2.9,0.4\n")
    assert [each.column for each in compare(*folders)] == ["mean"]


def test_a_smoke_run_is_not_compared(folders):
    (folders[1] / "t.csv.json").write_text(json.dumps(CARD | {"scale": "smoke"}))
    assert compare(*folders) == []


def test_a_finding_of_the_study_scale_is_measured_in_what_the_study_left(folders):
    study, laptop = folders
    half = finding(
        reads="t.csv", ours=cell("inside", name="a"), test=at_least(0.5, WHY), scale="study"
    )
    alone, beside = Results(laptop, "laptop"), Results(laptop, "laptop", study)
    assert verdict(half, alone).verdict == "not reached at this scale"
    found = verdict(half, beside)
    assert (found.verdict, found.ours, found.scale) == ("reproduced", 0.6, "study")
    # even where this config does not make what it reads
    found = verdict(half, beside, "needs more events")
    assert (found.verdict, found.ours) == ("reproduced", 0.6)
    # what holds at the laptop is measured there, and what only the paper scale reaches nowhere
    for scale, ours, word in (
        ("laptop", 0.4, "differs"),
        ("paper", 0.4, "not reached at this scale"),
    ):
        found = verdict(finding(**vars(half) | {"scale": scale}), beside)
        assert (found.verdict, found.ours) == (word, ours)
