"""Green's functions by reciprocity against simulations of the sources themselves."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from latentearth import io
from latentearth.operators import elastic_waves, greens_functions
from latentearth.operators.elastic_solver import Recording
from latentearth.operators.elastic_waves import Medium

STEP, SAMPLES = 20.0, 61
RECEIVER = np.array([4, 4, 15])
SIMULATION = {
    "time_step_s": 2e-3,
    "frequency": 5.0,
    "moment": 1e6,
    "pml": 5,
    "undo_dispersion": False,  # which differs a little between records of other sampling
}
STEPS = 2 * SAMPLES - 1
NAMES = ("xx", "yy", "zz", "xy", "xz", "yz")


def apart(found, truth):
    """Relative L2 difference of each trace."""
    return np.linalg.norm(found - truth, axis=-1) / np.linalg.norm(truth, axis=-1)


@pytest.fixture(scope="module")
def medium():
    """Rock of 10 per cent contrast, smooth over 60 m, below water."""
    shape = (17, 17, 18)
    field = gaussian_filter(np.random.default_rng(0).normal(size=shape), 3.0)
    field /= abs(field).max()
    vp = 2300.0 + 150.0 * field
    vs, rho = vp / 1.8, 2000.0 + 100.0 * field
    vp[..., 15:], vs[..., 15:], rho[..., 15:] = 1490.0, 0.0, 1030.0
    return Medium(rho, vp, vs, [100.0 + np.arange(n) * STEP for n in shape])


@pytest.fixture(scope="module")
def recorded(medium):
    """Strains and pressures on the nodes of a box, all of them, from one simulation."""
    box = [np.arange(2, 13), np.arange(3, 14), np.arange(2, 13)]
    nodes = np.stack(np.meshgrid(*box, indexing="ij"), axis=-1).reshape(-1, 3)
    # a stored sample every 8 ms, of traces with one every 4 ms
    wanted = [Recording(nodes, 4, "strains"), Recording(nodes, 4)]
    strains, pressures = elastic_waves.simulate_recordings(
        medium, RECEIVER, wanted, steps=STEPS, **SIMULATION
    )
    return box, strains, pressures


def build(medium, recorded, every=1, quantity="strains"):
    """A store of every so many nodes."""
    box, strains, pressures = recorded
    values = strains if quantity == "strains" else pressures[:, None]
    values = values.reshape(*(b.size for b in box), *values.shape[1:])[::every, ::every, ::every]
    values = values.reshape(-1, *values.shape[3:])
    return greens_functions.from_recording(
        values if quantity == "strains" else values[:, 0],
        [index[::every] for index in box],
        medium,
        RECEIVER,
        stored_interval_s=8e-3,
        sample_interval_s=4e-3,
        samples=SAMPLES,
    )


def place(node):
    return 100.0 + STEP * np.asarray(node, float)[None]


def direct(medium, node, tensor):
    """The receiver's trace of a source, simulated as it happens."""
    return elastic_waves.simulate(
        medium,
        np.asarray(node),
        RECEIVER[None],
        samples=SAMPLES,
        steps_per_sample=2,
        tensor=tensor,
        **SIMULATION,
    )


# on a node of both stores, and on one left out of the coarser
NODES = {"on": (6, 5, 8), "off": (9, 10, 5)}


@pytest.fixture(scope="module")
def directly(medium):
    return {
        at: np.concatenate([direct(medium, node, tensor) for tensor in np.eye(6)])
        for at, node in NODES.items()
    }


@pytest.mark.parametrize("at", NODES)
def test_reciprocity_of_all_six_on_nodes(medium, recorded, directly, at):
    # Strains in float32 differ from the direct source by some 1e-6 (in the notes), 16-bit integers
    # by 1e-5 of the peak; of 64 coefficients, and over the weakest norm, ten times that.
    found = build(medium, recorded).elementary(place(NODES[at]))[0]
    assert apart(found, directly[at]).max() < 2e-4
    strains = recorded[1].reshape(11, 11, 11, 6, -1)[tuple(np.array(NODES[at]) - [2, 3, 2])]
    kappa = medium.kappa[tuple(RECEIVER)]
    exact = -kappa * strains * np.array([1, 1, 1, 2, 2, 2])[:, None]
    assert apart(exact, directly[at][:, ::2]).max() < 1e-5


def test_any_source_is_a_sum_of_the_six(medium, recorded, directly):
    tensor = np.array([0.3, -1.0, 0.8, 0.5, -0.7, 0.2])
    store = build(medium, recorded)
    found = store.predict(place(NODES["off"]), tensor)
    truth = direct(medium, NODES["off"], tensor)
    assert apart(found, truth).max() < 2e-4
    assert apart(tensor @ directly["off"], truth[0]) < 1e-5
    np.testing.assert_allclose(
        tensor @ store.elementary(place(NODES["off"]))[0], found[0], atol=1e-6 * abs(found).max()
    )


