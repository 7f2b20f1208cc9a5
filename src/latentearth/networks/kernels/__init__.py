"""Compiled passes over memory that networks are made of, and who decides on bfloat16."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "bits": "narrow rounded widen",
        "first_convolution": "patch_convolution",
        "fixed_convolution": "convolve",
        "instance_norm": "norm_relu relu_norm",
        "noise": "NOISE_LANES NoiseStreams",
        "precision": "Products autocast channels_last has_bfloat16 rounds",
        "rectified_norm": "LOOSE SLOPE",
    },
)
