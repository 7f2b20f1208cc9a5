"""`snakemake --sdm conda`, with a stand-in for conda that builds the environments with pip."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from imports import library_behind, third_party

ROOT = Path(__file__).parents[2]
STANDIN = Path(__file__).with_name("standin") / "bin"


@pytest.fixture(scope="session")
def pip_works():
    """Skip where pip cannot find packages."""
    probe = ["install", "--dry-run", "--ignore-installed", "--no-deps", "-q", "tqdm"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *probe, "-c", ROOT / "requirements.lock"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    if done.returncode:
        pytest.skip(f"pip cannot install here: {done.stderr.strip()[-200:]}")


def snakemake(folder: Path, *options: str) -> str:
    """Run Snakemake with the stand-in; return what it printed."""
    command = [sys.executable, "-m", "snakemake", "--sdm", "conda", "--cores", "1"]
    done = subprocess.run(
        [*command, "--directory", str(folder), *options],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{STANDIN}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def environments(folder: Path) -> list[Path]:
    """The environments that a run has made."""
    return [python.parents[1] for python in folder.glob(".snakemake/conda/*/bin/python")]


def failing_imports(environment: Path, packages: set[str]) -> set[str]:
    """Packages that an environment cannot import by itself.

    In a job they could hide: Snakemake adds the outer environment's packages to sys.path.
    """
    done = subprocess.run(
        [environment / "bin" / "python", "-I", "-c", IMPORT_EACH, *sorted(packages)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


IMPORT_EACH = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError:
        print(name)
"""

TOY = """
rule toy:
    output:
        "toy.txt",
    conda:
        "toy.yaml"
    script:
        "toy.py"
"""


def test_a_missing_dependency_shows_although_the_job_runs(tmp_path, pip_works):
    (tmp_path / "Snakefile").write_text(TOY)
    (tmp_path / "toy.yaml").write_text("dependencies: [python=3.11, tqdm=4]\n")
    script = tmp_path / "toy.py"
    script.write_text(
        "import sys, numpy, tqdm\n"
        "open(snakemake.output[0], 'w').write(sys.prefix + tqdm.__file__)\n"
    )
    snakemake(tmp_path, "--snakefile", str(tmp_path / "Snakefile"), "toy.txt")
    [environment] = environments(tmp_path)
    # The job ran with the environment's Python and packages, and numpy came from outside.
    assert (tmp_path / "toy.txt").read_text().count(str(environment)) == 2
    assert failing_imports(environment, third_party({script})) == {"numpy"}


def test_a_rule_of_the_project_runs_in_its_environment(tmp_path, pip_works, rules):
    """The rule is a quick one with a small environment: the ring of Scheiter et al., Fig. 1."""
    target = "results/scheiter2022/gaussian/samples.nc"
    smoke = ROOT / "workflow" / "scales" / "smoke.yaml"
    printed = snakemake(tmp_path, "--configfile", str(smoke), "--", target)
    assert (tmp_path / target).is_file(), printed[-3000:]
    [environment] = environments(tmp_path)
    [rule] = [rule for rule in rules if rule["name"] == "scheiter2022_gaussian"]
    script = Path(rule["script"])
    packages = third_party({script, *library_behind(script)})
    assert packages >= {"numpy", "xarray"}, "the script's imports were not found"
    # netCDF4 is loaded by name, not imported.
    assert not failing_imports(environment, packages | {"netCDF4"})
