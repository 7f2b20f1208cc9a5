"""Pictures that nobody would take for a marble cake, half white: what a prior cannot make."""

from __future__ import annotations

import numpy as np

MIDDLE_RADIUS = 0.25  # of the ring, box sides
BANDS = 6  # layers, every other one white


def ring(size: int) -> np.ndarray:
    """A white ring in the middle of a black box, (size, size) uint8."""
    x = (np.arange(size) + 0.5) / size - 0.5
    half = 0.5 / (4 * np.pi * MIDDLE_RADIUS)  # of its width: area 4 pi r half
    return (np.abs(np.hypot(x, x[:, None]) - MIDDLE_RADIUS) < half).astype(np.uint8)


def layers(size: int) -> np.ndarray:
    """Horizontal layers of equal thickness, (size, size) uint8."""
    y = (np.arange(size) + 0.5) / size
    return np.repeat(((y * BANDS).astype(int) % 2)[:, None], size, axis=1).astype(np.uint8)


PICTURES = {"ring": ring, "layers": layers}
