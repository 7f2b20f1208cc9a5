"""What a run finds in its folder before its first job."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.run_folder import FolderError, made_files
from support.start_checks import at_work, recorded, refuse_jobs_at_work, taken_as_made


@pytest.fixture
def table(tmp_path):
    """A table of seed 3 that no record tells of."""
    path = tmp_path / "results/paper" / f"{'long' * 60}.csv"
    path.parent.mkdir(parents=True)
    path.write_text("x\n1\n")
    card = {"scale": "smoke", "seed": 3, "git_commit": "a1"}
    path.with_name(f"{path.name}.json").write_text(json.dumps(card))
    return path


@pytest.mark.parametrize(
    ("run", "noticed"),
    [
        (("smoke", 3, "a1"), False),
        (("smoke", 4, "a1"), True),
        (("laptop", 3, "a1"), True),
        (("smoke", 3, "b2"), True),
    ],
)
def test_a_file_without_a_record_says_what_made_it(tmp_path, table, run, noticed):
    scale, seed, commit = run
    said = taken_as_made(made_files(tmp_path), scale, seed, lambda: commit, tmp_path)
    assert bool(said) == noticed
    if noticed:
        assert f"1 files are taken as they are, {table} for one" in said
        assert "Scale smoke, seed 3, commit a1. This run: " in said


def test_records_are_read_as_snakemake_writes_them(tmp_path, table):
    """A name too long for a file is cut into folders that begin with @."""
    from snakemake.persistence.file import FilePersistence

    name, records = str(table.relative_to(tmp_path)), tmp_path / ".snakemake/metadata"
    records.mkdir(parents=True)
    persistence = object.__new__(FilePersistence)
    persistence._max_len = None
    record = Path(persistence._record_path(str(records), name))
    assert "@" in str(record) and len(record.relative_to(records).parts) == 2
    record.parent.mkdir()
    record.touch()
    assert recorded(tmp_path) == {name}
    assert taken_as_made(made_files(tmp_path), "smoke", 4, lambda: "a1", tmp_path) is None


def test_only_jobs_of_this_folder_count(tmp_path):
    script = tmp_path / ".snakemake/scripts/tmp1.traces.py"
    script.parent.mkdir(parents=True)
    script.write_text("print(flush=True)\ninput()\n")
    started = subprocess.Popen(
        [sys.executable, script], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        started.stdout.readline()
        assert list(at_work(tmp_path)) == [started.pid]
        assert not list(at_work(tmp_path.parent))
        with pytest.raises(FolderError, match=f"kill {started.pid}"):
            refuse_jobs_at_work(tmp_path)
    finally:
        started.communicate(b"\n")
    refuse_jobs_at_work(tmp_path)
