"""Santos et al. (2024): findings on the inverse problem (section 5)."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from claims.santos2024_recovery import (
    ANISOTROPY,
    BEST,
    RECOVERED,
    best_null_by_target,
    cutoffs,
    gain_without_sampler,
)
from support.ledger.forms import (
    Finding,
    Measure,
    Null,
    Provided,
    at_least,
    at_most,
    cell,
    defined,
    equal,
    falling,
    over_seeds,
    rmse,
    sampled,
    true,
)

ERRORS = "inversion/errors.nc"
SOLUTION = "inversion/solution/{}.nc"
PRINCIPAL = SOLUTION.format("principal")
FURTHER = SOLUTION.format("targets")
CUTOFFS = ("principal", "cutoff_3", "cutoff_2", "cutoff_1")  # from L/5 to L
UNLIKE = 0.09

experiments = partial(Finding, reads="table_experiments.csv")
targets = partial(Finding, reads="table_targets.csv", where="Section 5.4, Figure 15")


CLEARLY = sampled(
    "Unrelated cakes agree at 0.52 of the pixels, with a standard deviation of 0.046 (pairs of "
    "held-out ones): two of these above the mean of the prior, which knows nothing of the target."
)
SHORTFALL = (
    "Generator and chains both fall short. The nearest image that the generator makes, sought "
    "knowing the target, has more right than the posterior (correct_closest_fit of the same "
    "table), as chains stay where few annealed particles end (entry chains-mixed). Of targets that "
    "the generator made itself nearly all pixels are found (table_twins.csv: correct_mean)."
)
BEST_FIT = "prior image that fits the data best, or a Wiener filter, the better one"
TWO_DATA = "none: two kinds of data are compared by one method"
NEAREST = "nearest of all training images, sought knowing the target"


def gain(experiment: str) -> Measure:
    """Share of the mean image's correct pixels above that of the mean of the prior."""
    right, prior = (
        cell(column, experiment=experiment) for column in ("correct_mean", "correct_prior_mean")
    )
    return lambda table, *_: right(table) - prior(table)


def narrowing(experiment: str) -> Measure:
    """By what share the mean deviation of pixels is below the prior's."""
    deviation, prior = (
        cell(column, experiment=experiment) for column in ("mean_deviation", "prior_deviation")
    )
    return lambda table, *_: 1 - deviation(table) / prior(table)


def mean(values: list[float]) -> float:
    """Arithmetic mean."""
    return sum(values) / len(values)


def above(table: Any, column: str) -> list[float]:
    """Share of correct pixels of each further target less another of the table."""
    return [row["correct_mean"] - row[column] for row in table]


def nearest(table: Any) -> float:
    """Mean share of correct pixels of the training images nearest to the further targets."""
    return mean(table.column("correct_best_prior_image"))


# ------------------------------------------------------ section 5.1, the principal experiment


def recovery() -> Iterator[Finding]:
    """How the posterior resembles the target (Figures 10 and 11)."""
    known = cell("correct_best_prior_image", experiment="principal")
    seeds = over_seeds("Three seeds of the principal experiment had 0.671 to 0.677.")
    for id, column, subject, figure in (
        ("mean-image-recovers-target", "correct_mean", "Mean images share", 11),
        ("mode-image-recovers-target", "correct_of_mode", "The mode in latent space has", 11),
        ("latent-mean-image-recovers-target", "correct_of_mean", "The latent mean has", 11),
        ("images-share-shapes", "correct_samples", "Images drawn from the posterior share", 10),
    ):
        yield experiments(
            id=id,
            where=f"Abstract, sections 5.1 and 7, Figure {figure}",
            statement=f"{subject} the overall shapes of the target.",
            published="the same overall shapes",
            unit="share of correct pixels",
            ours=cell(column, experiment="principal"),
            test=at_least(lambda table: known(table) + 0.01, seeds),
            null=Null(NEAREST, known),
            headline=column == "correct_mean",
            differs=SHORTFALL,
        )


def honesty(d: Any) -> Any:
    """Root-mean-square error of each target's mean image over the deviation that comes with it."""
    error = ((d["mean"] - d.true_image) ** 2).mean(("y", "x"))
    return (error / (d.deviation**2).mean(("y", "x"))) ** 0.5


