"""Stirring and generator of Santos et al. (2024) in the DAG: what the config changes in it."""

import numpy as np
from PIL import Image
from runs import jobs, planned, snakemake

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


def test_a_picture_that_is_painted_over_makes_the_prior_anew(tmp_path):
    """Same name, same folder: only the time of the picture itself tells."""
    folder = tmp_path / "images"
    folder.mkdir()
    rows = np.random.default_rng(0).integers(4, 20, 300)
    for k, row in enumerate(rows):
        pixels = np.where(np.arange(32)[:, None] < row, 255, 0) * np.ones((1, 32))
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{k:03d}.png")
    prior, config = (
        "results/santos2024/prior/images.nc",
        f"santos2024: {{prior: {{own: {folder}}}}}",
    )
    done = snakemake(tmp_path, config, "--", prior)
    assert done.returncode == 0, done.stderr
    assert not jobs(tmp_path, config, prior)
    Image.fromarray(np.zeros((32, 32), np.uint8)).save(folder / "007.png")
    assert jobs(tmp_path, config, prior)["santos2024_prior"] == 1
