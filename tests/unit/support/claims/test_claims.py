"""The papers' ledgers, as they stand in workflow/claims."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.ledger.__main__ import config_of
from support.ledger.forms import SCALES, Because, Finding, Measured, Null, not_made_yet, read_ledger
from support.ledger.places import places
from support.ledger.reference import kept_tables
from support.ledger.verdicts import Results, verdict

ROOT = Path(__file__).parents[4]
CLAIMS = ROOT / "workflow" / "claims"
PAPERS = ("scheiter2022", "santos2024", "lopez_alvis2021", "spurio_mancini2021")
LEDGERS = {paper: read_ledger(paper) for paper in PAPERS}


def rows(path):
    """A CSV file as dicts."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def configs():
    """The configs of all scales, and of two with the authors' files."""
    found = {scale: config_of(scale) for scale in SCALES}
    for scale in ("laptop", "paper"):
        config = found[scale]
        data = config.data.model_copy(update={"published": True})
        found[f"{scale}, published"] = config.model_copy(update={"data": data})
    return found


CONFIGS = configs()
WITH_FILES = CONFIGS["paper, published"].data


@pytest.fixture(params=PAPERS)
def ledger(request):
    """Each ledger in turn."""
    return LEDGERS[request.param]


def test_entries_say_what_they_must(ledger):
    for entry in ledger.entries:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.id), entry.id
        assert entry.where.strip(), entry.id
        for name in entry.files:
            assert not name.startswith(("results/", ledger.paper, "/")), entry.id
    for setting in ledger.settings:
        assert setting.what.strip() and setting.published != "", setting.id


def test_findings_say_where_their_tolerances_come_from(ledger):
    for finding in ledger.findings:
        for test in (finding.test, *(condition.test for condition in finding.provided)):
            assert isinstance(test.because, Because), finding.id
            assert test.because.why.strip(), finding.id
        assert finding.statement.strip() and str(finding.published).strip(), finding.id
        # a null that differs from ours in nothing but its name would always pass
        if isinstance(finding.null, Null):
            assert finding.null.measure is not finding.ours, finding.id


def test_what_explains_a_difference_names_a_measurement(ledger):
    ids = {entry.id for entry in ledger.entries}
    named = re.compile(
        r"\.(csv|nc|json|png|safetensors)\b|\b(entry|entries|column|row|variables|figure)\b|\w_\w",
        re.IGNORECASE,
    )
    for finding in ledger.findings:
        differs = finding.differs
        if isinstance(differs, Measured):  # as many numbers as places for them
            assert len(differs.numbers) == len(re.findall(r"\{[^}]*\}", differs.text)), finding.id
            differs = differs.text
        assert not differs or named.search(differs), finding.id
        for text in (differs, finding.note):
            for name in re.findall(r"\bentry ([a-z0-9]+(?:-[a-z0-9]+)+)", text):
                assert name in ids, (finding.id, name)


def test_five_to_ten_headlines(ledger):
    first = [finding for finding in ledger.findings if finding.headline]
    assert 5 <= len(first) <= 10


def test_what_an_entry_needs_its_own_scale_gives(ledger):
    """But for the authors' files, what no rule makes yet, and what no scale of ours reaches."""
    for entry in ledger.entries:
        found = {name: entry.lacking(config) for name, config in CONFIGS.items()}
        waits = any(need.met is not_made_yet for need in entry.needs)
        if entry.scale is not None and not waits:
            given = CONFIGS[entry.scale].model_copy(update={"data": WITH_FILES})
            assert not entry.lacking(given), entry.id
            assert not all(found.values()), (entry.id, found)


def at(section, path):
    """A value of the typed config, by keys with dots between them."""
    for part in path.split("."):
        if part.isdigit():
            section = section[int(part)]
        else:
            section = section[part] if isinstance(section, dict) else getattr(section, part)
    return section


