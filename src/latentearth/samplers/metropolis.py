"""Random-walk Metropolis sampling: chains of equal length, with checkpoints."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.samplers.random_walk import Density, WalkState, advance_within, begin_walk
from latentearth.samples import Samples, even_weights


@dataclass(frozen=True)
class Metropolis:
    """Settings of chains of equal length.

    Attributes
    ----------
    step_size
        Standard deviation of the Gaussian jump of each coordinate.
    samples
        To keep per chain.
    thinning
        Steps from one sample to the next.
    burn_in
        Steps per chain before the first sample.
    block
        Samples between checkpoints.
    threads
        Chains that run at the same time.
    """

    step_size: float
    samples: int
    thinning: int = 1
    burn_in: int = 0
    block: int = 10_000
    threads: int = 1

    def __call__(
        self,
        target: Density,
        start: np.ndarray,
        seed: np.random.SeedSequence,
        checkpoint: Path | None = None,
    ) -> Samples:
        """Run chains, or take them up where a checkpoint left them.

        Parameters
        ----------
        target
            What to sample; no prior is told apart from the likelihood.
        start
            First positions, (chain, coordinate).
        seed
            Of all chains; chain k draws from its k-th stream.
        checkpoint
            A netCDF file for the samples so far, left for the caller to remove.

        Returns
        -------
        Samples
            The same whether the run was stopped or not (but for times); positions in float32.
        """
        task = self._task(target, start, seed)
        work = _read_walk(checkpoint, task) if checkpoint else None
        work = work or self._burnt_in(target, start, seed)
        while work.log_density.shape[1] < self.samples:
            clock = time.process_time()
            count = min(self.block, self.samples - work.log_density.shape[1])
            kept, found, state = advance_within(
                target,
                work.state,
                count,
                thinning=self.thinning,
                step_size=self.step_size,
                threads=self.threads,
            )
            spent = work.cpu_s + time.process_time() - clock
            position = np.concatenate([work.position, kept], axis=1)
            values = np.concatenate([work.log_density, np.stack(found)], axis=1)
            work = _Walked(state, position, values, spent, work.burn_in_cpu_s)
            if checkpoint:
                _write_walk(checkpoint, work, task)
        return Samples(
            work.position,
            work.log_density,
            work.log_density,
            even_weights(*work.log_density.shape),
            work.state.accepted / np.maximum(work.state.steps, 1),
            evaluations=int(work.state.steps.sum()),
            cpu_s=work.cpu_s,
            setup_cpu_s=work.burn_in_cpu_s,
            about={"step_size": self.step_size, "thinning": self.thinning},
        )

    def _burnt_in(self, target: Density, start: np.ndarray, seed: np.random.SeedSequence):
        """The chains after burn-in, which is forgotten, with no samples."""
        clock, state = time.process_time(), begin_walk(target, start, seed)
        if self.burn_in:
            *_, state = advance_within(
                target,
                state,
                1,
                thinning=self.burn_in,
                step_size=self.step_size,
                threads=self.threads,
            )
        zero = np.zeros_like(state.steps)
        none = np.empty((len(start), 0, state.position.shape[1]), np.float32)
        return _Walked(
            replace(state, steps=zero, accepted=zero.copy()),
            none,
            np.empty(none.shape[:2]),
            0.0,
            time.process_time() - clock,
        )

    def _task(self, target: Density, start: np.ndarray, seed: np.random.SeedSequence) -> str:
        """Checksum of all that decides the chains, but their length and the blocks."""
        digest = hashlib.sha256(target.parameters.tobytes())
        digest.update(np.ascontiguousarray(start, dtype=np.float64).tobytes())
        rest = (self.step_size, self.thinning, self.burn_in, seed.entropy, seed.spawn_key)
        digest.update(repr((target.log_density.__name__, np.shape(start), *rest)).encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class _Walked:
    """All that a run is between two blocks."""

    state: WalkState
    position: np.ndarray  # (chain, sample, coordinate) float32
    log_density: np.ndarray  # (chain, sample)
    cpu_s: float
    burn_in_cpu_s: float


def _write_walk(path: str | os.PathLike, work: _Walked, task: str) -> None:
    """Write a checkpoint atomically."""
    dims = {"position": ("chain", "coordinate"), "stream": ("chain", "word")}
    variables: dict = {
        f"state_{name}": (dims.get(name, ("chain",)), v) for name, v in vars(work.state).items()
    }
    variables["position"] = (("chain", "sample", "coordinate"), work.position)
    variables["log_density"] = (("chain", "sample"), work.log_density)
    attributes: io.Attributes = {
        "task": task,
        "cpu_s": work.cpu_s,
        "burn_in_cpu_s": work.burn_in_cpu_s,
    }
    io.write_dataset(path, xr.Dataset(variables), attributes)


def _read_walk(path: str | os.PathLike, task: str) -> _Walked | None:
    """Read a checkpoint, or None (with a line that says why) if there is none to take up."""
    if not Path(path).exists():
        return None
    try:
        found = io.read_dataset(path)
    except io.InputError as error:
        print(f"starting anew: {error}")
        return None
    if found.attrs.get("task") != task:
        print(f"checkpoint {path} was made with other settings, seeds or data; starting anew")
        return None
    parts = {str(name): np.ascontiguousarray(found[name].values) for name in found}
    state = WalkState(**{name: parts[f"state_{name}"] for name in WalkState.__dataclass_fields__})
    times = (float(found.attrs[name]) for name in ("cpu_s", "burn_in_cpu_s"))
    return _Walked(state, parts["position"], parts["log_density"], *times)
