"""Which device networks run on."""

from __future__ import annotations

import torch


def device(name: str) -> torch.device:
    """``cpu``, ``cuda``, or for ``auto`` a GPU if there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)
