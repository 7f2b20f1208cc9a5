"""Bias, leaky ReLU and instance normalisation in one, of maps and of changes of them.

The gradient penalty asks for the length of the gradient of a critic D at x, and for the gradient
of that length with respect to the weights. Along the unit vector u of the gradient, held fixed,
the length is the directional derivative u . grad D, which a forward pass carries along: beside
the maps go their changes ("tangents") when the input moves along u. Its gradient is then a plain
backward pass over both, without second derivatives of each operation, at a third of the time.

For maps a (one image, one channel, N pixels), with bias b, slope l, weight g and shift h:

    y = leaky(a + b),  n = (y - mean y) s,  s = 1 / sqrt(var y + eps),  out = g n + h,
    dy = leaky'(a + b) da,  dn = s (dy - mean dy - n q),  q = mean(n dy),  dout = g dn.

With P v = s (v - mean v - n mean(n v)), adjoint to itself, and the adjoints o of out, d of dout:

    of dy: P(g d);   of y: P(g o - s q g d) - (s/N) [sum(g d dn) n + sum(g d n) dn].

On the CPU, maps in bfloat16 go through compiled loops, twice forward and twice backward over
memory; all others through torch.
"""

from __future__ import annotations

import numba
import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from latentearth.networks.kernels.bits import narrow, widen

_EPSILON = 1e-5
SLOPE = 0.2  # of the leaky ReLU
LOOSE = {"reassoc", "contract", "nsz"}  # sums in any order


def rectified_norm(
    maps: Tensor, bias: Tensor, weight: Tensor, shift: Tensor, changes: int, slope: float = SLOPE
) -> Tensor:
    """Add a bias, rectify, and normalise each image's channels; carry changes of maps along.

    Parameters
    ----------
    maps
        (image, channel, row, column), channels last in memory. The last `changes` of them are
        changes of the maps just before them.
    bias, weight, shift
        (channel,): b, g and h.
    changes
        How many of `maps` are changes; 0 if all are maps.
    slope
        Of the leaky ReLU below zero.

    Returns
    -------
    torch.Tensor
        As `maps`. It can be differentiated once.
    """
    return _RectifiedNorm.apply(maps, bias, weight, shift, changes, slope)


class _RectifiedNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, maps, bias, weight, shift, changes, slope):
        maps = maps.detach().contiguous(memory_format=torch.channels_last)
        ctx.save_for_backward(maps, bias, weight)
        ctx.changes, ctx.slope = changes, slope
        compiled = maps.dtype == torch.bfloat16 and maps.device.type == "cpu"
        ctx.compiled = compiled
        if not compiled:
            out, ctx.kept = _forward(maps, bias, weight, shift, changes, slope)
            return out
        out = torch.empty_like(maps)
        plain = len(maps) - changes
        kept = np.empty((plain, 4, maps.shape[1]), np.float32)
        vectors = [v.detach().float().numpy() for v in (bias, weight, shift)]
        _forward_loops(_rows(maps), *vectors, plain - changes, plain, slope, _rows(out), kept)
        ctx.kept = kept
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        maps, bias, weight = ctx.saved_tensors
        grad = grad.to(maps.dtype).contiguous(memory_format=torch.channels_last)
        if not ctx.compiled:
            found = _backward(maps, bias, weight, ctx.changes, ctx.slope, ctx.kept, grad)
            return *found, None, None
        out = torch.empty_like(maps)
        plain = len(maps) - ctx.changes
        sums = np.zeros((plain, 3, maps.shape[1]), np.float32)
        _backward_loops(
            _rows(maps),
            bias.detach().numpy(),
            weight.detach().numpy(),
            plain - ctx.changes,
            plain,
            ctx.slope,
            ctx.kept,
            _rows(grad),
            _rows(out),
            sums,
        )
        return out, *torch.from_numpy(sums.sum(0)).unbind(), None, None


def _rows(maps: Tensor) -> np.ndarray:
    """Maps in bfloat16 as bits (image, pixel, channel), without a copy."""
    rows = maps.permute(0, 2, 3, 1)
    return rows.reshape(len(maps), -1, maps.shape[1]).view(torch.int16).numpy().view(np.uint16)


