# Appendix B of Scheiter et al. (2022): how standard GANs and WGANs fare by dimension.
APPENDIX_B = "results/scheiter2022/appendix_b.nc"


rule scheiter2022_appendix_b:
    "Standard GANs and WGANs on profiles of two phases, watched as they train."
    output:
        APPENDIX_B,
    log:
        "logs/scheiter2022/appendix_b.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 120),
    params:
        **common(settings=section(SCHEITER.appendix_b)),
    script:
        "../scripts/scheiter2022/appendix_b.py"


FIGURES["scheiter2022"] |= {
    "beyond_appendix_b": figure(
        "Standard GANs and WGANs by dimension, on profiles of two phases.",
        place="Beyond: appendix B",
        trainings=APPENDIX_B,
    ),
}
