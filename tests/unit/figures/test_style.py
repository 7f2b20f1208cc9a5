"""Figures are saved whole, in the size of print, and the same each time."""

import pytest
from PIL import Image

from latentearth.figures import style


def picture():
    figure, axes = style.subplots(1, 2, width="single", height_mm=50)
    axes[0, 0].plot([0, 1], [1, 0])
    style.letter(axes[0, 1], "(b)")
    return figure


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_equal_figures_give_equal_files(tmp_path, suffix):
    provenance = {"title": "A line", "seed": 3}
    for name in "ab":
        style.save(picture(), tmp_path / (name + suffix), provenance)
    first, second = ((tmp_path / (name + suffix)).read_bytes() for name in "ab")
    assert first == second and b"A line" in first and b"CreationDate" not in first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a" + suffix, "b" + suffix]


def test_png_has_print_size_and_provenance(tmp_path):
    style.save(picture(), tmp_path / "a.png", {"git_commit": "abc", "seed": 3})
    with Image.open(tmp_path / "a.png") as image:
        # 89 mm and 50 mm at 200 dots in 25.4 mm, to one pixel.
        assert image.size == pytest.approx((89 / 25.4 * 200, 50 / 25.4 * 200), abs=1)
        assert image.text["git_commit"] == "abc" and image.text["seed"] == "3"


def test_other_suffixes_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"saved as .png or .pdf, not .jpg"):
        style.save(picture(), tmp_path / "a.jpg")
    assert list(tmp_path.iterdir()) == []


def test_widths():
    assert style.figure("double").get_figwidth() == pytest.approx(183 / 25.4)
    assert style.figure(120.0, 30.0).get_size_inches() == pytest.approx((120 / 25.4, 30 / 25.4))
