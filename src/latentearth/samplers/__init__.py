"""Samplers of probability densities and their diagnostics."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "annealing": (
            "Annealing HALVINGS HAMILTONIAN OnStage Sampler anneal_all log_mean_weight next_beta "
            "systematic tempered_weights"
        ),
        "cell_posterior": "CellMoves CellPosterior CellPrior",
        "chain_files": "sample_to_files",
        "fitted_draws": (
            "FEW_POINTS FITS FittedDraws Mixture NARROWEST PRIOR_POINTS SPREADS STILL Unwrapped "
            "fitted powered"
        ),
        "importance": (
            "EFFECTIVE FOUND FREEDOM Importance PROPOSAL_CENTRES ROUGH ROUNDS SETTLED WIDTHS "
            "scanned temper"
        ),
        "latent_chains": "LatentChains block_noise first_positions some_particles",
        "latent_kernels": (
            "JITTER LatentState METHODS Move Noise begin_chains differentiated take_step trajectory"
        ),
        "latent_modes": (
            "AGAIN CLIMBS DAMPINGS FAR_BELOW FIRST_DAMPING KEPT LAST_GAIN LatentModes "
            "MOST_DAMPING MOST_MODES OTHER_MODE QUOTIENT_STEP RENEWED Residuals WIDE"
        ),
        "latent_tuning": (
            "CORRELATED DECAY SMALLEST_VARIANCE Tuning WINDOWS begin_tuning ends gather "
            "learn_shape learn_step reset_sums"
        ),
        "metropolis": "Metropolis",
        "modes": "BELOW HEAVY_TAILS LEAST MIXED ModeSampler STEP",
        "nested": "LONGEST_FOLDER Nested multinest_available",
        "population_annealing": (
            "FEWEST LEAST_TRUST LENGTHS LONGEST NUDGE OF_FITTED PopulationAnnealing SHARES "
            "TELLING WHOLE difference_jumps"
        ),
        "random_numbers": "LAYERS TAIL below bits fill_normal normal stream_states uniform",
        "random_walk": (
            "Density GROUP WalkState advance_within begin_walk compiled_density compiled_region "
            "drawer everywhere"
        ),
        "targets": "Array Box Chart Normal Posterior Prior Target box_of",
        "tempered_path": "TemperedPath",
        "transdimensional": (
            "MOVES RaggedChains Transdimensional acceptance copy_state initial_state kernel_paths "
            "kernel_settings sample_chain workspace"
        ),
        "tries": "OF_TRIES best_of_tries",
        "voronoi_cells": (
            "Paths SLACK VoronoiState Work build_cell_lists claim_point commit_points "
            "forget_points give_points look_around shift_point take_points"
        ),
        "voronoi_kernel": "SPHERE VoronoiSettings advance_cells record_cells",
    },
)
