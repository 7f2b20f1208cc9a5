"""Mutated configs that are accepted, run: what each changes, at the smoke scale.

After a complete smoke run in a folder::

    python tests/workflow/run_mutated_configs.py 60 7 /tmp/smoke outcomes.csv

runs for each of 60 accepted mutations (drawn with seed 7) what it changes in a copy of that folder:
the cheapest of those jobs, and what follows from them, up to a limit of processor time; beyond it,
the first job alone. An outcome is "passed", "changes nothing", "cut off" (longer than the limit,
and no fault until then), "refused" (an error that the project words itself) or "traceback".
The folder must be up to date: ``snakemake --touch`` makes it so after an edit of the code.
"""

import argparse
import contextlib
import csv
import json
import os
import random
import re
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

from mutated_configs import ROOT, judged, mutated, smoke

WORDED = ("InputError", "DamagedFile", "ConfigError", "FolderError", "FloatingPointError")
JOB = re.compile(r"^(?:local)?rule (\w+):\n((?:    .*\n)+)", re.M)


def accepted(count, seed):
    """As many mutations that the model accepts: config, and what was changed."""
    draw, base, found = random.Random(seed), smoke(), []
    while len(found) < count:
        config, change, senseless = mutated(base, draw)
        if draw.random() < 0.2:  # a second slip in the same file
            with contextlib.suppress(TypeError, IndexError, KeyError):
                config, second, also = mutated(config, draw)
                change, senseless = f"{change}; {second}", senseless or also
        if judged(config, senseless) == "accepted":
            found.append((config, change))
    return found


def copied(made, folder):
    """A copy of a run: results as links, which jobs replace and do not write into."""
    shutil.copytree(made, folder, copy_function=os.link)
    for part in (".snakemake", "logs", "benchmarks"):
        shutil.rmtree(folder / part)
        shutil.copytree(made / part, folder / part)


def snakemake(folder, *arguments, limit=None):
    """Run it with the mutated config of a folder; gives whether it went well, and what it said."""
    line = ["snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder, "--cores", "1"]
    line += ["--configfile", folder / "mutated.json", *arguments]

    def at_most():
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))

    done = subprocess.run(
        list(map(str, line)), capture_output=True, text=True, preexec_fn=at_most if limit else None
    )
    return done.returncode == 0, done.stdout + done.stderr


def planned(said, made):
    """Jobs of a dry run: by first output, what each needs of the others, its cost, whether it is
    changed itself and not by its inputs alone."""
    jobs, makers = {}, {}
    for rule, body in JOB.findall(said):
        field = dict(line.strip().split(": ", 1) for line in body.splitlines() if ": " in line)
        if rule == "all" or "output" not in field:
            continue
        outputs = field["output"].split(", ")
        makers |= dict.fromkeys(outputs, outputs[0])
        cost, table = 5.0, made / field.get("benchmark", "none")
        if table.is_file():
            (row,) = csv.DictReader(table.open(), delimiter="\t")
            cost = float(row["cpu_time"])
        own = not field["reason"].startswith(("Input files updated", "Updated input"))
        jobs[outputs[0]] = [rule, field.get("input", "").split(", "), cost, own]
    for job in jobs.values():
        job[1] = {makers[name] for name in job[1] if name in makers}
    return jobs


def chosen(jobs, limit):
    """The cheapest jobs that a mutation changes, then what follows, within the limit."""

    def needed(name):
        return {name}.union(*map(needed, jobs[name][1]))

    def cost(names):
        return sum(jobs[name][2] for name in names)

    targets, known = [], set()
    for name in sorted(jobs, key=lambda name: (not jobs[name][3], cost(needed(name)))):
        more = needed(name) - known
        if not targets or cost(known | more) <= limit:
            targets.append(name)
            known |= more
    return targets


def outcome(config, made, folder, limit):
    """What comes of a mutation: outcome, jobs that were run, and what was said last."""
    copied(made, folder)
    (folder / "mutated.json").write_text(json.dumps(config), encoding="utf-8")
    fine, said = snakemake(folder, "-n", "all")
    if not fine:
        return ("traceback" if "Traceback" in said else "not planned"), "", said[-2000:]
    jobs = planned(said, made)
    if not jobs:
        return "changes nothing", "", ""
    targets = chosen(jobs, limit)
    arguments = "--keep-going", "--show-failed-logs", "--", *targets
    fine, said = snakemake(folder, *arguments, limit=limit)
    rules = " ".join(dict.fromkeys(jobs[name][0] for name in targets))
    if fine:
        return "passed", rules, f"{len(targets)} of {len(jobs)} jobs"
    # the last line of each traceback: the error's type and words
    errors = re.findall(r"^ *((?:\w+\.)*\w*(?:Error|Exception|Interrupt)(?::.*)?)$", said, re.M)
    ours = ("CalledProcess", "RuleException", "WorkflowError")  # of Snakemake, about the job
    ends = [each for each in errors if not each.startswith(ours)]
    if not ends:
        # the kernel's signals at the limit of processor time
        over = "SIGXCPU" in said or "SIGKILL" in said or "non-zero exit status -24" in said
        return ("cut off" if over else "no words"), rules, said[-3000:]
    worded = all(end.split(":")[0].split(".")[-1] in WORDED for end in ends)
    return ("refused" if worded else "traceback"), rules, " | ".join(dict.fromkeys(ends))


def main():
    """Run mutations one by one; a line for each as it comes."""
    parser = argparse.ArgumentParser(description="Run mutated configs that are accepted.")
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("made", type=Path, help="folder of a complete smoke run")
    parser.add_argument("table", type=Path, help="CSV file for the outcomes")
    parser.add_argument("--only", type=int, nargs="+", help="numbers of mutations, from 0")
    parser.add_argument("--limit", type=int, default=60, help="s of processor time of the jobs")
    given = parser.parse_args()
    with given.table.open("a", newline="") as out:
        mutations = accepted(given.count, given.seed)
        for number in range(given.count) if given.only is None else given.only:
            config, change = mutations[number]
            with tempfile.TemporaryDirectory(dir=given.made.parent) as folder:
                row = outcome(config, given.made, Path(folder, "run"), given.limit)
            csv.writer(out).writerow([number, change, *row])
            out.flush()
            print(number, change, row[0], row[1], sep=" | ", flush=True)


if __name__ == "__main__":
    main()
