"""A SLURM cluster of one node on this machine, for tests: ``cluster.py start|stop|status``.

It is a real cluster (munged, slurmctld, slurmd) with the partitions ``cpu`` and ``gpu`` and two
GPUs that are only names. Jobs run as root, nothing is kept apart by control groups, and no memory
limit is enforced: never use it for anything but tests. Programs come from the Debian packages
``slurm-wlm`` and ``munge`` (the script ``install`` beside this file).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

CONFIG = Path("/etc/slurm")  # a private SLURM_CONF does not reach the steps of a job
OURS = ("slurm.conf", "gres.conf", "cgroup.conf")
STATE = Path("/var/lib/latentearth-test-cluster")
SAVED = STATE / "saved"
DAEMONS = ("slurmd", "slurmctld", "munged")  # in the order in which they are stopped
GPUS = 2

# Settings that are not obvious:
#   SlurmUser, proctrack/linuxproc, task/none   no cgroups, no systemd, as in a container
#   config_overrides   believe the CPUs and the memory written here rather than the hardware
#   MinJobAge          finished jobs stay visible to squeue and scontrol: there is no accounting
#   RealMemory         a rule may ask for the memory of a real node; no limit is enforced
SLURM_CONF = """\
ClusterName=latentearth-test
SlurmctldHost={host}(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket={state}/munge.socket
SlurmUser=root
SlurmdUser=root
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,batch_sched_delay=1
GresTypes=gpu
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
MinJobAge=86400
KillWait=5
StateSaveLocation={state}/controller
SlurmdSpoolDir={state}/node
SlurmctldPidFile={state}/slurmctld.pid
SlurmdPidFile={state}/slurmd.pid
SlurmctldLogFile={state}/slurmctld.log
SlurmdLogFile={state}/slurmd.log
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000000 Gres=gpu:{gpus} State=UNKNOWN
PartitionName=cpu Nodes={host} Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes={host} MaxTime=INFINITE State=UP
"""
# A GPU needs a device file, but nobody opens it.
GRES_CONF = "Name=gpu File=/dev/null\nName=gpu File=/dev/zero\n"


class ClusterError(RuntimeError):
    """A command of the cluster failed, or the cluster did not come up."""


class CannotRun(ClusterError):
    """This machine is no place for the cluster."""


def cpus() -> int:
    """CPUs that the node offers: those that this process may use."""
    return len(os.sched_getaffinity(0))


def _run(*command: str, seconds: float = 20) -> str:
    """Run a command as root with the system's folders on PATH; return what it prints."""
    env = os.environ | {"PATH": os.environ["PATH"] + os.pathsep + "/usr/sbin"}
    try:
        done = subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ClusterError(f"{' '.join(command)}: {error}")
    if done.returncode:
        raise ClusterError(f"{' '.join(command)} failed: {done.stdout.strip()}")
    return done.stdout


def _program(pid: int) -> str | None:
    """Name of the program that a process runs; None where it has ended, even if not yet reaped."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(") ")
    except OSError:
        return None
    return None if rest.startswith("Z") else name


def _process(daemon: str) -> int | None:
    """Number of the daemon's process, if it is ours and runs."""
    try:
        pid = int((STATE / f"{daemon}.pid").read_text())
    except (OSError, ValueError):
        return None
    return pid if _program(pid) == daemon else None


def _others() -> list[str]:
    """SLURM daemons on this machine (a cluster is at work here: keep off)."""
    programs = {_program(int(folder.name)) for folder in Path("/proc").glob("[0-9]*")}
    return sorted({"slurmctld", "slurmd"} & programs)


def _save() -> None:
    """Put aside the files in /etc/slurm that ours replace."""
    SAVED.mkdir(parents=True)
    for name in OURS:
        if (CONFIG / name).exists():
            shutil.copy2(CONFIG / name, SAVED / name)


def _restore() -> None:
    """Take our files out of /etc/slurm and put back those that were there."""
    if not SAVED.exists():
        return
    for name in OURS:
        (CONFIG / name).unlink(missing_ok=True)
        if (SAVED / name).exists():
            shutil.copy2(SAVED / name, CONFIG / name)
    shutil.rmtree(SAVED)


def _configure() -> None:
    """Write the files of the cluster."""
    host = socket.gethostname().split(".")[0]
    CONFIG.mkdir(exist_ok=True)
    for name in OURS:
        (CONFIG / name).unlink(missing_ok=True)
    (CONFIG / "slurm.conf").write_text(
        SLURM_CONF.format(host=host, state=STATE, cpus=cpus(), gpus=GPUS)
    )
    (CONFIG / "gres.conf").write_text(GRES_CONF)
    for folder in ("controller", "node"):
        (STATE / folder).mkdir()
    key = STATE / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(os.urandom(128))


@contextlib.contextmanager
def reserved() -> Iterator[None]:
    """Keep other runs of the tests on this machine off the cluster.

    Raises
    ------
    CannotRun
        Not root, or another run has the cluster.
    """
    if os.geteuid() != 0:
        raise CannotRun("only root can start a SLURM cluster")
    CONFIG.mkdir(exist_ok=True)
    folder = os.open(CONFIG, os.O_RDONLY)  # the lock ends with the process, however that ends
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise CannotRun("another run of the tests has it")
    finally:
        os.close(folder)


@contextlib.contextmanager
def running() -> Iterator[None]:
    """Have the cluster run, and nobody else use it. Raises what `reserved` and `start` raise."""
    with reserved():
        start()
        try:
            yield
        finally:
            stop()


def start(seconds: float = 30) -> None:
    """Start the cluster and wait until the node is idle.

    Parameters
    ----------
    seconds
        How long the node may take.

    Raises
    ------
    CannotRun
        A cluster that is none of ours is at work here.
    ClusterError
        The node does not come up; nothing is left running and /etc/slurm is as it was.
    """
    stop()  # what an interrupted run has left
    if _others():
        raise CannotRun(f"{' and '.join(_others())} of another cluster run on this machine")
    STATE.mkdir(mode=0o755)
    try:
        _save()
        _configure()
        _run(
            "munged",
            "--force",  # run although the key and the socket are not where munge expects them
            f"--key-file={STATE}/munge.key",
            f"--socket={STATE}/munge.socket",
            f"--pid-file={STATE}/munged.pid",
            f"--log-file={STATE}/munged.log",
            f"--seed-file={STATE}/munged.seed",
        )
        _run("slurmctld", "-c")
        _run("slurmd", "-c")
        end = time.monotonic() + seconds
        while "idle" not in (states := _states()):
            if time.monotonic() > end:
                raise ClusterError(f"the node is not idle after {seconds:.0f} s: {states}{_logs()}")
            time.sleep(0.2)
    except BaseException:
        stop()
        raise


def _states() -> str:
    """State of the node, or what sinfo complains of."""
    try:
        return _run("sinfo", "--noheader", "--format=%T")
    except ClusterError as error:
        return str(error)


def _logs() -> str:
    """The last lines of each daemon's log."""
    logs = sorted(STATE.glob("*.log"))
    return "".join(f"\n{log.name}:\n{log.read_text()[-1000:]}" for log in logs)


def stop(seconds: float = 20) -> None:
    """Stop the cluster's daemons and jobs and restore /etc/slurm; nothing happens if none runs."""
    if not STATE.exists():
        return
    if _process("slurmctld") and _process("slurmd"):
        try:
            _run("scancel", "--user=root", "--full")
        except ClusterError as error:
            print(f"cancelling jobs: {error}", file=sys.stderr)
        end = time.monotonic() + seconds
        while list(STATE.glob("node/job*")) and time.monotonic() < end:
            time.sleep(0.2)
    for daemon in DAEMONS:
        _end(daemon, seconds)
    _restore()
    shutil.rmtree(STATE)


def _end(daemon: str, seconds: float) -> None:
    """Ask a daemon to end; end it by force when it does not."""
    for order in (signal.SIGTERM, signal.SIGKILL):
        end = time.monotonic() + seconds
        if (pid := _process(daemon)) is not None:
            os.kill(pid, order)
        while _process(daemon) is not None and time.monotonic() < end:
            time.sleep(0.1)


def requeue(job: str, seconds: float = 60) -> None:
    """Have SLURM end a running job and start it once more at once, not after its usual two minutes.

    Raises
    ------
    ClusterError
        The job does not come back to the queue.
    """
    _run("scontrol", "requeue", job)
    end = time.monotonic() + seconds
    while _run("squeue", "--noheader", "--format=%T", "--jobs", job).strip() != "PENDING":
        if time.monotonic() > end:
            raise ClusterError(f"job {job} is not back in the queue after {seconds:.0f} s")
        time.sleep(0.2)
    time.sleep(1)  # in whole seconds: one that starts in that of its last end is refused and fails
    _run("scontrol", "update", f"JobId={job}", "StartTime=now")


def jobs(name: str) -> list[dict[str, str]]:
    """Jobs of a name that the cluster has seen, each as the fields of ``scontrol show job``."""
    lines = _run("scontrol", "--oneliner", "show", "job").splitlines()
    seen = [dict(field.split("=", 1) for field in line.split() if "=" in field) for line in lines]
    return [job for job in seen if job.get("JobName") == name]


if __name__ == "__main__":
    orders = {"start": start, "stop": stop, "status": lambda: print(_states(), end="")}
    if len(sys.argv) != 2 or sys.argv[1] not in orders:
        sys.exit("usage: cluster.py start|stop|status")
    try:
        with contextlib.nullcontext() if sys.argv[1] == "status" else reserved():
            orders[sys.argv[1]]()
    except ClusterError as error:
        sys.exit(str(error))
