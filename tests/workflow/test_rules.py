"""House rules: what every rule of the workflow states, so that it can run and be followed up."""

from pathlib import Path

import pytest
from imports import CODE, library_behind

from support.code_digest import CodeDigests

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "workflow" / "scripts"


@pytest.fixture
def scripted(rules):
    """The rules that run a script."""
    found = [rule for rule in rules if rule["script"]]
    assert found, "no rule runs a script: nothing would be tested"
    return found


def test_every_rule_states_how_it_runs(scripted):
    faults = []
    for rule in scripted:
        for directive in ("log", "benchmark", "conda"):
            if not rule[directive]:
                faults.append(f"{rule['name']}: no {directive}")
        for resource in ("mem_mb", "runtime", "cpus"):
            if resource not in rule["resources"]:
                faults.append(f"{rule['name']}: resources do not say {resource}")
    assert not faults, "\n".join(faults)


def test_every_rule_says_what_it_is_for_in_one_line(rules):
    """`snakemake --list` shows it."""
    faults = [r["name"] for r in rules if not r["docstring"] or "\n" in r["docstring"]]
    assert not faults


def test_jobs_have_one_thread(scripted):
    """More than one each, side by side, wait for each other; and sums would depend on --cores."""
    several = {
        rule["name"]: rule["threads"] for rule in scripted if rule["threads"] not in (1, None)
    }
    assert not several


def test_every_rule_that_runs_runs_a_script(rules):
    others = [rule["name"] for rule in rules if rule["runs"] and not rule["script"]]
    assert not others, f"rules with shell or run code, which nothing here checks: {others}"


def test_scripts_and_rules_belong_together(scripted):
    used = {Path(rule["script"]) for rule in scripted}
    present = set(SCRIPTS.rglob("*.py"))
    assert used == present, f"missing: {used - present}; used by no rule: {present - used}"


def test_an_edit_of_the_library_reruns_what_depends_on_it(scripted, tmp_path):
    """The digest that a rule has covers every module that its script needs."""
    tables = {"support.published_values": ROOT / "workflow" / "published_values"}
    digests = CodeDigests(CODE, tmp_path / "cache.json", tables)
    faults = []
    for rule in scripted:
        script = Path(rule["script"])
        needed = library_behind(script, packages=False)
        missing = needed - digests.modules_of(script)
        faults += [f"{rule['name']}: not {m.relative_to(ROOT)}" for m in sorted(missing)]
        if rule["code"] != digests.digest(script):
            faults.append(f"{rule['name']}: not the digest of its script")
    assert not faults, "\n".join(faults)
