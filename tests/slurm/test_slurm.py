"""The SLURM profile: jobs go to the right partition, and run through sbatch on a real cluster."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import smoke
import yaml
from printed import Job, announced
from snakemake_executor_plugin_slurm.partitions import get_best_partition, read_partition_file

ROOT = Path(__file__).parents[2]
PROFILE = ROOT / "slurm"  # by its full path: with --directory a relative one would not be found
SMOKE = ROOT / "workflow" / "scales" / "smoke.yaml"
EXPERIMENT = ["figures/scheiter2022/fig02.png"]  # the ring, the smallest that trains networks
# A Snakefile of the tests does not stop the timers that the profile of ours sets.
ALONE = ("--workflow-profile=none", "--cores=1")
QUIET = SimpleNamespace(**dict.fromkeys(("debug", "info", "warning"), lambda message: None))


def snakemake(*options: str, folder: Path, seconds: int) -> str:
    """Run Snakemake with the profile in a folder of its own; return all that it prints."""
    done = subprocess.run(
        [
            *("timeout", "-k", "10", str(seconds), sys.executable, "-m", "snakemake"),
            *("--profile", str(PROFILE), "--directory", str(folder), *options),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout[-8000:]}"
    return done.stdout


def best_partition(job: Job) -> str | None:
    """The partition that the plugin finds for a job in slurm/partitions.yaml."""
    return get_best_partition(read_partition_file(PROFILE / "partitions.yaml"), job, QUIET)


@pytest.mark.parametrize("threads", [1, 64])
@pytest.mark.parametrize("mem_mb", [100, 4000, 256_000])
@pytest.mark.parametrize("runtime", [1, 60, 4320])
@pytest.mark.parametrize("gpu", [0, 1, 2])
def test_the_gpu_alone_decides_on_the_partition(threads, mem_mb, runtime, gpu):
    job = Job("any", threads=threads, resources={"mem_mb": mem_mb, "runtime": runtime, "gpu": gpu})
    assert best_partition(job) == job.partition


@pytest.mark.parametrize("threads, mem_mb, runtime", [(1, 256_001, 60), (1, 1, 4321), (65, 1, 60)])
def test_a_job_too_large_for_cpu_nodes_takes_no_gpu_node(threads, mem_mb, runtime):
    job = Job("any", threads=threads, resources={"mem_mb": mem_mb, "runtime": runtime})
    assert best_partition(job) is None  # SLURM then refuses it, which is plain to see


def test_every_job_at_the_scale_of_the_papers_has_a_partition(tmp_path):
    printed = snakemake("--dry-run", folder=tmp_path, seconds=100)
    assert "scales/paper.yaml" in printed  # the profile brings the scale with it
    jobs = announced(printed)
    assert {job.partition for job in jobs} == {"cpu", "gpu"}
    misplaced = {job.name for job in jobs if best_partition(job) != job.partition}
    assert not misplaced, f"no partition, or a wrong one: {sorted(misplaced)}"
    defaults = yaml.safe_load((PROFILE / "config.yaml").read_text())["default-resources"]
    assert all(job.resources.keys() >= defaults.keys() for job in jobs)


FLAKY = """
rule flaky:
    output:
        "made",
    shell:
        "echo $SLURM_JOB_ID >> jobs; test $(wc -l < jobs) -gt 1; touch {output}"
