"""Curve flow: marble cakes of which the form of the flow is known and its law is learnt.

Grey-box. It knows the simulator's stream function (Santos et al. 2024, eqs 1 to 3: its modes, the
fixed coefficient, the pace, the duration) and the circle's radius; and it sees, while training, the
amplitudes a(t) and b(t) and the circle's centre behind each image. It learns the rest: the shape of
those curves, as principal components, and the law of their scores and of the centre, by flow
matching. Its images are binary but for an edge as soft as wanted, keep every filament, and have a
derivative; a generator that learns images alone is told none of this.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latentearth.earth.stirred_circle import grey_images, image_slopes
from latentearth.earth.stirring import Flow
from latentearth.generators import flow_matching
from latentearth.generators.base import EnsembleGenerator
from latentearth.generators.flow_matching import FlowMatching, FlowTraining


@dataclass(frozen=True)
class CurveFlow(EnsembleGenerator):
    """Images of latent vectors, by way of scores: of a(t), of b(t), and the circle's centre.

    As an ensemble its samples are the scores, (sample, score), each of unit variance.

    Attributes
    ----------
    mean
        (2, step + 1): of a and b, back from the end of the stirring to time 0.
    components
        (2, component, step + 1): of a and b, times the deviations of their scores.
    centre
        (2, 2): mean and deviation of x and y, in box sides.
    law
        From normal latent vectors to scores.
    speed, duration
        Of the stirring, see :class:`latentearth.earth.stirring.Flow`.
    side
        Pixels along a side of the images.
    edge
        Half width of their soft edge, in box sides at time 0; five times as much is grey.
    """

    mean: np.ndarray
    components: np.ndarray
    centre: np.ndarray
    law: FlowMatching
    speed: float
    duration: float
    side: int
    edge: float

    @property
    def latent(self) -> int:
        """Size of the latent space, and number of scores."""
        return self.law.dimension

    @property
    def flow(self) -> Flow:
        """Pace and length of the stirring."""
        return Flow(self.speed, self.duration, self.mean.shape[1] - 1)

    def at(self, side: int, edge: float, every: int = 1) -> CurveFlow:
        """The same generator for images of another size and edge, and traced in longer steps.

        Parameters
        ----------
        side, edge
            As attributes.
        every
            Of as many steps, one is made.
        """
        mean, components = self.mean[:, ::every], self.components[..., ::every]
        return dataclasses.replace(self, side=side, edge=edge, mean=mean, components=components)

    def to(self, device: torch.device | str) -> CurveFlow:
        """Itself: images are traced by compiled loops on the processor.

        Raises
        ------
        ValueError
            For another device.
        """
        if torch.device(device).type != "cpu":
            raise ValueError(f"a curve flow on {device}; allowed: cpu")
        return self

    def __call__(self, z: Tensor) -> Tensor:
        """Map latent vectors (batch, latent) to grey images (batch, side, side), float32.

        It can be differentiated once, and is in single precision whatever the caller's products.
        """
        with torch.autocast(z.device.type, enabled=False):
            return self.images_of(self.law.samples_of(z.float()))

    def images_of(self, scores: Tensor) -> Tensor:
        """Grey images (batch, side, side) of scores (batch, score); can be differentiated once."""
        parts = scores[:, :-2].unflatten(1, (2, -1)).unbind(1)
        curves = torch.stack(
            [
                torch.addmm(torch.from_numpy(mean), part, torch.from_numpy(basis))
                for part, mean, basis in zip(parts, self.mean, self.components, strict=True)
            ],
            dim=-1,
        )
        mean, deviation = map(torch.from_numpy, self.centre)
        return _Stirred.apply(curves, mean + deviation * scores[:, -2:], self)

    def scores_of(self, curves: np.ndarray, centres: np.ndarray) -> np.ndarray:
        """Scores (cake, score) of curves (cake, step + 1, 2) and centres (cake, 2), float32."""
        scores = [
            (curves[..., k] - self.mean[k]) @ basis.T / np.square(basis).sum(1)
            for k, basis in enumerate(self.components)
        ]
        scores.append((centres - self.centre[0]) / self.centre[1])
        return np.concatenate(scores, axis=1).astype(np.float32)

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """Scores, (count, score) float32."""
        return self.law.draw(count, seed)

    def log_density(self, samples: np.ndarray) -> np.ndarray:
        """Of scores, (sample, score) to (sample,)."""
        return self.law.log_density(samples)


class _Stirred(torch.autograd.Function):
    """Images of curves and centres, with the derivative that compiled loops have."""

    @staticmethod
    def forward(ctx: Any, curves: Tensor, centres: Tensor, made_by: CurveFlow) -> Tensor:
        """Images (batch, side, side)."""
        images, origins = grey_images(
            curves.numpy(), centres.numpy(), size=made_by.side, edge=made_by.edge, flow=made_by.flow
        )
        ctx.save_for_backward(curves, centres, torch.from_numpy(origins))
        ctx.made_by = made_by
        return torch.from_numpy(images)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, Tensor, None]:
        """Slopes of curves and centres."""
        curves, centres, origins = (saved.numpy() for saved in ctx.saved_tensors)
        found = image_slopes(
            curves,
            centres,
            origins,
            slopes.numpy(),
            edge=ctx.made_by.edge,
            flow=ctx.made_by.flow,
        )
        return torch.from_numpy(found[0]), torch.from_numpy(found[1]), None


def fit(
    curves: np.ndarray,
    centres: np.ndarray,
    seed: np.random.SeedSequence,
    training: FlowTraining,
    *,
    flow: Flow,
    side: int,
    edge: float,
    components: int = 5,
) -> CurveFlow:
    """Learn the law of marble cakes from the curves and centres behind training images.

    Parameters
    ----------
    curves
        (cake, step + 1, 2), see :func:`latentearth.earth.stirred_circle.amplitude_curves`.
    centres
        (cake, 2), in box sides.
    seed, training
        Of the flow matching.
    flow
        Pace and length of the stirring, which are not learnt.
    side, edge
        Of the images that it will make.
    components
        Principal components of each curve.
    """
    means, bases = [], []
    for values in np.moveaxis(np.asarray(curves, float), -1, 0):
        variances, axes = np.linalg.eigh(np.cov(values.T))
        largest = slice(-1, -components - 1, -1)
        means.append(values.mean(0))
        bases.append((axes[:, largest] * np.sqrt(variances[largest])).T)
    arrays = [np.stack(means), np.stack(bases), np.stack([centres.mean(0), centres.std(0)])]
    mean, basis, centre = (array.astype(np.float32) for array in arrays)
    untrained = FlowMatching((np.zeros(2 * components + 2, np.float32),), training.moves)
    found = CurveFlow(mean, basis, centre, untrained, flow.speed, flow.duration, side, edge)
    law = flow_matching.fit(found.scores_of(curves, centres), seed, training)
    return dataclasses.replace(found, law=law)
