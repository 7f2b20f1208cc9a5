"""Latent Earth: deep generative models in geophysical inversion."""

__version__ = "0.1.0"
