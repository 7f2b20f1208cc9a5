"""For maintainers: keep a table of the study scale, with its card.

    python data/reference/keep.py FOLDER PAPER/TABLE.csv --rows COLUMN... --shares COLUMN=CASES...

copies FOLDER/results/PAPER/TABLE.csv beside this file. `--rows` are the columns that name a row;
`--shares` and `--means` those that smaller runs are compared with: shares, each with the column of
how many cases it is of, and means, each with the column of its standard error.
"""

import argparse
import json
import shutil
from pathlib import Path

import yaml

from support import costs

HERE = Path(__file__).parent
SCALE = HERE.parents[1] / "workflow" / "scales" / "study.yaml"


def core_hours(logs: Path) -> float:
    """Processor time of all jobs, from the costs that they wrote beside their logs."""
    return sum(costs.read(path).cpu_s for path in logs.rglob("*.cost.json")) / 3600


def main() -> None:
    """Copy the table, and write its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("table", type=Path, help="PAPER/TABLE.csv")
    parser.add_argument("--rows", nargs="+", default=[])
    parser.add_argument("--shares", nargs="+", default=[], metavar="COLUMN=CASES")
    parser.add_argument("--means", nargs="+", default=[], metavar="COLUMN=ERROR")
    given = parser.parse_args()
    made, kept = given.folder / "results" / given.table, HERE / given.table
    card = json.loads(made.with_name(f"{made.name}.json").read_text(encoding="utf-8"))
    if card["scale"] != "study":
        parser.error(f"{made} is of the {card['scale']} scale, not of the study's")
    paper = given.table.parts[0]
    card |= {
        "settings": yaml.safe_load(SCALE.read_text(encoding="utf-8")).get(paper, {}),
        "processor": costs.hardware(),
        "core_hours": round(core_hours(given.folder / "logs" / paper), 2),
        "compare": {
            "rows": given.rows,
            "shares": dict(pair.split("=") for pair in given.shares),
            "means": dict(pair.split("=") for pair in given.means),
        },
    }
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, kept)
    text = json.dumps(card, indent=1, sort_keys=True)
    kept.with_name(f"{kept.name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
