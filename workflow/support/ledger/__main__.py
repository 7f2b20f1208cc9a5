"""Measure one paper's ledger from the command line, while its claims are written.

    python -m support.ledger FOLDER SCALE PAPER [--lift] [--only TEXT]

FOLDER holds ``results/``; the config is that of the scale. Entries that cannot be measured say
why, and the others go on.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from snakemake.utils import update_config

from support.config import validate
from support.ledger.forms import SCALES, Entry, Finding, Setting, read_ledger
from support.ledger.reference import kept_tables
from support.ledger.verdicts import Results, verdict
from support.published_values import MeasurementError

ROOT = Path(__file__).parents[3]


def config_of(scale: str) -> Any:
    """The typed config of a scale."""
    raw = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    file = ROOT / "workflow" / "scales" / f"{scale}.yaml"
    if file.is_file():
        update_config(raw, yaml.safe_load(file.read_text(encoding="utf-8")))
    return validate(raw)


def line(entry: Entry, results: Results, config: Any, lift: bool) -> tuple[str, str]:
    """An entry's verdict, and a line on it."""
    assert isinstance(entry, Finding | Setting)
    try:
        found = verdict(entry, results, entry.lacking(config), lift)
    except MeasurementError as error:
        return "broken", f"{entry.id} | broken: {error}"
    numbers = [n if isinstance(n, str) else f"{n:.5g}" for n in (found.ours, found.null)]
    cells = [entry.id, str(entry.published), *numbers, found.verdict, found.reason]
    return found.verdict, " | ".join(cells)


def main() -> None:
    """Print a line for each entry: id, published, ours, null, verdict; then counts."""
    parser = argparse.ArgumentParser(prog="python -m support.ledger", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("scale", choices=SCALES)
    parser.add_argument("paper")
    parser.add_argument("--lift", action="store_true", help="as if every scale were reached")
    parser.add_argument("--only", default="", help="entries whose id holds this text")
    given = parser.parse_args()
    ledger, config = read_ledger(given.paper), config_of(given.scale)
    reference = kept_tables(given.paper, published=config.data.published)
    results = Results(given.folder / "results" / given.paper, given.scale, reference)
    for name, entries in (("findings", ledger.findings), ("settings", ledger.settings)):
        count: Counter[str] = Counter()
        for entry in entries:
            if given.only in entry.id:
                word, text = line(entry, results, config, given.lift)
                count[word] += 1
                print(text)
        print(f"== {name}:", ", ".join(f"{n} {word}" for word, n in count.most_common()))


if __name__ == "__main__":
    main()
