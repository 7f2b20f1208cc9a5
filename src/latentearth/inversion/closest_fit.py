"""The image nearest to a given one that a generator can make, by search in its latent space.

Section 4.2 of Santos et al. (2024) estimates so the generator's share of the error. The squared
distance of images has many minima in z: the search starts from the nearest of many prior draws,
and from several of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from latentearth.inversion import downscaling
from latentearth.networks.kernels.precision import Products
from latentearth.progress import progress


@dataclass(frozen=True)
class ClosestFit:
    """Settings of the search.

    Attributes
    ----------
    candidates
        Prior draws among which starts are chosen.
    starts
        Per image.
    steps, learning_rate
        Of Adam; the rate falls as a cosine to a tenth.
    """

    candidates: int = 1000
    starts: int = 3
    steps: int = 100
    learning_rate: float = 0.05

    def __call__(
        self,
        generator: downscaling.Images,
        images: np.ndarray,
        latent: int,
        seed: np.random.SeedSequence,
        products: Products = "float32",
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Find the latent vectors whose images are closest to given ones.

        Parameters
        ----------
        generator
            (batch, latent) to grey images (batch, size, size); differentiable, on the CPU.
        images
            (image, size, size), grey from 0 to 1.
        latent
            Size of the latent space.
        seed
            Of the prior draws.
        products
            Of the generator.

        Returns
        -------
        z : numpy.ndarray
            (image, latent), the best over starts.
        first, last : numpy.ndarray
            (image,) mean squared distances of the nearest draw and after the self.
        """
        goal = torch.as_tensor(np.asarray(images, dtype=np.float32))
        draws = np.random.default_rng(seed).standard_normal((self.candidates, latent))
        distance = np.concatenate(
            [
                _distances(torch.from_numpy(downscaling.generate(generator, part, products)), goal)
                for part in np.array_split(draws, -(-len(draws) // downscaling.IMAGES_AT_ONCE))
            ]
        )  # (candidate, image)
        order = np.argsort(distance, axis=0)[: self.starts]  # (start, image)
        z = torch.from_numpy(draws[order].astype(np.float32)).requires_grad_()
        optimizer = torch.optim.Adam([z], self.learning_rate)
        fall = torch.optim.lr_scheduler.CosineAnnealingLR(
            optimizer, max(self.steps, 1), 0.1 * self.learning_rate
        )
        best, best_z = distance[order, np.arange(len(goal))], draws[order]
        for _ in progress(range(self.steps), f"closest fits of {len(goal)} images"):
            found = downscaling.grey(generator, z.flatten(0, 1), products).unflatten(0, z.shape[:2])
            loss = (found - goal).square().mean(dim=(2, 3))
            optimizer.zero_grad()
            loss.sum().backward()
            better = loss.detach().numpy() < best
            best, best_z = (
                np.where(better, loss.detach().numpy(), best),
                np.where(better[..., None], z.detach().numpy(), best_z),
            )
            optimizer.step()
            fall.step()
        chosen, place = best.argmin(axis=0), np.arange(len(goal))
        return best_z[chosen, place], distance.min(axis=0), best[chosen, place]


def _distances(some: torch.Tensor, others: torch.Tensor) -> np.ndarray:
    """Mean squared distances, (image, other), of two sets of images (eq. 18)."""
    a, b = some.flatten(1), others.flatten(1)
    squares = a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.mT
    return (squares / a.shape[1]).clamp(min=0).numpy()
