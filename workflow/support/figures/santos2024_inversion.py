"""Figures of Santos et al. (2024) on homogenization and inversion: 2, 3, 8 to 15, and samplers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from latentearth.figures import style
from support.figures.santos2024 import BOX, name_sides, show_image
from support.labels import label as named

SYMBOLS = [f"$C_{{{ij}}}$" for ij in ("11", "22", "33", "12", "13", "23")]
EFFECTIVE = [symbol[:-1] + "^*$" for symbol in SYMBOLS]
PLACES = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))  # of coefficients in the tensor
STIFFNESS, UNCERTAINTY = "viridis", "magma"
ANISOTROPY = "RdBu"  # red where C22 < C11: horizontal layers, as in the paper
PRIOR = style.CYCLE[1]  # orange, as in the paper


def field(ax: Axes, values: np.ndarray, title: str, cmap: str = STIFFNESS, limits=(None, None)):
    """Show a field, (y, x), over the whole box; returns the image for a colour bar."""
    shown = ax.imshow(values, cmap=cmap, origin="lower", vmin=limits[0], vmax=limits[1], extent=BOX)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title)
    return shown


def wavelength(waves: float) -> str:
    """Cutoff wavelength as text, of L / lambda_0."""
    return r"$\lambda_0 = L$" if waves == 1 else rf"$\lambda_0 = L/{waves:g}$"


def _bar(figure: Figure, shown, ax, label: str = "", **more) -> None:
    figure.colorbar(shown, ax=ax, shrink=0.8, aspect=25, label=label, **more)


def _note(figure: Figure, text: str) -> None:
    """Say in small print what the figure was made with."""
    if text:
        figure.supxlabel(text, fontsize=6, color="0.35")


def _about_one(values: np.ndarray) -> tuple[float, float]:
    """Limits symmetric about 1."""
    half = max(float(np.abs(values - 1).max()), 1e-3)
    return 1 - half, 1 + half


def forward(image: np.ndarray, local: np.ndarray, effective: np.ndarray, waves: float) -> Figure:
    """Figure 2: a marble cake, its elastic medium and its effective medium.

    Parameters
    ----------
    image
        (y, x).
    local, effective
        (6, y, x), GPa.
    waves
        L / lambda_0.
    """
    figure = style.figure("double", 78)
    left, middle, right = figure.subfigures(1, 3, width_ratios=(1, 1.6, 1.6))
    ax = left.subplots()
    show_image(ax, image, "marble cake $m$")
    name_sides(ax)
    titles = (
        "elastic medium $C$ (GPa)",
        rf"effective medium $C^*$, $\lambda_0 = L/{waves:g}$ (GPa)",
    )
    for part, media, symbols, title in zip(
        (middle, right), (local, effective), (SYMBOLS, EFFECTIVE), titles, strict=True
    ):
        axes = part.subplots(3, 3)
        part.suptitle(title, fontsize=8)
        for ax in axes.ravel():
            ax.set_axis_off()
        for values, symbol, place in zip(media, symbols, PLACES, strict=True):
            low, high = values.min(), values.max()
            digits = 0 if high > 20 else 1
            title = (
                f"{symbol}: {low:.{digits}f} to {high:.{digits}f}" if high > low else f"{symbol}: 0"
            )
            field(axes[place], values, title.replace("-", "\u2212"))
            axes[place].title.set_fontsize(6)
            axes[place].set_axis_on()
    return figure


def medium(
    image: np.ndarray, first: np.ndarray, effective: np.ndarray, waves: float, names: Sequence[str]
) -> Figure:
    """Figures 3, 8 and 13: an image, the first coefficient of its medium, and its anisotropy.

    Parameters
    ----------
    image
        (y, x).
    first
        C11 as it is shown, (row, column), GPa.
    effective
        Six coefficients on a fine grid, (6, y, x), for the anisotropy.
    waves
        L / lambda_0.
    names
        Of the image and of C11.
    """
    figure, axes = style.subplots(1, 3, "double", 58)
    show_image(axes[0, 0], image, names[0])
    name_sides(axes[0, 0])
    _bar(figure, field(axes[0, 1], first, f"{names[1]}, {wavelength(waves)}"), axes[0, 1], "GPa")
    xi = effective[1] / effective[0]
    title = r"anisotropy $\xi = C_{22}^*/C_{11}^*$"
    shown = field(axes[0, 2], xi, title, ANISOTROPY, _about_one(xi))
    _bar(figure, shown, axes[0, 2])
    return figure


def _first_four(samples: np.ndarray):
    """GetDist's samples of the first four latent dimensions, (sample, latent), and their names."""
    from getdist import MCSamples

    count = min(4, samples.shape[1])
    names = [f"z{k}" for k in range(count)]
    labels = [f"z_{{{k}}}" for k in range(1, count + 1)]
    chains = MCSamples(
        samples=samples[:, :count], names=names, labels=labels, settings={"ignore_rows": 0}
    )
    return chains, names


