"""The homogenization that sections of the config describe."""

from __future__ import annotations

from typing import Any

import torch

from latentearth.operators.homogenization import Homogenization
from latentearth.operators.homogenization_elastic import Rock, TwoPhases


def two_phases(black: dict, white: dict) -> TwoPhases:
    """The rocks of an image's black and white pixels, from their sections."""
    return TwoPhases(Rock(**black), Rock(**white))


def homogenization(
    size: int, waves: float, params: Any, device: torch.device | str = "cpu"
) -> Homogenization:
    """The operator for images of a size, by params ``black``, ``white``, ``iterations``."""
    rocks = two_phases(params.black, params.white)
    return Homogenization(size, waves, rocks, params.iterations, device=device)
