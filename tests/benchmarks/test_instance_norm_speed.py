"""The compiled normalisation against torch's, on maps as the VAE has them."""

import time

import numba
import numpy as np
import pytest
import torch
from torch.nn.functional import instance_norm, relu

from latentearth.networks.kernels.instance_norm import norm_relu


@pytest.fixture
def one_thread():
    """Threads that wait for each other burn time of the processor, of torch and of numba alike."""
    before = torch.get_num_threads(), numba.get_num_threads()
    torch.set_num_threads(1)
    numba.set_num_threads(1)
    yield
    torch.set_num_threads(before[0])
    numba.set_num_threads(before[1])


def seconds(function, maps, slope):
    """CPU time of the way there and back."""
    x = maps.detach().requires_grad_()
    start = time.process_time()
    function(x).backward(slope)
    return time.process_time() - start


@pytest.mark.benchmark
def test_the_compiled_normalisation_saves_most_of_the_time(one_thread):
    maps = torch.randn(40, 32, 63, 31).bfloat16().to(memory_format=torch.channels_last)
    slope = torch.randn_like(maps)
    ways = norm_relu, lambda x: relu(instance_norm(x))
    # They take turns, so that other work on the machine slows both; the first turn compiles.
    spent = np.array([[seconds(way, maps, slope) for way in ways] for _ in range(16)])[1:]
    ours, theirs = np.median(spent, axis=0)
    # Measured with one thread: 4 to 6 times, on an Intel Xeon and on a loaded AMD EPYC; a third of
    # that leaves room for others, and finds a program that lost what it was written for.
    assert theirs > 1.5 * ours, f"{theirs:.4f} s for torch, {ours:.4f} s for ours"
