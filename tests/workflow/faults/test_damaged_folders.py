"""Files that were damaged after they were made, and folders that cannot be used."""

import os
import re
import shutil
import subprocess
import time

import pytest
import xarray as xr
from smoke_runs import CHAIN, command, run

SAMPLES = "results/scheiter2022/gaussian/samples.nc"
FIGURE = "figures/scheiter2022/fig01.png"


@pytest.fixture
def made(tmp_path):
    done = run(tmp_path, FIGURE)
    assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.mark.parametrize("name", [SAMPLES, FIGURE], ids=["intermediate", "final"])
def test_a_file_cut_short_is_set_aside_and_made_anew(made, name):
    file, aside = made / name, made / f"{name}.damaged"
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    asked = run(made, FIGURE, options=["-n"])
    assert asked.returncode == 0 and f"{name} is cut short or damaged" in asked.stdout
    assert file.exists() and not aside.exists()  # a dry run changes nothing
    again = run(made, name)
    assert again.returncode == 0, again.stderr
    assert f"{name} is cut short or damaged: it is now called {name}.damaged" in again.stderr
    assert file.stat().st_size == len(whole) and aside.stat().st_size == len(whole) - 100


def test_a_flipped_bit_is_found_by_the_job_that_reads_it(made):
    file = made / SAMPLES
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    (made / FIGURE).unlink()
    stopped = run(made, FIGURE)
    assert stopped.returncode != 0
    assert f"{SAMPLES}: content: found damage" in stopped.stderr
    assert "now called samples.nc.damaged: start the workflow again" in stopped.stderr
    again = run(made, FIGURE)
    assert again.returncode == 0, again.stderr
    assert (made / FIGURE).exists() and file.read_bytes() != bytes(content)


def test_an_input_dated_in_the_future_is_refused_before_any_work(made):
    ahead = time.time() + 1e6
    os.utime(made / SAMPLES, (ahead, ahead))
    (made / FIGURE).unlink()
    for options in ([], ["-n"]):
        stopped = run(made, FIGURE, options=options)
        assert stopped.returncode != 0 and "Traceback" not in stopped.stdout + stopped.stderr
        assert f"{SAMPLES} is dated" in stopped.stdout + stopped.stderr
    os.utime(made / SAMPLES)
    again = run(made, FIGURE)
    assert again.returncode == 0, again.stderr


def test_a_job_whose_input_moves_to_the_future_keeps_its_checkpoint(tmp_path):
    """Snakemake takes its output away then; the next attempt goes on from the checkpoint."""
    source, target = tmp_path / "results/scheiter2022/cmb/data.nc", tmp_path / CHAIN
    checkpoint = target.with_suffix(".checkpoint.nc")
    whole = run(tmp_path, CHAIN)
    assert whole.returncode == 0, whole.stderr
    with xr.open_dataset(target) as found:
        sampled = found.load()
    target.unlink()
    ahead, limit = time.time() + 1e6, time.monotonic() + 300
    with (tmp_path / "out.txt").open("w") as out:
        started = subprocess.Popen(command(tmp_path, CHAIN), stdout=out, stderr=out)
        while not checkpoint.exists() and started.poll() is None and time.monotonic() < limit:
            time.sleep(0.01)
        os.utime(source, (ahead, ahead))
        assert started.wait(timeout=300) != 0
    assert "has older modification time" in (tmp_path / "out.txt").read_text()
    assert checkpoint.exists() and not target.exists()
    os.utime(source)
    again = run(tmp_path, CHAIN)
    assert again.returncode == 0, again.stderr
    assert "chain 0: resumed" in (tmp_path / "logs/scheiter2022/cmb/chain_00.log").read_text()
    with xr.open_dataset(target) as found:
        assert found.equals(sampled)  # attributes say when
    assert not checkpoint.exists()


def test_folders_with_blanks_and_quotes_work_and_braces_are_one_sentence(tmp_path):
    made = run(tmp_path / 'J. Müller\'s "run"', SAMPLES)
    assert made.returncode == 0, made.stderr
    refused = run(tmp_path / "my run {1}", SAMPLES)
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0 and "Traceback" not in said
    assert "my run {1} has braces, which are wildcards of Snakemake" in said


def test_results_of_another_seed_are_noticed_with_and_without_records(made):
    """Snakemake knows what made a file by its records; without, the file itself says it."""
    other = made / "seed.yaml"
    other.write_text("seed: 7")
    remade = run(made, FIGURE, options=["-n"], more=[other])
    assert (
        "params have changed since last execution:\n        scheiter2022_gaussian" in remade.stdout
    )
    shutil.rmtree(made / ".snakemake")
    taken, same = (run(made, FIGURE, options=["-n"], more=more) for more in ([other], []))
    assert "2 files are taken as they are, figures/scheiter2022/fig01.png for one" in taken.stdout
    assert "seed 2022, commit" in taken.stdout and "This run: scale smoke, seed 7" in taken.stdout
    assert not re.search(r"^scheiter2022_gaussian +1$", taken.stdout, re.M)
    assert "taken as they are" not in same.stdout


@pytest.fixture
def kept(made):
    """A run whose results are on a file system for reading alone; its figures are not."""
    results = made / "results"
    (results / "scheiter2022/ring").mkdir()
    for options in (["--bind", results, results], ["-o", "remount,ro,bind", results]):
        done = subprocess.run(["mount", *options], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no file system may be mounted: {done.stderr.strip()}")
    yield made
    subprocess.run(["umount", "-l", results], check=True)


def test_results_for_reading_alone_are_drawn_and_anything_else_is_one_sentence(kept):
    (kept / FIGURE).unlink()
    drawn = run(kept, FIGURE)
    assert drawn.returncode == 0, drawn.stderr
    for target, words in (
        ("results/scheiter2022/ring/subset_200.nc", "nothing can be written in results/scheiter20"),
        (SAMPLES, "Write-protected output files for rule scheiter2022_gaussian"),
    ):
        stopped = run(kept, target, options=["--force"])
        said = stopped.stdout + stopped.stderr
        assert stopped.returncode != 0 and "Traceback" not in said
        assert words in said
        assert "jobid:" not in said  # none has begun
    assert (kept / SAMPLES).exists()


def test_damage_in_results_for_reading_alone_is_one_sentence(made, request):
    (made / SAMPLES).write_bytes((made / SAMPLES).read_bytes()[:-100])
    request.getfixturevalue("kept")
    stopped = run(made, FIGURE)
    assert stopped.returncode != 0 and "Traceback" not in stopped.stdout + stopped.stderr
    assert f"{SAMPLES} is cut short or damaged, and stays: Read-only file system" in stopped.stderr


@pytest.fixture
def unwritable(tmp_path):
    """A folder on a file system that is mounted for reading alone."""
    options = ["-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", tmp_path]
    done = subprocess.run(["mount", *options], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system may be mounted: {done.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True)


@pytest.mark.parametrize("options", [[], ["-n"]], ids=["run", "dry run"])
def test_a_folder_for_reading_alone_is_one_sentence(unwritable, options):
    stopped = run(unwritable, FIGURE, options=options)
    assert stopped.returncode != 0 and "Traceback" not in stopped.stdout + stopped.stderr
    said = stopped.stdout + stopped.stderr
    assert f"nothing can be written in {unwritable}" in said
    assert "--directory" in said