def _posterior_and_prior() -> list[Line2D]:
    """What the two curves of a marginal are, for a legend."""
    colours = {"posterior": style.CYCLE[0], "prior": PRIOR}
    return [Line2D([], [], color=colour, label=name) for name, colour in colours.items()]


def corner(samples: np.ndarray, note: str) -> Figure:
    """Figure 9: marginals of the first four latent dimensions by GetDist, (sample, latent)."""
    style.use()
    from getdist import plots

    (chains, names), count = _first_four(samples), min(4, samples.shape[1])
    plotter = plots.get_subplot_plotter(width_inch=style.WIDTH_MM["double"] / 25.4 * 0.8)
    plotter.settings.axes_fontsize, plotter.settings.lab_fontsize = 7, 9
    plotter.triangle_plot([chains], names, filled=True, contour_colors=[style.CYCLE[0]])
    z = np.linspace(-3.5, 3.5, 200)
    for k in range(count):
        ax = plotter.subplots[k, k]
        # GetDist scales its marginals to a peak of 1: the prior keeps its height beside them
        density = chains.get1DDensity(names[k])
        area = np.trapezoid(density.P, density.x) / density.P.max()
        ax.plot(z, np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi) * area, color=PRIOR)
        ax.set_ylim(0, 1.05 * max(1.0, area / np.sqrt(2 * np.pi)))
    for ax in (ax for ax in plotter.subplots.ravel() if ax is not None):
        ax.set_xlim(-3.5, 3.5)
    figure = plotter.fig
    figure.legend(handles=_posterior_and_prior(), loc="upper right", fontsize=8)
    figure.text(0.98, 0.9, note, ha="right", va="top", fontsize=6, color="0.35")
    return figure


def examples(images: np.ndarray, true: np.ndarray, note: str) -> Figure:
    """Figure 10: images drawn from the posterior, (10, y, x), and the target, (y, x)."""
    figure, axes = style.subplots(2, 6, "double", 68)
    for ax in axes.ravel():
        ax.set_axis_off()
    show_image(axes[0, 0], true, "target")
    for ax, image in zip(axes[:, 1:].ravel(), images, strict=False):
        show_image(ax, image)
        ax.set_axis_on()
    axes[0, 0].set_axis_on()
    name_sides(axes[0, 0])
    _note(figure, note)
    return figure


def characteristic(panels: dict[str, np.ndarray], true: np.ndarray, note: str) -> Figure:
    """Figure 11: four characteristic images by title (modes left, means right), and the target."""
    figure, axes = style.subplots(2, 3, "double", 112)
    axes[1, 2].set_axis_off()
    show_image(axes[0, 2], true, "target")
    name_sides(axes[0, 2])
    for ax, (title, image) in zip(axes[:, :2].ravel(), panels.items(), strict=True):
        show_image(ax, image, title)
    _note(figure, note)
    return figure


