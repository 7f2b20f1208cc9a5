"""The inverse problem of Santos et al. (2024), section 4: from a smooth medium to fine structure.

A generator G turns a latent vector z into an image, the homogenization H that into six elastic
coefficients on a coarse grid. Observed coefficients t have independent Gaussian errors, the same
everywhere for a coefficient (eqs 13 to 15):

    log likelihood = -1/2 sum_i 1 / sigma_i^2 sum_j (t - H(G(z)))_ij^2,
    sigma_i^2 = sigma_o_i^2 + sigma_G_i^2,

with sigma_o of the observation and sigma_G for what the generator cannot make.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from latentearth.networks.kernels.precision import Products, autocast
from latentearth.operators.homogenization import Homogenization
from latentearth.operators.homogenization_elastic import TwoPhases, to_coefficients
from latentearth.samplers.latent_kernels import differentiated
from latentearth.samplers.targets import Normal, Posterior

Images = Callable[[torch.Tensor], torch.Tensor]  # (batch, latent) to grey (batch, y, x)
IMAGES_AT_ONCE = 64  # images at a time where there are many


def spread(media: np.ndarray) -> np.ndarray:
    """Variability of each coefficient over many media, (medium, 6, y, x) to (6,), GPa.

    Over media and points together: within one medium it would vanish with the detail.
    """
    return np.asarray(media, dtype=np.float64).std(axis=(0, 2, 3))


def combine(sigma_o: np.ndarray, sigma_g: np.ndarray) -> np.ndarray:
    """Error of the likelihood: sigma_i^2 = sigma_oi^2 + sigma_Gi^2 (section 4.2)."""
    return np.hypot(sigma_o, sigma_g)


def generator_error(media: np.ndarray, fits: np.ndarray) -> np.ndarray:
    """sigma_G: root-mean-square of what closest fits leave, (medium, 6, y, x) twice to (6,)."""
    rest = np.asarray(media, dtype=np.float64) - fits
    return np.sqrt(np.square(rest).mean(axis=(0, 2, 3)))


def observe(medium: np.ndarray, sigma_o: np.ndarray, seed: np.random.SeedSequence) -> np.ndarray:
    """Add the observation's error, (6,), to a medium, (6, y, x) (eq. 9)."""
    noise = np.random.default_rng(seed).standard_normal(medium.shape)
    return medium + np.asarray(sigma_o)[:, None, None] * noise


def homogenize(operator: Homogenization, images: np.ndarray) -> np.ndarray:
    """Media, (image, 6, y, x), of grey images, (image, size, size), some at a time."""
    with torch.no_grad():
        blocks = torch.as_tensor(np.asarray(images)).split(IMAGES_AT_ONCE)
        return torch.cat([operator(block.float()) for block in blocks]).numpy()


def local(phases: TwoPhases, image: np.ndarray) -> np.ndarray:
    """Coefficients of the rock at each pixel, (6, y, x), GPa, of an image, (y, x) (eq. 8)."""
    return to_coefficients(phases.tensors(torch.as_tensor(image, dtype=torch.float64))).numpy()


def generate(generator: Images, z: np.ndarray, products: Products = "float32") -> np.ndarray:
    """Grey images, (sample, size, size) float32, of latent vectors, (sample, latent)."""
    with torch.no_grad():
        blocks = torch.as_tensor(np.asarray(z, dtype=np.float32)).split(IMAGES_AT_ONCE)
        return torch.cat([grey(generator, block, products) for block in blocks]).numpy()


def grey(generator: Images, z: torch.Tensor, products: Products) -> torch.Tensor:
    """Images in single precision, by a network that may compute in half of it."""
    if products == "float32":
        return generator(z.float())
    with autocast(z.device, products):
        return generator(z.float()).float()


def latent_posterior(
    generator: Images,
    operator: Homogenization,
    observed: np.ndarray,
    sigma: np.ndarray,
    latent: int,
    *,
    components: Sequence[int] = tuple(range(6)),
    products: Products = "float32",
    device: torch.device | str = "cpu",
    identity: str = "",
) -> Posterior:
    """The posterior of latent vectors (eqs 13 to 15) as a target of the latent samplers.

    Parameters
    ----------
    generator
        (chain, latent) to grey images (chain, size, size); differentiable.
    operator
        The homogenization, on `device`.
    observed
        t, (6, y, x), or one for each chain, (chain, 6, y, x), GPa.
    sigma
        Standard deviations of independent errors, (6,), GPa; or the covariance of all of them,
        (n, n) with n = 6 y x, GPa^2.
    latent
        Size of the latent space.
    components
        Coefficients that are used: all, or the first alone for isotropic data (section 5.3).
    products
        ``float32`` or ``bfloat16``, of the generator; the rest is in single precision.
    device
        Where the generator and the operator live.
    identity
        What all this is, for checkpoints.

    Raises
    ------
    ValueError
        If the observed medium does not lie on the operator's grid.
    """
    grid = (6, operator.points, operator.points)
    sizes = np.diag(sigma) if np.ndim(sigma) == 2 else np.asarray(sigma)
    if observed.shape[-3:] != grid or not np.all(sizes > 0):
        raise ValueError(f"observed of shape {observed.shape}; expected (..., *{grid}), sigma > 0")
    chosen = list(components)
    data = torch.as_tensor(observed, dtype=torch.float32, device=device)[..., chosen, :, :]
    scaled = _scaling(np.asarray(sigma), chosen, operator.points, device)

    def misfit(z: torch.Tensor, products: Products) -> torch.Tensor:
        return scaled(data - operator(grey(generator, z, products))[:, chosen])

    def value(z: torch.Tensor) -> torch.Tensor:
        return -0.5 * misfit(z, products).double().square().sum(dim=(1, 2, 3))

    def residuals(z: torch.Tensor) -> torch.Tensor:  # in single precision, for differences of them
        with torch.no_grad():
            blocks = z.split(IMAGES_AT_ONCE)
            return torch.cat([misfit(block, "float32").flatten(1) for block in blocks])

    plain, gradient = differentiated(value)
    return Posterior(plain, Normal(latent), gradient, identity, residuals=residuals)


def _scaling(
    sigma: np.ndarray, chosen: Sequence[int], points: int, device: torch.device | str
) -> Images:
    """What makes errors, (batch, chosen, y, x) GPa, independent and of size 1."""
    if sigma.ndim == 1:
        weight = torch.as_tensor(1 / sigma[list(chosen)], dtype=torch.float32, device=device)
        return lambda rest: rest * weight[:, None, None]
    used = elements(chosen, points)
    root = np.linalg.inv(np.linalg.cholesky(sigma[np.ix_(used, used)]))
    inverse = torch.as_tensor(root, dtype=torch.float32, device=device)
    return lambda rest: (rest.flatten(1) @ inverse.T).reshape(rest.shape)


def elements(components: Sequence[int], points: int) -> np.ndarray:
    """Places of some coefficients among all elements of a medium, (6, points, points)."""
    return (np.asarray(components)[:, None] * points**2 + np.arange(points**2)).ravel()
