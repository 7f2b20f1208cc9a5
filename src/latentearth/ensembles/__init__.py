"""Ensembles of models: raw chains, statistics, compression."""
