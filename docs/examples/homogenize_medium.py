"""What long waves see of a marble cake: stir two rocks, homogenize, differentiate.

Run with ``python docs/examples/homogenize_medium.py``.
"""

import numpy as np
import torch

from latentearth.earth import stirring
from latentearth.operators.homogenization import Homogenization
from latentearth.operators.homogenization_elastic import TwoPhases, voigt_reuss

SIZE, WAVES = 32, 4  # pixels along a side; box side over the cutoff wavelength


def main() -> dict[str, float]:
    """Stir one image, homogenize it, and take the gradient of its mean stiffness."""
    parameters = stirring.sample_parameters(stirring.Distributions(), 1, np.random.SeedSequence(1))
    image = torch.from_numpy(stirring.stir(parameters, SIZE)).float().requires_grad_()
    medium = Homogenization(SIZE, WAVES)(image)  # (image, 6, row, column), GPa
    medium[0, 0].mean().backward()
    voigt, reuss = voigt_reuss(TwoPhases().tensors(image.detach()))
    return {
        "C11_GPa": float(medium[0, 0].mean().detach()),
        "upper_bound_GPa": float(voigt.flatten()[0]),
        "lower_bound_GPa": float(reuss.flatten()[0]),
        "gradient_sum_GPa": float(image.grad.sum()),
    }


if __name__ == "__main__":
    for name, value in main().items():
        print(f"{name}: {value:.4g}")
