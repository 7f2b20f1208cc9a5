"""One run that nothing disturbs, which the others are compared with."""

import pytest
import smoke_runs


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """The folder of a run of all targets, one job at a time."""
    folder = tmp_path_factory.mktemp("whole")
    done = smoke_runs.run(folder, *smoke_runs.TARGETS)
    assert done.returncode == 0, done.stderr
    return folder
