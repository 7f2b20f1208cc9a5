"""A fully connected network as a generator: it draws what its stack draws, and is stored."""

import numpy as np

from latentearth.generators import base, dense_network
from latentearth.networks.mlp_gan import MLP, StackSampler

SEED = np.random.SeedSequence(4)


def test_it_draws_what_the_stack_draws_and_survives_storage(tmp_path):
    stack = MLP([(20, 8, 8, 3)], [np.random.SeedSequence(1)], 0.1, 0.4)
    mean, std = np.array([1.0, 2.0, 3.0]), np.array([0.5, 2.0, 1.0])
    model = dense_network.of_stack(stack, mean, std)
    drawn = model.draw(3000, SEED)
    own = StackSampler(stack, [np.random.SeedSequence(4)], dense_network.DRAWN_STREAMS).draw(3000)
    # the same products in the same order, then a float32 product and sum
    np.testing.assert_allclose(drawn, own[0].numpy() * std + mean, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(drawn, model.draw(3000, SEED))  # the seed alone decides
    assert model.numbers == 20 * 8 + 8 + 8 * 8 + 8 + 8 * 3 + 3 + 2 * 3
    base.save(tmp_path / "w.safetensors", model, tmp_path / "w.json")
    again = base.load(tmp_path / "w.safetensors", tmp_path / "w.json")
    np.testing.assert_array_equal(again.draw(50, SEED), model.draw(50, SEED))
