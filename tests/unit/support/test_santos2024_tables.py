"""The table of errors of data and generator."""

import numpy as np
import pytest

from support.tables.santos2024 import COLUMNS, errors_rows


def test_a_row_for_each_coefficient():
    errors = {name: np.array([1.0, 2.0]) * (k + 1) for k, name in enumerate(COLUMNS)}
    first, second = errors_rows(["C11", "C12"], errors)
    assert first["coefficient"] == "C11" and second["sigma_GPa"] == 10.0
    assert second["sigma_g_percent_of_spread"] == pytest.approx(200.0)  # 8 of 4 GPa
