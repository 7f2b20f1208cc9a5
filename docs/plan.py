"""What the paper scale would take, extrapolated from a run at the laptop scale.

    python docs/plan.py [FOLDER...]

prints a table in Markdown: per family of rules the CPU time measured (what jobs of the runs in
FOLDERs wrote beside their logs, default: here; for shipped networks their cards) times the ratio of
the settings that its work goes with (docs/plan.yaml; workflow/scales/paper.yaml over config.yaml).
It is an estimate, not a run.
"""

import json
import sys
from math import prod
from pathlib import Path

import pandas as pd
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workflow"))

from support import costs  # noqa: E402

GPU = 20  # cores of ours that a GPU is taken to replace: an assumption, not a measurement
BASE = 450  # MB of a process that has loaded PyTorch and has done nothing yet


def merge(base: dict, over: dict) -> dict:
    """Settings with others on top, section by section."""
    both = {k: merge(base[k], v) for k, v in over.items() if isinstance(v, dict) and k in base}
    return base | over | both


def value(settings: dict, term: str) -> float:
    """One factor of a product (the head of docs/plan.yaml says which there are)."""
    kind, _, name = term.rpartition(":")
    name, _, power = name.partition("^")
    if name.replace(".", "").isdigit():
        return float(name)
    for key in name.split("."):
        settings = settings[key]
    if kind == "steps":
        settings = settings["burn_in"] + settings["samples"] * settings["thinning"]
    if isinstance(settings, list):
        settings = len(settings) if kind == "length" else prod(settings)
    return float(settings) ** float(power or 1)


def ratio(laptop: dict, paper: dict, product: str) -> float:
    """The paper's product over the laptop's; a bare number is a factor of the ratio."""
    terms = product.split()
    return prod(value(paper, t) / (1 if t[0].isdigit() else value(laptop, t)) for t in terms)


def measured(paper: str, patterns: str, folders: list[Path]) -> pd.DataFrame:
    """CPU time (cpu, s) and memory (memory, MB) of each job, from the first folder that has any."""
    if patterns.endswith(".json"):
        card = json.loads((ROOT / patterns).read_text(encoding="utf-8"))
        seconds = card.get("training_cpu_seconds", card["training_seconds"])
        return pd.DataFrame(
            {"cpu": [seconds], "memory": [float("nan")], "processor": [card["device"]]}
        )
    for folder in (f / "logs" / paper for f in folders):
        paths = {path for p in patterns.split() for path in folder.glob(f"{p}.cost.json")}
        if paths:
            found = [costs.read(path) for path in sorted(paths)]
            return pd.DataFrame(
                {
                    "cpu": [cost.cpu_s for cost in found],
                    "memory": [cost.memory_MB for cost in found],
                    "processor": [cost.processor for cost in found],
                }
            )
    return pd.DataFrame({"cpu": [], "memory": [], "processor": []})


def plan(folders: list[Path]) -> pd.DataFrame:
    """A row per family: what was measured, the ratios, and what follows for the paper scale."""
    laptop = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    scale = ROOT / "workflow" / "scales" / "paper.yaml"
    both = merge(laptop, yaml.safe_load(scale.read_text(encoding="utf-8")))
    rows = []
    for paper, families in yaml.safe_load((ROOT / "docs/plan.yaml").read_text()).items():
        for f in families:
            found = measured(paper, f["measured"], folders)
            settings = laptop[paper], both[paper]
            work = ratio(*settings, f["work"])
            jobs = value(both[paper], str(f["jobs"])) if "jobs" in f else len(found)
            more = (found.memory - BASE).clip(0).max() * ratio(*settings, f.get("memory", "1"))
            memory = (found.memory.clip(upper=BASE).max() + more) / 1024
            cpu = found.cpu.sum() if len(found) else float("nan")
            on = ", ".join(found.processor.unique())
            rows.append(
                (
                    paper,
                    f["family"],
                    f["device"],
                    int(jobs),
                    cpu,
                    work,
                    cpu * work / 3600,
                    memory,
                    on,
                )
            )
    names = ["paper", "family", "device", "jobs", "cpu", "ratio", "hours", "memory", "measured_on"]
    return pd.DataFrame(rows, columns=names)


def table(rows: pd.DataFrame) -> str:
    """Markdown; `-` where nothing was measured."""
    lines = [
        "| paper | family | jobs | CPU s, laptop | ratio | core hours, paper "
        f"| GPU hours if a GPU is {GPU} cores | memory of a job (GB) |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]

    def number(x: float, form: str) -> str:
        return "-" if pd.isna(x) else format(x, form)

    for r in rows.itertuples():
        gpu = number(r.hours / GPU, ".2f") if r.device == "GPU" else ""
        cells = [f"`{r.paper}`", r.family, str(r.jobs or "-"), number(r.cpu, ".0f")]
        cells += [number(r.ratio, ",.1f"), number(r.hours, ".1f"), gpu, number(r.memory, ".1f")]
        lines.append("| " + " | ".join(cells) + " |")
    on = "; ".join(sorted(set(rows.measured_on) - {""}))
    hours = rows.groupby("device").hours.sum()
    known = f"| all that was measured | | | {rows.cpu.sum():.0f} | | {rows.hours.sum():.0f} "
    known += f"| {hours.get('GPU', 0) / GPU:.1f} | |"
    return "\n".join([*lines, known, "", f"Measured on: {on}."])


if __name__ == "__main__":
    print(table(plan([Path(name) for name in sys.argv[1:]] or [Path(".")])))
