"""Write what rooms of the library export: `python docs/make_exports.py` after new names.

A room exports the functions, classes and constants of its modules that have no leading underscore
and whose name only one of them has (`fit`, `save` and `Generator` are asked of their module).
"""

import ast
import re
import textwrap
from collections import Counter
from pathlib import Path

LIBRARY = Path(__file__).parents[1] / "src" / "latentearth"
LINE = 100  # letters, as for all code
ROOMS = sorted(
    path.parent
    for path in LIBRARY.rglob("__init__.py")
    if path.parent not in (LIBRARY, LIBRARY / "unpickle")  # which has two names, written out
)


def public_names(path):
    """Names that a module defines and that do not begin with an underscore."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        else:
            continue
        yield from (name for name in names if not name.startswith("_"))


def exports(room):
    """The text of a room's ``__init__.py``."""
    text = (room / "__init__.py").read_text(encoding="utf-8")
    docstring = re.match(r'""".*?"""\n', text, re.S)[0]
    modules = [path for path in sorted(room.glob("*.py")) if path.stem != "__init__"]
    stems = {path.stem for path in modules}
    counts = Counter(name for path in modules for name in set(public_names(path)))
    lines = []
    for path in modules:
        names = " ".join(
            sorted(n for n in set(public_names(path)) if counts[n] == 1 and n not in stems)
        )
        if names:
            parts = textwrap.wrap(names, 84)
            quoted = [f'"{part} "' for part in parts[:-1]] + [f'"{parts[-1]}"']
            body = (
                quoted[0]
                if len(quoted) == 1 and len(path.stem + quoted[0]) <= LINE - len('        "": ,')
                else "(\n" + "".join(f"            {part}\n" for part in quoted) + "        )"
            )
            lines.append(f'        "{path.stem}": {body},')
    return (
        f"{docstring}\nfrom latentearth._exports import lazily\n\n"
        "__getattr__, __all__ = lazily(\n    __name__,\n    {\n"
        + "\n".join(lines)
        + "\n    },\n)\n"
    )


if __name__ == "__main__":
    for room in ROOMS:
        (room / "__init__.py").write_text(exports(room), encoding="utf-8")