"""


def on_test_cluster(seconds: int) -> tuple[str, ...]:
    """Options of a run on the test cluster, where a job takes about so many seconds.

    There is no accounting, so sacct would fail and Snakemake would wait for ever. The plugin puts
    off its next look at the jobs by 10 s more each time that none has finished, so that looking
    before a job can have finished takes longer.
    """
    look = f"--slurm-init-seconds-before-status-checks={seconds}"
    return look, "--slurm-status-command=squeue", "--latency-wait=5", "--show-failed-logs"


def submitted(cluster, printed: str) -> list[dict[str, str]]:
    """The jobs of a run of Snakemake that went through sbatch, as SLURM remembers them."""
    return cluster.jobs(re.search(r"SLURM run ID: (\S+)", printed).group(1))


def test_a_job_that_fails_is_submitted_once_more(cluster, tmp_path):
    snakefile = tmp_path / "Snakefile"
    snakefile.write_text(FLAKY)
    options = ("made", "--snakefile", str(snakefile), *ALONE, *on_test_cluster(8))
    jobs = submitted(cluster, snakemake(*options, folder=tmp_path, seconds=180))
    assert [job["JobState"] for job in jobs] == ["FAILED", "COMPLETED"]
    assert [job["JobId"] for job in jobs] == (tmp_path / "jobs").read_text().split()


TOGETHER = """
rule all:
    input:
        expand("made/{number}", number=range(5)),

rule many:
    output:
        "made/{number}",
    resources:
        gpu=1,
    shell:
        "echo $SLURM_JOB_ID > {output}"
"""


def test_jobs_that_share_a_job_of_the_cluster_take_one_gpu(cluster, tmp_path):
    snakefile = tmp_path / "Snakefile"
    snakefile.write_text(TOGETHER)
    options = ("--snakefile", str(snakefile), *ALONE, "--retries=0", *on_test_cluster(4))
    planned = [Job("many", resources={"gpu": 1})] * 5
    found = smoke.groups(planned)
    printed = snakemake(*options, *smoke.grouping(found), folder=tmp_path, seconds=180)
    jobs = submitted(cluster, printed)
    assert smoke.faults(jobs, planned, found) == []
    assert [job["TresPerJob"] for job in jobs] == ["gres:gpu:1"] * 2  # of three and of two
    numbers = Counter(path.read_text().strip() for path in (tmp_path / "made").iterdir())
    assert numbers.keys() == {job["JobId"] for job in jobs}
    assert sorted(numbers.values()) == [2, smoke.TOGETHER]


def test_an_experiment_runs_on_a_cluster(cluster, tmp_path):
    scale = (*EXPERIMENT, "--configfile", str(SMOKE))
    dry = announced(snakemake(*scale, "--dry-run", folder=tmp_path, seconds=100))
    # With one thread a job, the two CPUs run two jobs at a time; SLURM makes the others wait.
    options = (*scale, "--max-threads=1", "--retries=0", *on_test_cluster(11))
    printed = snakemake(*options, folder=tmp_path, seconds=420)

    done = announced(printed)
    assert Counter(job.name for job in done) == Counter(job.name for job in dry)
    outputs = [tmp_path / path for job in done for path in job.outputs]
    assert not [path for path in outputs if not path.exists()]

    remote = [job for job in done if not job.local]
    assert {job.partition for job in remote} == {"cpu", "gpu"}
    jobs = submitted(cluster, printed)
    assert {job["JobState"] for job in jobs} == {"COMPLETED"}
    rules = [job["Comment"].removeprefix("rule_").split("_wildcards_")[0] for job in jobs]
    assert Counter(
        (rule, job["Partition"], job.get("TresPerJob"))
        for rule, job in zip(rules, jobs, strict=True)
    ) == Counter(
        (job.name, job.partition, "gres:gpu:1" if job.partition == "gpu" else None)
        for job in remote
    )


def test_rules_that_share_a_job_are_figures_of_a_paper_or_jobs_of_one_rule():
    jobs = [Job("a2022_fig01", outputs=("figures/a2022/fig01.png",)), Job("a2022_data")]
    jobs += [Job("a2022_many", resources={"gpu": 1})] * smoke.TOGETHER
    found = smoke.groups(jobs)
    assert found == {"a2022_fig01": "figures_a2022", "a2022_many": "a2022_many"}
    assert smoke.grouping(found) == [
        *("--groups", "a2022_fig01=figures_a2022", "a2022_many=a2022_many"),
        *("--group-components", "figures_a2022=1000", f"a2022_many={smoke.TOGETHER}"),
    ]


def test_what_slurm_remembers_is_compared_with_the_dag():
    planned = [Job("a"), Job("b", resources={"gpu": 1}), Job("c")]
    done = {"JobId": "1", "Comment": "rule_a", "JobState": "COMPLETED", "Partition": "cpu"}
    assert smoke.faults([done], planned[:1], {}) == []
    other = done | {"Comment": "rule_b_wildcards_x"}  # on a node without a GPU
    assert smoke.faults([done, other], planned, {}) == [
        "b: job 1 COMPLETED in partition cpu",
        "c: no job",
    ]
    shared = done | {"Comment": "rule_a_a"}  # a group a of the rule a
    assert smoke.faults([shared], planned[:1], {"a": "a"}) == []


RING = Path("results/scheiter2022/ring")
LONG = """
scheiter2022:
  ring:
    ensemble: {chains: 2, samples: 600}
    sizes: [200, 600]
    gan: {steps: 2000, checkpoint_every: 50}
