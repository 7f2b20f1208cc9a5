"""Figures of the papers: arrays in, a matplotlib figure out."""
