"""Rows of the table of ways to locate events."""

from __future__ import annotations

import numpy as np
import xarray as xr

from latentearth.diagnostics import coverage
from support.labels import label

# m below the sea bed: first a row of all events, then by depth
DEPTHS = ((0, np.inf), (0, 300), (300, 600), (600, 1200), (1200, np.inf))
LEVELS = (0.68, 0.95, 0.99)


def depth_label(first: float, last: float) -> str:
    """A range of depths in words."""
    if (first, last) == DEPTHS[0]:
        return "all"
    return f"{first:.0f}-{last:.0f} m" if np.isfinite(last) else f"below {first:.0f} m"


def ranks_of(one: xr.Dataset) -> list[tuple[str, np.ndarray]]:
    """Ranks of the truth from 0 to 1, (event,): of each coordinate (SBC), of distances (TARP).

    Parameters
    ----------
    one
        ``quantile`` (event, coordinate) and ``tarp`` (event,) of one likelihood.
    """
    coordinates = zip("xyz", one["quantile"].values.T, strict=True)
    return [*coordinates, ("TARP", one.tarp.values)]


def methods_rows(name: str, found: xr.Dataset) -> list[dict[str, object]]:
    """Rows of one method, one for each range of depths.

    Parameters
    ----------
    name
        Of the method.
    found
        ``error``, ``deviation``, ``quantile`` (likelihood, event, coordinate), ``level``,
        ``tarp``, ``effective``, ``cpu_s`` (likelihood, event) of a single likelihood, ``truth``
        (event, coordinate).
    """
    one = found.isel(likelihood=0)
    depth = found.attrs["sea_bed"] - found.truth.values[:, 2]
    error = np.linalg.norm(one.error.values, axis=1)
    stated = np.sqrt((one.deviation.values**2).sum(axis=1))
    rows = []
    for first, last in DEPTHS:
        here = (depth >= first) & (depth < last)
        if not here.any():
            continue
        level = one.level.values[here]
        row = {
            "method": label(name),
            "kind": name,
            "depth": depth_label(first, last),
            "events": int(here.sum()),
            "error_m": float(np.median(error[here])),
            "stated_m": float(np.median(stated[here])),
        }
        row |= {f"coverage_{100 * p:.0f}": float((level <= p).mean()) for p in LEVELS}
        ranks = {name: coverage.uniform_distance(each[here]) for name, each in ranks_of(one)}
        # of three coordinates the least, times three
        row["sbc_p"] = min(1.0, 3.0 * min(ranks[c][1] for c in "xyz"))
        row["tarp_p"] = ranks["TARP"][1]
        row |= {
            "setup_cpu_s": float(found.attrs["setup_cpu_s"]),
            "event_ms": 1e3 * float(np.mean(one.cpu_s.values[here])),
            "least_effective": float(one.effective.values[here].min()),
        }
        rows.append(row)
    return rows
