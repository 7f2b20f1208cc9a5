"""The tables of errors of data and generator."""

import numpy as np
import pytest

from support.tables.santos2024 import COLUMNS, cutoff_rows, errors_rows


def test_a_row_for_each_coefficient():
    errors = {name: np.array([1.0, 2.0]) * (k + 1) for k, name in enumerate(COLUMNS)}
    first, second = errors_rows(["C11", "C12"], errors)
    assert first["coefficient"] == "C11" and second["sigma_GPa"] == 10.0
    assert second["sigma_g_percent_of_spread"] == pytest.approx(200.0)  # 8 of 4 GPa


def test_errors_at_a_cutoff():
    random = np.random.default_rng(3)
    first = random.normal(size=(50, 1, 6, 6))
    smooth = first[..., 1:] + first[..., :-1]  # neighbours share half of their variance
    own = random.normal(size=(50, 1, 6, 5))
    rest = np.concatenate([smooth, -2 * smooth, own], axis=1)
    used = {"sigma_o": np.ones(3), "sigma_g": np.full(3, 3.0)}
    rows = cutoff_rows(["a", "b", "c"], 2.0, np.full(3, 4.0), rest, used)
    assert [row["wavelength"] for row in rows] == [0.5] * 3
    # 1500 numbers: three of their standard errors, 0.026 for a correlation
    assert rows[1]["correlation_with_first"] == pytest.approx(-1)
    assert rows[2]["correlation_with_first"] == pytest.approx(0, abs=0.1)
    assert rows[0]["correlation_with_neighbour"] == pytest.approx(0.5, abs=0.1)
    assert rows[2]["correlation_with_neighbour"] == pytest.approx(0, abs=0.1)
    assert rows[1]["sigma_g_percent_of_spread"] == pytest.approx(25 * 8**0.5, rel=0.1)
    assert rows[0]["sigma_g_used_percent_of_spread"] == 75
    assert rows[0]["sigma_o_used_percent_of_spread"] == 25
    one = cutoff_rows(["a", "b", "c"], 1.0, np.ones(3), rest[..., :1, :1], used)
    assert np.isnan(one[0]["correlation_with_neighbour"])  # a single point has none
