"""Emulate traces: principal components and Gaussian processes learn traces from positions.

Run with ``python docs/examples/emulate_traces.py``. The traces here are of a
direct wave and a reflection, in closed form; yours come as arrays in the same way.
"""

import numpy as np

from latentearth.emulators import registry
from latentearth.emulators.events import Events
from latentearth.emulators.gaussian_processes import GaussianFit
from latentearth.emulators.pca import PcaProcesses
from latentearth.emulators.peaks import PeakFits
from latentearth.operators.trace_files import Traces

RECEIVER, SPEED = np.array([500.0, 500.0, 2430.0]), 2000.0  # m, m/s
INTERVAL = 0.008  # s
TIME = 0.3 + INTERVAL * np.arange(160)
PAPER = GaussianFit(1, subset=60, evaluations=20)
SMOOTH = GaussianFit(1, subset=120, evaluations=25)
SETTINGS = PcaProcesses(12, GaussianFit(group=2, subset=100, evaluations=20))


def traces_of(positions: np.ndarray) -> np.ndarray:
    """Traces (source, sample) of sources at positions (source, 3), m."""
    total = 0.0
    lateral = ((positions[:, :2] - RECEIVER[:2]) ** 2).sum(1)
    for vertical, strength in (
        (RECEIVER[2] - positions[:, 2], 1.0),
        (2770 - positions[:, 2], -0.6),
    ):
        distance = np.sqrt(lateral + vertical**2)
        a = (10 * np.pi * (TIME - distance[:, None] / SPEED)) ** 2
        total = total + strength * (1000 / distance)[:, None] * (1 - 2 * a) * np.exp(-a)
    return (1e4 * total).astype(np.float32)


def main() -> dict[str, float]:
    """Error of the emulator on test sources, as a share of the mean trace's."""
    random = np.random.default_rng(4)
    positions = random.uniform((300, 300, 900), (700, 700, 1700), (400, 3))
    traces = traces_of(positions)
    record = Traces(positions, traces, RECEIVER, INTERVAL, TIME[0], traces[0], positions[0])
    events = Events(record, 250, 75)  # training, validation; the others are the test
    fits, seeds = PeakFits(PAPER, SMOOTH, 15.0, 30.0), np.random.SeedSequence(9).spawn(2)
    reference = registry.choose_reference(events, seeds[0])
    found = registry.fit_peaks(events, fits, reference, seeds[1])
    models = {name: model for name, (model, _) in found.items()}
    data = registry.make_training_data("pca_gp", events, models)
    chains, _ = registry.fit(SETTINGS, data, np.random.SeedSequence(5).spawn(1))
    emulator = registry.assemble("pca_gp", events, chains[0], models["smooth"])
    truth, mean = events.traces("test"), events.traces("train").mean(0)
    error = ((emulator.predict(events.positions("test")) - truth) ** 2).sum()
    return {"share_of_mean_trace_error": float(error / ((mean - truth) ** 2).sum())}


if __name__ == "__main__":
    for name, value in main().items():
        print(f"{name}: {value:.4g}")
