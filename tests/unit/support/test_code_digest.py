"""What counts as a change of a script: what it and its modules say, not when or where."""

import os

import pytest

from support.code_digest import CodeDigests

SOURCE = '''"""A module."""
import math

from library.room import area, unused


def twice(x):
    """Twice x."""
    return 2 * x  # a comment
'''


@pytest.fixture
def project(tmp_path):
    """A library of two modules whose room exports both, and a script that uses one."""
    room = tmp_path / "src" / "library" / "room"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text(
        "from library.room.areas import area\nfrom library.room.others import other\n"
    )
    (room / "areas.py").write_text("from library import base\n\narea = base.one\n")
    (room / "others.py").write_text("other = 1\n")
    (room.parent / "base.py").write_text("one = 1\n")
    (tmp_path / "script.py").write_text(SOURCE)
    return tmp_path


def digest(project):
    """Of the script, with a memory of earlier runs."""
    digests = CodeDigests({"library": project / "src"}, project / "cache.json")
    found = digests.digest(project / "script.py")
    digests.save()
    return found


def test_an_edit_of_what_is_behind_a_script_changes_its_digest(project):
    before = digest(project)
    (project / "src/library/base.py").write_text("one = 2\n")
    assert digest(project) != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  # a comment", "  # another comment\n"),
        ("Twice x.", "Two times x.\n\n    And more.\n    "),
        ("\n\n\ndef", "\n# Doubles.\n\n\ndef"),
        ("area, unused", "(\n    area,\n    unused,\n)"),
        ("import math", '__version__ = "2.0.0"\nimport math'),
    ],
)
def test_comments_docstrings_and_layout_do_not_count(project, old, new):
    before = digest(project)
    assert old in SOURCE
    (project / "script.py").write_text(SOURCE.replace(old, new))
    assert digest(project) == before


def test_what_a_script_says_counts(project):
    before = digest(project)
    (project / "script.py").write_text(SOURCE.replace("2 * x", "3 * x"))
    assert digest(project) != before


def test_a_hash_in_a_string_is_no_comment(project):
    (project / "script.py").write_text('x = "# one"\n')
    before = digest(project)
    (project / "script.py").write_text('x = "# two"\n')
    assert digest(project) != before


def test_a_room_stands_for_the_module_that_a_name_is_from(project):
    """The script takes one name of the room: the module of another name does not count."""
    (project / "script.py").write_text("from library.room import area\n")
    before = digest(project)
    (project / "src/library/room/others.py").write_text("other = 2\n")
    assert digest(project) == before
    (project / "src/library/room/areas.py").write_text("area = 3\n")
    assert digest(project) != before


def test_times_and_places_do_not_count(project, tmp_path_factory):
    before = digest(project)
    for path in project.rglob("*.py"):
        os.utime(path, (1e9, 1e9))
    assert digest(project) == before
    moved = tmp_path_factory.mktemp("elsewhere") / "moved"
    project.rename(moved)
    assert digest(moved) == before


def test_a_damaged_memory_is_made_anew(project):
    before = digest(project)
    (project / "cache.json").write_text('{"half')
    assert digest(project) == before


def test_other_files_count_by_what_they_hold(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("a,b\n")
    found = CodeDigests({}, tmp_path / "cache.json").contents([table])
    os.utime(table, (1e9, 1e9))
    assert CodeDigests({}, tmp_path / "cache.json").contents([table]) == found
    table.write_text("a,c\n")
    assert CodeDigests({}, tmp_path / "cache.json").contents([table]) != found


def test_a_table_that_a_module_reads_counts_with_it(project):
    """Published numbers stand in tables: an edit of one makes anew what stands beside it."""
    tables = project / "tables"
    tables.mkdir()
    (tables / "table1.csv").write_text("a,b\n1,2\n")

    def digest_of(script, module):
        digests = CodeDigests({"library": project / "src"}, project / "none", {module: tables})
        return digests.digest(project / script)

    (project / "other.py").write_text("import math\n")
    before = digest_of("script.py", "library.base"), digest_of("other.py", "library.base")
    (tables / "table1.csv").write_text("a,b\n1,3\n")
    assert digest_of("script.py", "library.base") != before[0]
    assert digest_of("other.py", "library.base") == before[1]
