"""Amplitude and shift: exact where they are whole samples, band-limited between them."""

import numpy as np
import pytest
from trace_family import traces_at, wavelet

from latentearth.emulators import preprocessing as pp
from latentearth.io import InputError
from latentearth.operators import trace_scores


def test_whole_samples_come_back_exactly(family):
    traces = family[1].copy()
    traces[:, :120] = traces[:, -260:] = 0  # nothing is shifted out of the window
    peaks = pp.find_peaks(traces)
    reference = peaks.amplitude[3], peaks.index[3]
    aligned = pp.align(traces, peaks, reference)
    assert (aligned.argmax(1) == reference[1]).all()
    # a factor and its inverse are two roundings of float32
    np.testing.assert_allclose(aligned.max(1), reference[0], rtol=2e-7)
    inside = np.abs(peaks.index - reference[1]) <= 120
    assert inside.sum() > 100
    back = pp.restore(aligned, peaks, reference)
    # below the atol numbers are subnormal, of fewer digits
    np.testing.assert_allclose(back[inside], traces[inside], rtol=3e-7, atol=1e-36)
    np.testing.assert_array_equal(aligned[3], traces[3])


def test_samples_beyond_the_window_are_zeros():
    traces = np.arange(1, 9, dtype=np.float32)[None]
    moved = pp.shift_traces(np.repeat(traces, 4, 0), np.array([3.0, -2.0, 8.0, -100.0]), np.ones(4))
    np.testing.assert_array_equal(moved[0], [0, 0, 0, 1, 2, 3, 4, 5])
    np.testing.assert_array_equal(moved[1], [3, 4, 5, 6, 7, 8, 0, 0])
    assert not moved[2:].any()


def test_cubics_are_moved_exactly_between_samples():
    # four points determine a cubic, so that only rounding is left (values up to 4, float32)
    t = np.linspace(-1, 1, 40)
    cubic = np.polynomial.Polynomial([0.3, -1.2, 0.7, 1.5])
    for shift in (0.25, -3.6, 7.9):
        moved = pp.shift_traces(cubic(t).astype(np.float32)[None], np.array([shift]), np.ones(1))[0]
        expected = cubic(t - shift * (t[1] - t[0]))
        inside = slice(max(0, int(shift)) + 3, 40 + min(0, int(shift)) - 3)
        np.testing.assert_allclose(moved[inside], expected[inside], atol=2e-6)


def test_a_wavelet_moves_between_samples():
    # 10 Hz at 4 ms: the highest frequency of note, 30 Hz, has 8 samples to a period, where the
    # cubic through four points errs by less than a per cent; all of it much less
    time = np.arange(300) * 0.004
    trace = wavelet(time - 0.5).astype(np.float32)
    moved = pp.shift_traces(trace[None], np.array([12.37]), np.ones(1))[0]
    expected = wavelet(time - 0.5 - 12.37 * 0.004)
    assert np.linalg.norm(moved - expected) < 3e-3 * np.linalg.norm(expected)


def test_refined_peaks_find_the_top_of_a_wavelet():
    # a parabola through three samples of a 10 Hz wavelet: the next term of its series is
    # (pi f dt)^2 / 2 of a sample's fraction, below 0.01 samples
    time = np.arange(300) * 0.004
    places = np.array([70.0, 70.2, 70.5, 70.9])
    traces = np.stack([3 * wavelet(time - 0.004 * p) for p in places])
    found = pp.find_peaks(traces, refine=True)
    np.testing.assert_allclose(found.index, places, atol=0.01)
    np.testing.assert_allclose(found.amplitude, 3, rtol=1e-3)  # a sample alone: 2e-2 too low
    np.testing.assert_array_equal(pp.find_peaks(traces).index, [70, 70, 70, 71])


def test_a_peak_at_the_edge_is_not_refined():
    traces = np.zeros((1, 10), np.float32)
    traces[0, 0] = 1
    assert pp.find_peaks(traces, refine=True).index[0] == 0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_traces_that_are_not_finite_are_refused(value):
    traces = traces_at(np.array([[400.0, 300.0, 1500.0]] * 3))
    traces[1, 7] = value
    with pytest.raises(InputError, match=r"trace 1: found NaN .* \(1 such traces\)"):
        pp.find_peaks(traces)


def test_traces_without_a_positive_peak_are_refused():
    with pytest.raises(InputError, match="a positive peak in each"):
        pp.find_peaks(-np.ones((2, 10)))


def test_features_are_kilometres_and_the_distance():
    found = pp.features(np.array([300.0, 400.0, 1000.0]), np.array([0.0, 0.0, 1000.0]))
    np.testing.assert_allclose(found, [[0.3, 0.4, 1.0, 0.5]], rtol=1e-15)


def test_r2d_is_the_correlation_of_all_samples():
    rng = np.random.default_rng(1)
    g, p = rng.normal(2, 3, (2, 6, 50))
    expected = np.corrcoef(g.ravel(), p.ravel())[0, 1]
    assert trace_scores.r2d(g, p) == pytest.approx(expected, abs=1e-14)
    assert trace_scores.r2d(g, 4 * g - 1) == pytest.approx(1, abs=1e-14)
    assert trace_scores.r2d(g, -g) == pytest.approx(-1, abs=1e-14)
