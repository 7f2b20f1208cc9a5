"""The curve of the VAE's learning, and trainings that go on from shipped weights."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from latentearth.earth import channels
from latentearth.earth.training_images import TrainingImage
from latentearth.inversion import crosshole_survey
from support import vae_learning
from support.config import validate

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "data" / "weights" / "lopez_alvis2021"
IMAGE = channels.draw_image(channels.Channels(rows=400, columns=200), np.random.SeedSequence(1))


def merge(base, over):
    """Nested update, as Snakemake does with --configfile."""
    result = dict(base)
    for key, value in over.items():
        result[key] = merge(base.get(key, {}), value) if isinstance(value, dict) else value
    return result


def test_scores_are_those_of_the_truths_encoded_and_decoded():
    """With a code that is the model itself, and a decoder that makes half of it."""
    image = TrainingImage(IMAGE, [(0, 0)], 135, "{}")
    truths = np.stack([IMAGE[k : k + 129, k : k + 65] for k in range(6)])
    depths = np.arange(1.0, 12.0, 5.0)
    survey = crosshole_survey.between_boreholes(depths, (0.01, 6.49), (0.0, 6.5))
    operator, velocities = crosshole_survey.straight(survey), (0.06, 0.08)
    score = vae_learning.VaeScores(
        image, 1, 4, 1.0, operator, velocities, complexity=[0.1, 0.5, 0.9], published=truths
    )
    found = score(
        lambda models: (models.flatten(1), torch.full((len(models), 8385), -60.0)),
        lambda codes: codes.view(-1, 129, 65) / 2,
    )
    half = np.sqrt((truths.astype(float) ** 2).mean((1, 2))) / 2
    times = [crosshole_survey.times(operator, m, velocities) for m in (truths, truths / 2)]
    for k, name in enumerate(("mc1", "mc2", "mc3", "mv1", "mv2", "mv3")):
        assert found[f"model_rmse_{name}"] == pytest.approx(half[k], rel=1e-5)  # float32
        data = np.sqrt(np.mean((times[1][k] - times[0][k]) ** 2))
        assert data > 1 and found[f"data_rmse_ns_{name}"] == pytest.approx(data, rel=1e-4)
    assert found["model_rmse"] > 0.1 and found["error"] == pytest.approx(
        found["error_of_mean"], rel=1e-4
    )


def test_a_training_that_goes_on_counts_what_was_before_with_the_same_image(tmp_path):
    start = tmp_path / "vae.safetensors"
    origin = {"kind": "embedded"}
    card = {"training_image": origin, "samples": 400, "cpu_seconds": 7.0, "started_from": "nothing"}
    start.with_suffix(".json").write_text(json.dumps(card))
    pd.DataFrame([{"samples": 400.0, "cpu_s": 7.0, "error": 9.0}]).to_csv(
        tmp_path / "vae_curve.csv", index=False
    )
    rows = [{"step": 3, "cpu_s": 1.0, "error": 8.0}]
    same = vae_learning.Before(str(start), origin)
    assert same.samples == 400 and "400 crops of the embedded image" in same.started_from
    assert same.followed_by(rows, 10) == [
        {"samples": 400.0, "cpu_s": 7.0, "error": 9.0},
        {"samples": 430, "cpu_s": 8.0, "error": 8.0},
    ]
    other = vae_learning.Before(str(start), {"kind": "own"})
    assert other.samples == 0 and other.followed_by(rows, 10)[0]["samples"] == 30
    assert vae_learning.Before(None, origin).started_from == "random weights"


@pytest.mark.parametrize("name", ["embedded", "published", "gpu"])
def test_configs_that_train_shipped_weights_further_are_valid(name):
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    first = "published" if name == "gpu" else name
    for file in (first, name):
        raw = merge(raw, yaml.safe_load((SHIPPED / "further" / f"{file}.yaml").read_text()))
    vae = validate(raw).lopez_alvis2021.vae
    assert (ROOT / vae.start).name == f"vae_{first}.safetensors" and (ROOT / vae.start).exists()
    assert vae.warm_up + vae.cool_down == vae.steps  # the rate ends at nothing


def test_the_page_of_the_decision_has_the_curve_that_is_shipped(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "data" / "weights"))
    import learning

    page = (ROOT / "docs" / "decisions" / "vae.md").read_text()
    curve = learning.read(SHIPPED / "vae_embedded_curve.csv")
    assert all(line in page for line in learning.table(curve).splitlines())
    card = json.loads((SHIPPED / "vae_embedded.json").read_text())
    assert curve.samples.iloc[-1] == card["samples"]
    assert curve.error.iloc[-1] == pytest.approx(card["held_out"]["error"])
