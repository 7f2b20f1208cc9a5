"""Figures 6, 8, 9 and 10 of Lopez-Alvis et al. (2021), its poster's histograms, and two of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from scipy.stats import chi

from latentearth.figures import style
from latentearth.inversion import three_minima

ACCEPTED, REJECTED = style.CYCLE[0], style.CYCLE[3]
NOISY = style.CYCLE[5]
GREENS = "#1b7837", "#a6dba0"
EXTENT = (0, 6.5, 12.9, 0)  # m


def draw_model(ax: Axes, model: np.ndarray | None, title: str = "", labels: bool = False) -> None:
    """A model of facies (row, column), or an empty panel that says so."""
    if model is None:
        ax.axis("off")
        ax.text(0.5, 0.5, "none", ha="center", va="center", transform=ax.transAxes, color="0.5")
    else:
        ax.imshow(model, cmap="gray", vmin=0, vmax=1, extent=EXTENT)
        ax.set(xticks=(0, 6), yticks=(0, 6, 12))
        ax.tick_params(labelbottom=labels, labelleft=labels)
        if labels:
            ax.set_ylabel("depth (m)", fontsize=6, labelpad=1)
    ax.set_title(title, fontsize=7, pad=2)


def _facet(ax: Axes, rows: int, row: int, label: str, top: float) -> None:
    """Axis of paths: limits, and its names where there is room."""
    ax.set(ylim=(0, top), ylabel=label)
    ax.margins(x=0.01)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=(1, 2, 2.5, 5, 10)))
    ax.tick_params(labelbottom=row == rows - 1)
    if row == rows - 1:
        ax.set_xlabel("iteration")


def _heads(row: np.ndarray, names: Sequence[str]) -> None:
    """Letters and names of columns, above what the first row's panels are called."""
    for ax, letter, name in zip(row, "abcde", names, strict=True):
        title, head = ax.get_title(), f"({letter}) {name}"
        if title:
            ax.set_title(f"{head}\n{title}", fontsize=6.5, pad=2)
        else:  # at the left, since a panel of paths may have a name of its own at the right
            ax.set_title(head, loc="left", fontsize=7, pad=2)


def in_print(truth: str) -> str:
    """The name of a truth as the paper prints it: mc2 with its number below."""
    letters, number = truth.rstrip("0123456789"), truth.lstrip("abcdefghijklmnopqrstuvwxyz")
    return f"${letters}_{{{number}}}$" if number and letters + number == truth else truth


def _starts(runs: xr.Dataset) -> str:
    """How many starts, in words."""
    return "1 start" if runs.start.size == 1 else f"{runs.start.size} starts"


def _legend(figure: Figure, lines: Mapping[str, tuple[str, str]]) -> None:
    """Name the lines of all panels, above them: colour and line by name."""
    handles = [Line2D([], [], color=c, ls=ls, lw=1, label=name) for name, (c, ls) in lines.items()]
    figure.legend(handles=handles, loc="outside upper right", ncols=3, fontsize=6.5)


def three_minima_descent(toy: xr.Dataset) -> Figure:
    """Figure 6: misfit (a), one descent (b), its misfit (c) and norm (d)."""
    figure = style.figure(height_mm=66)
    grid = figure.add_gridspec(2, 3, width_ratios=(1, 1, 0.9))
    maps = [figure.add_subplot(grid[:, column]) for column in (0, 1)]
    line = np.linspace(-3, 3, 301)
    field = three_minima.objective(np.stack(np.meshgrid(line, line), -1))
    turn = np.linspace(0, 2 * np.pi, 200)
    radii = (
        (chi.mean(2), "black", "mean norm of the prior"),
        (chi.ppf(0.16, 2), "0.5", "its middle 68 %"),
        (chi.ppf(0.84, 2), "0.5", None),
    )
    for ax, name in zip(maps, "ab", strict=True):
        drawn = ax.pcolormesh(line, line, field, cmap="Blues_r", rasterized=True)
        for radius, colour, text in radii:
            circle = radius * np.cos(turn), radius * np.sin(turn)
            ax.plot(*circle, "--", color=colour, lw=0.8, label=text if name == "a" else None)
        ax.set(aspect="equal", xlim=(-3, 3), ylim=(-3, 3), xlabel="$z_1$", ylabel="$z_2$")
        style.letter(ax, f"({name})")
    figure.colorbar(drawn, ax=maps, label="misfit", shrink=0.75)
    path = toy.path.values
    maps[1].plot(*path.T, color=style.CYCLE[1], lw=0.4, marker=".", ms=1.5, mew=0)
    maps[1].plot(*path[0], "*", color="black", label="start")
    maps[1].plot(*path[-1], "x", color=style.CYCLE[3], ms=6, label="end")
    maps[1].plot(*toy.minimum.values[0], "+", color="black", ms=7, label="deepest minimum")
    maps[0].legend(loc="lower left", fontsize=6)
    maps[1].legend(loc="lower left", fontsize=6)
    upper, lower = (figure.add_subplot(grid[row, 2]) for row in (0, 1))
    upper.plot(toy.misfit, lw=0.6)
    upper.axhline(float(toy.depth[0]), color="0.5", lw=0.7, ls="--", label="deepest minimum")
    upper.legend(fontsize=6)
    upper.set_ylabel("misfit")
    lower.plot(np.linalg.norm(path, axis=1), lw=0.6)
    lower.axhline(chi.mean(2), color="black", lw=0.7, ls="--", label="mean norm of the prior")
    lower.legend(fontsize=6, loc="upper right")
    lower.set(ylabel="$\\|z\\|$", xlabel="iteration")
    for ax, name in ((upper, "c"), (lower, "d")):
        style.letter(ax, f"({name})")
    return figure


