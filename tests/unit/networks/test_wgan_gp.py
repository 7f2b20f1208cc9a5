"""The networks of Santos et al. (2024): sizes, independence of images, changes carried along."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.nn.functional import conv2d, leaky_relu

from latentearth import io
from latentearth.networks import weights
from latentearth.networks.kernels.first_convolution import patch_convolution
from latentearth.networks.kernels.rectified_norm import rectified_norm
from latentearth.networks.weights import file_checksum, verify
from latentearth.networks.wgan_gp import Critic, Generator, channels, load_image_generator
from latentearth.seeds import stream
from latentearth.training.map_dcgan import measure_batch_statistics

SEED = stream(4, "wgan-gp")


def test_maps_and_parameters_are_those_of_table_a1():
    critic, generator = Critic(SEED), Generator(SEED)
    kernels = [layer.weight for layer in critic.layers if hasattr(layer, "stride")]
    found = [tuple(kernel.shape) for kernel in kernels]
    # the table, and the row 8 x 8 x 256 that it lacks
    wanted = [(32, 1), (64, 32), (128, 64), (256, 128), (512, 256), (1, 512)]
    assert found == [(*pair, 4, 4) for pair in wanted]
    # kernels; a bias, a weight and a shift per channel; the last bias
    kernels_only = 16 * sum(a * b for a, b in wanted)
    assert critic.parameter_count() == kernels_only + 3 * (32 + 64 + 128 + 256 + 512) + 1
    mirrored = kernels_only - 512 * 16 + 30 * 512 * 16
    assert generator.parameter_count() == mirrored + 2 * (32 + 64 + 128 + 256 + 512) + 1


@pytest.mark.parametrize("side", [8, 32, 128])
def test_shapes_and_range(side):
    generator, critic = Generator(SEED, 5, side, 2), Critic(SEED, side, 2)
    images = generator(torch.randn(1, 3, 5))
    assert images.shape == (1, 3, side, side) and critic(images).shape == (1, 3, 1)
    assert generator(torch.randn(3, 5)).shape == (3, side, side)
    assert images.min() >= 0 and images.max() <= 1


def test_sides_that_no_halving_leads_to_four_are_refused():
    assert channels(128, 32) == [32, 64, 128, 256, 512]
    for side in (4, 28, 96):
        with pytest.raises(ValueError, match=f"{side} pixels"):
            channels(side, 32)


def test_an_image_depends_on_its_latent_vector_alone():
    generator = Generator(SEED, 6, 16, 2)
    measure_batch_statistics(generator, stream(1, "settle"))
    generator.eval()
    z = torch.randn(5, 6, generator=torch.Generator().manual_seed(1))
    together, alone = generator(z), torch.cat([generator(one[None]) for one in z])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-6)  # sums in another order
    critic = Critic(SEED, 16, 2)
    torch.testing.assert_close(
        critic(together), torch.cat([critic(one[None]) for one in together]), rtol=1e-5, atol=1e-6
    )


def test_generator_gradient_against_differences():
    """Central differences in double precision: an error of order step^2 = 1e-8, relative."""
    generator = Generator(SEED, 4, 16, 2).double()
    with torch.no_grad():
        measure_batch_statistics(generator.float(), stream(1, "settle"))
    generator = generator.double().eval()
    z, direction = torch.randn(2, 1, 4, dtype=torch.float64).unbind()
    weight = torch.randn(16, 16, dtype=torch.float64)

    def value(z):
        return (generator(z)[0] * weight).sum()

    (gradient,) = torch.autograd.grad(value(z.requires_grad_()), z)
    step = 1e-5
    with torch.no_grad():
        change = (value(z + step * direction) - value(z - step * direction)) / (2 * step)
    # ReLU has kinks, none of which lies within 1e-5 of these maps
    assert float((gradient * direction).sum()) == pytest.approx(float(change), rel=1e-6)


def plain_norm(maps, bias, weight, shift):
    """The layer in elementary operations, which autograd differentiates any number of times."""
    y = leaky_relu(maps + bias[:, None, None], 0.2)
    mean = y.mean((2, 3), keepdim=True)
    s = (((y - mean) ** 2).mean((2, 3), keepdim=True) + 1e-5).rsqrt()
    return weight[:, None, None] * (y - mean) * s + shift[:, None, None]


@pytest.mark.parametrize("changes", [0, 2, 3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_normalised_maps_and_their_changes_against_autograd(dtype, changes):
    torch.manual_seed(3)
    maps = torch.randn(7, 6, 8, 8).to(dtype).double()  # values that both precisions hold
    vectors = [torch.randn(6, dtype=torch.float64) for _ in range(3)]
    inputs = [v.clone().requires_grad_() for v in (maps, *vectors)]
    plain = len(maps) - changes

    def layer(part):
        return plain_norm(part, *inputs[1:])

    wanted = layer(inputs[0][:plain])
    if changes:
        along = inputs[0][plain:]
        _, changed = torch.autograd.functional.jvp(
            layer, inputs[0][plain - changes : plain], along, create_graph=True
        )
        wanted = torch.cat([wanted, changed])
    weight = torch.randn_like(wanted).to(dtype)
    gradients = torch.autograd.grad(wanted, inputs, weight.double())

    own = [maps.to(dtype).requires_grad_(), *(v.float().requires_grad_() for v in vectors)]
    found = rectified_norm(*own, changes)
    # float32: sums of 64 numbers of order 1; bfloat16: outputs rounded to 2^-9 of up to 20
    tolerance = {torch.float32: 1e-5, torch.bfloat16: 2**-8}[dtype]
    scale = float(wanted.detach().abs().max())
    torch.testing.assert_close(found.double(), wanted, rtol=0, atol=tolerance * scale)
    for mine, theirs in zip(torch.autograd.grad(found, own, weight), gradients, strict=True):
        bound = 2 * tolerance * float(theirs.abs().max())
        torch.testing.assert_close(mine.double(), theirs, rtol=0, atol=bound)


def test_patches_are_a_convolution():
    torch.manual_seed(5)
    double = {"dtype": torch.float64}  # so that what is left is rounding on any processor
    maps, kernel = torch.randn(3, 1, 12, 8, **double), torch.randn(5, 1, 4, 4, **double)
    for a, b in zip(
        _with_gradients(patch_convolution, maps, kernel),
        _with_gradients(lambda m, k: conv2d(m, k, None, 2, 1), maps, kernel),
        strict=True,
    ):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)
    maps, kernel = maps.float(), kernel.float()
    with torch.autocast("cpu", torch.bfloat16):
        half = patch_convolution(maps, kernel)
    assert half.dtype == torch.bfloat16
    # inputs rounded to 2^-9, 16 products of order 1
    torch.testing.assert_close(half.float(), patch_convolution(maps, kernel), rtol=0, atol=0.1)


def _with_gradients(convolve, maps, kernel):
    maps, kernel = (t.clone().requires_grad_() for t in (maps, kernel))
    out = convolve(maps, kernel)
    return out, *torch.autograd.grad((out**2).sum(), (maps, kernel))


def shipped(folder):
    """A small generator as it would be shipped."""
    generator = Generator(SEED, 6, 16, 2)
    path, card_path = folder / "generator.safetensors", folder / "generator.json"
    card = {"architecture": {"latent": 6, "side": 16, "width": 2}, "stirring": {"speed": 0.1}}
    weights.save(path, {"generator": generator}, card_path, card)
    io.write_json(card_path, card | {"sha256": file_checksum(path)})
    return generator.eval(), path, card_path


def test_shipped_weights_make_the_same_images(tmp_path):
    generator, path, card_path = shipped(tmp_path)
    verify(path, card_path, {"stirring": {"speed": 0.1}})
    loaded, z = load_image_generator(path, card_path), torch.randn(2, 6)
    assert torch.equal(loaded(z), generator(z))
    assert not loaded.training and not any(p.requires_grad for p in loaded.parameters())


def test_weights_that_changed_or_belong_to_other_settings_are_refused(tmp_path):
    _, path, card_path = shipped(tmp_path)
    card = io.read_json(card_path)
    with pytest.raises(io.InputError, match=r"stirring.*0\.1.*0\.2"):
        verify(path, card_path, {"stirring": {"speed": 0.2}})
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(io.InputError, match=f"sha256: found {file_checksum(path)}"):
        verify(path, card_path, {})
    card["architecture"]["width"] = 4
    card_path.write_text(json.dumps(card))
    with pytest.raises(io.InputError, match="tensors of generator"):
        load_image_generator(path, card_path)
    card_path.write_text("{}")
    with pytest.raises(io.InputError, match="architecture"):
        load_image_generator(path, card_path)


def test_the_script_that_ships_writes_what_is_verified(tmp_path):
    generator, path, _ = shipped(tmp_path)
    script = Path(__file__).parents[3] / "data" / "weights" / "ship.py"
    for precision, tolerance in (("float32", 0), ("float16", 0.01)):  # 2^-11 of each weight
        out = tmp_path / f"{precision}"
        command = [sys.executable, script, "--precision", precision, path.with_suffix(""), out]
        subprocess.run(command, check=True, timeout=120)
        found, found_card = out.with_suffix(".safetensors"), out.with_suffix(".json")
        verify(found, found_card, {"stirring": {"speed": 0.1}})
        z = torch.randn(2, 6)
        assert (load_image_generator(found, found_card)(z) - generator(z)).abs().max() <= tolerance
