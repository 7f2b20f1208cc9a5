"""Which rule, script and functions make each figure and table.

    python docs/make_index.py > docs/figures.md

The rules are as Snakemake reads them; functions are those of the library and of workflow/support
that a script calls, without what every script does (reading, writing, logs, random numbers).
"""

import ast
import os
import tempfile
from pathlib import Path

from snakemake.api import ConfigSettings, OutputSettings, ResourceSettings, SnakemakeApi
from snakemake.io import get_flag_value

ROOT = Path(__file__).resolve().parents[1]
EVERYWHERE = ("latentearth.io", "latentearth.seeds", "latentearth.progress", "support.job")
EVERYWHERE += ("support.provenance", "support.costs", "latentearth.figures.style")
EVERYWHERE += ("latentearth.figures.projections",)
HEAD = """# Where each figure and table comes from

Made by `python docs/make_index.py`. A figure is drawn anew by `snakemake --cores 1 FILE`.
"""


def functions(script: Path) -> list[str]:
    """Dotted names of what a script calls of the project, in the order of the script."""
    tree = ast.parse(script.read_text(encoding="utf-8"))
    names = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        if node.module.split(".")[0] in ("latentearth", "support"):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    calls = sorted(
        (node for node in ast.walk(tree) if isinstance(node, ast.Call)),
        key=lambda node: (node.lineno, node.col_offset),
    )
    found = []
    for call in calls:
        called, end = call.func, ""
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            called, end = called.value, f".{called.attr}"
        if isinstance(called, ast.Name) and called.id in names:
            found.append(names[called.id] + end)
    return [name for name in dict.fromkeys(found) if not name.startswith(EVERYWHERE)]


def rows() -> list[tuple[str, str, str, str, str]]:
    """Paper, name, file, rule and script of each figure and table of the report."""
    found = []
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, SnakemakeApi(OutputSettings()) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(),
            snakefile=ROOT / "Snakefile",
            workdir=Path(folder),
        )._workflow
        for rule in workflow.rules:
            for file in rule.output:
                shown = get_flag_value(file, "report")
                if not shown or callable(shown.category):
                    continue
                place = Path(rule.basedir.get_path_or_uri(secret_free=True))
                script = (place / rule.script.format(params=rule.params)).resolve()
                name = (shown.labels or {}).get("figure", "Claims")
                found.append((str(shown.category), name, str(file), rule.name, str(script)))
        os.chdir(here)
    return found


def page(found: list[tuple[str, str, str, str, str]]) -> str:
    """Markdown: a table for each paper."""
    lines = [HEAD]
    for paper in dict.fromkeys(row[0] for row in found):
        lines += [f"## {paper}", ""]
        lines += ["| figure or table | file | rule | script | functions |", "|---|---|---|---|---|"]
        for _, name, file, rule, script in (row for row in found if row[0] == paper):
            path = Path(script).relative_to(ROOT)
            calls = ", ".join(f"`{call}`" for call in functions(Path(script)))
            lines.append(f"| {name} | `{file}` | `{rule}` | [{path.stem}](../{path}) | {calls} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    print(page(rows()), end="")
