"""Compiled velocity-stress updates on a staggered grid, with absorbing sides.

Fields are flat float32 arrays over a padded grid, z fastest. Normal stresses sit on nodes, each
velocity half a step along its axis, each shear stress half a step along its two axes. Indices are
unsigned, because the check for negative ones keeps loops from being vectorised; each component
has a loop of its own, because weights and pointers of several do not fit into the registers.

A side absorbs by a convolutional PML: where it is, each derivative D along its axis becomes
D + psi with psi = b psi + a D. The updates first ignore psi; :func:`damp` then adds its share.
"""

from __future__ import annotations

import numba
import numpy as np

HALO = 4  # nodes that a difference reaches
# Of f[n + 1/2 +- 1/2], +- 3/2, ...: the derivative of waves of 3.5 nodes and more is right within
# 0.00015, and 0.0044 off at 3 nodes. (Weights by Taylor, exact for ever longer waves, are 0.007 and
# 0.019 off there.) Of all four weights these have the least greatest error down to 3.5 nodes.
DIFFERENCE_WEIGHTS = (1.22317388, -0.09757476, 0.01691942, -0.00217052)
# Of the values half a step, 3/2, ... away on either side, in the middle.
HALF_WAY = (
    np.float32(1225 / 2048),
    np.float32(-245 / 2048),
    np.float32(49 / 2048),
    np.float32(-5 / 2048),
)
ONE = np.uint64(1)

_fast = numba.njit(fastmath=True, cache=True, nogil=True, boundscheck=False)


@_fast
def _ahead(f, n, s, c):
    """Derivative of `f` half a step ahead of node `n`; `s`: stride, `c`: weights over the step."""
    s2 = s + s
    s3 = s2 + s
    return (
        c[0] * (f[n + s] - f[n])
        + c[1] * (f[n + s2] - f[n - s])
        + c[2] * (f[n + s3] - f[n - s2])
        + c[3] * (f[n + s2 + s2] - f[n - s3])
    )


@_fast
def velocities(vx, vy, vz, sxx, syy, szz, sxy, sxz, syz, bx, by, bz, cx, cy, cz, shape, lo, hi):
    """Advance the velocities by a step; `bx`, `by`, `bz` are dt / density where each sits.

    `cx`, `cy`, `cz` are the weights over the grid's steps, `shape` the padded grid's, and `lo`,
    `hi` bound the z nodes that waves have reached.
    """
    sy = np.uint64(shape[2])
    sx = np.uint64(shape[1] * shape[2])
    for i in range(HALO, shape[0] - HALO):
        for j in range(HALO, shape[1] - HALO):
            start = np.uint64((i * shape[1] + j) * shape[2])
            first, end = start + np.uint64(lo), start + np.uint64(hi)
            for n in range(first, end):
                vx[n] += bx[n] * (
                    _ahead(sxx, n, sx, cx)
                    + _ahead(sxy, n - sy, sy, cy)
                    + _ahead(sxz, n - ONE, ONE, cz)
                )
            for n in range(first, end):
                vy[n] += by[n] * (
                    _ahead(sxy, n - sx, sx, cx)
                    + _ahead(syy, n, sy, cy)
                    + _ahead(syz, n - ONE, ONE, cz)
                )
            for n in range(first, end):
                vz[n] += bz[n] * (
                    _ahead(sxz, n - sx, sx, cx)
                    + _ahead(syz, n - sy, sy, cy)
                    + _ahead(szz, n, ONE, cz)
                )


@_fast
def stresses(
    vx, vy, vz, sxx, syy, szz, sxy, sxz, syz, la, mu, mxy, mxz, myz, cx, cy, cz, shape, lo, hi
):
    """Advance the stresses by a step; the moduli, on nodes and for each shear, are times dt."""
    sy = np.uint64(shape[2])
    sx = np.uint64(shape[1] * shape[2])
    x_strain = np.empty(shape[2], np.float32)
    y_strain = np.empty(shape[2], np.float32)
    for i in range(HALO, shape[0] - HALO):
        for j in range(HALO, shape[1] - HALO):
            start = np.uint64((i * shape[1] + j) * shape[2])
            first, end = start + np.uint64(lo), start + np.uint64(hi)
            for n in range(first, end):
                x_strain[n - start] = _ahead(vx, n - sx, sx, cx)
            for n in range(first, end):
                y_strain[n - start] = _ahead(vy, n - sy, sy, cy)
            for n in range(first, end):
                xx, yy = x_strain[n - start], y_strain[n - start]
                zz = _ahead(vz, n - ONE, ONE, cz)
                pressure = la[n] * (xx + yy + zz)
                twice = mu[n] + mu[n]
                sxx[n] += pressure + twice * xx
                syy[n] += pressure + twice * yy
                szz[n] += pressure + twice * zz
            for n in range(first, end):
                sxy[n] += mxy[n] * (_ahead(vx, n, sy, cy) + _ahead(vy, n, sx, cx))
            for n in range(first, end):
                sxz[n] += mxz[n] * (_ahead(vx, n, ONE, cz) + _ahead(vz, n, sx, cx))
            for n in range(first, end):
                syz[n] += myz[n] * (_ahead(vy, n, ONE, cz) + _ahead(vz, n, sy, cy))


