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
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from latentearth.samplers.targets import Target, box_of
from latentearth.samples import Samples, unordered

LONGEST_FOLDER = 60  # characters, which leaves 40 for names below


def multinest_available() -> bool:
    """Whether PyMultiNest and a MultiNest library are here."""
    try:
        _pymultinest()
    except (ImportError, OSError, SystemExit):  # pymultinest exits when it finds no library
        return False
    return True


@dataclass(frozen=True)
class Nested:
    """Settings of nested sampling.

    Attributes
    ----------
    engine
        ``multinest`` or ``nautilus``. Without a MultiNest library, nautilus takes its place and
        a line says so.
    live
        Live points.
    efficiency, tolerance
        MultiNest's sampling efficiency and the error of log-evidence at which it ends.
    effective
        Effective number of samples at which nautilus ends.

    Raises
    ------
    ValueError
        If the engine is another.
    """

    engine: str = "multinest"
    live: int = 400
    efficiency: float = 0.8
    tolerance: float = 0.5
    effective: int = 5000

    def __post_init__(self) -> None:
        if self.engine not in ("multinest", "nautilus"):
            raise ValueError(f"engine multinest or nautilus, not {self.engine}")

    def __call__(
        self,
        target: Target,
        start: None,
        seed: np.random.SeedSequence,
        checkpoint: Path | None = None,
    ) -> Samples:
        """Sample a target whose prior is a :class:`~latentearth.samplers.targets.Box`.

        Neither begins anywhere nor writes a checkpoint.
        """
        clock = time.process_time()
        engine = self.engine
        if engine == "multinest" and not multinest_available():
            print("no MultiNest library (libmultinest, or cosmosis's): nautilus instead")
            engine = "nautilus"
        number = int(seed.generate_state(1)[0])
        found = (self._multinest if engine == "multinest" else self._nautilus)(target, number)
        spent = time.process_time() - clock
        return replace(found, cpu_s=spent, about={"engine": engine, "live": self.live})

    def _multinest(self, target: Target, seed: int) -> Samples:
        """Run MultiNest in a folder of its own and read what it wrote."""
        box, evaluations = box_of(target), 0

        def prior(cube: Any, count: int, parameters: int) -> None:
            for i in range(count):
                cube[i] = box.bounds[i, 0] + cube[i] * box.width[i]

        def likelihood(cube: Any, count: int, parameters: int) -> float:
            nonlocal evaluations
            evaluations += 1
            return float(target.log_likelihood(np.array([cube[:count]]))[0])

        # many a MultiNest keeps 100 characters of a path, names of its files among them
        short = None if len(tempfile.gettempdir()) < LONGEST_FOLDER else "/tmp"
        with tempfile.TemporaryDirectory(prefix="mn", dir=short) as folder:
            root = f"{folder}/"
            _pymultinest().run(
                likelihood,
                prior,
                len(box.bounds),
                n_live_points=self.live,
                sampling_efficiency=self.efficiency,
                evidence_tolerance=self.tolerance,
                outputfiles_basename=root,
                seed=seed % 30000,  # its generator knows no larger ones
                resume=False,
                verbose=False,
                use_MPI=False,
            )
            table = np.loadtxt(f"{root}.txt", ndmin=2)
            summary = Path(f"{root}stats.dat").read_text(encoding="utf-8").splitlines()
        line = next(text for text in summary if "Importance Sampling Global Log-Evidence" in text)
        value, error = (float(part) for part in line.split(":")[1].split("+/-"))
        kept = table[:, 0] > 0
        position, values, weight = table[kept, 2:], -0.5 * table[kept, 1], table[kept, 0]
        return _weighted(position, values, weight, (value, error), evaluations)

    def _nautilus(self, target: Target, seed: int) -> Samples:
        """Run nautilus, batch by batch."""
        from nautilus import Sampler

        box = box_of(target)
        runner = Sampler(
            box.from_cube,
            lambda points: np.asarray(target.log_likelihood(np.atleast_2d(points)), dtype=float),
            n_dim=len(box.bounds),
            n_live=self.live,
            vectorized=True,
            n_networks=1,  # of the bound on the likelihood; in three dimensions one is enough
            pass_dict=False,
            seed=seed,
        )
        runner.run(n_eff=self.effective, verbose=False)
        points, log_weights, values = runner.posterior()
        weights = np.exp(log_weights - log_weights.max())
        kept = weights > 0
        # nautilus gives no error of its own; that of an importance sample of this effective size
        evidence = float(runner.log_z), float(1.0 / np.sqrt(runner.n_eff))
        return _weighted(points[kept], values[kept], weights[kept], evidence, int(runner.n_like))


def _weighted(
    position: np.ndarray,
    log_likelihood: np.ndarray,
    weight: np.ndarray,
    evidence: tuple[float, float],
    evaluations: int,
) -> Samples:
    """Samples of one run, but for their CPU time."""
    return unordered(
        position,
        log_likelihood,
        weight / weight.sum(),
        evaluations=evaluations,
        cpu_s=0.0,
        log_evidence=evidence[0],
        log_evidence_error=evidence[1],
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
