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
_TILE = 64  # numbers side by side in a loop: points of few channels are too short for one each
_BLOCK = 64  # tiles whose sum is added to that of all: less is lost of float32 sums
_FAST = {"contract", "reassoc", "arcp"}  # not `nnan`: a NaN must stay one


@numba.njit(inline="always")
def _bent(value, slope):
    """Leaky ReLU of a tile of a map, in place; a slope of 1 leaves it as it is."""
    for i in range(value.size):
        value[i] *= np.float32(1) if value[i] > np.float32(0) else slope


@numba.njit(inline="always")
def _add(part, total, start, numbers):
    """Add the sum of a block of tiles to that of all, in place, where the block ends."""
    tile = start // part.size
    if tile % _BLOCK == _BLOCK - 1 or start + part.size >= numbers:
        for i in range(part.size):
            total[i] += part[i]
            part[i] = np.float32(0)


@numba.njit(inline="always")
def _average(total, points, channels):
    """From sums of a tile's numbers to averages over points of each channel, repeated likewise."""
    for i in range(channels, total.size):
        total[i % channels] += total[i]
    for i in range(total.size):
        total[i] = total[i] / np.float32(points) if i < channels else total[i - channels]


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=_FAST)
def _forward(x, y, mean, scale, slope, after):
    """Normalise x (map, point and channel), bits, to y; mean, scale: (map, channel) float32.

    A leaky ReLU of a slope comes before it; after it come the positive values as they are and
    the negative ones times `after`.
    """
    channels, numbers = mean.shape[1], x.shape[1]
    tile, points = channels * max(1, _TILE // channels), numbers // channels
    for m in numba.prange(len(x)):
        word = np.empty(tile, np.uint32)
        value = word.view(np.float32)
        average, spread, part = np.zeros((3, tile), np.float32)
        for start in range(0, numbers, tile):
            bits = x[m, start : start + tile]
            widen(bits, word)
            _bent(value, slope)
            for i in range(bits.size):
                part[i] += value[i]
            _add(part, average, start, numbers)
        _average(average, points, channels)
        for start in range(0, numbers, tile):
            bits = x[m, start : start + tile]
            widen(bits, word)
            _bent(value, slope)
            for i in range(bits.size):
                difference = value[i] - average[i]
                part[i] += difference * difference
            _add(part, spread, start, numbers)
        _average(spread, points, channels)
        for i in range(tile):
            spread[i] = np.float32(1) / np.sqrt(spread[i] + _EPSILON)
        mean[m], scale[m] = average[:channels], spread[:channels]
        for start in range(0, numbers, tile):
            widen(x[m, start : start + tile], word)
            _bent(value, slope)
            for i in range(tile):
                v = (value[i] - average[i]) * spread[i]
                value[i] = after * v if v < np.float32(0) else v
            narrow(word[: numbers - start], y[m, start : start + tile])


@numba.njit(inline="always")
def _repeat(channel, tile):
    """Numbers of channels (channel,) as often as they fit into a tile."""
    out = np.empty(tile, np.float32)
    for i in range(tile):
        out[i] = channel[i % channel.size]
    return out


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=_FAST)
def _backward(x, grad, mean, scale, slope, after, out):
    """Gradient (map, point and channel), bits, with respect to x, from the one of the result.

    With b the bent x, n = (b - mean) scale and g the gradient with respect to n:
    out = b'(x) scale (g - average of g - n average of g n).
    """
    channels, numbers = mean.shape[1], x.shape[1]
    tile, points = channels * max(1, _TILE // channels), numbers // channels
    for m in numba.prange(len(x)):
        word, slopes = np.empty(tile, np.uint32), np.empty(tile, np.uint32)
        value, g = word.view(np.float32), slopes.view(np.float32)
        first, second, part, other = np.zeros((4, tile), np.float32)
        average, spread = _repeat(mean[m], tile), _repeat(scale[m], tile)
        for start in range(0, numbers, tile):
            bits = x[m, start : start + tile]
            widen(bits, word)
            widen(grad[m, start : start + tile], slopes)
            _bent(value, slope)
            for i in range(bits.size):
                n = (value[i] - average[i]) * spread[i]
                kept = g[i] if n > np.float32(0) else after * g[i]
                part[i] += kept
                other[i] += kept * n
            _add(part, first, start, numbers)
            _add(other, second, start, numbers)
        _average(first, points, channels)
        _average(second, points, channels)
        for start in range(0, numbers, tile):
            widen(x[m, start : start + tile], word)
            widen(grad[m, start : start + tile], slopes)
            for i in range(tile):
                bend = np.float32(1) if value[i] > np.float32(0) else slope
                n = (value[i] * bend - average[i]) * spread[i]
                kept = g[i] if n > np.float32(0) else after * g[i]
                g[i] = bend * spread[i] * (kept - first[i] - n * second[i])
            narrow(slopes[: numbers - start], out[m, start : start + tile])


_WORDS = {torch.bfloat16: (torch.int16, np.uint16), torch.float32: (torch.int32, np.uint32)}


def _bits(maps: torch.Tensor) -> np.ndarray:
    """Bits of maps (map, channel, row, column) as (map, point and channel), in the same memory."""
    signed, word = _WORDS[maps.dtype]
    numbers = maps.permute(0, 2, 3, 1).reshape(len(maps), -1)
    return numbers.detach().view(signed).numpy().view(word)


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
