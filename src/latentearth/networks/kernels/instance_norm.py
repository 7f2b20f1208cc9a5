"""Instance normalisation with its ReLU in one pass, for maps whose channels lie side by side.

Torch normalises by reordering maps to float32 planes and back, which takes as long as the
convolutions of a small network, on a processor with matrix instructions longer. Here one compiled
loop reads a map of bfloat16 or float32 numbers three times and writes it once; the way back does
the same with the gradient. Means and variances are float32. (No scale or shift: the networks of
Lopez-Alvis et al. 2021 have none.)
"""

from __future__ import annotations

import numba
import numpy as np
import torch
from torch.nn import functional

from latentearth.networks.kernels.bits import narrow, widen

_EPSILON = np.float32(1e-5)  # added to the variance, torch's default
_BLOCK = 64  # points whose sum is added to that of all: less is lost of float32 sums
_FAST = {"contract", "reassoc", "arcp"}  # not `nnan`: a NaN must stay one


@numba.njit(inline="always")
def _bent(value, slope):
    """Leaky ReLU of a block of a map, in place; a slope of 1 leaves it as it is."""
    for i in range(value.size):
        value[i] *= np.float32(1) if value[i] > np.float32(0) else slope


@numba.njit(inline="always")
def _add(part, total, p, points):
    """Add the sum of a block to that of all, in place, where the block ends."""
    if p % _BLOCK == _BLOCK - 1 or p == points - 1:
        for c in range(part.size):
            total[c] += part[c]
            part[c] = np.float32(0)


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=_FAST)
def _forward(x, y, mean, scale, slope, after):
    """Normalise x (map, point, channel), bits, to y; mean, scale: (map, channel) float32.

    A leaky ReLU of a slope comes before it; after it come the positive values as they are and
    the negative ones times `after`.
    """
    for m in numba.prange(len(x)):
        points, channels = x.shape[1:]
        word = np.empty(channels, np.uint32)
        value = word.view(np.float32)
        total, square, part = np.zeros((3, channels), np.float32)
        for p in range(points):
            widen(x[m, p], word)
            _bent(value, slope)
            for c in range(channels):
                part[c] += value[c]
            _add(part, total, p, points)
        for c in range(channels):
            mean[m, c] = total[c] / np.float32(points)
        for p in range(points):
            widen(x[m, p], word)
            _bent(value, slope)
            for c in range(channels):
                difference = value[c] - mean[m, c]
                part[c] += difference * difference
            _add(part, square, p, points)
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
    """Gradient (map, point, channel), bits, with respect to x, from the one of the result.

    With b the bent x, n = (b - mean) scale and g the gradient with respect to n:
    out = b'(x) scale (g - average of g - n average of g n).
    """
    for m in numba.prange(len(x)):
        points, channels = x.shape[1:]
        word, slopes = np.empty(channels, np.uint32), np.empty(channels, np.uint32)
        value, g = word.view(np.float32), slopes.view(np.float32)
        first, second, part, other = np.zeros((4, channels), np.float32)
        for p in range(points):
            widen(x[m, p], word)
            widen(grad[m, p], slopes)
            _bent(value, slope)
            for c in range(channels):
                n = (value[c] - mean[m, c]) * scale[m, c]
                kept = g[c] if n > np.float32(0) else after * g[c]
                part[c] += kept
                other[c] += kept * n
            _add(part, first, p, points)
            _add(other, second, p, points)
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


_WORDS = {torch.bfloat16: (torch.int16, np.uint16), torch.float32: (torch.int32, np.uint32)}


def _bits(maps: torch.Tensor) -> np.ndarray:
    """Bits of maps (map, channel, row, column) as (map, point, channel), in the same memory."""
    signed, word = _WORDS[maps.dtype]
    points = maps.permute(0, 2, 3, 1).reshape(len(maps), -1, maps.shape[1])
    return points.detach().view(signed).numpy().view(word)


def _plain(x: torch.Tensor, before: float, after: float) -> torch.Tensor:
    """The same by torch: leaky ReLUs of two slopes about the normalisation."""
    bent = x if before == 1 else functional.leaky_relu(x, before)
    normal = functional.instance_norm(bent, eps=float(_EPSILON))
    return normal if after == 1 else functional.leaky_relu(normal, after)


class _Normalise(torch.autograd.Function):
    """The compiled pass over maps (map, channel, row, column)."""

    @staticmethod
    def forward(ctx, maps, before, after):
        """Bend, normalise, bend."""
        x = maps.contiguous(memory_format=torch.channels_last)
        y = torch.empty_like(x, memory_format=torch.channels_last)
        mean, scale = torch.empty(2, *x.shape[:2], dtype=torch.float32)
        ctx.bends = before, after
        _forward(_bits(x), _bits(y), mean.numpy(), scale.numpy(), *map(np.float32, ctx.bends))
        ctx.save_for_backward(maps, mean, scale)  # not x, which has no history
        return y

    @staticmethod
    def backward(ctx, grad):
        """The way back; by torch where that is to be derived once more."""
        maps, mean, scale = ctx.saved_tensors
        if torch.is_grad_enabled():
            y = _plain(maps, *ctx.bends)
            return *torch.autograd.grad(y, maps, grad, create_graph=True), None, None
        x = maps.contiguous(memory_format=torch.channels_last)
        grad = grad.contiguous(memory_format=torch.channels_last)
        out = torch.empty_like(x, memory_format=torch.channels_last)
        bends = map(np.float32, ctx.bends)
        _backward(_bits(x), _bits(grad), mean.numpy(), scale.numpy(), *bends, _bits(out))
        return out, None, None


def _normalise(maps: torch.Tensor, before: float, after: float) -> torch.Tensor:
    """Bend, normalise, bend: compiled where the kind of numbers and the device allow it."""
    if maps.dtype in _WORDS and maps.device.type == "cpu":
        return _Normalise.apply(maps, before, after)
    return _plain(maps, before, after)


def norm_relu(maps: torch.Tensor) -> torch.Tensor:
    """Normalise every channel of every map over its points to mean 0 and variance 1; rectify.

    Parameters
    ----------
    maps
        (map, channel, row, column), any type and device. On the CPU those of float32 and bfloat16
        take the compiled pass, others torch's. It may be derived more than once.

    Returns
    -------
    torch.Tensor
        Of the same shape and type, not negative.
    """
    return _normalise(maps, 1.0, 0.0)


def relu_norm(maps: torch.Tensor, slope: float = 0.0) -> torch.Tensor:
    """The other way round: leaky ReLU of a slope, then normalise; see :func:`norm_relu`."""
    return _normalise(maps, slope, 1.0)
