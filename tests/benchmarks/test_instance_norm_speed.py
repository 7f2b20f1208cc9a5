"""The compiled normalisation against torch's, on maps as the VAE has them."""

import time

import pytest
import torch
from latentearth.networks.instance_norm import norm_relu
from torch.nn.functional import instance_norm, relu


def seconds(function, maps, slope, repeats=5):
    """CPU time of the way there and back; the best of some, since other work disturbs."""
    best = float("inf")
    for _ in range(repeats):
        x = maps.detach().requires_grad_()
        start = time.process_time()
        function(x).backward(slope)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.benchmark
def test_the_compiled_normalisation_saves_most_of_the_time():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        maps = torch.randn(40, 32, 63, 31).bfloat16().to(memory_format=torch.channels_last)
        slope = torch.randn_like(maps)
        norm_relu(maps)  # compiled before the clock starts
        ours = seconds(norm_relu, maps, slope)
        theirs = seconds(lambda x: relu(instance_norm(x)), maps, slope)
    finally:
        torch.set_num_threads(threads)
    # Measured: 4 to 6 times on a processor with AVX-512; half of that leaves room for others.
    assert theirs > 2 * ours, f"{theirs:.4f} s for torch, {ours:.4f} s for ours"
