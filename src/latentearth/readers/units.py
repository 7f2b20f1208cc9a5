"""Units as files write them: ``km s-1``, ``km/s``, ``milliseconds``, ``g cm^-3``."""

from __future__ import annotations

import math
import re
from collections import Counter
from fractions import Fraction

# Exact, so that km to m is 1000 and not nearly so. An angle is a quantity of its own here.
_PREFIXES = {
    **{"n": -9, "nano": -9, "u": -6, "µ": -6, "μ": -6, "micro": -6, "m": -3, "milli": -3},
    **{"c": -2, "centi": -2, "d": -1, "deci": -1, "h": 2, "hecto": 2, "k": 3, "kilo": 3},
    **{"M": 6, "mega": 6, "G": 9, "giga": 9, "T": 12, "tera": 12},
}
_DEGREE = (Fraction(1), {"angle": 1})
_PASCAL = {"mass": 1, "length": -1, "time": -2}
_UNITS: dict[str, tuple[Fraction, dict[str, int]]] = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), (Fraction(1), {"length": 1})),
    **dict.fromkeys(("ft", "foot", "feet"), (Fraction(3048, 10000), {"length": 1})),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), (Fraction(1), {"time": 1})),
    **dict.fromkeys(("min", "minute", "minutes"), (Fraction(60), {"time": 1})),
    **dict.fromkeys(("hour", "hours", "hr"), (Fraction(3600), {"time": 1})),
    **dict.fromkeys(("day", "days"), (Fraction(86400), {"time": 1})),
    **dict.fromkeys(("g", "gram", "grams"), (Fraction(1, 1000), {"mass": 1})),
    **dict.fromkeys(("Pa", "pascal", "pascals"), (Fraction(1), _PASCAL)),
    **dict.fromkeys(("bar", "bars"), (Fraction(100000), _PASCAL)),
    **dict.fromkeys(("Hz", "hertz"), (Fraction(1), {"time": -1})),
    **dict.fromkeys(("deg", "degs", "degree", "degrees", "°"), _DEGREE),
    **dict.fromkeys(("degrees_north", "degree_north", "degree_N", "degrees_N"), _DEGREE),
    **dict.fromkeys(("degrees_east", "degree_east", "degree_E", "degrees_E"), _DEGREE),
    **dict.fromkeys(("rad", "radian", "radians"), (Fraction(180 / math.pi), {"angle": 1})),
    **dict.fromkeys(("%", "percent"), (Fraction(1, 100), {})),
    **dict.fromkeys(("dimensionless", "unitless", "none"), (Fraction(1), {})),
}
_NUMBER = re.compile(r"\d+")
_TOKEN = re.compile(r"(?P<name>[^\d\s/^*.·()+-]+)(?:(?:\*\*|\^)?(?P<power>[+-]?\d+))?")


def _single(name: str) -> tuple[Fraction, dict[str, int]]:
    """Factor to SI and dimension of one unit, perhaps with a prefix."""
    if name in _UNITS:
        return _UNITS[name]
    for prefix in sorted(_PREFIXES, key=len, reverse=True):
        # words take words before them, symbols take symbols: no "kmetre", no "kilom"
        rest = name.removeprefix(prefix)
        if rest != name and rest in _UNITS and (len(prefix) > 1) == (len(rest) > 3):
            factor, dimension = _UNITS[rest]
            return factor * Fraction(10) ** _PREFIXES[prefix], dimension
    raise ValueError(f"unknown unit {name!r}")


def parse(text: str) -> tuple[Fraction, dict[str, int]]:
    """Factor to SI (angles: degrees) and dimension of a unit.

    Raises
    ------
    ValueError
        If it is not a product of known units.
    """
    factor, dimension, sign, at = Fraction(1), Counter[str](), 1, 0
    text = (
        text.strip().replace("²", "2").replace("³", "3").replace("⁻¹", "-1").replace(" per ", "/")
    )
    while at < len(text):
        if text[at] in " *.·()":
            at += 1
        elif text[at] == "/":
            sign, at = -1, at + 1
        elif number := _NUMBER.match(text, at):
            factor, at = factor * Fraction(number.group()) ** sign, number.end()
        elif token := _TOKEN.match(text, at):
            value, parts = _single(token["name"])
            power = sign * int(token["power"] or 1)
            if not -9 <= power <= 9:
                raise ValueError(f"power {power} of {token['name']!r}")
            factor *= value**power
            for name, exponent in parts.items():
                dimension[name] += exponent * power
            at = token.end()
        else:
            raise ValueError(f"unknown unit {text!r}")
    return factor, {name: power for name, power in dimension.items() if power}


def factor(found: str, wanted: str) -> float:
    """What values in one unit are multiplied by to be in another.

    Raises
    ------
    ValueError
        If the first is unknown, or of another quantity.
    """
    (value, kind), (target, needed) = parse(found), parse(wanted)
    if kind != needed:
        raise ValueError(f"{found!r} is no {wanted!r}")
    return float(value / target)
