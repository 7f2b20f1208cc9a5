"""Regression by stacks of networks: early stopping, resuming, and stopping at NaN."""

import numpy as np
import pytest
import torch

from latentearth.networks import conditional_wgan as networks
from latentearth.networks.mlp_gan import MLP
from latentearth.training import conditional_training, regression


def seeds(count, entropy=3):
    return np.random.SeedSequence(entropy).spawn(count)


def problem(n=160, outputs=3):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 2)).astype(np.float32)
    y = np.stack([np.sin(x[:, 0] + k * x[:, 1]) for k in range(outputs)], 1)
    return x, y.astype(np.float32)


def net(count=2, outputs=3):
    return MLP([(2, 16, outputs)] * count, seeds(count), 0.2, bias=0.0)


def settings(**more):
    base = {"epochs": 8, "batch": 32, "learning_rate": 1e-2, "final_rate": 0.1}
    return regression.RegressionTraining(**(base | {"patience": 100, "checkpoint_every": 3} | more))


def run(network, s, **more):
    x, y = problem()
    return regression.train_regression(
        network, (x[:120], y[:120]), (x[120:], y[120:]), s, seeds(len(network.weights[0])), **more
    )


def same(a, b):
    return all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))


def test_losses_fall_and_the_best_weights_are_kept():
    network = net()
    history = run(network, settings(epochs=60))
    assert (history.losses["validation"][-1] < history.losses["validation"][0] / 2).all()
    x, y = problem()
    with torch.no_grad():
        found = network(torch.from_numpy(x[120:]).expand(2, -1, -1)).numpy()
    kept = ((found - y[120:]) ** 2).mean((1, 2))
    # the same sum in another order: float32
    np.testing.assert_allclose(kept, history.losses["validation"].min(0), rtol=1e-5)
    np.testing.assert_array_equal(history.kept, history.losses["validation"].argmin(0))


def test_the_validation_set_stops_but_is_not_learnt_from():
    x, y = problem()
    finals = []
    for shift in (0.0, 0.5):  # other targets, with the same first, best weights or the last
        network = net()
        history = regression.train_regression(
            network, (x[:120], y[:120]), (x[120:], y[120:] + shift), settings(), seeds(2)
        )
        finals.append(history.losses["training"])
    np.testing.assert_array_equal(*finals)


def test_patience_ends_a_training():
    history = run(net(), settings(epochs=400, learning_rate=0.3, final_rate=1.0, patience=4))
    assert len(history.losses["validation"]) < 400
    last = history.kept.max()
    assert len(history.losses["validation"]) == last + 4 + 1


def test_a_network_that_has_stopped_is_not_touched_by_the_others():
    network = net()
    best = regression.Best(network, 2, 2)
    for when, losses in enumerate(([1.0, 5.0], [2.0, 4.0], [2.0, 3.0], [0.1, 2.0])):
        best.look(when, np.array(losses))
    np.testing.assert_array_equal(best.when, [0, 3])  # 0.1 came after the patience of the first
    np.testing.assert_array_equal(best.stopped, [True, False])


def test_an_interrupted_training_continues_bit_for_bit(tmp_path, monkeypatch):
    whole, parts = net(), net()
    expected = run(whole, settings())
    file, calls = tmp_path / "state", []

    def stop_in_epoch_5(network, x, y, noise):
        calls.append(1)
        if len(calls) > 5 * 5 + 2:  # four batches and a validation per epoch
            raise KeyboardInterrupt
        return regression.mean_squared_error(network, x, y, noise)

    with pytest.raises(KeyboardInterrupt):
        run(parts, settings(), loss=stop_in_epoch_5, checkpoint=file)
    parts = net()  # as after a restart
    found = run(parts, settings(), checkpoint=file)
    assert same(whole, parts)
    np.testing.assert_array_equal(found.validation, expected.validation)


def test_a_checkpoint_of_other_settings_is_not_taken_up(tmp_path, capsys):
    file = tmp_path / "state"
    run(net(), settings(), checkpoint=file)
    run(net(), settings(batch=16), checkpoint=file)
    assert "other settings" in capsys.readouterr().out


def test_nan_stops_with_a_message():
    x, y = problem()
    y[5, 1] = np.nan
    with pytest.raises(FloatingPointError, match="at epoch 1 losses of network 0 are training nan"):
        regression.train_regression(net(), (x, y), (x, y[::-1].copy()), settings(), seeds(2))


def test_the_rate_falls_along_a_cosine_or_stays():
    s = settings(epochs=10)
    assert regression.cosine_rate(s, 0) == 1e-2
    assert regression.cosine_rate(s, 5) == pytest.approx(0.55e-2)
    constant = settings(final_rate=1.0)
    assert regression.cosine_rate(constant, 7) == 1e-2


def gan(count=2, samples=12):
    a, b = seeds(count, 1), seeds(count, 2)
    return networks.Generator(3, 2, (16,), samples, a, 0.2), networks.Critic(
        samples, 2, (16,), (8,), b, 0.2
    )


def gan_settings(**more):
    base = {
        "steps": 12,
        "critic_steps": 2,
        "batch": 16,
        "learning_rate": 1e-3,
        "betas": (0.0, 0.9),
        "final_rate": 0.1,
        "penalty": 10.0,
        "latent": 3,
        "average": 0.5,
        "validate_every": 2,
        "patience": 1000,
        "checkpoint_every": 4,
    }
    return conditional_training.ConditionalTraining(**(base | more))


def gan_run(pair, s, **more):
    x, y = problem(outputs=12)
    return conditional_training.train_conditional(
        *pair, (x[:120], y[:120]), (x[120:], y[120:]), s, seeds(2), **more
    )


def test_the_penalty_of_a_linear_critic_is_known():
    # the gradient of w . x is w everywhere, so that the penalty is (|w| - 1)^2
    weight = torch.tensor([3.0, 4.0]).view(1, 2, 1).repeat(2, 1, 1) * torch.tensor([1.0, 0.2]).view(
        2, 1, 1
    )
    real, fake = torch.randn(2, 2, 7, 2).unbind(0)
    share = torch.rand(2, 7, 1)
    found = conditional_training.penalty(lambda x, c: x @ weight, real, fake, real, share)
    np.testing.assert_allclose(found, [16.0, 0.0], atol=1e-5)  # norms 5 and 1


def test_an_interrupted_gan_continues_bit_for_bit(tmp_path):
    whole, parts, file = gan(), gan(), tmp_path / "state"
    gan_run(whole, gan_settings())
    calls = []

    def stop(predict, x, y):
        calls.append(1)
        if len(calls) == 4:  # in step 8, after the checkpoint of step 4
            raise KeyboardInterrupt
        return regression.mean_squared_error(predict, x, y, x)

    with pytest.raises(KeyboardInterrupt):
        gan_run(parts, gan_settings(), checkpoint=file, score=stop)
    parts = gan()  # as after a restart
    gan_run(parts, gan_settings(), checkpoint=file)
    assert same(whole[0], parts[0]) and same(whole[1], parts[1])


def test_nan_stops_a_gan():
    x, y = problem(outputs=12)
    y[:, 3] = np.nan
    with pytest.raises(FloatingPointError, match="at step 2"):
        conditional_training.train_conditional(*gan(), (x, y), (x, y), gan_settings(), seeds(2))


def test_the_latent_vector_is_connected():
    generator, _ = gan()
    c = torch.zeros(2, 1, 2)
    one, other = (generator(torch.full((2, 1, 3), v), c) for v in (-1.0, 1.0))
    assert (one - other).abs().max() > 1e-3
