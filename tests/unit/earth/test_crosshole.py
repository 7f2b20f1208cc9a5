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
        (HEAD + "0,1,6.6,2\n", "line 2, receiver_x_m: found 6.6 .outside the domain.*x 0 to 6.6"),
        (HEAD + "0,1,6.5,2\n\n0,-0.1,6.5,2\n", "line 4, source_z_m"),
        (HEAD + "0,nan,6.5,2\n", "finite"),
        (HEAD + "0,deep,6.5,2\n", "'deep'"),
        (HEAD + "0,1,6.5\n", "line 2: found 3 fields; expected 4"),
        (HEAD + "0,1,6.5,2,3\n", "line 2: found 5 fields .decimal commas"),
        (HEAD + "3,1,3,1\n", "one point"),
    ],
)
def test_a_wrong_survey_is_refused(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        crosshole.read_survey(written(tmp_path, text), 6.5, 12.9)


def test_the_domain_may_lie_elsewhere(tmp_path):
    path = written(tmp_path, HEAD + "100,1003,120,1030\n")
    sources, receivers = crosshole.read_survey(path, 20.0, 40.0, (100.0, 1000.0))
    np.testing.assert_array_equal(np.hstack([sources, receivers]), [[0, 3, 20, 30]])
    with pytest.raises(InputError, match="line 2, receiver_z_m: found 1030"):
        crosshole.read_survey(path, 20.0, 20.0, (100.0, 1000.0))


ENDS = np.array([[0.0, 1.0], [0.0, 2.0]]), np.array([[6.5, 1.0], [6.5, 3.0]])


def test_traveltimes_are_read_in_order(tmp_path):
    path = written(tmp_path, "pair,traveltime_ns\n0,90.5\n1,101\n")
    found = crosshole.read_traveltimes(path, *ENDS)
    np.testing.assert_array_equal(found.times, [90.5, 101])
    assert found.pair.tolist() == [0, 1] and found.errors is None and found.missing == 0


def test_missing_picks_are_left_out_and_errors_kept(tmp_path):
    path = written(tmp_path, "traveltime_us;error_ns\n;0,5\n0,101;0,5\n")
    found = crosshole.read_traveltimes(path, *ENDS)
    np.testing.assert_allclose(found.times, [101], rtol=1e-15)  # one multiplication
    assert found.pair.tolist() == [1] and found.errors.tolist() == [0.5] and found.missing == 1


def test_a_file_with_antennas_is_joined_by_them(tmp_path):
    head = HEAD.strip() + ",traveltime_ns\n"
    path = written(tmp_path, head + "0,2,6.5,3,101\n0,1,6.5,1,90\n")
    found = crosshole.read_traveltimes(path, *ENDS)
    assert found.pair.tolist() == [1, 0] and found.times.tolist() == [101, 90]
    assert crosshole.has_antennas(path)
    path = written(tmp_path, head + "0,2,6.5,1,101\n")
    with pytest.raises(InputError, match=r"line 2: found antennas at \[0.0, 2.0"):
        crosshole.read_traveltimes(path, *ENDS)
    path = written(tmp_path, head + "0,1,6.5,1,90\n0,1,6.5,1,91\n")
    with pytest.raises(InputError, match="line 3: found a pair for the second time"):
        crosshole.read_traveltimes(path, *ENDS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time\n1\n", "traveltime_ns"),
        ("traveltime_ns\n90\n", "found 1; expected 2"),
        ("traveltime_ns\n90\n-1\n", "line 3, traveltime_ns: found -1 ns over 6.58 m"),
        ("traveltime_ns\n90\n0\n", "line 3, traveltime_ns: found 0 ns"),
        ("traveltime_ns\n90\n0.09e6\n", "21.9 to 658 ns: radar waves"),
        ("traveltime_ns\n9e-8\n9e-8\n", r"found 9e-08 ns over 6.5 m \(2 such\)"),  # seconds
        ("traveltime_s\n90\n90\n", "found 9e.10 ns"),
        ("traveltime_ns,error_ns\n90,1\n91,0\n", "error beside line 3"),
        ("traveltime_ns\nnan\nnan\n", "none picked"),
        ("traveltime_ns\n90,5\n91,5\n", "line 2: found 2 fields .decimal commas"),
    ],
)
def test_wrong_traveltimes_are_refused(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        crosshole.read_traveltimes(written(tmp_path, text), *ENDS)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(InputError, match="found nothing; expected a CSV table"):
        crosshole.read_traveltimes(tmp_path / "none.csv", *ENDS)


GIMLI = """4 # shot/geophone points
#x\ty
0\t-5
0\t-10
20\t-5
20\t-10
4 # measurements
#s\tg\t{head}
1\t3\t{row[0]}
1\t4\t{row[1]}
2\t3\t{row[2]}
2\t4\t{row[3]}
"""


def gimli(tmp_path, head, *row):
    return written(tmp_path, GIMLI.format(head=head, row=row))


def test_a_pygimli_file_is_survey_and_traveltimes(tmp_path):
    rows = "2.5e-7 1e-9 1", "3e-7 1e-9 1", "0 1e-9 0", "2.6e-7 2e-9 1"
    path = gimli(tmp_path, "t err valid", *rows)
    ends = crosshole.read_survey(path, 20.0, 12.0)
    np.testing.assert_array_equal(ends[0], [[0, 5], [0, 5], [0, 10], [0, 10]])
    np.testing.assert_array_equal(ends[1], [[20, 5], [20, 10], [20, 5], [20, 10]])
    found = crosshole.read_traveltimes(path, *ends)
    assert found.pair.tolist() == [0, 1, 3] and found.missing == 1
    np.testing.assert_allclose(found.times, [250, 300, 260], rtol=1e-15)
    np.testing.assert_allclose(found.errors, [1, 1, 2], rtol=1e-15)


def test_a_pygimli_file_that_says_something_else_is_refused(tmp_path):
    # pyGIMLi issue 225: milliseconds of a seismic survey under the format's seconds
    path = gimli(tmp_path, "t", 10.4, 8.8, 10.5, 11.0)
    with pytest.raises(InputError, match="datum 1, receiver_x_m: found 20"):
        crosshole.read_survey(path, 6.5, 12.9)
    ends = crosshole.read_survey(path, 20.0, 12.0)
    with pytest.raises(InputError, match=r"datum 1, t: found 1.04e\+10 ns over 20 m"):
        crosshole.read_traveltimes(path, *ends)
    path = gimli(tmp_path, "t/ms", 2.5e-4, 3e-4, 3e-4, 2.6e-4)
    times = crosshole.read_traveltimes(path, *ends).times
    np.testing.assert_allclose(times, [250, 300, 300, 260], rtol=1e-15)
    for old, new, words in (
        ("2\t4", "2\t5", "sensor of datum 4: found 5.0; expected whole numbers from 1 to 4"),
        ("4 # m", "5 # m", "data: found 4 rows"),
        ("2\t3\t", "2\t3\t7\t", "line 11: found 4 fields; expected 3"),
        ("#x\ty", "#x", "found columns x, none varying"),
    ):
        text = path.read_text().replace(old, new)
        if new == "#x":
            text = text.replace("\t-5", "").replace("\t-10", "")
        with pytest.raises(InputError, match=words):
            crosshole.read_survey(written(tmp_path, text), 20.0, 12.0)
        path = gimli(tmp_path, "t", 10.4, 8.8, 10.5, 11.0)


def test_boundary_length_of_a_square():
    model = np.zeros((10, 10))
    model[2:5, 3:7] = 1  # 3 x 4 cells of 0.1 m
    assert crosshole.boundary_length(model) == pytest.approx(1.4)
