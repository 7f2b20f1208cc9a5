"""Marine elastic models in three dimensions: a synthetic one, and a user's own or the published.

Coordinates are metres: x and y along the sea bed, z upward from the base of the model. Every
model is a dataset with ``rho`` (kg m-3), ``vp`` and ``vs`` (m s-1) over ``x``, ``y``, ``z``; water
is where ``vs`` is zero.
"""

from __future__ import annotations

import os

import numpy as np
import xarray as xr
from scipy.ndimage import gaussian_filter

from latentearth.io import InputError
from latentearth.readers.foreign import opened_foreign, rising

WATER_VELOCITY, WATER_DENSITY = 1490.0, 1030.0  # m/s, kg/m3
FIELDS = {"rho": "kg m-3", "vp": "m s-1", "vs": "m s-1"}
# What is plausible in a sedimentary basin; the upper bounds also catch g/cm3 and km/s unstated.
WATER = (1300.0, 1700.0)  # m/s: from ice-cold and fresh to hot and saline
PLAUSIBLE = {"rho": (900.0, 5000.0), "vp": (300.0, 9000.0), "vs": (0.0, 6000.0)}


def synthetic(
    stream: np.random.SeedSequence,
    shape: tuple[int, int, int] = (81, 81, 301),
    extent: tuple[float, float, float] = (1000.0, 1000.0, 3000.0),
    sea_bed: float = 2430.0,
) -> xr.Dataset:
    """Make a layered marine model with dip, undulation and small-scale heterogeneity.

    Water lies at and above `sea_bed`. Below it, layers 40 to 160 m thick follow the trend
    Vp = 1750 + 0.8 depth (at most 3400 m/s), each 7 to 12 per cent off it; they dip by 1.5
    degrees and undulate by 15 m, both fading towards the flat sea bed. Within layers Vp varies by
    2 per cent (correlation lengths 250, 250 and 60 m). Vs = (Vp - 1360) / 1.16 within 4 per cent,
    at least 600 m/s, and rho = 1741 Vp[km/s]^0.25 within 2 per cent. The recipe is ours, in the
    spirit of Figure 7.

    Parameters
    ----------
    stream
        Random stream.
    shape
        Nodes along x, y, z.
    extent
        Size of the model (m); the nodes include both ends.
    sea_bed
        Height of the lowest water (m).

    Returns
    -------
    xarray.Dataset
        ``rho``, ``vp``, ``vs`` with their units.
    """
    random = np.random.default_rng(stream)
    axes = [np.linspace(0.0, size, count) for size, count in zip(extent, shape, strict=True)]
    spacing = [axis[1] - axis[0] for axis in axes]
    x, y, z = np.meshgrid(*axes, indexing="ij", sparse=True)

    boundaries = np.cumsum(random.uniform(40.0, 160.0, int(1.5 * extent[2] / 40.0)))
    middles = boundaries - 0.5 * np.diff(boundaries, prepend=0.0)
    count = middles.size
    contrast = random.choice([-1.0, 1.0], count) * random.uniform(0.07, 0.12, count)
    layer_vp = np.minimum(1750.0 + 0.8 * middles, 3400.0) * (1.0 + contrast)
    layer_vs = 1.0 + random.uniform(-0.04, 0.04, count)
    layer_rho = 1.0 + random.uniform(-0.02, 0.02, count)

    azimuth = random.uniform(0.0, 2.0 * np.pi)
    across = (x - extent[0] / 2) * np.cos(azimuth) + (y - extent[1] / 2) * np.sin(azimuth)
    undulation = correlated_field(random, shape[:2], [350.0 / step for step in spacing[:2]])[
        ..., None
    ]
    depth = sea_bed - z
    # at the sea bed the layers are flat; 200 m below it they dip and undulate fully
    fading = np.clip(depth / 200.0, 0.0, 1.0)
    warped = depth + fading * (np.tan(np.radians(1.5)) * across + 15.0 * undulation)
    layer = np.searchsorted(boundaries, np.maximum(warped, 0.0), side="right")

    lengths = [size / step for size, step in zip((250.0, 250.0, 60.0), spacing, strict=True)]
    vp = layer_vp[layer] * (1.0 + 0.02 * correlated_field(random, shape, lengths))
    vs = np.maximum((vp - 1360.0) / 1.16 * layer_vs[layer], 600.0)
    rho = 1741.0 * (vp / 1000.0) ** 0.25 * layer_rho[layer]
    water = np.broadcast_to(z >= sea_bed - 1e-6, shape)
    vp[water], vs[water], rho[water] = WATER_VELOCITY, 0.0, WATER_DENSITY
    return _dataset(axes, {"rho": rho, "vp": vp, "vs": vs})