def _small_corner(panel: Axes, samples: np.ndarray) -> None:
    """Figure 9 in the space of one panel: marginals of four latent dimensions by GetDist."""
    panel.set_axis_off()
    (chains, names), z = _first_four(samples), np.linspace(-3.2, 3.2, 100)
    for i, name in enumerate(names):
        for j, other in enumerate(names[: i + 1]):
            ax = panel.inset_axes((0.04 + 0.245 * j, 0.76 - 0.24 * i, 0.23, 0.225))
            ax.set_in_layout(False)  # the layout would weigh forty small axes for seconds
            if i == j:
                density = chains.get1DDensity(name)
                share = density.P / np.trapezoid(density.P, density.x)
                ax.plot(density.x, share, color=style.CYCLE[0], lw=0.8)
                ax.plot(z, np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi), color=PRIOR, lw=0.7)
                ax.set_ylim(0, 1.1 * max(share.max(), 0.4))
            else:
                density = chains.get2DDensity(other, name)
                levels = [*sorted(density.getContourLevels((0.68, 0.95))), 1.01 * density.P.max()]
                ax.contourf(density.x, density.y, density.P, levels, colors=("#a6cbe8", "#2171b5"))
                ax.set_ylim(-3.2, 3.2)
            ax.set(xlim=(-3.2, 3.2), xticks=(-2, 0, 2), yticks=() if i == j else (-2, 0, 2))
            ax.tick_params(labelsize=4, length=1, pad=1)
            if i < len(names) - 1:
                ax.set_xticklabels([])
            else:
                ax.set_xlabel(f"$z_{j + 1}$", fontsize=5, labelpad=0)
            if j > 0 or i == 0:
                ax.set_yticklabels([])
            else:
                ax.set_ylabel(f"$z_{i + 1}$", fontsize=5, labelpad=0)


def cutoffs(rows: Sequence[dict], true: np.ndarray, note: str) -> Figure:
    """Figure 12: results for different cutoff wavelengths.

    Parameters
    ----------
    rows
        Per cutoff: waves, observed C11 (row, column) in GPa, samples (sample, latent), mean and
        deviation (y, x).
    true
        (y, x).
    note
        What the figure was made with.
    """
    figure = style.figure("double", 44 * len(rows) + 8)
    grid = figure.add_gridspec(len(rows), 4)
    first = np.concatenate([row["observed"].ravel() for row in rows])
    limits, top = (first.min(), first.max()), max(row["deviation"].max() for row in rows)
    columns: tuple[list[Axes], ...] = ([], [], [])
    for k, row in enumerate(rows):
        ax = figure.add_subplot(grid[k, 0])
        data = field(
            ax, row["observed"], f"observed $C_{{11}}$, {wavelength(row['waves'])}", limits=limits
        )
        columns[0].append(ax)
        panel = figure.add_subplot(grid[k, 1], box_aspect=1)
        _small_corner(panel, row["samples"])
        if k == 0:
            panel.legend(handles=_posterior_and_prior(), loc="upper right", fontsize=6)
        ax = figure.add_subplot(grid[k, 2])
        mean = ax.imshow(row["mean"], cmap="gray", vmin=0, vmax=1, origin="lower", extent=BOX)
        share = np.mean((row["mean"] > 0.5) == (true > 0.5))
        ax.set(xticks=[], yticks=[], title=f"mean image, {100 * share:.0f}% correct")
        columns[1].append(ax)
        ax = figure.add_subplot(grid[k, 3])
        deviation = field(ax, row["deviation"], "standard deviation", UNCERTAINTY, (0, top))
        columns[2].append(ax)
    for shown, axes, text in zip(
        (data, mean, deviation),
        columns,
        ("GPa", "share of white", "standard deviation"),
        strict=True,
    ):
        figure.colorbar(shown, ax=axes[-1], location="bottom", label=text, shrink=0.8, aspect=20)
    name_sides(columns[0][0])
    _note(figure, note)
    return figure


def anisotropy(true: np.ndarray, results: dict[str, tuple], note: str) -> Figure:
    """Figure 14: mean and standard deviation by kind of data, (y, x) each, and the target."""
    figure, axes = style.subplots(len(results), 3, "double", 54 * len(results))
    top = max(deviation.max() for _, deviation in results.values())
    for ax in axes[1:, 0]:
        ax.set_axis_off()
    show_image(axes[0, 0], true, "target")
    name_sides(axes[0, 0])
    for row, (name, (mean, deviation)) in zip(axes, results.items(), strict=True):
        share = np.mean((mean > 0.5) == (true > 0.5))
        show_image(row[1], mean, f"{name}: mean, {100 * share:.0f}% correct")
        title = f"{name}: mean deviation {deviation.mean():.3f}"
        shown = field(row[2], deviation, title, UNCERTAINTY, (0, top))
        _bar(figure, shown, row[2], "standard deviation")
    _note(figure, note)
    return figure


