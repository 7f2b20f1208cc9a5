"""Convolutions between one channel and many, with kernels that no longer change, on the CPU.

Libraries take them at a tenth of the speed of a matrix product. Where a trained generator is
searched, only maps need a gradient: a transposed convolution to one channel is then a product of
all points with the kernel, whose rows, one of each tap, are laid over each other; its way back,
and a convolution of one channel, gather the points under each tap for a product.

    y[stride p + dilation q - padding] = sum over p and q of x[p] . W[q]
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.functional import conv2d

from latentearth.networks.kernels.bits import widen


class _Steps(NamedTuple):
    """How points p of the smaller map and taps q of a square kernel meet on the larger map."""

    stride: int
    padding: int
    dilation: int


@numba.njit(cache=True, nogil=True, inline="always")
def _meeting(tap, points, larger, steps):
    """First point p whose tap lies on the larger map, where, and how many there are."""
    shift = steps.dilation * tap - steps.padding
    first = max(0, -(shift // steps.stride))
    last = min(points, (larger - 1 - shift) // steps.stride + 1)
    return first, first * steps.stride + shift, max(0, last - first)


@numba.njit(cache=True, nogil=True, fastmath={"contract"})
def _overlay(taps, out, steps):
    """Add taps (tap row, tap column, map, row, column), bits, to larger maps (map, row, column)."""
    side, _, maps, rows, columns = taps.shape
    word = np.empty(columns, np.uint32)
    value = word.view(np.float32)
    for m in range(maps):
        for i in range(side):
            top, down, count = _meeting(i, rows, out.shape[1], steps)
            for r in range(count):
                for j in range(side):
                    left, across, width = _meeting(j, columns, out.shape[2], steps)
                    widen(taps[i, j, m, top + r, left : left + width], word)
                    target = out[m, down + r * steps.stride, across:]
                    if steps.stride == 1:
                        for k in range(width):
                            target[k] += value[k]
                    else:
                        for k in range(width):
                            target[k * steps.stride] += value[k]


@numba.njit(cache=True, nogil=True)
def _gather(maps, out, steps):
    """Maps (map, row, column), bits, to what lies under taps, as `taps` above; `out` is 0 before.

    The stride is 1.
    """
    side, _, number, rows, columns = out.shape
    for i in range(side):
        top, down, count = _meeting(i, rows, maps.shape[1], steps)
        for j in range(side):
            left, across, width = _meeting(j, columns, maps.shape[2], steps)
            for m in range(number):
                for r in range(count):
                    target = out[i, j, m, top + r, left:]
                    source = maps[m, down + r, across:]
                    for k in range(width):
                        target[k] = source[k]


_WORDS = {torch.bfloat16: (torch.int16, np.uint16), torch.float32: (torch.int32, np.uint32)}


def _bits(values: Tensor) -> np.ndarray:
    """Bits of numbers, in the same memory."""
    signed, word = _WORDS[values.dtype]
    return values.detach().view(signed).numpy().view(word)


def _to_one(maps: Tensor, kernel: Tensor, size: tuple[int, int], steps: _Steps) -> Tensor:
    """Maps (map, channel, row, column) to larger ones (map, 1, *size), float32."""
    points = maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])
    taps = kernel.reshape(len(kernel), -1).T @ points.T
    taps = taps.view(*kernel.shape[2:], len(maps), *maps.shape[2:])
    out = torch.zeros(len(maps), *size)
    _overlay(_bits(taps), out.numpy(), steps)
    return out[:, None]


def _to_many(maps: Tensor, kernel: Tensor, size: tuple[int, int], steps: _Steps) -> Tensor:
    """Maps (map, 1, row, column) to smaller ones (map, channel, *size), channels last."""
    if steps.stride > 1:  # at which libraries are fast enough
        maps = maps.to(kernel.dtype)
        return conv2d(maps, kernel, None, steps.stride, steps.padding, steps.dilation)
    seen = torch.zeros(*kernel.shape[2:], len(maps), *size, dtype=kernel.dtype)
    _gather(_bits(maps.to(kernel.dtype)[:, 0].contiguous()), _bits(seen), steps)
    made = seen.view(kernel[0].numel(), -1).T @ kernel.reshape(len(kernel), -1).T
    return made.view(len(maps), *size, len(kernel)).permute(0, 3, 1, 2)


class _ToOne(torch.autograd.Function):
    """A transposed convolution, whose way back is a convolution."""

    @staticmethod
    def forward(ctx, maps, kernel, size, steps):
        ctx.save_for_backward(kernel)
        ctx.size, ctx.steps = maps.shape[2:], steps
        return _to_one(maps, kernel, size, steps)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        (kernel,) = ctx.saved_tensors
        return _to_many(grad, kernel, ctx.size, ctx.steps), None, None, None


class _ToMany(torch.autograd.Function):
    """A convolution, whose way back is a transposed convolution."""

    @staticmethod
    def forward(ctx, maps, kernel, size, steps):
        ctx.save_for_backward(kernel)
        ctx.size, ctx.steps, ctx.kind = maps.shape[2:], steps, maps.dtype
        return _to_many(maps, kernel, size, steps)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        (kernel,) = ctx.saved_tensors
        of_maps = _to_one(grad, kernel, ctx.size, ctx.steps)
        return of_maps.to(ctx.kind), None, None, None


def convolve(layer: nn.Module, maps: Tensor) -> Tensor:
    """What a layer makes of maps; by a product if its kernel is fixed, on the CPU.

    Parameters
    ----------
    layer
        A convolution of one channel, or a transposed one to one channel, without bias; stride,
        padding and dilation are the same along both sides. While its kernel asks for a gradient,
        and on other devices, the layer itself is called.
    maps
        (map, channel, row, column).

    Returns
    -------
    torch.Tensor
        As of the layer; one channel is float32 whatever the kernel's type. It can be differentiated
        once, with respect to the maps.

    Raises
    ------
    TypeError
        If the layer is no convolution.
    """
    if not isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        raise TypeError(f"{type(layer).__name__} is no convolution")
    kernel = layer.weight
    if kernel.requires_grad or kernel.dtype not in _WORDS or maps.device.type != "cpu":
        return layer(maps)
    steps = _Steps(layer.stride[0], int(layer.padding[0]), layer.dilation[0])
    reach = steps.dilation * (layer.kernel_size[0] - 1)
    rows, columns = maps.shape[2:]
    if isinstance(layer, nn.ConvTranspose2d):
        height, width = (
            (n - 1) * steps.stride - 2 * steps.padding + reach + 1 for n in (rows, columns)
        )
        return _ToOne.apply(maps, kernel, (height, width), steps)
    height, width = (
        (n + 2 * steps.padding - reach - 1) // steps.stride + 1 for n in (rows, columns)
    )
    return _ToMany.apply(maps, kernel, (height, width), steps)
