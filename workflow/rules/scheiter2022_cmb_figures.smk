# Scheiter, Valentine & Sambridge (2022), section 4: Figures 5 to 9. The names SCHEITER_CMB... come from
# scheiter2022_cmb.smk.

SCHEITER_REGION = section(SCHEITER_CMB.region)

FIGURES["scheiter2022"] |= {
    "fig05": figure(
        "First four moments around Australia, of ensemble and GAN (Figure 5).",
        params=dict(region=SCHEITER_REGION),
        statistics=f"{SCHEITER_CMB_RESULTS}/dcgan/statistics_100.nc",
    ),
    "fig06": figure(
        "Earth mover's distance and marginals around Australia (Figure 6).",
        params=dict(region=SCHEITER_REGION),
        statistics=f"{SCHEITER_CMB_RESULTS}/dcgan/statistics_100.nc",
    ),
    "fig07": figure(
        "Covariances and point spread functions around Australia (Figure 7).",
        params=dict(places=SCHEITER_CMB.spread_points, region=SCHEITER_REGION),
        statistics=f"{SCHEITER_CMB_RESULTS}/dcgan/statistics_100.nc",
    ),
    "fig08": figure(
        "GANs trained on 40 and 50 per cent of the chains (Figure 8).",
        params=dict(percent=[40, 50], region=SCHEITER_REGION),
        statistics=expand(
            f"{SCHEITER_CMB_RESULTS}/dcgan/statistics_{{percent}}.nc", percent=[40, 50]
        ),
    ),
    "fig08b_convergence": figure(
        "EMD by part of the chains, with sampling floors (section 4.3).",
        place="Convergence",
        params=dict(percent=SCHEITER_CMB.dcgan.percent),
        sweep=f"{SCHEITER_CMB_RESULTS}/sweep/distances.nc",
        statistics=expand(
            f"{SCHEITER_CMB_RESULTS}/dcgan/statistics_{{percent}}.nc",
            percent=SCHEITER_CMB.dcgan.percent,
        ),
    ),
    "fig09": figure(
        "Global maps of mean and standard deviation, of ensemble and GANs (Figure 9).",
        maps=f"{SCHEITER_CMB_RESULTS}/wgan_mcmc/maps.nc",
    ),
    "cmb_losses": figure(
        "Loss curves and validation distances of the WGANs and DCGANs.",
        place="Trainings",
        params=dict(
            names=[f"WGAN, {group.replace('_', ' ')}" for group in PATCH_GROUPS]
            + [f"DCGAN, first {percent}%" for percent in SCHEITER_CMB.dcgan.percent]
        ),
        histories=[
            *expand(f"{SCHEITER_CMB_RESULTS}/wgan_mcmc/{{group}}_history.nc", group=PATCH_GROUPS),
            *expand(
                f"{SCHEITER_CMB_RESULTS}/dcgan/first_{{percent}}_history.nc",
                percent=SCHEITER_CMB.dcgan.percent,
            ),
        ],
    ),
    "fig09_published": figure(
        "Published McMC, published WGAN and ours side by side (Figure 9).",
        place="Figure 9, published",
        wanted=settings.data.published,
        maps=f"{SCHEITER_CMB_RESULTS}/published_maps.nc",
    ),
}
