"""Green's functions of explosions stored small: aligned by the first wave, on few nodes.

What is known of an explosion's first wave in a known medium, its arrival and the factor
1 / (kappa distance) of its amplitude, is taken out of the traces on the nodes of a coarse grid.
What is left changes slowly from node to node: its principal components are interpolated by cubic
splines. Nothing is learned; with a network in the place of the splines it is PCA + NN of
Spurio Mancini et al. (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from latentearth.emulators import maps, pca, preprocessing
from latentearth.emulators.base import SOURCES_AT_ONCE
from latentearth.emulators.peaks import DirectWave
from latentearth.emulators.preprocessing import Peaks
from latentearth.operators import greens_kernel
from latentearth.operators.greens_functions import BASIS, GreensFunctions
from latentearth.operators.splines import spline_coefficients

NEAREST_KM = 0.001  # no amplitude is infinite


@dataclass(frozen=True)
class FirstWave:
    """Amplitude and arrival that are known of the first wave, in the place of a model of peaks.

    Attributes
    ----------
    direct
        Of the medium.
    reference
        Amplitude and sample that traces are aligned to.
    """

    direct: DirectWave
    reference: tuple[float, float]

    def predict(self, features: np.ndarray) -> Peaks:
        """1 / (kappa distance) and arrivals (samples) at features (source, 4), km."""
        compliance, arrival = self.direct.at(features)
        return Peaks(compliance / np.maximum(features[:, 3], NEAREST_KM), arrival)


class SplineMap:
    """Uniform cubic B-splines in three dimensions, as 16-bit integers.

    Parameters
    ----------
    values
        (node, column) on a grid, z fastest.
    axes
        Of the grid, m; four nodes each at least.
    """

    name = "splines"

    def __init__(self, values: np.ndarray, axes: list[np.ndarray]):
        values = values.reshape(*(axis.size for axis in axes), 1, -1)
        self.coefficients, self.scales = spline_coefficients(values)
        self.low = np.array([axis[0] for axis in axes])
        self.step = np.array([axis[1] - axis[0] for axis in axes])

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Map (point, column), of which the first three are x, y, z in km, to (point, output)."""
        return interpolated(self, 1e3 * x[:, :3])

    @property
    def nbytes(self) -> int:
        """Of the coefficients and their scales."""
        return self.coefficients.nbytes + self.scales.nbytes


@dataclass(frozen=True)
class AlignedTraces:
    """Traces of explosions at one receiver, but for what is known of the first wave.

    Attributes
    ----------
    stages
        From features (source, 4) to aligned traces (source, sample).
    wave
        What is known.
    receiver
        (3,) metres.
    """

    stages: Sequence[maps.Map | SplineMap]
    wave: FirstWave
    receiver: np.ndarray

    def predict(self, positions: np.ndarray) -> np.ndarray:
        """Traces (source, sample) float32 of explosions at positions (source, 3), m."""
        features = preprocessing.features(positions, self.receiver)
        out = None
        for start in range(0, len(features), SOURCES_AT_ONCE):
            part = slice(start, start + SOURCES_AT_ONCE)
            traces = features[part]
            for stage in self.stages:
                traces = stage.apply(traces)
            if out is None:
                out = np.empty((len(features), traces.shape[1]), np.float32)
            known = self.wave.predict(features[part])
            aligned = np.ascontiguousarray(traces, np.float32)
            preprocessing.restore(aligned, known, self.wave.reference, out[part])
        assert out is not None  # there is one source at least
        return out

    @property
    def nbytes(self) -> int:
        """Of the stages, whose floating-point numbers have 16 bits: see :func:`halved`."""
        own = [
            stage.nbytes
            if isinstance(stage, SplineMap)
            else sum(2 * np.asarray(values).size for values in stage.arrays().values())
            for stage in self.stages
        ]
        return sum(own)


def halved(stage: maps.Map | SplineMap) -> maps.Map | SplineMap:
    """A network or components as they are after they were stored in half precision."""
    if isinstance(stage, maps.Linear):
        return maps.Linear(stage.weight.astype("f2"), stage.bias.astype("f2"))
    if isinstance(stage, maps.NetworkMap):
        layers = zip(stage.weights, stage.biases, strict=True)
        rounded = [values.astype("f2") for layer in layers for values in layer]
        return maps.NetworkMap(float(stage.slope), *rounded)
    return stage


def interpolated(store: SplineMap | GreensFunctions, positions: np.ndarray) -> np.ndarray:
    """(point, column) of the splines of a store of explosions at positions (point, 3), m."""
    place = (positions - store.low) / store.step
    first = np.clip(place.astype(int), 0, np.array(store.coefficients.shape[:3]) - 4)
    weights = ((place - first)[..., None] ** np.arange(4)) @ BASIS.T
    found = np.zeros((len(positions), 1, store.coefficients.shape[-1]), "f4")
    ones = np.ones((len(positions), 1, 1), "f4")
    greens_kernel.interpolate(
        store.coefficients, store.scales, first, weights.astype("f4"), ones, found
    )
    return found[:, 0]


def grid_of(store: GreensFunctions, spacing: tuple[float, float]) -> list[np.ndarray]:
    """Axes of a coarser grid in the box of a store.

    Parameters
    ----------
    store
        Of explosions.
    spacing
        Across and down, m, to which axes come as near as whole numbers of steps allow, three at
        least.
    """
    wanted = spacing[0], spacing[0], spacing[1]
    return [
        np.linspace(low, high, max(3, round((high - low) / step)) + 1)
        for low, high, step in zip(store.low, store.high, wanted, strict=True)
    ]


def coarser(store: GreensFunctions, spacing: tuple[float, float]) -> GreensFunctions:
    """The same store on fewer nodes, those of :func:`grid_of`."""
    axes = grid_of(store, spacing)
    splines = SplineMap(interpolated(store, positions_of(axes)), axes)
    return replace(
        store,
        coefficients=splines.coefficients,
        scales=splines.scales,
        low=splines.low,
        step=splines.step,
    )


def first_wave(store: GreensFunctions, direct: DirectWave) -> FirstWave:
    """Of sources in a store; aligned traces begin at the earliest arrival in its box."""
    corners = positions_of(grid_of(store, (100.0, 100.0)))
    found = FirstWave(direct, (1.0, 0.0)).predict(preprocessing.features(corners, store.receiver))
    return FirstWave(direct, (1.0, float(found.index.min())))


def aligned_store(
    store: GreensFunctions, wave: FirstWave, spacing: tuple[float, float], components: int
) -> AlignedTraces:
    """A small store from a full one.

    Parameters
    ----------
    store
        Of explosions in all the rock.
    wave
        From :func:`first_wave`.
    spacing
        As of :func:`grid_of`.
    components
        Principal components of aligned traces on its nodes.
    """
    axes = grid_of(store, spacing)
    positions = positions_of(axes)
    known = wave.predict(preprocessing.features(positions, store.receiver))
    aligned = preprocessing.align(store.predict(positions), known, wave.reference)
    mean, vectors = pca.principal_components(aligned, components)
    back = halved(maps.Linear(vectors, mean))
    stages = [SplineMap((aligned - mean) @ vectors.T, axes), back]
    return AlignedTraces(stages, wave, store.receiver)


def positions_of(axes: list[np.ndarray]) -> np.ndarray:
    """Nodes (point, 3) of a grid, z fastest."""
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
