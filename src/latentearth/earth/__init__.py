"""Models of the Earth and points on it."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "channels": (
            "CHANNELS_AT_ONCE Channels GOLDEN centre_lines draw_image pick_truths read_image"
        ),
        "cmb": (
            "ACTIVITY BELTS CMB_RADIUS PathData STATIONS VS_REFERENCE draw_receivers draw_sources "
            "map_velocity path_points predicted_times random_field scs_paths synthetic_data "
            "synthetic_velocity"
        ),
        "crops": "MODEL_SHAPE corners cut held_out_corners overlaps",
        "crosshole": (
            "Picks SAME_ANTENNA SPEEDS SURVEY SURVEY_COLUMNS all_pairs boundary_length "
            "has_antennas read_survey read_traveltimes"
        ),
        "marine": (
            "FIELDS PLAUSIBLE WATER check_in_rock check_model correlated_field first_water grid "
            "read_model resample synthetic"
        ),
        "sphere": (
            "destination great_circle_distance grid_points latitude_longitude map_grid "
            "nearest_points neighbour_pairs regional_grid regions regular_grid spacing spiral "
            "spiral_slope unit_vectors"
        ),
        "stirred_circle": (
            "LAMBERT LARGEST_X MIDPOINT_STEPS MULTISTEP POINTS amplitude_curves grey_images "
            "image_slopes"
        ),
        "stirred_contour": "SMALLEST_ANGLE deform enclosed_area",
        "stirring": (
            "CIRCLE_RADIUS Distributions FLOW_PARAMETERS Flow POINTS_AT_ONCE advect "
            "parameter_bounds sample_parameters stir stream_function"
        ),
        "training_images": "TrainingImage read_training_image",
        "velocity_errors": "VelocityErrors",
    },
)