def test_off_nodes(medium, recorded, directly):
    # Nodes 40 m apart, S waves of 255 m at 5 Hz: 6.4 nodes a wavelength, of which splines lose
    # (2 pi / 6.4)^4 / 384 = 0.0024 along each axis, together 0.007 at most; of xx, the weakest,
    # whose P and S nearly cancel, twice that.
    store = build(medium, recorded, every=2)
    found = store.elementary(place(NODES["off"]))[0]
    assert apart(found, directly["off"]).max() < 0.015
    explosion = store.predict(place(NODES["off"]))[0]
    assert apart(explosion, directly["off"][:3].sum(0)) < 0.007
    nearest = build(medium, recorded).elementary(place(np.array(NODES["off"]) + 1))[0]
    assert (apart(nearest, directly["off"]) > 5 * apart(found, directly["off"])).all()


def test_a_store_for_explosions(medium, recorded, directly):
    store = build(medium, recorded, quantity="pressure")
    assert store.coefficients.shape[3] == 1
    for at in NODES:
        assert apart(store.predict(place(NODES[at]))[0], directly[at][:3].sum(0)) < 2e-4
    with pytest.raises(io.InputError, match="moment tensor: found one that is not isotropic"):
        store.elementary(place(NODES["on"]))


def test_slopes(medium, recorded):
    store, tensor = build(medium, recorded, every=2), np.array([0.3, -1.0, 0.8, 0.5, -0.7, 0.2])
    at = place((6.3, 7.6, 6.45))
    step = 0.5
    differences = [
        (store.predict(at + shift, tensor) - store.predict(at - shift, tensor))[0] / (2 * step)
        for shift in step * np.eye(3)
    ]
    # central differences over 1 m of waves of 250 m err by (2 pi / 250)^2 / 6 = 1e-4, float32 by
    # its 1e-7 of traces over their change of 1e-2: 1e-5
    assert apart(store.slopes(at, tensor)[0], np.array(differences)).max() < 1e-3


def test_a_file_read_in_parts(medium, recorded, tmp_path):
    store = build(medium, recorded, every=2)
    dataset = greens_functions.greens_dataset(store)
    path = tmp_path / "greens.nc"
    io.write_dataset(path, dataset, dataset.attrs, greens_functions.greens_chunks(dataset))
    whole = greens_functions.read_greens_functions(path)
    np.testing.assert_array_equal(whole.coefficients, store.coefficients)
    points = place((6.3, 7.6, 6.45))
    part = greens_functions.read_greens_functions(path, np.repeat(points.T, 2, axis=1))
    assert part.coefficients.shape[:3] == (4, 4, 4)
    for other in (whole, part):
        # the axes are stored in double precision
        np.testing.assert_allclose(
            other.elementary(points),
            store.elementary(points),
            rtol=1e-6,
            atol=1e-6 * abs(store.elementary(points)).max(),
        )
    with pytest.raises(io.InputError, match=r"position: found .* expected within"):
        part.predict(points + 80.0)


def test_water_has_no_place_in_a_box(medium):
    box = [np.arange(2, 8), np.arange(3, 9), np.arange(10, 17)]
    with pytest.raises(io.InputError, match="nodes in the water"):
        greens_functions.from_recording(
            np.zeros((252, 6, 10), "f4"),
            box,
            medium,
            RECEIVER,
            stored_interval_s=8e-3,
            sample_interval_s=4e-3,
            samples=19,
        )


def test_long_records_have_no_denormal_weights():
    """Of as many stored samples as the study's, no weight is so small that products are slow."""
    shape = (4, 4, 4, 1)
    store = greens_functions.GreensFunctions(
        coefficients=np.zeros((*shape, 168), "i2"),
        scales=np.ones(shape, "f4"),
        low=np.zeros(3),
        step=np.ones(3),
        compliance=np.ones((2, 2, 2, 2), "f4"),
        compliance_step=np.ones(3),
        receiver=np.zeros(3),
        kappa=1.0,
        stored_interval_s=12e-3,
        sample_interval_s=4e-3,
        samples=501,
    )
    tiny = np.abs(store.in_time) < np.finfo("f4").tiny
    np.testing.assert_array_equal(store.in_time[tiny], 0.0)
    # what is left out of a sum of weights, against a unit of storage
    np.testing.assert_allclose(store.in_time.sum(axis=0), 1.0, atol=2e-6)
