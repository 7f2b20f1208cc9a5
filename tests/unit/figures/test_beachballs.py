"""Beach balls and the lune: directions and places that are known."""

import numpy as np
import pytest

from latentearth.figures import beachballs, style


def test_first_motions_are_those_of_the_directions():
    centre, edge = np.array([0.0]), np.sqrt(0.5) * (1 - 1e-9)  # on the disc
    down = np.array([0, 0, 1.0, 0, 0, 0])
    assert beachballs.p_wave(down, centre, centre) == pytest.approx(1)  # straight down
    assert beachballs.p_wave(down, np.array([1.0]), centre) == pytest.approx(0)  # horizontal
    strike_slip = np.array([0, 0, 0, 1.0, 0, 0])
    north_east = beachballs.p_wave(strike_slip, np.array([edge]), np.array([edge]))
    north_west = beachballs.p_wave(strike_slip, np.array([-edge]), np.array([edge]))
    assert north_east == pytest.approx(1) and north_west == pytest.approx(-1)
    # xz > 0: east and up, west and down
    dip = np.array([0, 0, 0, 0, 1.0, 0])
    assert beachballs.p_wave(dip, np.array([-0.5]), centre) > 0
    assert np.isnan(beachballs.p_wave(dip, np.array([0.9]), np.array([0.9])))


def test_an_area_keeps_its_size_on_the_ball_and_on_the_lune():
    # half of the lower hemisphere lies within 60 degrees of the vertical: half of the disc
    line = np.linspace(-1, 1, 801)
    x, y = np.meshgrid(line, line)
    steep = beachballs.p_wave(np.array([0, 0, 1.0, 0, 0, 0]), x, y)
    inside = ~np.isnan(steep)
    assert np.mean(steep[inside] > 0.25) == pytest.approx(0.5, abs=0.005)  # cos(60)^2; pixels
    longitude, latitude = np.meshgrid(np.linspace(-30, 30, 61), np.linspace(-90, 90, 181))
    px, py = beachballs.to_lune(longitude, latitude)
    area = np.gradient(px, axis=1) * np.gradient(py, axis=0)
    area -= np.gradient(px, axis=0) * np.gradient(py, axis=1)
    ratio = area[10:-10] / np.cos(np.radians(latitude[10:-10]))
    # differences of one degree at the edges
    np.testing.assert_allclose(ratio / ratio.mean(), 1, atol=0.02)


@pytest.mark.parametrize("tensor", [(1, 1, 1, 0, 0, 0), (-1, -1, -1, 0, 0, 0), (0, 1, -1, 2, 0, 1)])
def test_every_tensor_can_be_drawn(tensor):
    figure, axes = style.subplots(1, 1)
    beachballs.beachball(axes[0, 0], np.array(tensor, float))
    beachballs.lune_frame(axes[0, 0])
    figure.canvas.draw()
