"""Crosshole surveys and a user's files."""

import numpy as np
import pytest

from latentearth.earth import crosshole
from latentearth.io import InputError

HEAD = "source_x_m,source_z_m,receiver_x_m,receiver_z_m\n"


def written(tmp_path, text):
    path = tmp_path / "file.csv"
    path.write_text(text)
    return path


def test_all_pairs_in_the_published_order():
    sources, receivers = crosshole.all_pairs(np.array([0.5, 1.0, 1.5]), (0.0, 6.5))
    assert sources.shape == (9, 2)
    np.testing.assert_array_equal(sources[:4, 1], [0.5, 0.5, 0.5, 1.0])
    np.testing.assert_array_equal(receivers[:4], [[6.5, 0.5], [6.5, 1.0], [6.5, 1.5], [6.5, 0.5]])


def test_a_survey_is_read(tmp_path):
    path = written(tmp_path, HEAD + "0,1,6.5,2\n0.0,12.9,6.5,0\n")
    sources, receivers = crosshole.read_survey(path, 6.5, 12.9)
    np.testing.assert_array_equal(sources, [[0, 1], [0, 12.9]])
    np.testing.assert_array_equal(receivers, [[6.5, 2], [6.5, 0]])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("source_x_m,source_z_m,receiver_x_m\n0,1,2\n", "receiver_z_m"),
        (HEAD, "rows"),
        (HEAD + "0,1,6.6,2\n", "line 2, receiver_x_m: found 6.6 .outside the domain"),
        (HEAD + "0,1,6.5,2\n0,-0.1,6.5,2\n", "line 3, source_z_m"),
        (HEAD + "0,nan,6.5,2\n", "finite"),
        (HEAD + "0,deep,6.5,2\n", "'deep'"),
        (HEAD + "0,1,6.5\n", "None"),
        (HEAD + "3,1,3,1\n", "one point"),
    ],
)
def test_a_wrong_survey_is_refused(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        crosshole.read_survey(written(tmp_path, text), 6.5, 12.9)


def test_traveltimes_are_read(tmp_path):
    path = written(tmp_path, "pair,traveltime_ns\n0,90.5\n1,101\n")
    np.testing.assert_array_equal(crosshole.read_traveltimes(path, 2), [90.5, 101])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time\n1\n", "traveltime_ns"),
        ("traveltime_ns\n90\n", "found 1; expected 2"),
        ("traveltime_ns\n90\n-1\n", "line 3, traveltime_ns: found -1"),
        ("traveltime_ns\n90\n0.09e6\n", "0 to 1000 ns"),
    ],
)
def test_wrong_traveltimes_are_refused(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        crosshole.read_traveltimes(written(tmp_path, text), 2)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(InputError, match="unreadable"):
        crosshole.read_traveltimes(tmp_path / "none.csv", 2)


def test_boundary_length_of_a_square():
    model = np.zeros((10, 10))
    model[2:5, 3:7] = 1  # 3 x 4 cells of 0.1 m
    assert crosshole.boundary_length(model) == pytest.approx(1.4)
