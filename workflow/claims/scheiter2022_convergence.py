"""Findings of Scheiter et al. (2022), section 4.3 and appendix B: convergence, chains and GANs."""

from collections.abc import Iterator
from typing import Any

from claims.scheiter2022_australia import REPRODUCES, SWEEP, UNEXPLAINED, statistics
from claims.scheiter2022_measures import both, median, off, part
from support.ledger.forms import Finding, Need, Null, Provided, at_least, at_most, defined, read_off

PARTS = Need(
    "40, 50 and 100 per cent of the chains",
    lambda config: {40, 50, 100} <= {*config.scheiter2022.cmb.sweep.percent},
)


def convergence() -> Iterator[Finding]:
    """Section 4.3: GANs of the first part of each chain."""
    laptop: dict[str, Any] = {"needs": (PARTS,)}
    figure8: dict[str, Any] = {"where": "Section 4.3, Figure 8", **laptop}
    yield Finding(
        id="cmb-fig8-40",
        statement="With 40 per cent of each chain marginals are off far more than with 50.",
        published="significantly worse than with 50 per cent",
        unit="(ratio of medians)",
        reads=(statistics(40), statistics(50), SWEEP),
        ours=lambda first, more, _: first.emd.median() / more.emd.median(),
        test=at_least(2, read_off("Medians of the histograms: 0.05 and 0.016 km/s.")),
        null=Null(
            "the parts of the chains themselves",
            lambda *files: part(files[2], 40) / part(files[2], 50),
        ),
        differs="distances.nc (emd_ensemble): the null says whether the chains changed between.",
        **figure8,
    )
    yield Finding(
        id="cmb-fig8-50",
        statement="With the first 50 per cent the GAN is comparable to that of the full ensemble.",
        published="comparable",
        unit="(ratio of medians)",
        reads=(statistics(100), statistics(50), SWEEP),
        ours=lambda full, half, _: half.emd.median() / full.emd.median(),
        test=at_most(1.33, read_off("Both medians lie between 0.015 and 0.02 km/s.")),
        null=Null(
            "half of each chain from all, over one half of the chains from the other",
            lambda *files: part(files[2], 50) / files[2].floor_chains.median(),
        ),
        provided=(REPRODUCES,),
        **figure8,
    )
    yield Finding(
        id="cmb-fig8-covariance-40",
        statement="With the first 40 per cent the covariance cannot be fully recovered.",
        published="worse than with 50 per cent",
        unit="(norm of the difference, 40 over 50 per cent)",
        reads=(statistics(40), statistics(50)),
        ours=lambda first, more: off(*both(first, "covariance")) / off(*both(more, "covariance")),
        test=at_least(1, defined("Both against the same full ensemble.")),
        provided=(
            Provided(
                "that of 50 per cent is recovered",
                lambda _, more: off(*both(more, "covariance")),
                at_most(0.45, UNEXPLAINED),
            ),
        ),
        **figure8,
    )


def equilibrium() -> Iterator[Finding]:
    """When to stop sampling."""
    laptop: dict[str, Any] = {"needs": (PARTS,)}
    parts: dict[str, Any] = {"reads": SWEEP, **laptop}
    yield Finding(
        id="cmb-equilibrium",
        where='Section 4.3, Figure 8; figure "Convergence"',
        statement="The chains reach equilibrium after half of the samples; the rest adds little: "
        "the halves of each chain differ less than two halves of the chains.",
        published="little",
        unit="km/s",
        ours=lambda d: 2 * part(d, 50),
        test=at_most(
            median("floor_chains"),
            defined("Chains in equilibrium differ among themselves by chance alone."),
        ),
        differs="distances.nc: the second half of a chain tells as much as another chain would.",
        **parts,
    )
    yield Finding(
        id="cmb-convergence-added",
        where='Summary, sections 4.3 and 6, Figure 8; figure "Convergence"',
        statement="The distance between a GAN of part of the chains and the full ensemble can tell "
        "when to stop: half of the chains is further from it than a GAN of all.",
        published="an indication",
        unit="km/s",
        ours=lambda d: part(d, 50),
        test=at_least(
            lambda d: d.emd_gan.sel(percent=100).median(),
            defined("Else a GAN cannot see that samples are missing."),
        ),
        null="ensembles compared directly: at 100 per cent their own distance is 0",
        headline=True,
        differs="distances.nc: the first half of the chains is nearer to all of them than the GAN "
        "of all is, so that a direct comparison tells more.",
        **parts,
    )


def last_over_least(history: Any) -> Any:
    """How far the end of a training is from its best, by distance to held-out samples."""
    distance = history.validation_emd
    return (distance.isel(validation_step=-1) / distance.min("validation_step")).mean()


def trainings() -> Iterator[Finding]:
    """Appendix B on how trainings end; small GANs are in ``scheiter2022_appendix_b.py``."""
    further = defined("Diverged: a fifth further than at its best.")
    yield Finding(
        id="gan-diverges",
        where="Appendix B",
        statement="GANs are prone to diverge again after previous convergence.",
        published="prone to diverge",
        reads="cmb/dcgan/first_100_history.nc",
        ours=last_over_least,
        test=at_least(1.2, further),
        scale="paper",
        unit="(distance to held-out samples, last over least)",
    )


FINDINGS = [*convergence(), *equilibrium(), *trainings()]
