"""Records of one event on the sampler's clock, and what of them cannot be used."""

import numpy as np
import pytest

from latentearth.inversion import own_event
from latentearth.inversion.own_event import OriginTimes
from latentearth.io import InputError
from latentearth.readers.records import Records, read_picks, read_records
from latentearth.samplers.targets import Box

STEP, SIGMA = 0.004, 0.5
PLACES = {0: np.zeros(3), 3: np.ones(3)}


def pulse(time):
    return 20 * np.exp(-(((time - 1.4) / 0.03) ** 2))


def records(start=-0.5, count=900, step=STEP):
    time = start + step * np.arange(count)
    noise = np.random.default_rng(2).normal(0, SIGMA, (2, count))
    return Records(pulse(time) + noise, start, step)


def prepare(given, *, noise=None, axis=(STEP, 300)):
    times = np.array([0.2, 0.25]), np.array([0.4, 0.5])
    return own_event.prepare_records(given, OriginTimes(1.0, 0.1), axis, times, noise, "mine")


def test_a_record_is_moved_and_its_noise_measured():
    found = prepare(records())
    time = 1.0 + STEP * np.arange(300)
    # the noise itself, of four deviations at most in 600 samples
    np.testing.assert_allclose(found.traces, [pulse(time)] * 2, atol=4.5 * SIGMA)
    # 350 samples or more before the wave: 4 per cent
    np.testing.assert_allclose(found.sigma, SIGMA, rtol=0.15)
    assert prepare(records(), noise=2.0).sigma.tolist() == [2.0, 2.0]
    finer = prepare(
        Records(records(count=1800, step=STEP / 2).traces, -0.5, STEP / 2),
        noise=1.0,
        axis=(STEP / 2, 300),
    )
    assert finer.traces.shape == (2, 300)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            records(start=1.2),
            r"first sample: found a record from 1.200 s on; expected one before 1.1",
        ),
        (records(start=1.09, count=700), "0 samples, or silence, before the waves|found 3 samples"),
        (records(count=420), r"last sample: found 1.176 s; expected 1.700 s or later"),
    ],
)
def test_a_record_that_does_not_hold_the_event(given, message):
    with pytest.raises(InputError, match=message):
        prepare(given)


def test_when_the_event_can_have_been():
    more = {"delay_s": 0.15, "shift_s": 0.1, "frequency": 8.0}
    by_bounds = own_event.possible_origins(
        bounds=(2.0, 2.4), picks=None, travel_times=np.zeros(2), **more
    )
    assert by_bounds.middle == pytest.approx(2.05) and by_bounds.half == pytest.approx(0.2)
    picks = own_event.possible_origins(
        bounds=None, picks=np.array([3.2, 3.4]), travel_times=np.array([0.2, 0.4]), **more
    )
    # the pulse's middle is half a period behind its onset
    assert picks.middle == pytest.approx(3.0 + 0.0625 - 0.15)
    with pytest.raises(InputError, match="time of the event: found none; expected origin"):
        own_event.possible_origins(bounds=None, picks=None, travel_times=np.zeros(2), **more)


def test_an_event_at_the_side_of_the_region():
    box = Box(np.array([[0.0, 100.0]] * 3 + [[-1.0, 1.0]]))
    own_event.refuse_edges(np.array([50.0, 50.0, 2.0]), box)
    with pytest.raises(InputError, match="z = 100 m, at the side of the region"):
        own_event.refuse_edges(np.array([50.0, 50.0, 99.9]), box)


def test_a_shift_is_exact_for_what_a_spline_holds():
    time = np.arange(200) * STEP
    # the middle of a pulse of 30 ms, cubic splines through samples 4 ms apart
    moved = own_event.delayed(pulse(time + 1.0), 0.0137, STEP)
    np.testing.assert_allclose(moved[10:], pulse(time + 1.0 - 0.0137)[10:], atol=2e-3)
    assert not own_event.delayed(np.ones((2, 50)), 5 * STEP, STEP)[:, :5].any()


def test_tables_of_records_and_picks(tmp_path):
    table = tmp_path / "mine.csv"
    rows = [f"{k * 4};{k % 3};{-k % 5}" for k in range(60)]
    table.write_text("\n".join(["time_ms;receiver_3_kPa;receiver_0_Pa", *rows]))
    found = read_records([table], PLACES)
    assert found.interval_s == pytest.approx(0.004) and found.traces[1, 2] == 2000.0
    picks = tmp_path / "picks.csv"
    picks.write_text("receiver,time_ms\n3,120\n0,100\n")
    np.testing.assert_allclose(read_picks(picks, [0, 3]), [0.1, 0.12])
    with pytest.raises(InputError, match="picks of receiver 1: found 0; expected one"):
        read_picks(picks, [0, 1])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("time_s,receiver_0_Pa\n0,1\n1,2\n", "columns: .*receiver_3_Pa"),
        ("time_s,receiver_0_counts,receiver_3_Pa\n0,1,1\n1,2,2\n", "columns"),
        ("time_s,receiver_0_Pa,receiver_3_Pa\n0,1,1\n1,2,2\n3,2,2\n", "evenly spaced"),
        ("time_s,receiver_0_Pa,receiver_3_Pa\n0,1,1\n1,2,2\n", "found 2 samples; expected 50"),
    ],
)
def test_tables_that_are_none(tmp_path, text, message):
    (tmp_path / "mine.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_records([tmp_path / "mine.csv"], PLACES)
