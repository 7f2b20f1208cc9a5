"""What a script imports, directly and through the library, read from the source alone."""

import ast
import functools
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = {"latentearth": ROOT / "src", "support": ROOT / "workflow"}  # where the packages lie


@functools.cache
def imported(file: Path) -> set[str]:
    """Dotted names that a file imports anywhere in it; ``from a import b`` gives a and a.b."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports are not used in this project"
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def library_behind(file: Path, code: dict[str, Path] = CODE, packages: bool = True) -> set[Path]:
    """Modules of the library and of support that a file needs, directly or through others.

    A package is imported before its modules, and with it what it hands on: it is all there, but
    without `packages` what only they bring in is left out, since it is not used.
    """
    found, waiting = set(), [file]
    while waiting:
        for name in imported(waiting.pop()):
            parts = name.split(".")
            if parts[0] not in code:
                continue
            for length in range(1, len(parts) + 1):  # a module's packages are imported before it
                stem = code[parts[0]].joinpath(*parts[:length])
                for module in (stem.with_suffix(".py"), stem / "__init__.py"):
                    if module.name == "__init__.py" and not packages:
                        continue
                    if module.is_file() and module not in found:
                        found.add(module)
                        waiting.append(module)
    return found


def third_party(files: set[Path]) -> set[str]:
    """Top-level packages that files import and that neither Python nor the project provides.

    Snakemake is left out: it reaches its scripts from the environment that runs the workflow.
    """
    names = {name.split(".")[0] for file in files for name in imported(file)}
    return names - set(sys.stdlib_module_names) - {*CODE, "snakemake"}
