"""What the runs of a recovery tell, as a dataset."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from latentearth.samples import Samples

ONE = {"units": "1"}


def runs_dataset(
    runs: Sequence[Samples], images: Sequence[tuple[np.ndarray, np.ndarray]]
) -> xr.Dataset:
    """Numbers of each run, positions, and mean and deviation of images.

    Parameters
    ----------
    runs
        Samples of the posterior, equally many of each run.
    images
        Mean and deviation of each run's images, (y, x).
    """
    told = ("screened", "correlation", "tries")
    numbers = {
        "log_likelihood": [run.log_likelihood.mean() for run in runs],
        "log_evidence": [run.log_evidence for run in runs],
        "ancestors": [run.independent for run in runs],
        "acceptance": [run.acceptance[0] for run in runs],
        "evaluations": [run.evaluations for run in runs],
        **{name: [run.about[name] for run in runs] for name in told},
    }
    result = xr.Dataset({name: ("run", values, ONE) for name, values in numbers.items()})
    result["cpu_s"] = ("run", [run.cpu_s for run in runs], {"units": "s"})
    result["position"] = ("run", "sample", "coordinate"), [run.flat for run in runs], ONE
    plane = ("run", "y", "x")
    result["mean"] = plane, np.stack([mean for mean, _ in images]), ONE
    result["deviation"] = plane, np.stack([deviation for _, deviation in images]), ONE
    return result
