"""Generators of an ensemble that somebody brings: which suit it, how they fit and are judged."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import numpy as np
import xarray as xr

from latentearth import seeds
from latentearth.ensembles import fidelity
from latentearth.ensembles.agreement import moment_maps
from latentearth.ensembles.brought import BroughtEnsemble
from latentearth.ensembles.places import Places
from latentearth.generators import cell_copying, dense_network, gaussian, mapped
from latentearth.generators.base import EnsembleGenerator
from latentearth.generators.cell_copying import CellCopyingSettings
from latentearth.generators.flow_matching import FlowTraining
from latentearth.io import InputError
from latentearth.training.ensemble_gans import train_gans
from support.generators import table_rows, timed
from support.settings import gan_settings, take

LABELS = {
    "two_numbers": ("two numbers per point", "null"),
    "gaussian": ("Gaussian", "null"),
    "copula": ("Gaussian copula", "null"),
    "flow": ("flow matching", "beyond"),
    "cells": ("cell-copying", "beyond"),
    "network": ("WGAN", "network"),
}
LEAST_PART = 20  # samples learnt, and held out
MARGINALS = 3  # points whose histograms are shown
HISTOGRAM = 40  # bins
COLOURED = (0.03, 0.97)  # quantiles of what is held out, at the ends of colour scales
CELL_POINTS = 20  # at least, so that the neighbours that values are copied from are others


def unsuited(name: str, ensemble: BroughtEnsemble, section: dict) -> str | None:
    """Why a generator cannot learn an ensemble; None if it can."""
    count, kind = ensemble.values.shape[1], ensemble.places.kind
    if name == "cells" and kind != "sphere":
        return f"cells are copied between points on a sphere; here points are: {kind}"
    if name == "cells" and count < CELL_POINTS:
        return f"{count} points; at least {CELL_POINTS}"
    if name in ("flow", "network") and count > section["most_points"]:
        return f"{count} points; at most most_points = {section['most_points']}"
    return None


def fit(
    name: str, samples: np.ndarray, places: Places, section: dict, seed: int
) -> tuple[EnsembleGenerator, float]:
    """One generator of samples (sample, point), and the processor time that it took, s."""
    knots, stream = section["knots"], seeds.stream(seed, "own_ensemble", name)
    makers = {
        "two_numbers": lambda: gaussian.fit_independent(samples),
        "gaussian": lambda: gaussian.fit(samples),
        "copula": lambda: mapped.fit_copula(samples, knots),
        "flow": lambda: mapped.fit_flow(
            samples, stream, take(FlowTraining, section["flow"]), scores=True
        ),
        "cells": lambda: cell_copying.fit(
            samples,
            places.positions[:, 0],
            places.positions[:, 1],
            CellCopyingSettings(knots=knots),
        ),
        "network": lambda: _network(samples, section["network"], stream),
    }
    return timed(makers[name])


def _network(
    samples: np.ndarray, section: dict, seed: np.random.SeedSequence
) -> dense_network.DenseNetwork:
    """A WGAN of standardised samples."""
    mean, std = samples.mean(0, dtype=np.float64), samples.std(0, dtype=np.float64)
    section = section | {"batch": min(section["batch"], len(samples))}
    architecture, training = gan_settings(section | {"loss": "wgan", "optimizer": "rmsprop"})
    standard = ((samples - mean) / std).astype(np.float32)
    stack, _, _ = train_gans([standard], architecture, training, [seed], label="training a WGAN")
    return dense_network.of_stack(stack, mean, std)


class OwnJudge:
    """Scores of generators against samples held out, and what the page shows of them.

    Parameters
    ----------
    ensemble
        What is learnt and held out.
    section, seed
        The config's section, and its seed.

    Raises
    ------
    latentearth.io.InputError
        If too few samples are left to learn or to judge by.
    """

    def __init__(self, ensemble: BroughtEnsemble, section: dict, seed: int):
        self.ensemble, self.draws, self.seed = ensemble, section["draws"], seed
        held_out = fidelity.held_out_chains(ensemble.chain, section["held_out"])
        self.train, test = ensemble.values[~held_out], ensemble.values[held_out]
        self.held_chains = np.unique(ensemble.chain[held_out]).tolist()
        self.learnt_chains = np.unique(ensemble.chain[~held_out]).tolist()
        if min(len(self.train), len(test)) < LEAST_PART:
            text = f"{len(self.train)} to learn and {len(test)} held out"
            raise InputError(ensemble.path, "samples", text, f"at least {LEAST_PART} of each")
        some = np.linspace(0, len(test) - 1, min(len(test), 2 * self.draws)).astype(int)
        self.real, places = test[some], ensemble.places
        self.pairs, self.some = places.neighbours(), None
        self.covaried = np.linspace(
            0, test.shape[1] - 1, min(test.shape[1], fidelity.COVARIED)
        ).astype(int)
        stream = seeds.stream(seed, "own_ensemble", "pairs of points")
        if places.kind != "none":
            self.some = places.some_pairs(stream)
        spread = np.argsort(self.real.std(0))
        self.looked_at = spread[np.linspace(0, len(spread) - 1, MARGINALS).astype(int)]
        ends = self.real[:, self.looked_at].min(0), self.real[:, self.looked_at].max(0)
        self.edges = np.linspace(*ends, HISTOGRAM + 1).T
        self.rows: list[dict] = []
        self.shown: dict[str, dict[str, np.ndarray]] = {}
        self.floor = self.scores(self.train)
        self.keep("held out", self.real)

    def scores(self, drawn: np.ndarray) -> dict[str, float]:
        """All scores of samples (sample, point)."""
        found = fidelity.marginal_scores(self.real, drawn)
        found |= fidelity.joint_scores(self.real, drawn, self.pairs)
        real, fake, train = (x[:, self.covaried] for x in (self.real, drawn, self.train))
        stream = seeds.stream(self.seed, "own_ensemble", "directions")
        return found | fidelity.whitened_scores(real, fake, train, stream)

    def keep(self, name: str, drawn: np.ndarray) -> None:
        """One sample, moments, histograms at some points, correlation by distance."""
        moments = moment_maps(drawn)
        counts = [
            np.histogram(drawn[:, point], edges)[0] / len(drawn)
            for point, edges in zip(self.looked_at, self.edges, strict=True)
        ]
        self.shown[name] = {
            "one_sample": drawn[len(drawn) // 2],
            "mean": moments["mean"],
            "std": moments["std"],
            "share": np.stack(counts),
        }
        if self.some is not None:
            curve = fidelity.correlation_by_distance(drawn, *self.some)
            self.shown[name]["correlation"] = curve

    def __call__(self, name: str, model: EnsembleGenerator, cpu_s: float) -> None:
        """Draw from a generator and score what it drew."""
        label, kind = LABELS[name]
        drawn = model.draw(self.draws, seeds.stream(self.seed, "own_ensemble", "draws"))
        self.keep(label, drawn)
        scores = self.scores(drawn)
        print(label, f"{cpu_s:.1f} s", {k: round(v, 4) for k, v in scores.items()}, flush=True)
        rows = table_rows(
            "own", label, kind, scores, self.floor, cpu_s=cpu_s, numbers=model.numbers
        )
        self.rows += [{k: v for k, v in row.items() if k != "data"} for row in rows]

    def dataset(self) -> xr.Dataset:
        """What the page shows: ``one_sample``, ``mean``, ``std``, ``share``, ``correlation``."""
        e, places = self.ensemble, self.ensemble.places
        dims = {"share": ("looked_at", "bin"), "correlation": ("distance_bin",)}
        found = xr.Dataset(coords={"generator": list(self.shown), "index": ("point", e.index)})
        for what in self.shown["held out"]:
            values = np.stack([each[what] for each in self.shown.values()])
            unit = "1" if what in dims else e.unit
            found[what] = (("generator", *dims.get(what, ("point",))), values, {"units": unit})
        found["edges"] = (("looked_at", "edge"), self.edges, {"units": e.unit})
        found["shown_point"] = ("looked_at", self.looked_at)
        where = {"units": places.unit, "kind": places.kind, "names": ", ".join(places.names)}
        found["position"] = (("point", "axis"), places.positions, where)
        if self.some is not None:
            found["distance_edges"] = ("distance_edge", self.some[2], {"units": places.unit})
        low, high = np.quantile(self.real, COLOURED).tolist()
        return found.assign_attrs(variable=e.name, units=e.unit, low=low, high=high)


def described(ensemble: BroughtEnsemble, judge: OwnJudge) -> dict[str, Any]:
    """What was read, for the card: file with checksum, variable, samples, chains, points."""
    path, places = ensemble.path, ensemble.places
    with open(path, "rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "file": {"path": path, "sha256": checksum, "bytes": os.path.getsize(path)},
        "variable": {"name": ensemble.name, "units": ensemble.unit},
        "samples": {"learnt": len(judge.train), "held_out": len(ensemble.chain) - len(judge.train)},
        "chains": {
            "all": int(np.unique(ensemble.chain).size),
            "held_out": judge.held_chains,
            "whole": not set(judge.held_chains) & set(judge.learnt_chains),
        },
        "points": {
            "count": ensemble.values.shape[1],
            "kind": places.kind,
            "positions": list(places.names),
            "units": places.unit,
            "left_out_missing": ensemble.missing,
            "left_out_constant": ensemble.constant,
        },
    }
