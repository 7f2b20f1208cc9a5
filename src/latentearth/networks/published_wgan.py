"""The published generators of Scheiter et al. (2022), section 4.4, as one stack of ours."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

import numpy as np
import torch

from latentearth.networks.mlp_gan import MLP


def stack_generators(
    modules: Sequence[tuple[Mapping[str, np.ndarray], Mapping[str, Mapping]]],
) -> MLP:
    """Build one stack from the generators of several published WGANs.

    Parameters
    ----------
    modules
        For each network what :func:`latentearth.unpickle.load_module_arrays` gives: the arrays
        ``gen.model.<k>.weight`` (output, input) and ``gen.model.<k>.bias``, and the layers, whose
        dropout and leaky ReLU must be alike in all networks.

    Returns
    -------
    MLP
        Makes Vs - 7.0 km/s at the points of each patch, in the order of the spiral.

    Raises
    ------
    ValueError
        If a network is no chain of fully connected layers, or differs in what a stack shares.
    """
    networks = [_chain(*module) for module in modules]
    if len(shared := {(slope, drop) for _, slope, drop in networks}) != 1:
        raise ValueError(f"networks of one stack share slope and dropout, but found {shared}")
    chains = [chain for chain, _, _ in networks]
    widths = [(chain[0][0].shape[1], *(len(bias) for _, bias in chain)) for chain in chains]
    if len({w[1:-1] for w in widths}) != 1:
        raise ValueError(f"networks of one stack share their hidden widths, but found {widths}")
    seeds = [np.random.SeedSequence(0)] * len(chains)  # the weights are replaced at once
    stack = MLP(widths, seeds, *shared.pop())
    with torch.no_grad():
        for net, chain in enumerate(chains):
            for layer, (weight, bias) in enumerate(chain):
                n_out, n_in = weight.shape
                stack.weights[layer][net, :n_in, :n_out] = torch.from_numpy(weight.T.copy())
                stack.biases[layer][net, 0, :n_out] = torch.from_numpy(bias.copy())
    return stack


def _chain(
    arrays: Mapping[str, np.ndarray], layers: Mapping[str, Mapping]
) -> tuple[list[tuple[np.ndarray, np.ndarray]], float, float]:
    """Weights and biases of the layers of one generator in order, its slope and its dropout."""
    names = sorted(
        (name for name in arrays if re.fullmatch(r"gen\.model\.\d+\.weight", name)),
        key=lambda name: int(name.split(".")[2]),
    )
    chain = [(arrays[name], arrays[name.replace("weight", "bias")]) for name in names]
    fits = all(a[0].shape[0] == b[0].shape[1] for a, b in itertools.pairwise(chain))
    inner = [layer for name, layer in layers.items() if name.startswith("gen.model.")]
    slopes = {layer["negative_slope"] for layer in inner if layer["class"] == "LeakyReLU"}
    drops = {layer["p"] for layer in inner if layer["class"] == "Dropout"}
    if len(chain) < 2 or not fits or len(slopes) != 1 or len(drops) > 1:
        raise ValueError(
            f"a generator of layers {[w.shape for w, _ in chain]} with slopes {slopes} and "
            f"dropout {drops or 'none'}: not a chain with one slope and one dropout"
        )
    return chain, slopes.pop(), drops.pop() if drops else 0.0
