"""Training of the WGAN-GP: penalty against autograd, resumption, symmetry, NaN, quality."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import leaky_relu

from latentearth.networks.wgan_gp import Critic
from latentearth.seeds import stream
from latentearth.training.adversarial import AdversarialTraining
from latentearth.training.image_batches import ImageBatches
from latentearth.training.image_wgan import draw_images, train_wgan_gp
from latentearth.training.penalty import critic_slopes, real_slopes

SETTINGS = AdversarialTraining(
    steps=6,
    batch=8,
    learning_rate=1e-3,
    latent=5,
    loss="wgan-gp",
    critic_steps=2,
    record_every=2,
    checkpoint_every=2,
    products="bfloat16",
    average=0.9,
    penalised=5,
)
SEED = stream(7, "wgan-gp")


def stripes(count=64, side=16, seed=1):
    """Vertical stripes, 4 pixels wide, at random places: bytes of 0 and 1."""
    shift = np.random.default_rng(seed).integers(0, side, count)
    columns = (np.arange(side) + shift[:, None]) // 4 % 2
    return np.repeat(columns[:, None].astype(np.uint8), side, 1)


class Plain(nn.Module):
    """A critic of the same weights in elementary operations; autograd does the rest."""

    def __init__(self, critic):
        super().__init__()
        self.critic = critic

    def forward(self, x):
        maps = (2 * x - 1).reshape(-1, 1, self.critic.side, self.critic.side)
        *hidden, last = self.critic.layers
        for convolution, norm in zip(hidden[::2], hidden[1::2], strict=True):
            y = leaky_relu(convolution(maps), 0.2)
            mean = y.mean((2, 3), keepdim=True)
            s = (((y - mean) ** 2).mean((2, 3), keepdim=True) + 1e-5).rsqrt()
            maps = (y - mean) * s * norm.weight[:, None, None] + norm.bias[:, None, None]
        return last(maps).reshape(*x.shape[:-2], 1)


def penalised(critic, weights, rounded=False, count=None):
    """Loss of the critic, lengths of its gradients, and the gradient of the loss."""
    torch.manual_seed(2)
    real = (torch.rand(1, 6, 32, 32) > 0.5).float()
    fake, share = torch.rand(1, 6, 32, 32), torch.rand(1, 6)
    with torch.autocast("cpu", torch.bfloat16, enabled=rounded):
        of_real, of_fake, lengths = critic_slopes(critic, real, fake, share, count)
    loss = (of_fake - of_real).float().mean() + 10 * ((lengths.float() - 1) ** 2).mean()
    gradient = torch.autograd.grad(loss, weights)
    return loss.item(), lengths.detach(), torch.cat([part.flatten() for part in gradient])


def some_critic():
    critic = Critic(stream(1, "critic"), 32, 8)
    torch.manual_seed(1)
    for parameter in critic.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    return critic, list(critic.parameters())


@pytest.mark.parametrize("count", [None, 3])
def test_gradient_of_the_penalty_is_that_of_double_backward(count):
    critic, weights = some_critic()
    loss, lengths, gradient = penalised(critic, weights, count=count)
    loss2, lengths2, gradient2 = penalised(Plain(critic), weights, count=count)
    assert lengths.shape == (1, count or 6)
    assert loss == pytest.approx(loss2, rel=1e-5)
    torch.testing.assert_close(lengths, lengths2, rtol=1e-5, atol=0)
    # float32: five layers of sums over some 100 to 1000 products
    assert (gradient - gradient2).norm() < 1e-5 * gradient2.norm()


def test_gradient_of_the_penalty_in_bfloat16_is_near_that_in_float32():
    critic, weights = some_critic()
    _, lengths, gradient = penalised(critic, weights)
    _, half_lengths, half = penalised(critic, weights, rounded=True)
    # maps are rounded to 2^-9 some ten times on the way forward and back: 1 per cent of a length;
    # the gradient has an error of some per cent, most of it from signs of maps near zero
    torch.testing.assert_close(half_lengths, lengths, rtol=0.02, atol=0)
    assert torch.cosine_similarity(half, gradient, 0) > 0.99
    assert (half - gradient).norm() < 0.1 * gradient.norm()


def test_penalty_of_a_critic_with_a_known_gradient():
    """A linear critic w . x has the gradient w: the length is |w|, and its own gradient w / |w|."""
    weight = torch.randn(1, 16, 16, requires_grad=True)

    def critic(x):
        return (x * weight).sum((-1, -2))[..., None]

    real, fake = torch.rand(2, 1, 4, 16, 16).unbind()
    _, _, lengths = critic_slopes(critic, real, fake, torch.rand(1, 4))
    torch.testing.assert_close(lengths, weight.norm().expand(1, 4))
    (gradient,) = torch.autograd.grad(((lengths - 1) ** 2).mean(), weight)
    wanted = 2 * (weight.norm() - 1) * weight / weight.norm()
    torch.testing.assert_close(gradient, wanted)


def test_slopes_at_real_samples_of_a_critic_with_a_known_gradient():
    """Two numbers, w . x / 2 each: the gradient of their sum is w, the slope half its square."""
    weight = torch.randn(1, 16, 16, requires_grad=True)

    def critic(x):
        return (x * weight / 2).sum((-1, -2))[..., None].expand(1, -1, 2)

    slopes = real_slopes(critic, torch.rand(1, 4, 16, 16), 3)
    torch.testing.assert_close(slopes, (weight.square().sum() / 2).expand(1, 3))
    (gradient,) = torch.autograd.grad(slopes.mean(), weight)
    torch.testing.assert_close(gradient, weight)


def test_points_of_the_penalty_lie_between_real_and_generated():
    seen = []

    def critic(x):
        seen.append(x.detach())
        return x.sum((-1, -2))[..., None]

    real, fake = torch.zeros(1, 4, 16, 16), torch.ones(1, 4, 16, 16)
    share = torch.tensor([[0.0, 0.25, 0.5, 1.0]])
    critic_slopes(critic, real, fake, share)
    assert seen[1].mean((-1, -2)).tolist() == share.tolist()


def test_interrupted_training_ends_with_the_same_weights(tmp_path, interrupted):
    images = stripes()
    whole, critic, history = train_wgan_gp(images, SETTINGS, SEED, width=2, mirror=True)
    path = tmp_path / "run"
    with interrupted(4):
        train_wgan_gp(images, SETTINGS, SEED, width=2, mirror=True, checkpoint=path)
    resumed, critic2, history2 = train_wgan_gp(
        images, SETTINGS, SEED, width=2, mirror=True, checkpoint=path
    )
    for one, other in ((whole, resumed), (critic, critic2)):
        pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)
    assert np.array_equal(history.losses["critic"], history2.losses["critic"])


def test_a_loss_that_is_not_finite_stops_with_its_step(tmp_path):
    settings = dataclasses.replace(SETTINGS, learning_rate=1e30, record_every=1)
    with pytest.raises(FloatingPointError, match=r"stripes: at step \d+ losses of network 0 are"):
        train_wgan_gp(stripes(), settings, SEED, width=2, label="stripes")


def test_batches_hold_every_image_once_and_take_up_where_they_were():
    images = np.arange(10)[:, None, None] / 9 * np.ones((1, 4, 4))
    batches = ImageBatches(images, 3, stream(1, "batches"))
    epoch = torch.cat([batches.draw()[0, :, 0, 0] for _ in range(3)])
    assert len(set((9 * epoch).round().int().tolist())) == 9  # the tenth is left out
    state = batches.state_dict()
    following = [batches.draw() for _ in range(5)]
    other = ImageBatches(images, 3, stream(2, "other"))
    other.rng = np.random.Generator(np.random.PCG64(stream(1, "batches")))
    other.load_state_dict(state)
    assert all(torch.equal(a, other.draw()) for a in following)
    # kept in 256 levels
    assert set(np.round(255 * epoch.numpy())) <= set(np.rint(255 * images[:, 0, 0]))
    with pytest.raises(ValueError, match="10 images"):
        ImageBatches(images, 11, stream(1, "batches"))


def test_half_of_the_images_are_mirrored_in_x_only():
    image = np.zeros((1, 4, 4), np.uint8)
    image[0, 1, 0] = 1
    batches = ImageBatches(np.repeat(image, 400, 0), 400, stream(3, "mirror"), mirror=True)
    mean = batches.draw()[0].mean(0).numpy()
    assert mean.sum() == pytest.approx(1) and mean[1, 0] + mean[1, 3] == pytest.approx(1)
    assert abs(mean[1, 0] - 0.5) < 4 * 0.5 / 20  # four standard deviations of 400 throws
    still = ImageBatches(np.repeat(image, 400, 0), 400, stream(3, "mirror")).draw()[0].mean(0)
    assert still[1, 0] == 1


def test_the_generator_learns_images_of_two_kinds():
    """Images of a white and a black half, either way: halves that differ, and both kinds."""
    left = np.random.default_rng(1).integers(0, 2, 256).astype(np.uint8)[:, None]
    images = np.concatenate([np.repeat(left, 4, 1), np.repeat(1 - left, 4, 1)], 1)
    images = np.repeat(images[:, None], 8, 1)
    settings = dataclasses.replace(
        SETTINGS,
        steps=250,
        batch=16,
        learning_rate=2e-3,
        penalised=None,
        record_every=50,
        checkpoint_every=1000,
        average=0.95,
    )

    def contrast(generator, products="float32"):
        drawn = np.concatenate([*draw_images(generator, 64, SEED, products=products)])
        return drawn[:, :, :4].mean((1, 2)) - drawn[:, :, 4:].mean((1, 2))

    untrained, _, _ = train_wgan_gp(images, dataclasses.replace(settings, steps=1), SEED, width=8)
    trained, _, _ = train_wgan_gp(images, settings, SEED, width=8)
    before, after = contrast(untrained), contrast(trained)
    print(np.abs(before).mean(), np.abs(after).mean(), (after > 0).mean())
    # 1 would be perfect; 0.5 after 200 steps in trials, less than 0.15 before
    assert np.abs(after).mean() > max(0.35, 2 * np.abs(before).mean())
    assert 0.2 < (after > 0).mean() < 0.8
    # bfloat16 rounds maps to 2^-9; a steep sigmoid makes up to ten times as much of it
    assert np.abs(contrast(trained, products="bfloat16") - after).mean() < 0.02


def test_what_the_networks_cannot_learn_is_refused():
    with pytest.raises(ValueError, match=r"\(64, 16, 8\)"):
        train_wgan_gp(stripes()[:, :, :8], SETTINGS, SEED, width=2)
    with pytest.raises(ValueError, match="12 pixels"):
        train_wgan_gp(stripes()[:, :12, :12], SETTINGS, SEED, width=2)
