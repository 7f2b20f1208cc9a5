"""The published WGANs as one stack: equal to torch layer by layer, and to the published maps."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from latentearth.earth import sphere
from latentearth.ensembles.statistics import ensemble_moments, map_difference
from latentearth.networks.published_wgan import stack_generators
from latentearth.training.patch_wgans import draw_velocities
from latentearth.unpickle import load_arrays, load_module_arrays


class Sample(nn.Module):
    def __init__(self, n_out, drop=0.4, hidden=7):
        super().__init__()
        self.gen = nn.Module()
        self.gen.model = nn.Sequential(
            *(nn.Linear(5, hidden), nn.LeakyReLU(0.1), nn.Dropout(drop)), nn.Linear(hidden, n_out)
        )


def described(module):
    arrays = {k: v.numpy() for k, v in module.state_dict().items()}
    layers = {
        "gen.model.1": {"class": "LeakyReLU", "negative_slope": 0.1},
        "gen.model.2": {"class": "Dropout", "p": module.gen.model[2].p},
    }
    return arrays, layers


def test_stack_computes_what_the_modules_compute():
    torch.manual_seed(0)
    modules = [Sample(n).eval() for n in (4, 6)]
    stack = stack_generators([described(m) for m in modules])
    assert stack.widths == [(5, 7, 4), (5, 7, 6)] and stack.drop == 0.4 and stack.slope == 0.1
    stack.drop = 0.0
    z = torch.randn(2, 50, 5)
    with torch.no_grad():
        found = stack(z)
        for net, module in enumerate(modules):
            n_out = stack.widths[net][-1]
            # float32 sums of seven terms of order one in another order
            torch.testing.assert_close(
                found[net, :, :n_out], module.gen.model(z[net]), rtol=0, atol=2e-6
            )
            assert (found[net, :, n_out:] == 0).all()


def test_networks_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="share slope and dropout"):
        stack_generators([described(Sample(4)), described(Sample(4, drop=0.2))])
    with pytest.raises(ValueError, match="share their hidden widths"):
        stack_generators([described(Sample(4)), described(Sample(4, hidden=8))])
    arrays, layers = described(Sample(4))
    with pytest.raises(ValueError, match="not a chain"):
        stack_generators([(arrays, {})])
    with pytest.raises(ValueError, match="not a chain"):
        stack_generators([(arrays | {"gen.model.3.weight": np.zeros((4, 6))}, layers)])


@pytest.mark.published
@pytest.mark.skipif("LATENTEARTH_MIRROR" not in os.environ, reason="no mirror is named")
def test_published_generators_reproduce_their_published_maps():
    """All four moments of 20 000 samples against the published maps of 180 000 samples.

    The difference of a moment of n independent samples from that of 180 000 is known from the
    moments themselves: sigma^2 (1/n + 1/180000) for the mean, and for the standard deviation that
    times (kurtosis + 2)/4. Where patches share no sample, 8000 points average 16 times about ten
    independent patterns, so that the mean square ratio is one within 40 per cent. The third and
    fourth moments have tails; they must agree by correlation.
    """
    folder = Path(os.environ["LATENTEARTH_MIRROR"]) / "MScheiter/gan_mcmc/geophysical_example"
    files = [folder / "trained_gans" / f"tomo_patch_{k}.pt" for k in range(16)]
    stack = stack_generators([load_module_arrays(path) for path in files])
    maps = load_arrays(folder / "plotting_data" / "data_dict_patches.obj")
    lat, lon = sphere.spiral(8000)
    patches = sphere.regions(lat, lon, 16)
    assert [w[-1] for w in stack.widths] == [len(p) for p in patches]
    count = 20_000
    seeds = np.random.SeedSequence(4).spawn(16)
    moments = ensemble_moments(draw_velocities(stack, patches, count, seeds))
    grid = sphere.nearest_points(lat, lon, *sphere.grid_points(*sphere.map_grid()))
    weights = np.cos(np.radians(sphere.grid_points(*sphere.map_grid())[0])).clip(0)
    std, kurtosis = moments.std()[grid], moments.kurtosis()[grid]
    variance = std**2 * (1 / count + 1 / 180_000)
    mean_ratio = (moments.mean[grid] - maps["fake_mean"].ravel()) ** 2 / variance
    std_ratio = (std - maps["fake_std"].ravel()) ** 2 / (variance * (kurtosis + 2) / 4)
    print(np.average(mean_ratio, weights=weights), np.average(std_ratio, weights=weights))
    for name, found in (("skew", moments.skewness()), ("kurt", moments.kurtosis())):
        print(name, map_difference(found[grid], maps[f"fake_{name}"].ravel(), weights))
    assert np.average(mean_ratio, weights=weights) == pytest.approx(1, abs=0.4)
    assert np.average(std_ratio, weights=weights) == pytest.approx(1, abs=0.4)
    for name, found, floor in (
        ("skew", moments.skewness(), 0.98),
        ("kurt", moments.kurtosis(), 0.9),
    ):
        assert map_difference(found[grid], maps[f"fake_{name}"].ravel(), weights)[1] > floor