@_fast
def damp(f, back, target, factor, psi, b, a, s, c, box, axis, shape, lo, hi):
    """Advance psi of one derivative in one slab, and add factor * psi to a field.

    Parameters
    ----------
    f
        The field that is differentiated.
    back
        0 for the derivative half a step ahead of the node, 1 for half a step behind.
    target, factor
        The field that it changes, and by how much (dt / density, or a modulus times dt).
    psi
        Memory of the slab, flat over `box`.
    b, a
        Profiles, (rows, nodes along z of the box).
    s, c
        Stride and weights along the axis.
    box
        First and last (excluded) node along x, y, z of the slab.
    axis
        0, 1, 2: the axis of the slab.
    shape, lo, hi
        As in :func:`velocities`.
    """
    first = max(lo, box[4])
    last = min(hi, box[5])
    if first >= last:
        return
    deep = box[5] - box[4]
    behind = s if back else np.uint64(0)
    for i in range(box[0], box[1]):
        for j in range(box[2], box[3]):
            row = i - box[0] if axis == 0 else (j - box[2] if axis == 1 else 0)
            start = np.uint64((i * shape[1] + j) * shape[2] + first)
            memory = np.uint64(
                ((i - box[0]) * (box[3] - box[2]) + j - box[2]) * deep + first - box[4]
            )
            offset = np.uint64(row * deep + first - box[4])
            for k in range(np.uint64(last - first)):
                n = start + k
                m = memory + k
                q = offset + k
                psi[m] = b[q] * psi[m] + a[q] * _ahead(f, n - behind, s, c)
                target[n] += factor[n] * psi[m]


@_fast
def damp_normal(f, sxx, syy, szz, la, mu, psi, b, a, s, c, box, axis, shape, lo, hi):
    """Advance psi of a normal strain (half a step behind), and add its share to normal stresses."""
    first = max(lo, box[4])
    last = min(hi, box[5])
    if first >= last:
        return
    deep = box[5] - box[4]
    mx = np.float32(2.0 if axis == 0 else 0.0)
    my = np.float32(2.0 if axis == 1 else 0.0)
    mz = np.float32(2.0 if axis == 2 else 0.0)
    for i in range(box[0], box[1]):
        for j in range(box[2], box[3]):
            row = i - box[0] if axis == 0 else (j - box[2] if axis == 1 else 0)
            start = np.uint64((i * shape[1] + j) * shape[2] + first)
            memory = np.uint64(
                ((i - box[0]) * (box[3] - box[2]) + j - box[2]) * deep + first - box[4]
            )
            offset = np.uint64(row * deep + first - box[4])
            for k in range(np.uint64(last - first)):
                n = start + k
                m = memory + k
                q = offset + k
                psi[m] = b[q] * psi[m] + a[q] * _ahead(f, n - s, s, c)
                sxx[n] += (la[n] + mx * mu[n]) * psi[m]
                syy[n] += (la[n] + my * mu[n]) * psi[m]
                szz[n] += (la[n] + mz * mu[n]) * psi[m]


@_fast
def explode(stresses, mu, shear, node, shape, moment):
    """Take a moment (xx, yy, zz, xy, xz, yz), over a node's volume, off the stresses at a node.

    A shear stress sits half a step away along two axes: those around the node share it as
    :func:`_at_node` reads them, each by its own modulus, so that sources and records are
    reciprocal.
    """
    strides = (shape[1] * shape[2], shape[2], 1)
    for axis in range(3):
        stresses[axis][node] -= moment[axis]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        number = first + second - 1
        if moment[3 + number] == 0.0:
            continue
        for i in range(-4, 4):
            for j in range(-4, 4):
                n = node + i * strides[first] + j * strides[second]
                share = HALF_WAY[i if i >= 0 else -1 - i] * HALF_WAY[j if j >= 0 else -1 - j]
                stresses[3 + number][n] -= share * moment[3 + number] * shear[number][n] / mu[node]


@_fast
def _at_node(f, n, one, other):
    """A field half a step away along two axes, interpolated to a node; strides of these."""
    total = np.float32(0.0)
    ahead_i, back_i = n, n - one
    for i in range(4):
        ahead_j, back_j = np.uint64(0), other
        for j in range(4):
            around = f[ahead_i + ahead_j] + f[ahead_i - back_j]
            around += f[back_i + ahead_j] + f[back_i - back_j]
            total += HALF_WAY[i] * HALF_WAY[j] * around
            ahead_j += other
            back_j += other
        ahead_i += one
        back_i -= one
    return total


@_fast
def record_strains(stresses, moduli, places, shape, time_step, out, column):
    """Six strains at places, into ``out[:, :, column]``; a fluid strains evenly.

    The moduli, lambda and mu, are those of :func:`stresses`, times the time step.
    """
    la, mu = moduli
    sx, sy = np.uint64(shape[1] * shape[2]), np.uint64(shape[2])
    for i in range(places.size):
        n = places[i]
        trace = stresses[0][n] + stresses[1][n] + stresses[2][n]
        twice = mu[n] + mu[n]
        softness = time_step / twice if twice > 0.0 else np.float32(0.0)
        volume = time_step * trace / (np.float32(3.0) * la[n] + twice)
        for axis in range(3):
            uneven = stresses[axis][n] - trace / np.float32(3.0)
            out[i, axis, column] = volume / np.float32(3.0) + softness * uneven
        out[i, 3, column] = softness * _at_node(stresses[3], n, sx, sy)
        out[i, 4, column] = softness * _at_node(stresses[4], n, sx, ONE)
        out[i, 5, column] = softness * _at_node(stresses[5], n, sy, ONE)


@_fast
def record_pressure(stresses, places, out, column):
    """Pressure at places, into a column of `out`."""
    sxx, syy, szz = stresses[0], stresses[1], stresses[2]
    for i in range(places.size):
        n = places[i]
        out[i, column] = -(sxx[n] + syy[n] + szz[n]) / np.float32(3.0)
