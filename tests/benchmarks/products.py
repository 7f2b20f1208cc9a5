"""Products of matrices: the unit of what networks cost."""

import torch


def product(*shape, dtype=torch.float32):
    """A product of matrices (..., m, k) and (..., k, n), which bounds a network."""
    *batch, m, k, n = shape
    a, b = torch.randn(*batch, m, k).to(dtype), torch.randn(*batch, k, n).to(dtype)
    return lambda: a @ b
