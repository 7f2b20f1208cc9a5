"""Events whose stations are off: located with the terms of these, and without."""

import numpy as np
from whole_space import INTERVAL, RECEIVERS, elementary

from latentearth.inversion import own_event
from latentearth.inversion.conditional_tensor import TensorPrior
from latentearth.inversion.moment_tensor import TensorLikelihood, scan_origin_times
from latentearth.inversion.own_event import OriginTimes, ReadyRecords
from latentearth.samplers.importance import scanned
from latentearth.samplers.modes import ModeSampler
from latentearth.samplers.targets import Box
from support import event_search
from support.unknown_ways import station_terms_of

CENTRE = np.array([500.0, 450.0, 1500.0])
TENSOR = np.array([1.0, -0.6, 0.4, 0.5, -0.3, 0.7])
CHOSEN, SAMPLES = [0, 2, 3, 4, 7, 8, 9, 11], 170  # all that waves take
LATE, SIZE = 0.004, 0.1  # s, a thirtieth of a period; and of 1
NOISE = 12.0  # of it, the peak
EVENTS = 5
EDGE = 9.49  # squared, of a region of 95 per cent of four normal numbers


def stored(points):
    return elementary(points, RECEIVERS[CHOSEN], SAMPLES)


def recorded(position, rng):
    """Traces (receiver, sample) of an event, each receiver's clock and amplifier off."""
    clean = np.einsum("rkt,k->rt", stored(position[None])[0], TENSOR).astype(float)
    late, size = LATE * rng.normal(size=len(clean)), 1 + SIZE * rng.normal(size=len(clean))
    sigma = np.abs(clean).max() / NOISE
    moved = [
        own_event.delayed(one, seconds, INTERVAL) for one, seconds in zip(clean, late, strict=True)
    ]
    return size[:, None] * moved + rng.normal(0, sigma, clean.shape), sigma


def square(number, unknown):
    """Squared distance of an event's true position and time from the mean of its posterior."""
    rng = np.random.default_rng(number)
    true = CENTRE + rng.uniform(-30, 30, 3)
    data, sigma = recorded(true, rng)
    box = Box(np.array([*np.column_stack([CENTRE - 60, CENTRE + 60]), [-0.03, 0.03]]))
    sampler = ModeSampler((20.0, 20.0, 20.0, 0.01), 1, 150, 5, 100)
    prior = TensorPrior((1.0, 10.0))
    likelihood = TensorLikelihood(stored, data, sigma, INTERVAL, prior=prior, margin_s=0.06)
    points = Box(box.bounds[:3]).draw(150, rng)
    scan = scan_origin_times([likelihood], points, np.arange(-0.03, 0.03, 0.008))[0]
    start = scanned(np.column_stack([points, scan[:, 1]]), scan[:, 0])
    ready = ReadyRecords(data, np.full(len(data), sigma), INTERVAL, OriginTimes(0.0, 0.03))
    seed = np.random.SeedSequence(number)
    found = event_search.sample(likelihood, ready, box, start, sampler, seed, unknown=unknown)
    points, weight = found.samples.flat, found.samples.weight.ravel()
    spread = np.cov(points.T, aweights=weight)
    off = weight @ points - np.append(true, 0.0)
    return off @ np.linalg.solve(spread, off)


def test_events_whose_stations_are_off_lie_in_their_regions_with_terms_only():
    terms = station_terms_of({"delay": LATE, "gain": SIZE}, len(CHOSEN), INTERVAL)
    known = np.array([square(number, lambda position: [terms]) for number in range(EVENTS)])
    # chi-square of 20 is outside 5.9 and 45.3 twice in a thousand; more than two of five events
    # are outside their regions once in a thousand
    assert 5.9 < known.sum() < 45.3 and (known < EDGE).sum() >= 3
    ignored = np.array([square(number, None) for number in range(EVENTS)])
    assert (ignored > EDGE).all()


def test_stations_that_are_right_have_no_terms():
    class Files:
        model = ()

    own = {"stations": {"delay": 0.0, "gain": 0.0}}
    assert event_search.unknown_terms(Files, own, [0, 1], (INTERVAL, 8.0), None) is None
    own["stations"]["gain"] = SIZE
    (terms,) = event_search.unknown_terms(Files, own, [0, 1], (INTERVAL, 8.0), None)(CENTRE)
    assert terms.gain == SIZE and not terms.times.any()
