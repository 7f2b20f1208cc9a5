"""Training image and networks of Lopez-Alvis et al. (2021) in the DAG: what the config changes."""

import os

import pytest
from PIL import Image
from runs import ROOT, jobs, snakemake

TABLE = "results/lopez_alvis2021/table_networks.csv"


def there(image):
    """How many networks of a training image come with the project."""
    return len(list((ROOT / "data/weights/lopez_alvis2021").glob(f"*_{image}.safetensors")))


def test_networks_are_trained_by_one_key_and_shipped_by_the_other(tmp_path):
    trained = jobs(tmp_path, "lopez_alvis2021: {weights: train}", TABLE)
    assert trained["lopez_alvis2021_vae"] == trained["lopez_alvis2021_sgan"] == 1
    assert "lopez_alvis2021_shipped" not in trained
    shipped = jobs(tmp_path, "lopez_alvis2021: {weights: shipped}", TABLE)
    assert shipped["lopez_alvis2021_shipped"] == there("embedded")
    assert "lopez_alvis2021_vae" not in shipped
    # a network that does not come with the project is trained
    assert shipped["lopez_alvis2021_sgan"] == 2 - there("embedded")


def test_the_published_image_and_its_weights_take_the_place_of_ours(tmp_path):
    config = "data: {published: true}\nlopez_alvis2021: {weights: shipped}"
    found = jobs(tmp_path, config, TABLE)
    assert found["fetch_published"] == 1 and "lopez_alvis2021_vae" not in found
    assert found["lopez_alvis2021_shipped"] == there("published")


def test_a_users_image_is_used_and_no_published_one_fetched(tmp_path):
    Image.new("L", (700, 700)).save(tmp_path / "own.png")
    config = "data: {published: true}\nlopez_alvis2021: {training_image: {file: own.png}}"
    found = jobs(tmp_path, config, "results/lopez_alvis2021/vae.safetensors")
    assert "fetch_published" not in found and found["lopez_alvis2021_vae"] == 1


def test_a_start_that_comes_with_the_project_is_found_from_any_folder(tmp_path):
    start = "data/weights/lopez_alvis2021/vae_embedded.safetensors"
    config = f"lopez_alvis2021: {{weights: train, vae: {{start: {start}}}}}"
    found = jobs(tmp_path, config, "results/lopez_alvis2021/vae.safetensors")
    assert found["lopez_alvis2021_vae"] == 1


def test_shipped_weights_do_not_go_with_another_image(tmp_path):
    run = snakemake(
        tmp_path,
        "lopez_alvis2021: {weights: shipped}",  # the smoke scale's image is smaller
        "--",
        "results/lopez_alvis2021/vae.safetensors",
    )
    assert run.returncode != 0
    log = (tmp_path / "logs/lopez_alvis2021/shipped_vae.log").read_text()
    assert "training_image: found" in log and "weights: train" in log


@pytest.mark.published
@pytest.mark.skipif("LATENTEARTH_MIRROR" not in os.environ, reason="LATENTEARTH_MIRROR is not set")
def test_published_truths_lie_where_we_leave_them_out(tmp_path):
    """The authors' mc1 to mc3 are the crops of their image at the corners in the config."""
    import numpy as np
    import xarray as xr

    files = [f"data/published/jlalvis/VAE_SGD/test_models/mc{n}.npy" for n in (1, 2, 3)]
    target = "results/lopez_alvis2021/training_image.nc"
    run = snakemake(tmp_path, "data: {published: true}", "--", target, *files)
    assert run.returncode == 0, run.stderr[-3000:]
    image = xr.open_dataset(tmp_path / target)
    corners = zip(image.truth_row.values, image.truth_column.values, strict=True)
    for (row, column), file in zip(corners, files, strict=True):
        ours = image.facies.values[row : row + 129, column : column + 65]
        np.testing.assert_array_equal(ours, np.load(tmp_path / file).reshape(129, 65))
