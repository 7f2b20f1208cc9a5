"""Figures, one module per paper, and their shared style."""
