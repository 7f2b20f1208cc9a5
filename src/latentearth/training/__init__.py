"""Training loops and checkpoints."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "adversarial": "AdversarialTraining Batches train_adversarial",
        "averaging": "follow",
        "batches": "EnsembleBatches",
        "conditional_training": "ConditionalTraining train_conditional",
        "course": "Course",
        "crop_sgan": "train_sgan",
        "ensemble_gans": "Architecture NO_WATCH card_of load_ensemble_generator pair train_gans",
        "gan_course": "follow_gans",
        "histories": "History history_dataset loss_table",
        "image_batches": "ImageBatches",
        "image_wgan": "draw_images train_wgan_gp",
        "lemniscate_vaes": "lemniscate lemniscate_objective train_lemniscate_vaes",
        "map_dcgan": (
            "HUNDRED_STEPS SMALLEST_DEVIATION draw_grids measure_batch_statistics train_dcgan"
        ),
        "moments": "FEATURED_AT_ONCE FREQUENCIES MARGINALS MomentDistance",
        "muon": "ITERATIONS MOMENTUM Muon QUINTIC SIZE orthogonalised",
        "optimizers": "PARAMETERS_AT_ONCE RMSprop Torch UNCLIPPED copy_to",
        "patch_wgans": "FIVE_HUNDRED_STEPS REFERENCE_VS TABLE_A4 draw_velocities train_patches",
        "penalty": "critic_slopes real_slopes",
        "regression": (
            "Best RegressionTraining StackedNetwork cosine_rate draws mean_squared_error "
            "take_network train_regression"
        ),
        "scores": (
            "LAGS along compared deviation model_statistics pattern_statistics score_vae speeds "
            "straight_path"
        ),
        "validation": "Validation Watch held_out_rows",
        "variational": (
            "CropBatches LearningCurve REFERENCE_BATCH VariationalTraining divergence "
            "train_variational warm_up_rate"
        ),
    },
)