def _moments(y: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and reciprocal standard deviation of each image's channels."""
    variance, mean = torch.var_mean(y, (2, 3), correction=0, keepdim=True)
    return mean, (variance + _EPSILON).rsqrt()


def _per_channel(vector: Tensor) -> Tensor:
    return vector.detach().float()[:, None, None]


def _parts(maps, bias, changes, slope):
    """Rectified maps y, and of the last of them also their changes dy and the factor leaky'."""
    plain = len(maps) - changes
    a = maps[:plain].float() + _per_channel(bias)
    factor = torch.where(a > 0, 1.0, slope)
    return a * factor, maps[plain:].float() * factor[plain - changes :], factor


def _mean(v: Tensor) -> Tensor:
    return v.mean((2, 3), keepdim=True)


def _forward(maps, bias, weight, shift, changes, slope):
    """The formulas above by torch, in float32."""
    y, dy, _ = _parts(maps, bias, changes, slope)
    mean, s = _moments(y)
    n, g = (y - mean) * s, _per_channel(weight)
    last = len(y) - changes
    dn = s[last:] * (dy - _mean(dy) - n[last:] * _mean(n[last:] * dy))
    out = torch.cat([g * n + _per_channel(shift), g * dn]).to(maps.dtype)
    return out.contiguous(memory_format=torch.channels_last), (mean, s)


def _backward(maps, bias, weight, changes, slope, kept, grad):
    """Adjoints of maps, bias, weight and shift by torch, in float32."""
    (mean, s), g = kept, _per_channel(weight)
    y, dy, factor = _parts(maps, bias, changes, slope)
    n, last, plain = (y - mean) * s, len(y) - changes, len(y)
    o, d = grad[:plain].float(), grad[plain:].float()
    n2, s2 = n[last:], s[last:]
    q = _mean(n2 * dy)
    dn = s2 * (dy - _mean(dy) - n2 * q)

    def project(v, n, s):
        return s * (v - _mean(v) - n * _mean(n * v))

    of_dy = project(g * d, n2, s2)
    v = g * o
    v[last:] -= s2 * q * g * d
    of_y = project(v, n, s)
    of_y[last:] -= s2 * (_mean(g * d * dn) * n2 + _mean(g * d * n2) * dn)
    of_maps = torch.cat([of_y * factor, of_dy * factor[last:]]).to(maps.dtype)
    of_bias = (of_y * factor).sum((0, 2, 3))
    of_weight = (o * n).sum((0, 2, 3)) + (d * dn).sum((0, 2, 3))
    return of_maps, of_bias, of_weight, o.sum((0, 2, 3))


@numba.njit(parallel=True, cache=True, nogil=True)
def _forward_loops(maps, bias, weight, shift, first, plain, slope, out, kept):
    """Maps 0 to `plain`; those from `first` on have their changes behind `plain`."""
    for k in numba.prange(plain):
        _forward_one(k, maps, bias, weight, shift, first, plain, slope, out, kept)


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=LOOSE)
def _forward_one(k, maps, bias, weight, shift, first, plain, slope, out, kept):
    """Map k, and its changes if it has any."""
    pixels, channels = maps.shape[1], maps.shape[2]
    share, one, leak = np.float32(1 / pixels), np.float32(1), np.float32(slope)
    x, dx = np.empty(channels, np.uint32), np.empty(channels, np.uint32)
    a, da = x.view(np.float32), dx.view(np.float32)
    sums = np.zeros((4, channels), np.float32)
    s0, s1, s2, s3 = sums[0], sums[1], sums[2], sums[3]
    other = k - first + plain
    for p in range(pixels):
        widen(maps[k, p], x)
        for i in range(channels):
            y = a[i] + bias[i]
            y = max(y, leak * y)
            s0[i] += y
            s1[i] += y * y
        if k >= first:
            widen(maps[other, p], dx)
            for i in range(channels):
                y = a[i] + bias[i]
                factor = one if y > 0 else leak
                dy = factor * da[i]
                s2[i] += dy
                s3[i] += factor * y * dy
    m, s, dm, q = kept[k, 0], kept[k, 1], kept[k, 2], kept[k, 3]
    for i in range(channels):
        m[i] = s0[i] * share
        variance = max(s1[i] * share - m[i] * m[i], np.float32(0))
        s[i] = one / np.sqrt(variance + np.float32(_EPSILON))
        dm[i] = s2[i] * share
        q[i] = s[i] * (s3[i] * share - m[i] * dm[i])
    for p in range(pixels):
        widen(maps[k, p], x)
        if k >= first:
            widen(maps[other, p], dx)
            for i in range(channels):
                y = a[i] + bias[i]
                factor = one if y > 0 else leak
                n = (factor * y - m[i]) * s[i]
                da[i] = weight[i] * s[i] * (factor * da[i] - dm[i] - n * q[i])
            narrow(dx, out[other, p])
        for i in range(channels):
            y = a[i] + bias[i]
            y = max(y, leak * y)
            a[i] = weight[i] * s[i] * (y - m[i]) + shift[i]
        narrow(x, out[k, p])


