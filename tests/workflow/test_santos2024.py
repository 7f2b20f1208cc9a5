"""Stirring and generator of Santos et al. (2024) in the DAG: what the config changes in it."""

import subprocess
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATOR = "results/santos2024/generator/generator.safetensors"
ASSESSMENT = "results/santos2024/generator/assessment.nc"


def dry_run(folder, config, *targets):
    """What a run at the laptop scale would do, as jobs by rule and as text; nothing is run."""
    more = folder / "more.yaml"
    more.write_text(config)
    command = ["snakemake", "-n", "--quiet", "host", "--snakefile", ROOT / "Snakefile"]
    command += ["--directory", folder, "--cores", "1", "--configfile", more, "--", *targets]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    rows = (line.split() for line in run.stdout.splitlines())
    return Counter({r[0]: int(r[1]) for r in rows if len(r) == 2 and r[1].isdigit()}), run.stdout


def test_the_laptop_scale_takes_the_shipped_generator_and_makes_every_figure(tmp_path):
    found, text = dry_run(tmp_path, "seed: 1", "santos2024")
    assert "santos2024_gan" not in found
    assert found["santos2024_generator"] == found["santos2024_prior"] == 1
    numbers = [*(f"{k:02d}" for k in (1, 2, 3, *range(6, 17))), *(f"A{k}" for k in range(1, 6))]
    assert not [k for k in numbers if f"figures/santos2024/fig{k}.png" not in text]


def test_shipped_weights_need_no_training_images(tmp_path):
    found, _ = dry_run(tmp_path, "seed: 1", GENERATOR)
    assert "santos2024_gan" not in found and "santos2024_prior" not in found


def test_a_users_images_are_learned(tmp_path):
    (tmp_path / "own.nc").touch()
    config = "santos2024: {weights: train, prior: {own: own.nc}}"
    found, text = dry_run(tmp_path, config, ASSESSMENT)
    assert found["santos2024_gan"] == found["santos2024_prior"] == 1 and "own.nc" in text
