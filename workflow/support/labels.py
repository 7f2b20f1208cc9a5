"""What readers see in place of the keys of config and files: in figures and tables alike."""

from __future__ import annotations

from latentearth.emulators.labels import LABELS as EMULATORS

# Whose errors a likelihood of Spurio Mancini et al. (2021) knows: the noise's, as in the paper,
# and the emulator's, as independent noise or as it is.
LIKELIHOODS = {
    "noise": "noise only",
    "variance": "with error variance",
    "modes": "with correlated errors",
}
# Equation (14) with the paper's power, with the number of observations, and without it.
ARRIVALS = {
    "edt": "EDT, N = 1",
    "edt_all": "EDT, N = receivers",
    "origin": "known origin time",
    "differences": "unknown origin time",
}
SAMPLERS = {
    "random_walk": "random walk",
    "preconditioned_walk": "preconditioned walk",
    "pcn": "pCN",
    "mala": "MALA",
    "hmc": "HMC",
    "preconditioned_hmc": "preconditioned HMC",
    "multinest": "MultiNest",
    "nautilus": "nautilus",
    "importance": "importance sampling",
    "grid": "grid",
}
# Of images of marble cakes, and what stands beside them.
PRIORS = {
    "stirring": "flow's parameters",
    "curve_flow": "curve flow",
    "wgan_gp": "WGAN-GP",
    "wiener": "Wiener filter",
    "nearest_image": "best-fitting\nprior image",
    "mean": "prior mean",
}
NETWORKS = {"vae": "VAE", "sgan": "SGAN"}
CODES = {"codes_normal": "codes, mean and covariance", "codes_flow": "codes, flow matching"}
IMAGES = {"held_out": "held out", "training": "training", "generated": "generated"}
PEAKS = {
    "ratios": "by the paper's GPs",
    "smooth": "by a smooth model",
    "true": "true ones",
}
LABELS = {
    **EMULATORS,
    **LIKELIHOODS,
    **ARRIVALS,
    **SAMPLERS,
    **{key: PRIORS[key] for key in PRIORS if key != "mean"},
    **NETWORKS,
    **CODES,
    **IMAGES,
    "solver": "elastic solver",
    "store": "solver's field, stored",
    "store_errors": "solver's field, stored, with its errors",
    "npe": "neural posterior",
    "store_station": "stored field, stations' terms",
    "store_station_ignored": "stations' terms ignored",
    "store_velocity": "stored field, velocity not known",
    "store_velocity_ignored": "wrong velocity ignored",
    "mean": "mean trace",
    "sgd": "SGD",
    "adam": "Adam",
    "twins_with_sigma_g": "twins with the generator's error",
}
# Words of the columns of tables, and units at their end.
_WORDS = {
    "ae": "AE",
    "cpu": "CPU",
    "ess": "ESS",
    "gan": "GAN",
    "ratios": "GPs of the paper",
    "hmc": "HMC",
    "norm": "norm of",
    "p90": "90th percentile of the",
    "r": "R",
    "r2d": "R2D",
    "rmse": "RMSE",
    "std": "std. dev.",
    "d": "D",
}
_UNITS = {
    "GPa": "GPa",
    "MB": "MB",
    "km": "km",
    "m": "m",
    "min": "min",
    "ms": "ms",
    "nat": "nat",
    "ns": "ns",
    "percent": "%",
    "s": "s",
}


def label(key: str) -> str:
    """What a key is called; of several with commas between them, each.

    Parameters
    ----------
    key
        For example ``d18``, or ``direct, modes``. What is no key, is left as it is.
    """
    return ", ".join(LABELS.get(part, part) for part in key.split(", "))


def heading(column: str) -> str:
    """What a column of a table is called: its words, and its unit in brackets."""
    words = column.split("_")
    has_unit = len(words) > 1 and words[-1] in _UNITS and "per" not in words
    unit = f" ({_UNITS[words.pop()]})" if has_unit else ""
    return " ".join(_WORDS.get(word, word) for word in words) + unit
