"""Figures, one module per paper, and their shared style."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "beachballs": "ARCS PIXELS beachball lune_frame p_wave to_lune",
        "maps": "MARGIN colour_bar draw_coastlines draw_grid draw_markers draw_points prepare",
        "projections": (
            "AUSTRALIA GLOBE PACIFIC Projection Region bounds coastlines cut_at_edge mollweide "
            "outline pixel_grid place_name plate_carree relative"
        ),
        "style": (
            "CYCLE DPI EMD GAN MCMC RC_PARAMS SIZE_MAP VELOCITY_MAP WIDTH_MM figure letter save "
            "subplots use"
        ),
    },
)
