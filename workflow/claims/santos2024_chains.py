"""Santos et al. (2024): findings on the chains (section 4.3, appendices C and D)."""

from collections.abc import Iterator
from functools import partial
from statistics import fmean
from typing import Any

from claims.santos2024_generator import ASSESSMENT, TWO_ROCKS, of_set
from support.ledger.forms import (
    Finding,
    Measure,
    Null,
    Provided,
    at_least,
    at_most,
    defined,
    sampled,
)

converged = partial(Finding, reads="inversion/convergence.nc")

MIXED = Provided(
    "chains visit the same places (R-hat)",
    lambda d: d.r_hat.max(),
    at_most(1.1, defined("The usual limit.")),
)


def levels() -> Iterator[Finding]:
    """Figure A1."""
    for id, statement, published, unit, variable in (
        (
            "convergence-same-level",
            "The log-posteriors of all chains oscillate around the same value.",
            "the same values",
            "(largest distance of a chain's mean from that of all, over the scatter within)",
            "level_gap",
        ),
        (
            "convergence-no-trend",
            "The log-posteriors have no obvious trend after burn-in.",
            "no obvious trend",
            "(largest change of a chain from first to last third, over the scatter within)",
            "level_trend",
        ),
    ):
        yield converged(
            id=id,
            where="Appendix C, Figure A1",
            statement=statement,
            published=published,
            unit=unit,
            ours=lambda d, variable=variable: d[variable],
            test=at_most(1, defined("Beyond one deviation curves would be seen to differ.")),
            differs="Chains are in different modes, with levels of their own, or on their way into "
            "one (convergence.nc: level_gap, level_trend; entry chains-mixed).",
        )


def of_truth(d: Any) -> Any:
    """Log likelihood of the true latent vectors of twins, with the error of observation alone."""
    scaled = (d.observed - d.medium) / d.sigma_o
    return -0.5 * (scaled**2).sum(("coefficient", "row", "column"))


def shortfall(chains: Any, truth: Any) -> Any:
    """Log likelihood of a chain less that of its twin's truth, lowest of all chains."""
    found = chains.log_likelihood.mean("sample")
    return (found - of_truth(truth).isel(target=chains.target.astype(int))).min()


def of_twins(column: str) -> Measure:
    """Mean of a column over twins with the error of observation alone."""
    return lambda table, _: fmean(table.where(experiment="twins").column(column))


FINDINGS: list[Finding] = [
    converged(
        id="chains-mixed",
        where="Section 5.1, appendix C, Figures A1, A2 and A3",
        statement="The chains have converged.",
        published="converged",
        unit="(largest rank-normalised R-hat)",
        ours=lambda d: d.r_hat.max(),
        test=at_most(1.1, defined("The usual limit; the paper looks at curves.")),
        headline=True,
        differs="Chains stay in the modes that they begin in (table_experiments.csv: r_hat_largest "
        "and ess_median).",
    ),
    *levels(),
    converged(
        id="convergence-thirds",
        where="Appendix C, Figure A2",
        statement="Mean latent vectors of first and last third of the samples are similar.",
        published="similar",
        unit="posterior standard deviations",
        ours=lambda d: d.third_gap,
        test=at_most(0.3, sampled("22 independent samples in a third leave this much.")),
        provided=(MIXED,),
        note="The means are over all chains, so that chains that never leave their modes pass.",
    ),
    converged(
        id="convergence-two-modes",
        where="Section 5.1, appendix D, Figures 9 and A4",
        statement="The posterior is bimodal in the first four latent dimensions.",
        published="bimodal",
        unit="(largest of Sarle's coefficients)",
        ours=lambda d: d.bimodality[:4].max(),
        test=at_least(5 / 9, defined("1/3 of a Gaussian, 5/9 of a uniform distribution.")),
        provided=(MIXED,),
        differs="The coefficient is near a Gaussian's in the four (convergence.nc: bimodality). "
        "Chains that do not mix would say where they began, not what modes weigh.",
    ),
    converged(
        id="convergence-autocorrelation",
        where="Appendix C, Figure A3",
        statement="The autocorrelation is tight enough that most samples are not correlated.",
        published="most samples uncorrelated",
        unit="(autocorrelation time over samples per chain)",
        reads=("inversion/convergence.nc", "inversion/chains/principal.nc"),
        ours=lambda d, chains: d.autocorrelation_time.median() / chains.sizes["sample"],
        test=at_most(0.05, defined("Twenty independent samples in each chain.")),
        differs="As long as chains stay in different modes, the time between independent samples "
        "is about as long as a chain (convergence.nc: autocorrelation_time).",
        note="A curve falls from 1 within a chain's own mode even where chains are stuck in "
        "different modes: it does not show convergence; R-hat does.",
    ),
    Finding(
        id="better-sampler-distance",
        where='Section 4.3 (ours, not the paper\'s); figure "Beyond: samplers"',
        statement="A gradient or preconditioning moves chains five times as far as the paper's "
        "algorithm in its CPU time of 100 steps.",
        published="our own target",
        unit="ratio of mean squared distances",
        reads="inversion/samplers.csv",
        ours=lambda table: max(
            row["gain_distance"] for row in table if row["method"] != "random_walk"
        ),
        test=at_least(5, defined("Our own target; while far from mixing it is one of samples.")),
        differs="A trajectory turns where the posterior ends (samplers.csv: "
        "squared_distance_limit), and a gradient costs time (cpu_ms_per_evaluation).",
    ),
    Finding(
        id="twins-mode-found",
        where='Section 4.3 (implied); table "Beyond: twins"',
        statement="Chains find what explains the data: for targets that the generator made, latent "
        "vectors that fit as well as the true one.",
        published="converges towards the posterior",
        unit="(log likelihood less that of the truth, mean of a chain, lowest of the chains)",
        reads=("inversion/chains/twins.nc", "inversion/observed_twins.nc"),
        ours=shortfall,
        test=at_least(-10, sampled("Each scatters by the root of half of 30 dimensions, 4.")),
        differs="Chains end in other modes, or do not move (chains/twins.nc: log_likelihood; "
        "table_twins.csv: acceptance, ess_median).",
        note="Chains begin in modes that least squares find from the likeliest of many draws. "
        "Annealed from the prior they end 42 to 1,755 lower (docs/decisions/latent_samplers.md).",
    ),
    Finding(
        id="twins-recovered",
        where='Section 6.1 (implied); table "Beyond: twins"',
        statement="Smooth data tell the image where the generator can make it.",
        published="our own target",
        unit="(share of correct pixels of targets that the generator made, mean)",
        reads=("table_twins.csv", ASSESSMENT),
        ours=of_twins("correct_mean"),
        test=at_least(0.82, defined("Halfway from the nearest training image (0.64) to all.")),
        null=Null(
            "nearest training image, sought knowing the target",
            of_twins("correct_best_prior_image"),
        ),
        provided=(
            Provided(
                "it makes images of two rocks, as greys of any network are found",
                lambda _, assessed: of_set("binarity", "generated")(assessed),
                TWO_ROCKS,
            ),
        ),
        differs="Chains end in other modes (entry twins-mode-found).",
        note="Of marble cakes the same network has no more than its closest fit (entry "
        "further-targets-recovered): the generator is the limit, not data or sampler.",
    ),
]
