"""What would spoil a run and Snakemake does not see: looked for before its first job.

Snakemake knows what made a file by its own records. A file without one, copied in or of a run whose
records were removed, it takes as made. Of a job that outlived its Snakemake it knows nothing, and
whether an output can be written it finds out when its job comes.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from support.ledger.origins import Origin, in_words, origin_of
from support.run_folder import FolderError

SCRIPT = b".snakemake/scripts/"  # in the command line of each job that runs one


def recorded(folder: str | os.PathLike = ".") -> set[str]:
    """Files that Snakemake knows to be made, or begun; it makes the latter again.

    Their names are those of its records in base 64, cut into pieces that begin with @.
    """
    found = set()
    for records in (Path(folder, ".snakemake", kind) for kind in ("metadata", "incomplete")):
        for path in records.rglob("*"):
            name = "".join(part.removeprefix("@") for part in path.relative_to(records).parts)
            try:
                found.add(urlsafe_b64decode(name).decode())
            except ValueError:  # a folder of pieces, or another file than a record
                continue
    return found


def taken_as_made(
    files: Iterable[Path],
    scale: str,
    seed: int,
    commit: Callable[[], str],
    folder: str | os.PathLike = ".",
) -> str | None:
    """What to say of files without a record that another scale, seed or commit made, if any.

    Parameters
    ----------
    files
        Those of the folder's that are whole.
    scale, seed
        Of the config.
    commit
        Tells that of the code; it is asked only where files without a record say theirs.
    folder
        Of the run.
    """
    known = recorded(folder)
    unknown = [file for file in files if file.relative_to(folder).as_posix() not in known]
    told = {file: by for file in unknown if (by := origin_of(file)) is not None}
    if not told:
        return None
    this = Origin(scale, str(seed), commit())
    others = {file: by for file, by in told.items() if by != this}
    if not others:
        return None
    return (
        f"{len(others)} files are taken as they are, {min(others)} for one: Snakemake has no "
        f"record of what made them. {in_words(others.values())} This run: {this}. "
        "To have them made anew, remove them."
    )


def at_work(folder: str | os.PathLike = ".") -> Iterator[int]:
    """Processes of jobs in a folder; none where the system does not tell (it is not Linux)."""
    here = os.path.realpath(folder)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (
                SCRIPT in (process / "cmdline").read_bytes()
                and os.readlink(process / "cwd") == here
            ):
                yield int(process.name)
        except OSError:  # it has ended, or is another user's
            continue


def refuse_jobs_at_work(folder: str | os.PathLike = ".") -> None:
    """Refuse a folder in which jobs of a killed run still work; called once it is locked.

    Raises
    ------
    FolderError
        With their numbers, and what to do.
    """
    if jobs := sorted(at_work(folder)):
        numbers = " ".join(map(str, jobs))
        raise FolderError(
            f"jobs of an earlier run, whose Snakemake was killed, are still at work in "
            f"{Path(folder).resolve()}: wait for their end, or end them by: kill {numbers}"
        )


def refuse_unwritable(folders: Iterable[str | os.PathLike]) -> None:
    """Refuse folders of outputs that nothing can be written in, or made in.

    Raises
    ------
    FolderError
        With the first of them.
    """
    for folder in sorted(map(Path, folders)):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if not os.access(there, os.W_OK | os.X_OK):
            raise FolderError(
                f"nothing can be written in {there}, where this run has outputs: run it on a copy, "
                "in another folder named by --directory"
            )
