"""Network architectures, one per file."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "autoencoder": "Autoencoder",
        "cvae": "CVAE",
        "dcgan": "SIDE",
        "generators": "ARCHITECTURES TrainedGenerator load load_encoder load_vae",
        "layers": "convolutions",
        "mlp_gan": "MLP StackSampler",
        "published_wgan": "stack_generators",
        "sgan": "SGAN_LATENT SGAN_LATENT_SHAPE SGAN_WIDTH image_side",
        "small_vae": (
            "DECODER DECODER_ACTIVATIONS ENCODER ENCODER_ACTIVATIONS SmallVaes StackedLinear"
        ),
        "vae": (
            "Decoder Encoder HIDDEN INNER VAE_KERNELS VAE_LATENT VAE_SHAPE VAE_WIDTH draw_initial"
        ),
        "weights": "file_checksum load_into save verify",
        "wgan_gp": "SMALLEST_MAP channels load_image_generator",
    },
)