def _choose(runs: xr.Dataset, threshold: float) -> tuple[int | None, int | None]:
    """An accepted and a rejected start: the ones of median misfit among their like."""
    misfit = runs.misfit.values
    chosen: list[int | None] = []
    for group in (misfit <= threshold, misfit > threshold):
        numbers = np.flatnonzero(group)
        middle = numbers[np.argsort(misfit[numbers])]
        chosen.append(int(middle[len(middle) // 2]) if len(middle) else None)
    return chosen[0], chosen[1]


def all_cases(
    truth: np.ndarray,
    name: str,
    cases: dict[str, xr.Dataset],
    threshold: float,
    floor: float,
) -> Figure:
    """Figure 8: one truth in all cases; an accepted and a rejected inversion of each.

    Parameters
    ----------
    truth
        True facies (row, column).
    name
        Of the truth.
    cases
        Runs of the truth (start, ...) by case.
    threshold, floor
        Data RMSE (ns) and model RMSE of encoding and decoding the truth.
    """
    figure, axes = style.subplots(
        len(cases), 5, height_mm=30 * len(cases), width_ratios=(1.4, 1.4, 1.4, 4, 4)
    )
    for row, (case, runs) in enumerate(cases.items()):
        numbers = _choose(runs, threshold)
        title = in_print(name) if row == 0 else ""
        draw_model(axes[row, 0], truth if row == 0 else None, title, row == 0)
        if row:
            axes[row, 0].texts[0].set_text("")
        for column, (number, colour) in enumerate(
            zip(numbers, (ACCEPTED, REJECTED), strict=True), start=1
        ):
            draw_model(axes[row, column], None if number is None else runs.model[number], case)
            if number is not None:
                axes[row, 3].plot(runs.misfit_path[number], color=colour, lw=0.6)
                axes[row, 4].plot(runs.error_path[number], color=colour, lw=0.6)
        axes[row, 3].axhline(threshold, color="black", lw=0.6, ls="--")
        axes[row, 4].axhline(floor, color="black", lw=0.6, ls="--")
        titles = f"{case}, {_starts(runs)}", f"{runs.sizes['step']} iterations"
        for ax, title in zip(axes[row, 3:], titles, strict=True):
            ax.set_title(title, loc="right", fontsize=7, pad=2)
        _facet(axes[row, 3], len(cases), row, "RMSE (ns)", 10)
        _facet(axes[row, 4], len(cases), row, "model RMSE", 1)
    longest = max(runs.sizes["step"] for runs in cases.values())
    for ax in axes[:, 3:].flat:  # cases may have fewer steps at small scales
        ax.set_xlim(0, longest)
    _heads(axes[0], ("truth", "accepted", "rejected", "data", "model"))
    lines = {"accepted": (ACCEPTED, "-"), "rejected": (REJECTED, "-")}
    lines["truth encoded and decoded"] = "black", "--"
    _legend(figure, lines)
    return figure


def all_truths(
    truths: np.ndarray,
    names: Sequence[str],
    clean: xr.Dataset,
    noisy: xr.Dataset,
    thresholds: np.ndarray,
    noise: float,
    top: float,
) -> Figure:
    """Figures 9 and 10: every truth inverted without and with noise, first start of each.

    Parameters
    ----------
    truths, names
        True facies (truth, row, column).
    clean, noisy
        Runs (truth, start, ...).
    thresholds
        Data RMSE (truth,) of encoding and decoding, ns.
    noise
        Standard deviation of the noise, ns.
    top
        Of the axis of the data RMSE, ns.
    """
    rows = len(names)
    figure, axes = style.subplots(rows, 5, height_mm=30 * rows, width_ratios=(1.2, 1.2, 1.2, 4, 4))
    for row, name in enumerate(names):
        draw_model(axes[row, 0], truths[row], in_print(name), row == 0)
        for column, (runs, blue, green, order) in enumerate(
            ((clean, ACCEPTED, GREENS[0], 3), (noisy, NOISY, GREENS[1], 2)), start=1
        ):
            one = runs.isel(truth=row, start=0)
            limit = thresholds[row] + (noise if column == 2 else 0)
            verdict = "" if float(one.misfit) <= limit else ", rejected"
            draw_model(axes[row, column], one.model.values, f"{float(one.misfit):.2f} ns{verdict}")
            style_of = {"lw": 0.6, "zorder": order}
            axes[row, 3].plot(one.misfit_path, color=blue, **style_of)
            axes[row, 4].plot(one.norm_path, color=green, **style_of)
            axes[row, 3].axhline(limit, color="black", lw=0.6, ls="--", zorder=4)
        axes[row, 4].axhline(chi.mean(clean.sizes["latent"]), color="0.5", lw=0.6, ls=":")
        _facet(axes[row, 3], rows, row, "RMSE (ns)", top)
        _facet(axes[row, 4], rows, row, "$\\|z\\|$", 20)
    _heads(axes[0], ("truth", "no noise", "noise", "data", "norm"))
    noises = "no noise", f"noise {noise:g} ns"
    lines = {f"RMSE, {text}": (c, "-") for text, c in zip(noises, (ACCEPTED, NOISY), strict=True)}
    lines |= {f"norm, {text}": (c, "-") for text, c in zip(noises, GREENS, strict=True)}
    lines["accepted below"] = "black", "--"
    lines["mean norm of the prior"] = "0.5", ":"
    _legend(figure, lines)
    return figure


def poster(
    truth: np.ndarray,
    runs: dict[str, xr.Dataset],
    times: tuple[np.ndarray, np.ndarray],
    bent: tuple[np.ndarray, np.ndarray],
) -> Figure:
    """Poster: WRMSE of VAE and SGAN at two noise levels; straight against bent rays.

    Parameters
    ----------
    truth
        True facies (row, column).
    runs
        ``VAE`` and ``SGAN``: runs (noise, start, ...).
    times
        Traveltimes (datum,) of the truth along straight rays and shortest paths, ns.
    bent
        Models inverted with straight rays and with shortest paths.
    """
    figure = style.figure(height_mm=150)
    grid = figure.add_gridspec(3, 6)
    colours = {"VAE": ACCEPTED, "SGAN": REJECTED}
    levels = runs["VAE"].noise.values
    largest = max(float(found.wrmse.max()) for found in runs.values())
    bins = np.linspace(0, 1.05 * largest, 40)
    for row, level in enumerate(levels):
        ax = figure.add_subplot(grid[row, :3])
        for name, found in runs.items():
            count = found.start.size
            label = f"{name}, {_starts(found)}"
            weights = np.full(count, 100 / count)
            ax.hist(
                found.wrmse[row], bins, weights=weights, color=colours[name], alpha=0.7, label=label
            )
        ax.axvline(1, color="black", lw=0.6, ls="--", label="as large as the noise")
        ax.set(ylabel="% of starts", title=f"noise {row + 1}: {level:g} ns", xlim=(0, bins[-1]))
        ax.set_xlabel("WRMSE")
        ax.legend()
        draw_model(figure.add_subplot(grid[row, 3]), truth, "truth", True)
        for column, (name, found) in enumerate(runs.items(), start=4):
            best = int(found.wrmse[row].values.argmin())
            title = f"{name}, {float(found.wrmse[row, best]):.2f}"
            draw_model(figure.add_subplot(grid[row, column]), found.model[row, best], title)
    ax = figure.add_subplot(grid[2, :2])
    ax.plot(times[0], times[1], ".", ms=2)
    span = [min(map(np.min, times)), max(map(np.max, times))]
    ax.plot(span, span, color="0.5", lw=0.6)
    ax.set(
        xlabel="straight ray (ns)", ylabel="shortest path (ns)", title="traveltimes of the truth"
    )
    ax = figure.add_subplot(grid[2, 2])
    size = round(np.sqrt(times[0].size))
    if size * size == times[0].size:
        square = (times[1] - times[0]).reshape(size, size)
        drawn = ax.imshow(square, cmap="magma", origin="upper")
        figure.colorbar(drawn, ax=ax, shrink=0.6, location="bottom")
        ax.set(ylabel="source", xlabel="receiver", xticks=(), yticks=())
        ax.set_title("shortest \u2212 straight (ns)", fontsize=7)
    draw_model(figure.add_subplot(grid[2, 3]), truth, "truth", True)
    for column, (model, title) in enumerate(
        zip(bent, ("straight rays", "shortest paths"), strict=True), start=4
    ):
        draw_model(figure.add_subplot(grid[2, column]), model, title)
    return figure


def new_truths(runs: xr.Dataset, accepted: tuple[int, int, float, float]) -> Figure:
    """Encode-decode floor against inversion error of unseen crops, and the best and worst of them.

    Parameters
    ----------
    runs
        (truth, start, ...), with ``threshold``, ``encoded_error`` and ``true_model``.
    accepted
        Truths of which all starts were accepted, truths, and the share's interval.
    """
    figure = style.figure(height_mm=80)
    grid = figure.add_gridspec(2, 6)
    pairs = (
        (runs.threshold, runs.misfit, "data RMSE (ns)"),
        (runs.encoded_error, runs.error, "model RMSE"),
    )
    for column, (floor, found, label) in enumerate(pairs):
        ax = figure.add_subplot(grid[:, 2 * column : 2 * column + 2])
        value = found.mean("start")
        ax.plot(floor, value, ".", color=ACCEPTED)
        top = 1.1 * float(max(floor.max(), value.max()))
        ax.plot((0, top), (0, top), color="0.5", lw=0.6, label="equal")
        ax.legend(loc="lower right")
        ax.set(xlim=(0, top), ylim=(0, top), aspect="equal")
        ax.set(xlabel=f"encode-decode, {label}", ylabel=f"inversion, {label}")
    count, total, low, high = accepted
    title = f"{count} of {total} accepted\n(95 %: {100 * low:.0f} to {100 * high:.0f} %)"
    figure.axes[0].set_title(title)
    order = np.argsort(runs.error.mean("start").values)
    for row, (number, name) in enumerate(((order[0], "least"), (order[-1], "largest"))):
        one = runs.isel(truth=int(number))
        draw_model(figure.add_subplot(grid[row, 4]), one.true_model, f"{name} error:\ntruth", True)
        best = int(one.misfit.values.argmin())
        title = f"inverted, {float(one.error[best]):.2f}"
        draw_model(figure.add_subplot(grid[row, 5]), one.model[best], title)
    return figure


def own_data(runs: xr.Dataset) -> Figure:
    """A user's data: paths of misfit, the best model, observed and simulated traveltimes.

    In the model, cells that no ray crosses are orange.
    """
    figure = style.figure(height_mm=65)
    grid = figure.add_gridspec(1, 3, width_ratios=(2, 1, 2))
    ax = figure.add_subplot(grid[0])
    ax.plot(runs.misfit_path[0].T, color=ACCEPTED, lw=0.5)
    ax.set(xlabel="iteration", ylabel="RMSE (ns)", yscale="log")
    best = int(runs.misfit[0].values.argmin())
    chi_square = float(runs.chi_square[0, best])
    known = "" if np.isnan(chi_square) else f", $\\chi^2$/N = {chi_square:.2g}"
    title = f"best model, {float(runs.misfit[0, best]):.2f} ns{known}\n{runs.attrs['fit']}"
    ax = figure.add_subplot(grid[1])
    extent = tuple(runs.attrs["cell"] * n for n in (0, runs.sizes["x"], runs.sizes["z"], 0))
    ax.imshow(runs.model[0, best], cmap="gray", vmin=0, vmax=1, extent=extent)
    # cells that no ray crosses show the prior and nothing of the data
    unseen = np.ma.masked_where(runs.crossed.values, np.ones(runs.crossed.shape))
    ax.imshow(unseen, cmap="Oranges", vmin=0, vmax=2, alpha=0.5, extent=extent)
    ax.set(xlabel="x (m)", ylabel="depth (m)")
    ax.set_title(title, fontsize=6.5, pad=2)
    ax = figure.add_subplot(grid[2])
    ax.plot(runs.observed, runs.simulated, ".", ms=2)
    span = [float(runs.observed.min()), float(runs.observed.max())]
    ax.plot(span, span, color="0.5", lw=0.6)
    ax.set(xlabel="observed (ns)", ylabel="simulated (ns)")
    return figure
