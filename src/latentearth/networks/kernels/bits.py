"""Bits of bfloat16 and float32 numbers, for compiled passes: numpy knows no bfloat16."""

import numba
import numpy as np

_U32 = np.uint32


@numba.njit(inline="always")
def rounded(word):
    """Bits of the bfloat16 nearest to a float32, ties to even, from the bits of that."""
    return np.uint16(_U32(word + _U32(0x7FFF) + _U32(_U32(word >> _U32(16)) & _U32(1))) >> _U32(16))


@numba.njit(inline="always")
def widen(bits, out):
    """Bits of bfloat16 (n,) uint16 to those of float32 (n,) uint32."""
    for i in range(bits.size):
        out[i] = _U32(bits[i]) << _U32(16)


@numba.njit(inline="always")
def narrow(bits, out):
    """Bits of float32 (n,) uint32 to those of the nearest bfloat16 (n,) uint16."""
    for i in range(bits.size):
        out[i] = rounded(bits[i])
