"""Small print of the inversion figures: which chains and which generator made them."""

from __future__ import annotations

import csv
import os

import xarray as xr

from support.figures.santos2024 import WORDS


def chains(found: xr.Dataset, weights: str) -> str:
    """Describe a file of chains, in lines."""
    count, samples, _ = found.position.shape
    every = int(found.attrs.get("sampler_thinning", 1))
    method = found.attrs["method"].replace("_", " ")
    kept = f", every {every} steps" if every > 1 else ""
    return f"{count} chains of {samples} samples{kept}\n{method}\n{WORDS[weights]}"


def solution(found: xr.Dataset, weights: str) -> str:
    """Describe a solution, in one line."""
    method = found.attrs["method"].replace("_", " ")
    count = int(found.chains)
    size = f"{count} {'chain' if count == 1 else 'chains'} of {int(found.samples)} samples"
    return f"{size} per target, {method}; {WORDS[weights]}"


def table(path: str | os.PathLike) -> list[dict]:
    """Rows of a CSV table, with numbers as such."""

    def plain(cell: str) -> float | str:
        try:
            return float(cell)
        except ValueError:
            return cell

    with open(path, encoding="utf-8", newline="") as handle:
        return [{key: plain(cell) for key, cell in row.items()} for row in csv.DictReader(handle)]


def network_history(card: dict) -> str:
    """How a network came about, in a few words for a figure, from its card."""
    how = "shipped weights" if card.get("shipped") else "trained here"
    fresh = card.get("started_from", "random weights") == "random weights"
    before = "" if fresh else " after an earlier training"
    return f"{how}, {card['training_image']['kind']} image, {card['steps']:,} steps{before}"
