"""Where the hardware makes no products in bfloat16, none is made so, whatever is asked for."""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from trainings import gan, of_images, of_maps, spatial, wgan_patches
from trainings import vae as train_vae

from latentearth.inversion import closest_fit
from latentearth.networks import dcgan, generators, sgan, vae, wgan_gp
from latentearth.networks.kernels import precision
from latentearth.training import image_wgan, map_dcgan

PRODUCTS = ("mm", "bmm", "addmm", "baddbmm", "convolution", "linear", "mkldnn", "dot", "mv")
SEED = np.random.SeedSequence(5)
ZERO = torch.zeros(2, sgan.SGAN_LATENT)


class Rounded(TorchDispatchMode):
    """Collects the products in which a bfloat16 tensor takes part, compiled ones of torch too."""

    def __init__(self):
        super().__init__()
        self.seen, self.products = set(), 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = function.name()
        if any(word in name for word in PRODUCTS):
            self.products += 1
            parts = torch.utils._pytree.tree_leaves((args, kwargs or {}))
            if any(isinstance(x, torch.Tensor) and x.dtype == torch.bfloat16 for x in parts):
                self.seen.add(name)
        return function(*args, **(kwargs or {}))


@pytest.fixture(params=[False, True], ids=["no bfloat16", "bfloat16"])
def hardware(request, monkeypatch):
    """A CPU that is declared to have, or not to have, products in bfloat16."""
    precision.has_bfloat16.cache_clear()
    name = "_is_mkldnn_bf16_supported"
    monkeypatch.setattr(torch.ops.mkldnn, name, lambda: request.param, raising=False)
    yield request.param
    precision.has_bfloat16.cache_clear()


def draw_grids():
    generator = dcgan.Generator(SEED, 6, 2)
    return [*map_dcgan.draw_grids(generator, 4, SEED, products="bfloat16", block=2)]


def draw_images():
    generator = wgan_gp.Generator(SEED, 5, 16, 4)
    return [*image_wgan.draw_images(generator, 4, SEED, products="bfloat16")]


def fit_closest():
    """What chains, annealing and closest fits of the downscaling call."""
    generator = wgan_gp.Generator(SEED, 5, 16, 4).eval()
    search = closest_fit.ClosestFit(candidates=4, starts=1, steps=2)

    def images(z):
        return generator(z[None])[0].reshape(-1, 16, 16)

    goal = np.zeros((1, 16, 16), np.float32)
    return search(images, goal, 5, SEED, "bfloat16")


def descend_in_codes():
    """The slope of a misfit with the latent vector, as descents in it take."""
    network = generators.TrainedGenerator(vae.Decoder(SEED), "vae")
    z = torch.zeros(2, network.latent, requires_grad=True)
    network(z, "bfloat16").square().sum().backward()
    return z.grad


def draw_crops():
    return generators.TrainedGenerator(sgan.Generator(SEED, 2), "sgan")(ZERO, "bfloat16")


@pytest.mark.parametrize(
    "train", [gan, wgan_patches, of_maps, of_images, spatial, train_vae], ids=lambda f: f.__name__
)
def test_trainings(hardware, train):
    with Rounded() as found:
        train(products="bfloat16")
    assert found.products and bool(found.seen) == hardware, found.seen


@pytest.mark.parametrize(
    "draw", [draw_grids, draw_images, fit_closest, descend_in_codes, draw_crops]
)
def test_generators_while_sampling_and_descending(hardware, draw):
    with Rounded() as found:
        draw()
    assert found.products and bool(found.seen) == hardware, found.seen
