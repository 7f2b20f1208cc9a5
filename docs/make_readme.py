"""For maintainers: the README's headlines and costs, and the numbers of a page, from a run.

    python docs/make_readme.py FOLDER [FOLDER...]

keeps in data/reference/readme.json the headlines of the ledger in FOLDER (`snakemake claims` has
been run there) and what the jobs of each FOLDER took, a run for each kind of processor; it writes
both into README.md, between its marks, and docs/what_we_found.md from its template (there
``{paper/id}`` is our number of a finding, ``{paper/id published}`` the paper's, ``{paper/id null}``
the null's). Without a FOLDER it writes what was kept.
"""

import json
import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "workflow"), str(ROOT / "docs")]

import timings  # noqa: E402

from support.ledger.text import number, shown  # noqa: E402
from support.ledger.verdicts import NULL_AS_WELL  # noqa: E402

KEPT = ROOT / "data" / "reference" / "readme.json"
README = ROOT / "README.md"
FOUND, TEMPLATE = ROOT / "docs" / "what_we_found.md", ROOT / "docs" / "what_we_found.template.md"
NUMBER = re.compile(r"\{([a-z_0-9]+/[a-z0-9-]+)(?: (published|null))?\}")
PAPERS = ("scheiter2022", "santos2024", "lopez_alvis2021", "spurio_mancini2021")
WIDTH = 118  # letters of a line of the page
LONGEST = 60  # letters of what a null is: its whole name stands in the ledger


def findings(folder: Path) -> list[dict]:
    """The rows of a run's ledger, in the order of the papers."""
    files = [folder / "results" / paper / "claims.json" for paper in PAPERS]
    return [row for file in files for row in json.loads(file.read_text("utf-8"))["rows"]]


def headlines(rows: list[dict]) -> list[dict]:
    """The headlines among the rows, as plain texts."""
    names = ("paper", "id", "statement", "verdict")
    return [{n: row[n] for n in names} | texts(row) for row in rows if row["headline"]]


def texts(row: dict) -> dict[str, str]:
    """The paper's number, ours and the null's; long units stand in the ledger alone."""
    long = len(row["unit"]) > len("GPa per cent") or row["unit"].startswith("(")
    plain = row | {"unit": "", "null_is": ""} if long else row | {"null_is": ""}
    published, ours, null = shown(plain)
    name = row["null_is"] if len(row["null_is"]) <= LONGEST else f"{row['null_is'][:LONGEST]}…"
    null = f"{null} ({name})" if null and name else null or name
    return {"published": published, "ours": ours, "null": null}


def numbers(rows: list[dict], template: str) -> dict[str, dict[str, str]]:
    """The findings that a template asks for."""
    known = {f"{row['paper']}/{row['id']}": row for row in rows}
    asked = {found[1] for found in NUMBER.finditer(template)}
    if unknown := asked - set(known):
        raise SystemExit(f"{TEMPLATE.name}: no finding {', '.join(sorted(unknown))}")
    names = ("published", "ours", "null")
    return {each: {n: three_digits(known[each][n]) for n in names} for each in sorted(asked)}


def three_digits(value: float | str | None) -> str:
    """A number as running text has it; its unit stands there too."""
    if value is None or isinstance(value, str):
        return value or "not measured"
    return f"{value:.3g}" if abs(value) < 1000 else number(round(value))


def found_page(template: str, kept: dict) -> str:
    """The page with the numbers that were kept, its paragraphs filled again."""
    page = NUMBER.sub(lambda m: kept["numbers"][m[1]][m[2] or "ours"], template)
    fill = textwrap.TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False).fill
    return "\n\n".join(fill(" ".join(part.split())) for part in page.split("\n\n")) + "\n"


def run(folder: Path) -> dict:
    """What a run took: s of processor time, GB of its two largest jobs, minutes by the clock."""
    jobs = timings.read(folder)
    two = jobs.memory_MB.nlargest(2).sum() / 1024
    return {
        "processor": timings.kind_of(jobs),
        "jobs": len(jobs),
        "cpu_s": round(jobs.cpu_s.sum()),
        "two_jobs_GB": round(float(two), 1),
        "minutes": minutes(folder),
    }


def minutes(folder: Path) -> int | None:
    """Time by the clock of the run that Snakemake logged in a folder; None if it took several."""
    text = "\n".join(log.read_text() for log in (folder / ".snakemake/log").glob("*.snakemake.log"))
    found = re.findall(r"Elapsed time: (?:(\d+) days?, )?(\d+):(\d+):", text)
    times = [1440 * int(days or 0) + 60 * int(hours) + int(rest) for days, hours, rest in found]
    whole = max(times, default=0)
    return whole if whole and sum(times) < 1.1 * whole else None


def ledger_block(kept: dict) -> str:
    """The table of headlines."""
    lines = ["| claim | paper | ours | null | verdict |", "|---|---|---|---|---|"]
    paper = None
    for row in kept["headlines"]:
        first = f"**`{row['paper']}`** " if row["paper"] != paper else ""
        paper = row["paper"]
        verdict = "the null as well" if row["verdict"] == NULL_AS_WELL else row["verdict"]
        cells = (
            first + row["statement"],
            row["published"],
            row["ours"],
            row["null"],
            f"**{verdict}**",
        )
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines)


def cost_block(kept: dict) -> str:
    """What the whole run takes, on each processor that was measured."""
    lines = []
    for each in kept["runs"]:
        clock = f", {each['minutes']} minutes by the clock" if each["minutes"] else ""
        lines.append(
            f"- {each['processor']}: {each['jobs']} jobs, {each['cpu_s'] / 60:.0f} minutes of "
            f"processor time{clock}; its two largest jobs hold {each['two_jobs_GB']} GB together."
        )
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


BLOCKS = {"ledger": ledger_block, "cost": cost_block}


def filled(readme: str, kept: dict) -> str:
    """The README with what was kept between its marks."""
    for name, block in BLOCKS.items():
        begin, end = f"<!-- {name}: docs/make_readme.py -->\n", "<!-- end -->"
        before, _, rest = readme.partition(begin)
        _, _, after = rest.partition(end)
        if not after:
            raise SystemExit(f"README.md: no lines {begin.strip()} ... {end.strip()}")
        readme = f"{before}{begin}\n{block(kept)}\n{end}{after}"
    return readme


def main(folders: list[Path]) -> None:
    """Keep what the folders hold, and write README and page."""
    template = TEMPLATE.read_text(encoding="utf-8")
    if folders:
        rows = findings(folders[0])
        kept = {"headlines": headlines(rows), "numbers": numbers(rows, template)}
        kept["runs"] = [run(each) for each in folders]
        text = json.dumps(kept, indent=1, ensure_ascii=False)
        KEPT.write_text(f"{text}\n", encoding="utf-8")
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    README.write_text(filled(README.read_text(encoding="utf-8"), kept), encoding="utf-8")
    FOUND.write_text(found_page(template, kept), encoding="utf-8")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