def test_the_paper_scale_has_the_settings_that_the_paper_states(ledger):
    """But for those that no scale of ours reaches: these it must not have."""
    compared = [setting for setting in ledger.settings if setting.config]
    assert compared
    for setting in compared:
        ours = at(getattr(CONFIGS["paper"], ledger.paper), setting.config)
        if isinstance(setting.published, str):
            same = str(ours) == setting.published
        else:  # decimals as files hold them
            same = abs(ours - setting.published) <= setting.within + 1e-9 * abs(ours)
        assert same == (setting.scale is not None), (setting.id, ours, setting.published)


def test_every_entry_of_the_former_ledgers_is_answered(ledger):
    former = rows(Path(__file__).with_name("former_ids.csv"))
    former = {row["id"] for row in former if row["paper"] == ledger.paper}
    dropped = rows(CLAIMS / "dropped" / f"{ledger.paper}.csv")
    gone = {row["id"] for row in dropped}
    kept = {entry.id for entry in ledger.entries}
    assert len(gone) == len(dropped) and not gone & kept
    assert former <= kept | gone, sorted(former - kept - gone)
    assert gone <= former, sorted(gone - former)
    assert all(len(row["why"].split()) > 1 for row in dropped)


def test_every_answer_to_the_audit_is_true(ledger):
    gone = {row["id"] for row in rows(CLAIMS / "dropped" / f"{ledger.paper}.csv")}
    here = {entry.id for entry in ledger.entries}
    means = {"kept": here, "dropped": gone, "mended": here | gone}
    answers = rows(ROOT / "docs" / "decisions" / "ledger_audit.csv")
    answers = [row for row in answers if row["paper"] == ledger.paper]
    assert answers
    for row in answers:
        assert row["id"] in means[row["answer"]] and row["why"].strip(), row["id"]


@pytest.mark.parametrize("published", [False, True])
def test_what_studies_left_is_whole_and_read(ledger, published):
    folder = kept_tables(ledger.paper, published=published)
    read = {name for entry in ledger.entries for name in entry.files if entry.scale == "study"}
    for card in folder.rglob("*.csv.json"):
        told = json.loads(card.read_text(encoding="utf-8"))
        assert told["scale"] == "study" and told["processor"] and told["core_hours"] > 0
        assert told["git_commit"].isalnum() and told["settings"]
        name = card.relative_to(folder).as_posix().removesuffix(".json")
        assert name in read, name
        compare = told["compare"]
        columns = [*compare["rows"], *compare["shares"], *compare["shares"].values()]
        columns += [*compare["means"], *compare["means"].values()]
        assert {*columns} <= {*rows(folder / name)[0]}


@pytest.mark.parametrize("published", [False, True])
def test_what_studies_left_has_all_that_findings_of_smaller_runs_read_there(ledger, published):
    folder = kept_tables(ledger.paper, published=published)
    kept, run = Results(folder, "study"), Results(folder, "smoke", folder)
    read = [entry for entry in ledger.entries if entry.files and run.kept(entry)]
    assert read or not folder.is_dir()
    for entry in read:
        verdict(entry, kept)  # raises for a row or a column that is not there


def test_reading_the_ledgers_imports_nothing_slow():
    slow = ("numpy", "scipy", "xarray", "pandas", "netCDF4", "torch", "pydantic", "yaml", "numba")
    reads = "".join(f"read_ledger({paper!r}); " for paper in PAPERS)
    code = f"import sys; from support.ledger.forms import read_ledger; {reads}"
    code += f"print([name for name in {slow} if name in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "workflow", capture_output=True, text=True
    )
    assert found.stdout.strip() == "[]", found.stderr


def test_places_are_found_where_a_figure_or_table_is_named(ledger):
    for finding in ledger.findings:
        named = re.search(r"\b(Figure|Table)s? [A-Z]?\d", finding.where)
        assert not named or places(finding.where), finding.id


def test_a_mark_of_what_learned_models_can_do():
    learned = [f for ledger in LEDGERS.values() for f in ledger.findings if f.null]
    # four papers on generative models: were the mark forgotten, the test of blind ones is empty
    assert len(learned) > 50
    assert all(isinstance(finding, Finding) for finding in learned)
