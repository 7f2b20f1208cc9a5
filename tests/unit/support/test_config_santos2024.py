"""Settings of Santos et al. (2024) that do not fit each other are refused in plain words."""

import copy
from pathlib import Path

import pytest
import yaml

from support.config import ConfigError, validate

ROOT = Path(__file__).parents[3]
RAW = yaml.safe_load((ROOT / "config.yaml").read_text())


def merged(changes, raw=None):
    """The laptop config with changes, as Snakemake merges them."""
    raw = copy.deepcopy(RAW if raw is None else raw)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(raw.get(key), dict)
        raw[key] = merged(value, raw[key]) if both else value
    return raw


@pytest.mark.parametrize("scale", ["smoke", "paper"])
def test_the_scales_are_valid(scale):
    changes = yaml.safe_load((ROOT / "workflow" / "scales" / f"{scale}.yaml").read_text())
    assert validate(merged(changes)).santos2024.weights == "train"
    assert validate(RAW).santos2024.weights == "shipped"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prior": {"own": "a.nc"}}, "weights: train, where prior.own"),
        ({"weights": "other"}, "santos2024.weights: found 'other'"),
        ({"stirring": {"size": 100}}, "santos2024.stirring.size: found 100"),
        ({"stirring": {"centre": 0.2}}, "santos2024.stirring.centre: found 0.2"),
        (
            {"stirring": {"amplitude": [2, 1]}},
            "[2, 1]; allowed: the lower bound first",
        ),
        ({"example": {"parameters": [0.5]}}, "santos2024.example.parameters"),
        ({"gan": {"penalised": 100}}, "penalised: at most batch = 32"),
        ({"gan": {"batch": 20000}}, "gan.batch: at most prior.count"),
        ({"gan": {"lambda": 10}}, "santos2024.gan.lambda: unknown key"),
        ({"assessment": {"draws": 5000}}, "draws: at most prior.held_out"),
        ({"assessment": {"nearest": 5000}}, "nearest: at most draws"),
        ({"recovery": {"calibration": {"cakes": 2037}}}, "calibration.cakes: at most"),
        ({"recovery": {"calibration": {"coarse": {"every": 3}}}}, "calibration.coarse.every: a"),
    ],
)
def test_settings_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ConfigError) as error:
        validate(merged({"santos2024": changes}))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("phase", "mirrored"), [([0, 6.283185307], True), ([1.0, 7.283185307], True), ([0, 1], False)]
)
def test_the_prior_is_mirrored_if_phases_go_all_the_way_round(phase, mirrored):
    stirring = validate(merged({"santos2024": {"stirring": {"phase": phase}}})).santos2024.stirring
    assert stirring.mirrored is mirrored
