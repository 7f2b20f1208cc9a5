"""What is made anew: what an edit or a setting concerns, and nothing because of times or places.

Nothing is computed: every result is the smallest whole file of its kind, and Snakemake books it as
made (``--touch``).
"""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import netCDF4
import pytest
from imports import library_behind
from runs import ROOT, SMOKE

PREFIX = "spurio_mancini2021_"
READ_ALL = {"claims_ledger", "claims_of_paper"}  # of the config, to say what a claim was made with
PROJECT = ("Snakefile", "config.yaml", "src", "workflow", "profiles", "data", "envs")


class Run:
    """A clone and a folder of results."""

    def __init__(self, clone, folder):
        self.clone, self.folder = clone, folder

    def snakemake(self, *arguments, config="{}"):
        """Run it at the smoke scale, with `config` (text) over that."""
        more = self.folder.with_suffix(".yaml")
        more.write_text(config)
        command = ["snakemake", "--quiet", "host", "--snakefile", self.clone / "Snakefile"]
        command += ["--directory", self.folder, "--cores", "1", "--configfile", SMOKE, more]
        command += arguments
        run = subprocess.run(command, capture_output=True, text=True, cwd=self.folder.parent)
        assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
        return run.stdout + run.stderr

    def jobs(self, *arguments, config="{}", reason=""):
        """How often each rule would run, of jobs that have a reason like that."""
        text = self.snakemake("-n", *arguments, config=config)
        jobs = re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)+)", text, re.MULTILINE)
        assert jobs or "Nothing to be done" in text
        return Counter(name for name, body in jobs if re.search(f"    reason: {reason}", body))

    def reasons(self, config="{}"):
        """How often each rule would run for a reason of its own, not another job's."""
        return self.jobs(config=config, reason="(?!Input files updated by another job)")


