"""Generators of ensembles behind one interface: fit, draw, log density, save, load.

From two numbers per point to a flow, so that a network can be judged beside what needs none.
"""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "base": "EnsembleGenerator ROOM Stored load put_together save take_apart",
        "cell_copying": (
            "CellCopying CellCopyingSettings DRAWN_AT_ONCE SEARCHED partitions visited_neighbours"
        ),
        "cell_copying_corrections": (
            "COMPARED Corrected DrawnStatistics FULL_STEPS KNOWN MOST_CHANGE correct_by_draws "
            "drawn_statistics"
        ),
        "cell_copying_kernel": (
            "CELL_SIZES CLASSES DISTANCES Geometry Room Tables VALUE_LEVELS count_levels "
            "count_outcomes draw_models level measure_classes measure_trades partition"
        ),
        "coordinates": (
            "NormalScores RadialScores SORTED_COORDINATES Whitening fit_normal_scores "
            "fit_radial_scores fit_whitening interpolate_one"
        ),
        "curve_flow": "CurveFlow",
        "dense_network": "DRAWN_STREAMS DenseNetwork of_stack",
        "flow_matching": (
            "FlowMatching FlowTraining STATES_AT_ONCE TANGENTS_AT_ONCE TIME_FEATURES velocity"
        ),
        "gaussian": "Gaussian IndependentGaussians RIDGE_SHARES fit_independent",
        "mapped": "MAPPED_AT_ONCE Mapped fit_copula fit_flow",
        "stopping": "Fit RHAT_SHARE course_of_chains halves_apart stops_at",
        "stored_samples": "DISTANCES_AT_ONCE KernelDensity Resampled fit_kernels fit_resampled",
    },
)
