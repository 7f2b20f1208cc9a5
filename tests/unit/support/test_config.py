"""The config is checked before anything runs, and says what is wrong where."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from support.config import ConfigError, validate

ROOT = Path(__file__).parents[3]
DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())


def changed(path, value):
    raw = deepcopy(DEFAULT)
    place = raw
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return raw


def merge(base, over):
    """Nested update, as Snakemake does with --configfile."""
    result = dict(base)
    for key, value in over.items():
        result[key] = merge(base.get(key, {}), value) if isinstance(value, dict) else value
    return result


@pytest.mark.parametrize("scale", ["laptop", "smoke", "study", "paper"])
def test_every_scale_is_valid_and_names_itself(scale):
    raw = DEFAULT
    if scale != "laptop":
        raw = merge(raw, yaml.safe_load((ROOT / f"workflow/scales/{scale}.yaml").read_text()))
    assert validate(raw).scale == scale


def test_paper_scale_has_the_papers_steps():
    raw = merge(DEFAULT, yaml.safe_load((ROOT / "workflow/scales/paper.yaml").read_text()))
    s = validate(raw).scheiter2022
    # Table A2: epochs times whole batches per epoch
    epochs = {200: 100_000, 600: 33_333, 1000: 20_000, 100_000: 200}
    for size, count in epochs.items():
        assert count * (size // s.ring.gan.batch) == pytest.approx(s.ring.gan.steps, rel=1e-4)
    samples = s.hypersphere.ensemble.samples * s.hypersphere.ensemble.chains
    assert 500 * samples // s.hypersphere.gan.batch == s.hypersphere.gan.steps
    assert s.ring.gan.learning_rate == s.hypersphere.gan.learning_rate == 1e-4


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["sead"], 1, ["sead", "unknown key", "did you mean seed"]),
        (["scheiter2022", "ring", "ensemble", "burnin"], 5, ["burnin", "did you mean burn_in"]),
        (["scheiter2022", "ring", "gan", "steps"], -5, ["gan.steps", "-5", "greater than"]),
        (["scheiter2022", "ring", "gan", "drop"], 1.0, ["gan.drop", "1.0", "less than 1"]),
        (["scale"], "huge", ["scale", "huge", "laptop", "smoke", "paper"]),
        (["scheiter2022", "ring", "ensemble", "samples"], "many", ["samples", "many", "integer"]),
        (["scheiter2022", "ring", "sizes"], [600, 200], ["sizes", "increase"]),
        (["scheiter2022", "ring", "sizes"], [10], ["sizes", "batch"]),
        (["data", "published"], "perhaps", ["data.published", "perhaps", "boolean"]),
    ],
)
def test_a_wrong_entry_is_named_with_its_value_and_what_is_allowed(path, value, words):
    with pytest.raises(ConfigError) as error:
        validate(changed(path, value))
    for word in words:
        assert word in str(error.value)


def test_all_faults_are_told_at_once():
    raw = changed(["seed"], -1)
    raw["device"] = "tpu"
    with pytest.raises(ConfigError) as error:
        validate(raw)
    assert str(error.value).count("config: ") == 2
