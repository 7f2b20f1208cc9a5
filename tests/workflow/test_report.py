"""The report: a gallery by paper, each figure with its caption and the verdicts on its claims."""

import json
import re
import subprocess
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from support.ledger import places
from support.ledger.forms import read_ledger
from support.ledger.page import page
from support.ledger.text import of_kind, record
from support.ledger.verdicts import Results, Verdict, verdict

ROOT = Path(__file__).parents[2]
FIGURE = "figures/scheiter2022/fig01.png"
PAPER = "Scheiter et al. (2022)"
PAPERS = ("scheiter2022", "santos2024", "lopez_alvis2021", "spurio_mancini2021")
LEDGER = read_ledger("scheiter2022")
FINDING = replace(
    LEDGER.findings[0], where="Figure 1", statement="a_ *b*", published="|c|", null=""
)


def snakemake(folder, *words):
    """Run Snakemake at the smoke scale for Figure 1, the cheapest of all."""
    command = [
        "snakemake",
        "--snakefile",
        ROOT / "Snakefile",
        "--directory",
        folder,
        "--cores",
        "1",
    ]
    command += ["--configfile", ROOT / "workflow/scales/smoke.yaml", *words, "--", FIGURE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]


def data(html, script):
    """One of the tables that a report holds as JSON."""
    return json.loads(re.search(rf"<script id=\"{script}\">\s*var \w+ = (.*);\n", html)[1])


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The report of a tiny run before and after its claims were measured."""
    folder = tmp_path_factory.mktemp("report")
    snakemake(folder)
    found = []
    for name in ("before.html", "after.html"):
        snakemake(folder, "--report", folder / name)
        found.append((folder / name).read_text(encoding="utf-8"))
        # the claims on Figure 1 alone; all of the paper's need the whole of its results
        results = Results(folder / "results/scheiter2022", "smoke")
        few = [e for e in LEDGER.entries if "Figure 1" in places.places(e.where)]
        rows = [record("scheiter2022", verdict(entry, results)) for entry in few]
        rows.append(record("scheiter2022", Verdict(FINDING, "differs", 0.3)))
        (folder / "results/scheiter2022/claims.json").write_text(json.dumps({"rows": rows}))
    return *found, rows


def test_a_figure_stands_in_the_gallery_of_its_paper_with_its_caption(reports):
    before, after, _ = reports
    for html in (before, after):
        assert data(html, "categories") == {PAPER: {"Other": [FIGURE]}}
        caption = data(html, "results")[FIGURE]["caption"]
        assert "A Gaussian as the simplest generative model" in caption
        assert f"resultPath: '{FIGURE}'" in data(html, "workflow-desc")
    assert "not been measured yet" in data(before, "results")[FIGURE]["caption"]
    assert data(before, "results")[FIGURE]["labels"] == {"figure": "Figure 01"}


def test_the_caption_holds_the_verdict_on_each_claim(reports):
    _, after, rows = reports
    shown = data(after, "results")[FIGURE]
    findings, settings = of_kind(rows, "finding"), of_kind(rows, "setting")
    assert findings and settings
    assert f"Settings of the paper: {len(settings)} as stated." in shown["caption"]
    assert shown["labels"] == {"figure": places.label("Figure 1", rows)}
    for row in findings:
        assert row["statement"] in shown["caption"]
        assert f"<em>{row['verdict'].capitalize()}.</em>" in shown["caption"]


def test_every_caption_asks_for_the_verdicts_of_its_own_figure():
    files = sorted((ROOT / "workflow" / "report").glob("*/*.rst"))
    assert files
    for file in files:
        wanted = rf'\{{\{{ snakemake\.config\.verdicts\["\w+/{file.parent.name}/{file.stem}\.\w+"\]'
        assert re.search(wanted, file.read_text(encoding="utf-8")), file


# Every form in which the ledgers name places.
@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Section 2.3, Figure 5c, d", ["Figure 5"]),
        ("Section 5.1, Figures 9 and A4", ["Figure 9", "Figure A4"]),
        ("Section 3.2, eq. 2; Figure 3, bottom left", ["Figure 3"]),
        ("Table A2, section 3.1", ["Table A2"]),
        ("Poster", ["Poster"]),
        ('Section 4.3; figure "Beyond: samplers"', ["Beyond: samplers"]),
        ("Section 3.2", []),
    ],
)
def test_places_of_a_claim(where, expected):
    assert places.places(where) == expected


def test_names_in_quotes_are_those_of_the_gallery():
    rules = "".join(path.read_text() for path in sorted((ROOT / "workflow/rules").glob("*.smk")))
    gallery = {*re.findall(r'shown\([^)]*?"([^"]+)"\s*,?\s*\)', rules)}
    gallery |= {*re.findall(r'place="([^"]+)"', rules)}
    for paper in PAPERS:
        for entry in read_ledger(paper).entries:
            quoted = set(re.findall(r'"([^"]+)"', entry.where)) & set(places.places(entry.where))
            assert quoted <= gallery, entry.id


def test_text_of_a_finding_is_no_markup():
    row = record("p", Verdict(FINDING, "differs"))
    assert r"- a\_ \*b\* Paper: \|c\|. *Differs.*" in places.caption([row])


def test_a_figure_tells_where_it_is_from(reports):
    for html in reports[:2]:
        caption = data(html, "results")[FIGURE]["caption"]
        assert "Scale smoke, seed 2022, commit" in caption
        assert "Scale smoke, seed 2022, commit" in data(html, "workflow-desc")


@pytest.mark.parametrize("paper", PAPERS)
def test_the_page_of_a_paper_holds_every_entry_headlines_first(paper):
    ledger = read_ledger(paper)
    rows = [record(paper, Verdict(entry, "not measured")) for entry in ledger.entries]
    text = page({"title": paper, "origin": "Scale <smoke>.", "rows": rows, "study": []})
    # three tables, a line of names each
    assert text.count("<tr") == len(rows) + 3 and "Scale &lt;smoke&gt;." in text
    first = [row["statement"] for row in rows if row["headline"]]
    assert 5 <= len(first) <= 10
    before = text.index("<h2>Findings")
    assert all(escape(" ".join(statement.split())) in text[:before] for statement in first)
