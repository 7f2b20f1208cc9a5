"""Measures and entries as the tests of the claim ledger give them."""

import yaml
from pydantic import TypeAdapter

from support import claims_yaml
from support.claims_yaml import measure

SECONDS = {"file": "card.json", "keys": ["seconds"]}  # 12.5
ROW = {"file": "a.nc", "variable": "curve", "select": {"source": "mcmc"}}
FREQUENCY = {"file": "a.nc", "variable": "frequency"}


def measured(what, folder):
    """Measure what is given as in YAML."""
    return measure(parsed(what), folder)


def parsed(what):
    """The typed form of a measure."""
    return TypeAdapter(claims_yaml.Measure).validate_python(what)


def entry(**changes):
    """An entry that compares 12.5 of card.json with a published number."""
    base = {
        "id": "an-entry",
        "where": "Section 1",
        "statement": "It takes some seconds.",
        "published": 12.0,
        "unit": "s",
        "ours": {"file": "card.json", "keys": ["seconds"]},
        "compare": "equal",
        "tolerance": {"absolute": 0.5},
        "why": "A test.",
        "scale": "laptop",
    }
    return claims_yaml.Entry.model_validate(
        {k: v for k, v in (base | changes).items() if v is not None}
    )


def written(tmp_path, *entries, head="paper: P\n"):
    """A ledger file with entries given as dictionaries."""
    path = tmp_path / "p.yaml"
    path.write_text(head + yaml.safe_dump({"claims": list(entries)}))
    return path


def raw(**changes):
    """An entry as it stands in YAML, changed."""
    return entry().model_dump(exclude_none=True, exclude_defaults=True) | changes
