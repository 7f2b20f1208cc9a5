"""Ways to locate events: rows of the table, and likelihoods by name."""

import numpy as np
import pytest
import xarray as xr

from latentearth.inversion import location
from support.figures import spurio_mancini2021_methods as figures
from support.methods import Amortised, Arrivals, Waveforms, learned
from support.tables import spurio_mancini2021_methods as tables


@pytest.fixture
def found():
    """Four events at depths of 100, 200, 400 and 2000 m, errors of 1, 3, 5 and 7 m."""
    z = 2430.0 - np.array([100.0, 200.0, 400.0, 2000.0])
    error = np.zeros((1, 4, 3))
    error[0, :, 1] = [1.0, -3.0, 5.0, -7.0]
    dims = ("likelihood", "event")
    return xr.Dataset(
        {
            "truth": (("event", "coordinate"), np.column_stack([z * 0, z * 0, z])),
            "error": ((*dims, "coordinate"), error),
            "deviation": ((*dims, "coordinate"), np.full((1, 4, 3), 2.0)),
            "level": (dims, [[0.5, 0.9, 0.97, 0.999]]),
            "effective": (dims, [[500.0, 400.0, 600.0, 700.0]]),
            "cpu_s": (dims, [[0.1, 0.3, 0.2, 0.2]]),
            "quantile": ((*dims, "coordinate"), np.full((1, 4, 3), [0.5, 0.5, 0.99])),
            "tarp": (dims, [[0.2, 0.4, 0.6, 0.8]]),
        },
        attrs={"sea_bed": 2430.0, "setup_cpu_s": 12.0},
    )


def test_rows_by_depth(found):
    rows = {row["depth"]: row for row in tables.methods_rows("store", found)}
    assert list(rows) == ["all", "0-300 m", "300-600 m", "below 1200 m"]  # none in between
    assert [row["events"] for row in rows.values()] == [4, 2, 1, 1]
    whole = rows["all"]
    assert (whole["error_m"], whole["coverage_68"], whole["coverage_95"]) == (4.0, 0.25, 0.5)
    assert whole["coverage_99"] == 0.75
    # four ranks of 0.99 in z, all above or all below by chance with 2 (0.01)^4; three coordinates
    assert whole["sbc_p"] == pytest.approx(6e-8)
    assert whole["tarp_p"] > 0.9
    assert whole["event_ms"] == pytest.approx(200.0)
    assert rows["0-300 m"]["error_m"] == 2.0
    assert rows["0-300 m"]["least_effective"] == 400.0
    assert whole["stated_m"] == pytest.approx(2.0 * np.sqrt(3.0))


def test_the_figure_draws_every_event(found):
    drawing = figures.coverage_by_method({"store": found, "mean": found})
    left, right, ranks = drawing.axes
    assert [line.get_xdata().size for line in right.lines] == [4, 4]
    assert [text.get_text() for text in ranks.get_yticklabels()] == [
        "solver's field, stored",
        "mean trace",
    ]
    assert ranks.lines[3].get_xdata() == pytest.approx([0.2, 0.2])  # of 1 to 4 fifths
    steps = dict(zip(*left.lines[0].get_data(), strict=True))
    assert (steps[0.0], steps[0.68], steps[1.0]) == (0.0, 0.25, 1.0)


class Shifted:
    """Traces of two samples, the position's x and y."""

    def predict(self, positions):
        return positions[:, :2].astype("f4")


def test_noise_likelihood():
    points = np.random.default_rng(0).normal(size=(7, 3))
    data = np.array([[1.0, 2.0], [0.5, -1.0]])
    likelihood = Waveforms([Shifted(), Shifted()], 2.0, 0.0).likelihood(data, points[0])
    assert isinstance(likelihood, location.NoiseLikelihood)
    expected = -0.125 * ((points[:, None, :2] - data[None]) ** 2).sum(axis=(1, 2))
    np.testing.assert_allclose(likelihood(points), expected, rtol=1e-5)  # float32
    scan = Waveforms([Shifted(), Shifted()], 2.0, 0.0).scan(points, data[None])[0]
    np.testing.assert_allclose(scan.log_likelihood[0], expected, rtol=1e-5, atol=1e-6)


def test_arrivals_with_and_without_the_origin_time():
    axes = [np.arange(5) * 100.0] * 3
    receivers = np.array([[0.0, 0, 0], [400, 0, 0], [0, 400, 0], [400, 400, 400.0]])
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    tables_s = np.linalg.norm(grid[None] - receivers[:, None, None, None], axis=-1) / 2000.0
    time, truth = np.arange(200) * 0.004, np.array([200.0, 100.0, 300.0])
    arrival = np.linalg.norm(receivers - truth, axis=1) / 2000.0
    late = 0.1  # the pulse's middle after the origin time, and a shift of the clock
    pulses = [np.exp(-(((time - 0.15 - arrival[:, None] - s) / 0.02) ** 2)) for s in (0.0, late)]
    given = tables_s, np.zeros(3), np.full(3, 100.0), 0.004, 0.15, 0.005
    points = np.array([truth, truth + np.array([100.0, 0.0, 0.0])])
    known, differences = Arrivals(*given, None, 0.0), Arrivals(*given, 1.0, 0.0)
    assert np.diff(known.likelihood(pulses[0])(points))[0] < -1.0
    # a shift of 20 standard errors at all four receivers: 0.5 * 4 * 20^2
    assert known.likelihood(pulses[1])(points[:1])[0] == pytest.approx(-800.0, rel=0.02)
    same = [differences.likelihood(pulse)(points[:1])[0] for pulse in pulses]
    assert same[0] == pytest.approx(same[1], abs=1e-6)


class Distances:
    """Traces of a pulse, later the further a source is from the origin of one axis."""

    def __init__(self, axis):
        self.axis = axis

    def predict(self, positions):
        late = np.arange(40) - 5.0 - 30.0 * positions[:, [self.axis]]
        return np.exp(-0.5 * (late / 2.0) ** 2).astype("f4")


def test_a_learned_posterior_needs_no_search():
    section = {"components": 10, "width": 32, "layers": 2, "mixed": 2, "bank": 1000}
    section |= {"steps": 300, "batch": 64, "learning_rate": 5e-3, "draws": 400}
    settings = {"npe": section, "bounds": np.array([[0.0, 1.0]] * 3), "seed": 0}
    stores = [Distances(axis) for axis in range(3)]
    method = learned(stores, settings, 0.1, 100.0)
    assert isinstance(method, Amortised)
    assert method.setup_cpu_s > 100.0  # the training adds to the simulations
    truth = np.array([[0.2, 0.5, 0.8], [0.7, 0.3, 0.4]])
    data = np.stack([store.predict(truth) for store in stores], axis=1)
    found = method.scan(np.empty((0, 3)), data)
    assert [one.position.shape[-1] for one in found] == [3, 3]
    # pulses tell each coordinate to 0.01; a training of seconds to some hundredths of the box
    np.testing.assert_allclose([one.mean for one in found], truth, atol=0.15)
    at = [method.likelihood(d)(truth[:1])[0] for d in data]
    assert at[0] > at[1] + 3.0  # the first event's density is higher there than the second's
