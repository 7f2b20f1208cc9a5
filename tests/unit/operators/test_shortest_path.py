"""Shortest paths against exact times, ttcrpy, pyGIMLi and their own derivative."""

import numpy as np
import pytest
import torch

from latentearth.operators.shortest_path import ShortestPath
from latentearth.operators.straight_rays import Grid

GRID = Grid(20, 12, 0.1)


def crosshole(depths=(0.2, 0.75, 1.4), x=(0.0, 1.2)):
    """All pairs of antennas, some of them between nodes."""
    first, second = np.meshgrid(depths, depths, indexing="ij")
    return tuple(
        np.stack([np.full(z.size, place), z.ravel()], 1)
        for place, z in zip(x, (first, second), strict=True)
    )


def channels(models=1, seed=0):
    """Slownesses (model, cell) of two facies, ns/m."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random((models, GRID.cells)) < 0.3, 1 / 0.06, 1 / 0.08)


@pytest.mark.parametrize("secondary", [0, 1, 3])
def test_the_same_times_as_ttcrpy(secondary):
    pytest.importorskip("ttcrpy")
    ends = crosshole()
    slowness = channels(2)
    ours, theirs = (
        ShortestPath(GRID, *ends, secondary, engine).rays(slowness)
        for engine in ("sweeping", "ttcrpy")
    )
    for (times, rays), (expected, lengths) in zip(ours, theirs, strict=True):
        # paths of equal time may differ; falls below 3e-5 ns are not followed
        np.testing.assert_allclose(times, expected, rtol=0, atol=1e-3)
        # two polygons of almost equal time have almost equal length: slowness differs by a third
        np.testing.assert_allclose(rays.sum(1), lengths.sum(1), rtol=0.02)


def test_a_homogeneous_medium():
    ends = crosshole()
    slowness = np.full((1, GRID.cells), 12.5)
    apart = np.hypot(*(ends[1] - ends[0]).T)
    for secondary, allowed in ((1, 0.02), (3, 0.006), (9, 0.001)):
        ((times, _),) = ShortestPath(GRID, *ends, secondary).rays(slowness)
        excess = times / (12.5 * apart) - 1
        # Fermat: no path of the graph is faster than the straight one; the excess falls with the
        # angle between neighbouring edges, squared, which is about 1 / (secondary + 1)
        assert (excess > -1e-9).all() and excess.max() < allowed
    level = ends[0][:, 1] == ends[1][:, 1]
    # along a line of nodes the path is straight; 0.75 m is no such line
    np.testing.assert_allclose(excess[level & (ends[0][:, 1] != 0.75)], 0, atol=1e-9)


def test_reciprocity():
    sources, receivers = crosshole()
    slowness = channels()
    ((there, _),) = ShortestPath(GRID, sources, receivers).rays(slowness)
    ((back, _),) = ShortestPath(GRID, receivers, sources).rays(slowness)
    np.testing.assert_allclose(there, back, rtol=0, atol=1e-3)  # as above


def test_a_fast_layer_is_used():
    """Two horizontal edges and a fast layer between: the time by hand."""
    slowness = np.full((20, 12), 20.0)
    slowness[10] = 10.0
    ends = np.array([[0.0, 1.0]]), np.array([[1.2, 1.1]])  # both at corners of the layer
    ((times, rays),) = ShortestPath(GRID, *ends, 1).rays(slowness.reshape(1, -1))
    cells = np.zeros(20 * 12)
    cells[rays.indices] = rays.data
    assert cells.reshape(20, 12)[10].sum() == pytest.approx(rays.sum(), abs=1e-12)
    # at least the straight line through the layer, at most down one side and along
    assert 12.5 * 0 + 10 * np.hypot(1.2, 0.1) <= times[0] + 1e-9 <= 10 * 1.3


def test_taylor_slopes():
    """The remainder after the first derivative falls with the square of the step or faster."""
    operator = ShortestPath(GRID, *crosshole())
    rng = torch.Generator().manual_seed(3)
    slowness = 12.5 + 4 * torch.rand(1, GRID.cells, generator=rng, dtype=torch.float64)
    # slower everywhere, and unevenly, so that times change and rays move
    direction = 2 * torch.rand(1, GRID.cells, generator=rng, dtype=torch.float64)
    slowness.requires_grad_()
    weights = torch.rand(9, generator=rng, dtype=torch.float64)

    def misfit(model):
        return (operator(model)[0] * weights).sum()

    (gradient,) = torch.autograd.grad(misfit(slowness), slowness)
    slope = float((gradient * direction).sum())
    steps = np.array([1.6, 0.8, 0.4, 0.2])
    with torch.no_grad():
        start = float(misfit(slowness))
        change = [float(misfit(slowness + h * direction)) - start for h in steps]
    first = np.abs(change)
    second = np.abs(np.array(change) - slope * steps)
    order = np.polyfit(np.log(steps), np.log(first), 1)[0]
    assert 0.9 < order < 1.1  # without the derivative: slope 1, bent by the second order
    # Between two changes of a path the time is linear, and the remainder zero; where paths change
    # it grows as the square on average. 1.5 leaves room for the steps of single paths.
    assert (second < 1e-4).all() or np.polyfit(np.log(steps), np.log(second), 1)[0] > 1.5


def test_batches_and_threads_change_nothing():
    slowness = torch.from_numpy(channels(5))
    ends = crosshole()
    alone = torch.cat([ShortestPath(GRID, *ends)(row[None]) for row in slowness])
    assert torch.equal(alone, ShortestPath(GRID, *ends, threads=2)(slowness))


@pytest.mark.parametrize(
    ("sources", "receivers", "words"),
    [
        ([[-0.1, 1.0]], [[1.2, 1.0]], "source of pair 0"),
        ([[0.0, 1.0]], [[1.2, 2.5]], "receiver of pair 0"),
        ([[0.0, 1.0], [0.0, 1.2]], [[1.2, 1.0]], "2 pairs"),
        ([[0.0, np.nan]], [[1.2, 1.0]], "outside"),
    ],
)
def test_bad_antennas_are_refused(sources, receivers, words):
    with pytest.raises(ValueError, match=words):
        ShortestPath(GRID, sources, receivers)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_bad_slownesses_are_refused(value):
    slowness = channels()
    slowness[0, 7] = value
    with pytest.raises(ValueError, match="positive"):
        ShortestPath(GRID, *crosshole()).rays(slowness)


def test_against_pygimli():
    """The paper's own code for this operator, on a small grid."""
    pygimli = pytest.importorskip("pygimli")
    from pygimli.physics import TravelTimeManager
    from pygimli.physics.traveltime import createCrossholeData

    depths = np.array([0.2, 0.7, 1.4])
    sources, receivers = crosshole(depths)
    slowness = channels()[0]
    antennas = [[0.0, -z] for z in depths] + [[1.2, -z] for z in depths]
    scheme = createCrossholeData(np.array(antennas))
    mesh = pygimli.createGrid(x=np.arange(13) * 0.1, y=-np.arange(20, -1, -1) * 0.1)
    # its rows run upwards
    upwards = slowness.reshape(20, 12)[::-1].ravel()
    theirs = TravelTimeManager().simulate(
        mesh=mesh, scheme=scheme, slowness=upwards, secNodes=3, noiseLevel=0, noiseAbs=0
    )
    found = {
        (int(s), int(g) - 3): t
        for s, g, t in zip(theirs["s"], theirs["g"], np.array(theirs["t"]), strict=True)
    }
    expected = [found[first, second] for first in range(3) for second in range(3)]
    ((times, _),) = ShortestPath(GRID, sources, receivers, 3).rays(slowness[None])
    np.testing.assert_allclose(times, expected, rtol=0, atol=1e-3)  # as with ttcrpy


def test_only_the_rays_of_a_batch_count():
    """Times read from nodes in float32 agree with sums along rays; the gradient with lengths."""
    operator = ShortestPath(GRID, *crosshole())
    slowness = torch.from_numpy(channels(2)).float().requires_grad_()
    weights = torch.zeros(2, 9)
    weights[0, 3], weights[1, 5] = 2.0, -1.0
    times = operator(slowness)
    (times * weights).sum().backward()
    for row, weight, (exact, lengths) in zip(
        range(2), weights, operator.rays(slowness.detach().double().numpy()), strict=True
    ):
        # a path of some ten steps in float32, 20 ns long
        np.testing.assert_allclose(times[row].detach(), exact, rtol=0, atol=1e-4)
        np.testing.assert_allclose(slowness.grad[row], weight.numpy() @ lengths, atol=1e-6)
