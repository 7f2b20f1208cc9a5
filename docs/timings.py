"""Time and memory per family of rules, from the workflow's own benchmark files.

    python docs/timings.py [FOLDER]

prints a table in Markdown for the run in FOLDER (default: here): `cpu` is the time that all threads
of a family's jobs were busy, `longest job` wall time, `memory` the most that one job held.
"""

import sys
from pathlib import Path

import pandas as pd

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
    """All benchmarks of a run: paper, family, wall and CPU time in s, memory in MB."""
    rows = []
    for path in sorted((folder / "benchmarks").rglob("*.tsv")):
        found = pd.read_csv(path, sep="\t").iloc[-1]
        paper, _, name = path.relative_to(folder / "benchmarks").as_posix().partition("/")
        memory = pd.to_numeric(found["max_rss"], errors="coerce")
        cpu = pd.to_numeric(found["cpu_time"], errors="coerce")
        kind = family(name) if name else "claim ledger"
        rows.append((paper.removesuffix(".tsv"), kind, float(found["s"]), cpu, memory, path.stem))
    return pd.DataFrame(rows, columns=["paper", "family", "wall", "cpu", "memory", "rule"])


def table(jobs: pd.DataFrame) -> str:
    """Markdown: a line per paper and family, and a last one for all."""
    lines = [
        "| paper | rules | jobs | cpu (s) | longest job (s) | memory (GB) |",
        "|---|---|--:|--:|--:|--:|",
    ]

    def line(paper, kind, part):
        slowest = part.loc[part.wall.idxmax()]
        longest = f"{slowest.wall:.0f} ({slowest.rule})"
        memory = f"{part.memory.max() / 1024:.1f}"
        cells = (paper or "all", kind, len(part), f"{part.cpu.sum():.0f}", longest, memory)
        lines.append("| " + " | ".join(map(str, cells)) + " |")

    for (paper, kind), part in jobs.groupby(["paper", "family"]):
        line(paper, kind, part)
    line("", "", jobs)
    return "\n".join(lines)


if __name__ == "__main__":
    found = read(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    if found.empty:
        raise SystemExit("no benchmark files: run the workflow first, or name its folder")
    print(table(found))
