"""Pages of the documentation for the site, from Markdown."""

import posixpath
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path


def doc_pages(root: Path) -> Iterator[tuple[str, str, str]]:
    """Name, title and body of a page for each Markdown file that git has."""
    from markdown_it import MarkdownIt  # of the extra `site`

    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    listed = ["git", "ls-files", "*.md"]
    found = subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True)
    names = [name for name in found.stdout.split() if not name.endswith(".template.md")]
    for name in names:
        tokens = parser.parse((root / name).read_text(encoding="utf-8"))
        _point_to_pages(tokens, name, set(names))
        _name_cells(tokens)
        heads = (tokens[n + 1].content for n, t in enumerate(tokens) if t.type == "heading_open")
        body = parser.renderer.render(tokens, parser.options, {})
        yield name.removesuffix(".md") + ".html", next(heads, name), body


def _point_to_pages(tokens: list, name: str, pages: set[str]) -> None:
    """Links to pages go to pages; links to other files of the repository become plain text."""
    for token in (child for each in tokens for child in each.children or ()):
        address = token.attrGet("href") if token.type == "link_open" else None
        if address is None or "://" in address or address.startswith("#"):
            continue
        path, _, anchor = address.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        if target in pages:
            anchor = anchor and f"#{anchor}"
            token.attrSet("href", f"{path.removesuffix('.md')}.html{anchor}")
        else:
            token.attrs = {"title": target}  # an anchor without an address


def _name_cells(tokens: list) -> None:
    """Each cell of a table says its column, for narrow screens."""
    heads: list[str] = []
    column = 0
    for token, after in pairwise(tokens):
        if token.type == "thead_open":
            heads = []
        elif token.type == "th_open":
            heads.append(after.content)
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            token.attrSet("data-name", heads[column].replace("`", ""))
            column += 1
