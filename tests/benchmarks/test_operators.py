"""Forward operators against peers, and against the products that they are made of."""

import importlib.util

import numpy as np
import one_loop
import pytest
import torch
from products import product

from latentearth.earth import stirring
from latentearth.earth.crosshole import all_pairs
from latentearth.operators import (
    eikonal,
    elastic_kernel,
    elastic_solver,
    elastic_waves,
    greens_functions,
)
from latentearth.operators.elastic_waves import Medium
from latentearth.operators.homogenization import Homogenization
from latentearth.operators.shortest_path import ShortestPath
from latentearth.operators.straight_rays import Grid
from latentearth.seeds import stream

pytestmark = pytest.mark.benchmark
DEPTHS = np.arange(0.5, 12.6, 0.5)


def test_homogenization(compare):
    operator = Homogenization(128, 5, iterations=2)
    images = torch.rand(16, 128, 128, generator=torch.Generator().manual_seed(1)).round()
    traced = images.clone().requires_grad_()
    compare(
        "homogenization of an image",
        lambda: operator(images),
        {
            "with its gradient": lambda: operator(traced).sum().backward(),
            "one FFT of it": lambda: torch.fft.rfft2(images),
        },
        per=16,
    )


def test_stirring(compare):
    parameters = stirring.sample_parameters(stirring.Distributions(), 10, stream(1, "speed"))
    origin = np.random.default_rng(0).random((10, 128 * 128))

    def one_step():  # as many sines as one step of the flow takes, in numpy
        for _ in range(8):
            np.sin(origin)

    compare(
        "a marble cake", lambda: stirring.stir(parameters), {"one step in numpy": one_step}, per=10
    )


def test_shortest_paths(compare):
    ends = all_pairs(DEPTHS, (0.0, 6.5))
    rng = np.random.default_rng(0)
    rows = np.sin(np.linspace(0, 9, 129) + rng.standard_normal())[:, None] > 0.4
    model = np.where(np.broadcast_to(rows, (129, 65)), 1 / 0.06, 1 / 0.08).reshape(1, -1)
    ours = ShortestPath(Grid(), *ends, secondary=3)
    theirs = ShortestPath(Grid(), *ends, secondary=3, engine="ttcrpy")
    compare(
        "625 shortest paths and their derivative",
        lambda: ours.rays(model),
        {"ttcrpy": lambda: theirs.rays(model)},
        rounds=3,
        expected=5,
    )


def test_elastic_waves(compare):
    """4000 traces of one simulation cost what one does; a pass over the fields is the floor."""
    shape, steps = (30, 30, 80), 60
    rho, vp, vs = (np.full(shape, value) for value in (2000.0, 2500.0, 1200.0))
    vp[..., 60:], vs[..., 60:], rho[..., 60:] = 1490.0, 0.0, 1030.0
    axes = [np.arange(n) * h for n, h in zip(shape, (20, 20, 15), strict=True)]
    medium = Medium(rho, vp, vs, axes)

    def simulate(points):
        where = np.random.default_rng(0).integers(0, [30, 30, 60], (points, 3))
        return lambda: elastic_waves.reciprocal_traces(
            medium, np.array([15, 15, 60]), where, time_step_s=2e-3, samples=steps, frequency=8.0
        )

    fields = np.zeros((9, 58, 58, 108), np.float32)  # with absorbing sides and halo

    def one_pass():
        for _ in range(steps):
            np.multiply(fields, np.float32(0.5), out=fields)

    compare(
        "60 steps of a simulation, 4000 traces",
        simulate(4000),
        {"one trace": simulate(1), "a pass over its fields": one_pass},
        rounds=3,
    )


def test_step_of_elastic_waves(compare, monkeypatch):
    """Of the paper's grid, with its sides; fields are the same to rounding (a unit test)."""
    shape, source = (81, 81, 252), np.array([40, 40, 120])
    rho, vp, vs = (np.full(shape, value) for value in (2000.0, 2500.0, 1200.0))
    medium = Medium(rho, vp, vs, [np.arange(n) * 12.5 for n in shape])
    solver = elastic_solver.Solver(
        *medium.moduli, rho, medium.spacing, time_step_s=1e-3, frequency=8.0, pml=10
    )
    random = np.random.default_rng(0)
    for field in (*solver.v, *solver.s):
        field[:] = random.standard_normal(field.size)
    inside = elastic_kernel.HALO, solver.shape[2] - elastic_kernel.HALO

    def step():
        for field in (*solver.v, *solver.s):
            field *= np.float32(0.5)  # so that nothing grows
        solver._advance(*inside)

    def former():
        with monkeypatch.context() as patch:
            patch.setattr(elastic_kernel, "velocities", one_loop.velocities)
            patch.setattr(elastic_kernel, "stresses", one_loop.stresses)
            step()

    others = {"one loop for all components": former}
    if importlib.util.find_spec("deepwave"):
        others["a step of deepwave, and its beginning"] = deepwave_steps(medium, source, 1)
        others["six steps of deepwave, and its beginning"] = deepwave_steps(medium, source, 6)
    compare("a step of elastic waves", step, others, rounds=3, expected=1.8)


def deepwave_steps(medium, source, steps):
    """So many steps of deepwave, with what it does before and after them."""
    return lambda: elastic_waves.simulate(
        medium,
        source,
        source[None],
        time_step_s=1e-3,
        samples=steps,
        frequency=8.0,
        engine="deepwave",
    )


def test_greens_functions(compare):
    """Of a store that fits no cache: any moment tensor, and explosions."""
    nodes, random = (30, 30, 60), np.random.default_rng(0)
    sizes = (*(n + 2 for n in nodes), 6)
    store = greens_functions.GreensFunctions(
        random.integers(-999, 999, (*sizes, 168)).astype("i2"),
        np.ones(sizes, "f4"),
        np.zeros(3),
        np.full(3, 20.0),
        np.ones((*nodes, 2), "f4"),
        np.full(3, 20.0),
        np.zeros(3),
        1.0,
        0.012,
        0.004,
        501,
    )
    many = random.uniform(0, 20.0 * (np.array(nodes) - 1), (1000, 3))
    tensor = random.standard_normal(6)
    compare(
        "a trace of any source, in a batch of 1000",
        lambda: store.predict(many, tensor),
        {
            "of an explosion": lambda: store.predict(many),
            "with its three slopes": lambda: store.slopes(many, tensor),
        },
        per=1000,
        unit="us",
        rounds=3,
    )
    compare(
        "a trace of any source, alone",
        lambda: store.predict(many[:1], tensor),
        {"of an explosion": lambda: store.predict(many[:1])},
        unit="us",
        calls=50,
    )


def test_likelihood_of_picks(compare):
    tables = np.random.default_rng(1).random((4, 41, 41, 61))
    low, spacing = np.zeros(3), np.array([12.5, 12.5, 10.0])
    points = np.random.default_rng(2).uniform(0, [500, 500, 600], (20000, 3))
    given = tables, low, spacing, np.zeros(4), np.full(4, 0.005), 1.0, points
    gaussians = np.random.default_rng(3).random((20000, 6))
    compare(
        "an EDT likelihood",
        lambda: eikonal.edt_log_likelihood(*given),
        {"its exponentials": lambda: np.exp(gaussians)},
        per=20000,
        unit="us",
    )


def test_product(compare):
    """What this machine makes of a product of matrices: the unit of all networks."""
    compare(
        "a product of 512 x 512 matrices",
        product(512, 512, 512),
        {"in bfloat16": product(512, 512, 512, dtype=torch.bfloat16)},
        calls=20,
    )
