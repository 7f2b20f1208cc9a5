"""Inverse problems put together from the other rooms: crosshole, downscaling, location."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "arrival_spread": "APART deviations farthest sets_of slownesses",
        "calibration": "Components ErrorLaw KnownTruth scores_of",
        "closest_fit": "ClosestFit",
        "conditional_tensor": (
            "Conditional LEAST_TOLD TensorPrior condition_tensor principal_tensors seen_along "
            "tensor_evidence"
        ),
        "crosshole": "invert_truths",
        "crosshole_survey": (
            "GRID Pairs Survey between_boreholes curved facies own_survey straight times"
        ),
        "curve_flow_prior": "ScoreChart",
        "downscaling": (
            "IMAGES_AT_ONCE Images combine elements generate generator_error grey homogenize "
            "local observe spread"
        ),
        "downscaling_files": (
            "DataErrors FARTHEST_DEVIATIONS FEWEST_OF_A_SPLINE MOST_ANISOTROPIC OTHER_RATIO "
            "OTHER_SCALE UNEVEN read_medium"
        ),
        "downscaling_solution": "EXAMPLES PLANE describe_solution",
        "emulator_errors": (
            "ErrorModes NEIGHBOURS PRIOR_EVENTS Predictor STORED_PEAK STRETCH SWEEPS "
            "VARIANCE_FACTORS aligned_errors log_likelihood predict_traces"
        ),
        "error_covariance": (
            "ErrorCovariance NEIGHBOURS_TRIED SHRINKAGES_TRIED draw_media expected_log_density "
            "fit_error_covariance log_norm"
        ),
        "facies_reliability": "ALIKE MOST_RAYS REACH Reliability facies_levels learn_reliability",
        "field_errors": "FieldErrors NEIGHBOURING",
        "image_priors": "ImagePrior ImagesOf Observation bank_of coarse_errors image_posterior",
        "latent_descent": (
            "Decode Descent Descents Operator descend mean_norm regularization slowness"
        ),
        "latent_posterior": (
            "DIFFERENCE DataError EM_ROUNDS GAUSS_NEWTON_STEPS HALVED HALVES LEAST_GAIN "
            "LEAST_SHARE LEAST_VARIANCE NormalPosterior RIDGE Remainder SCALES VectorRegression "
            "gauss_newton learn_error learn_remainder learn_vectors"
        ),
        "least_squares": (
            "BISECTIONS PenalizedRays Penalty QuadraticInversion WEIGHT_RANGE constant_fit "
            "penalty_spectrum"
        ),
        "likelihood_power": (
            "DIFFERENCE_M LEAST_POWER LikelihoodPower NEAREST SHARE learn_power linear_squares"
        ),
        "linear_downscaling": "gaussian_evidence linear_information nearest_medium wiener_image",
        "location": (
            "LIKELIHOODS NoiseLikelihood POSITIONS_AT_ONCE WaveformLikelihood squared_residuals"
        ),
        "moment_tensor": "EXPANSIONS Elementary FADING TensorLikelihood scan_origin_times",
        "neural_posterior": (
            "DEGREES FIRST_POSITIONS LARGEST_GRADIENT LARGEST_SCALE NeuralPosterior "
            "PosteriorTraining StudentMixture trace_features"
        ),
        "own_event": (
            "AT_EDGE BEST LATER_SCANS LEAST_NOISE ONSET OriginTimes PICK_DRAWS QUOTIENT_STEPS "
            "ReadyRecords SMOOTH TAILS coherence delayed narrowing_scan picked_position "
            "possible_origins predict_records prepare_records refuse_edges shortened"
        ),
        "own_traveltimes": (
            "GOOD_FIT OwnTraveltimes compare_with_picks crossed_cells fit_in_words "
            "read_own_traveltimes weighted"
        ),
        "pixel_honesty": "honest_power overconfidence",
        "power_mixture": "ALIKE_IN_DEPTH MixedLikelihood PowerMixture",
        "principal_components": "PrincipalComponents learn_components",
        "staged_fit": "DRAWS_AT_ONCE LARGEST_SLOPE Stage StagedFit decode",
        "station_terms": (
            "LEAST_CURVATURE SCANNED_AT_ONCE SPARSER Terms TermsLikelihood marginal_of_gain "
            "marginal_of_times scan_terms squared_offsets unexplained whitening_filter"
        ),
        "stirring_parameters": "CURVES CurveChart PHASES stirring_box stirring_prior",
        "tensor_mixture": "FREEDOMS LOCATED MixedTensorLikelihood joint_offsets powers_around",
        "tensor_types": (
            "DOUBLED TYPES angle decompose eigenvalues from_matrix lune magnitude random_tensors "
            "scalar_moment to_matrix"
        ),
        "three_minima": "WELLS descend_example gradient minima objective",
        "total_variation": (
            "FIT_ENOUGH LEAST_SLOWNESS LEFT RayInversion STEP_SIZES TotalVariation "
            "adjoint_differences differences into_ball invert_bent_rays"
        ),
        "warp": "FADE Warp energies",
    },
)
