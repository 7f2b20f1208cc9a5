"""Tables of the papers: ours beside the published values."""
