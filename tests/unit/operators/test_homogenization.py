"""Homogenization against exact solutions, symmetries and bounds of elasticity."""

import math

import numpy as np
import pytest
import torch

from latentearth.earth import stirring
from latentearth.operators import homogenization_elastic as elastic
from latentearth.operators.homogenization import Homogenization, grid_size, middle, taper
from latentearth.operators.homogenization_elastic import Rock, TwoPhases
from latentearth.seeds import stream

DOUBLE = torch.float64
PHASES = TwoPhases()
OTHER = TwoPhases(Rock(3.0, 5.0, 2.9), Rock(3.8, 7.2, 3.4))  # of different vp/vs


@pytest.fixture(scope="module")
def cakes():
    p = stirring.sample_parameters(stirring.Distributions(), 24, stream(1, "homogenization"))
    return torch.from_numpy(stirring.stir(p, 128)).to(DOUBLE)


def stripes(size, axis):
    """Uneven black and white layers across an axis, or across the diagonal.

    Their thicknesses are even, as waves of two pixels along the diagonal have no direction in
    the rotated scheme.
    """
    i = np.arange(size)
    white = (i % 8 < 2) | (i >= 3 * size // 4 - 2)
    rows = {"x": white[None, :] & (i[:, None] >= 0), "y": white[:, None] & (i[None, :] >= 0)}
    rows["diagonal"] = white[(i[:, None] + i[None, :]) % size]
    return torch.from_numpy(rows[axis]).to(DOUBLE)[None]


ANGLE = {"x": 0.0, "y": math.pi / 2, "diagonal": math.pi / 4}


def exact_layers(image, phases, angle):
    white = float(image.mean())
    grey = torch.tensor([[[0.0]], [[1.0]]], dtype=DOUBLE)
    tensors = phases.tensors(grey)[:, :, :, 0, 0]
    return elastic.backus(tensors, torch.tensor([1 - white, white], dtype=DOUBLE), angle)


@pytest.mark.parametrize("phases", [PHASES, OTHER])
def test_homogeneous_medium_stays_as_it_is(phases):
    """The iteration's error is |b|^(n+1): 1e-14 at n = 16 and |b| = 0.1 (0.2 for the others)."""
    for grey in (0.0, 0.3, 1.0):
        image = torch.full((1, 16, 16), grey, dtype=DOUBLE)
        found = Homogenization(16, 3, phases, iterations=24, dtype=DOUBLE).tensors(image)
        expected = phases.tensors(image)[:, :, :, :6, :6]
        assert ((found - expected).abs().max() / expected.max()) < 1e-12


@pytest.mark.parametrize("axis", ["x", "y", "diagonal"])
def test_layers_against_backus(axis):
    """Exact for layers along the grid and its diagonals, for any thickness of a layer."""
    image = stripes(64, axis)
    expected = exact_layers(image, PHASES, ANGLE[axis])
    scale = expected.abs().max()
    found = Homogenization(64, 1, iterations=12, dtype=DOUBLE).tensors(image)[0, :, :, 0, 0]
    assert ((found - expected).abs().max() / scale) < 1e-10
    # 1e-4: the third iteration leaves b^4 times the contrast, and single precision 1e-6
    single = Homogenization(64, 1, iterations=3).tensors(image.float())[0, :, :, 0, 0]
    assert ((single - expected).abs().max() / scale) < 1e-4


@pytest.mark.parametrize("axis", ["x", "y", "diagonal"])
def test_layers_of_anisotropic_rocks_against_backus(axis):
    """Random positive tensors in the general solver, at n where its error is below rounding."""
    random = torch.Generator().manual_seed(1)
    layers = torch.randn(2, 3, 3, generator=random, dtype=DOUBLE) * 5
    base = elastic.isotropic(
        torch.tensor(150.0, dtype=DOUBLE).expand(1, 1),
        torch.tensor(45.0, dtype=DOUBLE).expand(1, 1),
    )[:, :, 0, 0]
    layers = base + layers + layers.mT
    white = stripes(32, axis)[0]
    field = torch.where(
        white[None, None] > 0, layers[1][:, :, None, None], layers[0][:, :, None, None]
    )
    operator = Homogenization(32, 1, iterations=40, reference=middle(field[None]), dtype=DOUBLE)
    found = operator.of_field(field[None])[0, :, :, 0, 0]
    share = torch.tensor([1 - white.mean(), white.mean()], dtype=DOUBLE)
    expected = elastic.backus(layers, share, ANGLE[axis])
    assert ((found - expected).abs().max() / expected.max()) < 1e-10


def test_layers_in_any_direction_converge():
    """Smooth layers across (1, 2) and (3, 1): the rotated scheme errs by order (1/size)^2."""
    for k_x, k_y in ((1, 2), (3, 1)):
        errors = []
        for size in (32, 64):
            s = (torch.arange(size, dtype=DOUBLE) + 0.5) / size
            phase = 2 * math.pi * (k_x * s[None, :] + k_y * s[:, None])
            found = Homogenization(size, 1, iterations=10, dtype=DOUBLE).tensors(
                0.5 + 0.5 * phase.cos()[None]
            )[0, :, :, 0, 0]
            grey = 0.5 + 0.5 * torch.cos(
                2 * math.pi * (torch.arange(400, dtype=DOUBLE) + 0.5) / 400
            )
            layers = PHASES.tensors(grey[:, None, None])[..., 0, 0]
            share = torch.full((400,), 1 / 400, dtype=DOUBLE)
            expected = elastic.backus(layers, share, math.atan2(k_y, k_x))
            errors.append(float((found - expected).abs().max() / expected.max()))
        assert errors[1] < 2e-3
        assert 3 < errors[0] / errors[1] < 5.5


def test_backus_of_isotropic_layers_is_the_textbook_formula():
    """Backus (1962): normal stiffness is the harmonic mean of lambda + 2 mu, and so on."""
    p = torch.tensor([100.0, 160.0], dtype=DOUBLE)
    mu = torch.tensor([30.0, 50.0], dtype=DOUBLE)
    share = torch.tensor([0.3, 0.7], dtype=DOUBLE)
    found = elastic.backus(
        elastic.isotropic(p[:, None, None], mu[:, None, None])[..., 0, 0], share, 0.0
    )
    lam = p - 2 * mu
    c11 = 1 / (share / p).sum()
    c22 = (share * (p - lam**2 / p)).sum() + c11 * (share * lam / p).sum() ** 2
    expected = torch.tensor(
        [[c11, c11 * (share * lam / p).sum(), 0], [0, c22, 0], [0, 0, 2 / (share / mu).sum()]]
    )
    expected[1, 0] = expected[0, 1]
    torch.testing.assert_close(found, expected.to(DOUBLE), rtol=1e-6, atol=1e-5)


def test_fast_way_and_general_solver_agree(cakes):
    """Two codes for one iteration: they differ by rounding."""
    operator = Homogenization(64, 5, iterations=4, dtype=DOUBLE)
    small = cakes[:3, ::2, ::2]
    general = operator.of_field(PHASES.tensors(small))
    torch.testing.assert_close(operator.tensors(small), general, rtol=1e-12, atol=1e-10)


def test_flips_and_rotation_by_90_degrees(cakes):
    """Turning the image turns the tensors: x and y swap, and shear couplings change sign."""
    operator = Homogenization(128, 5, iterations=3, dtype=DOUBLE)
    as_is = operator(cakes[:2])
    sign = torch.tensor([1, 1, 1, 1, -1, -1], dtype=DOUBLE)[:, None, None]
    for axis in (1, 2):
        flipped = operator(cakes[:2].flip(axis)).flip(axis + 1)
        torch.testing.assert_close(flipped, sign * as_is, rtol=0, atol=1e-10)
    turned = operator(torch.rot90(cakes[:2], 1, (1, 2))).rot90(-1, (2, 3))
    expected = (sign * as_is)[:, [1, 0, 2, 3, 5, 4]]
    torch.testing.assert_close(turned, expected, rtol=0, atol=1e-10)


def test_bounds_symmetry_and_positive_definiteness(cakes):
    """Voigt and Reuss bound the tensor of the whole; raw tensors are nearly symmetric."""
    whole = Homogenization(128, 1, iterations=8, dtype=DOUBLE).tensors(cakes)[..., 0, 0]
    upper, lower = elastic.voigt_reuss(PHASES.tensors(cakes))
    for gap in (upper - whole, whole - lower):
        assert torch.linalg.eigvalsh(0.5 * (gap + gap.mT)).min() > 0
    for waves in (2, 5):
        raw = Homogenization(128, waves, dtype=DOUBLE).tensors(cakes)
        asymmetry = (raw - raw.transpose(1, 2)).abs().max() / raw.max()
        assert asymmetry < 2e-3  # filtered fields of three loads, not one energy
        symmetric = elastic.from_coefficients(elastic.to_coefficients(raw))
        assert torch.linalg.eigvalsh(symmetric.movedim((1, 2), (-2, -1))).min() > 50  # 2 mu = 68


def test_convergence_with_iterations(cakes):
    """Error falls tenfold per iteration (|b| < 0.1); two are enough beside 20 per cent noise."""
    exact = Homogenization(128, 5, iterations=10, dtype=DOUBLE)(cakes)
    spread = exact.std(dim=0).mean(dim=(1, 2))

    def error(n):
        found = Homogenization(128, 5, iterations=n, dtype=DOUBLE)(cakes)
        return (found - exact).square().mean(dim=(0, 2, 3)).sqrt()

    relative = error(2) / spread
    assert relative[:4].max() < 0.003 and relative[4:].max() < 0.02
    size = [float(error(n).norm()) for n in (3, 4, 5)]
    for n in (1, 2):
        assert 0.05 < size[n] / size[n - 1] < 0.12
    single = Homogenization(128, 5, iterations=5)(cakes.float())
    assert ((single - exact).abs().amax(dim=(0, 2, 3)) / spread).max() < 1e-3  # single precision


def test_nothing_but_the_mean_is_left_at_the_length_of_the_box(cakes):
    found = Homogenization(128, 1, points=16)(cakes.float())
    assert (found[:, :4].std(dim=(2, 3)) / found[:, :4].mean(dim=(2, 3))).max() < 1e-6


def test_grids_sample_the_same_field(cakes):
    """Points at (j + 1/2) / points: every third of 30 is one of 10."""
    coarse = Homogenization(128, 5, dtype=DOUBLE)(cakes[:2])
    fine = Homogenization(128, 5, points=30, dtype=DOUBLE)(cakes[:2])
    assert coarse.shape == (2, 6, 10, 10)
    torch.testing.assert_close(fine[:, :, 1::3, 1::3], coarse, rtol=0, atol=1e-10)


def test_a_finer_grid_gives_nearly_the_same_medium(cakes):
    """Every pixel as 2 x 2: what is left is the solver's error at edges, by the notes 0.25 per cent
    of the spread, and 4 for C13 and C23, which are small.
    """
    image = cakes[:6]
    fine = image.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)
    coarse = Homogenization(128, 5, iterations=4, dtype=DOUBLE)(image)
    error = (coarse - Homogenization(256, 5, iterations=4, dtype=DOUBLE)(fine)).square()
    error = error.mean(dim=(0, 2, 3)).sqrt() / coarse.std(dim=0).mean(dim=(1, 2))
    assert error[:4].max() < 0.005 and error[4:].max() < 0.08


