"""Prints every rule of the workflow as JSON; run in a process of its own.

Reading the rules through Snakemake itself is surer than a parser of our own. It happens in another
process because parsing changes ``sys.path`` and the environment. Usage::

    python describe_rules.py SNAKEFILE FOLDER
"""

import json
import sys
from pathlib import Path

from snakemake.api import ConfigSettings, OutputSettings, ResourceSettings, SnakemakeApi

# Some rules are there for one setting alone: networks are taken as shipped, or trained.
CONFIGS = ({}, {"lopez_alvis2021": {"weights": "train"}})


def describe(rule) -> dict:
    """Reduce a rule to what tests ask for; None where a directive is missing."""
    given = rule.ruleinfo
    place = Path(str(rule.basedir.get_path_or_uri(False)))
    script = given.script and place / given.script.format(params=rule.params)
    conda = given.conda_env and place / given.conda_env
    return {
        "name": rule.name,
        "docstring": rule.docstring,
        "script": str(script.resolve()) if script else None,
        "conda": str(conda.resolve()) if conda else None,
        "input": [str(file) for file in rule.input if not callable(file)],
        "log": [str(file) for file in rule.log],
        "code": rule.params.get("code"),
        "benchmark": bool(rule.benchmark),
        "threads": given.threads,
        "resources": sorted(given.resources[1]) if given.resources else [],
        "runs": not rule.norun,
    }


def main(snakefile: str, folder: str) -> None:
    """Parse the Snakefile in a folder, with each config, and print the rules of all."""
    found = {}
    for config in CONFIGS:
        with SnakemakeApi(OutputSettings(verbose=False)) as api:
            workflow = api.workflow(
                resource_settings=ResourceSettings(cores=1),
                config_settings=ConfigSettings(config=config),
                snakefile=Path(snakefile),
                workdir=Path(folder),
            )._workflow
            found |= {rule.name: describe(rule) for rule in workflow.rules}
    print(json.dumps(list(found.values()), indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
