"""No figure shows a key of config or files: every figure function, on small made-up results."""

import importlib
import inspect
import pkgutil
import re

import made_for_lopez_alvis2021
import made_for_santos2024
import made_for_scheiter2022
import made_for_spurio_mancini2021
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from support import figures
from support.labels import LABELS

MADE = [
    *made_for_scheiter2022.MADE,
    *made_for_santos2024.MADE,
    *made_for_lopez_alvis2021.MADE,
    *made_for_spurio_mancini2021.MADE,
]


def texts(figure):
    """All that can be read in a figure, mathematics aside."""
    figure.draw_without_rendering()  # ticks have no text before
    shown = [text for text in figure.findobj(Text) if text.get_visible()]
    return [re.sub(r"\$[^$]*\$", "", text.get_text()) for text in shown]


# Keys that are English words too: raw where they stand alone.
ENGLISH = {"direct", "grid", "importance", "mean", "modes", "noise", "origin", "solver", "variance"}


def raw(text):
    """Words of a text that are keys, or look like one."""
    keys = {key for key, said in LABELS.items() if key != said}
    words = [
        word for word in re.split(r"[\s,;:()]+", text) if word in keys - ENGLISH or "_" in word
    ]
    return words + [part for part in text.split(", ") if part in ENGLISH]


def test_what_is_raw():
    assert raw("NN direct (A), noise only") == []
    assert raw("direct, noise") == ["direct", "noise"]
    assert raw("pcn d18, r2d_true") == ["pcn", "d18", "r2d_true"]


def test_every_figure_is_among_them():
    modules = [
        importlib.import_module(f"{figures.__name__}.{found.name}")
        for found in pkgutil.iter_modules(figures.__path__)
    ]
    made = {
        value
        for module in modules
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
        if not name.startswith("_") and value.__annotations__.get("return") == Figure.__name__
    }
    assert made == {function for function, *_ in MADE}


@pytest.mark.parametrize("case", MADE, ids=lambda case: case[0].__qualname__)
def test_no_figure_shows_a_key(case):
    function, *given = case
    found = [word for text in texts(function(*given)) for word in raw(text)]
    assert found == []
