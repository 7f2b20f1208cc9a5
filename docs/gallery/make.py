"""Shrink finished figures for the README.

Run `python docs/gallery/make.py` in the repository's root.
"""

from pathlib import Path

from PIL import Image

FIGURES = (
    "scheiter2022/fig02",
    "scheiter2022/fig03",
    "scheiter2022/fig04",
    "santos2024/fig11",
    "lopez_alvis2021/fig09",
    "spurio_mancini2021/fig10",
)
WIDTH = 900  # pixels

for name in FIGURES:
    with Image.open(Path("figures") / f"{name}.png") as image:
        small = image.convert("RGB").resize((WIDTH, round(WIDTH * image.height / image.width)))
        small = small.quantize(128)  # few colours: a third of the size
        small.save(Path("docs/gallery") / f"{name.replace('/', '_')}.png", optimize=True)
