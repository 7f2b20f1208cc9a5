"""The settings of Spurio Mancini et al. (2021) that would fail late are refused at once."""

from pathlib import Path

import pytest
import yaml

from support.config import ConfigError, validate

ROOT = Path(__file__).parents[2]


def config(**changes):
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    for path, value in changes.items():
        section = raw["spurio_mancini2021"]
        *above, last = path.split("__")
        for key in above:
            section = section[key]
        section[last] = value
    return raw


def test_the_config_is_valid():
    assert validate(config()).spurio_mancini2021.receivers[0] == (500, 500)
    places = [[500, 500, 2000], [200, 800], [500, 800], [800, 800, 2500]]
    assert validate(config(receivers=places)).spurio_mancini2021.receivers[0] == (500, 500, 2000)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"inference__receivers": [0, 1, 9]}, "numbers of receivers from 0 to 4"),
        ({"inference__receivers": [0, 1]}, "3 receivers at least, which location needs"),
        ({"inference__receivers": [0, 1, 1]}, "each entry once"),
        ({"receivers": [[500, 500]]}, "4 receivers at least: leave some of ours behind yours"),
        ({"receivers": [[500]] * 4}, "receivers.0: .* at least 2"),
        ({"receivers": [[500, 500, 0, 0]] * 4}, "receivers.0: .* at most 3"),
        ({"traces__files": {0: "mine.nc"}}, "sources.file beside traces.files"),
        (
            {"traces__files": {0: "mine.npy"}, "sources__file": "mine.nc"},
            "beside npy files",
        ),
        ({"published": ["traces"]}, "coordinates beside traces"),
        ({"sources__train": 3500}, "a test set is left"),
        ({"simulation__engine": "kwave"}, "kernel"),
        ({"simulation__spacing": [20, 20]}, "spacing"),
    ],
)
def test_settings_that_cannot_work(changes, message):
    with pytest.raises(ConfigError, match=message):
        validate(config(**changes))


def test_a_file_has_its_own_number_of_sources():
    """It is looked at when the file is read; `count` is the number of ours."""
    assert validate(config(sources__file="mine.nc", sources__train=3500))
