"""GANs that are looked at while they train: the looks change nothing."""

import numpy as np

from latentearth.networks.mlp_gan import StackSampler
from latentearth.training.adversarial import AdversarialTraining
from latentearth.training.ensemble_gans import Architecture, train_gans
from latentearth.training.gan_course import follow_gans

ENSEMBLES = [np.random.default_rng(d).normal(0, 1, (200, d)).astype(np.float32) for d in (2, 5)]


def seeds():
    return [np.random.SeedSequence(n) for n in (1, 2)]


def test_looks_do_not_change_the_training_and_see_each_network_alone():
    architecture = Architecture(8, (8, 8))
    training = AdversarialTraining(30, 20, 1e-3, latent=8, record_every=10)

    def spread(x):
        return {"width": float(x.shape[1]), "std": float(x.std())}

    steps, scores, last = follow_gans(ENSEMBLES, architecture, training, seeds(), spread, draws=100)
    assert steps.tolist() == [0, 10, 20, 30]
    assert scores["width"].tolist() == [[2, 5]] * 4
    assert [each.shape for each in last] == [(100, 2), (100, 5)]
    assert scores["std"][-1].tolist() == [float(each.std()) for each in last]
    assert len(set(scores["std"][:, 0])) == 4  # the networks change, the noise does not
    again = follow_gans(ENSEMBLES, architecture, training, seeds(), spread, draws=100)[2]
    other = AdversarialTraining(30, 20, 1e-3, latent=8, record_every=30)
    fewer = follow_gans(ENSEMBLES, architecture, other, seeds(), spread, draws=100)[2]
    for a, b, c in zip(last, again, fewer, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)
    # the training of the paper's GANs, whose weights draw the same
    generator, _, _ = train_gans(ENSEMBLES, architecture, training, seeds())
    noise = [seed.spawn(4)[3] for seed in seeds()]
    drawn = StackSampler(generator, noise, 1).draw(100).numpy()
    for net, samples in enumerate(last):
        np.testing.assert_array_equal(drawn[net, :, : samples.shape[1]], samples)
