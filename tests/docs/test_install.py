"""The library as a package: built from a clone, installed and used without the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.py"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the installed library alone; what it depends on is that of the environment."""
    clone, target = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("installed")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, clone)
    shutil.copytree(ROOT / "src" / "latentearth", clone / "src" / "latentearth")
    line = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    done = subprocess.run([*line, "--target", target, clone], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target


def run(installed, folder, *line):
    """Run Python there, with the installed library first and nothing of the repository."""
    environment = os.environ | {"PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, *line], cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_run_outside_the_repository(installed, tmp_path, example):
    script = tmp_path / example.name
    script.write_text(
        "import latentearth\n"
        f"assert latentearth.__file__.startswith({str(installed)!r}), latentearth.__file__\n"
        + example.read_text(encoding="utf-8").replace("from __future__ import annotations\n", "")
    )
    done = run(installed, tmp_path, script)
    assert done.returncode == 0, done.stderr


def test_it_brings_its_coastlines(installed, tmp_path):
    done = run(
        installed,
        tmp_path,
        "-c",
        "from latentearth.figures import projections; assert len(projections.coastlines())",
    )
    assert done.returncode == 0, done.stderr


def test_it_names_the_version_of_the_package(installed):
    (metadata,) = installed.glob("latentearth-*.dist-info")
    from latentearth import __version__

    assert metadata.name == f"latentearth-{__version__}.dist-info"
