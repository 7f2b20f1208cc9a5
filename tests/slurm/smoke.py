"""The whole workflow at the smoke scale through the test cluster: ``smoke.py FOLDER [TARGET...]``.

Every job that is not local goes through ``sbatch`` with the profile ``slurm``, in FOLDER, and then
the cluster is asked: each job completed, in the partition where it belongs. The exit status is 75
where this machine cannot have the cluster (``install`` and ``cluster.py`` beside this file).

Each job starts Snakemake twice, 5 s of CPU time in all, more than many a rule at this scale. So
some share one: all figures of a paper, and up to three jobs of a rule that has several. With one
core a job, those that share it follow one another (on one GPU), and SLURM fills the node's cores.
"""

import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cluster
from printed import Job, announced

ROOT = Path(__file__).parents[2]
CANNOT_RUN = 75  # EX_TEMPFAIL of sysexits.h
TOGETHER = 3  # jobs of a rule that share one
OPTIONS = ("--configfile", str(ROOT / "workflow" / "scales" / "smoke.yaml"), "--cores=1")
ON_TEST_CLUSTER = (  # no accounting; look often; a failure is a failure
    "--slurm-status-command=squeue",
    "--slurm-init-seconds-before-status-checks=2",
    "--latency-wait=10",
    "--retries=0",
    "--show-failed-logs",
)


def snakemake(folder: str, *options: str) -> tuple[int, str]:
    """Run Snakemake with the profile, show how far it is, return exit status and all it printed."""
    profile = ("--profile", str(ROOT / "slurm"), "--directory", folder)
    command = [sys.executable, "-m", "snakemake", *profile, *OPTIONS, *options]
    pipe = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    printed = []
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipe) as run:
        for line in run.stdout:
            printed.append(line)
            if re.fullmatch(r"\d+ of \d+ steps \(\d+%\) done\n", line):
                print(line, end="", flush=True)
    return run.returncode, "".join(printed)


def groups(jobs: list[Job]) -> dict[str, str]:
    """Group of each rule whose jobs share a job of the cluster."""
    several = Counter(job.name for job in jobs)
    found = {}
    for job in jobs:
        if job.outputs and all(path.startswith("figures/") for path in job.outputs):
            found[job.name] = f"figures_{job.name.partition('_')[0]}"
        elif several[job.name] >= TOGETHER:
            found[job.name] = job.name
    return found


def grouping(found: dict[str, str]) -> list[str]:
    """Options of Snakemake for these groups."""
    if not found:
        return []
    pairs = [f"{rule}={group}" for rule, group in found.items()]
    size = {group: 1000 if group.startswith("figures_") else TOGETHER for group in found.values()}
    sizes = [f"{group}={number}" for group, number in size.items()]
    return ["--groups", *pairs, "--group-components", *sizes]


def faults(jobs: list[dict[str, str]], planned: list[Job], found: dict[str, str]) -> list[str]:
    """What is wrong with the jobs that SLURM remembers, against those of the DAG."""
    shared = set(found.values())  # Snakemake adds names of rules to that of a group
    partition = {found.get(job.name, job.name): job.partition for job in planned}
    wrong, seen = [], set()
    for job in jobs:
        rule = job["Comment"].removeprefix("rule_").split("_wildcards_")[0]
        if rule not in partition.keys() - shared:
            rule = max((name for name in shared if rule.startswith(f"{name}_")), default=rule)
        seen.add(rule)
        state = (job["JobState"], job["Partition"])
        if state != ("COMPLETED", partition.get(rule)):
            wrong.append(f"{rule}: job {job['JobId']} {state[0]} in partition {state[1]}")
    return wrong + [f"{rule}: no job" for rule in sorted(partition.keys() - seen)]


def run(folder: str, *targets: str) -> list[str]:
    """Run the workflow through the cluster; return what is wrong."""
    status, printed = snakemake(folder, "--dry-run", *targets)
    planned = [job for job in announced(printed) if any(job.outputs)]  # the others only gather
    if status or not planned:
        return [printed[-4000:]]
    found = groups(planned)
    status, printed = snakemake(folder, *targets, *ON_TEST_CLUSTER, *grouping(found))
    if status:
        return [printed[-20000:]]
    jobs = cluster.jobs(re.search(r"SLURM run ID: (\S+)", printed).group(1))
    print(f"{len(planned)} jobs of the DAG in {len(jobs)} jobs of SLURM: ", end="")
    print(*(f"{n} {name}" for name, n in Counter(job["Partition"] for job in jobs).items()))
    return faults(jobs, planned, found)


def main(folder: str, *targets: str) -> int:
    """Install, start the cluster, run; return the exit status."""
    install = Path(__file__).with_name("install")
    done = subprocess.run(["bash", install], capture_output=True, text=True)
    if done.returncode:
        print(f"no SLURM here: {done.stderr.strip()[-300:]}")
        return CANNOT_RUN
    try:
        with cluster.running():
            wrong = run(folder, *targets)
    except cluster.CannotRun as reason:
        print(f"no SLURM cluster here: {reason}")
        return CANNOT_RUN
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return bool(wrong)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # stops the cluster
    sys.exit(main(*sys.argv[1:]))
