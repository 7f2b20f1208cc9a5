"""The adversarial loop: batches, losses, checkpoints, and what it learns."""

import dataclasses
import io
import math
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from latentearth import checkpoints
from latentearth.training import adversarial
from latentearth.training.adversarial import AdversarialTraining
from latentearth.training.batches import EnsembleBatches
from latentearth.training.ensemble_gans import Architecture, train_gans

ENV = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3] / "src")}
SMALL = Architecture(latent=8, hidden=(16, 16))


def seeds(count, entropy=3):
    return np.random.SeedSequence(entropy).spawn(count)


def ensembles(*shapes):
    rng = np.random.default_rng(0)
    return [rng.normal(0.5, 1, shape).astype(np.float32) for shape in shapes]


def same(a, b):
    return all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))


def test_an_epoch_holds_every_sample_once_but_for_the_partial_batch():
    data = [np.arange(23.0)[:, None], np.arange(10.0)[:, None]]
    batches = EnsembleBatches(data, 5, seeds(2))
    drawn = torch.stack([batches.draw() for _ in range(4)])[..., 0].numpy()
    first = drawn[:, 0].ravel()
    assert len(set(first)) == 20 and set(first) <= set(range(23))
    for epoch in (drawn[:2, 1], drawn[2:, 1]):
        assert sorted(epoch.ravel()) == list(range(10))
    assert not np.array_equal(drawn[:2, 1], drawn[2:, 1])  # a new order


def test_batches_continue_in_the_middle_of_an_epoch():
    batches = EnsembleBatches(ensembles((23, 2), (10, 2)), 5, seeds(2))
    for _ in range(3):
        batches.draw()
    state = batches.state_dict()
    expected = [batches.draw() for _ in range(9)]
    other = EnsembleBatches(ensembles((23, 2), (10, 2)), 5, seeds(2, 77))
    other.load_state_dict(state)
    for batch in expected:
        assert torch.equal(other.draw(), batch)


def test_too_few_samples_for_a_batch_are_refused():
    with pytest.raises(ValueError, match="3 samples are fewer than one batch of 5"):
        EnsembleBatches(ensembles((3, 2)), 5, seeds(1))


def test_losses_are_those_of_equations_a1_and_a2():
    real, fake = torch.randn(2, 7, 1), torch.randn(2, 7, 1)
    d_real, d_fake = torch.sigmoid(real), torch.sigmoid(fake)
    a1 = -(torch.log(d_real) + torch.log(1 - d_fake)).mean((1, 2))
    torch.testing.assert_close(adversarial._critic_loss("gan", real, fake), a1)
    a2 = -torch.log(d_fake).mean((1, 2))
    torch.testing.assert_close(adversarial._generator_loss("gan", fake), a2)
    torch.testing.assert_close(
        adversarial._critic_loss("wgan", real, fake), (fake.mean((1, 2)) - real.mean((1, 2)))
    )


def test_a_network_learns_the_same_alone_and_among_others():
    data = ensembles((60, 2), (40, 3), (50, 2))
    settings = AdversarialTraining(steps=20, batch=10, learning_rate=1e-3, latent=8, smoothing=0.1)
    together, _, _ = train_gans(data, SMALL, settings, seeds(3))
    alone, _, _ = train_gans(data[1:2], SMALL, settings, seeds(3)[1:2])
    for many, one in zip(together.parameters(), alone.parameters(), strict=True):
        # other block sizes of the products change the rounding, which 20 steps of Adam
        # amplify to some 1e-5 of weights of order one
        part = many[1:2, : one.shape[1], : one.shape[2]]
        torch.testing.assert_close(part, one, rtol=0, atol=2e-4)


