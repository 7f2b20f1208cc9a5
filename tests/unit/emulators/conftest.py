"""Traces that tests of emulators share."""

import numpy as np
import pytest
from trace_family import traces_at


@pytest.fixture(scope="session")
def family():
    """Positions (m) and traces of 900 sources at least 150 m below the receiver."""
    rng = np.random.default_rng(4)
    positions = rng.uniform((0, 0, 300), (1000, 1000, 2280), (900, 3))
    return positions, traces_at(positions)
