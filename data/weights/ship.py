"""For maintainers: take a trained network into the folder of shipped weights, as float16.

    python data/weights/ship.py results/lopez_alvis2021/vae \
        data/weights/lopez_alvis2021/vae_embedded

reads vae.safetensors and vae.json and writes vae_embedded.safetensors and vae_embedded.json. Half
the precision halves the file; models of a generator change by less than 0.002 (tested).
"""

import sys
from pathlib import Path

import torch
from latentearth import io
from safetensors.torch import load_file, save_file


def ship(source: str, destination: str) -> None:
    """Write the weights of `source` and their card, both without suffix, to `destination`."""
    tensors = load_file(f"{source}.safetensors")
    if any(not tensor.isfinite().all() for tensor in tensors.values()):
        raise SystemExit(f"{source}.safetensors holds numbers that are not finite")
    with io.atomic(f"{destination}.safetensors") as temporary:
        save_file({name: tensor.to(torch.float16) for name, tensor in tensors.items()}, temporary)
    card = io.read_json(f"{source}.json") | {"stored_as": "float16"}
    io.write_json(f"{destination}.json", card)
    print(f"{Path(destination).name}: {Path(f'{destination}.safetensors').stat().st_size:,} bytes")


if __name__ == "__main__":
    ship(*sys.argv[1:3])
