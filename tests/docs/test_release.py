"""What a release says of itself: one version, metadata that parse, containers of what git has."""

import json
import re
import subprocess
from pathlib import Path

import yaml

from latentearth import __version__

ROOT = Path(__file__).parents[2]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_one_version_everywhere():
    """pyproject.toml reads it from the package (tests/docs/test_install.py)."""
    latest = re.search(r"^## (\S+)$", text("CHANGELOG.md"), re.M)[1]
    citation, zenodo = yaml.safe_load(text("CITATION.cff")), json.loads(text(".zenodo.json"))
    assert {latest, str(citation["version"]), zenodo["version"]} == {__version__}
    assert zenodo["publication_date"] == str(citation["date-released"])


def test_citation_and_deposit_say_the_same():
    citation, zenodo = yaml.safe_load(text("CITATION.cff")), json.loads(text(".zenodo.json"))
    assert zenodo["title"] == citation["title"]
    assert zenodo["keywords"] == citation["keywords"]
    assert zenodo["license"] == citation["license"]
    assert [each["name"] for each in zenodo["creators"]] == [a["name"] for a in citation["authors"]]
    dois = {each["doi"] for each in citation["references"] if "doi" in each}
    assert {each["identifier"] for each in zenodo["related_identifiers"]} == dois
    assert len(citation["references"]) == 4  # the papers


def test_containers_are_made_by_the_steps_of_activate():
    for recipe in ("Dockerfile", "apptainer.def"):
        assert re.search(r"^\s*(RUN|/latentearth)?.*envs/make", text(recipe), re.M)
        assert "pip" not in text(recipe).replace("requirements.lock", "")
    assert "envs/make" in text("activate")


def test_docker_copies_all_that_git_has_and_nothing_that_it_leaves_out():
    """Docker's patterns are close enough to git's for git to read them."""
    listed = ["git", "ls-files", "--cached", "--ignored", "--exclude-from=.dockerignore"]
    assert not subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    docker, git = (
        {line.replace("**/", "").strip("/") for line in text(name).splitlines()}
        for name in (".dockerignore", ".gitignore")
    )
    assert git <= docker
