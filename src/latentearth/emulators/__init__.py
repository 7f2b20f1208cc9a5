"""Emulators of seismic traces: from a source's position to a pressure trace, behind one interface.

The seven of Spurio Mancini et al. (2021) and the one of Das et al. (2018).
"""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "accuracy": (
            "CODA_S STEP_M accuracies compression location_bias null_emulators peak_errors "
            "what_it_adds"
        ),
        "aligned_store": (
            "AlignedTraces FirstWave NEAREST_KM SplineMap coarser first_wave grid_of halved "
            "interpolated positions_of"
        ),
        "autoencoder_emulator": (
            "AutoencoderNetwork AutoencoderProcesses TraceFeatures fit_autoencoder "
            "fit_autoencoder_network fit_autoencoder_processes"
        ),
        "base": "Emulator SOURCES_AT_ONCE load load_peaks read_card save save_peaks",
        "cvae_emulator": "ConditionalVae",
        "das2018": "Das2018 dominant_samples",
        "direct": "Direct",
        "events": "Events",
        "gaussian_processes": (
            "BOUNDS GaussianFit GaussianProcesses STARTS condition fit_group kernel "
            "negative_log_likelihood scaled"
        ),
        "labels": "LABELS",
        "maps": (
            "Affine GP_ARRAYS Linear MAPS Map NearestRow NetworkMap PlaceSamples PrependLatent "
            "apply_maps from_arrays"
        ),
        "matern_kernel": "KERNEL_VALUES_AT_ONCE ROOT3 matrix predict_processes slopes",
        "pca": (
            "PcaNetwork PcaProcesses compress fit_pca_network fit_pca_processes "
            "principal_components"
        ),
        "peaks": "DirectWave PeakFits PeakModel TIME_STEPS fit_ratios fit_smooth",
        "preprocessing": "Peaks align features find_peaks restore shift_traces",
        "registry": (
            "EMULATOR_SETTINGS Settings assemble choose_reference fit_peaks make_training_data "
            "report"
        ),
        "stacked_regression": "StackedRegression learn_network",
        "training_data": "TrainingData apply_stack make make_aligned plain",
        "wgan_emulator": "ConditionalWgan",
    },
)
