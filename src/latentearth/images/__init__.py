"""Sets of two-phase images: files, spectra, scores, pixels."""
