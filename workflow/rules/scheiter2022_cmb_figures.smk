# Scheiter, Valentine & Sambridge (2022), section 4: Figures 5 to 9. The names CMB... come from
# scheiter2022_cmb.smk.


rule scheiter2022_fig05:
    "First four moments around Australia, of ensemble and GAN (Figure 5)."
    input:
        statistics=f"{CMB_RESULTS}/dcgan/statistics_100.nc",
    output:
        shown("figures/scheiter2022/fig05.png", "Figure 5"),
    log:
        "logs/scheiter2022/fig05.log",
    benchmark:
        "benchmarks/scheiter2022/fig05.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(),
    script:
        "../scripts/scheiter2022/fig05.py"


rule scheiter2022_fig06:
    "Earth mover's distance and marginals around Australia (Figure 6)."
    input:
        statistics=f"{CMB_RESULTS}/dcgan/statistics_100.nc",
    output:
        shown("figures/scheiter2022/fig06.png", "Figure 6"),
    log:
        "logs/scheiter2022/fig06.log",
    benchmark:
        "benchmarks/scheiter2022/fig06.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(),
    script:
        "../scripts/scheiter2022/fig06.py"


rule scheiter2022_fig07:
    "Covariances and point spread functions around Australia (Figure 7)."
    input:
        statistics=f"{CMB_RESULTS}/dcgan/statistics_100.nc",
    output:
        shown("figures/scheiter2022/fig07.png", "Figure 7"),
    log:
        "logs/scheiter2022/fig07.log",
    benchmark:
        "benchmarks/scheiter2022/fig07.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(places=CMB.spread_points),
    script:
        "../scripts/scheiter2022/fig07.py"


rule scheiter2022_fig08:
    "GANs trained on 40 and 50 per cent of the chains (Figure 8)."
    input:
        statistics=expand(f"{CMB_RESULTS}/dcgan/statistics_{{percent}}.nc", percent=[40, 50]),
    output:
        shown("figures/scheiter2022/fig08.png", "Figure 8"),
    log:
        "logs/scheiter2022/fig08.log",
    benchmark:
        "benchmarks/scheiter2022/fig08.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(percent=[40, 50]),
    script:
        "../scripts/scheiter2022/fig08.py"


rule scheiter2022_fig08b_convergence:
    "EMD by part of the chains, with sampling floors (section 4.3)."
    input:
        sweep=f"{CMB_RESULTS}/sweep/distances.nc",
        statistics=expand(
            f"{CMB_RESULTS}/dcgan/statistics_{{percent}}.nc", percent=CMB.dcgan.percent
        ),
    output:
        shown("figures/scheiter2022/fig08b_convergence.png", "Convergence"),
    log:
        "logs/scheiter2022/fig08b_convergence.log",
    benchmark:
        "benchmarks/scheiter2022/fig08b_convergence.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(percent=CMB.dcgan.percent),
    script:
        "../scripts/scheiter2022/fig08b_convergence.py"


rule scheiter2022_fig09:
    "Global maps of mean and standard deviation, of ensemble and GANs (Figure 9)."
    input:
        maps=f"{CMB_RESULTS}/wgan_mcmc/maps.nc",
    output:
        shown("figures/scheiter2022/fig09.png", "Figure 9"),
    log:
        "logs/scheiter2022/fig09.log",
    benchmark:
        "benchmarks/scheiter2022/fig09.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(),
    script:
        "../scripts/scheiter2022/fig09.py"


rule scheiter2022_cmb_losses:
    "Loss curves and validation distances of the WGANs and DCGANs."
    input:
        histories=[
            *expand(f"{CMB_RESULTS}/wgan_mcmc/{{group}}_history.nc", group=PATCH_GROUPS),
            *expand(
                f"{CMB_RESULTS}/dcgan/first_{{percent}}_history.nc",
                percent=CMB.dcgan.percent,
            ),
        ],
    output:
        shown("figures/scheiter2022/cmb_losses.png", "Trainings"),
    log:
        "logs/scheiter2022/cmb_losses.log",
    benchmark:
        "benchmarks/scheiter2022/cmb_losses.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(),
        names=[f"WGAN, {group.replace('_', ' ')}" for group in PATCH_GROUPS]
        + [f"DCGAN, first {percent}%" for percent in CMB.dcgan.percent],
    script:
        "../scripts/scheiter2022/cmb_losses.py"


rule scheiter2022_fig09_published:
    "Published McMC, published WGAN and ours side by side (Figure 9)."
    input:
        maps=f"{CMB_RESULTS}/published_maps.nc",
    output:
        shown("figures/scheiter2022/fig09_published.png", "Figure 9, published"),
    log:
        "logs/scheiter2022/fig09_published.log",
    benchmark:
        "benchmarks/scheiter2022/fig09_published.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(),
    script:
        "../scripts/scheiter2022/fig09_published.py"
