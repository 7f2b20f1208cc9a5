"""Some hundred mutated configs by the rule of mutated_configs.py, which can try many more."""

import random

import mutated_configs
import pytest
from mutated_configs import SENSELESS, campaign, judged, mutated, planned, smoke


def test_configs_are_refused_in_words_or_planned():
    counts, broken = campaign(count=600, plans=6, seed=15)
    assert not broken
    # both happen often, so that the test can fail on either side
    assert counts["refused"] > 100 and counts["accepted"] > 30 and counts["planned"] == 6


def test_the_rule_notices_what_breaks_it(tmp_path, monkeypatch):
    assert judged(smoke(), True) == "accepted, which nobody can mean"
    assert judged(smoke(), False) == "accepted"
    unplannable = smoke() | {"seed": 2**70}  # the model refuses it, so the workflow stops
    assert "config: seed" in planned(unplannable, tmp_path)
    monkeypatch.setattr(mutated_configs, "validate", lambda config: 1 / 0)
    assert judged(smoke(), False).startswith("ZeroDivisionError")


@pytest.mark.parametrize("kind", SENSELESS)
def test_what_nobody_can_mean_is_tried_and_refused(kind):
    draw, base, tried = random.Random(kind), smoke(), 0
    for _ in range(2000):
        config, change, _ = mutated(base, draw)
        if change.endswith(f": {kind}"):
            tried += 1
            assert judged(config, True) == "refused", change
    assert tried
