"""Santos et al. (2024): findings on the calibration of posteriors of images (ours, section 4.2)."""

from collections.abc import Iterator
from functools import partial

from claims.santos2024_recovery import OURS, OWN_CAKES
from support.ledger.forms import (
    Finding,
    Measure,
    Need,
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


def of(column: str, prior: str, errors: str, truth: str = "cake") -> Measure:
    """A cell of the table."""
    return lambda table: table.at(column, prior=prior, errors=errors, truth=truth)


def gain(prior: str, errors: str) -> Measure:
    """Share of pixels right, less that by the prior's share of white at each pixel."""
    right = [of("pixels_right", *which) for which in ((prior, errors), ("mean", "none"))]
    return lambda table: right[0](table) - right[1](table)


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


FINDINGS: list[Finding] = [*calibrated(), *samplers()]
