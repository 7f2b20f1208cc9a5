"""The README's numbers are those that were kept of a run, and its headlines those of the ledger."""

import importlib.util
import json
from pathlib import Path

import pytest

from support.ledger.forms import read_ledger

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def make_readme():
    spec = importlib.util.spec_from_file_location("make_readme", ROOT / "docs/make_readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def kept(make_readme):
    return json.loads(make_readme.KEPT.read_text(encoding="utf-8"))


def test_the_readme_holds_what_was_kept(make_readme, kept):
    text = make_readme.README.read_text(encoding="utf-8")
    assert make_readme.filled(text, kept) == text, "python docs/make_readme.py writes it"
    assert len(text.splitlines()) <= 90, "a scientist has five minutes"


def test_the_page_of_findings_holds_what_was_kept(make_readme, kept):
    template = make_readme.TEMPLATE.read_text(encoding="utf-8")
    page = make_readme.FOUND.read_text(encoding="utf-8")
    assert make_readme.found_page(template, kept) == page, "python docs/make_readme.py writes it"


def test_its_headlines_are_those_of_the_ledger(make_readme, kept):
    ledger = [
        (paper, entry.id, entry.statement)
        for paper in make_readme.PAPERS
        for entry in read_ledger(paper).findings
        if entry.headline
    ]
    kept_of = [(row["paper"], row["id"], row["statement"]) for row in kept["headlines"]]
    assert sorted(kept_of) == sorted(ledger), "python docs/make_readme.py FOLDER, after a run"


def test_other_numbers_are_other_lines(make_readme, kept):
    changed = json.loads(json.dumps(kept))
    changed["headlines"][0]["ours"] = "a number of no run"
    changed["runs"][0]["cpu_s"] += 6000
    text = make_readme.README.read_text(encoding="utf-8")
    before, after = (set(make_readme.filled(text, each).splitlines()) for each in (kept, changed))
    assert len(after - before) == 2
