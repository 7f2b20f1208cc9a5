"""Pressure of moment tensors in a homogeneous medium, exactly: near and far field."""

import numpy as np

RHO, VP, VS, FREQUENCY, DELAY = 2200.0, 2400.0, 1200.0, 8.0, 0.15
INTERVAL, SAMPLES = 0.004, 250
KAPPA = RHO * (VP**2 - 4 / 3 * VS**2)
# on the surface and in two wells: one plane above does not see every tensor by P waves alone
RECEIVERS = np.array(
    [
        (x, y, z)
        for x, y in ((100, 150), (900, 100), (850, 900), (150, 800))
        for z in (2400.0, 1500.0, 700.0)
    ]
)


def pulse(time):
    """Moment -exp(-w t^2) and its first two derivatives at `time` after the origin time."""
    late, width = time - DELAY, (np.pi * FREQUENCY) ** 2
    moment = -np.exp(-width * late**2)
    return moment, -2 * width * late * moment, (4 * width**2 * late**2 - 2 * width) * moment


def elementary(positions, receivers=RECEIVERS, samples=SAMPLES, interval=INTERVAL):
    """Pressures (point, receiver, 6, sample) of unit tensors xx, yy, zz, xy, xz, yz at positions.

    Aki & Richards (2002), equation 4.29, of which only the P wave has a divergence:
    p = kappa / (4 pi rho vp^2) M_jk d_j d_k [M(t - r / vp) / r]; an explosion's is M'' / (vp^2 r).
    """
    offset = receivers[None] - np.asarray(positions, float)[:, None]
    r = np.linalg.norm(offset, axis=2)[..., None]
    time = np.arange(samples) * interval - r / VP
    f, first, second = pulse(time)
    f, first, second = f / r, -first / (VP * r), second / (VP**2 * r)
    slope = first - f / r  # d/dr of M(t - r / vp) / r
    bend = second - 2 * first / r + 2 * f / r**2
    gamma = offset / r
    out = np.empty((*r.shape[:2], 6, samples), "f4")
    for number, (i, j) in enumerate(((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))):
        along = (gamma[..., i] * gamma[..., j])[..., None]
        hessian = along * bend + ((i == j) - along) * slope / r
        out[:, :, number] = (1 + (i != j)) * hessian
    return out * np.float32(KAPPA / (4 * np.pi * RHO * VP**2))
