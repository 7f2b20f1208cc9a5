"""The posterior of a source's position, learned once for all events: neural posterior estimation.

A network sees the noisy traces of an event and returns a density of its position; it is trained by
maximum likelihood on positions drawn from the prior, their predicted traces and fresh noise, so
that it needs no likelihood and no search (Papamakarios & Murray 2016, Fast epsilon-free inference
of simulation models with Bayesian conditional density estimation, sections 2.2 and 2.3). The
density is a mixture of Student distributions where theirs has normal ones: few events of a batch,
close to a receiver, would rule the gradients.

Traces are compressed to their projections onto the principal components of traces without noise:
noise of equal size in all samples stays so, and is added there. Beside them the network sees their
size, and arrival and size of the largest peak of what the components restore.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from latentearth.inversion.emulator_errors import Predictor
from latentearth.progress import progress
from latentearth.samplers.targets import Box

DEGREES = 10  # degrees of the Student distributions
LARGEST_SCALE = 8.0  # widest and narrowest are exp(-8) and exp(8) of half the prior's width
FIRST_POSITIONS = (
    4000  # positions that tell components, means and deviations of what the network sees
)
LARGEST_GRADIENT = 5.0  # a longer one is cut to it


@dataclass(frozen=True)
class PosteriorTraining:
    """Architecture and training.

    Attributes
    ----------
    components
        Principal components of the traces of each receiver.
    width, layers
        Hidden units, and hidden layers.
    mixed
        Distributions in the mixture.
    bank
        Positions whose traces are predicted; their noise is drawn anew whenever they are used.
    steps, batch
        Steps of Adam, and positions in each.
    learning_rate
        At its peak: it rises over the first twentieth of the steps, and falls along a cosine.
    """

    components: int = 64
    width: int = 256
    layers: int = 3
    mixed: int = 4
    bank: int = 60000
    steps: int = 3000
    batch: int = 256
    learning_rate: float = 4e-3


@dataclass(frozen=True)
class StudentMixture:
    """Mixtures of multivariate Student distributions of `DEGREES` degrees, one for each event.

    Attributes
    ----------
    log_weights
        (event, distribution).
    centres
        (event, distribution, coordinate).
    roots
        (event, distribution, coordinate, coordinate) lower triangular: what makes a deviation
        from the centre standard.
    """

    log_weights: Tensor
    centres: Tensor
    roots: Tensor

    @classmethod
    def of(cls, output: Tensor, mixed: int, dimensions: int) -> StudentMixture:
        """From the numbers of a network, (event, mixed x (1 + 2 d + d (d - 1) / 2))."""
        below = dimensions * (dimensions - 1) // 2
        sizes = [mixed, mixed * dimensions, mixed * dimensions, mixed * below]
        logits, centres, scales, rest = output.split(sizes, dim=1)
        shape = len(output), mixed, dimensions
        scales = torch.exp(LARGEST_SCALE * torch.tanh(scales.reshape(shape) / LARGEST_SCALE))
        unit = torch.eye(dimensions).expand(*shape, dimensions).clone()
        row, column = torch.tril_indices(dimensions, dimensions, -1)
        unit[:, :, row, column] = rest.reshape(len(output), mixed, below)
        return cls(logits.log_softmax(1), centres.reshape(shape), scales[..., None] * unit)

    def log_density(self, x: Tensor) -> Tensor:
        """(event, point) of points (event, point, coordinate)."""
        dimensions = x.shape[-1]
        away = x[:, :, None] - self.centres[:, None]
        square = torch.einsum("nmij,npmj->npmi", self.roots, away).square().sum(-1)
        half = 0.5 * (DEGREES + dimensions)
        constant = math.lgamma(half) - math.lgamma(0.5 * DEGREES)
        constant -= 0.5 * dimensions * math.log(DEGREES * math.pi)
        size = self.roots.diagonal(dim1=-2, dim2=-1).log().sum(-1) + self.log_weights
        return constant + torch.logsumexp(size[:, None] - half * torch.log1p(square / DEGREES), -1)

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """(event, count, coordinate) draws."""
        events, _, dimensions = self.centres.shape
        chosen = torch.multinomial(self.log_weights.exp(), count, True, generator=generator)
        each = torch.arange(events)[:, None]
        normal = torch.randn((events, count, dimensions), generator=generator)
        squares = torch.randn((events, count, DEGREES), generator=generator).square().sum(-1)
        normal = normal * torch.rsqrt(squares / DEGREES)[..., None]
        roots = self.roots[each, chosen]
        away = torch.linalg.solve_triangular(roots, normal[..., None], upper=False)[..., 0]
        return self.centres[each, chosen] + away


@dataclass(frozen=True)
class NeuralPosterior:
    """A density of positions that a network makes of noisy traces.

    Attributes
    ----------
    box
        The prior.
    sigma
        Standard deviation of the noise that it was trained with.
    components
        (receiver, sample, component) float32, orthonormal.
    mean, deviation
        (feature,) of what the network sees.
    weights
        Matrix (input, output) and bias (output,) of each layer in turn, float32.
    mixed
        Distributions in the mixture.
    """

    box: Box
    sigma: float
    components: Tensor
    mean: Tensor
    deviation: Tensor
    weights: tuple[Tensor, ...]
    mixed: int

    @torch.no_grad()
    def mixture(self, data: np.ndarray) -> StudentMixture:
        """Of events (event, receiver, sample), in parts of half the prior's width."""
        traces = torch.as_tensor(np.asarray(data, "f4")) / self.sigma
        projected = torch.einsum("nrt,rtk->nrk", traces, self.components)
        seen = (trace_features(projected, self.components) - self.mean) / self.deviation
        return StudentMixture.of(_network(self.weights, seen), self.mixed, len(self.box.width))

    @torch.no_grad()
    def draw(self, data: np.ndarray, count: int, seed: np.random.SeedSequence) -> list:
        """Positions within the prior and their log densities, of each event.

        Parameters
        ----------
        data
            (event, receiver, sample).
        count
            Draws of an event; those outside of the prior are left out, unless all are outside.
        seed
            Of the draws.

        Returns
        -------
        list of (numpy.ndarray, numpy.ndarray)
            (draw, coordinate) m, and (draw,).
        """
        generator = torch.Generator().manual_seed(int(seed.generate_state(1, np.uint64)[0] >> 1))
        mixture = self.mixture(data)
        drawn = mixture.draw(count, generator)
        density = mixture.log_density(drawn).numpy().astype(float)
        inside = (drawn.abs() <= 1.0).all(-1).numpy()
        inside |= ~inside.any(axis=1, keepdims=True)
        positions = self.box.bounds[:, 0] + 0.5 * self.box.width * (
            drawn.numpy().astype(float) + 1.0
        )
        rows = zip(positions, density, inside, strict=True)
        return [(place[kept], value[kept]) for place, value, kept in rows]

    @torch.no_grad()
    def log_density(self, data: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Of positions (point, coordinate) of one event (receiver, sample), up to a constant."""
        scaled = _scaled(points, self.box)[None]
        return self.mixture(data[None]).log_density(scaled)[0].numpy().astype(float)


def trace_features(projected: Tensor, components: Tensor) -> Tensor:
    """What the network sees of events.

    Parameters
    ----------
    projected
        (event, receiver, component) traces in units of the noise, on the components.
    components
        (receiver, sample, component).

    Returns
    -------
    torch.Tensor
        (event, feature): projections on a scale that is linear for noise and logarithmic above;
        of each receiver the logarithm of the trace's norm, time (in samples) and logarithm of its
        largest peak, and that time after the mean one.
    """
    traces = torch.einsum("nrk,rtk->nrt", projected, components)
    peak, at = traces[..., 1:-1].max(-1)
    before = traces.gather(-1, at[..., None])[..., 0]  # `at` counts from the second sample
    after = traces.gather(-1, at[..., None] + 2)[..., 0]
    curved = (before - 2.0 * peak + after).clamp(max=-1e-6)
    time = at + 1.0 + 0.5 * (before - after) / curved
    return torch.cat(
        [
            torch.asinh(projected).flatten(1),
            projected.norm(dim=-1).clamp(min=0.1).log(),
            time,
            time - time.mean(1, keepdim=True),
            peak.clamp(min=0.1).log(),
        ],
        1,
    )


def fit(
    predictors: Sequence[Predictor],
    box: Box,
    sigma: float,
    seed: np.random.SeedSequence,
    training: PosteriorTraining,
) -> NeuralPosterior:
    """Learn the posterior of events anywhere in a box.

    Parameters
    ----------
    predictors
        What predicts the traces without noise, one for each receiver.
    box
        The prior: equally likely everywhere in it.
    sigma
        Standard deviation of the noise.
    seed
        Of positions, noise, first weights and batches.
    training
        Architecture and training.
    """
    rng = np.random.default_rng(seed)
    noise = torch.Generator().manual_seed(int(rng.integers(2**62)))
    places = box.draw(training.bank, rng)
    components, bank = _bank(predictors, places, sigma, training.components)
    scaled = _scaled(places, box)

    def seen(rows: slice | Tensor) -> Tensor:
        clean = bank[rows]
        return trace_features(clean + torch.randn(clean.shape, generator=noise), components)

    first = seen(slice(0, FIRST_POSITIONS))
    mean, deviation = first.mean(0), first.std(0) + 1e-3
    dimensions = places.shape[1]
    weights = _first_weights(first.shape[1], dimensions, training, rng)
    optimizer = torch.optim.Adam(weights, lr=training.learning_rate, fused=True)
    rise = max(training.steps // 20, 1)
    for step in progress(range(training.steps), "neural posterior"):
        fall = max(step - rise, 0) / max(training.steps - rise, 1)
        rate = min((step + 1) / rise, 0.5 * (1.0 + math.cos(math.pi * fall)))
        optimizer.param_groups[0]["lr"] = training.learning_rate * rate
        rows = torch.randint(len(bank), (training.batch,), generator=noise)
        output = _network(weights, (seen(rows) - mean) / deviation)
        mixture = StudentMixture.of(output, training.mixed, dimensions)
        loss = -mixture.log_density(scaled[rows, None]).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, LARGEST_GRADIENT)
        optimizer.step()
    found = tuple(each.detach() for each in weights)
    return NeuralPosterior(box, sigma, components, mean, deviation, found, training.mixed)


def _bank(
    predictors: Sequence[Predictor], places: np.ndarray, sigma: float, count: int
) -> tuple[Tensor, Tensor]:
    """Components (receiver, sample, component), and traces on them in units of the noise."""
    components, bank = [], []
    for predictor in predictors:
        parts = []
        for start in range(0, len(places), FIRST_POSITIONS):
            traces = predictor.predict(places[start : start + FIRST_POSITIONS]) / np.float32(sigma)
            if start == 0:
                first = traces.astype(float)
                found = np.linalg.eigh(first.T @ first)[1][:, : -count - 1 : -1]
                components.append(np.ascontiguousarray(found, "f4"))
            parts.append(traces @ components[-1])
        bank.append(np.concatenate(parts))
    return torch.from_numpy(np.array(components)), torch.from_numpy(np.stack(bank, axis=1))


def _scaled(points: np.ndarray, box: Box) -> Tensor:
    """Positions from -1 to 1 in the box."""
    return torch.as_tensor((2.0 * (points - box.bounds[:, 0]) / box.width - 1.0).astype("f4"))


def _network(weights: Sequence[Tensor], x: Tensor) -> Tensor:
    """A fully connected network with x sigmoid(x) between its layers."""
    for matrix, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        x = torch.nn.functional.silu(torch.addmm(bias, x, matrix))
    return torch.addmm(weights[-1], x, weights[-2])


def _first_weights(
    seen: int, dimensions: int, training: PosteriorTraining, rng: np.random.Generator
) -> list[Tensor]:
    """Uniform within sqrt(1 / inputs); the last layer small, its centres spread over the prior."""
    outputs = training.mixed * (1 + 2 * dimensions + dimensions * (dimensions - 1) // 2)
    weights = []
    for n_in, n_out in itertools.pairwise([seen, *[training.width] * training.layers, outputs]):
        bound = n_in**-0.5
        weights += [rng.uniform(-bound, bound, (n_in, n_out)), np.zeros(n_out)]
    weights[-2] *= 0.1
    centres = slice(training.mixed, training.mixed * (1 + dimensions))
    weights[-1][centres] = 0.3 * rng.standard_normal(training.mixed * dimensions)
    return [torch.from_numpy(each.astype("f4")).requires_grad_() for each in weights]
