"""Random numbers for many small networks that train as one set of batched tensors.

Every network owns a stream, so that it draws the same numbers whether it trains alone or
beside others. On the CPU a stream is 16 interleaved xoshiro128++ generators (Blackman &
Vigna 2021), one per lane of a vector register: normal deviates and dropout masks, which cost
more than the matrix products of a small network when a general generator makes them, then
take about 1 ns and 0.2 ns each. On a GPU torch's own counter-based generator serves all
networks at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np
import torch

from latentearth.networks.kernels.bits import rounded

NOISE_LANES = 16
_U32 = np.uint32


@numba.njit(inline="always")
def _advance(state, out):
    """One step of xoshiro128++ in every lane. state: (4, LANES) uint32; out: (LANES,) uint32."""
    for lane in range(NOISE_LANES):
        s0, s1, s2, s3 = state[0, lane], state[1, lane], state[2, lane], state[3, lane]
        total = _U32(s0 + s3)
        out[lane] = _U32(_U32(_U32(total << _U32(7)) | _U32(total >> _U32(25))) + s0)
        shifted = _U32(s1 << _U32(9))
        s2 = _U32(s2 ^ s0)
        s3 = _U32(s3 ^ s1)
        state[1, lane] = _U32(s1 ^ s2)
        state[0, lane] = _U32(s0 ^ s3)
        state[2, lane] = _U32(s2 ^ shifted)
        state[3, lane] = _U32(_U32(s3 << _U32(11)) | _U32(s3 >> _U32(21)))


@numba.njit(inline="always")
def _box_muller(first, second, cosine, sine, bits):
    """Two normal deviates per lane from two uniform 32-bit integers.

    The logarithm is split into exponent and mantissa, sine and cosine are taken over a
    quarter turn; both polynomials err by less than 2e-7, one unit in the last place of
    float32, and have no branches, so that the compiler turns the loops into vector code.
    """
    value = bits.view(np.float32)
    for lane in range(NOISE_LANES):
        value[lane] = np.float32(first[lane]) * np.float32(2.0**-32) + np.float32(2.0**-33)
    for lane in range(NOISE_LANES):
        word = np.int32(bits[lane])
        # u = 2^k m with m in [sqrt(1/2), sqrt(2)); log u = k log 2 + log m
        exponent = np.int32(np.int32(word - np.int32(0x3F3504F3)) >> np.int32(23))
        bits[lane] = np.int32(word - np.int32(exponent << np.int32(23)))
        m = value[lane]
        r = (m - np.float32(1)) / (m + np.float32(1))
        q = r * r
        series = np.float32(2) + q * (
            np.float32(0.6666666) + q * (np.float32(0.4000058) + q * np.float32(0.2897154))
        )
        log_u = np.float32(exponent) * np.float32(0.6931471805599453) + r * series
        radius = np.sqrt(max(np.float32(-2) * log_u, np.float32(0)))
        # the two highest bits choose the quadrant, the others the angle within it
        word2 = second[lane]
        x = np.float32(_U32(word2 & _U32(0x3FFFFFFF))) * np.float32(2.0**-30) - np.float32(0.5)
        a = x * np.float32(1.5707963267948966)
        w = a * a
        s = a * (
            np.float32(1)
            + w * (np.float32(-1 / 6) + w * (np.float32(1 / 120) + w * np.float32(-1 / 5040)))
        )
        c = np.float32(1) + w * (
            np.float32(-0.5)
            + w * (np.float32(1 / 24) + w * (np.float32(-1 / 720) + w * np.float32(1 / 40320)))
        )
        flip = np.float32(1) - np.float32(2) * np.float32(_U32(word2 >> _U32(31)))
        turn = np.float32(_U32(_U32(word2 >> _U32(30)) & _U32(1)))
        keep = np.float32(1) - turn
        cosine[lane] = radius * flip * (keep * c - turn * s)
        sine[lane] = radius * flip * (keep * s + turn * c)


@numba.njit(parallel=True, cache=True, nogil=True)
def _fill_normal(states, out):
    """Fill out (net, n) with standard normal deviates, n a multiple of 2 LANES."""
    for net in numba.prange(states.shape[0]):
        first = np.empty(NOISE_LANES, np.uint32)
        second = np.empty(NOISE_LANES, np.uint32)
        bits = np.empty(NOISE_LANES, np.int32)
        state = states[net].copy()
        for start in range(0, out.shape[1], 2 * NOISE_LANES):
            _advance(state, first)
            _advance(state, second)
            _box_muller(
                first,
                second,
                out[net, start : start + NOISE_LANES],
                out[net, start + NOISE_LANES : start + 2 * NOISE_LANES],
                bits,
            )
        states[net] = state


@numba.njit(inline="always")
def _factor(value, word, threshold, positive, negative):
    """Factor of leaky ReLU and dropout together: 0 if dropped, else by the sign of the value."""
    factor = positive if value > np.float32(0) else negative
    return np.float32(0) if word < threshold else factor


@numba.njit(parallel=True, cache=True, nogil=True)
def _leaky_dropout(states, x, threshold, positive, negative):
    """Leaky ReLU and dropout in one pass over x (net, n) float32, in place.

    The loops over lanes have a fixed length so that they become vector code.
    """
    n = x.shape[1]
    whole = n - n % NOISE_LANES
    for net in numba.prange(states.shape[0]):
        state = states[net].copy()
        word = np.empty(NOISE_LANES, np.uint32)
        row = x[net]
        for start in range(0, whole, NOISE_LANES):
            _advance(state, word)
            for lane in range(NOISE_LANES):
                i = start + lane
                row[i] *= _factor(row[i], word[lane], threshold, positive, negative)
        if whole < n:
            _advance(state, word)
            for i in range(whole, n):
                row[i] *= _factor(row[i], word[i - whole], threshold, positive, negative)
        states[net] = state


@numba.njit(parallel=True, cache=True, nogil=True)
def _leaky_dropout_back(grad, y, positive, negative, out):
    """Grad times the factor that made y (net, n): its sign tells which that was."""
    for net in numba.prange(len(y)):
        for i in range(y.shape[1]):
            factor = positive if y[net, i] > np.float32(0) else negative
            factor = factor if y[net, i] != np.float32(0) else np.float32(0)
            out[net, i] = grad[net, i] * factor


@numba.njit(parallel=True, cache=True, nogil=True)
def _leaky_dropout_bfloat16(states, x, threshold, positive, negative):
    """As _leaky_dropout, for the bits of bfloat16 numbers, x: (net, n) uint16."""
    n = x.shape[1]
    for net in numba.prange(states.shape[0]):
        state = states[net].copy()
        word = np.empty(NOISE_LANES, np.uint32)
        bits = np.empty(NOISE_LANES, np.uint32)
        value = bits.view(np.float32)
        row = x[net]
        for start in range(0, n - n % NOISE_LANES, NOISE_LANES):
            _advance(state, word)
            for lane in range(NOISE_LANES):
                bits[lane] = _U32(row[start + lane]) << _U32(16)
            for lane in range(NOISE_LANES):
                value[lane] *= _factor(value[lane], word[lane], threshold, positive, negative)
            for lane in range(NOISE_LANES):
                row[start + lane] = rounded(bits[lane])
        if n % NOISE_LANES:
            start = n - n % NOISE_LANES
            _advance(state, word)
            for lane in range(n - start):
                bits[lane] = _U32(row[start + lane]) << _U32(16)
                value[lane] *= _factor(value[lane], word[lane], threshold, positive, negative)
                row[start + lane] = rounded(bits[lane])
        states[net] = state


@numba.njit(parallel=True, cache=True, nogil=True)
def _leaky_dropout_bfloat16_back(grad, y, positive, negative):
    """Multiply grad (net, n) by the factor that made y: its sign tells which that was."""
    n = y.shape[1]
    for net in numba.prange(len(y)):
        bits = np.empty(NOISE_LANES, np.uint32)
        value = bits.view(np.float32)
        slope, out = grad[net], y[net]
        for start in range(0, n, NOISE_LANES):
            count = min(NOISE_LANES, n - start)
            for lane in range(count):
                bits[lane] = _U32(slope[start + lane]) << _U32(16)
            for lane in range(count):
                sign = out[start + lane]
                factor = positive if sign < np.uint16(0x8000) else negative
                value[lane] *= factor if sign & np.uint16(0x7FFF) else np.float32(0)
            for lane in range(count):
                slope[start + lane] = rounded(bits[lane])


def _flat(x: torch.Tensor) -> np.ndarray:
    """A contiguous tensor (net, ...) as an array (net, n), the same memory.

    Of bfloat16, which numpy does not know, it shows the bits as uint16.
    """
    x = x.detach().view(len(x), -1)
    if x.dtype == torch.bfloat16:
        return x.view(torch.int16).numpy().view(np.uint16)
    return x.numpy()


class _LeakyDropout(torch.autograd.Function):
    """Leaky ReLU followed by dropout; the result, kept anyway, tells the way back."""

    @staticmethod
    def forward(ctx, x, states, slope, drop):
        """x: (net, batch, unit) float32 or bfloat16."""
        keep = 1 / (1 - drop)
        ctx.factors = np.float32(keep), np.float32(keep * slope)
        there = _leaky_dropout_bfloat16 if x.dtype == torch.bfloat16 else _leaky_dropout
        there(states, _flat(x), _U32(round(drop * 2**32)), *ctx.factors)
        ctx.mark_dirty(x)
        ctx.save_for_backward(x)
        return x

    @staticmethod
    def backward(ctx, grad):
        """Multiply by the factor of the way there."""
        (y,) = ctx.saved_tensors
        grad = grad.contiguous()
        if y.dtype == torch.bfloat16:
            _leaky_dropout_bfloat16_back(_flat(grad), _flat(y), *ctx.factors)
            return grad, None, None, None
        out = torch.empty_like(grad)
        _leaky_dropout_back(_flat(grad), _flat(y), *ctx.factors, _flat(out))
        return out, None, None, None


class NoiseStreams:
    """The random streams of `len(seeds)` networks.

    Parameters
    ----------
    seeds
        One seed sequence per network.
    device
        Where the networks live.
    """

    def __init__(self, seeds: Sequence[np.random.SeedSequence], device: str | torch.device = "cpu"):
        self.device = torch.device(device)
        self.nets = len(seeds)
        words = [seed.generate_state(4 * NOISE_LANES, np.uint32) for seed in seeds]
        self._states = np.stack(words).reshape(self.nets, 4, NOISE_LANES)
        self._torch = None
        if self.device.type != "cpu":
            self._torch = torch.Generator(self.device)
            self._torch.manual_seed(int(seeds[0].generate_state(1, np.uint64)[0] >> 1))

    def normal(self, batch: int, features: int) -> torch.Tensor:
        """Standard normal deviates, (net, batch, features) float32."""
        shape = (self.nets, batch, features)
        if self._torch is not None:
            return torch.randn(shape, generator=self._torch, device=self.device)
        count = -(-batch * features // (2 * NOISE_LANES)) * 2 * NOISE_LANES
        values = torch.empty(self.nets, count)
        _fill_normal(self._states, values.numpy())
        return values[:, : batch * features].view(shape)

    def leaky_dropout(self, x: torch.Tensor, slope: float, drop: float) -> torch.Tensor:
        """Leaky ReLU, then dropout with probability `drop` (kept units grow by 1/(1 - drop)).

        x: (net, batch, unit) float32 or bfloat16, contiguous; on the CPU it is overwritten.
        """
        if self._torch is not None:
            keep = torch.rand(x.shape, generator=self._torch, device=self.device) >= drop
            return torch.nn.functional.leaky_relu(x, slope) * keep * (1 / (1 - drop))
        return _LeakyDropout.apply(x, self._states, slope, drop)

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Everything that decides the numbers to come, for a checkpoint."""
        if self._torch is not None:
            return {"generator": self._torch.get_state()}
        return {"states": torch.from_numpy(self._states.astype(np.int64))}

    def load_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        """Take up where :meth:`state_dict` was called."""
        if self._torch is not None:
            self._torch.set_state(state["generator"].cpu())
        else:
            self._states = state["states"].numpy().astype(np.uint32)
