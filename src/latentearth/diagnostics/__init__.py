"""Have samples mixed, do they cover the truth, what did they cost? Arrays in, numbers out."""

from latentearth.diagnostics.efficiency import summary

__all__ = ["summary"]
