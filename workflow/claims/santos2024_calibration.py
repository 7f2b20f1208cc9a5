"""Santos et al. (2024): findings on the calibration of posteriors of images (ours, section 4.2)."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from claims.santos2024_recovery import OURS, OWN_CAKES
from support.ledger.forms import (
    Finding,
    Measure,
    Need,
    Null,
    Provided,
    at_least,
    at_most,
    equal,
    sampled,
)

WHERE = 'Section 4.2 (ours, not the paper\'s); figure "Beyond: calibration"'
PRIORS = {
    "stirring": "the flow's own parameters",
    "curve_flow": "the curve flow",
    "wgan_gp": "the WGAN-GP",
}
ERRORS = {
    "independent": "the paper's independent errors",
    "correlated": "errors that hang together",
}
FEW_NUMBERS = ("stirring", "curve_flow")
FEW = "Few draws are effective, and modes are missed (table_calibration.csv: {})."

found = partial(Finding, where=WHERE, reads="table_calibration.csv", scale="study")


def needs(prior: str) -> tuple[Need, ...]:
    """A prior among those that are calibrated."""
    return (
        OWN_CAKES,
        Need(
            f"{prior} among the priors of the calibration",
            lambda config: prior in config.santos2024.recovery.calibration.priors,
        ),
    )


def of(column: str, prior: str, errors: str, truth: str = "cake", kind: str = "full") -> Measure:
    """A cell of the table, of a kind of posterior."""
    which = {"prior": prior, "errors": errors, "truth": truth, "posterior": kind}
    return lambda table: table.at(column, **which)


def gain(prior: str, errors: str, kind: str = "full") -> Measure:
    """Share of pixels right, less that by the prior's share of white at each pixel."""
    right = of("pixels_right", prior, errors, kind=kind)
    null = of("pixels_right", "mean", "none", kind="none")
    return lambda table: right(table) - null(table)


def largest(kind: str) -> Measure:
    """Largest difference of pixels stated and right, of priors with few numbers and both laws."""
    each = [of("overconfidence", p, e, kind=kind) for p in FEW_NUMBERS for e in ERRORS]
    return lambda table: max(abs(one(table)) for one in each)


def least_gain(table: Any) -> float:
    """Least of what these posteriors to a power have more right than the prior's share of white."""
    return min(gain(p, e, "powered")(table) for p in FEW_NUMBERS for e in ERRORS)


def calibrated() -> Iterator[Finding]:
    """Held-out cakes, by each prior and law of errors."""
    for prior, of_prior in PRIORS.items():
        for errors, text in ERRORS.items():
            yield found(
                id=f"calibration-pixels-{prior.replace('_', '-')}-{errors}",
                statement=f"A posterior of {of_prior} by {text} has as many pixels right at L/2 "
                "as it says.",
                published=OURS,
                unit="(share of pixels stated to be right, less the share that is, mean of cakes)",
                ours=of("overconfidence", prior, errors),
                test=at_most(0.04, sampled("Four errors of a mean of 100 cakes, 0.01 each.")),
                provided=(
                    Provided(
                        "it has more right than the prior's share of white, which is honest too",
                        gain(prior, errors),
                        at_least(0.03, sampled("Three errors of a mean of 100 cakes.")),
                    ),
                ),
                needs=needs(prior),
                differs=FEW.format("ancestors, and overconfidence of the prior's own images"),
            )
            yield found(
                id=f"calibration-power-{prior.replace('_', '-')}-{errors}",
                statement="To a power of the likelihood that other cakes teach, a posterior of "
                f"{of_prior} by {text} has as many pixels right at L/2 as it says.",
                published=OURS,
                unit="(share of pixels stated to be right, less the share that is, mean of cakes)",
                ours=of("overconfidence", prior, errors, kind="powered"),
                test=equal(
                    0,
                    sampled("0.004 of 100 cakes, 0.01 of those that teach the power; four errors."),
                    absolute=0.04,
                ),
                null=Null("the posterior itself", of("overconfidence", prior, errors)),
                provided=(
                    Provided(
                        "it has more right than the prior's share of white, which is honest too",
                        gain(prior, errors, "powered"),
                        at_least(0.03, sampled("Three errors of a mean of 100 cakes.")),
                    ),
                ),
                needs=needs(prior),
                differs=FEW.format("power, ancestors"),
            )
            yield found(
                id=f"calibration-held-{prior.replace('_', '-')}-{errors}",
                statement=f"Intervals of 95 per cent by {of_prior} and {text} hold the true "
                "coefficients at L/2.",
                published=0.95,
                unit="share of coefficients held, mean of cakes",
                ours=of("held_95", prior, errors),
                test=equal(0.95, sampled("Four errors of a mean of 100 cakes."), absolute=0.04),
                needs=needs(prior),
                differs=FEW.format("ancestors, held_68"),
            )


def samplers() -> Iterator[Finding]:
    """Images of a prior itself, where only the sampler can err."""
    for prior, of_prior in PRIORS.items():
        yield found(
            id=f"calibration-ranks-{prior.replace('_', '-')}",
            statement=f"Where all is as the posterior believes, ranks of {of_prior} are uniform: "
            "its sampler is exact.",
            published=0.95,
            unit="share of ranks in their central 95 per cent, prior's own images",
            ours=of("positions_95", prior, "correlated", "own"),
            test=equal(0.95, sampled("Four errors of 100 cases of one number."), absolute=0.09),
            needs=(
                *needs(prior),
                Need(
                    "images of the prior itself",
                    lambda config: config.santos2024.recovery.calibration.own > 1,
                ),
            ),
            differs=FEW.format("ancestors, positions_68"),
        )


FINDINGS: list[Finding] = [
    Finding(
        id="calibration-power",
        where=WHERE,
        reads="table_calibration.csv",
        scale="study",
        statement="A power of the likelihood that a few other cakes teach makes posteriors as sure "
        "of pixels as they are right, by the flow's parameters and the curve flow and both laws of "
        "errors.",
        published=OURS,
        unit="(share of pixels stated to be right less the share that is, largest)",
        ours=largest("powered"),
        test=at_most(
            0.04,
            sampled("0.004 of 100 cakes, 0.01 of those that teach the power; four errors."),
        ),
        null=Null("the posterior itself", largest("full")),
        provided=(
            Provided(
                "they have more right than the prior's share of white, which is honest too",
                least_gain,
                at_least(0.03, sampled("Three errors of a mean of 100 cakes.")),
            ),
        ),
        needs=tuple(dict.fromkeys(need for prior in FEW_NUMBERS for need in needs(prior))),
        differs=FEW.format("power, overconfidence and its error"),
    ),
    *calibrated(),
    *samplers(),
]
