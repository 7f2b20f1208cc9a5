"""The adjoint of the homogenization against finite differences and automatic differentiation."""

import pytest
import torch

from latentearth.operators import homogenization_elastic as elastic
from latentearth.operators.homogenization import Homogenization
from latentearth.operators.homogenization_elastic import Rock, TwoPhases
from latentearth.operators.homogenization_modes import LowModes, ModeProjection, Reference

DOUBLE = torch.float64
SIZE = 32
OTHER = TwoPhases(Rock(3.0, 5.0, 2.9), Rock(3.8, 7.2, 3.4))


def drawn(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def loss_of(operator, data):
    return lambda images: 0.5 * (operator(images) - data).square().sum()


@pytest.mark.parametrize("phases", [TwoPhases(), OTHER])
@pytest.mark.parametrize("iterations", [1, 2, 3])
def test_gradient_against_finite_differences(phases, iterations):
    operator = Homogenization(SIZE, 4, phases, iterations=iterations, dtype=DOUBLE)
    images, step = drawn(3, SIZE, SIZE), drawn(3, SIZE, SIZE, seed=1) - 0.5
    loss = loss_of(operator, operator(drawn(3, SIZE, SIZE, seed=2)))
    images.requires_grad_()
    (gradient,) = torch.autograd.grad(loss(images), images)
    with torch.no_grad():
        h = 1e-4  # error h^2 times a third derivative, here 1e-8 of the slope
        measured = (loss(images + h * step) - loss(images - h * step)) / (2 * h)
    assert float((gradient * step).sum()) == pytest.approx(float(measured), rel=1e-6)


def test_taylor_slopes():
    """The error of the value falls as h, that of the value and slope as h^2."""
    operator = Homogenization(SIZE, 4, dtype=DOUBLE)
    images, step = drawn(2, SIZE, SIZE), drawn(2, SIZE, SIZE, seed=1) - 0.5
    loss = loss_of(operator, operator(drawn(2, SIZE, SIZE, seed=2)))
    images.requires_grad_()
    base = loss(images)
    (gradient,) = torch.autograd.grad(base, images)
    slope = (gradient * step).sum()
    steps = torch.tensor([1e-2, 1e-3])
    with torch.no_grad():
        plain = torch.stack([(loss(images + h * step) - base).abs() for h in steps])
        rest = torch.stack([(loss(images + h * step) - base - h * slope).abs() for h in steps])
    order = lambda e: float((e[0] / e[1]).log10())  # noqa: E731
    assert order(plain) == pytest.approx(1, abs=0.1)
    assert order(rest) == pytest.approx(2, abs=0.05)


def test_gradient_against_automatic_differentiation():
    """The general solver is differentiated by torch, step by step; they agree to rounding."""
    operator = Homogenization(SIZE, 4, iterations=3, dtype=DOUBLE)
    images = drawn(3, SIZE, SIZE).requires_grad_()
    weight = drawn(3, 6, 8, 8, seed=3)
    (fast,) = torch.autograd.grad((weight * operator(images)).sum(), images)
    field = operator.of_field(operator.phases.tensors(images))
    (general,) = torch.autograd.grad((weight * elastic.to_coefficients(field)).sum(), images)
    torch.testing.assert_close(fast, general, rtol=1e-11, atol=1e-12)


def test_gradient_of_a_tensor_field():
    operator = Homogenization(16, 3, dtype=DOUBLE)
    field = TwoPhases().tensors(drawn(1, 16, 16)).requires_grad_()
    step = drawn(1, 3, 3, 16, 16, seed=1) - 0.5
    weight = drawn(1, 3, 3, 6, 6, seed=2)
    loss = lambda c: (weight * operator.of_field(c)).sum()  # noqa: E731
    (gradient,) = torch.autograd.grad(loss(field), field)
    with torch.no_grad():
        measured = (loss(field + 1e-3 * step) - loss(field - 1e-3 * step)) / 2e-3
    assert float((gradient * step).sum()) == pytest.approx(float(measured), rel=1e-6)


def test_single_precision_gradient_is_good_enough():
    """Against double precision: some 1e-6 of rounding per step of the adjoint."""
    images, weight = drawn(2, 64, 64), drawn(2, 6, 10, 10, seed=3)
    gradients = []
    for dtype in (torch.float32, DOUBLE):
        x = images.to(dtype).requires_grad_()
        loss = (weight.to(dtype) * Homogenization(64, 5, dtype=dtype)(x)).sum()
        gradients.append(torch.autograd.grad(loss, x)[0].double())
    assert (gradients[0] - gradients[1]).norm() / gradients[1].norm() < 1e-4


def test_images_of_a_batch_do_not_touch_each_other():
    operator = Homogenization(SIZE, 4, dtype=DOUBLE)
    images = drawn(7, SIZE, SIZE).requires_grad_()
    (together,) = torch.autograd.grad(operator(images)[3].sum(), images)
    assert together[3].abs().max() > 0
    assert together[[0, 1, 2, 4, 5, 6]].abs().max() == 0
    torch.testing.assert_close(operator(images[3:4]), operator(images)[3:4])


@pytest.mark.parametrize("size", [15, 16])
def test_projection_is_a_symmetric_reflection(size):
    """R R = 1 and <a, R b> = <R a, b>, up to rounding: what the adjoint builds on."""
    projection = ModeProjection(size, Reference(154.0, 82.0), dtype=DOUBLE)
    a, b = drawn(3, size, size), drawn(3, size, size, seed=1)
    torch.testing.assert_close(projection.fields(projection.fields(a)), a)
    left, right = (a * projection.fields(b)).sum(), (projection.fields(a) * b).sum()
    torch.testing.assert_close(left, right)
    unit = torch.eye(3, dtype=DOUBLE)[:, :, None, None]
    nine = projection.fields(unit * a[0])
    six = projection.columns(a[:1])[0]
    torch.testing.assert_close(elastic.from_coefficients(six), nine)
    fields = drawn(1, 3, 3, size, size, seed=2)
    trace = torch.einsum("njjyx->nyx", projection.fields(fields))
    torch.testing.assert_close(projection.trace(fields), trace)


def test_low_modes_and_their_adjoint():
    modes = LowModes(20, 3, dtype=DOUBLE)
    field = drawn(20, 20)
    found = modes.analyse(field)
    full = torch.fft.fft2(field) / 400
    k_y, k_x = torch.arange(-3, 4), torch.arange(4)
    shift = torch.exp(-1j * torch.pi * (k_y[:, None] + k_x) / 20)  # centres, not corners
    torch.testing.assert_close(found, full[k_y][:, k_x] * shift)
    given = torch.complex(drawn(7, 4, seed=1), drawn(7, 4, seed=2))
    left = (given.conj() * found).real.sum()
    torch.testing.assert_close((modes.adjoint(given) * field).sum(), left)
