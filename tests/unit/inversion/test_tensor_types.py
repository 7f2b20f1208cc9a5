"""Size, type and orientation of moment tensors, where the answer is known."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from latentearth.inversion import tensor_types as types
from latentearth.operators.elastic_solver import EXPLOSION


@pytest.mark.parametrize(
    ("kind", "place", "shares"),
    [
        ("explosion", (0, 90), (1, 0, 0)),
        ("double couple", (0, 0), (0, 0, 1)),
        ("CLVD", (30, 0), (0, 1, 0)),
    ],
)
def test_types_have_their_places_and_shares(kind, place, shares):
    tensors = types.random_tensors(kind, 20, np.random.default_rng(1))
    gamma, delta = types.lune(tensors)
    if kind != "explosion":  # there every longitude is the same place
        np.testing.assert_allclose(np.abs(gamma), place[0], atol=1e-5)
    # an arc cosine of nearly 1 keeps half of the digits
    np.testing.assert_allclose(delta, place[1], atol=1e-5)
    found = types.decompose(tensors)
    np.testing.assert_allclose(found["isotropic"], shares[0], atol=1e-12)
    np.testing.assert_allclose(np.abs(found["clvd"]), shares[1], atol=1e-12)
    np.testing.assert_allclose(found["double_couple"], shares[2], atol=1e-12)
    np.testing.assert_allclose(types.scalar_moment(tensors), 1, rtol=1e-12)


def test_nothing_but_orientation_changes_when_a_tensor_turns():
    rng = np.random.default_rng(2)
    tensors = types.random_tensors("any", 30, rng)
    turn = Rotation.random(30, rng=rng).as_matrix()
    turned = types.from_matrix(turn @ types.to_matrix(tensors) @ turn.swapaxes(1, 2))
    for measure in (types.scalar_moment, types.magnitude, lambda t: np.array(types.lune(t))):
        np.testing.assert_allclose(measure(turned), measure(tensors), atol=1e-9)
    assert np.median(types.angle(turned, tensors)) > 30


def test_shares_add_up_to_one():
    found = types.decompose(types.random_tensors("any", 200, np.random.default_rng(3)))
    total = sum(np.abs(share) for share in found.values())
    np.testing.assert_allclose(total, 1, rtol=1e-12)


def test_angles_are_those_between_matrices():
    explosion = np.array(EXPLOSION)
    np.testing.assert_allclose(types.angle(explosion, 7 * explosion), 0, atol=1e-5)
    np.testing.assert_allclose(types.angle(explosion, -explosion), 180, atol=1e-5)
    shear = np.array([0, 0, 0, 1.0, 0, 0])
    assert types.angle(explosion, shear) == pytest.approx(90)
    # half of each, in the metric that counts xy twice
    assert types.angle(explosion / np.sqrt(3) + shear / np.sqrt(2), shear) == pytest.approx(45)


def test_any_tensor_has_no_preferred_direction():
    tensors = types.random_tensors("any", 20_000, np.random.default_rng(4))
    isotropic = tensors[:, :3].sum(1) / np.sqrt(3) / np.sqrt(2)  # of a unit vector, along one axis
    # one coordinate of a unit vector in six dimensions: mean square 1/6, and 20,000 of them
    assert np.mean(isotropic**2) == pytest.approx(1 / 6, abs=4 * np.sqrt(2 / 6**2 / 20_000))


def test_a_moment_has_its_magnitude():
    tensor = 10**18.1 * np.array([0, 0, 0, 1.0, 0, 0])
    assert types.magnitude(tensor) == pytest.approx(6.0)
