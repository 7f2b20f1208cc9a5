"""Write a static site of a run: figures beside the papers' numbers and verdicts, docs, the API.

    pip install markdown-it-py
    python docs/make_site.py FOLDER SITE

FOLDER holds results and figures of a run (`.` after the README's command), with verdicts if
`snakemake claims` has been run there. Open SITE/index.html: pages need no network and no script,
and formulas are MathML, which browsers draw.
"""

import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "workflow"), str(ROOT / "src"), str(ROOT / "docs")]

from site_api import api_pages, from_rst  # noqa: E402
from site_docs import doc_pages  # noqa: E402

from support.ledger.origins import in_words, origin_of  # noqa: E402
from support.ledger.places import rows_of  # noqa: E402
from support.ledger.text import of_kind, shown, totals  # noqa: E402
from support.ledger.verdicts import DIFFERS, NULL_AS_WELL, REPRODUCED  # noqa: E402
from support.report import table_page  # noqa: E402

STYLE = Path(__file__).with_name("site.css")
PAPERS = {
    "scheiter2022": ("Scheiter et al. (2022)", "scheiter2022_fig02.png"),
    "santos2024": ("Santos et al. (2024)", "santos2024_fig11.png"),
    "lopez_alvis2021": ("Lopez-Alvis et al. (2021)", "lopez_alvis2021_fig09.png"),
    "spurio_mancini2021": ("Spurio Mancini et al. (2021)", "spurio_mancini2021_fig10.png"),
}
ENTRY = re.compile(r"^\| ([^|]+) \| `([^`]+)` \| `([^`]+)` \| \[[^]]+\]\(\.\./([^)]+)\)", re.M)
KINDS = {REPRODUCED: "holds", NULL_AS_WELL: "null-too", DIFFERS: "differs"}
MOST_ROWS = 8  # of a table that is shown without being asked for
HEAD = ("claim", "paper", "ours", "null", "verdict")


def html_page(title: str, body: str, depth: int = 0) -> str:
    """A whole page, in a folder that many levels below the site's."""
    up = "../" * depth
    links = {"index.html": "Latent Earth"} | {f"{key}.html": PAPERS[key][0] for key in PAPERS}
    links |= {"docs/what_we_found.html": "What we found", "docs/README.html": "Documentation"}
    links |= {"api/index.html": "API"}
    menu = " ".join(f'<a href="{up}{place}">{text}</a>' for place, text in links.items())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{up}{STYLE.name}"></head>\n'
        f"<body><nav>{menu}</nav>\n<main>\n{body}\n</main></body></html>\n"
    )


def entries() -> Iterable[tuple[str, str, str, str]]:
    """Name, file, rule and script of each entry of docs/figures.md: figures before tables."""
    found = ENTRY.findall((ROOT / "docs" / "figures.md").read_text(encoding="utf-8"))
    return sorted(found, key=lambda entry: (entry[1].endswith(".csv"), entry[0][:6] != "Figure"))


def findings_table(rows: Sequence[dict]) -> str:
    """Claims beside what the paper, ours and the null say; on a narrow screen a card for each."""
    lines = []
    for row in rows:
        published, ours, null = shown(row)
        cells = (row["statement"], published, ours, null, row["verdict"])
        lines.append(
            f'<tr class="{KINDS.get(row["verdict"], "")}">'
            + "".join(
                f'<td data-name="{name}">{escape(text or "")}</td>'
                for name, text in zip(HEAD, cells, strict=True)
            )
            + "</tr>"
        )
    names = "".join(f"<th>{name}</th>" for name in HEAD)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def shown_entry(folder: Path, entry: tuple[str, str, str, str], rows: list[dict] | None) -> str:
    """A figure or table, what it shows, the command that makes it, and its verdicts."""
    name, file, rule, script = entry
    path, paper = folder / file, Path(file).parts[1]
    caption = ROOT / "workflow" / "report" / paper / f"{Path(file).stem}.rst"
    words = re.sub(r"\{\{.*?\}\}", "", caption.read_text(encoding="utf-8"), flags=re.S)
    told = (
        f"{from_rst(words)}<pre>snakemake --cores 8 {file}</pre><p class=small>Rule "
        f"<code>{rule}</code>, script <code>{script}</code>. "
        f"{escape(in_words([origin_of(path)]))}</p>"
    )
    if path.suffix == ".png":
        drawn = f'<a href="{file}"><img loading="lazy" alt="{escape(name)}" src="{file}"></a>'
        content = f'<div class="beside"><div>{drawn}</div>\n<div>{told}</div></div>'
    else:
        table = table_page(path).partition("<body>")[2].partition("</body>")[0]
        content = told + folded(f"{name}, as measured", table)
    if rows is None:
        content += "<p>Its claims have not been measured: <code>snakemake claims</code>.</p>"
    elif found := of_kind(rows_of(name, rows), "finding"):
        content += folded(f"Claims: {totals(found)}", findings_table(found))
    return f'<section id="{Path(file).stem}"><h2>{escape(name)}</h2>\n{content}</section>'


