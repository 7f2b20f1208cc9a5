# Santos et al. (2024): figures of homogenization and of the inverse problem. The names S24_... come
# from santos2024_inversion.smk.


rule santos2024_fig02:
    "Figure 2: a marble cake, its elastic medium and its effective medium."
    input:
        observed=f"{S24_INVERSION}/observed_{S24_INV.waves:g}.nc",
    output:
        shown("figures/santos2024/fig02.png", "Figure 2"),
    log:
        "logs/santos2024/fig02.log",
    benchmark:
        "benchmarks/santos2024/fig02.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(),
    script:
        "../scripts/santos2024/fig02.py"


rule santos2024_fig03:
    "Figure 3: effective medium and anisotropy of a marble cake."
    input:
        observed=f"{S24_INVERSION}/observed_{S24_INV.waves:g}.nc",
    output:
        shown("figures/santos2024/fig03.png", "Figure 3"),
    log:
        "logs/santos2024/fig03.log",
    benchmark:
        "benchmarks/santos2024/fig03.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(),
    script:
        "../scripts/santos2024/fig03.py"


rule santos2024_fig08:
    "Figure 8: the target of the principal experiment and what is observed of it."
    input:
        observed=f"{S24_INVERSION}/observed_{S24_INV.waves:g}.nc",
    output:
        shown("figures/santos2024/fig08.png", "Figure 8"),
    log:
        "logs/santos2024/fig08.log",
    benchmark:
        "benchmarks/santos2024/fig08.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(figure="Figure 8"),
    script:
        "../scripts/santos2024/target.py"


rule santos2024_fig09:
    "Figure 9: posterior marginals of the first latent dimensions."
    input:
        chains=f"{S24_INVERSION}/chains/principal.nc",
    output:
        shown("figures/santos2024/fig09.png", "Figure 9"),
    log:
        "logs/santos2024/fig09.log",
    benchmark:
        "benchmarks/santos2024/fig09.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(
            weights=S24.weights,
        ),
    script:
        "../scripts/santos2024/fig09.py"


rule santos2024_fig10:
    "Figure 10: images drawn from the posterior."
    input:
        solution=f"{S24_INVERSION}/solution/principal.nc",
    output:
        shown("figures/santos2024/fig10.png", "Figure 10"),
    log:
        "logs/santos2024/fig10.log",
    benchmark:
        "benchmarks/santos2024/fig10.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(
            weights=S24.weights,
        ),
    script:
        "../scripts/santos2024/fig10.py"


rule santos2024_fig11:
    "Figure 11: mean and mode of the posterior in latent space and in pixels."
    input:
        solution=f"{S24_INVERSION}/solution/principal.nc",
    output:
        shown("figures/santos2024/fig11.png", "Figure 11"),
    log:
        "logs/santos2024/fig11.log",
    benchmark:
        "benchmarks/santos2024/fig11.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(
            weights=S24.weights,
        ),
    script:
        "../scripts/santos2024/fig11.py"


rule santos2024_fig12:
    "Figure 12: results for different cutoff wavelengths."
    input:
        chains=expand(f"{S24_INVERSION}/chains/{{inversion}}.nc", inversion=S24_CUTOFFS),
        solutions=expand(f"{S24_INVERSION}/solution/{{inversion}}.nc", inversion=S24_CUTOFFS),
    output:
        shown("figures/santos2024/fig12.png", "Figure 12"),
    log:
        "logs/santos2024/fig12.log",
    benchmark:
        "benchmarks/santos2024/fig12.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(
            weights=S24.weights,
        ),
    script:
        "../scripts/santos2024/fig12.py"


rule santos2024_fig13:
    "Figure 13: observation and anisotropy of the target at a long cutoff wavelength."
    input:
        observed=f"{S24_INVERSION}/observed_{S24_INV.anisotropy_waves:g}.nc",
    output:
        shown("figures/santos2024/fig13.png", "Figure 13"),
    log:
        "logs/santos2024/fig13.log",
    benchmark:
        "benchmarks/santos2024/fig13.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(figure="Figure 13"),
    script:
        "../scripts/santos2024/target.py"


rule santos2024_fig14:
    "Figure 14: with and without anisotropy in the data."
    input:
        anisotropic=f"{S24_INVERSION}/solution/cutoff_{S24_INV.anisotropy_waves:g}.nc",
        isotropic=f"{S24_INVERSION}/solution/isotropic.nc",
    output:
        shown("figures/santos2024/fig14.png", "Figure 14"),
    log:
        "logs/santos2024/fig14.log",
    benchmark:
        "benchmarks/santos2024/fig14.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(
            weights=S24.weights,
        ),
    script:
        "../scripts/santos2024/fig14.py"


rule santos2024_fig15:
    "Figure 15: inversions for further targets."
    input:
        solution=f"{S24_INVERSION}/solution/targets.nc",
        table="results/santos2024/table_targets.csv",
    output:
        shown("figures/santos2024/fig15.png", "Figure 15"),
    log:
        "logs/santos2024/fig15.log",
    benchmark:
        "benchmarks/santos2024/fig15.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(
            weights=S24.weights,
        ),
    script:
        "../scripts/santos2024/fig15.py"


rule santos2024_samplers_figure:
    "Autocorrelation and cost of the samplers."
    input:
        table=f"{S24_INVERSION}/samplers.csv",
        curves=f"{S24_INVERSION}/samplers.nc",
    output:
        shown("figures/santos2024/samplers.png", "Beyond: samplers"),
    log:
        "logs/santos2024/samplers_figure.log",
    benchmark:
        "benchmarks/santos2024/samplers_figure.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(
            weights=S24.weights,
        ),
    script:
        "../scripts/santos2024/samplers_figure.py"


rule santos2024_own_figure:
    "Solution for a user's own effective medium."
    input:
        solution=f"{S24_INVERSION}/solution/own.nc",
    output:
        shown("figures/santos2024/own_medium.png", "Own medium"),
    log:
        "logs/santos2024/own_figure.log",
    benchmark:
        "benchmarks/santos2024/own_figure.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(
            weights=S24.weights,
        ),
    script:
        "../scripts/santos2024/own_figure.py"


rule santos2024_convergence:
    "Convergence of the principal chains and what they found: Figures A1 to A5 (apps C, D)."
    input:
        chains=f"{S24_INVERSION}/chains/principal.nc",
    output:
        numbers=f"{S24_INVERSION}/convergence.nc",
        figA1=shown("figures/santos2024/figA1.png", "Figure A1"),
        figA2=shown("figures/santos2024/figA2.png", "Figure A2"),
        figA3=shown("figures/santos2024/figA3.png", "Figure A3"),
        figA4=shown("figures/santos2024/figA4.png", "Figure A4"),
        figA5=shown("figures/santos2024/figA5.png", "Figure A5"),
    log:
        "logs/santos2024/convergence.log",
    benchmark:
        "benchmarks/santos2024/convergence.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(weights=S24.weights, lags=S24.autocorrelation_lags),
    script:
        "../scripts/santos2024/convergence.py"