def correlated_field(random: np.random.Generator, shape: tuple, lengths: list[float]) -> np.ndarray:
    """Gaussian random field of unit variance; correlation falls to 1/e at `lengths` nodes."""
    # white noise smoothed with width s has the correlation exp(-d^2 / (4 s^2))
    field = gaussian_filter(random.standard_normal(shape), [n / 2 for n in lengths], mode="wrap")
    return (field - field.mean()) / field.std()


def _dataset(axes: list[np.ndarray], fields: dict[str, np.ndarray]) -> xr.Dataset:
    """Put fields and axes (m) together."""
    dims = ("x", "y", "z")
    return xr.Dataset(
        {
            name: (dims, values.astype("f4"), {"units": FIELDS[name]})
            for name, values in fields.items()
        },
        {name: (name, axis, {"units": "m"}) for name, axis in zip(dims, axes, strict=True)},
    )


def read_model(path: str | os.PathLike) -> xr.Dataset:
    """Read a user's model from netCDF, or the published one from npy, and check it.

    A netCDF file has ``rho``, ``vp``, ``vs`` over ``x``, ``y``, ``z`` (any order), each with a
    ``units`` attribute. A vertical axis ``depth``, or one with ``positive: down``, is turned into
    height above the base; the attribute ``depth_of_top`` (m) keeps where it began.
    The published array holds the three fields on 81 x 81 x 301 nodes, 12.5, 12.5 and 10 m apart,
    z upward.

    Raises
    ------
    InputError
        If a field is missing, has no known unit, or :func:`check` finds fault with it.
    """
    if os.fspath(path).endswith(".npy"):
        return check_model(_published(path), path)
    with opened_foreign(path, "rho, vp and vs over x, y, z") as file:
        axes, fields = [], {}
        for name in "xyz":
            axes.append(file.variable(name, (name,), "m")[:].astype(float))
        for name, units in FIELDS.items():
            fields[name] = file.variable(name, ("x", "y", "z"), units)[:]
        upward = file.upward("z")
    top = 0.0
    if upward is False:  # height above the base of the model in the place of depth
        top, axes[2] = axes[2].min(), axes[2].max() - axes[2]
    for name, values in fields.items():
        for along in range(3):
            values = rising(axes[along], values, along)[1]
        fields[name] = values
    model = _dataset([np.sort(axis) for axis in axes], fields)
    if upward is False:
        model.attrs["depth_of_top"] = float(top)
    return check_model(model, path)


def _published(path: str | os.PathLike) -> xr.Dataset:
    """Three fields on 81 x 81 x 301 nodes from an npy file; which axis counts them may differ."""
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(path, "file", error, "an npy file of numbers")
    if sorted(array.shape) != [3, 81, 81, 301]:
        raise InputError(path, "shape", array.shape, "3 fields on 81 x 81 x 301 nodes")
    fields = np.moveaxis(array, array.shape.index(3), 0)
    fields = np.moveaxis(fields, fields.shape.index(301), -1).astype(float)
    axes = [np.arange(81) * 12.5, np.arange(81) * 12.5, np.arange(301) * 10.0]
    scale = [1.0 if field.max() > 20.0 else 1000.0 for field in fields]  # km/s, g/cm3
    named = {n: f * s for n, f, s in zip(("rho", "vp", "vs"), fields, scale, strict=True)}
    return _dataset(axes, named)


def check_model(model: xr.Dataset, source: object) -> xr.Dataset:
    """Return the model if waves can travel through it; otherwise say what is wrong.

    Raises
    ------
    InputError
        If axes are not evenly spaced and rising, a value is not finite or out of its range, or
        Vp is below Vs (or so close to it that the bulk modulus is negative).
    """
    for name in "xyz":
        steps = np.diff(model[name].values)
        if steps.size < 7 or steps.min() <= 0 or np.ptp(steps) > 1e-3 * steps.mean():
            raise InputError(
                source,
                f"axis {name}",
                f"{steps.size + 1} nodes, steps {steps[:5]}",
                "at least 8 nodes, evenly spaced and rising",
            )
    for name, (low, high) in PLAUSIBLE.items():
        values = model[name].values
        if not np.isfinite(values).all():
            raise InputError(
                source, f"variable '{name}'", "NaN or infinite values", "finite values"
            )
        if values.min() < low or values.max() > high:
            raise InputError(
                source,
                f"variable '{name}'",
                f"values from {values.min():.4g} to {values.max():.4g}",
                f"{low:g} to {high:g} {FIELDS[name]}",
            )
    vp, vs = model.vp.values, model.vs.values
    if (vs[..., 0] == 0).any() and (vs[..., -1] > 0).all():
        found = "water at its beginning and rock at its end"
        raise InputError(source, "axis z", found, "z upward, or its attribute positive: down")
    fluid = vp[vs == 0]
    if fluid.size and not WATER[0] <= fluid.min() <= fluid.max() <= WATER[1]:
        found = f"Vp from {fluid.min():.0f} to {fluid.max():.0f} m/s where Vs is 0"
        raise InputError(source, "Vp and Vs", found, f"{WATER[0]:g} to {WATER[1]:g} m/s: water")
    wrong = 3.0 * vp**2 <= 4.0 * vs**2
    if wrong.any():
        node = tuple(int(i) for i in np.argwhere(wrong)[0])
        kind = "Vp < Vs" if vp[node] < vs[node] else "Vp < 1.155 Vs (a negative bulk modulus)"
        raise InputError(
            source,
            "Vp and Vs",
            f"{kind} at {int(wrong.sum())} nodes, first at node {node}: "
            f"{vp[node]:.0f} and {vs[node]:.0f} m/s",
            "Vp > 1.155 Vs everywhere",
        )
    return model


