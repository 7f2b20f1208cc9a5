"""The layers of a network as a table: what papers print, read off the network that is used."""

from __future__ import annotations

from torch import nn


def convolutions(net: nn.Module) -> list[dict[str, float]]:
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
        of a bias, 0 without any; the slope of a leaky ReLU that follows before the next
        convolution, 0 without one.
    """
    found: list[dict[str, float]] = []
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
                    "slope": 0.0,
                }
            )
        elif isinstance(layer, nn.LeakyReLU):
            found[-1]["slope"] = layer.negative_slope
    return found
