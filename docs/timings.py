"""Time and memory per family of rules, from what each job wrote beside its log.

    python docs/timings.py [FOLDER...]

prints a table in Markdown for the runs in FOLDERs (default: here), with a column of processor time
for each: name a run on each kind of processor, with and without products in bfloat16. `CPU time` is
what all threads of a family's jobs were busy, `longest job` is by the clock, `memory` the most that
one job held, both of the first run.
"""

import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

from support import costs

FAMILIES = {  # the first that has a word in a benchmark's name decides
    "published inputs": "published/",
    "figures and tables": "fig table losses poster_wrmse poster_jumps corner claims",
    "training": "gan vae emulator autoencoder peaks eight generator shipped",
    "simulation": "stirring prior trace eikonal model crosshole training_image truths sources "
    "observ validation cmb/data",
}
REST = "sampling, inversion, statistics"


def family(name: str) -> str:
    """Family of a benchmark file, from its path below its paper's folder."""
    for result, words in FAMILIES.items():
        if any(word in name for word in words.split()):
            return result
    return REST


def read(folder: Path) -> pd.DataFrame:
    """All jobs of a run: paper, family, processor time and time by the clock in s, memory in MB."""
    rows = []
    for path in sorted((folder / "logs").rglob("*.cost.json")):
        cost = costs.read(path)
        name = path.relative_to(folder / "logs").as_posix().removesuffix(".cost.json")
        paper, _, rest = name.partition("/")
        kind = family(rest) if rest else "claim ledger"
        rows.append((paper, kind, name.rpartition("/")[2], cost))
    jobs = pd.DataFrame(rows, columns=["paper", "family", "job", "cost"])
    for name in ("cpu_s", "wall_s", "memory_MB", "processor", "bfloat16", "finished"):
        jobs[name] = [getattr(cost, name) for cost in jobs.cost]
    return jobs.drop(columns="cost")


def kind_of(jobs: pd.DataFrame) -> str:
    """The processors of a run, and whether they make products in bfloat16."""
    with_bfloat16 = {True: "with bfloat16", False: "without bfloat16"}
    found = [with_bfloat16[bool(x)] for x in jobs.bfloat16.dropna().unique()]
    return ", ".join([*jobs.processor.unique(), *sorted(found)])


def table(runs: list[pd.DataFrame]) -> str:
    """Markdown: a line per paper and family, and a last one for all."""
    cpu = " | ".join(f"CPU time (s), {kind_of(jobs)}" for jobs in runs)
    lines = [
        f"| paper | rules | jobs | {cpu} | longest job (s) | memory (GB) |",
        "|---|---|--:|" + "--:|" * len(runs) + "---|--:|",
    ]

    def line(paper: str, kind: str) -> None:
        parts = [
            jobs[(jobs.paper == paper) & (jobs.family == kind)] if paper else jobs for jobs in runs
        ]
        slowest = parts[0].loc[parts[0].wall_s.idxmax()]
        longest = f"{slowest.wall_s:.0f} ({slowest.job})"
        memory = f"{parts[0].memory_MB.max() / 1024:.1f}"
        times = [f"{part.cpu_s.sum():.0f}" for part in parts]
        cells = (paper or "all", kind, len(parts[0]), *times, longest, memory)
        lines.append("| " + " | ".join(map(str, cells)) + " |")

    for paper, kind in sorted(set(zip(runs[0].paper, runs[0].family, strict=True))):
        line(paper, kind)
    line("", "")
    return "\n".join(lines)


if __name__ == "__main__":
    runs = [read(Path(name)) for name in sys.argv[1:] or ["."]]
    if any(run.empty for run in runs):
        raise SystemExit("no costs beside logs: run the workflow first, or name its folder")
    print(table(runs))
    for run in runs:
        for job in run[~run.finished].itertuples():
            print(f"not finished: {job.paper}/{job.job}", file=sys.stderr)
