"""Measures and findings of Scheiter et al. (2022) on results made to order, good and spoilt."""

import numpy as np
import pytest
import xarray as xr

from claims import scheiter2022_measures as measures
from latentearth.ensembles import azimuth
from latentearth.networks import dcgan
from latentearth.networks.layers import convolutions
from latentearth.training.adversarial import AdversarialTraining
from latentearth.training.map_dcgan import train_dcgan
from latentearth.training.validation import Watch
from support.ledger.forms import Null, read_ledger
from support.ledger.verdicts import DIFFERS, NULL_AS_WELL, REPRODUCED, Results, verdict
from support.published_values import Table

FINDINGS = {finding.id: finding for finding in read_ledger("scheiter2022").findings}


class Made(Results):
    """Results that no file holds, at the paper scale."""

    def __init__(self, entry, files):
        super().__init__("nowhere", "paper")
        self._made = dict(zip(entry.files, files, strict=True))

    def of(self, entry):
        return tuple(self._made[name] for name in entry.files), self.scale


def judged(name, *files):
    """The verdict on a finding whose files are given."""
    return verdict(FINDINGS[name], Made(FINDINGS[name], files))


def ring(rng, shape, spread=0.1):
    """Samples of a ring, (*shape, 2), by the density of the paper: r exp(-(r - 0.7)^2 / 2 s^2)."""
    r = rng.normal(0.7, spread, (*shape, 8))  # of candidates one in proportion to r is drawn
    r = np.abs(r)
    pick = (np.cumsum(r, -1) / r.sum(-1, keepdims=True) > rng.random((*shape, 1))).argmax(-1)
    r = np.take_along_axis(r, pick[..., None], -1)[..., 0]
    phi = rng.uniform(0, 2 * np.pi, shape)
    return np.stack([r * np.sin(phi), r * np.cos(phi)], -1)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def dataset(x, size=None):
    if size is None:
        return xr.Dataset({"x": (("chain", "sample", "coordinate"), x)})
    return xr.Dataset({"x": (("size", "chain", "sample", "coordinate"), x[None])}, {"size": [size]})


def test_peak_of_the_density_not_the_mean_radius(rng):
    x = dataset(ring(rng, (10, 4000))).x
    # four standard errors of 40 000 samples; the mean radius is 0.714
    assert measures.centre(x) == pytest.approx(0.7, abs=0.003)
    assert measures.width(x) == pytest.approx(0.1, abs=0.002)
    assert measures.radius(x).mean() > 0.71


def test_half_a_ring_is_seen(rng):
    whole, other = ring(rng, (2, 10, 4000))
    half = np.stack([abs(other[..., 0]), other[..., 1]], -1)
    # forty cells with some 100 of 4000 samples in each: chance alone moves 4 per cent
    assert measures.misplaced(other, whole) < 0.06
    assert measures.misplaced(half, whole) == pytest.approx(0.5, abs=0.03)
    assert measures.emptiest_sector(other) > 0.8
    assert measures.emptiest_sector(half) == 0
    # what Figure 3 shows cannot see it: integrals of half-integer frequencies are symmetric
    w = np.arange(10) + 0.5
    whole_integrals, half_integrals = (azimuth.sine_integrals(x, w) for x in (other, half))
    assert half_integrals == pytest.approx(whole_integrals, abs=1e-9)


def test_marginals_by_distance(rng):
    whole, other = ring(rng, (2, 4, 4000))
    normal = measures.distance_of_marginals(measures.normal(whole), whole)
    assert measures.distance_of_marginals(other, whole) < normal / 4
    shifted = other + 0.2
    assert measures.distance_of_marginals(shifted, whole) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(
    ("spoilt", "expected"),
    [
        (lambda x: x, NULL_AS_WELL),  # a kernel density has the same noise and the same radii
        (lambda x: np.stack([abs(x[..., 0]), x[..., 1]], -1), DIFFERS),
        (lambda x: x / 2, DIFFERS),
        (lambda x: x - [0.5, 0], DIFFERS),
    ],
)
@pytest.mark.parametrize("name", ["placed", "radius", "width"])
def test_findings_of_learned_rings(rng, name, spoilt, expected):
    ensemble, subset = ring(rng, (10, 4000)), ring(rng, (10, 600))
    gan = ring(rng, (10, 4000)) + rng.normal(0, 0.1, (10, 4000, 2))
    files = dataset(spoilt(gan), 600), dataset(ensemble), dataset(subset)
    assert judged(f"ring-gan-600-{name}", *files).verdict == expected


