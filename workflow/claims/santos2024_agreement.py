"""Santos et al. (2024): findings on how runs of a recovery agree with each other."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from claims.santos2024_recovery import BEYOND, OURS, RECOVERED, eleven, mean, recovered, runs
from support.ledger.forms import Finding, Measure, Measured, Need, at_least, at_most, defined

SEEDS = Need("two seeds", lambda config: config.santos2024.recovery.seeds > 1)
BASIN = (
    "A population in another basin, or a fit of which few draws are effective "
    "(table_recovery.csv: log_likelihood, ancestors): docs/decisions/recovery.md."
)
agreed = partial(
    recovered,
    where=f'Section 4.3 (ours, not the paper\'s); {BEYOND}; table "Beyond: recovery by sampler"',
    published=OURS,
)


def evidences(table: Any) -> Iterator[tuple[float, float]]:
    """Variance of log evidence between runs of a target, and what its data tell, in nats."""
    found = runs(table)
    for target in sorted({row["target"] for row in found}):
        values = found.where(target=target)
        evidence = values.column("log_evidence")
        away = [(value - mean(evidence)) ** 2 for value in evidence]
        yield sum(away) / (len(away) - 1), mean(values.column("nats"))


def deviation_of_evidence(table: Any) -> float:
    """Standard deviation of log evidence between runs of a target, largest of the targets."""
    return max(variance for variance, _ in evidences(table)) ** 0.5


def independent_particles(table: Any) -> float:
    """As many as would make evidences of seeds differ as they do, fewest of the targets.

    Of n independent particles log evidence has a variance of nats / n.
    """
    return min(nats / max(variance, 1e-9) for variance, nats in evidences(table))


def over_runs(over: Any, column: str) -> Measure:
    """Largest or lowest number of a column, of runs at L/5 with the flow's own parameters."""
    return lambda table: over(runs(table).column(column))


def agreement() -> Iterator[Finding]:
    """Gates of images and evidences."""
    yield agreed(
        id="recovery-means-agree",
        statement="Populations of other seeds find the same image.",
        unit="(correlation of mean images of two runs of a target, lowest)",
        ours=over_runs(min, "mean_correlation"),
        test=at_least(0.98, defined("Our own target.")),
        needs=(RECOVERED, SEEDS),
        differs=BASIN,
    )
    yield agreed(
        id="recovery-pixels-mixed",
        statement="Populations of other seeds find the same posterior of each pixel.",
        unit="(largest R-hat of all targets' pixels, from means and deviations)",
        ours=over_runs(max, "r_hat_largest"),
        test=at_most(1.05, defined("Our own target.")),
        needs=(RECOVERED, SEEDS),
        differs=Measured(
            "The largest of thousands of pixels: means of as few draws as are effective differ by "
            "up to {:.3f} in 19 of 20 cases, where all are of one posterior; beyond that a run has "
            "missed a part of it (table_recovery.csv: r_hat_by_chance, r_hat_median, ancestors).",
            (over_runs(max, "r_hat_by_chance"),),
        ),
        note="Not by ranks, for which the draws would be needed. A pixel that is the same in all "
        "draws of all runs has none.",
    )
    yield agreed(
        id="recovery-seeds-agree",
        statement="Populations of other seeds find the same evidence.",
        unit="(standard deviation of log evidence between runs of a target, largest)",
        ours=deviation_of_evidence,
        test=at_most(2, defined("Our own target: odds of seven to one.")),
        needs=(RECOVERED, SEEDS),
        differs=BASIN,
    )


EFFECTIVE = agreed(
    id="recovery-effective-draws",
    statement="Every posterior rests on twenty independent draws or more.",
    unit="(effective draws of the fit, or ancestors where there is none, fewest of the runs)",
    ours=over_runs(min, "ancestors"),
    test=at_least(20, defined("A deviation below 2 for data that tell 40 to 80 nats.")),
    differs="Rounds ended before the fit had found the posterior's width "
    "(table_recovery.csv: ancestors): docs/decisions/recovery.md.",
)

FINDINGS: list[Finding] = [
    EFFECTIVE,
    *eleven([EFFECTIVE, *agreement()]),
    agreed(
        id="recovery-independent-particles",
        scale="study",
        statement="Evidences of seeds agree as those of twenty independent particles would.",
        unit="(independent particles whose evidence scatters as much, fewest of the targets)",
        ours=independent_particles,
        test=at_least(20, defined("A deviation below 2 for data that tell 40 to 80 nats.")),
        needs=(RECOVERED, SEEDS),
        differs=BASIN,
    ),
]