def first_water(model: xr.Dataset, x: float, y: float) -> float:
    """Height (m) of the lowest water node of the column nearest to (x, y).

    Raises
    ------
    InputError
        If the column has no water.
    """
    column = model.vs.sel(x=x, y=y, method="nearest").values
    if column[-1] > 0:
        raise InputError(
            "velocity model",
            f"column at ({x:g}, {y:g}) m",
            "no water on top",
            "water (vs = 0) above the sea bed, where receivers without a height stand; one in rock "
            "has its height z as a third number",
        )
    return float(model.z.values[np.flatnonzero(column > 0)[-1] + 1 if (column > 0).any() else 0])


def check_in_rock(model: xr.Dataset, positions: np.ndarray, source: object, what: str) -> None:
    """Refuse positions (point, 3) in metres that are not in rock.

    Raises
    ------
    InputError
        If the model's node nearest to one is water.
    """
    at = {name: xr.DataArray(positions[:, k], dims="point") for k, name in enumerate("xyz")}
    wet = np.flatnonzero(model.vs.sel(at, method="nearest").values == 0)
    if wet.size:
        found = (
            f"{positions[wet[0]].tolist()} m, in the water ({wet.size} of {len(positions)} such)"
        )
        expected = "rock, below the sea bed (z is height; depth has its attribute positive: down)"
        raise InputError(source, f"{what} {wet[0]}", found, expected)


def grid(model: xr.Dataset, spacing: tuple[float, float, float]) -> list[np.ndarray]:
    """Nodes along x, y, z (m) of a grid of other steps that begins where the model begins."""
    axes = []
    for name, step in zip("xyz", spacing, strict=True):
        old = model[name].values
        nodes = old[0] + step * np.arange(int((old[-1] - old[0]) / step + 1e-6) + 1)
        axes.append(np.minimum(nodes, old[-1]))  # rounded steps may end beyond the model
    return axes


def resample(model: xr.Dataset, axes: list[np.ndarray], vs_floor: float) -> xr.Dataset:
    """Interpolate a model to the grid of a simulation.

    Water stays water: a node has the phase of the model's nearest node, and takes its values
    from neighbours of that phase alone. Of velocities the slowness is interpolated, so that travel
    times are those of the model on any grid. S velocities of rock below `vs_floor` are not resolved
    on the grid and are raised to it, and Vp with them where it would be below 1.25 Vs.

    Parameters
    ----------
    model
        From :func:`synthetic` or :func:`read_model`.
    axes
        Nodes along x, y, z (m), within the model.
    vs_floor
        Least S velocity of rock (m/s).

    Returns
    -------
    xarray.Dataset
        On the new grid; the attribute ``raised`` is the fraction of the rock nodes whose S
        velocity was raised.
    """
    to = dict(zip("xyz", axes, strict=True))
    rock = model.vs > 0
    inside = rock.sel(to, method="nearest").values
    weight = rock.astype(float).interp(to).values
    fields = {}
    for name in FIELDS:
        slow = name in ("vp", "vs")
        given = (1.0 / model[name]).where(model[name] > 0, 0.0) if slow else model[name]
        in_rock = (given * rock).interp(to).values / np.where(weight > 0, weight, 1.0)
        in_water = (given * ~rock).interp(to).values / np.where(weight < 1, 1 - weight, 1.0)
        found = np.where(inside, in_rock, in_water)
        fields[name] = (
            np.where(found > 0, 1.0 / np.where(found > 0, found, 1.0), 0.0) if slow else found
        )
    low = inside & (fields["vs"] < vs_floor)
    fields["vs"][low] = vs_floor
    fields["vp"] = np.where(inside, np.maximum(fields["vp"], 1.25 * fields["vs"]), fields["vp"])
    raised = float(low.sum() / max(inside.sum(), 1))
    return _dataset(axes, fields).assign_attrs(raised=raised)