def integrals(rng, gan_error, bias=0.0):
    """Integrals of 10 chains with errors that grow with frequency, sizes 200 and 100 000."""
    w = np.arange(100) + 0.5
    error = rng.normal(size=(2, 2, 10, 100)) * np.pi * w * 0.7
    error[0, 0] /= 200**0.5
    error[0, 1] /= 100_000**0.5
    error[1] = error[1] * gan_error / 100_000**0.5 + bias
    names = ("source", "size", "chain", "frequency")
    return xr.Dataset(
        {
            "integral": (names, (1 + error) * 2 / w),
            "error_spread": (("source", "size", "frequency"), error.std(2)),
        },
        {"source": ["mcmc", "gan"], "size": [200, 100_000], "frequency": w},
    )


@pytest.mark.parametrize(
    ("gan_error", "bias", "half", "comparable", "unbiased"),
    [
        (1.2, 0, False, True, True),
        (2.4, 0, False, False, False),
        (1.2, 1.0, False, True, False),  # a bias that all chains share is seen by one alone
        (1.2, 0, True, False, False),
    ],
)
def test_findings_of_integrals(rng, gan_error, bias, half, comparable, unbiased):
    x = ring(rng, (1, 10, 2000)) + rng.normal(0, 0.1, (1, 10, 2000, 2))
    draws = dataset(np.abs(x[0]) * [1, 0] + x[0] * [0, 1] if half else x[0], 200)
    files = integrals(rng, gan_error, bias), draws, dataset(ring(rng, (10, 200)))
    holds = {REPRODUCED, NULL_AS_WELL}
    assert (judged("integrals-gan-comparable", *files).verdict in holds) == comparable
    assert (judged("integrals-gan-unbiased", *files).verdict in holds) == unbiased


def maps(rng, scale=1.0, sign=1.0, noise=0.0):
    """Moments, covariances, distances and histograms of an ensemble and of a GAN of it."""
    mean = 7.2 + 0.1 * rng.normal(size=529)
    std = 0.12 + 0.02 * rng.normal(size=529)
    skewness, kurtosis = rng.normal(size=(2, 529))
    factors = rng.normal(size=(529, 20)) / 20**0.5
    covariance = std[:, None] * std * (factors @ factors.T)
    at, edges = np.linspace(6.6, 7.8, 48), np.ones((529, 1))
    one = np.exp(-((at - 7.2) ** 2) / 0.02) * edges
    two = one + np.exp(-((at - 6.8) ** 2) / 0.002) * edges
    both = {
        "mean": [mean, 7.2 + sign * (mean - 7.2)],
        "std": [std, scale * std],
        "skewness": [skewness, sign * scale * skewness],
        "kurtosis": [kurtosis, sign * scale * kurtosis],
    }
    found = xr.Dataset({name: (("source", "point"), value) for name, value in both.items()})
    matrices = np.stack([covariance, sign * scale**2 * covariance])
    found["covariance"] = (("source", "point", "other"), matrices)
    found["emd"] = ("point", 0.012 * np.exp(0.5 * rng.normal(size=529)) + noise)
    found["emd_gaussian"] = ("point", np.full(529, 0.015))
    found["histogram"] = (("source", "point", "bin"), np.stack([two, one]))
    lat, lon = (axis.ravel() for axis in np.meshgrid(*2 * [np.linspace(0, 50, 23)], indexing="ij"))
    place = {"lat": ("point", -lat), "lon": ("point", 106 + lon), "source": ["mcmc", "gan"]}
    return found.assign_coords(place)


OF_MAPS = {  # finding, verdict on a perfect GAN, whether half the size and a turned sign change it
    "cmb-fig5-mean": (NULL_AS_WELL, False, True),
    "cmb-fig5-std-rmse": (NULL_AS_WELL, True, False),
    "cmb-fig5-std-level": (NULL_AS_WELL, True, False),
    "cmb-fig5-skewness": (REPRODUCED, False, True),
    "cmb-fig5-skewness-spread": (REPRODUCED, True, True),
    "cmb-fig5-skewness-rmse": (REPRODUCED, True, True),
    "cmb-fig7-covariance": (REPRODUCED, False, True),
    "cmb-fig7-covariance-size": (REPRODUCED, True, True),
    "cmb-fig7-spread-3": (REPRODUCED, True, True),
}


