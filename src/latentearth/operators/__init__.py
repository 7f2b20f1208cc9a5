"""Forward operators: from models of the Earth to what instruments record."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "eikonal": "RAY arrival_log_likelihood edt_log_likelihood interpolate_times travel_times",
        "elastic_kernel": (
            "DIFFERENCE_WEIGHTS HALF_WAY HALO ONE damp damp_normal explode record_pressure "
            "record_strains stresses velocities"
        ),
        "elastic_solver": "EXPLOSION Quantity REFLECTION Recording Solver",
        "elastic_waves": (
            "BAND DEEPWAVE_WEIGHTS Medium ORDER WATER_NODES WEIGHTS analytic_pressure "
            "check_stability largest_step reciprocal reciprocal_traces simulate "
            "simulate_recordings undo_time_dispersion without_high_water"
        ),
        "event_box": "flat grid_posterior nodes_around nodes_below",
        "explosions": (
            "delay latin_hypercube moment_acceleration moment_rate scale_velocity take_event "
            "take_sources to_nodes"
        ),
        "given_traces": (
            "GivenTraces LATEST MOST_ALIASED ON_A_SAMPLE SAME_INTERVAL SLOWEST UNKNOWN "
            "check_arrivals from_origin_time on_axis read_given_traces read_positions read_record"
        ),
        "greens_functions": (
            "BASIS CHUNK COMPONENTS ELEMENTARY GreensFunctions LEAST_WEIGHT TIME_DEGREE "
            "from_recording greens_chunks greens_dataset read_greens_functions"
        ),
        "greens_kernel": "interpolate trilinear",
        "homogenization": "Homogenization PASS between grid_size middle taper",
        "homogenization_elastic": (
            "COEFFICIENTS PLACE Rock TwoPhases anisotropy backus from_coefficients isotropic "
            "rotation to_coefficients voigt_reuss"
        ),
        "homogenization_modes": "LowModes ModeProjection Reference",
        "homogenization_solver": (
            "IMAGES_PER_SOLVE contrasts polarisations scalar_modes tensor_modes"
        ),
        "path_kernel": (
            "AT_ONCE LANES LEAST_FALL UNREACHED arrivals cells_at last_segment perimeter "
            "seed_lattice sweep trace trace_all"
        ),
        "shortest_path": (
            "ENGINES Engine ShortestPath TOGETHER Tracer check_antennas sweeping ttcrpy"
        ),
        "splines": "LARGEST_INTEGER spline_coefficients",
        "straight_rays": "Grid StraightRays ray_lengths",
        "trace_files": "Traces check_alike check_traces read_traces traces_dataset",
        "trace_scores": "r2d r2d_interval skill without_loudest",
        "wave_checks": "agreement arrival_times by_mechanism peak_times refinement relative_l2",
    },
)