def test_training_is_repeatable_and_depends_on_the_seed():
    data, settings = (
        ensembles((60, 2)),
        AdversarialTraining(steps=15, batch=10, learning_rate=1e-3, latent=8),
    )
    first, second = (train_gans(data, SMALL, settings, seeds(1))[0] for _ in range(2))
    assert same(first, second)
    assert not same(first, train_gans(data, SMALL, settings, seeds(1, 4))[0])


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop"])
def test_the_critic_may_learn_at_a_rate_of_its_own(optimizer):
    """The first update of both optimisers is proportional to the rate."""
    settings = AdversarialTraining(
        steps=1, batch=10, learning_rate=1e-3, latent=8, optimizer=optimizer
    )
    data, critics = ensembles((60, 2)), []
    for rate in (1e-9, 1.0, 0.25):  # the first stays at its first weights
        changed = dataclasses.replace(settings, critic_rate=rate)
        critics.append(
            [p.detach() for p in train_gans(data, SMALL, changed, seeds(1))[1].parameters()]
        )
    for still, whole, part in zip(*critics, strict=True):
        # differences of weights of order one, rounded to 1e-7 each
        torch.testing.assert_close(part - still, 0.25 * (whole - still), rtol=0, atol=1e-6)


def test_wgan_keeps_the_weights_of_the_critic_clipped():
    settings = AdversarialTraining(
        steps=30, batch=10, learning_rate=1e-3, latent=8, loss="wgan", optimizer="rmsprop"
    )
    _, critic, _ = train_gans(ensembles((60, 2)), SMALL, settings, seeds(1))
    assert max(p.abs().max() for p in critic.parameters()) <= settings.clip


def test_gan_learns_a_gaussian():
    """Mean and standard deviation of N(0.5, 1) after a short training, on fresh samples.

    Over 8 seeds the worst mean error was below 0.2 and the standard deviation off by less than
    a quarter; an untrained network gives a standard deviation near 0.3, far outside.
    """
    settings = AdversarialTraining(steps=1500, batch=64, learning_rate=1e-3, latent=8)
    generator, _, history = train_gans(
        ensembles((2000, 1)) * 4,
        Architecture(latent=8, hidden=(16, 16), drop=0.0),
        settings,
        seeds(4),
    )
    with torch.no_grad():
        x = generator(torch.randn(4, 20_000, 8, generator=torch.Generator().manual_seed(0)), None)
    assert (x.mean((1, 2)) - 0.5).abs().max() < 0.3
    assert (x.std((1, 2)) - 1).abs().max() < 0.35
    assert history.losses["critic"].shape == (len(history.steps), 4)
    assert np.isfinite(history.losses["critic"]).all()


def test_nan_stops_the_training_and_keeps_the_last_checkpoint(tmp_path):
    data = ensembles((60, 2), (60, 2))
    settings = AdversarialTraining(
        steps=40, batch=10, learning_rate=1e-3, latent=8, checkpoint_every=10, record_every=10
    )
    data[1][:, 0] = 3e38  # overflows in the critic
    with pytest.raises(FloatingPointError, match="at step 10 losses of network 1 are"):
        train_gans(data, SMALL, settings, seeds(2), checkpoint=tmp_path / "c")
    assert not (tmp_path / "c").exists()  # nothing spoilt was written


def interrupted(path, settings, stop_after):
    """Train in a process that is killed with SIGKILL once a checkpoint is there."""
    code = textwrap.dedent(f"""
        import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_adversarial import SMALL, AdversarialTraining, ensembles, seeds, train_gans
        data = ensembles((60, 2), (40, 3))
        train_gans(data, SMALL, {settings!r}, seeds(2), checkpoint={str(path)!r})
    """)
    process = subprocess.Popen([sys.executable, "-c", code], env=ENV)
    limit = time.monotonic() + 120
    while not path.exists() and time.monotonic() < limit and process.poll() is None:
        time.sleep(0.01)
    time.sleep(stop_after)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_a_killed_training_continues_to_the_same_weights(tmp_path, capsys):
    settings = AdversarialTraining(
        steps=1500,
        batch=10,
        learning_rate=1e-3,
        latent=8,
        smoothing=0.1,
        checkpoint_every=100,
        record_every=70,
    )
    data = ensembles((60, 2), (40, 3))
    whole = train_gans(data, SMALL, settings, seeds(2))
    path = tmp_path / "run.checkpoint"
    interrupted(path, settings, 0.2)
    content = io.BytesIO(path.read_bytes()[checkpoints.FIRST_LINE :])
    step = torch.load(content, weights_only=True)["state"]["done"]
    assert 0 < step < settings.steps  # killed on the way
    capsys.readouterr()
    continued = train_gans(data, SMALL, settings, seeds(2), checkpoint=path)
    assert f"continuing from step {step} of {settings.steps}" in capsys.readouterr().out
    assert same(whole[0], continued[0]) and same(whole[1], continued[1])
    np.testing.assert_array_equal(whole[2].steps, continued[2].steps)
    # the mean losses pass through the checkpoint as decimal numbers
    np.testing.assert_allclose(
        whole[2].losses["generator"], continued[2].losses["generator"], rtol=1e-6
    )


