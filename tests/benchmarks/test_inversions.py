"""Samplers, descents and emulators at the size of the real problems."""

import itertools

import numpy as np
import pytest
import torch
from products import product

from latentearth.earth import cmb
from latentearth.earth.crosshole import all_pairs
from latentearth.emulators import base, maps
from latentearth.emulators import gaussian_processes as gp
from latentearth.emulators.peaks import PeakModel
from latentearth.inversion.latent_descent import Descent, descend, slowness
from latentearth.networks import generators, vae
from latentearth.operators.straight_rays import Grid, StraightRays
from latentearth.samplers import transdimensional as td
from latentearth.samplers import voronoi_kernel
from latentearth.seeds import stream

pytestmark = pytest.mark.benchmark
VELOCITIES = (0.08, 0.06)


def plain_step(decoder, matrix, data, z):
    """One step of one inversion as one would write it: float32, dense matrix, backward()."""
    z = z.detach().requires_grad_()
    batch = torch.randperm(625)[:25]
    residual = slowness(decoder(z), VELOCITIES) @ matrix.T - data
    loss = residual[:, batch].square().sum() + 10 * (z.norm() - 4.4).square()
    loss.backward()
    residual.detach().square().mean().sqrt().item()
    return z - 1e-3 * z.grad


def test_fifty_inversions_at_once(compare):
    """First weights: their values do not change the time."""
    operator = StraightRays(Grid(), *all_pairs(np.arange(0.5, 12.6, 0.5), (0.01, 6.49)))
    decoder, runs, steps = vae.Decoder(stream(1, "decoder")), 50, 3
    matrix = torch.from_numpy(operator.lengths.toarray()).float()
    starts, data = np.random.default_rng(0).standard_normal((runs, 20)), np.full((runs, 625), 90.0)
    z, target = torch.from_numpy(starts[:1]).float(), torch.full((1, 625), 90.0)
    frozen = generators.TrainedGenerator(decoder, "vae")
    streams = [stream(1, "run", run) for run in range(runs)]

    def together():
        descend(
            lambda code: frozen(code, products="bfloat16"),
            operator,
            VELOCITIES,
            data,
            starts,
            settings=Descent(iterations=steps),
            streams=streams,
        )

    def alone():
        for _ in range(runs * steps):
            plain_step(decoder, matrix, target, z)

    compare(
        "a step of an inversion, 50 at once",
        together,
        {"one by one": alone},
        per=runs * steps,
        rounds=2,
        expected=2,
    )


def direct():
    """An emulator of the sizes of Table 1, with weights by chance: the time is the same."""
    rng = np.random.default_rng(0)
    layers = []
    for a, b in itertools.pairwise((4, 64, 128, 256, 501)):
        layers += [rng.normal(size=(a, b)) / np.sqrt(a), np.zeros(b)]
    x = rng.normal(size=(2000, 4))
    # one kernel for amplitude and shift, as config.yaml has it
    processes = gp.GaussianProcesses(x, np.ones((1, 4)), 1e-3 * rng.normal(size=(2, 2000)), [2])
    mean = np.zeros((6, 2))
    peaks = PeakModel("smooth", (1.0, 200.0), np.zeros(4), np.ones(4), mean, np.ones(2), processes)
    chain = [maps.Affine(np.zeros(4), np.ones(4)), maps.NetworkMap(0.2, *layers)]
    return base.Emulator("direct", np.zeros(3), 0.004, chain, peaks)


def test_traces_of_an_emulator(compare):
    emulator, positions = direct(), np.random.default_rng(1).uniform(0, 1000, (1000, 3))
    last = product(1000, 256, 501)
    compare(
        "a thousand traces by NN direct",
        lambda: emulator.predict(positions),
        {"its last product": last},
        calls=3,
    )
    compare(
        "a single trace by NN direct",
        lambda: emulator.predict(positions[:1]),
        {"a thousandth of that product": last},
        calls=20,
    )


@pytest.mark.parametrize("cells", [300, 600])
def test_proposals_of_the_reversible_jump(compare, cells):
    def truth(lat, lon):
        return cmb.synthetic_velocity(lat, lon, stream(1, "truth"))

    data, _ = cmb.synthetic_data(truth, 4000, 7, 0.5, stream(1, "data"))
    # A narrow range of cells holds the number while the chain is timed after its first descent.
    prior = td.CellPrior(cells=(cells - 20, cells + 20))
    moves = td.CellMoves(
        shares=(0.25, 0.25, 0.25, 0.0)
    )  # none of the noise proposals, which are free
    state = td.initial_state(data, prior, stream(1, "chain"), cells)
    paths, work = td.kernel_paths(data), td.workspace(state)
    chosen = td.kernel_settings(prior, moves)
    voronoi_kernel.advance_cells(paths, state, work, chosen, 20_000)
    before = state.tally[:, 1].copy()
    misfit = np.random.default_rng(0).standard_normal(28_000)
    compare(
        f"a proposal among {cells} cells, 28 000 data",
        lambda: voronoi_kernel.advance_cells(paths, state, work, chosen, 10_000),
        {"a misfit from scratch": lambda: [misfit @ misfit for _ in range(10_000)]},
        per=10_000,
        unit="us",
        rounds=3,
    )
    assert (state.tally[:4, 1] > before[:4]).all()  # real work: every kind was accepted at times
    assert abs(state.count[0] - cells) <= 20
