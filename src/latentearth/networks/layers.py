"""The layers of a network as a table: what papers print, read off the network that is used."""

from __future__ import annotations

from torch import nn


def convolutions(net: nn.Module) -> list[dict[str, float | str]]:
    """Describe the convolutions of a network in their order.

    Parameters
    ----------
    net
        A network of square kernels with a first weight each.

    Returns
    -------
    list of dict
        Per layer the numbers of channels ``in`` and ``out``; ``kernel``, ``stride`` and
        ``padding`` (cells); mean and standard deviation of the present weights; the largest size
        of a bias, 0 without any; and of what follows before the next convolution, ``batch_norm``
        (yes or no), the ``activation`` (the class, "" without one), the ``slope`` of a leaky ReLU.
    """
    found: list[dict[str, float | str]] = []
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            weight = layer.weight.detach().double()
            found.append(
                {
                    "in": layer.in_channels,
                    "out": layer.out_channels,
                    "kernel": layer.kernel_size[0],
                    "stride": layer.stride[0],
                    "padding": int(layer.padding[0]),
                    "weight_mean": float(weight.mean()),
                    "weight_deviation": float(weight.std()),
                    "bias": 0.0 if layer.bias is None else float(layer.bias.detach().abs().max()),
                    "batch_norm": "no",
                    "activation": "",
                    "slope": 0.0,
                }
            )
        elif isinstance(layer, nn.BatchNorm2d):
            found[-1]["batch_norm"] = "yes"
        elif isinstance(layer, nn.ReLU | nn.LeakyReLU | nn.Tanh):
            found[-1]["activation"] = type(layer).__name__
            found[-1]["slope"] = getattr(layer, "negative_slope", 0.0)
    return found
