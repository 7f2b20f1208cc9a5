"""What every script does around its work: log, threads, progress.

Nothing here knows of Snakemake: a script hands over the plain values.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from latentearth.io import DamagedFile
from latentearth.progress import show_on
from support.costs import counted, hardware
from support.run_folder import MADE, set_aside

__all__ = ["available_threads", "hardware", "logged", "remove_checkpoints"]


def available_threads(wanted: int) -> int:
    """Threads to use: as many as wanted, but no more than the process may run on."""
    return max(1, min(wanted, len(os.sched_getaffinity(0))))


@contextlib.contextmanager
def _damage_made_anew() -> Iterator[None]:
    """Rename a damaged result, so that the next run makes it anew; never somebody's own file."""
    try:
        yield
    except DamagedFile as error:
        path = Path(str(error.source))
        if path.is_absolute() or path.parts[0] not in MADE or not path.is_file():
            raise
        raise DamagedFile(
            path,
            "content",
            f"damage ({error.found})",
            f"a whole file; it is now called {set_aside(path).name}: start the workflow again, and "
            "it is made anew",
        ) from error


def remove_checkpoints(name: str | os.PathLike, inputs: Iterable[str | os.PathLike]) -> None:
    """Remove a job's checkpoints at its end, unless its output is about to be lost.

    Snakemake throws away an output that is older than an input: one that is dated in the future.
    The checkpoints stay then, and the next attempt takes them up.

    Parameters
    ----------
    name
        Of the checkpoints; its last part may have wildcards.
    inputs
        Files of the job.
    """
    for file in Path(name).parent.glob(Path(name).name):
        file.touch()  # now, by the clock of these files
        late = [each for each in inputs if os.stat(each).st_mtime > file.stat().st_mtime]
        if late:
            print(f"{late[0]} is dated in the future: {file} is kept")
        else:
            file.unlink()


@contextlib.contextmanager
def logged(path: str | os.PathLike, threads: int = 1) -> Iterator[int]:
    """Send standard output, warnings and the traceback to a log; limit the threads; count costs.

    Parameters
    ----------
    path
        The log file; it is written anew. Once its disk is full it may end early; the traceback
        still goes to the standard error. What the work took is written beside it.
    threads
        How many threads the work may use; compiled code and torch are held to it.

    Yields
    ------
    int
        The threads that the work may use on this machine.
    """
    threads = available_threads(threads)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.update({name: str(threads)})
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)
    if "numba" in sys.modules:
        sys.modules["numba"].set_num_threads(threads)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    log = open(path, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
    try:
        with (
            counted(path),
            show_on(sys.stderr),
            contextlib.redirect_stdout(log),
            contextlib.redirect_stderr(log),
        ):
            warnings.simplefilter("default")
            start = time.perf_counter()
            try:
                with _damage_made_anew():
                    yield threads
            except BaseException:
                with contextlib.suppress(OSError):
                    traceback.print_exc()
                raise
            finally:
                with contextlib.suppress(OSError):
                    print(f"{time.perf_counter() - start:.1f} s with {threads} threads")
    finally:
        with contextlib.suppress(OSError):
            log.close()
