"""The first convolution of a critic: one channel, kernel 4 x 4, stride 2, padding 1.

With a single channel in, libraries convolve slowly on the CPU. Here the 16 pixels under the
kernel are gathered, and their product with the kernel is a matrix product.
"""

from __future__ import annotations

import numba
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.functional import pad


def patch_convolution(maps: Tensor, kernel: Tensor) -> Tensor:
    """Convolve maps of one channel, with stride 2 and padding 1.

    Parameters
    ----------
    maps
        (image, 1, row, column), with even numbers of rows and columns.
    kernel
        (channel, 1, 4, 4).

    Returns
    -------
    torch.Tensor
        (image, channel, row / 2, column / 2), channels last in memory; in bfloat16 under
        autocast. It can be differentiated once.
    """
    if torch.is_autocast_enabled(maps.device.type):
        half = torch.get_autocast_dtype(maps.device.type)
        maps, kernel = maps.to(half), kernel.to(half)
    return _PatchConvolution.apply(maps, kernel)


def _patches(maps: Tensor) -> Tensor:
    """Pixels under each position of the kernel, (image, row / 2, column / 2, 16)."""
    padded = pad(maps[:, 0], (1, 1, 1, 1))
    if maps.dtype == torch.bfloat16 and maps.device.type == "cpu":
        count, rows, columns = len(maps), maps.shape[2] // 2, maps.shape[3] // 2
        found = torch.empty(count, rows, columns, 16, dtype=maps.dtype)
        bits = [t.detach().view(torch.int16).numpy() for t in (padded, found)]
        _gather(*bits)
        return found
    found = padded.unfold(1, 4, 2).unfold(2, 4, 2)
    return found.reshape(*found.shape[:3], 16)


@numba.njit(parallel=True, cache=True, nogil=True)
def _gather(padded, out):
    """Copy patches; several times faster than a strided copy of runs of 4 by torch."""
    for k in numba.prange(out.shape[0]):
        for row in range(out.shape[1]):
            for column in range(out.shape[2]):
                for i in range(4):
                    for j in range(4):
                        out[k, row, column, 4 * i + j] = padded[k, 2 * row + i, 2 * column + j]


class _PatchConvolution(torch.autograd.Function):
    @staticmethod
    def forward(ctx, maps, kernel):
        ctx.save_for_backward(maps, kernel)
        out = _patches(maps) @ kernel.reshape(len(kernel), 16).T
        return out.permute(0, 3, 1, 2)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        maps, kernel = ctx.saved_tensors
        of_maps, of_kernel, _ = torch.ops.aten.convolution_backward(
            grad.contiguous(memory_format=torch.channels_last),
            maps,
            kernel,
            None,
            [2, 2],
            [1, 1],
            [1, 1],
            False,
            [0, 0],
            1,
            [*ctx.needs_input_grad, False],
        )
        return of_maps, of_kernel