def folded(summary: str, table: str) -> str:
    """A table under a line that opens it; a short one is open."""
    is_short = " open" if table.count("<tr") <= MOST_ROWS + 1 else ""
    return f"<details{is_short}><summary>{escape(summary)}</summary>{table}</details>"


def gallery(folder: Path, paper: str) -> tuple[str, str]:
    """The page of a paper, and its score in words."""
    claims = folder / "results" / paper / "claims.json"
    rows = json.loads(claims.read_text(encoding="utf-8"))["rows"] if claims.is_file() else None
    known = [entry for entry in entries() if Path(entry[1]).parts[1] == paper]
    made = [entry for entry in known if (folder / entry[1]).is_file()]
    score = f"{len(made)} of {len(known)} figures and tables"
    body = f"<h1>{PAPERS[paper][0]}</h1>\n"
    if rows is not None:
        score += f"; {totals(of_kind(rows, 'finding'))}"
        body += f'<p><a href="claims/{paper}.html">All claims of the paper beside ours</a></p>\n'
    body += f"<p>{score}.</p>\n" + "\n".join(shown_entry(folder, entry, rows) for entry in made)
    return body, score


def write(site: Path, name: str, title: str, body: str) -> None:
    """One page below the site's folder."""
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    page = html_page(title, body, len(Path(name).parts) - 1)
    path.write_text(page, encoding="utf-8")


def main(folder: Path, site: Path) -> None:
    """Write all pages, and copy what they show."""
    cards = ""
    for paper, (title, picture) in PAPERS.items():
        body, score = gallery(folder, paper)
        write(site, f"{paper}.html", title, body)
        cards += f'<a href="{paper}.html"><img alt="" src="docs/gallery/{picture}"><b>{title}</b>'
        cards += f"<br>{score}</a>\n"
        for entry in entries():
            source = folder / entry[1]
            if Path(entry[1]).parts[1] == paper and source.is_file() and source.suffix == ".png":
                (site / entry[1]).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, site / entry[1])
        if (claims := folder / "results" / paper / "claims.html").is_file():
            (site / "claims").mkdir(exist_ok=True)
            shutil.copyfile(claims, site / "claims" / f"{paper}.html")
    for name, title, body in (*doc_pages(ROOT), *api_pages(ROOT / "src")):
        write(site, name, title, body)
    shutil.copytree(ROOT / "docs" / "gallery", site / "docs" / "gallery", dirs_exist_ok=True)
    shutil.copyfile(STYLE, site / STYLE.name)
    intro = (
        "<h1>Latent Earth</h1><p>Four papers on deep generative models in geophysical inversion, "
        "rebuilt from raw data to every figure and table, each learned model beside a null that "
        'learns nothing. <a href="docs/what_we_found.html">What we found</a>, '
        '<a href="README.html">how to run it</a>, <a href="docs/README.html">documentation</a>, '
        '<a href="api/index.html">the library</a>.</p>'
    )
    write(site, "index.html", "Latent Earth", f'{intro}\n<div class="cards">\n{cards}</div>')


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
