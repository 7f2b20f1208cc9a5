"""Put a generator that the workflow trained, with its card and scores, into data/weights.

For maintainers. After a run with `santos2024: {weights: train}`:

    PYTHONPATH=workflow python data/ship_santos2024.py results/santos2024 data/weights/santos2024

The weights stay in float32: half precision would change pixels by up to 0.006.
"""

import argparse
import shutil
from pathlib import Path

import xarray as xr
from latentearth import io
from latentearth.networks.shipped import checksum
from latentearth.networks.wgan_gp import load_generator

PAPER = {"steps": 7904, "critic_batches": 39520, "critic_steps": 5, "batch": 64, "width": 32}
SCORES = ("slope", "binarity", "precision", "recall", "density", "coverage", "sliced_wasserstein")


def scores(path: Path) -> dict:
    """Scores of an assessment by name and by what they are of."""
    with xr.open_dataset(path) as found:
        result = {name: found[name].to_series().to_dict() for name in SCORES}
        nearest = found["nearest"]
        result["nearest_mean"] = nearest.mean("number").to_series().to_dict()
        result["nearest_least"] = nearest.min("number").to_series().to_dict()
    return {k: {n: round(float(v), 4) for n, v in d.items()} for k, d in result.items()}


def main() -> None:
    """Copy the weights; complete their card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="results/santos2024 of a run")
    parser.add_argument("target", type=Path, help="data/weights/santos2024")
    given = parser.parse_args()
    weights, card = (given.results / "gan" / f"generator.{s}" for s in ("safetensors", "json"))
    load_generator(weights, card)  # whole, and of the card's architecture
    found = io.read_json(card)
    found["paper"] = PAPER
    found["near_to_paper"] = (
        f"{found['critic_batches']} of {PAPER['critic_batches']} batches of the critic, "
        f"{found['steps']} of {PAPER['steps']} steps of the generator, width "
        f"{found['architecture']['width']} of {PAPER['width']}"
    )
    assessment = given.results / "generator" / "assessment.nc"
    if assessment.is_file():
        found["scores"] = scores(assessment)
    given.target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(weights, given.target / "generator.safetensors")
    found["sha256"] = checksum(given.target / "generator.safetensors")
    io.write_json(given.target / "generator.json", found)
    print(f"{given.target}: {found['near_to_paper']}")


if __name__ == "__main__":
    main()
