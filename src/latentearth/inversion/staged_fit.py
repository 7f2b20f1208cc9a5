"""The closest fit of a curve flow: many starts on coarse images, the best of them on finer ones.

The squared distance of images is rough in the scores of a curve flow: of random starts hardly one
in a hundred comes near, of those that begin at the nearest of many draws one in fifteen. So the
search begins from many, where images are small, cheap and have soft edges, and leaves most behind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from latentearth.generators.curve_flow import CurveFlow
from latentearth.images.scores import coarse
from latentearth.progress import progress

LARGEST_SLOPE = 1.0  # length to which slopes of one start are cut; the squared distance is below 1
DRAWS_AT_ONCE = 1024


@dataclass(frozen=True)
class Stage:
    """Some steps on images of one size.

    Attributes
    ----------
    starts
        Best starts that enter it, per image.
    side
        Pixels along a side, at most.
    edge
        Half width of the soft edge, in box sides.
    every
        Of as many steps of the tracing, one is made.
    steps, learning_rate
        Of Adam; the rate falls as a cosine to a tenth.
    """

    starts: int
    side: int
    edge: float
    every: int
    steps: int
    learning_rate: float

    def version(self, generator: CurveFlow) -> CurveFlow:
        """The generator for these images, or for its own where they are smaller."""
        return generator.at(min(self.side, generator.side), self.edge, self.every)


@dataclass(frozen=True)
class StagedFit:
    """Settings of the search.

    Attributes
    ----------
    candidates
        Draws of the generator among which the first stage's starts are the nearest.
    stages
        From coarse to fine.
    tries, enough
        Images whose fit is farther than `enough`, a mean squared distance, are fitted again from
        other draws, up to so many times in all.
    goals_at_once
        Images fitted together.
    """

    candidates: int
    stages: tuple[Stage, ...]
    tries: int = 1
    enough: float = 0.0
    goals_at_once: int = 16

    def __call__(
        self, generator: CurveFlow, images: np.ndarray, seed: np.random.SeedSequence
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the scores whose images are closest to given ones.

        Parameters
        ----------
        generator
            The curve flow.
        images
            (image, side, side), grey from 0 to 1; a side is a multiple of every stage's.
        seed
            Of the draws.

        Returns
        -------
        nearest, best : numpy.ndarray
            (image, score) float32: of the nearest draw of the first try, and the best found.
        """
        images = np.asarray(images, np.float32)
        left, distance = np.arange(len(images)), np.full(len(images), np.inf)
        nearest = best = np.empty(0)
        for number, stream in enumerate(seed.spawn(self.tries)):
            first, found = self._try(generator, images[left], stream)
            if number == 0:
                nearest, best = first, np.empty_like(first)
            rest = np.square(decode(generator, found) - images[left]).mean(axis=(1, 2))
            closer = rest < distance[left]
            best[left[closer]], distance[left[closer]] = found[closer], rest[closer]
            left = left[distance[left] > self.enough]
            if not len(left):
                break
        return nearest, best

    def _try(
        self, generator: CurveFlow, images: np.ndarray, seed: np.random.SeedSequence
    ) -> tuple[np.ndarray, np.ndarray]:
        """Nearest draws and best scores, (image, score), of one set of draws."""
        first = self.stages[0]
        scores = generator.draw(self.candidates, seed)
        bank = decode(first.version(generator), scores).reshape(len(scores), -1)
        nearest, fits = [], []
        for start in progress(range(0, len(images), self.goals_at_once), "closest fits"):
            goals = images[start : start + self.goals_at_once]
            distance = _distances(coarse(goals, first.version(generator).side), bank)
            chosen = np.argsort(distance, axis=1)[:, : first.starts]
            nearest.append(scores[chosen[:, 0]])
            found = torch.from_numpy(scores[chosen])  # (goal, start, score)
            for stage in self.stages:
                found = _descend(stage.version(generator), goals, found, stage)
            fits.append(found[:, 0].numpy())
        return np.concatenate(nearest), np.concatenate(fits)


def decode(generator: CurveFlow, scores: np.ndarray) -> np.ndarray:
    """Images (sample, side, side) of scores (sample, score), some at a time."""
    with torch.no_grad():
        parts = torch.from_numpy(scores).split(DRAWS_AT_ONCE)
        return torch.cat([generator.images_of(part) for part in parts]).numpy()


def _distances(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Squared distances (one, other) of flat images, up to what is the same for all others."""
    return np.square(others).sum(1) - 2 * some @ others.T


def _descend(
    generator: CurveFlow, goals: np.ndarray, starts: torch.Tensor, stage: Stage
) -> torch.Tensor:
    """Descend from the first starts, (goal, start, score); the best first, as they were best."""
    side = generator.side
    goal = torch.from_numpy(coarse(goals, side).reshape(len(goals), 1, side, side))
    z = starts[:, : stage.starts].clone().requires_grad_()
    optimizer = torch.optim.Adam([z], stage.learning_rate)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(
        optimizer, max(stage.steps, 1), 0.1 * stage.learning_rate
    )
    best, best_z = torch.full(z.shape[:2], torch.inf), z.detach().clone()
    for _ in range(stage.steps + 1):
        found = generator.images_of(z.flatten(0, 1)).unflatten(0, z.shape[:2])
        loss = (found - goal).square().mean(dim=(2, 3))
        (slope,) = torch.autograd.grad(loss.sum(), z)
        with torch.no_grad():
            better = loss < best
            best, best_z = (
                torch.where(better, loss, best),
                torch.where(better[..., None], z, best_z),
            )
        length = slope.norm(dim=-1, keepdim=True)
        z.grad = slope * (LARGEST_SLOPE / length.clamp(min=1e-12)).clamp(max=1.0)
        optimizer.step()
        fall.step()
    order = best.argsort(dim=1)
    return torch.gather(best_z, 1, order[..., None].expand_as(best_z))
