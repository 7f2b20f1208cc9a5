"""Settings of Lopez-Alvis et al. (2021): networks and training image."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from support.config import ConfigError, validate

ROOT = Path(__file__).parents[3]
DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())


def changed(**sections):
    """The default config with some keys of the paper's section changed."""
    raw = deepcopy(DEFAULT)
    for name, value in sections.items():
        if isinstance(value, dict):
            raw["lopez_alvis2021"][name] |= value
        else:
            raw["lopez_alvis2021"][name] = value
    return raw


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"training_image": {"file": "own.png"}}, ["weights: train", "your own image"]),
        ({"training_image": {"held_out_rows": 2000}}, ["at most half of rows"]),
        ({"training_image": {"wavelengths": [300, 100]}}, ["the lower bound first"]),
        ({"training_image": {"proportion": 0.9}}, ["proportion", "0.9"]),
        ({"training_image": {"published_truths": [[1, 2]]}}, ["published_truths"]),
        ({"vae": {"alpha": 0}}, ["vae.alpha", "greater than 0"]),
        ({"vae": {"step": 5}}, ["vae.step", "did you mean steps?"]),
        ({"vae": {"products": "float8"}}, ["float32", "bfloat16"]),
        ({"sgan": {"latent_map": [5, 1]}}, ["latent_map", "greater than or equal to 2"]),
        ({"eight": {"betas": []}}, ["eight.betas"]),
        ({"weights": "found"}, ["train", "shipped"]),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, words):
    with pytest.raises(ConfigError) as error:
        validate(changed(**change))
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize("name", ["linear", "group", "poster.starts", "poster.iterations"])
def test_what_each_network_has_its_own_of_is_there_for_both(name):
    raw = deepcopy(DEFAULT)
    section = raw["lopez_alvis2021"]["inversion"]
    for key in name.split("."):
        section = section[key]
    del section["sgan"]
    with pytest.raises(ConfigError, match=rf"inversion.{name}: .*vae and sgan, each with a value"):
        validate(raw)


def test_a_domain_of_its_own_is_for_own_traveltimes():
    raw = deepcopy(DEFAULT)
    raw["lopez_alvis2021"]["inversion"]["own"] = {"survey": "survey.csv", "cell": 0.2}
    with pytest.raises(ConfigError, match="traveltimes beside"):
        validate(raw)
    raw["lopez_alvis2021"]["inversion"]["own"]["traveltimes"] = "times.csv"
    assert validate(raw).lopez_alvis2021.inversion.own.elsewhere


def test_a_rule_on_several_keys_is_told_without_the_whole_section():
    with pytest.raises(ConfigError) as error:
        validate(changed(training_image={"held_out_rows": 2000}))
    assert "allowed: " in str(error.value) and "{" not in str(error.value)


def test_an_own_image_goes_with_training():
    assert validate(changed(training_image={"file": "own.png"}, weights="train"))


def test_paper_scale_has_the_papers_training():
    over = yaml.safe_load((ROOT / "workflow/scales/paper.yaml").read_text())["lopez_alvis2021"]
    raw = changed(weights=over["weights"], vae=over["vae"], sgan=over["sgan"], eight=over["eight"])
    s = validate(raw).lopez_alvis2021
    assert (s.vae.steps, s.vae.batch, s.vae.learning_rate) == (100_000, 100, 1e-3)
    assert (s.vae.latent, s.vae.alpha, s.vae.beta) == (20, 1.0, 1000.0)
    assert (s.vae.warm_up, s.vae.cool_down, s.vae.average) == (0, 0, 0)
    assert (s.sgan.latent_map, s.sgan.batch, s.sgan.steps) == ((12, 12), 32, 37 * 50)
    assert (s.eight.batch, s.eight.steps) == (1, 10_000)