@numba.njit(parallel=True, cache=True, nogil=True)
def _backward_loops(maps, bias, weight, first, plain, slope, kept, grad, out, totals):
    """Adjoints of maps into `out`, of bias, weight and shift into `totals` (map, 3, channel)."""
    for k in numba.prange(plain):
        _backward_one(k, maps, bias, weight, first, plain, slope, kept, grad, out, totals[k])


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=LOOSE)
def _backward_one(k, maps, bias, weight, first, plain, slope, kept, grad, out, totals):
    """Map k, and its changes if it has any."""
    pixels, channels = maps.shape[1], maps.shape[2]
    share, one, leak = np.float32(1 / pixels), np.float32(1), np.float32(slope)
    x, dx = np.empty(channels, np.uint32), np.empty(channels, np.uint32)
    u, du = np.empty(channels, np.uint32), np.empty(channels, np.uint32)
    a, da = x.view(np.float32), dx.view(np.float32)
    o, d = u.view(np.float32), du.view(np.float32)
    of_bias = totals[0]
    c = np.zeros((8, channels), np.float32)
    c0, c1, c2, c3, c4, e0, e1, e2 = c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]
    other = k - first + plain
    m, s, dm, q = kept[k, 0], kept[k, 1], kept[k, 2], kept[k, 3]
    sums = np.zeros((5, channels), np.float32)
    s0, s1, s2, s3, s4 = sums[0], sums[1], sums[2], sums[3], sums[4]
    for p in range(pixels):
        widen(maps[k, p], x)
        widen(grad[k, p], u)
        for i in range(channels):
            y = a[i] + bias[i]
            y = max(y, leak * y)
            s0[i] += o[i]
            s1[i] += o[i] * y
        if k >= first:
            widen(maps[other, p], dx)
            widen(grad[other, p], du)
            for i in range(channels):
                y = a[i] + bias[i]
                factor = one if y > 0 else leak
                s2[i] += d[i]
                s3[i] += d[i] * factor * y
                s4[i] += d[i] * factor * da[i]
    for i in range(channels):
        g = weight[i]
        mean_o, mean_on = s0[i] * share, s[i] * (s1[i] - m[i] * s0[i]) * share
        mean_d, mean_dn = s2[i] * share, s[i] * (s3[i] - m[i] * s2[i]) * share
        # mean of d times dn
        mean_ddn = s[i] * (s4[i] * share - dm[i] * mean_d - q[i] * mean_dn)
        totals[1, i] += (mean_on + mean_ddn) * pixels
        totals[2, i] += s0[i]
        # of y: c1 o + c2 d + c3 n + c4 dn + c0;  of dy: e1 d + e2 n + e0
        r = s[i] * q[i]
        c1[i], c2[i] = g * s[i], -g * s[i] * r
        c0[i] = -g * s[i] * (mean_o - r * mean_d)
        c3[i] = -g * s[i] * (mean_on - r * mean_dn) - s[i] * g * mean_ddn
        c4[i] = -s[i] * g * mean_dn
        e1[i], e0[i], e2[i] = g * s[i], -g * s[i] * mean_d, -g * s[i] * mean_dn
    for p in range(pixels):
        widen(maps[k, p], x)
        widen(grad[k, p], u)
        if k >= first:
            widen(maps[other, p], dx)
            widen(grad[other, p], du)
            for i in range(channels):
                y = a[i] + bias[i]
                factor = one if y > 0 else leak
                n = (factor * y - m[i]) * s[i]
                dn = s[i] * (factor * da[i] - dm[i] - n * q[i])
                of_y = c1[i] * o[i] + c2[i] * d[i] + c3[i] * n + c4[i] * dn + c0[i]
                d[i] = factor * (e1[i] * d[i] + e2[i] * n + e0[i])
                o[i] = factor * of_y
                of_bias[i] += o[i]
            narrow(du, out[other, p])
        else:
            for i in range(channels):
                y = a[i] + bias[i]
                factor = one if y > 0 else leak
                n = (factor * y - m[i]) * s[i]
                o[i] = factor * (c1[i] * o[i] + c3[i] * n + c0[i])
                of_bias[i] += o[i]
        narrow(u, out[k, p])
