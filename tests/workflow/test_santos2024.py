"""Stirring and generator of Santos et al. (2024) in the DAG: what the config changes in it."""

from runs import planned

GENERATOR = "results/santos2024/generator/generator.safetensors"
ASSESSMENT = "results/santos2024/generator/assessment.nc"


def test_the_laptop_scale_takes_the_shipped_generator_and_makes_every_figure(tmp_path):
    found, text = planned(tmp_path, "seed: 1", "santos2024", scale=None)
    assert "santos2024_gan" not in found
    assert found["santos2024_generator"] == found["santos2024_prior"] == 1
    numbers = [*(f"{k:02d}" for k in (1, 2, 3, *range(6, 17))), *(f"A{k}" for k in range(1, 6))]
    assert not [k for k in numbers if f"figures/santos2024/fig{k}.png" not in text]


def test_shipped_weights_need_no_training_images(tmp_path):
    found, _ = planned(tmp_path, "seed: 1", GENERATOR, scale=None)
    assert "santos2024_gan" not in found and "santos2024_prior" not in found


def test_a_users_images_are_learned(tmp_path):
    (tmp_path / "own.nc").touch()
    config = "santos2024: {weights: train, prior: {own: own.nc}}"
    found, text = planned(tmp_path, config, ASSESSMENT, scale=None)
    assert found["santos2024_gan"] == found["santos2024_prior"] == 1 and "own.nc" in text