def test_anisotropy_tells_vertical_from_horizontal_layers():
    """Layers whose normal is x are softest along x: xi = C22 / C11 > 1; horizontal ones < 1."""
    for axis, above in (("x", True), ("y", False)):
        xi = elastic.anisotropy(Homogenization(64, 4)(stripes(64, axis).float()))
        assert xi.shape == (1, 8, 8)
        assert (xi.mean() > 1.005) == above and (xi.mean() < 0.995) != above


def test_filter():
    k = torch.tensor([0.0, 4.0, 4.5, 5.0, 6.0], dtype=DOUBLE)
    torch.testing.assert_close(taper(k, 5), torch.tensor([1, 1, 0.5, 0, 0], dtype=DOUBLE))
    assert [grid_size(w) for w in (5, 3, 2, 1, 2.5)] == [10, 6, 4, 2, 5]


def test_coefficients_there_and_back():
    given = torch.randn(2, 6, 4, 4)
    torch.testing.assert_close(elastic.to_coefficients(elastic.from_coefficients(given)), given)


@pytest.mark.parametrize(
    "arguments", [{"waves": 0.5}, {"waves": 32}, {"waves": 5, "iterations": 0}]
)
def test_settings_that_make_no_sense(arguments):
    with pytest.raises(ValueError, match="expected"):
        Homogenization(64, **arguments)


def test_rocks_that_cannot_exist():
    with pytest.raises(ValueError, match="vp"):
        Rock(4.0, 4.5, 3.0)
