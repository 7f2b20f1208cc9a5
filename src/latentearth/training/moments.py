"""How far moments of generated samples are from those of an ensemble, beside what a critic says.

A critic that sees batches of some dozen samples tells covariances and spread of hundreds of points
only faintly, and what it sees best, such as discontinuities, a generator may be unable to make.
The distances here are to means over the whole ensemble, without bias from the size of a batch: the
squared maximum mean discrepancy (Gretton et al. 2012, eq. 3) in chosen features, which Mroueh et
al. (2017) let a critic choose.
"""

from __future__ import annotations

import torch
from torch import Tensor

FREQUENCIES = (1.0, 2.0)  # of characteristic functions, radians per standard deviation
MARGINALS = 10.0  # weight of the marginals beside the second moments
FEATURED_AT_ONCE = 2000  # samples whose features are held at once


class MomentDistance:
    """Squared distance between moments of a batch and those of an ensemble.

    Parameters
    ----------
    samples
        The ensemble, (sample, point), with means about 0.
    deviation
        The standard deviation of its points.
    """

    def __init__(self, samples: Tensor, deviation: float):
        self.deviation = deviation
        self.second = samples.T @ samples / (len(samples) * deviation**2)
        parts = [self._waves(part / deviation).sum(0) for part in samples.split(FEATURED_AT_ONCE)]
        self.waves = torch.stack(parts).sum(0) / len(samples)

    @staticmethod
    def _waves(x: Tensor) -> Tensor:
        """Features whose means are characteristic functions of the marginals, (sample, feature)."""
        return torch.cat(
            [part for w in FREQUENCIES for part in (torch.cos(w * x), torch.sin(w * x))], 1
        )

    def __call__(self, fake: Tensor) -> Tensor:
        """The distance for samples (1, batch, point), at least two: a number, differentiable.

        That of second moments is in units of the ensemble's own, that of characteristic functions
        in units of theirs. Its mean over batches is 0 where all these agree.
        """
        x = fake[0].float() / self.deviation
        seconds = _unbiased((x @ x.T).square(), ((x @ self.second) * x).sum(1), self.second)
        waves = self._waves(x)
        marginals = _unbiased(waves @ waves.T, waves @ self.waves, self.waves)
        return seconds + MARGINALS * marginals


def _unbiased(kernel: Tensor, to_mean: Tensor, mean: Tensor) -> Tensor:
    """Squared distance of a mean of features from another, over the square of that.

    kernel: products of features of each two samples (batch, batch), of which those of a sample with
    itself would bias it; to_mean: their products with the other mean, (batch,).
    """
    count, square = len(kernel), mean.square().sum()
    apart = (kernel.sum() - kernel.diagonal().sum()) / (count * (count - 1))
    return (apart - 2 * to_mean.mean() + square) / square
