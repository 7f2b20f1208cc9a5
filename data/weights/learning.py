"""For maintainers: what a VAE of lopez_alvis2021 learned from how many samples, as Markdown.

    python data/weights/learning.py data/weights/lopez_alvis2021/vae_embedded_curve.csv

prints the curve that its trainings wrote, and the power of the number of samples by which each
error falls, with the number at which it would reach a target if it went on so.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

PUBLISHED = Path(__file__).parents[2] / "workflow" / "published_values" / "lopez_alvis2021"
CROPS = ["mc1", "mc2", "mc3"]  # truths that do not depend on the VAE
COLUMNS = {
    "error": "held-out error",
    "model_rmse": "held-out model RMSE",
    "data": "mc1 to mc3, data RMSE, ns",
    "model": "mc1 to mc3, model RMSE",
    "generated": "mv1 to mv3, model RMSE",
}


def read(path: str | Path) -> pd.DataFrame:
    """The curve, with means over truths."""
    curve = pd.read_csv(path)
    curve["data"] = curve[[f"data_rmse_ns_{name}" for name in CROPS]].mean(axis=1)
    curve["model"] = curve[[f"model_rmse_{name}" for name in CROPS]].mean(axis=1)
    curve["generated"] = curve[[f"model_rmse_mv{n}" for n in (1, 2, 3)]].mean(axis=1)
    return curve


def targets() -> dict[str, float]:
    """What the authors' VAE reaches: their notebook's error, and Table 2."""
    table = pd.read_csv(PUBLISHED / "table2.csv").set_index("truth").loc[CROPS].mean()
    notebook = pd.read_csv(PUBLISHED / "notebook.csv").set_index("network")
    return {
        "error": float(notebook.error_per_sample["vae"]),
        "data": float(table.data_rmse_ns),
        "model": float(table.model_rmse),
    }


def power(curve: pd.DataFrame, name: str) -> tuple[float, float]:
    """Exponent of samples and factor of the line through logarithms, without the first row.

    The first is of weights that another schedule ended with.
    """
    rows = curve[1:]
    exponent, constant = np.polyfit(np.log(rows.samples), np.log(rows[name]), 1)
    return float(exponent), float(np.exp(constant))


def table(curve: pd.DataFrame) -> str:
    """The curve and what follows from it."""
    lines = ["| samples | CPU-h | " + " | ".join(COLUMNS.values()) + " |"]
    lines.append("|" + "--:|" * (len(COLUMNS) + 2))
    for row in curve.itertuples():
        values = " | ".join(f"{getattr(row, name):.4g}" for name in COLUMNS)
        lines.append(f"| {row.samples:,.0f} | {row.cpu_s / 3600:.2f} | {values} |")
    lines += ["", "| | falls with samples to the power | authors' | reached at, million samples |"]
    lines.append("|---|--:|--:|--:|")
    for name, wanted in targets().items():
        exponent, factor = power(curve, name)
        there = f"{(wanted / factor) ** (1 / exponent) / 1e6:.2g}" if exponent < 0 else "-"
        lines.append(f"| {COLUMNS[name]} | {exponent:.2f} | {wanted:.4g} | {there} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(read(sys.argv[1])))
