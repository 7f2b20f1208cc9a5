"""Latent Earth: deep generative models in geophysical inversion, from raw data to figures."""

__version__ = "0.1.0"
