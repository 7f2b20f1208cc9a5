"""The compiled RMSProp against torch's, clipping, and working copies in bfloat16."""

import numpy as np
import torch
from torch.nn import Parameter

from latentearth.training.optimizers import RMSprop, Torch

RATE = 1e-2


def parameters():
    generator = torch.Generator().manual_seed(1)
    shapes = ((3, 50, 70), (3, 1, 70), (1,))  # more and fewer numbers than a block
    return [Parameter(torch.randn(shape, generator=generator)) for shape in shapes]


def gradients(step):
    generator = torch.Generator().manual_seed(100 + step)
    return [torch.randn(p.shape, generator=generator) * 1e-3 for p in parameters()]


def run(optimizer, working, steps=5):
    for step in range(steps):
        optimizer.zero_grad()
        for p, grad in zip(working, gradients(step), strict=True):
            p.grad = grad.to(p.dtype)
        optimizer.step()


def test_compiled_update_equals_that_of_torch():
    ours, theirs = parameters(), parameters()
    run(RMSprop(ours, ours, RATE), ours)
    run(torch.optim.RMSprop(theirs, RATE), theirs)
    for a, b in zip(ours, theirs, strict=True):
        # five steps of at most 10 RATE each, every one rounded to some 1e-7 of itself
        torch.testing.assert_close(a, b, rtol=0, atol=1e-6)


def test_every_parameter_is_clipped():
    ours, theirs = parameters(), parameters()
    run(RMSprop(ours, ours, RATE, clip=0.05), ours)
    wrapped = torch.optim.RMSprop(theirs, RATE)
    run(Torch(wrapped, theirs, theirs, clip=0.05), theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert a.abs().max() <= np.float32(0.05)
        torch.testing.assert_close(a, b, rtol=0, atol=1e-6)


def test_working_copies_are_the_rounded_parameters():
    """And the parameters themselves keep what the copies cannot hold."""
    ours, theirs = parameters(), parameters()
    for own, make in (
        (ours, lambda p, w: RMSprop(p, w, RATE)),
        (theirs, lambda p, w: Torch(torch.optim.RMSprop(p, RATE), p, w)),
    ):
        working = [Parameter(p.detach().bfloat16()) for p in own]
        run(make(own, working), working)
        for p, w in zip(own, working, strict=True):
            assert torch.equal(p.detach().bfloat16(), w.detach())
            assert not torch.equal(p.detach(), w.detach().float())
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-6)


def test_a_nan_stays_a_nan():
    """Clipping must not turn a failed training into a plausible one."""
    ours = parameters()
    optimizer = RMSprop(ours, ours, RATE, clip=0.01)
    for p in ours:
        p.grad = torch.full_like(p, float("nan"))
    optimizer.step()
    assert all(p.isnan().all() for p in ours)


def test_state_continues():
    whole, part = parameters(), parameters()
    run(RMSprop(whole, whole, RATE), whole, 2)
    first = RMSprop(part, part, RATE)
    for steps in (0, 1):
        optimizer = RMSprop(part, part, RATE)
        if steps:
            optimizer.load_state_dict(first.state_dict())
        for p, grad in zip(part, gradients(steps), strict=True):
            p.grad = grad
        optimizer.step()
        first = optimizer
    assert all(torch.equal(a, b) for a, b in zip(whole, part, strict=True))