POSTERIOR = [
    *recovery(),
    Finding(
        id="data-fit",
        where='Sections 4.2, 5.1 and 5.4; table "Beyond: experiments"',
        statement="The solutions fit the data within their errors.",
        published="about 1",
        unit="(root-mean-square misfit of the mode over sigma)",
        reads=(PRINCIPAL, ERRORS),
        ours=lambda d, errors: d.misfit_of_mode[0],
        test=equal(
            1,
            sampled("Two errors: of 600 data some 50 are independent (errors-uncorrelated...)."),
            absolute=0.2,
        ),
        null=Null(
            "mean of the prior",
            lambda d, errors: rmse(d.observed[0] / errors.sigma, errors["mean"] / errors.sigma),
        ),
        differs="Below 1, errors are smaller here than sigma_G says (table_errors.csv).",
    ),
    Finding(
        id="posterior-narrower-than-prior",
        where="Section 5.1, Figures 9 and A4",
        statement="The posterior is tighter than the prior.",
        published="smaller than 1",
        unit="(mean standard deviation of a latent dimension)",
        reads=PRINCIPAL,
        ours=lambda d: d.latent_deviation[0].mean(),
        test=at_most(
            lambda d: 1 - 3 / (2 * d.effective_samples[0].median() * d.sizes["latent"]) ** 0.5,
            sampled("Three errors of this mean, by effective samples."),
        ),
        differs="Chains in modes that lie far apart make a posterior about as wide as the prior, "
        "though each chain alone is narrower (entry chains-mixed).",
        note="Appendix D calls the marginals Figure A5 and the covariance Figure A4; the captions "
        "the reverse.",
    ),
    Finding(
        id="pixel-uncertainty",
        where="Section 5.1, Figures 12 and 15",
        statement="The standard deviation of samples at a pixel can be used as its uncertainty.",
        published="can be used",
        unit="(error of mean images over the deviation, mean of the further targets)",
        reads=("table_targets.csv", FURTHER),
        ours=lambda table, d: honesty(d).mean(),
        test=equal(
            1,
            sampled("The prior's own scatter by 0.03 between held-out cakes: three times that."),
            absolute=0.1,
        ),
        null="the prior's mean and deviation are honest by definition; what is provided tells them "
        "apart",
        provided=(
            Provided(
                "targets are recovered",
                lambda table, d: mean(above(table, "correct_prior_mean")),
                at_least(UNLIKE, CLEARLY),
            ),
        ),
        differs="Where a chain is in a wrong mode errors are larger than the posterior says "
        "(targets.nc: mean, deviation, true_image; one chain each).",
    ),
]

# ------------------------------------------------------------------- sections 5.2 and 5.3


def over_cutoffs(column: str, turn: int = 1) -> Measure:
    """Whether a number of the table falls from L/5 over L/3 and L/2 to L; rises, if turned."""
    names = CUTOFFS[::turn]
    return lambda table, *_: falling([table.at(column, experiment=name) for name in names])


def wavelengths() -> Iterator[Finding]:
    """What Figure 12 shows, over its wavelengths."""
    constant = Null("mean of the prior, at every wavelength the same", lambda *_: 0.0)
    rows: tuple[tuple[str, str, str, Measure, Null | str], ...] = (
        (
            "uncertainty-grows-with-wavelength",
            "The smaller the cutoff wavelength, the smaller the uncertainties.",
            "smaller",
            over_cutoffs("mean_deviation", -1),
            constant,
        ),
        (
            "mean-image-sharper",
            "The smaller the cutoff wavelength, the sharper the mean model.",
            "sharper",
            lambda table, *media: falling([medium["mean"].std() for medium in media]),
            constant,
        ),
        (
            "recovery-falls-with-wavelength",
            "Smoother observations lead to less accurate mean models.",
            "less accurate",
            over_cutoffs("correct_mean"),
            constant,
        ),
        (
            "half-box-near-prior",
            "At L/2 the posterior is close to the prior: in pixels half as far from it as at L/5.",
            "close",
            lambda table, *_: narrowing("cutoff_2")(table) <= narrowing("principal")(table) / 2,
            "the mean of the prior is at no wavelength any nearer to the target",
        ),
    )
    for id, statement, published, ours, null in rows:
        yield Finding(
            id=id,
            where="Section 5.2, Figure 12",
            statement=statement,
            published=published,
            unit="(1: so at L/5, L/3, L/2 and L; 0: not)",
            reads=("table_experiments.csv", *(SOLUTION.format(name) for name in CUTOFFS)),
            ours=ours,
            test=true(defined("From each wavelength to the next.")),
            needs=cutoffs(3, 2, 1),
            null=null,
            provided=(
                Provided("L/5 recovers the target", gain("principal"), at_least(UNLIKE, CLEARLY)),
            ),
            headline=id == "uncertainty-grows-with-wavelength",
            differs="One target, and few modes at each wavelength (table_experiments.csv: "
            "r_hat_largest); sigma_G is that of L/5 at all of them.",
        )


def without_anisotropy() -> Iterator[Finding]:
    """Figure 14: what is left if t11 alone is inverted."""
    rows: tuple[tuple[str, str, str, Callable[[str], Measure]], ...] = (
        (
            "isotropic-data-leave-more-uncertainty",
            "Isotropic data leave a higher standard deviation at L/2: anisotropy is crucial.",
            "(narrowing of the prior in pixels, isotropic over anisotropic)",
            narrowing,
        ),
        (
            "isotropic-data-recover-less",
            "It is difficult to recognise the target from isotropic data.",
            "(pixels right beyond the mean of the prior, isotropic over anisotropic)",
            gain,
        ),
    )
    for id, statement, unit, of in rows:
        yield experiments(
            id=id,
            where="Section 5.3, Figure 14",
            statement=statement,
            published="crucial role of anisotropy",
            unit=unit,
            ours=lambda table, of=of: of("isotropic")(table) / of("cutoff_2")(table),
            test=at_most(0.5, defined("If anisotropy is crucial, half at least is its.")),
            needs=(ANISOTROPY,),
            null=TWO_DATA,
            provided=(
                Provided("all data recover it", gain("cutoff_2"), at_least(UNLIKE, CLEARLY)),
            ),
            headline=of is narrowing,
            note="One coefficient stands against six whose errors are taken as independent. Four "
            "are nearly copies (errors-uncorrelated), which alone would narrow the posterior: not "
            "all of the difference is anisotropy's.",
        )


