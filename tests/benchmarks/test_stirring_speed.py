"""Speed of stirring, in time of the processor."""

import time

import pytest

from latentearth.earth import stirring
from latentearth.seeds import stream


@pytest.mark.benchmark
def test_marble_cakes_take_less_than_40_ms(record_property):
    """Twenty minutes for the paper's 19 456 images would be 62 ms each; the paper took six hours.

    About 8 ms on the machine it was written on; the best of three counts.
    """
    p = stirring.sample_parameters(stirring.Distributions(), 20, stream(1, "speed"))
    stirring.stir(p[:1])
    times = []
    for _ in range(3):
        start = time.process_time()
        stirring.stir(p)
        times.append((time.process_time() - start) / len(p))
    record_property("ms_per_image", round(1e3 * min(times), 2))
    print(f"{1e3 * min(times):.1f} CPU-ms per image")
    assert min(times) < 0.040
