"""The look of every figure: sizes for print, fonts, colours, and how a figure is saved."""

from __future__ import annotations

import json
import os
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentearth.io import Attributes, atomic

WIDTH_MM = {"single": 89.0, "double": 183.0}  # one and two columns of a journal page
DPI = 200

MCMC = "black"  # the original samples, as in the paper
GAN = "#5e3c99"  # purple: the generator's samples
EMD = "#1e90ff"  # blue: distances between the two

# Okabe and Ito (2008): told apart with every common form of colour blindness.
CYCLE = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#f0e442", "#000000")

VELOCITY_MAP = "RdBu"  # slow is red, fast is blue
SIZE_MAP = "Blues"  # standard deviations and distances: white is nothing

RC_PARAMS = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine has it
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.0,
    "lines.markersize": 4,
    "patch.linewidth": 0.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "axes.prop_cycle": matplotlib.cycler(color=CYCLE),
    "image.interpolation": "nearest",
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "pdf.fonttype": 42,
}


def use() -> None:
    """Set matplotlib's defaults for a figure script; needs no display."""
    matplotlib.use("agg")
    matplotlib.rcParams.update(RC_PARAMS)


def figure(width: str | float = "double", height_mm: float = 100.0) -> Figure:
    """Make an empty figure in the project's style, with constrained layout.

    Parameters
    ----------
    width
        ``single`` (89 mm), ``double`` (183 mm), or millimetres.
    height_mm
        Height in millimetres.
    """
    use()
    width_mm = WIDTH_MM[width] if isinstance(width, str) else width
    return Figure(figsize=(width_mm / 25.4, height_mm / 25.4), layout="constrained")


def subplots(
    rows: int = 1,
    columns: int = 1,
    width: str | float = "double",
    height_mm: float = 100.0,
    **options: object,
) -> tuple[Figure, np.ndarray]:
    """Make a figure and its axes in the project's style.

    Parameters
    ----------
    rows, columns
        Number of axes downwards and across.
    width, height_mm
        As in :func:`figure`.
    **options
        Handed to :meth:`matplotlib.figure.Figure.subplots`.

    Returns
    -------
    figure, axes
        The axes as an array of shape (rows, columns), whatever the numbers.
    """
    drawing = figure(width, height_mm)
    return drawing, drawing.subplots(rows, columns, squeeze=False, **options)


def letter(ax: Axes, text: str) -> None:
    """Write the letter of a panel, such as ``(a)``, in bold above the top left corner."""
    ax.set_title(text, loc="left", fontweight="bold")


def save(figure: Figure, path: str | os.PathLike, attributes: Attributes | None = None) -> None:
    """Save a figure atomically; equal figures give equal files.

    Parameters
    ----------
    figure
        The figure.
    path
        A file ending in ``.png`` (200 dpi) or ``.pdf``; the size is that of the figure.
    attributes
        What made the figure: in a PNG each entry becomes a text chunk,
        in a PDF all become the keywords.

    Raises
    ------
    ValueError
        If the suffix is another.
    """
    texts: dict[str, str | None] = {k: str(value) for k, value in (attributes or {}).items()}
    suffix = Path(path).suffix.lower()
    if suffix == ".png":
        metadata = texts
    elif suffix == ".pdf":
        keywords = json.dumps(texts, sort_keys=True)
        metadata = {"Title": texts.get("title", ""), "Keywords": keywords}
        metadata |= {"CreationDate": None}  # a date would make every file another one
    else:
        raise ValueError(f"{path}: a figure is saved as .png or .pdf, not {suffix or 'nothing'}")
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=DPI, metadata=metadata)
