"""For maintainers: take a trained network and its card into the folder of shipped weights.

    python data/weights/ship.py results/lopez_alvis2021/vae \
        data/weights/lopez_alvis2021/vae_embedded

reads vae.safetensors and vae.json and writes vae_embedded.safetensors and vae_embedded.json, and
copies the curve of learning, vae_curve.csv, if there is one. Half
the precision halves the file; models of a generator change by less than 0.002 (tested). Pixels of
the marble cakes would change by up to 0.006, so that theirs stays whole:

    python data/weights/ship.py --precision float32 \
        --assessment results/santos2024/generator/assessment.nc \
        results/santos2024/gan/generator data/weights/santos2024/generator
"""

import argparse
import shutil
from pathlib import Path

import torch
import xarray as xr
from safetensors.torch import load_file, save_file

from latentearth import io
from latentearth.networks.weights import file_checksum

SCORES = ("slope", "binarity", "precision", "recall", "density", "coverage", "sliced_wasserstein")


def scores(path: str) -> dict:
    """Scores of a generator's assessment, by name and by the images that they are of."""
    with xr.open_dataset(path) as found:
        series = {name: found[name].to_series() for name in SCORES}
        nearest = found["nearest"]
        series["nearest_mean"] = nearest.mean("number").to_series()
        series["nearest_least"] = nearest.min("number").to_series()
    return {
        name: {kind: round(float(value), 4) for kind, value in of.items()}
        for name, of in series.items()
    }


def ship(source: str, destination: str, precision: str, assessment: str | None) -> None:
    """Write the weights of `source` and their card, both without suffix, to `destination`."""
    tensors = load_file(f"{source}.safetensors")
    if any(not tensor.isfinite().all() for tensor in tensors.values()):
        raise SystemExit(f"{source}.safetensors holds numbers that are not finite")
    kind, target = getattr(torch, precision), Path(f"{destination}.safetensors")
    with io.atomic(target) as temporary:
        save_file({name: tensor.to(kind) for name, tensor in tensors.items()}, temporary)
    card = io.read_json(f"{source}.json") | {
        "stored_as": precision,
        "sha256": file_checksum(target),
    }
    if assessment:
        card["scores"] = scores(assessment)
    io.write_json(f"{destination}.json", card)
    if Path(curve := f"{source}_curve.csv").exists():
        shutil.copyfile(curve, f"{destination}_curve.csv")
    print(f"{target.name}: {target.stat().st_size:,} bytes. {card.get('near_to_paper', '')}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", help="a file of weights and its card, without suffix")
    parser.add_argument("destination", help="the same in data/weights")
    parser.add_argument("--precision", choices=("float16", "float32"), default="float16")
    parser.add_argument("--assessment", help="scores of a generator of images, for its card")
    ship(**vars(parser.parse_args()))