def targets(
    true: np.ndarray,
    mean: np.ndarray,
    observed: np.ndarray,
    predicted: np.ndarray,
    d_min: np.ndarray,
    note: str,
) -> Figure:
    """Figure 15: further targets.

    Parameters
    ----------
    true, mean
        (target, y, x).
    observed, predicted
        C11, (target, row, column), GPa.
    d_min
        Distance to the nearest training image, (target,).
    note
        What the figure was made with.
    """
    count = len(true)
    figure, axes = style.subplots(4, count, "double", 18.5 * 4 + 18)
    both = np.concatenate([observed.ravel(), predicted.ravel()])
    limits = both.min(), both.max()
    for k in range(count):
        show_image(axes[0, k], true[k])
        show_image(axes[1, k], mean[k])
        share = 100 * np.mean((true[k] > 0.5) == (mean[k] > 0.5))
        axes[1, k].set_title(f"{share:.0f}%", fontsize=6)
        field(axes[2, k], observed[k], "", limits=limits)
        shown = field(axes[3, k], predicted[k], "", limits=limits)
        axes[3, k].set_xlabel(f"$D_\\mathrm{{min}}$\n{d_min[k]:.2f}", fontsize=6)
    names = (
        "target",
        "mean image,\npixels correct",
        "observed $C_{11}$",
        "$C_{11}$ of\nmean image",
    )
    for ax, name in zip(axes[:, 0], names, strict=True):
        ax.set_ylabel(name, fontsize=6)
    figure.colorbar(shown, ax=axes, label="GPa", aspect=30, shrink=0.5, anchor=(0, 0))
    _note(figure, note)
    return figure


def samplers(time: np.ndarray, correlation: np.ndarray, rows: Sequence[dict], note: str) -> Figure:
    """Autocorrelation against CPU time, (method, lag) each; effective samples and distances."""
    figure, axes = style.subplots(1, 3, "double", 60, width_ratios=(1.2, 1, 1))
    names = [named(row["method"]) for row in rows]
    colours = dict(zip(names, style.CYCLE, strict=False))
    for name, t, values in zip(names, time, correlation, strict=True):
        axes[0, 0].plot(t, values, color=colours[name], label=name)
    axes[0, 0].axhline(0, color="0.7", lw=0.6)
    axes[0, 0].set(xlabel="CPU time of one chain (s)", ylabel="mean autocorrelation of $z$")
    # linear up to the first lag, since a correlation of 1 stands at no time at all
    axes[0, 0].set_xscale("symlog", linthresh=np.nanmin(time[time > 0]), linscale=1)
    axes[0, 0].set_xlim(0, np.nanmax(time))
    axes[0, 0].xaxis.set_minor_formatter(NullFormatter())
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=6)
    style.letter(axes[0, 0], "(a)")
    place = np.arange(len(names))
    for ax, key, gain, label in (
        (axes[0, 1], "ess_median_per_cpu_min", "gain_median", "effective samples\nper CPU-minute"),
        (axes[0, 2], "squared_distance", "gain_distance", "squared distance\nat equal CPU time"),
    ):
        bars = ax.barh(place, [row[key] for row in rows], 0.7, color=[colours[n] for n in names])
        ax.bar_label(bars, [f"{row[gain]:.1f} x" for row in rows], fontsize=6, padding=2)
        ax.set_yticks(place, names if ax is axes[0, 1] else [])
        ax.invert_yaxis()
        ax.margins(x=0.2)
        ax.set_xlabel(label)
    style.letter(axes[0, 1], "(b)")
    style.letter(axes[0, 2], "(c)")
    _note(figure, note)
    return figure


def own(
    observed: np.ndarray,
    predicted: np.ndarray,
    mean: np.ndarray,
    deviation: np.ndarray,
    images: np.ndarray,
    note: str,
) -> Figure:
    """Solution for a user's medium: C11 seen and predicted (GPa), mean, deviation, samples."""
    figure, axes = style.subplots(2, 4, "double", 100)
    limits = min(observed.min(), predicted.min()), max(observed.max(), predicted.max())
    field(axes[0, 0], observed, "observed $C_{11}$", limits=limits)
    shown = field(axes[0, 1], predicted, "$C_{11}$ of mean image", limits=limits)
    _bar(figure, shown, axes[0, :2], "GPa", location="bottom")
    show_image(axes[0, 2], mean, "mean image")
    shown = field(axes[0, 3], deviation, "uncertainty", UNCERTAINTY)
    _bar(figure, shown, axes[0, 3], "standard deviation", location="bottom")
    for ax, image in zip(axes[1], images, strict=False):
        show_image(ax, image, "posterior sample")
    _note(figure, note)
    return figure
