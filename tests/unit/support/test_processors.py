"""Processors that a process may use."""

import os

from support.processors import processors


def test_a_quota_counts_where_it_is_less(tmp_path):
    quota = tmp_path / "cpu.max"
    allowed = len(os.sched_getaffinity(0))
    assert processors(quota) == allowed  # no quota
    for text, expected in (
        ("max 100000", allowed),
        ("100000 100000", 1),
        ("50000 100000", 1),
        (f"{10**9} 100000", allowed),
    ):
        quota.write_text(text)
        assert processors(quota) == expected
