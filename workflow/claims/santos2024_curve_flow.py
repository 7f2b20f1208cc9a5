"""Santos et al. (2024): findings on a generator that knows the form of the flow, which is ours."""

from collections.abc import Iterator
from typing import Any

from claims.santos2024_recovery import (
    BEST,
    BEYOND,
    RECOVERED,
    best_null,
    eleven,
    mean,
    pixels_right,
)
from claims.santos2024_recovery import OURS as OUR_TARGET
from support.ledger.forms import (
    Finding,
    Measure,
    Need,
    Null,
    Provided,
    Test,
    at_least,
    at_most,
    cell,
    defined,
    sampled,
)

TABLE = "table_generators.csv"
WHERE = 'table "Beyond: generators"'
OURS = Need("marble cakes stirred here", lambda config: config.santos2024.prior.own is None)
RIGHT, LEAST = "pixels_right_percent", "least_pixels_right_percent"


def of_curve_flow(column: str) -> Measure:
    """A column of the curve flow's row."""
    return cell(column, generator="curve_flow")


def of_real(column: str) -> Measure:
    """A column of the row of training images, which need no learning."""
    return cell(column, generator="training_images")


def below_real(column: str) -> Measure:
    """By how much real cakes have more of a score."""

    def difference(table: Any) -> float:
        return of_real(column)(table) - of_curve_flow(column)(table)

    return difference


INVERTED = Need(
    "the curve flow among the priors of the recovery",
    lambda config: "curve_flow" in config.santos2024.recovery.priors,
)
FITS = Provided(
    "its closest fits have 90 per cent of pixels right",
    of_curve_flow(RIGHT),
    at_least(90, defined("Halfway from a nearest training image (about 75) to all and more.")),
)


def closest_fits() -> Iterator[Finding]:
    """What it can make of images that it has not seen."""
    rows: tuple[tuple[str, str, str, str, str, Test], ...] = (
        (
            "curve-flow-closest-fit",
            "has 95 per cent of the pixels of a held-out cake right at best, in the mean",
            RIGHT,
            "per cent of pixels, mean",
            "WGAN-GP: 73 to 78",
            at_least(95, defined("The goal that was set before it was built.")),
        ),
        (
            "curve-flow-least-fit",
            "has 80 per cent of the pixels of the worst held-out cake right at best",
            LEAST,
            "per cent of pixels, least",
            "none",
            at_least(80, defined("The goal that was set before it was built.")),
        ),
        (
            "curve-flow-error",
            "leaves at most 15 per cent of the data's variability: sigma_G is no longer the limit",
            "sigma_g_percent_of_spread",
            "per cent of the variability",
            "about 75 (WGAN-GP)",
            at_most(15, defined("Below sigma_o, which is 20 per cent.")),
        ),
    )
    for id, statement, column, unit, published, test in rows:
        yield Finding(
            id=id,
            where=f"Section 4.2 (ours, not the paper's); {WHERE}",
            statement=f"A generator that knows the form of the flow {statement}.",
            published=published,
            unit=unit,
            reads=TABLE,
            ours=of_curve_flow(column),
            test=test,
            needs=(OURS,),
            null=Null("nearest training image", of_real(column)),
            differs="The search ends in another valley for some images "
            "(table_generators.csv: least_pixels_right_percent).",
        )


def distribution() -> Iterator[Finding]:
    """Whether it makes all cakes and nothing else."""
    for score in ("recall", "coverage"):
        yield Finding(
            id=f"curve-flow-{score}",
            where=f"Section 3.3 (ours, not the paper's); {WHERE}",
            statement="A generator that knows the form of the flow draws from the same "
            f"distribution as the training set: its {score} is that of real cakes.",
            published="same distribution",
            unit=f"({score} of real cakes, less its own)",
            reads=TABLE,
            ours=below_real(score),
            test=at_most(0.03, sampled("Three errors of 2048 images.")),
            needs=(OURS,),
            null=Null("training images themselves", lambda t: 0.0),
            provided=(FITS,),
        )


def recovery() -> Iterator[Finding]:
    """What its latent vectors recover of targets, from what tomography sees of them."""
    rows: tuple[tuple[str, str, Any, float], ...] = (
        ("curve-flow-recovers", "in the mean of targets", mean, 0.90),
        ("curve-flow-recovers-worst", "for the worst target", min, 0.80),
    )
    for id, of, over, least in rows:
        yield Finding(
            id=id,
            where=f"Section 5 (ours, not the paper's); {BEYOND}",
            statement="Inverted for the latent vectors of a generator that knows the form of the "
            f"flow, the mean image at L/5 has {100 * least:.0f} per cent of the pixels, {of}.",
            published=OUR_TARGET,
            unit="share of correct pixels",
            reads="table_recovery.csv",
            ours=pixels_right("curve_flow", over),
            test=at_least(least, defined("The goal that was set before it was built.")),
            needs=(RECOVERED, INVERTED),
            null=Null(BEST, best_null(over)),
            differs="Particles end in another valley (table_recovery.csv: log_likelihood below "
            "log_likelihood_of_truth).",
        )


FINDINGS: list[Finding] = [*closest_fits(), *distribution(), *recovery(), *eleven(recovery())]
