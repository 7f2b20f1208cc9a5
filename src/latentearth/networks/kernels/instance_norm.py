"""Instance normalisation with its ReLU in one pass, for maps whose channels lie side by side.

Torch normalises by reordering bfloat16 maps to float32 planes and back, which takes longer than
the convolutions of a small network on a processor with matrix instructions. Here one compiled
loop reads a map twice and writes it once; the way back does the same with the gradient. Means
and variances are float32. (No scale or shift: the networks of Lopez-Alvis et al. 2021 have none.)
"""

from __future__ import annotations

import numba
import numpy as np
import torch
from torch.nn import functional

from latentearth.networks.kernels.bits import narrow, widen

_EPSILON = np.float32(1e-5)  # added to the variance, torch's default
_FAST = {"contract", "reassoc", "arcp"}  # not `nnan`: a NaN must stay one


@numba.njit(inline="always")
def _bent(value, slope):
    """Leaky ReLU of a block of a map, in place; a slope of 1 leaves it as it is."""
    for i in range(value.size):
        value[i] *= np.float32(1) if value[i] > np.float32(0) else slope


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=_FAST)
def _forward(x, y, mean, scale, slope, after):
    """Normalise x (map, point, channel) uint16 to y; mean, scale: (map, channel) float32.

    A leaky ReLU of a slope comes before it; after it come the positive values as they are and
    the negative ones times `after`.
    """
    for m in numba.prange(len(x)):
        points, channels = x.shape[1:]
        word = np.empty(channels, np.uint32)
        value = word.view(np.float32)
        total, square = np.zeros(channels, np.float32), np.zeros(channels, np.float32)
        for p in range(points):
            widen(x[m, p], word)
            _bent(value, slope)
            for c in range(channels):
                total[c] += value[c]
        for c in range(channels):
            mean[m, c] = total[c] / np.float32(points)
        for p in range(points):
            widen(x[m, p], word)
            _bent(value, slope)
            for c in range(channels):
                difference = value[c] - mean[m, c]
                square[c] += difference * difference
        for c in range(channels):
            scale[m, c] = np.float32(1) / np.sqrt(square[c] / np.float32(points) + _EPSILON)
        for p in range(points):
            widen(x[m, p], word)
            _bent(value, slope)
            for c in range(channels):
                v = (value[c] - mean[m, c]) * scale[m, c]
                value[c] = after * v if v < np.float32(0) else v
            narrow(word, y[m, p])


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=_FAST)
def _backward(x, grad, mean, scale, slope, after, out):
    """Gradient (map, point, channel) uint16 with respect to x, from the one of the result.

    With b the bent x, n = (b - mean) scale and g the gradient with respect to n:
    out = b'(x) scale (g - average of g - n average of g n).
    """
    for m in numba.prange(len(x)):
        points, channels = x.shape[1:]
        word, slopes = np.empty(channels, np.uint32), np.empty(channels, np.uint32)
        value, g = word.view(np.float32), slopes.view(np.float32)
        first, second = np.zeros(channels, np.float32), np.zeros(channels, np.float32)
        for p in range(points):
            widen(x[m, p], word)
            widen(grad[m, p], slopes)
            _bent(value, slope)
            for c in range(channels):
                n = (value[c] - mean[m, c]) * scale[m, c]
                kept = g[c] if n > np.float32(0) else after * g[c]
                first[c] += kept
                second[c] += kept * n
        for c in range(channels):
            first[c] /= np.float32(points)
            second[c] /= np.float32(points)
        for p in range(points):
            widen(x[m, p], word)
            widen(grad[m, p], slopes)
            for c in range(channels):
                bend = np.float32(1) if value[c] > np.float32(0) else slope
                n = (value[c] * bend - mean[m, c]) * scale[m, c]
                kept = g[c] if n > np.float32(0) else after * g[c]
                g[c] = bend * scale[m, c] * (kept - first[c] - n * second[c])
            narrow(slopes, out[m, p])


def _bits(maps: torch.Tensor) -> np.ndarray:
    """Bits of maps (map, channel, row, column) as (map, point, channel) uint16, same memory."""
    points = maps.permute(0, 2, 3, 1).reshape(len(maps), -1, maps.shape[1])
    return points.detach().view(torch.int16).numpy().view(np.uint16)


class _Normalise(torch.autograd.Function):
    """The compiled pass; x: (map, channel, row, column) bfloat16, channels last."""

    @staticmethod
    def forward(ctx, x, before, after):
        """Bend, normalise, bend."""
        x = x.contiguous(memory_format=torch.channels_last)
        y = torch.empty_like(x, memory_format=torch.channels_last)
        mean, scale = torch.empty(2, *x.shape[:2], dtype=torch.float32)
        ctx.bends = np.float32(before), np.float32(after)
        _forward(_bits(x), _bits(y), mean.numpy(), scale.numpy(), *ctx.bends)
        ctx.save_for_backward(x, mean, scale)
        return y

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        """The way back; only first derivatives."""
        x, mean, scale = ctx.saved_tensors
        grad = grad.contiguous(memory_format=torch.channels_last)
        out = torch.empty_like(x, memory_format=torch.channels_last)
        _backward(_bits(x), _bits(grad), mean.numpy(), scale.numpy(), *ctx.bends, _bits(out))
        return out, None, None


def norm_relu(maps: torch.Tensor) -> torch.Tensor:
    """Normalise every channel of every map over its points to mean 0 and variance 1; rectify.

    Parameters
    ----------
    maps
        (map, channel, row, column), any type and device. Maps of bfloat16 on the CPU take the
        compiled pass, others torch's.

    Returns
    -------
    torch.Tensor
        Of the same shape and type, not negative.
    """
    if maps.dtype == torch.bfloat16 and maps.device.type == "cpu":
        return _Normalise.apply(maps, 1.0, 0.0)
    return functional.relu(functional.instance_norm(maps))


def relu_norm(maps: torch.Tensor, slope: float = 0.0) -> torch.Tensor:
    """The other way round: leaky ReLU of a slope, then normalise; see :func:`norm_relu`."""
    if maps.dtype == torch.bfloat16 and maps.device.type == "cpu":
        return _Normalise.apply(maps, slope, 1.0)
    return functional.instance_norm(functional.leaky_relu(maps, slope))
