"""Samplers of probability densities and their diagnostics."""