"""


def halt_at_a_new_checkpoint(checkpoint: Path, older: int, seconds: float = 300) -> int:
    """Stop the training of this checkpoint as soon as it has written one; return its time.

    A training that stands still takes longer than any limit, whatever the machine.
    """
    end = time.monotonic() + seconds
    while not checkpoint.exists() or checkpoint.stat().st_mtime_ns <= older:
        assert time.monotonic() < end, "no checkpoint"
        time.sleep(0.02)
    pattern = f"{checkpoint.parents[3]}/.*gans[.]py"
    pids = subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True).stdout.split()
    assert pids, "the training has ended already"
    for pid in pids:
        os.kill(int(pid), signal.SIGSTOP)
    return checkpoint.stat().st_mtime_ns


def test_a_training_requeued_and_out_of_time_finishes_from_its_checkpoints(cluster, tmp_path):
    """Three attempts: SLURM requeues the first, the limit of a minute ends the second."""
    (tmp_path / "long.yaml").write_text(LONG)
    scale = ("--configfile", str(SMOKE), str(tmp_path / "long.yaml"), "--max-threads=1")
    whole, made = tmp_path / "whole", tmp_path / "made"
    local = ("--executor", "local", "--cores", "1")
    snakemake(str(RING / "gans.safetensors"), *scale, *local, folder=whole, seconds=300)
    shutil.copytree(whole, made)
    for path in (made / RING).glob("gans.*"):
        path.unlink()
    (made / RING / "history.nc").unlink()

    checkpoint = made / RING / "gans.checkpoint"
    options = (str(RING / "gans.safetensors"), *scale, *on_test_cluster(5), "--retries=8")
    limit = ("--set-resources", "scheiter2022_ring_gans:runtime=1")
    command = [sys.executable, "-m", "snakemake", "--profile", str(PROFILE)]
    command += ["--directory", str(made), *options, *limit]
    with (tmp_path / "printed").open("w") as out:
        run = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            first = halt_at_a_new_checkpoint(checkpoint, 0)
            again = submitted(cluster, (tmp_path / "printed").read_text())[-1]["JobId"]
            cluster.requeue(again)
            halt_at_a_new_checkpoint(checkpoint, first)
            status = run.wait(timeout=600)
        finally:
            run.terminate()
            run.wait(timeout=60)
    printed = (tmp_path / "printed").read_text()
    assert status == 0, printed[-8000:]
    jobs = submitted(cluster, printed)
    states = [job["JobState"] for job in jobs]
    # on a busy machine further attempts may run out of time
    assert set(states[:-1]) == {"TIMEOUT"} and states[-1] == "COMPLETED"
    assert [job["JobId"] for job in jobs if job["Restarts"] == "1"] == [again]
    assert {job["Partition"] for job in jobs} == {"gpu"}
    assert "continuing from step" in (made / "logs/scheiter2022/ring/gans.log").read_text()
    weights = RING / "gans.safetensors"
    assert (made / weights).read_bytes() == (whole / weights).read_bytes()
    assert not checkpoint.exists()
