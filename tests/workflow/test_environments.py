"""Conda environments: what can be known about them without conda.

Whether conda-forge can solve them cannot be tested without its index; that they name what the
rules need, pinned to what the lock pins, can.
"""

import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from imports import library_behind, third_party

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))

# Names on conda-forge that differ from those on PyPI.
PYPI_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib"}

# Pins that differ from the lock, as name: (pin, reason).
EXCEPTIONS = {
    "pytorch": ("2.12", "the newest on conda-forge in mid-2026"),
    "netcdf4": ("1.7.4", "the newest on conda-forge in mid-2026"),
    "xarray": ("2026.4.0", "the newest on conda-forge in mid-2026"),
}

# Packages that another one loads by name, which no import statement shows.
LOADED_BY_NAME = {"xarray": "netcdf4"}  # xarray.open_dataset(engine="netcdf4")

# Extras: without them one sentence asks for them (tests/unit/readers/test_seismic_files.py).
EXTRAS = {"obspy"}


def normal(name: str) -> str:
    """A package's name as PyPI compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, str]:
    """Pins of requirements.lock."""
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {normal(name): version for name, version in pins}


def pinned(environment: Path) -> dict[str, str]:
    """Pins of an environment by name, Python and the ``pip:`` block included."""
    pins = {}
    for entry in yaml.safe_load(environment.read_text())["dependencies"]:
        entries, mark = (entry["pip"], "==") if isinstance(entry, dict) else ([entry], "=")
        for pin in entries:
            name, _, version = pin.partition(mark)
            assert re.fullmatch(r"\d[\w.]*", version), f"{environment.name}: {pin} is not pinned"
            pins[normal(name)] = version
    return pins


def covered(environment: Path) -> set[str]:
    """What an environment provides, under the names of PyPI."""
    return {PYPI_NAMES.get(name, name) for name in pinned(environment)}


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_channels_and_python(environment):
    content = yaml.safe_load(environment.read_text())
    assert content["channels"] == ["conda-forge", "nodefaults"]
    # Snakemake hands its objects to the scripts as pickles and its own modules from the outer
    # environment, which the results were made with on 3.11.
    assert pinned(environment)["python"] == "3.11"


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_pins_are_those_of_the_lock(environment):
    lock, faults = locked(), []
    for name, version in pinned(environment).items():
        expected = (
            EXCEPTIONS[name][0] if name in EXCEPTIONS else lock.get(PYPI_NAMES.get(name, name))
        )
        if name not in ("python", "pip") and version != expected:  # the lock names neither
            faults.append(f"{name}={version}, but the lock (or EXCEPTIONS) says {expected}")
    assert not faults, "\n".join(faults)


def test_exceptions_are_needed():
    lock = locked()
    used = {name for environment in ENVIRONMENTS for name in pinned(environment)}
    for name, (version, _) in EXCEPTIONS.items():
        assert name in used, f"{name} stands in EXCEPTIONS and in no environment"
        assert version != lock[PYPI_NAMES.get(name, name)], f"{name} is no exception any more"


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_packages_loaded_by_name_are_there(environment):
    provided = covered(environment)
    missing = {n for user, n in LOADED_BY_NAME.items() if user in provided and n not in provided}
    assert not missing


def test_each_rules_environment_covers_its_imports(rules):
    distributions = packages_distributions()
    faults, checked = [], 0
    for rule in rules:
        if not (rule["script"] and rule["conda"]):
            continue  # test_rules.py says which these are
        script, environment = Path(rule["script"]), Path(rule["conda"])
        assert environment in ENVIRONMENTS, f"{rule['name']}: there is no {environment}"
        for package in third_party({script, *library_behind(script)}) - EXTRAS:
            checked += 1
            names = {normal(name) for name in distributions.get(package, [package])}
            if not names & covered(environment):
                faults.append(f"{rule['name']}: {environment.name} does not provide {package}")
    assert checked, "no import was checked"
    assert not faults, "\n".join(faults)


def test_imports_are_found_through_the_library(tmp_path):
    room = tmp_path / "latentearth" / "room"
    room.mkdir(parents=True)
    (tmp_path / "latentearth" / "__init__.py").write_text("import numpy\n")
    (room / "__init__.py").write_text("")
    (room / "one.py").write_text("from latentearth.room import two\n")
    (room / "two.py").write_text("def f():\n    import netCDF4, json\n")
    (room / "three.py").write_text("import torch\n")
    script = tmp_path / "script.py"
    script.write_text("from latentearth.room.one import g\nfrom scipy.stats import norm\n")
    behind = library_behind(script, {"latentearth": tmp_path})
    assert {file.name for file in behind} == {"__init__.py", "one.py", "two.py"}
    assert third_party({script, *behind}) == {"numpy", "netCDF4", "scipy"}
