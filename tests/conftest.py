"""What all tests share."""

import os

# As in workflow/rules/common.smk, and before torch is loaded: threads that wait soon sleep, so
# that tests that run beside other work are not spun off their cores.
os.environ.setdefault("GOMP_SPINCOUNT", "2000")

import pytest


def pytest_collection_modifyitems(items):
    """Measurements of time get three attempts, half a minute apart.

    Other work on a machine can make a program look slower than it is, not faster: a bound that is
    met once is met. A program that lost its speed fails three times.
    """
    for item in items:
        if item.get_closest_marker("benchmark"):
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=30))
