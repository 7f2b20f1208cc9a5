"""Pages of the library for the site, from its sources: nothing is imported."""

import ast
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.core import publish_parts
from docutils.parsers.rst import roles

SETTINGS = {
    "math_output": "MathML",
    "report_level": 3,
    "halt_level": 3,  # a docstring that is not reStructuredText is an error
    "initial_header_level": 4,
    "file_insertion_enabled": False,
    "syntax_highlight": "none",
}
HEAD = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.M)
BAR = re.compile(r"(``.+?``|`[^`]+`|^ *>>>[^\n]*$)|\|", re.M | re.S)  # |x| is no substitution here
NAMED = "class", "func", "meth", "mod", "attr", "data"


def _role(role, rawtext, text, lineno, inliner, options=None, content=None):
    """What a docstring names, as code; a link where it is written out in full."""
    target, code = text.lstrip("~"), nodes.literal(rawtext, text.lstrip("~"))
    if not target.startswith("latentearth."):
        return [code], []
    module, _, name = target.rpartition(".")
    place = f"{target}.html" if role == "mod" else f"{module}.html#{name}"
    return [nodes.reference(rawtext, "", code, refuri=place)], []


for each in NAMED:
    roles.register_local_role(each, _role)


def from_rst(text: str) -> str:
    """HTML of reStructuredText; words in single backticks are code, formulas MathML."""
    source = f".. default-role:: literal\n\n{text}"
    return publish_parts(source, writer="html5", settings_overrides=SETTINGS)["body"]


def from_docstring(node: ast.AST) -> str:
    """HTML of a numpydoc docstring, whose sections are lists of definitions."""
    text = BAR.sub(lambda found: found[1] or r"\|", ast.get_docstring(node) or "")
    return from_rst(HEAD.sub(r".. rubric:: \1\n", text))


def _public(body: list[ast.stmt], *kinds: type) -> Iterator:
    for node in body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node


def _signature(node: ast.FunctionDef, of: str = "") -> str:
    arguments = re.sub(r"^(self|cls)(, )?", "", ast.unparse(node.args))
    returns = f" → {ast.unparse(node.returns)}" if node.returns else ""
    head = f"{of}{node.name}({arguments}){returns}"
    return f'<h3 id="{of}{node.name}"><code>{escape(head)}</code></h3>'


def module_page(tree: ast.Module, name: str) -> str:
    """Body of the page of one module: what it says, its classes and functions."""
    body = f"<h1>{name}</h1>\n{from_docstring(tree)}"
    for node in _public(tree.body, ast.ClassDef, ast.FunctionDef):
        if isinstance(node, ast.FunctionDef):
            body += f"\n{_signature(node)}\n{from_docstring(node)}"
            continue
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        head = f"class {node.name}({bases})" if bases else f"class {node.name}"
        body += f'\n<h3 id="{node.name}"><code>{escape(head)}</code></h3>\n{from_docstring(node)}'
        for method in _public(node.body, ast.FunctionDef):
            body += f"\n{_signature(method, f'{node.name}.')}\n{from_docstring(method)}"
    return body


def api_pages(source: Path) -> Iterator[tuple[str, str, str]]:
    """Name, title and body of a page for each module below a folder, and of their index."""
    rooms: dict[str, str] = {}
    for path in sorted(source.rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        if parts[-1].startswith("_") and parts[-1] != "__init__":
            continue
        name = ".".join(part for part in parts if part != "__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield f"api/{name}.html", name, module_page(tree, name)
        summary = escape((ast.get_docstring(tree) or "").partition("\n")[0])
        line = f'<li><a href="{name}.html"><code>{name}</code></a> {summary}</li>'
        room = ".".join(name.split(".")[:2])
        rooms[room] = rooms.get(room, "") + line
    lists = "".join(f"<ul>{lines}</ul>\n" for lines in rooms.values())
    yield "api/index.html", "API", f"<h1>The library</h1>\n{lists}"
