"""Inversions with networks and without, judged alike: ``table_methods.csv``, beyond the paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from support.published_values import Table


def cells_wrong(models: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Per cent of cells on the wrong side of one half, models (..., row, column) to (...)."""
    return 100 * ((np.asarray(models) > 0.5) != (np.asarray(truth) > 0.5)).mean((-2, -1))


def scores(
    models: np.ndarray, truths: np.ndarray, recorded: np.ndarray, times: np.ndarray
) -> list[dict]:
    """Errors of models (truth, row, column) and of their times (truth, datum), a row of each."""
    misfits = np.sqrt(((recorded - times) ** 2).mean(1))
    errors = np.sqrt(((models - truths) ** 2).mean((1, 2)))
    wrong = cells_wrong(models, truths)
    names = "data_rmse_ns", "model_rmse", "cells_wrong_percent"
    rows = zip(misfits, errors, wrong, strict=True)
    return [
        {"truth": number, **dict(zip(names, map(float, row), strict=True))}
        for number, row in enumerate(rows)
    ]


def prior_row(found: list[dict], seconds: float) -> dict:
    """Means over new truths of what :func:`scores` says, and the error of the mean model RMSE."""
    errors = np.array([row["model_rmse"] for row in found])
    names = "data_rmse_ns", "model_rmse", "cells_wrong_percent"
    means = {name: float(np.mean([row[name] for row in found])) for name in names}
    scatter = float(errors.std(ddof=1) / len(errors) ** 0.5) if len(errors) > 1 else float("nan")
    return {"truths": len(found), **means, "model_rmse_error": scatter, "cpu_s": seconds}


def trade_off_row(
    truths: np.ndarray,
    times: np.ndarray,
    models: Mapping[str, np.ndarray],
    recorded: Mapping[str, np.ndarray],
) -> dict:
    """Errors of encoding and decoding and of inversion, means over truths.

    Parameters
    ----------
    truths, times
        True facies (truth, row, column), and what is recorded through them (truth, datum), ns.
    models, recorded
        The same of models, by ``encode_decode`` and ``inversion``.
    """
    misfits = {k: np.sqrt(((of - times) ** 2).mean(1)) for k, of in recorded.items()}
    errors = {k: np.sqrt(((of - truths) ** 2).mean((1, 2))) for k, of in models.items()}
    return {
        "truths": len(truths),
        **{f"{name}_rmse_ns": float(of.mean()) for name, of in misfits.items()},
        **{f"{name}_model_rmse": float(of.mean()) for name, of in errors.items()},
        "accepted_percent": float(100 * (misfits["inversion"] <= misfits["encode_decode"]).mean()),
    }


@dataclass(frozen=True)
class Judge:
    """True facies (truth, z, x), thresholds (operator, truth) in ns, and the paper's Table 2.

    A run is accepted below what encoding and decoding its truth leaves, and the noise. A VAE that
    encodes badly would accept anything by its own threshold, so that the paper's, of its own truth
    of that name, stands beside it.
    """

    truths: xr.DataArray
    thresholds: xr.DataArray
    printed: Table

    def row(
        self,
        place: Mapping,
        method: Mapping,
        *,
        misfits: np.ndarray,
        errors: np.ndarray,
        models: np.ndarray,
        cpu_s: float,
    ) -> dict:
        """Runs of one truth: misfits and errors (start,), models (start, row, column)."""
        name = place["truth"]
        own = float(self.thresholds.sel(truth=name, operator=place["operator"]))
        (theirs,) = self.printed.where(truth=str(name))
        wrong = cells_wrong(models, self.truths.sel(truth=name).values)
        best = int(misfits.argmin())
        return {
            **place,
            **method,
            "starts": len(misfits),
            "data_rmse_ns": float(misfits.mean()),
            "model_rmse": float(errors.mean()),
            "model_rmse_of_best_fit": float(errors[best]),
            "cells_wrong_percent": float(wrong.mean()),
            "accepted_percent": float(100 * (misfits <= own + place["noise_ns"]).mean()),
            "accepted_as_printed_percent": float(
                100 * (misfits <= theirs["data_rmse_ns"] + place["noise_ns"]).mean()
            ),
            "cpu_s": cpu_s,
        }

    def network_rows(self, runs: xr.Dataset, place: Mapping, method: Mapping) -> list[dict]:
        """All truths of one case of a network."""
        rows = []
        for name in map(str, runs.truth.values):
            one = runs.sel(truth=name)
            arrays = {"misfits": one.misfit.values, "errors": one.error.values}
            rows.append(
                self.row(
                    {"truth": name, **place},
                    method,
                    **arrays,
                    models=one.model.values,
                    cpu_s=float(runs.cpu_s),
                )
            )
        return rows

    def regularized_rows(self, found: xr.Dataset, operator: str) -> list[dict]:
        """All truths, noises and penalties, without a network; no start matters."""
        rows = []
        for penalty in map(str, found.penalty.values):
            for noise in map(float, found.noise.values):
                for name in map(str, found.truth.values):
                    one = found.sel(penalty=penalty, noise=noise, truth=name)
                    rows.append(
                        self.row(
                            {"truth": name, "noise_ns": noise, "operator": operator},
                            {"method": penalty, "case": ""},
                            misfits=one.misfit.values[None],
                            errors=one.error.values[None],
                            models=one.model.values[None],
                            cpu_s=float(one.cpu_s),
                        )
                    )
        return rows
