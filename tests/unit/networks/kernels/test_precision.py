"""Where products are made in bfloat16."""

import pytest
import torch

from latentearth.networks.kernels import precision


@pytest.fixture
def cpu_that(monkeypatch):
    """Pretend that this CPU has or has not the instructions."""

    def pretend(supported):
        precision.has_bfloat16.cache_clear()
        name = "_is_mkldnn_bf16_supported"
        monkeypatch.setattr(torch.ops.mkldnn, name, lambda: supported, raising=False)

    yield pretend
    precision.has_bfloat16.cache_clear()


@pytest.mark.parametrize(
    ("supported", "wanted", "dtype"),
    [
        (True, "bfloat16", torch.bfloat16),
        (True, "float32", torch.float32),
        (False, "bfloat16", torch.float32),
    ],
)
def test_products_are_rounded_only_where_the_hardware_does(cpu_that, supported, wanted, dtype):
    cpu_that(supported)
    a = torch.eye(3)
    with precision.autocast("cpu", wanted):
        assert (a @ a).dtype == dtype


def test_a_cpu_without_says_so_once(cpu_that, capsys):
    cpu_that(False)
    for _ in range(3):
        with precision.autocast("cpu"):
            pass
    assert capsys.readouterr().out.count("no products in bfloat16") == 1
