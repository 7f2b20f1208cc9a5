"""Models of the Earth and points on it."""