MEDIA = [
    *wavelengths(),
    experiments(
        id="half-box-structure",
        where="Sections 5.2 and 6.1, Figure 12",
        statement="At lambda_0 = L/2 the global structure of the target is still recovered.",
        published="successfully captured",
        unit="share of correct pixels above the mean of the prior",
        reads=("table_experiments.csv", "recovery/nulls_2.nc", "inversion/observed_2.nc"),
        ours=gain("cutoff_2"),
        test=at_least(UNLIKE, CLEARLY),
        needs=(*cutoffs(2), RECOVERED),
        null=Null(BEST_FIT, gain_without_sampler),
        headline=True,
    ),
    Finding(
        id="no-information-at-box-length",
        where="Section 5.2, Figure 12",
        statement="At lambda_0 = L there is no information left after the homogenization.",
        published="no information",
        unit="(spread of targets' media over sigma_o, all coefficients)",
        reads="inversion/observed_1.nc",
        ours=lambda d: ((d.medium.std("target", ddof=1) / d.sigma_o) ** 2).mean() ** 0.5,
        test=at_most(1, defined("Targets differ by less than the noise.")),
        needs=cutoffs(1),
        note="With sigma_o a fifth of the variability at L/5. A fifth of that at L itself, if the "
        "paper means this, would leave 5 by definition.",
    ),
    Finding(
        id="prior-returned-at-box-length",
        where="Section 5.2, Figure 12",
        statement="At lambda_0 = L the chains only sample the prior.",
        published=1,
        unit="(mean standard deviation of a latent dimension)",
        reads=SOLUTION.format("cutoff_1"),
        ours=lambda d: d.latent_deviation[0].mean(),
        test=equal(
            1,
            sampled("30 dimensions, 400 effective samples (the laptop's have 1000): three errors."),
            absolute=0.02,
        ),
        needs=cutoffs(1),
        note="A check of the sampler: sigma_G, that of L/5, is many times what differs between "
        "images at L, so that the prior has to come back.",
    ),
    *without_anisotropy(),
]

# --------------------------------------------------------- section 5.4, further targets


def lowest_null(table: Any, recovery: Any) -> float:
    """As for our mean images, by the best of what needs no sampler for each further target."""
    best = best_null_by_target(recovery)
    return min(best[row["target"]] - row["correct_prior_mean"] for row in table)


def mean_null(table: Any, recovery: Any) -> float:
    """Mean share of correct pixels of the further targets by the best of what needs no sampler."""
    best = best_null_by_target(recovery)
    return mean([best[row["target"]] for row in table])


def ahead(table: Any) -> float:
    """What is to be reached: the nearest training images, and two errors of the difference."""
    by = above(table, "correct_best_prior_image")
    variance = sum((value - mean(by)) ** 2 for value in by) / (len(by) - 1)
    return nearest(table) + 2 * (variance / len(by)) ** 0.5


OTHERS = [
    targets(
        id="lowest-d-min",
        statement="The lowest distance of a target to the training images is about 0.23.",
        published=0.23,
        unit="share of pixels",
        ours=lambda table: min(table.column("d_min")),
        test=equal(
            0.23, sampled("Minima of two tens of 256 held-out cakes: 95 per cent."), absolute=0.066
        ),
    ),
    targets(
        id="further-targets-recovered",
        where="Abstract, sections 5.4 and 7, Figure 15",
        statement="The structure of the further targets is recovered.",
        published="successfully recovered",
        unit="mean share of correct pixels",
        reads=("table_targets.csv", "table_recovery.csv"),
        ours=lambda table, _: mean(table.column("correct_mean")),
        test=at_least(
            lambda table, _: ahead(table),
            sampled("Two errors of the difference, target by target."),
        ),
        null=Null(BEST, mean_null),
        needs=(RECOVERED,),
        headline=True,
        differs=SHORTFALL,
        note="The bound is the nearest of all training images, sought knowing the target.",
    ),
    targets(
        id="further-targets-each",
        statement="For all the tested models the structure of the target is recovered.",
        published="all",
        unit="(lowest share of correct pixels above the mean of the prior)",
        reads=("table_targets.csv", "table_recovery.csv"),
        ours=lambda table, _: min(above(table, "correct_prior_mean")),
        test=at_least(UNLIKE, CLEARLY),
        null=Null(BEST, lowest_null),
        needs=(RECOVERED,),
        differs=SHORTFALL,
    ),
]

FINDINGS: list[Finding] = [*POSTERIOR, *MEDIA, *OTHERS]
