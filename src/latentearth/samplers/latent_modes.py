"""Modes of a sharp posterior in a latent space, by least squares from many starts.

Where data are nearly exact a posterior is a few narrow ridges of a rugged density. Populations that
are annealed from the prior lose all but one of their ancestors long before they see which ridge is
the highest. A latent space has few coordinates, so that slopes of all data cost little more than
two dozen likelihoods, and steps of Levenberg (1944, Q. Appl. Math. 2, 164) and Marquardt (1963, J.
SIAM 11, 431) climb along a ridge where gradients go to and fro across it. Slopes are updated by
what each step shows (Broyden 1965, Math. Comput. 19, 577) and made anew at every third. Many
starts make a few steps, the best third of them some more, and so on; then some climb again from
around the tops, where small ridges lie beside each other. At each top the posterior is normal in
Laplace's approximation, which weighs the modes and gives the evidence.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.special import logsumexp

from latentearth import checkpoints
from latentearth.samplers.annealing import systematic
from latentearth.samplers.targets import Normal, Posterior
from latentearth.samples import Samples, even_weights

Residuals = Callable[[np.ndarray], np.ndarray]  # (point, latent) to (point, datum)

QUOTIENT_STEP = 0.02  # of a slope; standard deviations of the prior
DAMPINGS = 10.0 ** np.arange(-1, 3)  # tried at each step, times the last one that served
FIRST_DAMPING = 10.0
MOST_DAMPING = 1e8  # a step that still does not climb is the last
LAST_GAIN = 0.3  # in log density, of a step with new slopes; chains scatter by much more
CLIMBS = (3, 6, 10, 30)  # of all starts, of the best third, ...
KEPT = 1 / 3
RENEWED = 3  # steps after which slopes are made anew
AGAIN = 2  # climbs from around the tops, by a fifth as many starts,
WIDE = 8.0  # that many posterior deviations away
MOST_MODES = 4
FAR_BELOW = 30.0  # modes whose log density is that much below the highest are left out
OTHER_MODE = 1.0  # mean square of a coordinate's distance between two modes, posterior deviations


@dataclass
class _Climbers:
    """Points on their way up: arrays whose first axis is the point."""

    position: np.ndarray  # (point, latent)
    residual: np.ndarray  # (point, datum)
    slopes: np.ndarray  # (point, datum, latent)
    damping: np.ndarray
    age: np.ndarray  # steps since slopes were made anew; 0: they have to be
    done: np.ndarray

    @property
    def height(self) -> np.ndarray:
        """(point,) log density."""
        return _height(self.position, self.residual)

    def taken(self, which: np.ndarray | list[int]) -> _Climbers:
        """Some of them."""
        return _Climbers(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def best(self, count: int) -> _Climbers:
        """The highest ones, from above, without those at the top of a higher one."""
        order = np.argsort(-self.height, kind="stable")
        roots = np.linalg.cholesky(_curvature(self.slopes)).transpose(0, 2, 1)
        kept: list[int] = []
        for k in order:
            apart = [
                np.square(roots[j] @ (self.position[k] - self.position[j])).mean() for j in kept
            ]
            if min(apart, default=np.inf) > OTHER_MODE:
                kept.append(k)
            if len(kept) == count:
                break
        return self.taken(kept)


def _height(position: np.ndarray, residual: np.ndarray) -> np.ndarray:
    return -0.5 * (np.square(residual).sum(-1) + np.square(position).sum(-1))


@dataclass(frozen=True)
class LatentModes:
    """Settings.

    Attributes
    ----------
    draws
        Of the prior, of which the likeliest are climbed from.
    starts
        So many.
    particles
        Draws of the normal densities at the modes.
    device
        Where the target computes.
    """

    draws: int = 4096
    starts: int = 128
    particles: int = 32
    device: torch.device | str = "cpu"

    def __call__(
        self,
        target: Posterior,
        start: np.ndarray | None,
        seed: np.random.SeedSequence,
        checkpoint: Path | None = None,
    ) -> Samples:
        """Draw from the modes of a target that has residuals.

        Parameters
        ----------
        target
            Its prior is standard normal; its functions take and give tensors.
        start
            Draws of the prior, (draw, latent); by default they are made.
        seed
            Of all random numbers.
        checkpoint
            A file for the result, left for the caller to remove.

        Returns
        -------
        Samples
            Positions in the order of their modes, of which `independent` is the number; the
            evidence by Laplace's approximation.
        """
        settings = {
            **{key: value for key, value in asdict(self).items() if key != "device"},
            "seed": [seed.entropy, seed.spawn_key],
            "identity": target.identity,
            "what": "latent modes",
        }
        saved = checkpoints.load(checkpoint, settings) if checkpoint else None
        if saved is None:
            saved = self._sampled(target, start, seed)
            if checkpoint:
                checkpoints.save(checkpoint, saved, settings)
        position = saved["position"].numpy()
        likelihood = saved["log_likelihood"].numpy()
        return Samples(
            position[None],
            (likelihood + target.prior.log_density(position))[None],
            likelihood[None],
            even_weights(1, len(position)),
            np.array([np.nan]),
            saved["evaluations"],
            cpu_s=saved["cpu_s"],
            log_evidence=saved["log_evidence"],
            independent=saved["modes"],
            about={"engine": "latent modes"},
        )

    def _sampled(
        self, target: Posterior, start: np.ndarray | None, seed: np.random.SeedSequence
    ) -> dict:
        """All that the result says, as tensors and plain values."""
        of_target = target.residuals
        if of_target is None or not isinstance(target.prior, Normal):
            raise TypeError("modes are climbed in a latent space, by a target that has residuals")
        clock, random, count = time.process_time(), np.random.default_rng(seed), 0

        def residuals(z: np.ndarray) -> np.ndarray:
            nonlocal count
            count += len(z)
            return of_target(self._tensor(z)).double().numpy(force=True)

        z = target.prior.draw(self.draws, random) if start is None else start
        likely = target.log_likelihood(self._tensor(z)).numpy(force=True)
        first = z[np.argsort(-likely, kind="stable")[: self.starts]]
        tops = _climbed(residuals, first)
        for _ in range(AGAIN):
            of = np.arange(self.starts // 5 + 1) % len(tops.position)
            again = _climbed(residuals, _around(tops, of, WIDE, random))
            tops = _joined(tops, again).best(MOST_MODES)
        tops = tops.taken(tops.height > tops.height.max() - FAR_BELOW)
        position, evidence = self._drawn(tops, random)
        modes = len(tops.position)
        print(
            f"{len(z)} draws, {len(first)} starts, {modes} modes; the highest has log likelihood "
            f"{-0.5 * float(np.square(tops.residual[0]).sum()):.0f}",
            flush=True,
        )
        return {
            "position": torch.from_numpy(position),
            "log_likelihood": target.log_likelihood(self._tensor(position)).double().cpu(),
            "log_evidence": evidence,
            "modes": modes,
            "evaluations": count + len(z),
            "cpu_s": time.process_time() - clock,
        }

    def _tensor(self, z: np.ndarray) -> torch.Tensor:
        return torch.as_tensor(z, device=self.device)

    def _drawn(self, tops: _Climbers, random: np.random.Generator) -> tuple[np.ndarray, float]:
        """Draws of the normal densities at the tops, in proportion, and the log evidence."""
        volumes = tops.height - 0.5 * np.linalg.slogdet(_curvature(tops.slopes))[1]
        evidence = float(logsumexp(volumes))
        weights = np.exp(volumes - evidence)
        of = systematic(weights / weights.sum(), random.random(), self.particles)
        return _around(tops, of, 1.0, random), evidence


def _climbed(residuals: Residuals, first: np.ndarray) -> _Climbers:
    """Starts that went up, the fewer the further, with new slopes at the end."""
    points, latent = first.shape
    residual = residuals(first)
    climbers = _Climbers(
        first.copy(),
        residual,
        np.zeros((points, residual.shape[1], latent)),
        np.full(points, FIRST_DAMPING),
        np.zeros(points, int),
        np.zeros(points, bool),
    )
    for number, steps in enumerate(CLIMBS):
        if number:
            climbers = climbers.best(max(MOST_MODES, round(points * KEPT**number)))
        for _ in range(steps):
            if climbers.done.all():
                break
            _renew(residuals, climbers, ~climbers.done & (climbers.age % RENEWED == 0))
            _step(residuals, climbers)
        print(f"{len(climbers.position)} points up to {climbers.height.max():.0f}", flush=True)
    _renew(residuals, climbers, np.full(len(climbers.position), True))
    return climbers


def _curvature(slopes: np.ndarray) -> np.ndarray:
    """Of minus the log density, (point, latent, latent), but for second derivatives of data."""
    return slopes.transpose(0, 2, 1) @ slopes + np.eye(slopes.shape[2])


def _around(
    tops: _Climbers, of: np.ndarray, width: float, random: np.random.Generator
) -> np.ndarray:
    """Draws, (draw, latent), of the normal densities at tops `of`, so many times as wide."""
    roots = np.linalg.cholesky(_curvature(tops.slopes[of])).transpose(0, 2, 1)
    normal = random.standard_normal((len(of), tops.position.shape[1], 1))
    return tops.position[of] + width * np.linalg.solve(roots, normal)[..., 0]


def _joined(*climbers: _Climbers) -> _Climbers:
    """Points of several."""
    names = _Climbers.__dataclass_fields__
    return _Climbers(*(np.concatenate([getattr(one, name) for one in climbers]) for name in names))


def _renew(residuals: Residuals, climbers: _Climbers, which: np.ndarray) -> None:
    """Slopes of some points by differences."""
    chosen, jumps = np.flatnonzero(which), QUOTIENT_STEP * np.eye(climbers.position.shape[1])
    for k in chosen:
        around = residuals(climbers.position[k] + jumps)
        climbers.slopes[k] = (around - climbers.residual[k]).T / QUOTIENT_STEP
    climbers.age[chosen] = 0


def _step(residuals: Residuals, climbers: _Climbers) -> None:
    """One step of all points that are not done, with the best of several dampings."""
    of = np.flatnonzero(~climbers.done)
    position, residual, slopes = climbers.position[of], climbers.residual[of], climbers.slopes[of]
    force = -(slopes.transpose(0, 2, 1) @ residual[..., None])[..., 0] - position
    dampings = climbers.damping[of, None] * DAMPINGS  # (point, trial)
    unit = np.eye(position.shape[1])
    damped = _curvature(slopes)[:, None] + dampings[..., None, None] * unit
    jumps = np.linalg.solve(damped, force[:, None, :, None])[..., 0]
    tried = position[:, None] + jumps
    found = residuals(tried.reshape(-1, len(unit))).reshape(*dampings.shape, -1)
    heights, rows = _height(tried, found), np.arange(len(of))
    best = heights.argmax(1)
    gain = heights[rows, best] - climbers.height[of]
    rose, fresh = gain > 0, climbers.age[of] % RENEWED == 0
    up, jump = of[rose], jumps[rows, best][rose]
    change = found[rows, best][rose] - residual[rose]
    unseen = change - (slopes[rose] @ jump[..., None])[..., 0]
    climbers.slopes[up] += unseen[..., None] * jump[:, None] / np.square(jump).sum(1)[:, None, None]
    climbers.position[up] = tried[rows, best][rose]
    climbers.residual[up] = found[rows, best][rose]
    climbers.damping[up] = dampings[rows, best][rose]
    climbers.age[up] += 1
    stuck = of[~rose]
    climbers.damping[stuck] = np.where(fresh[~rose], climbers.damping[stuck] * 1e3, FIRST_DAMPING)
    climbers.age[of[~rose]] = 0
    climbers.done[of] = fresh & np.where(rose, gain < LAST_GAIN, dampings[:, 0] > MOST_DAMPING)