@pytest.mark.parametrize("other", ["seed", "data"])
def test_a_run_of_another_seed_or_other_data_begins_anew(tmp_path, capsys, other):
    """It would end with weights that belong to neither."""
    settings = AdversarialTraining(
        steps=20, batch=10, learning_rate=1e-3, latent=8, checkpoint_every=20
    )
    path, data = tmp_path / "run.checkpoint", ensembles((60, 2), (40, 3))
    train_gans(data, SMALL, settings, seeds(2), checkpoint=path)
    if other == "data":
        data[1][5, 0] += 0.5
    chosen = seeds(2) if other == "data" else seeds(3)[1:]
    anew = train_gans(data, SMALL, settings, chosen, checkpoint=path)
    assert "other settings, seeds or data" in capsys.readouterr().out
    fresh = train_gans(data, SMALL, settings, chosen)
    assert same(anew[0], fresh[0]) and same(anew[1], fresh[1])


def test_what_a_run_begins_with_decides_its_identity():
    class Source:
        def __init__(self, numbers, draw=lambda: None):
            self.numbers, self.draw = numbers, draw

        def state_dict(self):
            return {"at": 0}

    def known(*parts):
        return checkpoints.identity({"steps": 3}, *parts)["beginning"]

    numbers = np.arange(6.0)
    assert known(Source(numbers)) == known(Source(numbers.copy()))  # functions do not count
    parts = [
        Source(numbers),
        Source(numbers + 1),
        numbers,
        numbers.reshape(2, 3),
        torch.ones(2),
        torch.ones(2, dtype=torch.bfloat16),
        torch.tensor(True),
        [1, 2],
        [12],
        None,
        np.random.default_rng(1),
        np.random.SeedSequence(1),
        torch.nn.Linear(2, 2),
        {"a": 1},
    ]
    assert len({known(part) for part in parts}) == len(parts)
    with pytest.raises(TypeError, match="has no checksum"):
        known(object())  # its text would hold an address, another in every process


def test_a_damaged_or_foreign_checkpoint_is_not_taken_up(tmp_path, capsys):
    path = tmp_path / "c"
    checkpoints.save(path, {"step": 3, "x": torch.ones(2)}, {"steps": 10})
    assert checkpoints.load(path, {"steps": 10})["step"] == 3
    assert checkpoints.load(path, {"steps": 11}) is None
    assert "other settings" in capsys.readouterr().out
    path.write_bytes(path.read_bytes()[:-20])
    assert checkpoints.load(path, {"steps": 10}) is None
    assert "is damaged" in capsys.readouterr().out


def test_discriminator_of_an_untrained_pair_starts_at_chance():
    """With equal distributions the optimum of eq. A1 is 2 log 2, and a start is near it."""
    settings = AdversarialTraining(steps=1, batch=20, learning_rate=1e-6, latent=8)
    _, _, history = train_gans(ensembles((60, 2)) * 6, SMALL, settings, seeds(6))
    assert (
        abs(history.losses["critic"].mean() - 2 * math.log(2)) < 0.5
    )  # logits of order 0.5 at the start
