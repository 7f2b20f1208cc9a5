"""Ensembles of models: raw chains, statistics, compression."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "agreement": (
            "MOMENTS MOMENT_SAMPLES PAIRS_AT_ONCE SOURCES blocks_of border_correlations "
            "compare_ensembles compare_marginals difference_rows floors join_regions moment_maps "
            "pair_correlations"
        ),
        "azimuth": (
            "SAMPLES_AT_ONCE error_spread exact_integrals expected_spread relative_errors "
            "sine_integrals sine_sums"
        ),
        "brought": (
            "BroughtEnsemble CHAIN_DIMENSIONS DEVIATIONS LEAST_SAMPLES LEAST_VARIATION "
            "PLACE_NAMES SAMPLE_DIMENSIONS read_brought"
        ),
        "chains": (
            "CHAIN_RANGES VARIABLES chain_dataset check_chain foreign_chains foreign_record "
            "join_chains read_chain voronoi_models write_chain"
        ),
        "fidelity": (
            "CLASSIFIED CLASSIFIER_STEPS COMPARED_AT_ONCE CORRELATED_PAIRS COVARIED DIRECTIONS "
            "HOLE SEARCHED_SAMPLES SECTORS classifier_accuracy correlation_by_distance "
            "held_out_chains joint_scores marginal_scores near_pairs ring_scores whitened_scores"
        ),
        "given": (
            "FARTHEST GIVEN_DIMENSIONS ROWS_AT_ONCE VALUES_AT_ONCE check_given read_given "
            "read_given_points"
        ),
        "marginals": (
            "SORTED_POINTS distance_to_gaussian earth_movers_distance halves_by_chain "
            "marginal_histograms random_halves sampling_floor"
        ),
        "places": "DISTANCE_BINS Places SHOWN_PAIRS",
        "shell": "Radius SHELL SHELL_RADIUS SHELL_WIDTH log_density slice_probability",
        "slices": "Slice collect_slice in_slice within_slice",
        "statistics": (
            "CoMoments MOMENT_POINTS Moments block_comoments block_moments compression_rate "
            "covariance_matrix ensemble_moments ensemble_values map_difference merge_comoments "
            "merge_moments"
        ),
        "stored": "STORED_CHUNK read_blocks read_index read_points write_ensemble",
        "thinning": "first_part kept_models take_models thin_ensemble thinned_blocks",
        "two_phase": "TwoPhase",
        "voronoi": "SEARCHED_POINTS VoronoiModels evaluate",
    },
)
