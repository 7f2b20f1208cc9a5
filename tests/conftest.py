"""What all tests share."""

import os
from pathlib import Path

import pytest

from support import compiled
from support.processors import processors

# As in workflow/rules/common.smk, and before torch and numba are loaded: threads that wait soon
# sleep, so that tests beside other work are not spun off their cores; compiled code is kept.
os.environ.setdefault("GOMP_SPINCOUNT", "2000")
MOST = 8  # processes: each may hold 1.5 GB
LIBRARY = Path(__file__).parents[1] / "src" / "latentearth"
os.environ.setdefault("NUMBA_CACHE_DIR", str(compiled.folder(LIBRARY)))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite takes the processors there are; a few files, or benchmarks, this process."""
    whole = config.args_source is not pytest.Config.ArgsSource.ARGS
    whole = whole and config.option.markexpr != "benchmark"
    return min(processors(), MOST) if whole else 0
