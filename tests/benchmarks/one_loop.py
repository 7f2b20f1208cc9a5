"""Velocity-stress updates with one loop for all components: the peer of the project's own."""

import numba
import numpy as np

from latentearth.operators.elastic_kernel import HALO, ONE, _ahead

_fast = numba.njit(fastmath=True, cache=True, nogil=True, boundscheck=False)


@_fast
def velocities(vx, vy, vz, sxx, syy, szz, sxy, sxz, syz, bx, by, bz, cx, cy, cz, shape, lo, hi):
    sy = np.uint64(shape[2])
    sx = np.uint64(shape[1] * shape[2])
    for i in range(HALO, shape[0] - HALO):
        for j in range(HALO, shape[1] - HALO):
            start = np.uint64((i * shape[1] + j) * shape[2])
            for n in range(start + np.uint64(lo), start + np.uint64(hi)):
                vx[n] += bx[n] * (
                    _ahead(sxx, n, sx, cx)
                    + _ahead(sxy, n - sy, sy, cy)
                    + _ahead(sxz, n - ONE, ONE, cz)
                )
                vy[n] += by[n] * (
                    _ahead(sxy, n - sx, sx, cx)
                    + _ahead(syy, n, sy, cy)
                    + _ahead(syz, n - ONE, ONE, cz)
                )
                vz[n] += bz[n] * (
                    _ahead(sxz, n - sx, sx, cx)
                    + _ahead(syz, n - sy, sy, cy)
                    + _ahead(szz, n, ONE, cz)
                )


@_fast
def stresses(
    vx, vy, vz, sxx, syy, szz, sxy, sxz, syz, la, mu, mxy, mxz, myz, cx, cy, cz, shape, lo, hi
):
    sy = np.uint64(shape[2])
    sx = np.uint64(shape[1] * shape[2])
    for i in range(HALO, shape[0] - HALO):
        for j in range(HALO, shape[1] - HALO):
            start = np.uint64((i * shape[1] + j) * shape[2])
            for n in range(start + np.uint64(lo), start + np.uint64(hi)):
                xx = _ahead(vx, n - sx, sx, cx)
                yy = _ahead(vy, n - sy, sy, cy)
                zz = _ahead(vz, n - ONE, ONE, cz)
                pressure = la[n] * (xx + yy + zz)
                twice = mu[n] + mu[n]
                sxx[n] += pressure + twice * xx
                syy[n] += pressure + twice * yy
                szz[n] += pressure + twice * zz
                sxy[n] += mxy[n] * (_ahead(vx, n, sy, cy) + _ahead(vy, n, sx, cx))
                sxz[n] += mxz[n] * (_ahead(vx, n, ONE, cz) + _ahead(vz, n, sx, cx))
                syz[n] += myz[n] * (_ahead(vy, n, ONE, cz) + _ahead(vz, n, sy, cy))
