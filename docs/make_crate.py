"""Pack a run as an RO-Crate (Workflow Run Crate), ready to be deposited.

    pip install rocrate
    python docs/make_crate.py FOLDER CRATE

The new folder CRATE gets the code of this checkout and what the run in FOLDER made (results and
figures as hard links where the file system has them; no checkpoints), and ro-crate-metadata.json:
the workflow, what made each file (scale, seed and commit, as the file itself says), checksums, and
the packages that decide numbers. Files of several scales, seeds or commits are several actions.
"""

import datetime
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "workflow"), str(ROOT / "src")]

from support.ledger.origins import said  # noqa: E402
from support.run_folder import made_files  # noqa: E402

FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".nc": "application/x-netcdf",
    ".png": "image/png",
    ".safetensors": "application/octet-stream",
}
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}


def described(folder: Path) -> Iterator[tuple[Path, dict]]:
    """The files of a run, below its folder, with what a crate says of each and ``origin``."""
    for path in sorted(Path(each) for each in made_files(folder)):
        if path.suffix not in FORMATS:  # checkpoints, and what is not the run's
            continue
        of = said(path)
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        yield (
            path.relative_to(folder),
            {
                "name": str(of.get("title") or path.stem),
                "encodingFormat": FORMATS[path.suffix],
                "contentSize": str(path.stat().st_size),
                "sha256": digest,
                "dateModified": _time(path.stat().st_mtime),
                "origin": tuple(str(of.get(name, "")) for name in ("git_commit", "scale", "seed")),
                "versions": json.loads(of.get("versions") or "{}"),
            },
        )


def _time(stamp: float) -> str:
    return datetime.datetime.fromtimestamp(stamp, datetime.UTC).isoformat(timespec="seconds")


def pack(folder: Path, out: Path) -> list[Path]:
    """Copy the checkout's code and link the run's files; the folders and files of the code."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    code = [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    for name in code:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, out / name)
    for name, _ in described(folder):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(folder / name, out / name)
        except OSError:
            shutil.copy2(folder / name, out / name)
    return sorted({Path(name.parts[0]) for name in code} - {Path("results"), Path("figures")})


def describe(folder: Path, out: Path, code: list[Path]):
    """The crate of what :func:`pack` has put into a folder."""
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")  # of the profiles below
    crate.metadata.extra_contexts.append("https://w3id.org/ro/terms/workflow-run/context")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    author = _add(crate, "#developers", "Organization", name=citation["authors"][0]["name"])
    crate.name, crate.license, crate.author = citation["title"], "LICENSE", author
    crate.description = f"A run of Latent Earth {citation['version']}: code, results and figures."
    workflow = crate.add_workflow(
        out / "Snakefile",
        "Snakefile",
        main=True,
        lang="snakemake",
        properties={
            "name": "Latent Earth",
            "version": citation["version"],
            "license": "LICENSE",
            "author": {"@id": author.id},
            "encodingFormat": "text/plain",
        },
    )
    for name in code:
        if name.name != "Snakefile":
            if (out / name).is_dir():
                crate.add_directory(out / name, f"{name}/")
            else:
                kind = {"encodingFormat": FORMATS.get(name.suffix, "text/plain")}
                about = {"about": {"@id": "./"}} if name.name == "README.md" else {}
                crate.add_file(out / name, str(name), properties=kind | about)
    runs, versions = defaultdict(list), {}
    for name, properties in described(folder):
        origin, used = properties.pop("origin"), properties.pop("versions")
        file = crate.add_file(out / name, name.as_posix(), properties=properties)
        if all(origin):
            runs[origin].append(file)
            versions |= used
    workflow["softwareRequirements"] = [
        _add(crate, f"#{package}", "SoftwareApplication", name=package, softwareVersion=version)
        for package, version in sorted(versions.items())
    ]
    actions = [_action(crate, workflow, *run) for run in sorted(runs.items())]
    crate.root_dataset["mentions"] = actions
    crate.root_dataset["conformsTo"] = [
        _add(crate, address, "CreativeWork", name=name) for address, name in PROFILES.items()
    ]
    return crate


def _add(crate, identifier: str, kind: str, **properties: str):
    """Something that the crate tells of and does not hold."""
    from rocrate.model.contextentity import ContextEntity

    return crate.add(ContextEntity(crate, identifier, {"@type": kind, **properties}))


def _action(crate, workflow, origin: tuple[str, str, str], files: list):
    """What one commit, scale and seed made."""
    commit, scale, seed = origin
    values = [
        _add(crate, f"#{name}-{value}", "PropertyValue", name=name, value=value)
        for name, value in (("scale", scale), ("seed", seed), ("commit", commit))
    ]
    times = sorted(file["dateModified"] for file in files)
    return crate.add_action(
        workflow,
        identifier=f"#run-{scale}-{seed}-{commit}",
        object=[crate.get("config.yaml"), *values],
        result=files,
        properties={
            "name": f"Run of the scale {scale}, seed {seed}, at commit {commit}",
            "description": "All files of the run that say they are of these.",
            "startTime": times[0],  # of its first and its last file
            "endTime": times[-1],
            "actionStatus": "http://schema.org/CompletedActionStatus",
        },
    )


if __name__ == "__main__":
    if len(sys.argv) != 3 or Path(sys.argv[2]).exists():
        sys.exit(f"{__doc__}\nCRATE must not exist yet.")
    run, new = Path(sys.argv[1]), Path(sys.argv[2])
    describe(run, new, pack(run, new)).metadata.write(new)
