"""Surveys, starting points and streams of the crosshole inversions."""

import numpy as np
import pytest

from latentearth.io import InputError
from latentearth.networks import sgan, vae
from latentearth.networks.generators import TrainedGenerator
from support import crosshole, published_files

SEED = np.random.SeedSequence(0)


def test_starting_points_are_the_prior_and_the_first_ones_stay():
    generator = TrainedGenerator(vae.Decoder(SEED, 20), "vae")
    many = crosshole.starting_points(generator, 2000, 3)
    assert abs(many.mean()) < 0.02 and abs(many.std() - 1) < 0.02  # four standard errors: 0.02
    np.testing.assert_array_equal(many[:5], crosshole.starting_points(generator, 5, 3))
    box = crosshole.starting_points(TrainedGenerator(sgan.Generator(SEED, 2), "sgan"), 2000, 3)
    assert abs(box).max() <= 1 and box.min() < -0.99


def test_published_starts(tmp_path):
    path = tmp_path / "starts.npy"
    np.save(path, np.arange(60.0).reshape(4, 5, 3))
    found = published_files.starts(path, 15, 2)
    np.testing.assert_array_equal(found, np.arange(30.0).reshape(2, 15))
    with pytest.raises(InputError, match="5 or more of 15"):
        published_files.starts(path, 15, 5)


def test_a_run_keeps_its_stream_whatever_else_runs():
    some, others = crosshole.streams(3, ["mc2"], 2), crosshole.streams(3, ["mc1", "mc2"], 3)
    for one, same in zip(some, others[3:5], strict=True):
        np.testing.assert_array_equal(one.generate_state(4), same.generate_state(4))


def test_the_built_in_survey_and_a_users_own(tmp_path):
    section = {"first": 1.0, "last": 12.0, "every": 5.5}
    section |= {"straight_x": [0.01, 6.49], "curved_x": [0.0, 6.5]}
    found = crosshole.survey(section, [])
    sources, receivers = found.straight
    assert sources.shape == (9, 2) and found.curved[1][0].tolist() == [6.5, 1.0]
    assert sources[0].tolist() == [0.01, 1.0] and receivers[2].tolist() == [6.49, 12.0]
    path = tmp_path / "survey.csv"
    path.write_text("source_x_m,source_z_m,receiver_x_m,receiver_z_m\n0,1,6.5,2\n")
    own = crosshole.survey(section, path)
    assert own.straight is own.curved and own.straight[1].tolist() == [[6.5, 2.0]]


def test_a_row_of_table_1_becomes_a_descent():
    case = {"network": "vae", "optimizer": "adam", "batch": None, "step": 0.1, "weight": 2.0}
    found = crosshole.descent(case, 7)
    assert (found.optimizer, found.batch, found.step, found.iterations) == ("adam", None, 0.1, 7)
