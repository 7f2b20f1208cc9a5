"""The house of docs/architecture.md: arrows point down only, one name for one thing."""

import ast
import importlib
import importlib.util
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "src" / "latentearth"
FLOORS = (
    {"io", "seeds", "progress", "samples", "readers", "_exports", ""},
    {"networks", "earth", "figures", "diagnostics", "unpickle", "checkpoints"},
    {"operators", "ensembles", "images"},
    {"training", "samplers", "generators"},
    {"emulators"},
    {"inversion"},
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
spec = importlib.util.spec_from_file_location("make_exports", ROOT / "docs" / "make_exports.py")
make_exports = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make_exports)
public_names = make_exports.public_names
PAPERS = ("scheiter2022", "santos2024", "lopez_alvis2021", "spurio_mancini2021")
# What several modules have on purpose: the same call for another kind of thing.
INTERFACES = {
    *("fit", "save", "load"),
    *("Generator", "Critic", "Discriminator", "Encoder", "Decoder"),  # one pair per architecture
}


def modules():
    """Dotted names below the library, and their files."""
    return {
        ".".join(path.relative_to(LIBRARY).with_suffix("").parts)
        .removesuffix("__init__")
        .rstrip("."): path
        for path in sorted(LIBRARY.rglob("*.py"))
    }


def imports(path):
    """Dotted modules that a file imports anywhere, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def test_no_room_imports_a_higher_one():
    faults = []
    for name, path in modules().items():
        own = FLOOR[name.split(".")[0]]
        for imported, line in imports(path):
            package, _, rest = imported.partition(".")
            room = rest.split(".")[0]
            if package == "latentearth" and room in FLOOR and FLOOR[room] > own:
                faults.append(f"{path.relative_to(ROOT)}:{line} imports {imported}")
    assert not faults, "\n".join(faults)


def test_modules_import_each_other_in_no_circle():
    known = modules()
    edges = {
        name: {
            imported.removeprefix("latentearth.")
            for imported, _ in imports(path)
            if imported.removeprefix("latentearth.") in known
        }
        for name, path in known.items()
    }
    done, open_ = set(), []

    def visit(name):
        assert name not in open_, " > ".join([*open_[open_.index(name) :], name])
        if name not in done:
            open_.append(name)
            for other in edges[name] - {name}:
                visit(other)
            done.add(open_.pop())

    for name in known:
        visit(name)


def test_the_library_knows_no_workflow():
    """Neither its packages, nor a paper's key but in a citation."""
    faults = []
    for path in modules().values():
        for imported, line in imports(path):
            if imported.split(".")[0] in {"support", "claims", "snakemake"}:
                faults.append(f"{path.relative_to(ROOT)}:{line} imports {imported}")
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if any(paper in text for paper in PAPERS):
                faults.append(
                    f"{path.relative_to(ROOT)}:{number} names a paper's key: {text.strip()}"
                )
    assert not faults, "\n".join(faults)


def test_one_name_for_one_thing():
    homes = defaultdict(list)
    for module, path in modules().items():
        for name in public_names(path):
            homes[name].append(module)
    twice = {name: where for name, where in homes.items() if len(where) > 1}
    assert not {name: where for name, where in twice.items() if name not in INTERFACES}


