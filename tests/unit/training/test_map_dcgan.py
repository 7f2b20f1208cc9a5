"""Training of the DCGAN: quality in both precisions, best weights, resumption, bad input."""

import dataclasses

import numpy as np
import pytest
import torch

from latentearth.ensembles.marginals import earth_movers_distance
from latentearth.networks.dcgan import Discriminator, Generator
from latentearth.networks.kernels.precision import has_bfloat16
from latentearth.seeds import stream
from latentearth.training.adversarial import AdversarialTraining
from latentearth.training.map_dcgan import draw_grids, measure_batch_statistics, train_dcgan
from latentearth.training.validation import Watch

SETTINGS = AdversarialTraining(
    steps=6,
    batch=16,
    learning_rate=5e-4,
    latent=10,
    record_every=2,
    checkpoint_every=2,
    products="bfloat16",
)
SEED = stream(6, "dcgan")


def ensemble(count=600):
    """Maps of two random gradients about 7.1 km/s, with a spread of 0.1 to 0.2 km/s."""
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.linspace(-1, 1, 23), np.linspace(-1, 1, 23))
    shapes = np.stack([np.ones_like(x), x, y]).reshape(3, 529)
    return (7.1 + 0.1 * rng.normal(size=(count, 3)).clip(-3, 3) @ shapes).astype(np.float32)


def test_quality_does_not_depend_on_the_precision():
    """Distances of the marginals after the same short training with and without bfloat16.

    Trainings from other seeds differ among themselves; those in bfloat16 must differ from those
    in float32 by no more than that: by less than three standard errors of a difference of means.
    """
    real, found = ensemble(), {}
    for products in ("float32", "bfloat16"):
        settings = dataclasses.replace(
            SETTINGS, steps=80, batch=32, learning_rate=3e-3, products=products, record_every=20
        )
        found[products] = []
        for k in range(3):
            seed = stream(k, "precision")
            generator, _, _ = train_dcgan(real, settings, seed, 4, Watch(20, 100))
            drawn = np.concatenate(list(draw_grids(generator, 500, seed)))
            found[products].append(earth_movers_distance(real, drawn).mean())
    one, other = (np.array(found[p]) for p in ("float32", "bfloat16"))
    error = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 3)
    print(found, error)
    assert abs(one.mean() - other.mean()) < 3 * error + 0.005  # three seeds know their error badly
    assert max(one.max(), other.max()) < 0.11  # untrained: the mean alone is wrong by 0.1 km/s


def test_bfloat16_sampling_is_that_of_float32_rounded():
    generator, _, _ = train_dcgan(ensemble(), SETTINGS, SEED, 2, Watch(2, 50))
    with torch.no_grad():  # the first weights make maps of 1e-5, which vanish beside 7 km/s
        generator.layers[-2].weight *= 10_000
    exact, rounded = (
        np.concatenate(list(draw_grids(generator, 40, SEED, products=products, block=16)))
        for products in ("float32", "bfloat16")
    )
    assert exact.shape == rounded.shape == (40, 529)
    assert exact.dtype == rounded.dtype == np.float32
    # five layers, each rounded to 2^-9 of values that add up to outputs of order 0.1
    assert np.abs(exact - rounded).max() < 0.02 * np.abs(exact - 7).max()
    assert np.any(exact != rounded) == has_bfloat16("cpu")  # elsewhere nothing is rounded


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_interrupted_training_ends_with_the_same_weights(tmp_path, interrupted, average):
    settings = dataclasses.replace(SETTINGS, average=average)
    whole, critic, history = train_dcgan(ensemble(), settings, SEED, 2, Watch(2, 50))
    path = tmp_path / "run"
    with interrupted(4):
        train_dcgan(ensemble(), settings, SEED, 2, Watch(2, 50), checkpoint=path)
    resumed, critic2, history2 = train_dcgan(
        ensemble(), settings, SEED, 2, Watch(2, 50), checkpoint=path
    )
    for one, other in ((whole, resumed), (critic, critic2)):
        pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)
    assert history.validation.distances == history2.validation.distances
    assert history.validation.steps == history2.validation.steps == [2, 4, 6]


def test_averaged_weights_are_the_running_mean_of_those_of_the_training():
    """One step: a running mean that starts from the first weights with a share of 10/11 new."""
    one = dataclasses.replace(SETTINGS, steps=1, record_every=1)
    first = Generator(stream(6, "dcgan").spawn(6)[0], 10, 2)
    last, _, _ = train_dcgan(ensemble(), one, SEED, 2, Watch(1, 50))
    settings = dataclasses.replace(one, average=0.99)
    mean, _, _ = train_dcgan(ensemble(), settings, SEED, 2, Watch(1, 50))
    for a, b, c in zip(first.parameters(), last.parameters(), mean.parameters(), strict=True):
        # share of the new weights: 1 - 1/11, rounded in float32 of weights up to one
        torch.testing.assert_close(c, a + (b - a) * 10 / 11, rtol=0, atol=1e-6)


