"""Small print of figures: which network and which chains made them."""

from __future__ import annotations

import xarray as xr

from support.labels import label

GENERATOR = {"shipped": "shipped generator", "train": "generator trained in this run"}


def chains(found: xr.Dataset, weights: str) -> str:
    """Describe a file of chains, in lines."""
    count, samples, _ = found.position.shape
    every = int(found.attrs.get("sampler_thinning", 1))
    method = label(found.attrs["method"])
    kept = f", every {every} steps" if every > 1 else ""
    return f"{count} chains of {samples} samples{kept}\n{method}\n{GENERATOR[weights]}"


def solution(found: xr.Dataset, weights: str) -> str:
    """Describe a solution, in one line."""
    method = label(found.attrs["method"])
    count = int(found.chains)
    size = f"{count} {'chain' if count == 1 else 'chains'} of {int(found.samples)} samples"
    return f"{size} per target, {method}; {GENERATOR[weights]}"


def network_history(card: dict) -> str:
    """How a network came about, in a few words for a figure, from its card."""
    how = "shipped weights" if card.get("shipped") else "trained here"
    fresh = card.get("started_from", "random weights") == "random weights"
    before = "" if fresh else " after an earlier training"
    return f"{how}, {card['training_image']['kind']} image, {card['steps']:,} steps{before}"
