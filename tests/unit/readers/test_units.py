"""Units as files of other people write them."""

import math

import pytest

from latentearth.readers.units import factor


@pytest.mark.parametrize(
    ("found", "wanted", "value"),
    [
        ("km/s", "m s-1", 1000.0),
        ("km s^-1", "m/s", 1000.0),
        ("km s**-1", "m/s", 1000.0),
        ("m.s-1", "m s-1", 1.0),
        ("g/cm3", "kg m-3", 1000.0),
        ("g cm^-3", "kg m-3", 1000.0),
        ("kg/m^3", "kg m-3", 1.0),
        ("ms", "s", 0.001),
        ("msec", "s", 0.001),
        ("milliseconds", "s", 0.001),
        ("µs", "ns", 1000.0),
        ("kilometers", "m", 1000.0),
        ("Pa", "GPa", 1e-9),
        ("kbar", "GPa", 0.1),
        ("degrees_north", "degrees", 1.0),
        ("radian", "degrees_east", 180.0 / math.pi),
        ("10 m", "m", 10.0),
    ],
)
def test_factors_are_exact(found, wanted, value):
    assert factor(found, wanted) == value


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ("furlong", "m"),
        ("s", "m"),
        ("m s", "m"),
        ("kmetre", "m"),
        ("M/S", "m/s"),
        ("K", "m"),
        ("m^99", "m"),
        ("?", "m"),
        ("", "m"),
    ],
)
def test_what_is_unknown_or_another_quantity_is_refused(found, wanted):
    with pytest.raises(ValueError):
        factor(found, wanted)
