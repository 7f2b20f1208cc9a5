"""How cases of other people's files are written down."""

import pytest


def messages(cases):
    """Cases as parameters: of each, the first item is its number and title."""
    return [pytest.param(*case[1:], id=case[0]) for case in cases]
