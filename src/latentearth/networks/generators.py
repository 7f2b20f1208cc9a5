"""Trained generators from their files, ready for inversion: the VAE's decoder or the SGAN.

A generator maps latent vectors (batch, latent) to models (batch, 129, 65) in [0, 1], float32, and
is differentiable in the vectors, while its weights are fixed.
"""

from __future__ import annotations

import copy
import os
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from latentearth import io
from latentearth.networks import sgan, vae, weights
from latentearth.networks.kernels.precision import Products, rounds

_NO_SEED = np.random.SeedSequence(0)  # first weights are replaced at once
ARCHITECTURES = ("vae", "sgan")


class TrainedGenerator(nn.Module):
    """A generator with fixed weights.

    Parameters
    ----------
    network
        The decoder of a VAE or the generator of an SGAN, on its device.
    kind
        ``vae`` or ``sgan``.

    Attributes
    ----------
    kind, latent
        What it is, and the length of a latent vector.
    """

    def __init__(self, network: vae.Decoder | sgan.Generator, kind: str):
        super().__init__()
        self.network, self.kind = network.eval().fixed(), kind
        self.latent: int = network.latent
        self._rounded: vae.Decoder | sgan.Generator | None = None

    def forward(self, latent: Tensor, products: Products = "float32") -> Tensor:
        """Map latent vectors (batch, latent) to models (batch, 129, 65) in [0, 1], float32.

        With products in bfloat16 it is, on processors with matrix instructions,
        three times as fast, with errors of some 0.01 at the edges of channels.
        """
        if not rounds(latent.device, products):
            return self.network(latent)
        if self._rounded is None:  # once: autocast would round the weights at every call
            self._rounded = _rounded(self.network)
        return self._rounded(latent)

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """Draw latent vectors of the prior, (count, latent) float32.

        They are standard normal for the VAE and uniform on (-1, 1) for the SGAN.
        """
        rng = np.random.default_rng(seed)
        shape = count, self.latent
        drawn = rng.standard_normal(shape) if self.kind == "vae" else rng.uniform(-1, 1, shape)
        return drawn.astype(np.float32)

    @torch.no_grad()
    def samples(self, count: int, seed: np.random.SeedSequence, block: int = 100) -> np.ndarray:
        """Models of latent vectors of the prior, (count, 129, 65) float32; on the CPU."""
        codes = torch.from_numpy(self.draw(count, seed))
        return np.concatenate([self(part).numpy() for part in codes.split(block)])


def _rounded(network: vae.Decoder | sgan.Generator) -> vae.Decoder | sgan.Generator:
    """The same with convolutions in bfloat16."""
    found = copy.deepcopy(network)
    for layer in found.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            layer.to(torch.bfloat16)
    return found


def load(
    path: str | os.PathLike, card: str | os.PathLike, device: torch.device | str = "cpu"
) -> TrainedGenerator:
    """Read a generator.

    Parameters
    ----------
    path, card
        Safetensors file and its card, whose ``architecture`` is ``vae`` or ``sgan``.
    device
        Where it will work.

    Raises
    ------
    latentearth.io.InputError
        If the card names another architecture, or the file does not fit it.
    """
    content = io.read_json(card)
    kind = content.get("architecture")
    network: vae.Decoder | sgan.Generator
    if kind == "vae":
        network, name = vae.Decoder(_NO_SEED, content["latent"], _width(content)), "decoder"
    elif kind == "sgan":
        network, name = sgan.Generator(_NO_SEED, content["width"]), "generator"
    else:
        raise io.InputError(card, "architecture", kind, " or ".join(ARCHITECTURES))
    weights.load_into(path, name, network)
    return TrainedGenerator(network.to(device), kind)


def load_encoder(
    path: str | os.PathLike, card: str | os.PathLike, device: torch.device | str = "cpu"
) -> vae.Encoder:
    """Read the encoder of a VAE, with fixed weights; see :func:`load`.

    It maps models (batch, 129, 65) to the means and log-variances of codes, (batch, latent).
    """
    content = io.read_json(card)
    if content.get("architecture") != "vae":
        raise io.InputError(card, "architecture", content.get("architecture"), "vae")
    encoder = vae.Encoder(_NO_SEED, content["latent"], _width(content))
    weights.load_into(path, "encoder", encoder)
    return encoder.to(device).eval().requires_grad_(False)


def _width(card: dict[str, Any]) -> int:
    """Channels next to the image of a VAE; where its card says nothing, as many as the paper's."""
    return card.get("width", vae.VAE_WIDTH)


def load_vae(
    path: str | os.PathLike, latent: int, width: int = vae.VAE_WIDTH
) -> tuple[vae.Encoder, vae.Decoder]:
    """Read both networks of a VAE with codes of length `latent`, to train them further."""
    encoder, decoder = vae.Encoder(_NO_SEED, latent, width), vae.Decoder(_NO_SEED, latent, width)
    weights.load_into(path, "encoder", encoder)
    weights.load_into(path, "decoder", decoder)
    return encoder, decoder
