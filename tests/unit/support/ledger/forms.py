"""Entries as the tests of the ledger give them."""

from support.ledger.forms import Because, Finding, Setting, equal, key

WHY = Because("definition", "A test.")


def finding(**changes):
    """A finding that compares 12.5 of card.json with 12."""
    base = {
        "id": "a-finding",
        "where": "Section 1",
        "statement": "It takes some seconds.",
        "published": 12.0,
        "unit": "s",
        "reads": "card.json",
        "ours": key("seconds"),
        "test": equal(12.0, WHY, absolute=0.5),
        "scale": "laptop",
    }
    return Finding(**(base | changes))


def setting(**changes):
    """A setting that is 400 in card.json."""
    base = {
        "id": "a-setting",
        "where": "Section 2",
        "what": "steps",
        "published": 400.0,
        "reads": "card.json",
        "ours": key("settings", "steps"),
    }
    return Setting(**(base | changes))
