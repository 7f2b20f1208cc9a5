"""How networks compute: in bfloat16 where the hardware can, and in which order of memory."""

from __future__ import annotations

import functools
from typing import Literal

import torch

Products = Literal["float32", "bfloat16"]  # the arithmetic that is asked for


@functools.cache
def has_bfloat16(device: str) -> bool:
    """Whether products in bfloat16 are made by the hardware of a kind of device (cpu, cuda).

    Elsewhere they are emulated: right, but slower than float32. On a CPU they need AVX-512 or
    other instructions that oneDNN asks for.
    """
    if device == "cuda":
        supported = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        supported = device == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    if not supported:
        print(f"this {device} has no products in bfloat16: they are made in float32")
    return bool(supported)


def channels_last(network: torch.nn.Module) -> None:
    """Store kernels with the channels last, the order of memory that convolutions like best."""
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch omits it


def rounds(device: torch.device | str, products: Products) -> bool:
    """Whether products asked for in bfloat16 are made so on a device: nobody else decides this."""
    return products == "bfloat16" and has_bfloat16(torch.device(device).type)


def autocast(device: torch.device | str, products: Products = "bfloat16") -> torch.autocast:
    """Autocast of products to bfloat16, if that is wanted and the device can.

    Parameters
    ----------
    device
        Where the tensors are.
    products
        With ``float32`` everything stays as it is.
    """
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=rounds(device, products))
