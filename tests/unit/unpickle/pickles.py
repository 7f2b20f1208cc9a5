"""What the tests of foreign pickles share: contents, a network, and the comparison."""

import numpy as np
import torch

CONTENTS = {
    "floats": np.linspace(-1, 1, 60).reshape(3, 4, 5),
    "column order": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "permuted axes": np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2),
    "every second": np.arange(20, dtype=np.float32)[::2],
    "big endian": np.arange(5, dtype=">i4"),
    "booleans": np.array([[True, False]]),
    "complex": np.array([1 + 2j, 3]),
    "text": np.array(["Pacific", "Africa"]),
    "no axes": np.array(3.5),
    "empty": np.zeros((0, 7)),
    "scalar": np.float64(0.25),
}


def same(found, wanted):
    """Whether values, shapes and types agree (bytes in whichever order)."""
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(found[k], wanted[k]) for k in wanted)
    if isinstance(wanted, list | tuple):
        return type(found) is type(wanted) and all(
            same(*pair) for pair in zip(found, wanted, strict=True)
        )
    if isinstance(wanted, np.ndarray | np.generic):
        kind = np.asarray(wanted).dtype.newbyteorder("=")
        return np.array_equal(found, wanted) and found.dtype == kind and found.shape == wanted.shape
    return found == wanted and type(found) is type(wanted)


class Net(torch.nn.Module):
    """A network with what published ones have: nesting, buffers, shared weights, a list."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.width = 4
        self.body = torch.nn.Sequential(
            torch.nn.Linear(3, 4),
            torch.nn.LeakyReLU(0.1),
            torch.nn.Dropout(0.4),
            torch.nn.BatchNorm1d(4),
            torch.nn.Linear(4, 2, bias=False),
        )
        self.conv = torch.nn.Conv2d(1, 2, (5, 3), stride=2)
        self.again = self.body[0]
        self.turned = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3).T)
        self.tail = torch.nn.Parameter(torch.arange(10.0).half()[4:8], requires_grad=False)
