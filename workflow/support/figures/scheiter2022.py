"""Figures 1 to 4 of Scheiter et al. (2022): arrays in, matplotlib figures out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from latentearth.ensembles.azimuth import azimuth
from latentearth.figures import style

LIMIT = 1.25  # half-width of the panels that show rings
FEW = 3000  # samples that are shown one by one


def _count(samples: np.ndarray) -> str:
    """Number of samples with a thin space between thousands."""
    return f"{len(samples):,}".replace(",", "\u2009")


def gaussian(observed: np.ndarray, mean: float, deviation: float, drawn: np.ndarray) -> Figure:
    """Figure 1: observed samples (sample,), the Gaussian fitted to them, and draws from it."""
    figure, axes = style.subplots(1, 3, height_mm=58, sharex=True)
    axes = axes[0]
    span = mean - 4 * deviation, mean + 4 * deviation
    grid = np.linspace(*span, 400)
    density = np.exp(-0.5 * ((grid - mean) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))
    axes[0].hist(observed, np.linspace(*span, 21), density=True, color=style.MCMC, alpha=0.8)
    axes[0].set_title(f"(a) {len(observed)} observed samples")
    axes[1].hist(observed, np.linspace(*span, 21), density=True, color="0.8")
    axes[1].plot(grid, density, color=style.GAN)
    axes[1].axvline(mean, color=style.GAN, lw=0.8, label="$\\mu$")
    for side, text in ((-1, "$\\mu \\pm \\sigma$"), (1, None)):
        place = mean + side * deviation
        axes[1].axvline(place, color=style.GAN, lw=0.8, ls="--", label=text)
    axes[1].legend()
    axes[1].set_title(rf"(b) Gaussian fit: $\mu = {mean:.2f}$, $\sigma = {deviation:.2f}$")
    axes[2].hist(drawn, np.linspace(*span, 61), density=True, color=style.GAN, alpha=0.8)
    axes[2].set_title(f"(c) {_count(drawn)} draws from the fit")
    for axis in axes:
        axis.set_xlabel("$x$")
    axes[0].set_ylabel("probability density")
    return figure


def _with_marginals(figure: Figure, corner: tuple[float, float], width: float, samples, colour):
    """Scatter of samples (sample, 2) with the histogram of each coordinate at its side.

    corner: lower left corner of the scatter, in parts of the figure's width and height.
    """
    left, bottom = corner
    height = width * figure.get_figwidth() / figure.get_figheight()  # a square
    scatter = figure.add_axes((left, bottom, width, height))
    top = figure.add_axes((left, bottom + height, width, height / 4), sharex=scatter)
    side = figure.add_axes((left + width, bottom, width / 4, height), sharey=scatter)
    size = max(0.05, min(4, 800 / len(samples)))
    scatter.scatter(*samples.T, s=size, c=colour, lw=0, rasterized=True)
    bins = np.linspace(-LIMIT, LIMIT, 41)
    top.hist(samples[:, 0], bins, density=True, color=colour, alpha=0.8)
    side.hist(samples[:, 1], bins, density=True, color=colour, alpha=0.8, orientation="horizontal")
    scatter.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    # one scale for all marginals, so that rows and columns compare
    top.set_ylim(0, 1.15)
    side.set_xlim(0, 1.15)
    for axis in (top, side):
        axis.axis("off")
    return scatter


def rings(ensembles: Sequence[np.ndarray], draws: Sequence[np.ndarray]) -> Figure:
    """Figure 2: ensembles of growing size (black) and the GANs that learned them (purple).

    Parameters
    ----------
    ensembles, draws
        One array (sample, 2) per ensemble size; of the draws as many are shown as of the largest
        ensemble.
    """
    columns = len(ensembles)
    figure = style.figure(height_mm=105)
    figure.set_layout_engine("none")  # the panels are placed, so that all are equal squares
    width = 0.75 * 0.92 / columns
    for column, pair in enumerate(zip(ensembles, draws, strict=True)):
        for row, (samples, colour) in enumerate(zip(pair, (style.MCMC, style.GAN), strict=True)):
            corner = 0.07 + 0.93 * column / columns, (0.545, 0.08)[row]
            scatter = _with_marginals(figure, corner, width, samples, colour)
            figure.text(
                corner[0] + width / 2,
                (0.965, 0.5)[row],
                f"{_count(samples)} {('McMC', 'GAN')[row]} samples",
                ha="center",
                fontsize=7,
            )
            if row == 1:
                scatter.set_xlabel("$x_1$", labelpad=1)
            if column == 0:
                scatter.set_ylabel("$x_2$", labelpad=0)
            scatter.tick_params(labelbottom=row == 1, labelleft=column == 0)
    return figure


def integrals(
    examples: Sequence[float],
    frequencies: np.ndarray,
    sizes: Sequence[int],
    spread: np.ndarray,
    floor: np.ndarray,
    gan_floor: np.ndarray,
    draws: int,
    published: tuple[np.ndarray, Sequence[int]] | None = None,
) -> Figure:
    """Figure 3: three integrands, and the relative error of their integrals.

    Parameters
    ----------
    examples
        Three frequencies to show.
    frequencies
        (frequency,).
    sizes
        Samples per chain of each ensemble, (size,).
    spread
        Standard deviation over chains of the relative error, (source, size, frequency), of
        the ensembles and of the GANs.
    floor, gan_floor
        What independent samples would give: (size, frequency) and (frequency,).
    draws
        Samples drawn from each GAN.
    published
        The authors' curves (source, published size, frequency) and their sizes, if at hand.
    """
    figure = style.figure(height_mm=120)
    grid = figure.add_gridspec(2, 6, height_ratios=(1, 1.25))
    tops = [figure.add_subplot(grid[0, 2 * column : 2 * column + 2]) for column in range(3)]
    line = np.linspace(-1, 1, 401)
    phi = azimuth(np.stack(np.meshgrid(line, line), axis=-1))
    for axis, w in zip(tops, examples, strict=True):
        extent = (-1, 1, -1, 1)
        field = axis.imshow(
            np.sin(w * phi), cmap="RdBu", vmin=-1, vmax=1, extent=extent, origin="lower"
        )
        axis.set(title=f"$\\omega$ = {w}", xlabel="$x_1$", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    tops[0].set_ylabel("$x_2$")
    figure.colorbar(field, ax=tops, label="$\\sin(\\omega\\varphi)$", shrink=0.7, ticks=(-1, 0, 1))
    titles = "Ensembles", f"{draws:,} samples of each GAN".replace(",", "\u2009")
    left: Axes | None = None
    for source, (title, shades) in enumerate(zip(titles, ("Greys", "Purples"), strict=True)):
        left = axis = figure.add_subplot(grid[1, 3 * source : 3 * source + 3], sharey=left)
        colours = colormaps[shades](np.linspace(0.4, 1.0, len(sizes)))
        inset = axis.inset_axes((0.42, 0.42, 0.55, 0.52)) if source == 1 else None
        for target in filter(None, (axis, inset)):
            for index, (size, colour) in enumerate(zip(sizes, colours, strict=True)):
                label = f"{size:,}".replace(",", "\u2009")
                target.plot(frequencies, spread[source, index], color=colour, label=label)
                if source == 0:
                    target.plot(frequencies, floor[index], color="tab:red", lw=0.7, ls=":")
                if published is not None and size in list(published[1]):
                    curve = published[0][source, list(published[1]).index(size)]
                    places = np.arange(len(curve)) + 0.5
                    target.plot(places, curve, color="tab:green", lw=0.5)
            if source == 1:
                target.plot(frequencies, gan_floor, color="tab:red", lw=0.7, ls=":")
            target.set_xlim(0, frequencies[-1] + 0.5)
            target.set_ylim(0)
        label = "independent" + (r": $\pi\omega\sqrt{0.5/N}$" if source == 0 else "")
        axis.plot([], [], color="tab:red", lw=0.7, ls=":", label=label)
        if published is not None:
            axis.plot([], [], color="tab:green", lw=0.5, label="published")
        axis.set(title=title, xlabel="frequency $\\omega$")
        axis.legend(title="ensemble size", loc="upper left", fontsize=6, title_fontsize=6)
    figure.axes[-2].set_ylabel("standard deviation of relative error")
    return figure


def _cloud(ax: Axes, samples: np.ndarray, colour: str) -> None:
    """Samples (sample, 2): how many fall into each cell, or dots where there are few."""
    if len(samples) < FEW:
        size = max(0.3, min(4, 900 / max(1, len(samples))))
        ax.scatter(*samples.T, s=size, c=colour, lw=0, rasterized=True)
        return
    edges = np.linspace(-LIMIT, LIMIT, 81)
    counts, _, _ = np.histogram2d(samples[:, 0], samples[:, 1], bins=[edges, edges])
    shades = LinearSegmentedColormap.from_list("shades", ("white", colour))
    ax.imshow(counts.T, cmap=shades, vmin=0, origin="lower", extent=2 * (-LIMIT, LIMIT))


def hyperspheres(
    dimensions: Sequence[int],
    projected: Sequence[np.ndarray],
    real_slices: Sequence[np.ndarray],
    gan_slices: Sequence[np.ndarray],
    ensemble_sizes: Sequence[int],
    half_width: float,
) -> Figure:
    """Figure 4: shells in several dimensions, and their slices at the x1-x2 plane.

    Parameters
    ----------
    dimensions
        (dimension,).
    projected
        Samples (sample, coordinate) of each ensemble, for the first row.
    real_slices, gan_slices
        Samples (sample, 2) in the slice, of each whole ensemble and of each GAN.
    ensemble_sizes
        Samples of each whole ensemble.
    half_width
        Of the slice.
    """
    columns = len(dimensions)
    figure, axes = style.subplots(3, columns, height_mm=118, sharex=True, sharey=True)
    for column, d in enumerate(dimensions):
        panels = (
            (projected[column][:, :2], style.MCMC, f"{d}-D"),
            (real_slices[column], style.MCMC, f"{_count(real_slices[column])} in slice"),
            (gan_slices[column], style.GAN, f"{_count(gan_slices[column])} in slice"),
        )
        for axis, (samples, colour, title) in zip(axes[:, column], panels, strict=True):
            _cloud(axis, samples[:, :2], colour)
            axis.set_title(title, fontsize=7)
            axis.set(
                xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), xticks=(-1, 0, 1), yticks=(-1, 0, 1)
            )
            axis.set_aspect("equal")
        axes[2, column].set_xlabel("$x_1$")
    count = f"{max(ensemble_sizes):,}".replace(",", "\u2009")
    rows = (
        "McMC, projected\n$x_2$",
        f"McMC ({count}),\n$|x_{{j>2}}|$ < {half_width}\n$x_2$",
        f"GAN,\n$|x_{{j>2}}|$ < {half_width}\n$x_2$",
    )
    for axis, label in zip(axes[:, 0], rows, strict=True):
        axis.set_ylabel(label)
    return figure
