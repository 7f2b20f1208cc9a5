"""The documentation: links, commands and examples."""

import contextlib
import importlib.util
import io
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from snakemake.cli import get_argument_parser

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "data/README.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)


def load(path):
    """A script as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_point_to_files(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_parse(page):
    """Every indented command of Snakemake has options and values that its parser takes."""
    lines = re.findall(r"^ {4,}(snakemake .*)$", page.read_text(encoding="utf-8"), re.M)
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        with contextlib.redirect_stderr(io.StringIO()) as said:
            try:
                get_argument_parser(profiles=[]).parse_args(words)
            except SystemExit:
                pytest.fail(f"{line}\n{said.getvalue()[-500:]}")


def test_targets_in_commands_exist(tmp_path):
    """One dry run for all targets that the pages name, but for `<placeholders>`."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    commands = re.findall(r"snakemake --[^\n`#]*|snakemake [a-z][^\n`#]*", text)
    words = {word for command in commands for word in command.split()}
    targets = {word for word in words if re.fullmatch(r"(figures|results)/[\w/]+\.\w+", word)}
    targets |= words & {"scheiter2022", "santos2024", "lopez_alvis2021", "claims"}
    # what needs a file of the reader's: test_own_data.py runs it
    targets = {target for target in targets if "/own_ensemble/" not in target}
    assert len(targets) >= 4
    command = ["snakemake", "-n", "--quiet", "--snakefile", ROOT / "Snakefile"]
    command += ["--directory", tmp_path, "--cores", "1", "--", *sorted(targets)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]


def test_the_first_figure_needs_little(tmp_path):
    """What README promises within minutes: shipped weights, and nothing that is trained."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    target = re.search(r"snakemake --cores 2 (\S+) +# a first figure", readme)[1]
    command = ["snakemake", "-n", "--snakefile", ROOT / "Snakefile", "--directory", tmp_path]
    done = subprocess.run([*command, "--cores", "1", target], capture_output=True, text=True)
    rules = set(re.findall(r"^(?:local)?rule (\w+):", done.stdout, re.M))
    assert rules == {
        f"lopez_alvis2021_{name}"
        for name in ("fig07", "encoded", "truths", "training_image", "shipped")
    }  # 8 s of processor time together, as measured


def test_a_gan_learns_the_ring():
    found = load(ROOT / "docs/examples/learn_ensemble.py").main()
    # exact mean radius 0.714; some 500 independent samples leave 0.0045. Measured: 0.714, 0.691
    assert found["ensemble_radius"] == pytest.approx(0.714, abs=0.01)
    assert found["drawn_radius"] == pytest.approx(found["ensemble_radius"], abs=0.1)


def test_descent_finds_the_truth_behind_traveltimes():
    found = load(ROOT / "docs/examples/invert_with_prior.py").main()
    # without noise the misfit can fall to single precision; a thousandth of the start's will do
    assert found["rms_residual_found_ns"] < 1e-3 * found["rms_residual_at_start_ns"]
    assert found["distance_to_truth"] < 0.01


def test_a_homogenized_medium_lies_between_its_bounds():
    found = load(ROOT / "docs/examples/homogenize_medium.py").main()
    assert found["lower_bound_GPa"] < found["C11_GPa"] < found["upper_bound_GPa"]
    assert found["gradient_sum_GPa"] > 0  # white is the stiffer rock


def test_an_emulator_beats_the_mean_trace():
    found = load(ROOT / "docs/examples/emulate_traces.py").main()
    assert found["share_of_mean_trace_error"] < 0.05  # measured: 0.003


def test_examples_are_short_and_named_in_the_text():
    text = (ROOT / "docs/library.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "docs/examples").glob("*.py")):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 60
        assert f"examples/{path.name}" in text
