# Santos et al. (2024): figures of homogenization and of the inverse problem. The names SANTOS_... come
# from santos2024_inversion.smk.


rule santos2024_convergence:
    "Convergence of the principal chains and what they found: Figures A1 to A5 (apps C, D)."
    input:
        chains=f"{SANTOS_INVERSION_RESULTS}/chains/principal.nc",
    output:
        numbers=f"{SANTOS_INVERSION_RESULTS}/convergence.nc",
        figA1=shown("figures/santos2024/figA1.png", "Figure A1"),
        figA2=shown("figures/santos2024/figA2.png", "Figure A2"),
        figA3=shown("figures/santos2024/figA3.png", "Figure A3"),
        figA4=shown("figures/santos2024/figA4.png", "Figure A4"),
        figA5=shown("figures/santos2024/figA5.png", "Figure A5"),
    log:
        "logs/santos2024/convergence.log",
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(weights=SANTOS.weights, lags=SANTOS.autocorrelation_lags),
    script:
        "../scripts/santos2024/convergence.py"


FIGURES["santos2024"] |= {
    "fig02": figure(
        "Figure 2: a marble cake, its elastic medium and its effective medium.",
        observed=f"{SANTOS_INVERSION_RESULTS}/observed_{SANTOS_INVERSION.waves:g}.nc",
    ),
    "fig03": figure(
        "Figure 3: effective medium and anisotropy of a marble cake.",
        observed=f"{SANTOS_INVERSION_RESULTS}/observed_{SANTOS_INVERSION.waves:g}.nc",
    ),
    "fig08": figure(
        "Figure 8: the target of the principal experiment and what is observed of it.",
        script="target",
        params=dict(figure="Figure 8"),
        observed=f"{SANTOS_INVERSION_RESULTS}/observed_{SANTOS_INVERSION.waves:g}.nc",
    ),
    "fig09": figure(
        "Figure 9: posterior marginals of the first latent dimensions.",
        params=dict(weights=SANTOS.weights),
        chains=f"{SANTOS_INVERSION_RESULTS}/chains/principal.nc",
    ),
    "fig10": figure(
        "Figure 10: images drawn from the posterior.",
        params=dict(weights=SANTOS.weights),
        solution=f"{SANTOS_INVERSION_RESULTS}/solution/principal.nc",
    ),
    "fig11": figure(
        "Figure 11: mean and mode of the posterior in latent space and in pixels.",
        params=dict(weights=SANTOS.weights),
        solution=f"{SANTOS_INVERSION_RESULTS}/solution/principal.nc",
    ),
    "fig12": figure(
        "Figure 12: results for different cutoff wavelengths.",
        params=dict(weights=SANTOS.weights),
        chains=expand(
            f"{SANTOS_INVERSION_RESULTS}/chains/{{inversion}}.nc", inversion=SANTOS_CUTOFFS
        ),
        solutions=expand(
            f"{SANTOS_INVERSION_RESULTS}/solution/{{inversion}}.nc", inversion=SANTOS_CUTOFFS
        ),
    ),
    "fig13": figure(
        "Figure 13: observation and anisotropy of the target at a long cutoff wavelength.",
        script="target",
        params=dict(figure="Figure 13"),
        observed=f"{SANTOS_INVERSION_RESULTS}/observed_{SANTOS_INVERSION.anisotropy_waves:g}.nc",
    ),
    "fig14": figure(
        "Figure 14: with and without anisotropy in the data.",
        params=dict(weights=SANTOS.weights),
        anisotropic=f"{SANTOS_INVERSION_RESULTS}/solution/cutoff_{SANTOS_INVERSION.anisotropy_waves:g}.nc",
        isotropic=f"{SANTOS_INVERSION_RESULTS}/solution/isotropic.nc",
    ),
    "fig15": figure(
        "Figure 15: inversions for further targets.",
        params=dict(weights=SANTOS.weights),
        solution=f"{SANTOS_INVERSION_RESULTS}/solution/targets.nc",
        table="results/santos2024/table_targets.csv",
    ),
    "samplers_figure": figure(
        "Autocorrelation and cost of the samplers.",
        place="Beyond: samplers",
        to="figures/santos2024/samplers.png",
        params=dict(weights=SANTOS.weights),
        table=f"{SANTOS_INVERSION_RESULTS}/samplers.csv",
        curves=f"{SANTOS_INVERSION_RESULTS}/samplers.nc",
    ),
    "own_figure": figure(
        "Solution for a user's own effective medium.",
        place="Own medium",
        wanted=bool(SANTOS_OWN),
        to="figures/santos2024/own_medium.png",
        params=dict(weights=SANTOS.weights),
        solution=f"{SANTOS_INVERSION_RESULTS}/solution/own.nc",
    ),
}
