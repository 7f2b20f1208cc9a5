"""Write a page for every module of the library, from its docstrings.

Run as ``python docs/make_api.py FOLDER``. Pages refer to one another; start at
``FOLDER/latentearth.html``.
"""

import importlib
import pkgutil
import pydoc
import sys
from pathlib import Path

LIBRARY = Path(__file__).parents[1] / "src"


def modules() -> list[str]:
    """Names of all modules of the library."""
    sys.path.insert(0, str(LIBRARY))
    found = pkgutil.walk_packages([str(LIBRARY / "latentearth")], "latentearth.")
    return ["latentearth", *(module.name for module in found)]


def main(folder: str) -> None:
    """Write the pages; a module that cannot be imported is an error."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    for name in modules():
        page = pydoc.html.page(
            pydoc.describe(module := importlib.import_module(name)),
            pydoc.html.document(module, name),
        )
        # links to the sources would name folders of this machine
        page = page.replace(f"file:{LIBRARY}/", "").replace(f"{LIBRARY}/", "")
        (out / f"{name}.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
