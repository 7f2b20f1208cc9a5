"""Nested sampling in a box: MultiNest through PyMultiNest, or nautilus; one interface.

Both take a log-likelihood of many points at once. MultiNest asks for one point at a time; nautilus
for hundreds, so that an emulator predicts them in one batch. A run takes about a minute, and one
that was interrupted starts again: the same seed gives the same samples.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from latentearth.samples import Posterior

LogLikelihood = Callable[[np.ndarray], np.ndarray]  # (points, dimensions) -> (points,)


def multinest_available() -> bool:
    """Whether PyMultiNest and a MultiNest library are here."""
    try:
        _pymultinest()
    except (ImportError, OSError, SystemExit):  # pymultinest exits when it finds no library
        return False
    return True


def sample(
    log_likelihood: LogLikelihood,
    bounds: np.ndarray,
    seed: np.random.SeedSequence,
    *,
    sampler: str = "multinest",
    live: int = 400,
    efficiency: float = 0.8,
    tolerance: float = 0.5,
    effective: int = 5000,
) -> Posterior:
    """Sample a posterior under a uniform prior in a box.

    Parameters
    ----------
    log_likelihood
        Natural logarithm of the likelihood of (points, dimensions).
    bounds
        (dimensions, 2) lower and upper bounds.
    seed
        Random stream.
    sampler
        ``multinest`` or ``nautilus``. Without a MultiNest library, nautilus takes its place and
        a line says so.
    live
        Live points.
    efficiency, tolerance
        MultiNest's sampling efficiency and the error of log-evidence at which it ends.
    effective
        Effective number of samples at which nautilus ends.

    Returns
    -------
    Posterior

    Raises
    ------
    ValueError
        If the sampler is another, or a lower bound is not below the upper one.
    """
    bounds = np.asarray(bounds, dtype=float)
    if (bounds[:, 0] >= bounds[:, 1]).any():
        raise ValueError(f"bounds: the lower first, got {bounds.tolist()}")
    if sampler not in ("multinest", "nautilus"):
        raise ValueError(f"sampler multinest or nautilus, not {sampler}")
    if sampler == "multinest" and not multinest_available():
        print("no MultiNest library (libmultinest, or cosmosis's): sampling with nautilus instead")
        sampler = "nautilus"
    if sampler == "multinest":
        return _multinest(log_likelihood, bounds, seed, live, efficiency, tolerance)
    return _nautilus(log_likelihood, bounds, seed, live, effective)


def _multinest(
    log_likelihood: LogLikelihood,
    bounds: np.ndarray,
    seed: np.random.SeedSequence,
    live: int,
    efficiency: float,
    tolerance: float,
) -> Posterior:
    """Run MultiNest in a folder of its own and read what it wrote."""
    pymultinest = _pymultinest()
    dimensions, width = len(bounds), np.ptp(bounds, axis=1)
    evaluations = 0

    def prior(cube: Any, count: int, parameters: int) -> None:
        for i in range(count):
            cube[i] = bounds[i, 0] + cube[i] * width[i]

    def likelihood(cube: Any, count: int, parameters: int) -> float:
        nonlocal evaluations
        evaluations += 1
        return float(log_likelihood(np.array([cube[:count]]))[0])

    # MultiNest keeps 100 characters of a path: the folder must have a short one
    with tempfile.TemporaryDirectory(prefix="mn") as folder:
        root = f"{folder}/"
        pymultinest.run(
            likelihood,
            prior,
            dimensions,
            n_live_points=live,
            sampling_efficiency=efficiency,
            evidence_tolerance=tolerance,
            outputfiles_basename=root,
            seed=int(seed.generate_state(1)[0] % 30000),  # its generator knows no larger ones
            resume=False,
            verbose=False,
            use_MPI=False,
        )
        table = np.loadtxt(f"{root}.txt", ndmin=2)
        summary = Path(f"{root}stats.dat").read_text(encoding="utf-8").splitlines()
    line = next(text for text in summary if "Importance Sampling Global Log-Evidence" in text)
    value, error = (float(part) for part in line.split(":")[1].split("+/-"))
    kept = table[:, 0] > 0
    return Posterior(
        table[kept, 2:],
        table[kept, 0] / table[kept, 0].sum(),
        -0.5 * table[kept, 1],
        value,
        error,
        evaluations,
        "multinest",
    )


def _nautilus(
    log_likelihood: LogLikelihood,
    bounds: np.ndarray,
    seed: np.random.SeedSequence,
    live: int,
    effective: int,
) -> Posterior:
    """Run nautilus, batch by batch."""
    from nautilus import Sampler

    width = np.ptp(bounds, axis=1)
    runner = Sampler(
        lambda cube: bounds[:, 0] + cube * width,
        lambda points: np.asarray(log_likelihood(np.atleast_2d(points)), dtype=float),
        n_dim=len(bounds),
        n_live=live,
        vectorized=True,
        n_networks=1,  # of the bound on the likelihood; in three dimensions one is enough
        pass_dict=False,
        seed=int(seed.generate_state(1)[0]),
    )
    runner.run(n_eff=effective, verbose=False)
    points, log_weights, values = runner.posterior()
    weights = np.exp(log_weights - log_weights.max())
    kept = weights > 0
    # nautilus gives no error of its own; that of an importance sample of this effective size
    return Posterior(
        points[kept],
        weights[kept] / weights[kept].sum(),
        values[kept],
        float(runner.log_z),
        float(1.0 / np.sqrt(runner.n_eff)),
        int(runner.n_like),
        "nautilus",
    )


def _pymultinest() -> ModuleType:
    """Import pymultinest with conda's MultiNest library, or the one that cosmosis built."""
    spec = importlib.util.find_spec("cosmosis")
    found = []
    if spec is not None and spec.origin:
        found = sorted((Path(spec.origin).parent / "samplers/multinest").rglob("libnest3.so"))
    with _library(found), open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        import pymultinest
    return pymultinest


@contextlib.contextmanager
def _library(others: list[Path]) -> Iterator[None]:
    """Let the loader take another file where ``libmultinest`` is missing."""
    load = ctypes.cdll.LoadLibrary

    def first_that_loads(name: str) -> ctypes.CDLL:
        names = [name, *map(str, others)] if "libmultinest" in str(name) else [name]
        for candidate in names[:-1]:
            with contextlib.suppress(OSError):
                return load(candidate)
        return load(names[-1])

    ctypes.cdll.LoadLibrary = first_that_loads  # type: ignore[method-assign]  # for one import
    try:
        yield
    finally:
        ctypes.cdll.LoadLibrary = load  # type: ignore[method-assign]  # as it was
