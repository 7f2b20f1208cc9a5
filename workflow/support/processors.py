"""How many processors this process may use, and whether there is a GPU."""

from __future__ import annotations

import contextlib
import importlib.util
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


def gpu_found() -> bool:
    """Whether torch has a GPU; true as well where only the environments of jobs have torch."""
    if importlib.util.find_spec("torch") is None:
        return True
    import torch  # here, because it takes seconds

    return torch.cuda.is_available()
