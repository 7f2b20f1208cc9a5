"""Latent Earth: deep generative models in geophysical inversion."""

__version__ = "1.0.0"
