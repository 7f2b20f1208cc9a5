"""Speed of inversions in the latent space, in time of the processor.

The generator has the paper's architecture with first weights: its values do not change its time.
"""

import time

import numpy as np
import pytest
import torch

from latentearth.earth.crosshole import all_pairs
from latentearth.inversion.latent_descent import Descent, descend, slowness
from latentearth.networks import generators, vae
from latentearth.operators.shortest_path import ShortestPath
from latentearth.operators.straight_rays import Grid, StraightRays
from latentearth.seeds import stream

VELOCITIES = (0.08, 0.06)
DEPTHS = np.arange(0.5, 12.6, 0.5)
LINEAR = 10 * 60 / (100 * 3000)  # s per run and step: 100 linear inversions in 10 CPU-minutes
NONLINEAR = 5 * 60 / 750  # s per step: one nonlinear inversion in 5 CPU-minutes
FASTER = 10  # times, than a plain loop over initial models


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def timed(work, repeat=1):
    """Least CPU time of some attempts, s."""
    spans = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        spans.append(time.process_time() - start)
    return min(spans)


def plain_step(decoder, matrix, data, z):
    """One step of one inversion, written down as one would: float32, dense matrix, backward()."""
    z = z.detach().requires_grad_()
    batch = torch.randperm(625)[:25]
    residual = slowness(decoder(z), VELOCITIES) @ matrix.T - data
    loss = residual[:, batch].square().sum() + 10 * (z.norm() - 4.4).square()
    loss.backward()
    residual.detach().square().mean().sqrt().item()
    return z - 1e-3 * z.grad


@pytest.mark.benchmark
def test_a_hundred_linear_inversions_at_once(one_thread, record_property):
    operator = StraightRays(Grid(), *all_pairs(DEPTHS, (0.01, 6.49)))
    decoder = vae.Decoder(stream(1, "decoder"))
    matrix = torch.from_numpy(operator.lengths.toarray()).float()
    starts = np.random.default_rng(0).standard_normal((100, 20))
    data = np.full((100, 625), 90.0)
    z, target = torch.from_numpy(starts[:1]).float(), torch.full((1, 625), 90.0)
    plain_step(decoder, matrix, target, z)
    plain = timed(lambda: plain_step(decoder, matrix, target, z), 5)

    frozen = generators.TrainedGenerator(decoder, "vae")
    streams = [stream(1, "run", run) for run in range(100)]

    def together(steps):
        descend(
            lambda code: frozen(code, products="bfloat16"), operator, VELOCITIES, data, starts,
            Descent(iterations=steps), streams,
        )  # fmt: skip

    together(1)
    # the difference leaves out what is done once
    batched = (timed(lambda: together(6), 2) - timed(lambda: together(2), 2)) / (4 * 100)
    record_property("ms_per_step_and_run", round(1e3 * batched, 3))
    record_property("plain_ms_per_step", round(1e3 * plain, 3))
    print(f"{1e3 * batched:.2f} ms per step and run; plain loop {1e3 * plain:.1f} ms")
    # Measured: 1.2 ms on an idle core, 15 to 20 ms plain. Neighbours on a shared machine slow
    # both down, so the ratio holds, while the bound on time has a factor 1.7 to spare.
    if torch.backends.cpu.get_cpu_capability() == "AVX512" and torch.cpu._is_amx_tile_supported():
        assert plain > FASTER * batched
        assert batched < LINEAR
    else:  # no matrix instructions for bfloat16: the batch alone must be worth it
        assert plain > 2 * batched


@pytest.mark.benchmark
def test_shortest_paths_and_their_jacobian(record_property):
    operator = ShortestPath(Grid(), *all_pairs(DEPTHS, (0.0, 6.5)), secondary=3)
    rng = np.random.default_rng(0)
    rows = np.sin(np.linspace(0, 9, 129) + rng.standard_normal())[:, None] > 0.4
    model = np.where(np.broadcast_to(rows, (129, 65)), 1 / 0.06, 1 / 0.08).reshape(1, -1)
    operator.rays(model)
    span = timed(lambda: operator.rays(model), 3)
    record_property("s_per_forward_and_jacobian", round(span, 4))
    print(f"{span:.3f} s per forward and Jacobian")
    # Measured 0.05 s; the decoder adds 0.01 s; ttcrpy takes 0.5 s, pyGIMLi 17 s.
    assert span < NONLINEAR / 2