def test_it_imports_alone_and_leaves_the_importer_alone(tmp_path):
    """Without the workflow beside it, and with the environment as the libraries leave it."""
    names = [f"latentearth.{name}".rstrip(".") for name in modules()]
    code = (
        "import importlib, os, sys\n"
        "import matplotlib, netCDF4, numba, scipy, torch, xarray  # netCDF4 sets HDF5_PLUGIN_PATH\n"
        "before = dict(os.environ)\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "assert dict(os.environ) == before, set(os.environ.items()) ^ set(before.items())\n"
        "assert 'support' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(LIBRARY.parent), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("room", make_exports.ROOMS, ids=lambda room: room.name)
def test_a_room_exports_the_public_names_of_its_modules(room):
    """As `python docs/make_exports.py` writes them, and each can be had."""
    written = (room / "__init__.py").read_text(encoding="utf-8")
    assert ast.dump(ast.parse(written)) == ast.dump(ast.parse(make_exports.exports(room)))
    package = importlib.import_module(".".join(["latentearth", *room.relative_to(LIBRARY).parts]))
    assert package.__all__
    for name in package.__all__:
        getattr(package, name)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        package.nothing  # noqa: B018


def test_our_own_code_imports_from_modules():
    """A digest of the code behind a job follows modules, which names of a room do not show."""
    faults = []
    for path in [*LIBRARY.rglob("*.py"), *(ROOT / "workflow").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("latentearth."):
                stem = LIBRARY.parent.joinpath(*node.module.split("."))
                for alias in node.names if stem.is_dir() else ():
                    if (
                        not (stem / f"{alias.name}.py").exists()
                        and not (stem / alias.name).is_dir()
                    ):
                        faults.append(f"{path.relative_to(ROOT)}:{node.lineno} {alias.name}")
    allowed = {"load_arrays", "load_module_arrays"}  # `unpickle` says what it has in full
    assert not [fault for fault in faults if fault.split()[-1] not in allowed], "\n".join(faults)


def test_the_architecture_is_as_the_imports_are():
    """The table of docs/architecture.md against what rooms import."""
    edges = defaultdict(set)
    for name, path in modules().items():
        room = name.split(".")[0]
        for imported, _ in imports(path):
            package, _, rest = (imported or "").partition(".")
            other = rest.split(".")[0]
            if package == "latentearth" and other in FLOOR and other not in ("", room):
                edges[room].add(other)
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| `(\w+)` \| [^|]* \| ([^|]*) \|$", text, re.M)
    told = {room: (int(floor) - 1, set(re.findall(r"\w+", names))) for floor, room, names in rows}
    ground = FLOORS[0]
    assert set(told) == set(FLOOR) - FLOORS[0]
    for room, (floor, names) in told.items():
        assert floor == FLOOR[room], room
        assert names == edges[room] - ground, f"{room}: {sorted(edges[room] - ground)}"


def test_modules_of_tests_have_names_of_their_own():
    """pytest finds them by name alone, as these folders are no packages."""
    names = defaultdict(list)
    for path in (ROOT / "tests").rglob("*.py"):
        if path.name != "conftest.py":
            names[path.name].append(str(path.relative_to(ROOT)))
    assert not [where for where in names.values() if len(where) > 1]


def functions():
    """Functions of ours that are not compiled, with their files; lists of findings are data."""
    for path in [*LIBRARY.rglob("*.py"), *(ROOT / "workflow").rglob("*.py")]:
        if "claims" not in path.relative_to(ROOT).parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and not compiled(node):
                    yield f"{path.relative_to(ROOT)}: {node.name}", node


def compiled(function):
    """Whether numba compiles a function: there each argument is a number or an array of a loop."""
    return any(re.search("jit|_fast", ast.unparse(each)) for each in function.decorator_list)


def test_functions_are_short():
    """At most 60 lines of code, docstring aside."""
    lines = {}
    for name, node in functions():
        first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
        lines[name] = node.end_lineno - first.lineno + 1
    assert not {name: count for name, count in lines.items() if count > 60}


def test_few_arguments_go_without_names():
    """At most eight; in calls, what comes after those has a name."""
    count = {name: len(node.args.posonlyargs + node.args.args) for name, node in functions()}
    assert not {name: n for name, n in count.items() if n - name.endswith("__") > 8}


def test_files_are_short():
    """At most 400 lines of a program; what is set up in YAML is read by its headings."""
    listed = ["git", "ls-files", "*.py", "*.smk", "Snakefile", "activate", "envs/make"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    count = {name: (ROOT / name).read_text("utf-8").count("\n") for name in files.split()}
    assert not {name: lines for name, lines in count.items() if lines > 400}


def test_layout_is_the_formatters():
    listed = ["git", "grep", "-c", "fmt: ski[p]"]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True).stdout
    assert sum(int(line.rpartition(":")[2]) for line in found.splitlines()) <= 5
