"""Learn an ensemble: sample a noisy ring by Metropolis, train a GAN on it, draw from the GAN.

Run with ``python docs/examples/learn_ensemble.py``.
"""

import numpy as np

from latentearth.ensembles.shell import log_density
from latentearth.networks.mlp_gan import StackSampler
from latentearth.samplers.metropolis import Metropolis
from latentearth.samplers.random_walk import Density
from latentearth.training.adversarial import AdversarialTraining
from latentearth.training.ensemble_gans import Architecture, train_gans

RADIUS, WIDTH = 0.7, 0.1


def main(steps: int = 2000) -> dict[str, float]:
    """Mean radius of the ensemble, and of what the GAN draws."""
    root = np.random.SeedSequence(2022)
    first, chain, gan, draws = root.spawn(4)
    sample = Metropolis(step_size=0.7, samples=2000, thinning=30, burn_in=500)
    start = np.random.default_rng(first).normal(0, 1, (2, 2))
    found = sample(Density(log_density, np.array([RADIUS, WIDTH])), start, chain)
    ensemble = found.flat.astype(np.float32)  # (sample, coordinate)
    settings = AdversarialTraining(
        steps=steps, batch=50, learning_rate=4e-4, latent=20, smoothing=0.1, checkpoint_every=steps
    )
    generator, _, _ = train_gans([ensemble], Architecture(latent=20, drop=0.0), settings, [gan])
    drawn = StackSampler(generator, [draws]).draw(5000)[0].numpy()
    return {
        "ensemble_radius": float(np.linalg.norm(ensemble, axis=1).mean()),
        "drawn_radius": float(np.linalg.norm(drawn, axis=1).mean()),
        "values_stored": ensemble.size,
    }


if __name__ == "__main__":
    for name, value in main().items():
        print(f"{name}: {value:.4g}")
