"""What the tests of trainings share."""

import contextlib

import pytest

from latentearth import checkpoints


@pytest.fixture
def interrupted(monkeypatch, capsys):
    """``with interrupted(4): train(...)`` stops a training right after the checkpoint of step 4.

    The test must take it up again there: to the same weights goes a training begun anew as well.
    """
    stopped = []

    @contextlib.contextmanager
    def at(step):
        save = checkpoints.save

        def crash(where, state, settings):
            save(where, state, settings)
            if state["done"] == step:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(checkpoints, "save", crash)
            yield
        stopped.append(step)

    yield at
    said = capsys.readouterr().out
    assert stopped and all(f"continuing from step {step} of" in said for step in stopped)
