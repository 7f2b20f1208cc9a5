# What all rules share: the checked config, the library that a script uses, its resources.
import ast
import functools
import json
import os
import sys
from pathlib import Path

ROOT = Path(workflow.basedir)
CODE = {"latentearth": ROOT / "src", "support": ROOT / "workflow"}  # packages of scripts
sys.path[:0] = map(str, CODE.values())

from support.claims_yaml import captions as verdicts  # noqa: E402
from support.config import ConfigError, validate  # noqa: E402

# Scripts and shell commands find this interpreter and the library, activated or not. (In conda
# mode Snakemake drops PYTHONPATH; there the library is found through sys.path, above.)
os.environ.update(
    PATH=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]),
    PYTHONPATH=os.pathsep.join(map(str, CODE.values())),
    # Threads wait a moment for the next piece of work, then sleep. Without the wait, small
    # pieces take twice as long; with the default one (a hundred times longer), jobs that run
    # side by side spin each other off the cores, ten times slower.
    GOMP_SPINCOUNT=os.environ.get("GOMP_SPINCOUNT", "2000"),
)

try:
    settings = validate(config)
except ConfigError as error:
    raise WorkflowError(str(error))


@functools.cache  # each file is read once: every job on a cluster reads this workflow anew
def imports_of(path):
    """Files of the library and of support that a Python file imports directly."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            package, *rest = name.split(".")
            if package in CODE:
                stem = CODE[package].joinpath(package, *rest)
                found.update(
                    file
                    for file in (stem.with_suffix(".py"), stem / "__init__.py")
                    if file.is_file()
                )
    return found


def modules_of(path):
    """Files of the library that a Python file imports, directly or through others."""
    found, waiting = set(), [path]
    while waiting:
        new = imports_of(waiting.pop()) - found
        found |= new
        waiting.extend(new)
    return found


def library(script):
    """Library modules behind a script of workflow/scripts, as inputs of its rule.

    An edit of one of them reruns exactly the rules whose results depend on it.
    """
    files = modules_of(ROOT / "workflow" / "scripts" / script)
    return sorted(os.path.relpath(file, os.getcwd()) for file in files)


def section(model):
    """A part of the config as plain values, for params."""
    return model.model_dump(mode="json")


def common(**more):
    """Params that every result's provenance needs, and those of the rule."""
    return {"seed": settings.seed, "scale": settings.scale, **more}


def gpus():
    """One GPU for a training rule, unless the config keeps it on the CPU."""
    return 0 if settings.device == "cpu" else 1


PAPERS = {
    "scheiter2022": "Scheiter et al. (2022)",
    "santos2024": "Santos et al. (2024)",
    "lopez_alvis2021": "Lopez-Alvis et al. (2021)",
    "spurio_mancini2021": "Spurio Mancini et al. (2021)",
}
# Of what a Snakefile makes, only the config reaches the captions of a report.
REPORTING = any(word.startswith("--report") for word in sys.argv)
if REPORTING:
    config["verdicts"] = {}


def shown(path, name):
    """A figure or table in the report: gallery of its paper, caption, verdicts on its claims."""
    _, paper, *_, file = Path(path).parts
    text = name
    if REPORTING:
        measured = Path("results", paper, "claims.json")
        found = json.loads(measured.read_text(encoding="utf-8")) if measured.is_file() else None
        rows = None if found is None else verdicts.rows_of(name, found)
        config["verdicts"][path] = verdicts.caption(rows)
        text = verdicts.label(name, rows or [])
    return report(
        path,
        caption=f"../report/{paper}/{Path(file).stem}.rst",
        category=PAPERS[paper],
        labels={"figure": text},
    )
