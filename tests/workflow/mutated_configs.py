"""Configs as people mistype them, and the rule that the workflow must follow with each.

The rule: a config is refused in plain words, with its key, or the workflow can plan all its jobs
with it. What nobody can mean (NaN, a text for a number, ...) is refused. To try many::

    python tests/workflow/mutated_configs.py 10000 60

which are mutations in all, and how many of those that are accepted are planned in full.
"""

import contextlib
import copy
import json
import math
import os
import random
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

import yaml

from support.config import ConfigError, validate

ROOT = Path(__file__).parents[2]
SMOKE = ROOT / "workflow/scales/smoke.yaml"
REFUSED = re.compile(r"config: [\w. ]*(: |: \w+: )")  # keys may have blanks

# Changes of a value; those that nobody can mean first.
SENSELESS = {
    "nan": lambda value, draw: math.nan,
    "infinite": lambda value, draw: draw.choice([math.inf, -math.inf]),
    "huge": lambda value, draw: draw.choice([2**64, 10**40, 10**5000]),
    "tiny": lambda value, draw: draw.choice([1e-300, 1e-19]),
    "text for a number": lambda value, draw: f"{value:.3f}",
    "boolean for a number": lambda value, draw: bool(value),
    "list for a value": lambda value, draw: [value],
    "empty text": lambda value, draw: draw.choice(["", " "]),
    "number for a flag": lambda value, draw: int(value),
    "text for a flag": lambda value, draw: draw.choice(["yes", "no", "true"]),
    "value for a section": lambda value, draw: draw.choice([None, 3, "all", [], [1]]),
    "unknown key": lambda value, draw: {**value, draw.choice(["stepz", "x", "Seed", 3]): 1},
    "value for a list": lambda value, draw: value[0],
}
POSSIBLE = {
    "negative": lambda value, draw: -value,
    "zero": lambda value, draw: 0,
    "larger": lambda value, draw: value * draw.choice([2, 3, 10]),
    "smaller": lambda value, draw: type(value)(value / draw.choice([2, 3, 10])),
    "a little more": lambda value, draw: value + draw.choice([1, 0.1]),
    "nothing": lambda value, draw: None,
    "other text": lambda value, draw: draw.choice([value + "s", value.upper(), "auto", "a{b}.nc"]),
    "other flag": lambda value, draw: not value,
    "key left out": lambda value, draw: {
        key: value[key] for key in draw.sample(list(value), max(len(value) - 1, 0))
    },
    "list reversed": lambda value, draw: value[::-1],
    "list shorter": lambda value, draw: value[:-1],
    "entry repeated": lambda value, draw: [*value, value[-1]],
    "empty list": lambda value, draw: [],
}
NUMBERS = ["nan", "infinite", "huge", "text for a number", "boolean for a number"]
NUMBERS += ["list for a value", "empty text", "negative", "zero", "larger", "smaller"]
NUMBERS += ["a little more", "tiny", "nothing"]
FLAGS = ["number for a flag", "text for a flag", "list for a value", "nothing", "other flag"]
TEXTS = ["empty text", "list for a value", "other text", "nothing"]
SECTIONS = ["value for a section", "unknown key", "key left out"]
LISTS = ["value for a list", "list reversed", "list shorter", "entry repeated", "empty list"]


def merged(base, over):
    """Nested update, as Snakemake does with --configfile."""
    result = dict(base)
    for key, value in over.items():
        result[key] = merged(base.get(key, {}), value) if isinstance(value, dict) else value
    return result


def smoke():
    """The whole config at the smoke scale."""
    return merged(*(yaml.safe_load(path.read_text()) for path in (ROOT / "config.yaml", SMOKE)))


def places(value, path=()):
    """Where something can be changed: each section, list and value, by its path."""
    found = [path] if path else []
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in keys:
        inner = value[key]
        deeper = places(inner, (*path, key)) if isinstance(inner, dict | list) else [(*path, key)]
        found += deeper
    return found


def at(config, path):
    for key in path:
        config = config[key]
    return config


def mutated(base, draw):
    """A changed config, where and how it was changed, and whether anybody can mean that."""
    config = copy.deepcopy(base)
    path = draw.choice(places(config))
    value = at(config, path)
    kinds = (
        SECTIONS
        if isinstance(value, dict) and value
        else LISTS
        if isinstance(value, list) and value
        else FLAGS
        if isinstance(value, bool)
        else NUMBERS
        if isinstance(value, int | float)
        else TEXTS
        if isinstance(value, str)
        else ["nan", "empty text"]
    )
    kind = draw.choice(kinds)
    at(config, path[:-1])[path[-1]] = (SENSELESS | POSSIBLE)[kind](value, draw)
    return config, f"{'.'.join(map(str, path))}: {kind}", kind in SENSELESS


def judged(config, senseless):
    """``refused`` or ``accepted``, or what is against the rule."""
    try:
        validate(config)
    except ConfigError as error:
        lines = str(error).splitlines()
        bad = [line for line in lines if not REFUSED.match(line) or len(line) > 1500]
        return f"no key in the message: {bad[0]}" if bad else "refused"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "accepted, which nobody can mean" if senseless else "accepted"


def planned(config, folder):
    """``planned``, or what Snakemake says, when it plans all jobs with a config.

    In a child of this process, which has loaded Snakemake already.
    """
    import snakemake.cli

    file, output = Path(folder, "mutated.json"), Path(folder, "output.txt")
    file.write_text(json.dumps(config), encoding="utf-8")
    if (child := os.fork()) == 0:
        code = 1
        with output.open("w") as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
            sys.stdout = sys.stderr = out
            line = ["--snakefile", ROOT / "Snakefile", "--directory", folder, "--configfile", file]
            with contextlib.suppress(BaseException):
                try:
                    snakemake.cli.main([*map(str, line), "--cores", "1", "-n", "--quiet", "all"])
                    code = 0
                except SystemExit as end:
                    code = int(end.code or 0)
        os._exit(code)
    _, status = os.waitpid(child, 0)
    said = output.read_text()
    return "planned" if status == 0 and "Traceback" not in said else said[-1500:] or "no words"


def campaign(count, plans, seed):
    """Judge many mutations and plan some of the accepted; gives counts and what broke the rule."""
    draw, base = random.Random(seed), smoke()
    found, broken, accepted = Counter(), [], []
    for _ in range(count):
        config, change, senseless = mutated(base, draw)
        if draw.random() < 0.2:  # a second slip in the same file
            with contextlib.suppress(TypeError, IndexError, KeyError):
                config, second, also = mutated(config, draw)
                change, senseless = f"{change}; {second}", senseless or also
        verdict = judged(config, senseless)
        found[verdict if verdict in ("refused", "accepted") else "against the rule"] += 1
        if verdict == "accepted":
            accepted.append((config, change))
        elif verdict != "refused":
            broken.append((change, verdict))
    with tempfile.TemporaryDirectory() as folder:
        for config, change in draw.sample(accepted, min(plans, len(accepted))):
            verdict = planned(config, folder)
            found["planned" if verdict == "planned" else "not planned"] += 1
            if verdict != "planned":
                broken.append((change, verdict))
    return found, broken


if __name__ == "__main__":
    counts, faults = campaign(*map(int, (*sys.argv[1:], *(10_000, 60, 0)[len(sys.argv) - 1 :])))
    for change, verdict in faults:
        print(f"{change}\n    {verdict}")
    print(dict(counts))
