"""Where a result comes from, and where its random numbers come from."""

from __future__ import annotations

import functools
import importlib.metadata
import json
import subprocess
from pathlib import Path

from latentearth import __version__

PACKAGES = ("numpy", "scipy", "torch", "numba", "xarray")


ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = "unknown (no git repository)"


def _git(*arguments: str) -> str:
    """What git says of the project; it may belong to another user, since nothing is written."""
    command = ["git", "-C", str(ROOT), "-c", "safe.directory=*", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@functools.cache
def git_commit() -> str:
    """Commit of the code that is running, with ``+changes`` if files differ from it.

    A copy of the project without its history has none, also within a repository of another one.
    """
    try:
        if Path(_git("rev-parse", "--show-toplevel")).resolve() != ROOT:
            return UNKNOWN
        commit = _git("describe", "--always", "--abbrev=40", "--exclude=*")
        changed = _git("status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return UNKNOWN
    return commit + ("+changes" if changed else "")


@functools.cache
def versions() -> dict[str, str]:
    """Versions of the packages that decide numbers."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def attributes(title: str, settings: dict, seed: int, scale: str) -> dict[str, str | int]:
    """Provenance of one result, as global attributes of a netCDF file or entries of a card.

    Parameters
    ----------
    title
        What the file holds, in a few words.
    settings
        The section of the config that made it.
    seed
        The config's seed, from which every stream of the run is derived.
    scale
        ``smoke``, ``laptop``, ``study`` or ``paper``.
    """
    return {
        "title": title,
        "source": f"latentearth {__version__}",
        "git_commit": git_commit(),
        "scale": scale,
        "seed": seed,
        "settings": json.dumps(settings, sort_keys=True, default=str),
        "versions": json.dumps(versions(), sort_keys=True),
    }
