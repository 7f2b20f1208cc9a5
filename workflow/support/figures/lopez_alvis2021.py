"""Figures of Lopez-Alvis et al. (2021) that show networks: 3, 4, 5, 7, and the poster's jumps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from latentearth.figures import style

TRAINING, ENCODED, GENERATED = "#0072b2", "#d55e00", "#e69f00"  # blue, red, orange as in Fig. 4
CELL = 0.1  # m
MISFIT_MAP = "Blues_r"


def draw_model(ax: Axes, model: np.ndarray, title: str | None = None) -> object:
    """One model of 129 x 65 cells with depth downwards; black 0, white 1 (channels)."""
    rows, columns = model.shape
    extent = 0, CELL * columns, CELL * rows, 0
    image = ax.imshow(model, cmap="gray", vmin=0, vmax=1, extent=extent)
    if title:
        ax.set_title(title)
    return image


def label_models(axes: np.ndarray) -> None:
    """Depth at the left of each row of models, distance below the last row."""
    for (row, column), ax in np.ndenumerate(axes):
        ax.set(xticks=(0, 5), yticks=(0, 4, 8, 12))
        ax.tick_params(labelleft=column == 0, labelbottom=row == len(axes) - 1)
        if column == 0:
            ax.set_ylabel("depth (m)")
        if row == len(axes) - 1:
            ax.set_xlabel("x (m)")


def manifold(data: xr.Dataset) -> Figure:
    """Figure 3: the eight-shaped manifold, and a misfit with one minimum.

    Parameters
    ----------
    data
        Of the rule ``lopez_alvis2021_eight``: ``point`` and ``misfit``.
    """
    figure, axes = style.subplots(1, 2, "double", 75)
    points, fine = data.point.values, data.z1.values
    axes[0, 0].plot(*points.T, ".", color=TRAINING, ms=2)
    axes[0, 0].set(xlim=(-1, 1), ylim=(-1, 1), title="training samples")
    axes[0, 0].set(xticks=(-1, -0.5, 0, 0.5, 1), yticks=(-1, -0.5, 0, 0.5, 1))
    image = axes[0, 1].pcolormesh(
        fine, fine, data.misfit.values, cmap=MISFIT_MAP, rasterized=True, shading="nearest"
    )
    axes[0, 1].set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), title="misfit")
    figure.colorbar(image, ax=axes[0, 1], shrink=0.8, label=r"$\gamma(x)$")
    for ax, text in zip(axes[0], ("(a)", "(b)"), strict=True):
        ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        style.letter(ax, text)
    return figure


def _grid(ax: Axes, sheet: np.ndarray, colour: str = "black") -> None:
    """Lines of a grid (line, point, 2), every fifth, both ways."""
    for lines in (sheet[10:71:5, 10:71], sheet[10:71, 10:71:5].swapaxes(0, 1)):
        ax.plot(lines[..., 0].T, lines[..., 1].T, color=colour, lw=0.4)


def mapped_latent_spaces(data: xr.Dataset) -> Figure:
    """Figure 4: for every pair of alpha and beta, latent space above and ambient space below.

    Parameters
    ----------
    data
        Of the rule ``lopez_alvis2021_eight``; networks of one alpha fill a column.
    """
    alphas, betas = np.unique(data.alpha.values), np.unique(data.beta.values)[::-1]
    figure = style.figure("double", 66 * len(betas) + 8)
    strip, body = figure.subfigures(2, 1, height_ratios=(8, 66 * len(betas)))
    outer = body.subfigures(len(betas), len(alphas), squeeze=False)
    misfits = data.mapped_misfit.values
    z1, z2 = np.meshgrid(data.z1.values, data.z2.values)
    flat = np.stack([z1, z2], -1)
    for net in range(data.sizes["net"]):
        d = data.isel(net=net)
        row = int(np.flatnonzero(betas == float(d.beta))[0])
        part = outer[row, int(np.flatnonzero(alphas == float(d.alpha))[0])]
        part.suptitle(rf"$\alpha$ = {float(d.alpha):g}, $\beta$ = {float(d.beta):g}", fontsize=7.5)
        (latent, hills), (bent, ambient) = part.subplots(2, 2)
        latent.plot(*d.code.values.T, ".", color=ENCODED, ms=1)
        latent.plot(*data.drawn.values.T, ".", color=GENERATED, ms=1.5)
        _grid(latent, flat)
        drawn = hills.pcolormesh(
            data.z1,
            data.z2,
            d.mapped_misfit.values,
            cmap=MISFIT_MAP,
            shading="nearest",
            rasterized=True,
            vmin=misfits.min(),
            vmax=misfits.max(),
        )
        _grid(bent, d.mapped.values)
        ambient.plot(*data.point.values.T, ".", color=TRAINING, ms=1)
        ambient.plot(*d.reconstructed.values.T, ".", color=ENCODED, ms=1)
        ambient.plot(*d.generated.values.T, ".", color=GENERATED, ms=1.5)
        for ax, limit, name in zip(
            (latent, hills, bent, ambient), (2, 2, 1, 1), "zzxx", strict=True
        ):
            ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
            ax.set(xticks=(-limit, 0, limit), yticks=(-limit, 0, limit))
            ax.tick_params(labelsize=6, pad=1, length=2)
            ax.set_xlabel(f"${name}_1$", fontsize=6, labelpad=0)
        for ax, name in ((latent, "z"), (bent, "x")):
            ax.set_ylabel(f"${name}_2$", fontsize=6, labelpad=0)
        for ax in (hills, ambient):
            ax.tick_params(labelleft=False)
    colours = {
        "training": TRAINING,
        "encoded, decoded again": ENCODED,
        "drawn from the prior": GENERATED,
    }
    dots = [Line2D([], [], ls="", marker=".", color=c, label=name) for name, c in colours.items()]
    strip.legend(handles=dots, loc="center left", ncols=3, fontsize=7)
    bar = strip.add_axes((0.8, 0.55, 0.17, 0.22))
    figure.colorbar(drawn, cax=bar, orientation="horizontal")
    bar.tick_params(labelsize=6)
    strip.text(0.785, 0.65, r"misfit $\gamma$", ha="right", va="center", fontsize=7)
    return figure


def training_and_samples(
    patch: np.ndarray,
    corners: Sequence[tuple[int, int]],
    cropped: np.ndarray,
    samples: xr.Dataset,
) -> Figure:
    """Figure 5: a patch of the training image, crops of it, and samples of VAE and SGAN.

    Parameters
    ----------
    patch
        Facies, (row, column).
    corners
        Upper left cells of three crops.
    cropped
        Those crops, (3, 129, 65).
    samples
        Of the rule ``lopez_alvis2021_samples``: ``vae`` and ``sgan``, each (sample, 129, 65), and
        their titles.
    """
    count = samples.sizes["sample"]
    figure = style.figure("double", 165)
    above, *below = figure.subfigures(3, 1, height_ratios=(1.45, 1, 1))
    grid = above.add_gridspec(1, 4, width_ratios=(2.2, 1, 1, 1))
    ax = above.add_subplot(grid[0, 0])
    draw_model(ax, patch)
    ax.set(xlabel="x (m)", ylabel="depth (m)")
    for number, (row, column) in enumerate(corners, start=1):
        x, y = CELL * column, CELL * row
        ax.add_patch(Rectangle((x, y), CELL * 65, CELL * 129, fill=False, edgecolor="red", lw=1.2))
        ax.text(x, y - 0.6, str(number), color="red", fontsize=8, fontweight="bold")
    style.letter(ax, "(a)")
    axes = np.array([[above.add_subplot(grid[0, 1 + i]) for i in range(3)]])
    for number, (ax, crop) in enumerate(zip(axes[0], cropped, strict=True), start=1):
        draw_model(ax, crop, f"crop {number}")
    style.letter(axes[0, 0], "(b)")
    label_models(axes)
    for part, kind, text in zip(below, ("vae", "sgan"), ("(c)", "(d)"), strict=True):
        part.suptitle(f"{text} {samples.attrs[f'{kind}_title']}", x=0.02, ha="left", fontsize=8)
        axes = part.subplots(1, count, squeeze=False)
        for ax, model in zip(axes[0], samples[kind].values, strict=True):
            draw_model(ax, model)
        label_models(axes)
    return figure


def truths_and_encoded(data: xr.Dataset) -> Figure:
    """Figure 7: the true models, and what encoding and decoding makes of them.

    Parameters
    ----------
    data
        Of the rule ``lopez_alvis2021_encoded``: ``model`` and ``encoded``, (truth, z, x).
    """
    names = data.truth.values.tolist()
    figure, axes = style.subplots(2, len(names), "double", 125)
    models, again = data.model.values, data.encoded.values
    rmse = np.sqrt(np.square(again - models).mean((1, 2)))
    for column, name in enumerate(names):
        draw_model(axes[0, column], models[column], f"${name[:2]}_{name[2:]}$")
        image = draw_model(axes[1, column], again[column], f"RMSE {rmse[column]:.3f}")
    label_models(axes)
    axes[0, 0].set_ylabel("truth\ndepth (m)")
    axes[1, 0].set_ylabel("encoded and decoded\ndepth (m)")
    figure.colorbar(image, ax=axes, shrink=0.5, label="facies (1: channels)")
    figure.suptitle(data.attrs["title_of_network"], fontsize=8)
    return figure


def jumps(data: xr.Dataset) -> Figure:
    """Poster: models on straight paths through the latent spaces, and how evenly they change.

    Parameters
    ----------
    data
        Of the rule ``lopez_alvis2021_jumps``: ``<kind>_frame`` and ``<kind>_speed`` for VAE and
        SGAN.
    """
    figure = style.figure("double", 165)
    *pictures, below = figure.subfigures(3, 1, height_ratios=(1, 1, 0.85))
    (speed_ax, share_ax) = below.subplots(1, 2)
    for part, kind, colour in zip(pictures, ("vae", "sgan"), (TRAINING, ENCODED), strict=True):
        frames = data[f"{kind}_frame"].values
        axes = part.subplots(1, len(frames), squeeze=False)
        part.suptitle(f"{kind.upper()}: from one latent vector straight to another", fontsize=8)
        for ax, model, at in zip(axes[0], frames, np.linspace(0, 1, len(frames)), strict=True):
            draw_model(ax, model, f"{at:.2f}")
        label_models(axes)
        speed = data[f"{kind}_speed"].values
        low, middle, high = np.quantile(speed, (0.16, 0.5, 0.84), axis=0)
        step = data.step.values
        speed_ax.fill_between(step, low, high, color=colour, alpha=0.2, lw=0)
        speed_ax.plot(step, middle, color=colour, label=kind.upper())
        largest = np.sort(speed.max(1))
        share = (np.arange(largest.size) + 1) / largest.size
        share_ax.plot(largest, share, color=colour, label=kind.upper())
    speed_ax.set(xlabel="place on the path", ylabel="change / mean change", ylim=0)
    share_ax.set(xlabel="largest change / mean change", ylabel="part of the paths", ylim=(0, 1))
    share_ax.axvline(1, color="0.5", lw=0.6, ls=":", label="even change")
    speed_ax.legend()
    share_ax.legend(loc="lower right")
    for ax, text in zip((speed_ax, share_ax), ("(a)", "(b)"), strict=True):
        style.letter(ax, text)
    return figure
