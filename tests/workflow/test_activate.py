"""`. ./activate` in a small checkout of its own: made once, made anew when it has to be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHELLS = [shell for shell in ("bash", "zsh") if shutil.which(shell)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A checkout with hardly a lock, its environment made; its path has a space."""
    folder = tmp_path_factory.mktemp("a checkout") / "latent earth"
    (folder / "envs").mkdir(parents=True)
    (folder / "src" / "latentearth").mkdir(parents=True)
    (folder / "src" / "latentearth" / "__init__.py").write_text('__version__ = "0"\n')
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    builds = [line for line in lock if line.startswith("setuptools==")]  # the library's package
    (folder / "requirements.lock").write_text("\n".join(builds) + "\n")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    shutil.copy(ROOT / "activate", folder)
    shutil.copy(ROOT / "envs" / "make", folder / "envs")
    done = source(folder, "bash", "true")
    assert done.returncode == 0, done.stderr
    assert "making .venv" in done.stderr
    return folder


def source(folder: Path, shell: str, then: str, **variables: str) -> subprocess.CompletedProcess:
    """Source the file from another folder in a new shell, then run a command."""
    return subprocess.run(
        [shell, "-c", f". '{folder}/activate' && {then}"],
        cwd="/",
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_entering_gives_the_environment_and_the_library(made, shell):
    then = "python -c 'import sys, latentearth as l; print(sys.prefix, l.__file__, sep=\"\\n\")'"
    done = source(made, shell, then)
    assert done.stdout.splitlines() == [
        str(made / ".venv"),
        str(made / "src" / "latentearth" / "__init__.py"),
    ]
    assert done.stderr == "", "it was made a second time, or warned"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_strict_shell_and_its_variables_are_left_as_they_are(made, shell):
    done = subprocess.run(
        [
            *(shell, "-c"),
            f"set -eu; name=mine; root=mine; quiet=mine; . '{made}/activate'; "
            "echo $- $name $root $quiet ${_latentearth-unset}; false; echo not reached",
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    options, *variables = done.stdout.split()
    assert {"e", "u"} <= set(options)
    assert variables == ["mine", "mine", "mine", "unset"]
    assert done.returncode == 1


def test_an_interrupted_environment_is_made_anew(made):
    # The stamp is written last. Here the environment that has to be made is the one in use.
    again = f"rm '{made}/.venv/made-from'; . '{made}/activate' && python -c 'import latentearth'"
    done = source(made, "bash", again)
    assert done.returncode == 0, done.stderr
    assert "making .venv" in done.stderr
    assert f"with {made}" not in done.stderr, "it was made with itself"
    assert source(made, "bash", "true").stderr == ""


def test_a_changed_lock_is_noticed_and_a_failure_is_told(made, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(made, folder, symlinks=True)
    (folder / "requirements.lock").write_text("./no-such-package\n")
    done = source(folder, "bash", "true")
    assert done.returncode == 1
    assert "making .venv" in done.stderr
    assert "no-such-package" in done.stderr
    assert "could not make" in done.stderr
    assert not (folder / ".venv" / "made-from").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_without_python_it_says_so_and_the_shell_lives_on(made, tmp_path, shell):
    folder = tmp_path / "copy"
    shutil.copytree(made, folder, symlinks=True, ignore=shutil.ignore_patterns(".venv"))
    tools = tmp_path / "tools"  # all that the script calls, and no Python
    tools.mkdir()
    for tool in ("bash", "env", "dirname", "cksum"):
        (tools / tool).symlink_to(shutil.which(tool))
    done = source(folder, shutil.which(shell), "true; echo status $?", PATH=str(tools))
    assert done.stdout == "status 1\n"
    assert "no Python 3.11 or newer on PATH" in done.stderr


def test_a_missing_venv_package_is_installed_or_named(made, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(made, folder, symlinks=True, ignore=shutil.ignore_patterns(".venv"))
    tools = tmp_path / "tools"
    tools.mkdir()
    calls = tmp_path / "calls"
    # A Python without ensurepip, as Debian has it, and an apt-get that gives nothing.
    write_tool(
        tools / "python3.11",
        f'case "$*" in *ensurepip*) exit 1;; *) exec {sys.executable} "$@";; esac',
    )
    write_tool(tools / "apt-get", f'echo "$@" >>{calls}; exit 100')
    write_tool(tools / "id", "echo 0")
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"

    done = source(folder, "bash", "true", PATH=path)
    assert done.returncode == 1
    assert f"apt-get install {package}" in done.stderr
    assert calls.read_text().startswith("update")

    calls.unlink()
    write_tool(tools / "id", "echo 1000")  # not root: no apt-get, only the line to run
    done = source(folder, "bash", "true", PATH=path)
    assert done.returncode == 1
    assert f"apt-get install {package}" in done.stderr
    assert not calls.exists()


def test_system_packages_are_installed_by_root_and_named_to_others(made, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(made, folder, symlinks=True, ignore=shutil.ignore_patterns(".venv"))
    tools, calls = tmp_path / "tools", tmp_path / "calls"
    tools.mkdir()
    # Everything is there but gfortran.
    write_tool(
        tools / "dpkg-query",
        'case "$*" in *gfortran*) exit 1;; *) echo install ok installed;; esac',
    )
    write_tool(tools / "apt-get", f'echo "$@" >>{calls}')
    write_tool(tools / "id", "echo 0")
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    done = source(folder, "bash", "true", PATH=path)
    assert done.returncode == 0, done.stderr
    assert calls.read_text().splitlines()[-1].endswith("--no-install-recommends gfortran")

    calls.unlink()
    (folder / ".venv" / "made-from").unlink()
    write_tool(tools / "id", "echo 1000")
    done = source(folder, "bash", "true", PATH=path)
    assert done.returncode == 0, "an environment is made without them, too"
    assert "sudo apt-get install gfortran" in done.stderr
    assert not calls.exists()


def write_tool(path: Path, body: str) -> None:
    """Write a small program for PATH."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
