"""Bits of bfloat16 and float32 numbers, for compiled passes: numpy knows no bfloat16."""

import numba
import numpy as np
from numba.extending import overload

_U32 = np.uint32


@numba.njit(inline="always")
def rounded(word):
    """Bits of the bfloat16 nearest to a float32, ties to even, from the bits of that."""
    return np.uint16(_U32(word + _U32(0x7FFF) + _U32(_U32(word >> _U32(16)) & _U32(1))) >> _U32(16))


def widen(bits, out):
    """Bits (n,) of bfloat16 (uint16), or of float32 (uint32), to those of float32, uint32.

    Compiled code alone calls it: for each kind of `bits` it becomes another loop.
    """
    raise TypeError("for compiled code")


def narrow(bits, out):
    """Bits of float32 (n,) uint32 to those of the nearest number of the kind of `out`."""
    raise TypeError("for compiled code")


@overload(widen, inline="always")
def _widen(bits, out):
    if bits.dtype == numba.types.uint16:

        def loop(bits, out):
            for i in range(bits.size):
                out[i] = _U32(bits[i]) << _U32(16)

    else:

        def loop(bits, out):
            for i in range(bits.size):
                out[i] = bits[i]

    return loop


@overload(narrow, inline="always")
def _narrow(bits, out):
    if out.dtype == numba.types.uint16:

        def loop(bits, out):
            for i in range(bits.size):
                out[i] = rounded(bits[i])

    else:

        def loop(bits, out):
            for i in range(bits.size):
                out[i] = bits[i]

    return loop
