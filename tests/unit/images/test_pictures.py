"""Pictures: half white, and what their names say."""

import numpy as np
import pytest

from latentearth.images.pictures import PICTURES, layers, ring


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("size", [32, 128])
def test_half_is_white(name, size):
    image = PICTURES[name](size)
    assert image.shape == (size, size) and image.dtype == np.uint8
    assert abs(image.mean() - 0.5) < 0.02  # pixels along the edges: a tenth of them, by centres


def test_shapes():
    image = ring(64)
    np.testing.assert_array_equal(image, image.T)
    np.testing.assert_array_equal(image, image[::-1])
    assert image[32, 32] == 0 and image[32, 48] == 1 and image[0, 0] == 0
    image = layers(60)
    assert (image == image[:, :1]).all() and np.abs(np.diff(image[:, 0].astype(int))).sum() == 5
