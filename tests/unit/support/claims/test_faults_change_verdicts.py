"""A result of half its size, or with its sign turned, changes the verdict: real entries, one fault.

Each entry is given results that reproduce it, and then the same ones with one number changed.
"""

import copy
import csv

import pytest

from support.ledger.forms import read_ledger
from support.ledger.verdicts import Results, verdict
from support.published_values import published

EMULATORS = [
    {"kind": kind, "r2d": 0.95, "r2d_ratios": 0.93, "r2d_true": 0.99}
    | {name: 0.9 for name in ("r2d_low", "r2d_high", "r2d_std")}  # which explain, and judge nothing
    for kind in published("spurio_mancini2021", "table1").column("kind")
]
for row in EMULATORS:
    row |= {"mean": {"r2d": 0.6, "r2d_true": 0.6}, "d18": {"r2d": 0.89}}.get(row["kind"], {})
EMULATORS.append({"kind": "mean", "r2d": 0.6, "r2d_ratios": 0.6, "r2d_true": 0.6})
LOCATED = [
    {"method": method, "level_of_truth": 0.5}
    | {f"{c}_km": 0.4 for c in "xyz"}
    | {f"{c}_true_km": 0.4 for c in "xyz"}
    | {f"{c}_plus_km": width for c in "xyz"}
    for method, width in [("direct, noise", 0.002), ("solver", 0.1), ("origin", 0.02)]
]
LOCATED[1]["x_km"] = 0.5  # a null that fails
EXPERIMENTS = [{"experiment": "principal", "correct_mean": 0.95, "correct_best_prior_image": 0.7}]
SLICES = [{"dimension": 10, "method": "exact", "slice_probability": 1.5e-4, "samples_per_s": 1e6}]
SLICES.append(SLICES[0] | {"method": "Metropolis, thinned", "samples_per_s": 2e9 / 120 / 3600})
SLICES.append(SLICES[0] | {"method": "GAN", "samples_per_s": 2e9 / 3600})
NETWORKS = [{"network": "vae", "divergence_per_dimension_nat": 3.5}]

CASES = [  # paper, entry, its file and rows, which row, the number in it, what it is multiplied by
    ("spurio_mancini2021", "emulators-direct-r2d", "table1.csv", EMULATORS, 0, "r2d", 0.5),
    ("spurio_mancini2021", "emulators-direct-above-d18", "table1.csv", EMULATORS, 0, "r2d", 0.5),
    ("spurio_mancini2021", "direct-mean-x", "table2.csv", LOCATED, 0, "x_km", -1),
    ("spurio_mancini2021", "location-direct-x", "table2.csv", LOCATED, 0, "x_plus_km", 0.5),
    (
        "santos2024",
        "mean-image-recovers-target",
        "table_experiments.csv",
        EXPERIMENTS,
        0,
        "correct_mean",
        0.5,
    ),
    (
        "santos2024",
        "lowest-d-min",
        "table_targets.csv",
        [{"d_min": 0.23}, {"d_min": 0.3}],
        0,
        "d_min",
        0.5,
    ),
    (
        "lopez_alvis2021",
        "vae-divergence",
        "table_networks.csv",
        NETWORKS,
        0,
        "divergence_per_dimension_nat",
        0.5,
    ),
    (
        "scheiter2022",
        "slice-draws-exact",
        "hypersphere/economics.csv",
        SLICES,
        0,
        "slice_probability",
        0.5,
    ),
    (
        "scheiter2022",
        "slice-mcmc-time",
        "hypersphere/economics.csv",
        SLICES,
        1,
        "samples_per_s",
        0.5,
    ),
    ("scheiter2022", "slice-dramatic", "hypersphere/economics.csv", SLICES, 1, "samples_per_s", -1),
]


def written(path, rows):
    """A table with the columns of all rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        names = list(dict.fromkeys(name for row in rows for name in row))
        table = csv.DictWriter(file, names)
        table.writeheader()
        table.writerows(rows)


@pytest.mark.parametrize("case", CASES, ids=[f"{case[1]}" for case in CASES])
def test_one_wrong_number_changes_the_verdict(case, tmp_path):
    paper, name, file, right, row, column, factor = case
    (entry,) = (e for e in read_ledger(paper).findings if e.id == name)
    wrong = copy.deepcopy(right)
    wrong[row][column] *= factor
    found = []
    for folder, rows in ((tmp_path / "right", right), (tmp_path / "wrong", wrong)):
        written(folder / file, rows)
        found.append(verdict(entry, Results(folder, "paper")).verdict)
    assert found == ["reproduced", "differs"]
