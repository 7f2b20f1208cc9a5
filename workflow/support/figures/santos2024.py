"""Figures of Santos et al. (2024) on stirring and on the generator: 1, 6, 7, 16."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentearth.figures import style
from support.labels import IMAGES

BOX = 0, 1, 0, 1  # sides of the images, in lengths L
TRAINING, GENERATED = "#009e73", "#d55e00"  # green and red, as in the paper's Figure 7


def show_image(ax: Axes, image: np.ndarray, title: str = "") -> None:
    """Show an image (y, x) of values from 0 (black) to 1 (white), y growing upwards."""
    ax.imshow(image, cmap="gray", vmin=0, vmax=1, origin="lower", extent=BOX)
    ax.set_xticks([])
    ax.set_yticks([])
    if title:
        ax.set_title(title)


def name_sides(ax: Axes) -> None:
    """Say how long the sides of the box are; for one of several equal panels."""
    ax.set_xticks((0, 1), ("0", "$L$"))
    ax.set_yticks((0, 1), ("0", "$L$"))
    ax.tick_params(labelsize=6, length=2, pad=1)


def stirring(
    images: np.ndarray, contours: list[np.ndarray], times: np.ndarray, lengths: np.ndarray
) -> Figure:
    """Figure 1: a circle being stirred.

    Parameters
    ----------
    images
        (time, y, x).
    contours
        Of each time, (point, 2), box sides.
    times, lengths
        (time,): units of time, and lengths of the contours in box sides.
    """
    columns = (len(images) + 1) // 2 if len(images) > 4 else len(images)
    rows = -(-len(images) // columns)
    figure, axes = style.subplots(rows, columns, "double", 64.0 * rows)
    for ax in axes.ravel():
        ax.set_axis_off()
    for ax, image, contour, time, length in zip(
        axes.ravel(), images, contours, times, lengths, strict=False
    ):
        ax.set_axis_on()
        show_image(ax, image, f"$t$ = {time:g}, contour {length:.1f} $L$")
        ax.plot(*np.vstack([contour, contour[:1]]).T, color=style.CYCLE[3], linewidth=0.5)
        ax.set(xlim=BOX[:2], ylim=BOX[2:])
    name_sides(axes[0, 0])
    return figure


def images(training: np.ndarray, generated: np.ndarray, note: str) -> Figure:
    """Figure 6: training images and generated ones.

    Parameters
    ----------
    training, generated
        (image, y, x) with values from 0 to 1.
    note
        Which generator made them.
    """
    side = int(min(len(training), len(generated)) ** 0.5)
    figure = style.figure("double", 98.0)
    halves = figure.subfigures(1, 2, wspace=0.04)
    titles = "Training images", f"Generated images ({note})"
    for half, found, title in zip(halves, (training, generated), titles, strict=True):
        half.suptitle(title, fontsize=9)
        axes = half.subplots(side, side, squeeze=False)
        for ax, image in zip(axes.ravel(), found, strict=False):
            show_image(ax, image)
        name_sides(axes[0, 0])
    return figure


def spectra(
    wavenumber: np.ndarray, power: dict[str, np.ndarray], slopes: dict[str, float], note: str
) -> Figure:
    """Figure 7: mean power spectra, summed over shells.

    Parameters
    ----------
    wavenumber
        (shell,), per box side.
    power
        Of ``training`` and ``generated`` images, (shell,).
    slopes
        Of each, over the wavenumbers 2 to 60.
    note
        Which generator made them.
    """
    figure, ((ax,),) = style.subplots(1, 1, "single", 75.0)
    for name, colour in (("training", TRAINING), ("generated", GENERATED)):
        label = f"{name}, slope {slopes[name]:.2f}".replace("-", "\u2212")
        ax.loglog(wavenumber, power[name], color=colour, label=label)
    line = power["training"][1] * wavenumber[1] / wavenumber
    ax.loglog(wavenumber, 1.6 * line, "--", color="0.5", label="$1/k$")
    ax.set_xlabel("Wavenumber $k$ (1/$L$)")
    ax.set_ylabel("Power per shell of wavenumbers")
    ax.set_title(note, fontsize=7)
    ax.legend()
    return figure


def continuity(
    spaces: dict[str, dict[str, np.ndarray]], shown: np.ndarray, along: np.ndarray, note: str
) -> Figure:
    """Figure 16: images along a line in latent and in physical space, and their distances.

    Parameters
    ----------
    spaces
        Of ``latent`` and ``physical``: ``image`` (shown, y, x) and ``distance`` (line, along).
    shown, along
        Positions on the line in standard deviations.
    note
        Which generator made them.
    """
    figure = style.figure("double", 125.0)
    top, bottom = figure.subfigures(2, 1, height_ratios=[1, 1.15])
    axes = top.subplots(2, len(shown), squeeze=False)
    names = {"latent": r"$\mathcal{G}(z_0 + \alpha\,\delta z)$"}
    names["physical"] = r"$\mathcal{S}(p_0 + \alpha\,\delta p)$"
    for row, (name, label) in zip(axes, names.items(), strict=True):
        for ax, image, where in zip(row, spaces[name]["image"], shown, strict=True):
            title = rf"$\alpha = {where:g}$" if name == "latent" else ""
            show_image(ax, image, title)
        row[0].set_ylabel(label)
    left, right = bottom.subplots(1, 2, sharey=True)
    for name, colour in (("latent", style.CYCLE[0]), ("physical", style.CYCLE[3])):
        curves = spaces[name]["distance"]
        left.plot(along, curves[0], color=colour, label=f"{name} space")
        right.plot(along, curves.mean(0), color=colour, label=f"{name} space")
        low, high = np.percentile(curves, [16, 84], axis=0)
        right.fill_between(along, low, high, color=colour, alpha=0.2, linewidth=0)
    left.set_title(f"The line above ({note})", fontsize=8)
    right.set_title(f"Mean and middle 68 per cent of {len(curves)} lines", fontsize=8)
    for ax in (left, right):
        ax.set_xlabel(r"$\alpha$ (standard deviations of the prior)")
        ax.set_xlim(-1, 1)
        ax.set_ylim(0, None)
    left.set_ylabel("Distance $D$ to the image at $\\alpha = 0$")
    left.legend()
    return figure


def quality(
    nearest: dict[str, np.ndarray],
    scores: dict[str, dict[str, float]],
    losses: dict[str, list[float]] | None,
    note: str,
) -> Figure:
    """Numbers on the generator that the paper does not give.

    Parameters
    ----------
    nearest
        D_min of ``held_out`` and ``generated`` images, (image,).
    scores
        Of ``training`` and ``generated`` images against held-out ones, by name.
    losses
        ``step``, ``critic``, ``generator`` (record,), or None.
    note
        Which generator made them.
    """
    figure, ((left, middle, right),) = style.subplots(1, 3, "double", 62.0)
    bins = np.linspace(0, 0.5, 41)
    for name, colour in (("held_out", TRAINING), ("generated", GENERATED)):
        label = f"{IMAGES[name]}, least {nearest[name].min():.2f}"
        left.hist(nearest[name], bins, color=colour, histtype="step", label=label)
    left.set_xlabel("$D_\\mathrm{min}$ to the training images")
    left.set_ylabel("Images")
    left.set_ylim(0, 1.3 * left.get_ylim()[1])
    left.legend(loc="upper left")
    style.letter(left, "(a)")
    for shift, (name, colour) in enumerate((("training", TRAINING), ("generated", GENERATED))):
        x = np.arange(len(scores[name])) + 0.4 * shift - 0.2
        middle.bar(x, list(scores[name].values()), 0.38, color=colour, label=name)
    middle.set_xticks(range(len(scores["training"])), scores["training"])
    middle.set_ylim(0, 1.25)
    middle.set_yticks([0, 0.25, 0.5, 0.75, 1])
    middle.set_ylabel("Score against held-out images")
    middle.legend(loc="upper center", ncols=2)
    style.letter(middle, "(b)")
    if losses:
        right.plot(losses["step"], losses["critic"], color=style.CYCLE[0])
        right.set_xlabel("Step of the generator")
        right.set_ylabel("Loss of the critic")
    else:
        right.set_axis_off()
    style.letter(right, "(c)")
    left.set_title(note, fontsize=7, loc="right")
    return figure
