"""Figures 1 and 8 of Spurio Mancini et al. (2021), and the accuracy of the emulators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from latentearth.figures import style
from support.labels import PEAKS

EMULATOR_COLOURS = ("#0072b2", "#cc79a7", "#d55e00")  # D18, WGAN-GP, NN direct, as in Figure 8
PEAK_COLOURS = {"ratios": "#56b4e9", "smooth": "#0072b2", "true": "#e69f00"}


def preprocessing(
    step: float, traces: np.ndarray, aligned: np.ndarray, reference: tuple[float, float]
) -> Figure:
    """Figure 1: the reference trace and another, before and after scaling and shifting.

    Parameters
    ----------
    step
        Sampling interval, s.
    traces, aligned
        Reference and other, each (2, sample), Pa.
    reference
        Amplitude (Pa) and index of the reference peak.
    """
    figure, axes = style.subplots(2, 1, "single", 90, sharex=True)
    time = np.arange(traces.shape[1]) * step
    for ax, pair, title in zip(
        axes[:, 0], (traces, aligned), ("as recorded", "scaled and shifted"), strict=True
    ):
        ax.plot(time, 1e3 * pair[0], "k", label="reference")
        ax.plot(time, 1e3 * pair[1], color="#d62728", lw=0.8, label="another trace")
        ax.axvline(reference[1] * step, color="0.7", lw=0.5, zorder=0)
        ax.set(ylabel="pressure (mPa)", title=title)
    axes[0, 0].legend(loc="upper right")
    axes[1, 0].set(xlabel="time (s)", xlim=(0, time[-1]))
    return figure


def reconstructions(
    step: float,
    positions: np.ndarray,
    truth: np.ndarray,
    predicted: Mapping[str, np.ndarray],
) -> Figure:
    """Figure 8: test traces (dashed) and what emulators make of them, about the peak.

    Parameters
    ----------
    step
        Sampling interval, s.
    positions
        (3, 3), m.
    truth
        (3, sample), Pa.
    predicted
        Name of the emulator to its traces, (3, sample).
    """
    count = len(predicted)
    figure, axes = style.subplots(count, len(truth), height_mm=18 + 34 * count, sharex="col")
    time = np.arange(truth.shape[1]) * step
    for column, (x, y, z) in enumerate(positions / 1000):
        centre = time[truth[column].argmax()]
        axes[0, column].set_title(f"x, y, z = {x:.2f}, {y:.2f}, {z:.2f} km")
        for row, (name, traces) in enumerate(predicted.items()):
            ax = axes[row, column]
            colour = EMULATOR_COLOURS[row % len(EMULATOR_COLOURS)]
            ax.plot(time, 1e3 * traces[column], color=colour, label=name)
            ax.plot(time, 1e3 * truth[column], "k--", lw=0.8, label="simulated")
            ax.set_xlim(max(0, centre - 0.25), min(time[-1], centre + 0.6))
            low, high = 1e3 * truth[column].min(), 1e3 * truth[column].max()
            ax.set_ylim(1.35 * low, 1.35 * high)
            if column == 0:
                ax.set_ylabel("pressure (mPa)")
                ax.legend(loc="upper right", fontsize=6)
        axes[-1, column].set_xlabel("time (s)")
    return figure


def accuracy(table: Mapping[str, Sequence], peaks: xr.Dataset) -> Figure:
    """R2D of all emulators by the model of the peaks, and that model's errors.

    Parameters
    ----------
    table
        Columns of Table 1.
    peaks
        ``shift_error`` (model, event), samples; ``distance`` (event), km.
    """
    figure = style.figure(height_mm=85)
    left, right = figure.subplots(1, 2, width_ratios=(2.1, 1))
    _accuracies(left, table)
    handles, texts = left.get_legend_handles_labels()
    peaks_first = sorted(range(len(texts)), key=lambda n: texts[n] not in PEAKS.values())
    figure.legend(
        [handles[n] for n in peaks_first],
        [texts[n] for n in peaks_first],
        ncols=5,
        fontsize=7,
        loc="outside upper left",
        title="amplitude and shift",
        title_fontsize=7,
        alignment="left",
    )
    _shift_errors(right, peaks)
    return figure


def _accuracies(left: Axes, table: Mapping[str, Sequence]) -> None:
    """R2D of each emulator, with ours by model of the peaks, without any, and the paper's."""
    names, place = list(table["emulator"]), np.arange(len(table["emulator"]))
    for offset, (peak, colour) in zip((-0.2, 0, 0.2), PEAK_COLOURS.items(), strict=True):
        left.errorbar(
            table[f"r2d_{peak}"],
            place + offset,
            color=colour,
            fmt="o",
            ms=3.5,
            elinewidth=0.8,
            label=PEAKS[peak],
            xerr=np.nan_to_num(table[f"r2d_{peak}_std"]),
        )
    alone = [number for number, kind in enumerate(table["kind"]) if kind == "d18"]
    left.plot(
        [table["r2d"][n] for n in alone], alone, "o", ms=3.5, color="0.5", label="not aligned"
    )
    left.plot(table["published_r2d"], place, "k|", ms=12, mew=1.2, label="paper, its own traces")
    for between in place[:-1] + 0.5:
        left.axhline(between, color="0.9", lw=0.5, zorder=0)
    shown = [v for key in ("r2d_ratios", "r2d_true", "r2d", "published_r2d") for v in table[key]]
    low = np.nanmin(shown)
    left.set(
        yticks=place,
        yticklabels=names,
        xlabel="$R_{2D}$ on the test set",
        xlim=(low - 0.15 * (1 - low), 1),
    )
    left.invert_yaxis()


def _shift_errors(right: Axes, peaks: xr.Dataset) -> None:
    """Share of test events whose shift is further off than so many samples, by model."""
    for model, errors in zip(peaks.model.values, peaks.shift_error.values, strict=True):
        sizes = np.sort(np.abs(errors))
        share = np.arange(len(sizes), 0, -1) / len(sizes)
        right.plot(
            np.maximum(sizes, 0.1),
            share,
            color=PEAK_COLOURS[str(model)],
            drawstyle="steps-post",
            label=PEAKS[str(model)],
        )
    right.set(
        xscale="log",
        yscale="log",
        xlabel="error of the shift (samples)",
        ylabel="share of test events with a larger one",
        xlim=(0.1, None),
    )
    right.xaxis.set_minor_formatter(NullFormatter())
    right.legend(loc="lower left", fontsize=6)
