"""Params of rules: what counts as a change, and what scripts get of it."""

import pickle

from pydantic import BaseModel

from support.params import aside, hidden, section


class Training(BaseModel):
    """As sections of the config are."""

    steps: int
    checkpoint_every: int
    resources: dict[str, int] = {"mem_mb": 1}


class Network(BaseModel):
    """A section within a section."""

    training: Training
    width: int


def network(steps=10, checkpoint_every=5):
    """A section as the config has it."""
    return Network(training=Training(steps=steps, checkpoint_every=checkpoint_every), width=3)


def test_what_has_no_say_in_a_result_is_not_seen():
    assert repr(section(network(checkpoint_every=5))) == repr(section(network(checkpoint_every=7)))
    assert repr(section(network(steps=10))) != repr(section(network(steps=11)))
    assert repr(aside("cpu")(None)) == repr(hidden("cuda"))


def test_scripts_get_plain_values():
    got = pickle.loads(pickle.dumps(section(network())))
    assert got == network().model_dump()
    assert type(got["training"]["checkpoint_every"]) is int
    assert type(got["training"]["resources"]) is dict
    assert repr(pickle.loads(pickle.dumps(hidden("cpu")))) == "'cpu'"


def test_a_job_gets_the_entries_that_it_reads():
    assert section(network(), "width") == {"width": 3}
    assert section(network(), without=("training",)) == {"width": 3}
