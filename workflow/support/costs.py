"""What a job really took: processor time, time by the clock, memory, on which processor.

Snakemake's own benchmarks ask now and then what a job has taken, and miss what comes after the
last time. Here the job asks the system about itself and its children, at its end.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

EVERY = 60.0  # s between notes of a running job: what a job that is killed may lose of its costs


def hardware(device: object = "cpu") -> str:
    """The processor, or the GPU, that work ran on."""
    if str(device).startswith("cuda"):
        return sys.modules["torch"].cuda.get_device_name()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                cores = len(os.sched_getaffinity(0))
                return f"{line.split(':', 1)[1].strip()}, {cores} cores"
    return os.uname().machine


@dataclasses.dataclass(frozen=True)
class Cost:
    """What a job took, all its attempts together.

    Attributes
    ----------
    cpu_s
        Processor time in s: the process from its start, all its threads, its children.
    wall_s
        Time by the clock in s, without what passed between attempts.
    memory_MB
        The most that the process, or one of its children, held at a time.
    attempts
        How often it was started until it ended well: an interrupted job goes on.
    finished
        Whether it ended well.
    processor
        The processor of the last attempt.
    bfloat16
        Whether that one makes products in bfloat16; None for jobs without networks.
    """

    cpu_s: float = 0.0
    wall_s: float = 0.0
    memory_MB: float = 0.0
    attempts: int = 0
    finished: bool = False
    processor: str = ""
    bfloat16: bool | None = None


def path_of(log: str | os.PathLike) -> Path:
    """The file with the costs of the job that has this log."""
    return Path(log).with_suffix(".cost.json")


def read(path: str | os.PathLike) -> Cost:
    """Costs from their file; none if it is not there, or not whole."""
    try:
        return Cost(**json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Cost()


def _age() -> float:
    """Seconds since this process started."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[19])  # field 22 of proc(5): start after boot
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def _memory() -> float:
    """MB that this process held at most; its own count, not what it inherited at its start."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def spent(before: Cost, finished: bool) -> Cost:
    """Costs of this process until now, added to those of earlier attempts."""
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    torch = sys.modules.get("torch")
    return Cost(
        cpu_s=round(
            before.cpu_s + own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime, 2
        ),
        wall_s=round(before.wall_s + _age(), 2),
        memory_MB=round(max(before.memory_MB, _memory(), children.ru_maxrss / 1024), 1),
        attempts=before.attempts + 1,
        finished=finished,
        processor=hardware(),
        bfloat16=bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()) if torch else None,
    )


def _write(path: Path, cost: Cost) -> None:
    """Write costs, whole or not at all; a full disk must not end the job."""
    part = path.with_suffix(".part")
    with contextlib.suppress(OSError):
        part.write_text(json.dumps(dataclasses.asdict(cost)) + "\n", encoding="utf-8")
        os.replace(part, path)


@contextlib.contextmanager
def counted(log: str | os.PathLike, every: float = EVERY) -> Iterator[None]:
    """Write what the work takes beside its log: now and then, and at its end.

    An attempt that did not end well counts: the next one adds to it.
    """
    path = path_of(log)
    before = read(path)
    if before.finished:  # this is another job, made anew
        before = Cost()
    stop = threading.Event()

    def note() -> None:
        while not stop.wait(every):
            _write(path, spent(before, finished=False))

    _write(path, spent(before, finished=False))
    thread = threading.Thread(target=note, daemon=True)
    thread.start()
    finished = False
    try:
        yield
        finished = True
    finally:
        stop.set()
        thread.join()
        _write(path, spent(before, finished))
