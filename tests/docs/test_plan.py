"""The plan of the paper scale: its arithmetic, and that its table still names what there is."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def plan():
    spec = importlib.util.spec_from_file_location("plan", ROOT / "docs/plan.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_work_is_a_product_of_settings(plan):
    laptop = {"a": {"n": 2, "step": 0.5}, "sizes": [2, 3]}
    paper = plan.merge(laptop, {"a": {"step": 0.25}, "sizes": [4, 5, 6]})
    assert paper == {"a": {"n": 2, "step": 0.25}, "sizes": [4, 5, 6]}
    assert plan.ratio(laptop, paper, "a.n a.step^-2") == 4
    assert plan.ratio(laptop, paper, "length:sizes") == 1.5
    chain = {"burn_in": 10, "samples": 5, "thinning": 2}
    assert plan.value({"chain": chain}, "steps:chain") == 20
    assert plan.ratio(laptop, paper, "sizes 0.5") == 10  # 120 over 6, and half


def test_hours_are_measured_seconds_times_the_ratio(plan, tmp_path):
    folder = tmp_path / "logs/scheiter2022/cmb"
    folder.mkdir(parents=True)
    for chain, seconds in enumerate((100.0, 140.0)):
        cost = {"cpu_s": seconds, "wall_s": 300.0, "memory_MB": 306.5, "processor": "a processor"}
        (folder / f"chain_{chain:02d}.cost.json").write_text(json.dumps(cost))
    rows = plan.plan([tmp_path]).set_index(["paper", "family"])
    chains = rows.loc[("scheiter2022", "chains")]
    config = yaml.safe_load((ROOT / "config.yaml").read_text())["scheiter2022"]["cmb"]["chains"]
    paper = yaml.safe_load((ROOT / "workflow/scales/paper.yaml").read_text())
    paper = paper["scheiter2022"]["cmb"]["chains"]
    asked = [c["chains"] * c["proposals"] for c in (paper, config)]
    assert chains.hours == pytest.approx(240 * asked[0] / asked[1] / 3600)  # float64
    assert chains.jobs == paper["chains"]
    assert chains.memory == pytest.approx(306.5 / 1024)  # of chains it does not grow
    assert "; a processor." in plan.table(plan.plan([tmp_path]))
    assert "| - | " in plan.table(plan.plan([tmp_path]))  # what was not measured is not made up


def test_every_family_names_logs_and_cards_that_exist():
    """A rule's wildcards stand for anything, a pattern's star for any name."""
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    made = [
        re.compile(re.sub(r"\\{[^}]*\\}", ".+", re.escape(path)))
        for path in re.findall(r'"logs/([^"]+)\.log"', rules)
    ]
    for paper, families in yaml.safe_load((ROOT / "docs/plan.yaml").read_text()).items():
        for family in families:
            for pattern in family["measured"].split():
                if pattern.endswith(".json"):
                    assert (ROOT / pattern).is_file()
                    continue
                name = re.sub(r"\[(.)[^]]*\]", r"\1", pattern).replace("*", "0")
                assert any(rule.fullmatch(f"{paper}/{name}") for rule in made), (paper, pattern)
