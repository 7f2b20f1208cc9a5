"""For maintainers: keep a table of the study scale, with its card.

    python data/reference/keep.py FOLDER PAPER/TABLE.csv --rows COLUMN... --shares COLUMN=CASES...

copies FOLDER/results/PAPER/TABLE.csv beside this file, or with `--published`, of a run with the
authors' files, into its folder `published`. `--rows` are the columns that name a row;
`--shares` and `--means` those that smaller runs are compared with: shares, each with the column of
how many cases it is of, and means, each with the column of its standard error.

`--also` are folders of runs with other seeds (`--config seed=...`): numbers become means over all
runs, and COLUMN_error of each of `--errors` the standard error of its mean.
"""

import argparse
import json
import shutil
from pathlib import Path

import pandas as pd
import yaml

from support import costs

HERE = Path(__file__).parent
SCALE = HERE.parents[1] / "workflow" / "scales" / "study.yaml"


def core_hours(logs: Path) -> float:
    """Processor time of all jobs, from the costs that they wrote beside their logs."""
    return sum(costs.read(path).cpu_s for path in logs.rglob("*.cost.json")) / 3600


def over_seeds(runs: list[pd.DataFrame], rows: list[str], errors: list[str]) -> pd.DataFrame:
    """Means of the numbers of tables with the same rows, and standard errors of some of them."""
    if any(len(run.merge(runs[0], on=rows)) != len(runs[0]) for run in runs):
        raise ValueError(f"the runs differ in their rows ({', '.join(rows)})")
    grouped = pd.concat(runs).groupby(rows, sort=False)
    numbers = [name for name in runs[0].select_dtypes("number") if name not in rows]
    found = grouped.first()
    found[numbers] = grouped[numbers].mean()
    for name in errors:
        found[f"{name}_error"] = grouped[name].sem()
    return found.reset_index().assign(seeds=len(runs))


def main() -> None:
    """Copy the table, and write its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("table", type=Path, help="PAPER/TABLE.csv")
    parser.add_argument("--rows", nargs="+", default=[])
    parser.add_argument("--shares", nargs="+", default=[], metavar="COLUMN=CASES")
    parser.add_argument("--means", nargs="+", default=[], metavar="COLUMN=ERROR")
    parser.add_argument("--published", action="store_true")
    parser.add_argument("--also", nargs="+", default=[], type=Path, metavar="FOLDER")
    parser.add_argument("--errors", nargs="+", default=[], metavar="COLUMN")
    given = parser.parse_args()
    made = given.folder / "results" / given.table
    kept = (HERE / "published" if given.published else HERE) / given.table
    folders = [given.folder, *given.also]
    card = json.loads(made.with_name(f"{made.name}.json").read_text(encoding="utf-8"))
    if card["scale"] != "study":
        parser.error(f"{made} is of the {card['scale']} scale, not of the study's")
    paper = given.table.parts[0]
    seeds = {
        json.loads((one / "results" / f"{given.table}.json").read_text(encoding="utf-8"))["seed"]
        for one in folders
    }
    if len(seeds) < len(folders):
        parser.error(f"{len(folders)} runs have but the seeds {sorted(seeds)}")
    card |= {
        "settings": yaml.safe_load(SCALE.read_text(encoding="utf-8")).get(paper, {}),
        "processor": costs.hardware(),
        "seeds": sorted(seeds),
        "core_hours": round(sum(core_hours(one / "logs" / paper) for one in folders), 2),
        "compare": {
            "rows": given.rows,
            "shares": dict(pair.split("=") for pair in given.shares),
            "means": dict(pair.split("=") for pair in given.means),
        },
    }
    kept.parent.mkdir(parents=True, exist_ok=True)
    if given.also:
        # or pandas would take the word "null" for nothing
        runs = [
            pd.read_csv(one / "results" / given.table, keep_default_na=False, na_values=[""])
            for one in folders
        ]
        over_seeds(runs, given.rows, given.errors).to_csv(kept, index=False)
    else:
        shutil.copyfile(made, kept)
    text = json.dumps(card, indent=1, sort_keys=True)
    kept.with_name(f"{kept.name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
