"""Gradient penalties, which keep a critic from becoming steeper than its generator can follow.

In a WGAN (Gulrajani et al. 2017; Santos et al. 2024, appendix A) the gradient of the critic should
have length 1 between a real and a generated sample, at a random point of the line that joins
them: the penalty is the mean of (length - 1)^2. In a GAN it should vanish at real samples, as it
does where generator and discriminator have come to rest (Mescheder et al. 2018, their R1): the
penalty is the mean of length^2.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def critic_slopes(
    critic: nn.Module, real: Tensor, fake: Tensor, share: Tensor, penalised: int | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Numbers of real and generated samples, and the lengths of the gradient between them.

    Parameters
    ----------
    critic
        Maps samples (net, batch, ...) to numbers (net, batch, 1), each of its own sample alone.
        If it ``carries_changes`` (see :class:`latentearth.networks.wgan_gp.Critic`), the gradient
        of the lengths takes a plain backward pass, else one through second derivatives.
    real, fake
        Samples, (net, batch, ...).
    share
        (net, batch): where on the line each point is, 0 for real and 1 for generated.
    penalised
        How many of the lines are used; all by default.

    Returns
    -------
    of_real, of_fake
        (net, batch, 1).
    lengths
        (net, penalised), with the gradient with respect to the weights.
    """
    count = real.shape[1] if penalised is None else penalised
    share = share[:, :count].reshape(*share.shape[:1], count, *[1] * (real.dim() - 2))
    start, end = real[:, :count].detach().float(), fake[:, :count].detach().float()
    between = torch.lerp(start, end, share).requires_grad_()
    if not getattr(critic, "carries_changes", False):
        out = critic(torch.cat([real, fake.detach().to(real.dtype)], 1))
        of_between = critic(between).float().sum()
        (gradient,) = torch.autograd.grad(of_between, between, create_graph=True)
        lengths = gradient.flatten(2).norm(dim=2)
        return out[:, : real.shape[1]], out[:, real.shape[1] :], lengths
    (gradient,) = torch.autograd.grad(critic(between).float().sum(), between)
    length = gradient.flatten(2).norm(dim=2).clamp_min(1e-20)
    along = gradient / length.reshape(share.shape)
    if len(real) != 1:
        raise ValueError(f"{len(real)} networks; a critic that carries changes is one")
    out = critic(torch.cat([real[0], fake[0].detach(), between[0].detach(), along[0]]), count)
    parts = out[None].split([real.shape[1], fake.shape[1], count, count], 1)
    return parts[0], parts[1], parts[3][..., 0]


def real_slopes(critic: nn.Module, real: Tensor, penalised: int | None = None) -> Tensor:
    """Squared lengths of the critic's gradient at real samples, differentiable in its weights.

    Parameters
    ----------
    critic
        Maps samples (net, batch, ...) to numbers (net, batch, number), each of its own sample
        alone. It is asked in float32, for second derivatives.
    real
        Samples, (net, batch, ...).
    penalised
        How many of a batch are used; all by default.

    Returns
    -------
    torch.Tensor
        (net, penalised), of the sum of a sample's numbers, over how many there are: the same for
        small and large images, where each number is that of a patch.
    """
    points = real[:, :penalised].detach().float().requires_grad_()
    numbers = critic(points)
    (gradient,) = torch.autograd.grad(numbers.sum(), points, create_graph=True)
    return gradient.flatten(2).square().sum(2) / numbers.shape[2]
