"""What the report says of a figure or table."""

import base64
import json
import re
from pathlib import Path

import matplotlib.pyplot as plt

from support.report import describe, elsewhere, table_page

ROOT = Path(__file__).parents[3]
MADE = {"scale": "smoke", "seed": "2", "git_commit": "0123456789ab"}


def test_a_figure_tells_where_it_is_from_and_its_verdicts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "figures/p").mkdir(parents=True)
    (tmp_path / "results/p").mkdir(parents=True)
    config = {}
    assert describe("figures/p/fig01.png", "Figure 1", config) == "Figure 01"
    assert "not been measured yet" in config["verdicts"]["figures/p/fig01.png"]
    plt.figure().savefig(tmp_path / "figures/p/fig01.png", metadata=MADE)
    row = {"kind": "setting", "where": "Figure 1", "verdict": "as stated"}
    (tmp_path / "results/p/claims.json").write_text(json.dumps({"rows": [row]}))
    describe("figures/p/fig01.png", "Figure 1", config)
    text = config["verdicts"]["figures/p/fig01.png"]
    assert "Scale smoke, seed 2, commit 0123456789" in text and "1 as stated" in text
    assert config["origin"] == "Scale smoke, seed 2, commit 0123456789."


def test_a_table_is_a_page_and_a_wide_one_is_turned(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/p").mkdir(parents=True)
    file = tmp_path / "results/p/t.csv"
    file.write_text("name,a<b\nx,0.123456\n")
    config = {}
    describe("results/p/t.csv", "Table 1", config)
    kind, code = config["tables"]["results/p/t.csv"].split(",")
    page = base64.b64decode(code).decode()
    assert kind == "data:text/html;base64" and page == table_page(file)
    assert "<th>name</th><th>a&lt;b</th>" in page and '<td data-name="name">x</td>' in page
    assert '<td data-name="a&lt;b">0.1235</td>' in page  # what a narrow screen puts before it
    file.write_text(",".join("abcdefghij") + "\n" + ",".join("0123456789") + "\n")
    assert "<th>a</th><th>0</th>" in (turned := table_page(file))
    assert '<tr><td>b</td><td data-name="0">1</td></tr>' in turned


def test_a_caption_names_the_region_where_it_is_not_australia():
    africa = {"south": -25.0, "north": 25.0, "west": -10.0, "east": 40.0}
    path = "figures/scheiter2022/fig05.png"
    text = elsewhere(path, {"scheiter2022": {"cmb": {"region": africa}}})
    assert "not Australia but that from 25° S, 10° W, to 25° N, 40° E" in text
    australia = {"south": -50.0, "north": 0.0, "west": 106.0, "east": 156.0}
    assert elsewhere(path, {"scheiter2022": {"cmb": {"region": australia}}}) == ""
    other = "figures/scheiter2022/fig03.png"  # a ring
    assert elsewhere(other, {"scheiter2022": {"cmb": {"region": africa}}}) == ""


def test_every_figure_and_table_has_a_caption_with_its_verdicts():
    """Without one neither the report nor the site of a whole run can be made."""
    index = (ROOT / "docs/figures.md").read_text(encoding="utf-8")
    files = re.findall(r"(?:figures|results)/\w+/\w+\.(?:png|csv)", index)
    assert len(files) > 80
    for file in map(Path, files):
        # a figure and a table of one name share theirs
        caption = ROOT / "workflow/report" / file.parts[1] / f"{file.stem}.rst"
        assert caption.is_file(), caption
        verdicts = rf'verdicts\["\w+/{file.parts[1]}/{file.stem}\.'
        assert re.search(verdicts, caption.read_text(encoding="utf-8")), caption
