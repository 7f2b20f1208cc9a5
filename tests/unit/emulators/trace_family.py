"""An analytic family of traces: a direct arrival and reflections with moveout."""

import numpy as np

RECEIVER = np.array([500.0, 500.0, 2430.0])
INTERVAL, SPEED = 0.004, 2000.0
REFLECTORS = ((2600.0, -0.6), (200.0, 0.35), (900.0, 0.25))  # height of the mirror, strength


def wavelet(t, frequency=10.0):
    """Second derivative of a Gaussian with a positive main lobe."""
    a = (np.pi * frequency * t) ** 2
    return (1 - 2 * a) * np.exp(-a)


def traces_at(positions, samples=501, interval=INTERVAL):
    """Traces (source, sample) of sources at positions (source, 3), m."""
    time = np.arange(samples) * interval
    out = np.zeros((len(positions), samples))
    lateral2 = ((positions[:, :2] - RECEIVER[:2]) ** 2).sum(1)
    drop = RECEIVER[2] - positions[:, 2]
    paths = [(drop, 1.0)]
    for height, strength in REFLECTORS:
        paths.append((abs(2 * height - positions[:, 2] - RECEIVER[2]), strength))
    for vertical, strength in paths:
        d = np.sqrt(lateral2 + vertical**2)
        delay = d / SPEED * (1 + 0.02 * np.sin(positions[:, 0] / 200)) + 0.1
        out += strength * (1000 / d)[:, None] * wavelet(time - delay[:, None])
    return (1e4 * out).astype(np.float32)