@pytest.mark.parametrize("name", OF_MAPS)
def test_findings_of_maps_see_size_and_sign(rng, name):
    perfect, sees_size, sees_sign = OF_MAPS[name]
    assert judged(name, maps(rng)).verdict == perfect
    assert (judged(name, maps(rng, scale=0.5)).verdict == DIFFERS) == sees_size
    assert (judged(name, maps(rng, sign=-1.0)).verdict == DIFFERS) == sees_sign


def test_findings_of_marginals(rng):
    good, bad = maps(rng), maps(rng, noise=0.3)
    assert judged("cmb-fig6-gaussian", good).verdict == REPRODUCED
    assert judged("cmb-fig6-decay", good).verdict == REPRODUCED
    assert {
        judged(f"cmb-fig6-{name}", bad).verdict for name in ("gaussian", "decay", "median")
    } == {DIFFERS}
    compression = Table(
        [{"experiment": "australia", "ensemble": "of the paper's size", "rate": 0.96}]
    )
    assert judged("cmb-australia-compression", good, compression).verdict == REPRODUCED
    assert judged("cmb-australia-compression", bad, compression).verdict == DIFFERS


def test_margins_and_modes(rng):
    d = maps(rng)
    grid = np.ones((23, 23))
    grid[2:-2, 2:-2] = 0.5
    d["emd"] = ("point", grid.ravel())
    assert measures.margin("emd")(d) == pytest.approx(2)
    assert measures.missed_modes(d) == 1
    d["histogram"][1, :100] = d.histogram[0, :100]
    assert measures.missed_modes(d) == pytest.approx(429 / 529)
    assert measures.roughness(*measures.both(d, "histogram")) < 1


def test_kernel_density_has_the_noise_of_training(rng):
    x = np.zeros((2, 5, 2))
    drawn = measures.smoothed(x, draws=40_000)
    assert drawn.shape == (2, 40_000, 2)
    assert drawn.std() == pytest.approx(0.1, abs=0.001)  # four standard errors of 160 000 numbers


def test_what_learned_models_can_do_has_a_null():
    words = ("GAN", "generator", "network")
    not_abilities = {  # cost, what they cannot do, and how trainings end
        "integrals-gan-cost",
        "slice-gan-time",
        "slice-dramatic",
        "slice-dramatic-every-state",
        "slice-exact-time",
        "a2-ring-time",
        "a2-sphere-time",
        "a3-time",
        "a4-time",
        "cmb-wgan-trains-faster",
        "ring-gan-200-artefacts",
        "cmb-fig6-modes",
        "cmb-fig8-covariance-40",
        "gan-diverges",
        "wgan-converges-better",
        "slice-mcmc-time",
    }
    for finding in FINDINGS.values():
        if any(word in finding.statement for word in words) and finding.id not in not_abilities:
            assert finding.null, finding.id
    assert sum(isinstance(finding.null, Null) for finding in FINDINGS.values()) > 40


def test_layers_of_the_card_are_those_of_the_network_that_is_trained(rng):
    """The script describes first weights from the streams that the training takes."""
    ensemble = (7.0 + 0.1 * rng.normal(size=(60, 529))).clip(6.5, 7.5).astype(np.float32)
    seed = np.random.SeedSequence(3)
    still = AdversarialTraining(
        loss="gan", optimizer="adam", steps=1, learning_rate=1e-12, batch=8, record_every=1
    )
    trained = train_dcgan(ensemble, still, seed, width=2, watch=Watch(1, 8), reference=7.0)
    first = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key).spawn(2)
    for net, fresh in zip(
        trained,
        (dcgan.Generator(first[0], width=2), dcgan.Discriminator(first[1], 2)),
        strict=False,
    ):
        for ours, theirs in zip(convolutions(net), convolutions(fresh), strict=True):
            assert ours["weight_mean"] == pytest.approx(theirs["weight_mean"], abs=1e-9)
            assert [ours[k] for k in ("batch_norm", "activation", "out")] == [
                theirs[k] for k in ("batch_norm", "activation", "out")
            ]