def test_settled_means_make_both_modes_agree():
    """With measured means and variances, sampling gives the moments of the training's batches."""
    generator = Generator(SEED, 10, 4)
    with torch.no_grad():
        generator.layers[-2].weight *= 10_000
        measure_batch_statistics(generator, stream(1, "settle"))
        z = torch.randn(1, 2000, 10, generator=torch.Generator().manual_seed(2))
        own = generator(z)
        generator.eval()
        measured = generator(z)
    # statistics over 1000 and 2000 maps differ by 1/sqrt(1000) of a deviation, layer upon layer
    assert (own - measured).abs().mean() < 0.15 * own.std()
    assert generator.layers[1].momentum == 0.1


def test_real_and_generated_batches_are_normalised_apart():
    """The running averages of the discriminator take one batch at a time: three a step."""
    _, critic, _ = train_dcgan(ensemble(), SETTINGS, SEED, 2, Watch(2, 50))
    counts = [v for k, v in critic.state_dict().items() if k.endswith("num_batches_tracked")]
    assert [int(c) for c in counts] == [3 * SETTINGS.steps] * 3


def test_what_a_dcgan_cannot_learn_is_refused():
    with pytest.raises(ValueError, match="528 points"):
        train_dcgan(ensemble()[:, 1:], SETTINGS, SEED, 2, Watch(2, 50))
    with pytest.raises(ValueError, match="to 8"):
        train_dcgan(ensemble() + 1.1, SETTINGS, SEED, 2, Watch(2, 50))
    with pytest.raises(ValueError, match="no multiple"):
        train_dcgan(ensemble(), SETTINGS, SEED, 2, Watch(3, 50))


def test_only_without_its_normalisation_does_a_discriminator_see_how_far_samples_spread():
    """Maps of twice the size: the answers are normalised away, or twice as large."""
    maps = torch.from_numpy(ensemble(64)[None] - np.float32(7.1))
    blind, seeing = (Discriminator(SEED, 4, normalise=normalise) for normalise in (True, False))
    with torch.no_grad():
        # the first layer's answers have a variance of 1e-4, to which epsilon adds a tenth
        assert (blind(2 * maps) - blind(maps)).std() < 0.1 * blind(maps).std()
        torch.testing.assert_close(seeing(2 * maps), 2 * seeing(maps), rtol=1e-4, atol=1e-6)


def test_standardised_velocities_come_back_with_their_means_and_deviations():
    """Of an untrained generator, whose maps are next to nothing, the mean alone remains."""
    real = ensemble() + np.float32(3.0)  # far from any reference
    one = dataclasses.replace(SETTINGS, steps=1, record_every=1, learning_rate=1e-12)
    generator, _, _ = train_dcgan(real, one, SEED, 2, Watch(1, 0), spread=0.2, normalise=False)
    drawn = np.concatenate(list(draw_grids(generator, 40, SEED)))
    # deviations of 0.2 km/s a fifth of the range, of which untrained maps take a thousandth
    assert np.abs(drawn - real.mean(0)).max() < 0.01
    assert np.allclose(generator.unit, 5 * real.std(0), rtol=1e-5)


def test_matched_moments_give_samples_the_spread_that_the_discriminator_leaves_out():
    """The same short training with and without: only with is the ensemble's deviation reached."""
    real, ratio = ensemble(), {}
    for weight in (0.0, 10.0):
        settings = dataclasses.replace(
            SETTINGS,
            steps=100,
            batch=32,
            learning_rate=3e-3,
            products="float32",
            real_penalty=1.0,
            moments=weight,
        )
        run = {"spread": 0.2, "normalise": False}
        generator, _, _ = train_dcgan(real, settings, SEED, 4, Watch(100, 0), **run)
        measure_batch_statistics(generator, SEED)
        drawn = np.concatenate(list(draw_grids(generator, 1000, SEED)))
        ratio[weight] = (drawn.std(0) / real.std(0)).mean()
    # found from four seeds .90 to 1.04, without .19 to .44; steps of 5e-3 swing up to 1.02 without
    assert abs(ratio[10.0] - 1) < 0.2 and ratio[0.0] < 0.6, ratio


def test_moments_need_standardised_velocities():
    with pytest.raises(ValueError, match="standardised"):
        train_dcgan(ensemble(), dataclasses.replace(SETTINGS, moments=1.0), SEED, 2, Watch(2, 50))
