"""Every result knows where it comes from; every script's output reaches its log."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from latentearth import seeds
from latentearth.diagnostics import speed
from latentearth.progress import progress
from support import compiled, job, provenance

ROOT = Path(__file__).parents[3]
ENV = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "workflow")])}


def test_streams_are_the_same_for_the_same_names_and_differ_for_others():
    def draw(*names):
        return np.random.default_rng(seeds.stream(1, *names)).random(4).tolist()

    assert draw("ring", 0) == draw("ring", 0)
    others = [draw("ring", 1), draw("sphere", 0), draw("ring"), draw("ring", "0")]
    assert draw("ring", 0) not in others
    assert len({tuple(o) for o in others}) == len(others)


def test_attributes_hold_settings_seed_commit_scale_and_versions():
    found = provenance.attributes("a title", {"steps": 3}, 11, "smoke")
    assert found["seed"] == 11 and found["scale"] == "smoke"
    assert json.loads(found["settings"]) == {"steps": 3}
    assert "numpy" in json.loads(found["versions"])
    inside = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True)
    if inside.returncode == 0:
        assert found["git_commit"].startswith(inside.stdout.strip())


def test_18_a_clone_of_another_user_tells_its_commit():
    """Git refuses to look into it, unless told that nothing is written; as its own tests do."""
    code = "from support import provenance; print(provenance.git_commit())"
    own, foreign = (
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=ENV | {"PYTHONPATH": f"{ROOT}/workflow:{ROOT}/src"} | more,
        ).stdout.strip()
        for more in ({}, {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1", "HOME": "/nonexistent"})
    )
    assert foreign == own


def test_20_a_copy_within_another_repository_has_no_commit(tmp_path):
    """A project unpacked in the repository of a thesis: its commit says nothing of this code."""

    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    shutil.copytree(ROOT / "workflow" / "support", tmp_path / "project" / "workflow" / "support")
    git("init")
    (tmp_path / "thesis.tex").touch()
    for names in (["thesis.tex"], ["."]):  # the copy is not theirs; or they keep it with theirs
        git("add", *names)
        git("commit", "-m", "Thesis")
        code = "from support import provenance; print(provenance.git_commit())"
        found = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=ENV | {"PYTHONPATH": f"{tmp_path}/project/workflow:{ROOT}/src"},
        )
        assert found.stdout.strip() == provenance.UNKNOWN


def test_log_receives_output_warnings_and_the_traceback(tmp_path):
    # in a process of its own, because pytest catches warnings before they reach any log
    code = (
        "import warnings; from support import job\n"
        f"with job.logged({str(tmp_path / 'logs' / 'a.log')!r}, 1):\n"
        "    print('a line'); warnings.warn('something odd'); 1 / 0"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENV)
    assert done.returncode == 1
    text = (tmp_path / "logs" / "a.log").read_text()
    assert "a line" in text and "something odd" in text and "ZeroDivisionError" in text


def test_threads_do_not_exceed_what_the_process_may_use():
    assert job.available_threads(10**6) == len(os.sched_getaffinity(0))
    assert job.available_threads(0) == 1


def test_progress_writes_lines_to_a_log_and_yields_every_item(capsys):
    assert list(progress(range(3), "working", every=0)) == [0, 1, 2]
    assert "working: 3 of 3" in capsys.readouterr().out


def test_rate_counts_what_is_drawn():
    calls = []
    assert speed.samples_per_second(lambda: calls.append(1) or 10, 100) > 0
    assert len(calls) == 11  # one to warm up, ten for a hundred samples


def test_edited_library_gets_a_new_folder_for_compiled_code(tmp_path):
    (tmp_path / "kernel.py").write_text("import numba\nSPEED = 1\n")
    before = compiled.folder(tmp_path)
    (tmp_path / "plain.py").write_text("nothing compiled here\n")
    assert compiled.folder(tmp_path) == before
    (tmp_path / "kernel.py").write_text("import numba\nSPEED = 2\n")
    assert compiled.folder(tmp_path) != before


def test_checkpoints_go_at_the_end_unless_an_input_is_dated_in_the_future(tmp_path, capsys):
    mine, other = tmp_path / "mine.nc", tmp_path / "b.checkpoint.0"
    kept = [tmp_path / f"a.checkpoint.{k}" for k in (0, 1)]
    for file in (mine, other, *kept):
        file.touch()
    ahead = time.time() + 1e6
    os.utime(mine, (ahead, ahead))
    job.remove_checkpoints(tmp_path / "a.checkpoint.*", [mine])
    assert all(file.exists() for file in kept)
    assert f"{mine} is dated in the future: {kept[0]} is kept" in capsys.readouterr().out
    os.utime(mine)
    job.remove_checkpoints(str(tmp_path / "a.checkpoint.*"), [mine])
    assert other.exists() and not any(file.exists() for file in kept)


def test_every_job_with_checkpoints_removes_them_so():
    """In no other way: not in its script, and not in the library."""
    scripts = {path: path.read_text() for path in ROOT.glob("workflow/scripts/*/*.py")}
    with_checkpoints = {path for path, text in scripts.items() if "checkpoint" in text}
    removing = {path for path, text in scripts.items() if "job.remove_checkpoints(" in text}
    assert removing == with_checkpoints and len(removing) > 15
    library = {path: path.read_text() for path in ROOT.glob("src/latentearth/*/*.py")}
    for path, text in (scripts | library).items():
        assert "checkpoint" not in text or not re.search(r"\.unlink\(|os\.remove\(", text), path
