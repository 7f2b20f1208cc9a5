"""Figures A1 to A5 of Santos et al. (2024): the chains of the principal experiment."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from latentearth.figures import style

PRIOR = style.CYCLE[1]
FIRST, LAST = style.CYCLE[0], style.CYCLE[1]


def _note(figure: Figure, text: str) -> None:
    """Small print below, wrapped to the width of the figure."""
    letters = round(16 * figure.get_figwidth())
    lines = textwrap.fill("; ".join(text.splitlines()), letters)
    figure.supxlabel(lines, fontsize=6, color="0.35")


def log_posterior(values: np.ndarray, note: str) -> Figure:
    """Figure A1: log-posterior along each chain after burn-in, (chain, sample), in four groups."""
    groups = np.array_split(np.arange(len(values)), min(4, len(values)))
    figure, axes = style.subplots(2, 2, "double", 95.0, sharex=True, sharey=True)
    for ax, group in zip(axes.ravel(), groups, strict=False):
        for colour, chain in zip(style.CYCLE, group, strict=False):
            ax.plot(values[chain], color=colour, linewidth=0.4, alpha=0.8, label=f"{chain + 1}")
        ax.legend(title="Chain", ncols=4, loc="lower right", title_fontsize=7)
    for ax in axes[-1]:
        ax.set_xlabel("Sample")
    for ax in axes[:, 0]:
        ax.set_ylabel("Log-posterior + constant")
    low, high = np.percentile(values, [0.1, 100])
    axes[0, 0].set_ylim(low - 0.45 * (high - low), high + 0.05 * (high - low))
    _note(figure, note)
    return figure


def thirds(means: np.ndarray, deviations: np.ndarray, note: str) -> Figure:
    """Figure A2: mean latent vectors of the first and last third.

    Parameters
    ----------
    means
        (2, latent).
    deviations
        (latent,) of the posterior, shown in grey about the mean of both.
    note
        Small print.
    """
    figure, ((ax,),) = style.subplots(1, 1, "double", 62.0)
    x, middle = np.arange(1, means.shape[1] + 1), means.mean(0)
    ax.fill_between(
        x, middle - deviations, middle + deviations, color="0.88", label="one posterior deviation"
    )
    ax.plot(x, means[0], "o-", color=FIRST, label="first third")
    ax.plot(x, means[1], "s--", color=LAST, label="last third")
    ax.axhline(0, color="0.6", linewidth=0.5)
    ax.set_xlabel("Latent dimension")
    ax.set_ylabel("Mean over all chains")
    ax.set_xlim(0.5, means.shape[1] + 0.5)
    ax.legend(ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.15))
    _note(figure, note)
    return figure


def autocorrelation(
    curves: np.ndarray, mean: np.ndarray, thinning: int, seed: np.random.SeedSequence, note: str
) -> Figure:
    """Figure A3: autocorrelation of four chains and dimensions at random, and the mean of all.

    Parameters
    ----------
    curves, mean
        (chain, latent, lag) and (lag,).
    thinning
        Steps of a chain from one sample to the next.
    seed
        Of the choice.
    note
        Small print.
    """
    figure, ((ax,),) = style.subplots(1, 1, "single", 75.0)
    lags, rng = np.arange(len(mean)) * thinning, np.random.default_rng(seed)
    pairs = rng.permutation(curves.shape[0] * curves.shape[1])[:4]
    for colour, pair in zip(style.CYCLE, pairs, strict=False):
        chain, latent = divmod(int(pair), curves.shape[1])
        label = f"chain {chain + 1}, $z_{{{latent + 1}}}$"
        ax.plot(lags, curves[chain, latent], color=colour, linewidth=0.7, label=label)
    ax.plot(lags, mean, color="black", linewidth=1.6, label="mean of all")
    ax.axhline(0, color="0.6", linewidth=0.5)
    ax.set_xlim(0, lags[-1] or 1)
    ax.set_xlabel("Lag (steps of the chain)")
    ax.set_ylabel("Autocorrelation")
    ax.legend()
    _note(figure, note)
    return figure


def marginals(samples: np.ndarray, note: str) -> Figure:
    """Figure A4: marginals of all latent dimensions, (sample, latent), beside the prior."""
    count = samples.shape[1]
    columns = min(6, count)
    rows = -(-count // columns)
    figure, axes = style.subplots(rows, columns, "double", 24.0 * rows + 12, sharex=True)
    bins, z = np.linspace(-4, 4, 49), np.linspace(-4, 4, 161)
    for ax in axes.ravel()[count:]:
        ax.set_axis_off()
    for number, ax in enumerate(axes.ravel()[:count]):
        ax.hist(samples[:, number], bins, density=True, color=FIRST, alpha=0.7)
        ax.plot(z, np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi), color=PRIOR)
        ax.set_yticks([])
        ax.set_xlim(-4, 4)
        ax.set_xticks([-3, 0, 3])
        ax.text(0.05, 0.82, f"$z_{{{number + 1}}}$", transform=ax.transAxes)
    handles = [
        Patch(color=FIRST, alpha=0.7, label="posterior"),
        Line2D([], [], color=PRIOR, label="prior"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=2)
    _note(figure, note)
    return figure


def covariance(matrix: np.ndarray, note: str) -> Figure:
    """Figure A5: covariance matrix of the latent vectors, (latent, latent)."""
    figure, ((ax,),) = style.subplots(1, 1, "single", 84.0)
    high, edge = np.abs(matrix).max(), len(matrix) + 0.5
    shown = ax.imshow(matrix, cmap="RdBu_r", vmin=-high, vmax=high, extent=(0.5, edge, edge, 0.5))
    ax.set_xlabel("Latent dimension")
    ax.set_ylabel("Latent dimension")
    figure.colorbar(shown, ax=ax, shrink=0.85, label="Covariance (prior: 1 on the diagonal)")
    _note(figure, note)
    return figure
