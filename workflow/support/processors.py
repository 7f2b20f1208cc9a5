"""How many processors this process may use."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")  # of a container: microseconds of work, and per how many


def processors(quota: Path = QUOTA) -> int:
    """Processors that this process may run on, or that its container's quota is worth."""
    found = len(os.sched_getaffinity(0))
    with contextlib.suppress(OSError, ValueError):
        work, period = quota.read_text(encoding="ascii").split()
        found = min(found, max(1, int(work) // int(period)))
    return found
