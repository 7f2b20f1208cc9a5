"""What the tests of trainings share."""

import contextlib

import pytest

from latentearth import checkpoints


@pytest.fixture
def interrupted(monkeypatch):
    """``with interrupted(4): train(...)`` stops a training right after the checkpoint of step 4."""

    @contextlib.contextmanager
    def at(step):
        save = checkpoints.save

        def crash(where, state, settings):
            save(where, state, settings)
            if state["step"] == step:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(checkpoints, "save", crash)
            yield

    return at
