"""The networks of Lopez-Alvis et al. (2021): sizes, ranges, files."""

import numpy as np
import pytest
import torch

from latentearth import io
from latentearth.networks import generators, sgan, vae, weights

SEED = np.random.SeedSequence(1)


@pytest.fixture(scope="module")
def pair():
    return vae.Encoder(SEED), vae.Decoder(SEED)


def test_the_vae_has_the_published_number_of_parameters(pair):
    encoder, decoder = pair
    assert encoder.parameter_count() + decoder.parameter_count() == 4_595_304
    assert decoder.parameter_count() == 2_294_048


def test_the_maps_of_the_encoder_have_the_published_sizes(pair):
    sizes = []
    for layer in pair[0].convolutions:
        layer.register_forward_hook(lambda m, x, y: sizes.append(tuple(y.shape[1:])))
    pair[0](torch.rand(1, 129, 65))
    assert sizes == [(32, 63, 31), (64, 30, 14), (128, 14, 6), (256, 6, 2)]
    for layer in pair[0].convolutions:
        layer._forward_hooks.clear()


def test_a_code_becomes_a_model_and_a_model_a_code(pair):
    models = pair[1](torch.randn(3, 20))
    assert models.shape == (3, 129, 65) and models.min() >= 0 and models.max() <= 1
    mean, log_variance = pair[0](models)
    assert mean.shape == log_variance.shape == (3, 20)


def test_one_model_does_not_depend_on_the_others_of_its_batch(pair):
    codes = torch.randn(4, 20, generator=torch.Generator().manual_seed(2))
    together, alone = pair[1](codes)[2], pair[1](codes[2:3])[0]
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)  # float32, other order


def test_nothing_stands_between_the_decoders_first_two_layers(pair):
    """They are one affine map: the hidden values add up along a sum of codes."""
    a, b, zero = torch.randn(2, 20)[:1], torch.randn(1, 20), torch.zeros(1, 20)

    def hidden(z):
        return pair[1].second(pair[1].first(z))

    torch.testing.assert_close(
        hidden(a + b) + hidden(zero), hidden(a) + hidden(b), rtol=1e-4, atol=1e-5
    )


def test_first_weights_have_torchs_spread(pair):
    weight = pair[0].convolutions[1].weight
    bound = (32 * 25) ** -0.5
    assert weight.abs().max() <= bound
    # uniform: standard deviation bound/sqrt(3); 51 200 weights know it to 0.3 per cent
    assert weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.02)


def test_the_sgan_has_the_sizes_of_laloy_et_al():
    generator, discriminator = sgan.Generator(SEED), sgan.Discriminator(SEED)
    # 5 x 5 kernels between 1-512-256-128-64-1-64-1 channels, and 1-64-128-256-512-1 back
    pairs = ((1, 512), (512, 256), (256, 128), (128, 64), (64, 1), (1, 64), (64, 1))
    assert generator.parameter_count() == 25 * sum(a * b for a, b in pairs) == 4_318_400
    back = ((1, 64), (64, 128), (128, 256), (256, 512), (512, 1))
    assert discriminator.parameter_count() == 25 * sum(a * b for a, b in back) == 4_315_200


@pytest.mark.parametrize("latent_map", [(5, 3), (4, 6), (12, 12)])
def test_a_larger_latent_map_makes_a_larger_image(latent_map):
    generator, discriminator = sgan.Generator(SEED, 2), sgan.Discriminator(SEED, 2)
    images = generator.images(torch.rand(2, 1, *latent_map) * 2 - 1)
    sides = tuple(sgan.image_side(n) for n in latent_map)
    assert images.shape == (2, 1, *sides) and images.abs().max() <= 1
    assert discriminator(images).shape == (2, latent_map[0] * latent_map[1])


def test_a_latent_vector_is_the_map_row_by_row():
    generator = sgan.Generator(SEED, 2)
    z = torch.rand(1, 15) * 2 - 1
    images = generator.images(z.reshape(1, 1, 5, 3))
    torch.testing.assert_close(generator(z), 0.5 * (images[:, 0] + 1))
    assert generator(z).shape == (1, 129, 65)


def saved(folder, kind):
    """A network and its files."""
    if kind == "vae":
        modules = {"encoder": vae.Encoder(SEED), "decoder": vae.Decoder(SEED)}
        card, network = {"architecture": "vae", "latent": 20}, modules["decoder"]
    else:
        network = sgan.Generator(SEED, 4)
        modules, card = {"generator": network}, {"architecture": "sgan", "width": 4}
    weights.save(folder / "w.safetensors", modules, folder / "w.json", card)
    return network, (folder / "w.safetensors", folder / "w.json")


@pytest.mark.parametrize("kind", ["vae", "sgan"])
def test_a_generator_comes_back_from_its_files_and_is_differentiable(tmp_path, kind):
    network, files = saved(tmp_path, kind)
    generator = generators.load(*files)
    z = torch.from_numpy(generator.draw(3, SEED)).requires_grad_()
    torch.testing.assert_close(generator(z), network(z))
    generator(z, products="bfloat16").sum().backward()
    assert z.grad.shape == z.shape and torch.isfinite(z.grad).all() and z.grad.abs().max() > 0
    assert all(p.grad is None for p in generator.parameters())


def test_the_gradient_of_the_generator_is_its_slope():
    """Against central differences in float64, along a random way through each of 12 codes."""
    decoder = vae.Decoder(SEED).double()

    def value(z):  # per model; without the float32 that forward() rounds to
        return torch.sigmoid(decoder.logits(z)).square().sum((1, 2))

    generator = torch.Generator().manual_seed(1)
    z, way = torch.randn(2, 12, 20, generator=generator).double()
    z.requires_grad_()
    slope = (torch.autograd.grad(value(z).sum(), z)[0] * way).sum(1)
    with torch.no_grad():
        between = (value(z + 1e-6 * way) - value(z - 1e-6 * way)) / 2e-6
    # Where a ReLU bends on the way the two differ, which happens to few of the codes; elsewhere
    # they differ by rounding, 1e-13 of some 2000 over 2e-6, and by the third derivative.
    error = ((between - slope) / slope.abs().mean()).abs()
    assert error.median() < 1e-5


def test_draws_follow_the_prior_of_the_kind(tmp_path):
    normal = generators.load(*saved(tmp_path, "vae")[1]).draw(500, SEED)
    assert normal.shape == (500, 20) and abs(normal.std() - 1) < 0.03  # 10 000 numbers: 0.7 %
    uniform = generators.load(*saved(tmp_path, "sgan")[1]).draw(500, SEED)
    assert uniform.shape == (500, 15) and np.abs(uniform).max() <= 1 and uniform.min() < -0.9


def test_a_card_of_another_network_is_refused(tmp_path):
    _, files = saved(tmp_path, "sgan")
    with pytest.raises(io.InputError, match="architecture"):
        generators.load_encoder(*files)
    io.write_json(files[1], {"architecture": "diffusion"})
    with pytest.raises(io.InputError, match="vae or sgan"):
        generators.load(*files)
