"""Sets of two-phase images: files, spectra, scores, pixels."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "assessment": "SETS assess",
        "continuity": "Space compare_lines physical_spread",
        "files": "OTHER_PICTURES SIDES image_dataset read_images read_own",
        "pictures": "BANDS MIDDLE_RADIUS PICTURES layers ring",
        "pixels": "correct_share pixel_statistics thin",
        "scores": (
            "basin_width binarity coarse local_minima nearest_images prdc_scores "
            "sliced_wasserstein squared_distances"
        ),
        "spectra": "shell_spectrum spectral_slope",
    },
)
