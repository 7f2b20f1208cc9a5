"""Table of calibration: what posteriors of images state, and how much of it is true."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from latentearth.diagnostics.ranks import central, reliability, uniform_probability

UNTOLD = float("nan")  # written as an empty cell


def pixel_columns(pixels: np.ndarray) -> dict[str, float]:
    """Shares of pixels right and stated, of (case, 3, bin), and by how much the latter is more.

    Its error is that of a mean over cases, as pixels of one image hang together.
    """
    count, right, stated = pixels.sum(-1).T
    more = (stated - right) / count
    return {
        "pixels_right": float(np.mean(right / count)),
        "pixels_stated": float(np.mean(stated / count)),
        "overconfidence": float(more.mean()),
        "overconfidence_error": float(more.std(ddof=1) / len(more) ** 0.5),
    }


def rank_columns(name: str, found: np.ndarray) -> dict[str, float]:
    """Shares of ranks, (case, number), in central intervals, and how well they are uniform."""
    if np.isnan(found).any():
        return dict.fromkeys([f"{name}_68", f"{name}_95", f"{name}_probability"], UNTOLD)
    inside = central(found).mean(-1)
    return {
        f"{name}_68": float(inside[0]),
        f"{name}_95": float(inside[1]),
        f"{name}_probability": uniform_probability(found),
    }


def calibration_rows(found: xr.Dataset, prior: str) -> Iterator[dict]:
    """A row for each kind of truth, law of errors and posterior that a prior has inverted."""
    heads = [found[name].values for name in ("truth", "errors", "posterior")]
    for kind in dict.fromkeys(zip(*heads, strict=True)):
        one = found.isel(run=np.all([a == b for a, b in zip(heads, kind, strict=True)], axis=0))
        truth, errors, posterior = map(str, kind)
        held = one.held.mean("run")
        yield {
            "prior": prior,
            "errors": errors,
            "truth": truth,
            "posterior": posterior,
            "power": float(one.power.mean()),
            "cases": one.sizes["run"],
            **pixel_columns(one.pixels.values),
            "held_68": float(held[0].mean()),
            "held_95": float(held[1].mean()),
            **{f"held_95_{c}": float(held.sel(coefficient=c)[1]) for c in held.coefficient.values},
            **rank_columns("components", one.component_ranks.values),
            **rank_columns("positions", one.position_ranks.values),
            **{k: float(one[k].mean()) for k in ("nats", "ancestors", "cpu_s")},
        }


def null_row(white: np.ndarray, images: np.ndarray, like: dict) -> dict:
    """What knows no data: at each pixel the prior's share of white.

    Parameters
    ----------
    white
        (y, x).
    images
        The held-out cakes, (image, y, x).
    like
        A row, whose other columns stay empty.
    """
    pixels = np.stack([reliability(white, image) for image in images])
    words = {"prior": "mean", "errors": "none", "truth": "cake", "posterior": "none"}
    head = {**words, "power": 0.0, "cases": len(images)}
    return {**dict.fromkeys(like, UNTOLD), **head, **pixel_columns(pixels)}
