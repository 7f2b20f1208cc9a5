"""The SLURM profile: jobs go to the right partition, and run through sbatch on a real cluster."""

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from snakemake_executor_plugin_slurm.partitions import get_best_partition, read_partition_file

ROOT = Path(__file__).parents[2]
PROFILE = ROOT / "slurm"  # by its full path: with --directory a relative one would not be found
SMOKE = ROOT / "workflow" / "scales" / "smoke.yaml"
EXPERIMENT = [f"figures/scheiter2022/{name}.png" for name in ("fig02", "fig03")]  # the ring
QUIET = SimpleNamespace(**dict.fromkeys(("debug", "info", "warning"), lambda message: None))


@dataclass
class Job:
    """A job of the DAG, as far as the choice of a partition looks at it."""

    name: str
    local: bool = False
    threads: int = 1
    resources: dict = field(default_factory=dict)
    outputs: tuple[str, ...] = ()

    @property
    def partition(self) -> str:
        """Where the job belongs."""
        return "gpu" if self.resources.get("gpu", 0) else "cpu"


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


def announced(printed: str) -> list[Job]:
    """The jobs that Snakemake says it runs; a dry run does not say which are local."""
    jobs = []
    head = r"^(local)?rule (\w+):\n((?:    .+\n)+)"
    for local, name, block in re.findall(head, printed, re.MULTILINE):
        entries = dict(re.findall(r"^    (\w+): (.+)$", block, re.MULTILINE))
        resources = re.findall(r"(\w+)=(\d+)(?=,|$)", entries.get("resources", ""))
        jobs.append(
            Job(
                name,
                bool(local),
                int(entries.get("threads", 1)),
                {key: int(value) for key, value in resources},
                tuple(entries.get("output", "").split(", ")),
            )
        )
    return jobs


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
    options = ("made", "--snakefile", str(snakefile), *on_test_cluster(8))
    jobs = submitted(cluster, snakemake(*options, folder=tmp_path, seconds=180))
    assert [job["JobState"] for job in jobs] == ["FAILED", "COMPLETED"]
    assert [job["JobId"] for job in jobs] == (tmp_path / "jobs").read_text().split()


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
