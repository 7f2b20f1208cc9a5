"""What every emulator is fitted to: features and aligned traces of the training events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from latentearth.emulators import maps, preprocessing
from latentearth.emulators.preprocessing import Peaks
from latentearth.io import InputError
from latentearth.networks.mlp_gan import MLP


@dataclass(frozen=True)
class TrainingData:
    """Standardised inputs and outputs of training and validation events.

    Attributes
    ----------
    inputs, outputs
        Of the training events: standardised features (n, 4); traces in units of `scale`
        (n, sample).
    validation_inputs, validation_outputs
        The same of the validation events.
    centre, spread
        Of the features of the training events, (4,), km.
    scale
        Root of the mean square of the training traces.
    """

    inputs: np.ndarray
    outputs: np.ndarray
    validation_inputs: np.ndarray
    validation_outputs: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    scale: float

    @property
    def first(self) -> maps.Affine:
        """The stage that standardises features."""
        return maps.Affine(self.centre, 1 / self.spread)

    @property
    def samples(self) -> int:
        """Samples of a trace."""
        return self.outputs.shape[1]


def make(
    features: np.ndarray,
    traces: np.ndarray,
    validation_features: np.ndarray,
    validation_traces: np.ndarray,
) -> TrainingData:
    """Standardise by the training events alone.

    Raises
    ------
    latentearth.io.InputError
        If features and traces are not of the same number.
    """
    for name, some, others in (
        ("training events", features, traces),
        ("validation events", validation_features, validation_traces),
    ):
        if len(some) != len(others):
            found = f"{len(some)} positions and {len(others)} traces"
            raise InputError("traces", name, found, "a position for every trace")
    centre, spread = features.mean(0), features.std(0)
    scale = float(np.sqrt(np.mean(np.square(traces, dtype=float))))
    return TrainingData(
        (features - centre) / spread,
        (traces / scale).astype(np.float32),
        (validation_features - centre) / spread,
        (validation_traces / scale).astype(np.float32),
        centre,
        spread,
        scale,
    )


def make_aligned(
    features: np.ndarray,
    traces: np.ndarray,
    peaks: Peaks,
    validation: tuple[np.ndarray, np.ndarray, Peaks],
    reference: tuple[float, float],
) -> TrainingData:
    """The problem of traces aligned with the reference peak (section 2.1).

    Parameters
    ----------
    features, traces, peaks
        Of the training events, as they were recorded.
    validation
        The same of the validation events.
    reference
        Amplitude and index of the reference peak.
    """
    return make(
        features,
        preprocessing.align(traces, peaks, reference),
        validation[0],
        preprocessing.align(validation[1], validation[2], reference),
    )


def plain(net: MLP, number: int, scale: float | np.ndarray = 1.0) -> maps.NetworkMap:
    """One network of a stack as a stage; its outputs times `scale`."""
    layers = []
    for weight, bias in zip(net.weights, net.biases, strict=True):
        layers += [weight[number].detach().cpu().numpy(), bias[number, 0].detach().cpu().numpy()]
    layers[-2:] = [layer * scale for layer in layers[-2:]]
    return maps.NetworkMap(net.slope, *layers)


def apply_stack(net: torch.nn.Module, x: np.ndarray) -> np.ndarray:
    """Outputs (net, n, column) of a stack for inputs (n, column) that all networks share."""
    nets = len(next(net.parameters()))
    with torch.no_grad():
        shared = torch.from_numpy(np.ascontiguousarray(x, np.float32)).expand(nets, -1, -1)
        return net(shared).numpy()
