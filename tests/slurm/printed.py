"""The jobs of a run of Snakemake, from what it prints."""

import re
from dataclasses import dataclass, field


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