def copy(folder):
    """A copy of the project, with the times of its files as now."""
    for name in PROJECT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(
                source,
                folder / name,
                copy_function=shutil.copyfile,
                ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "published", "supplied"),
            )
        else:
            folder.mkdir(exist_ok=True)
            shutil.copyfile(source, folder / name)
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of everything that has ended, older than this test's other files."""
    top = tmp_path_factory.mktemp("runs")
    run = Run(copy(top / "clone"), top / "results")
    run.folder.mkdir()
    netCDF4.Dataset(top / "whole.nc", "w").close()
    whole = {
        ".nc": (top / "whole.nc").read_bytes(),
        ".png": b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IEND\xaeB`\x82",
        ".safetensors": (2).to_bytes(8, "little") + b"{}",
        ".json": b"{}",
        ".csv": b"column\n",
    }
    text = run.snakemake("-n", "--forceall")
    for line in re.findall(r"^    output: (.*)", text, re.MULTILINE):
        for name in line.split(", "):
            (run.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (run.folder / name).write_bytes(whole.get(Path(name).suffix, b""))
    run.snakemake("--touch", "--forceall")
    return run


@pytest.fixture
def run(finished, tmp_path):
    """A copy of that run in a place of its own, with all times as they were."""
    shutil.copytree(finished.clone, tmp_path / "clone")
    shutil.copytree(finished.folder, tmp_path / "results")
    return Run(tmp_path / "clone", tmp_path / "results")


def test_a_run_that_was_moved_is_still_done(run, tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    run.folder = run.folder.rename(tmp_path / "a" / "b" / "moved")
    run.clone = run.clone.rename(tmp_path / "renamed")
    assert not run.reasons()


@pytest.mark.parametrize("memory", [True, False])
def test_a_fresh_clone_finds_the_results_of_an_older_one(run, tmp_path, memory):
    run.clone = copy(tmp_path / "fresh")
    if not memory:
        shutil.rmtree(run.folder / ".snakemake")
    assert not run.reasons()


def test_an_edit_makes_anew_what_depends_on_it(run, finished, rules):
    module = Path("src/latentearth/earth/sphere.py")
    script = Path("workflow/scripts/scheiter2022/fig01.py")
    for path in (module, script):
        with (run.clone / path).open("a") as file:
            file.write("\nEDITED = True\n")
    concerned = {
        rule["name"]
        for rule in rules
        if rule["script"]
        and {ROOT / module, ROOT / script}
        & {Path(rule["script"]), *library_behind(Path(rule["script"]), packages=False)}
    }
    everything, remade = finished.jobs("--forceall"), run.jobs()
    assert set(run.reasons()) <= concerned
    assert {"scheiter2022_fig01", "scheiter2022_cmb_chain"} <= concerned & set(everything)
    assert concerned & set(everything) <= set(remade)
    assert sum(remade.values()) < sum(everything.values()) / 2  # santos2024 has no spheres


def test_comments_make_nothing_anew(run):
    path = run.clone / "src/latentearth/earth/sphere.py"
    path.write_text("# A remark.\n" + path.read_text())
    assert not run.reasons()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("device: cpu", {}),
        ("scheiter2022: {ring: {gan: {checkpoint_every: 7}, resources: {mem_mb: 1}}}", {}),
        ("scheiter2022: {cmb: {chains: {burn_in: 3}}}", {"scheiter2022_cmb_ensemble": 2}),
        ("spurio_mancini2021: {emulators: {pca_nn: {components: 3}}}", {PREFIX + "emulator": 1}),
        (
            "spurio_mancini2021: {inference: {live: 77}}",
            {PREFIX + "location": 5, PREFIX + "edt": 3},
        ),
        (
            "santos2024: {inversion: {errors: {images: 9}}}",
            {"santos2024_errors": 1, "santos2024_generators": 1},
        ),
        (
            "lopez_alvis2021: {inversion: {linear: {vae: {iterations: 77}}}}",
            {"lopez_alvis2021_linear_case": 5},  # and not the two of the SGAN
        ),
    ],
)
def test_settings_make_anew_what_reads_them(run, config, expected):
    """Not what made the files before, and not what comes later for this reason alone."""
    found = run.reasons(config)
    assert {n: k for n, k in found.items() if n not in READ_ALL} == expected


def test_another_seed_makes_everything_anew(run, finished):
    everything, remade = finished.jobs("--forceall"), run.jobs(config="seed: 7")
    assert not everything - remade


def test_threads_of_trainings_decide_their_bits(run):
    found = set(run.reasons("training_threads: 2"))
    assert {"scheiter2022_ring_gans", "scheiter2022_cmb_dcgan"} <= found


def test_24_housekeeping_leaves_own_files_and_shipped_weights_alone(run, tmp_path):
    """Of results that lie elsewhere, behind a link, as on a cluster's scratch."""
    (run.folder / "results").rename(tmp_path / "scratch")
    (run.folder / "results").symlink_to(tmp_path / "scratch")
    own = run.folder / "mine.nc"
    own.touch()
    config = "scheiter2022: {ring: {file: mine.nc}}"
    assert not run.reasons()
    assert "results/scheiter2022/cmb/data.nc" in run.snakemake("--summary", config=config)
    untouched = [own, *(run.clone / "data").rglob("*")]
    run.snakemake("--delete-all-output", config=config)
    assert all(path.exists() for path in untouched)
    left = [path for path in (tmp_path / "scratch").rglob("*.nc") if path.is_file()]
    assert not left, left
    assert run.jobs(config=config)["scheiter2022_ring_subset"]  # everything is to do again


def test_23_a_picture_that_is_painted_over_is_read_anew(run):
    """The time of a folder changes as pictures come and go, not with what is in them."""
    images = run.folder / "images"
    images.mkdir()
    pictures = [images / f"{k}.png" for k in range(2)]
    for picture in pictures:
        picture.touch()
    config = "santos2024: {weights: train, prior: {own: images}}"
    target = "results/santos2024/prior/held_out.nc"
    run.snakemake("--touch", target, config=config)
    assert not run.jobs(target, config=config)
    pictures[1].write_bytes(b"painted over")
    assert run.jobs(target, config=config) == {"santos2024_prior": 1}
