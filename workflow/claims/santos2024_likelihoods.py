"""Santos et al. (2024): findings on anisotropy by independent and by correlated errors (5.3)."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from claims.santos2024_recovery import ANISOTROPY, OURS, mean
from support.ledger.forms import Finding, Measure, at_least, at_most, defined, equal, sampled

TABLE = "table_likelihoods.csv"
WHERE = 'figure "Beyond: likelihoods compared"'
PAPER, TOGETHER = "independent", "correlated"

found = partial(Finding, reads=TABLE, needs=(ANISOTROPY,))


def of(column: str, errors: str, data: str, method: str = "annealing") -> Measure:
    """Mean over the targets of a column of the table."""
    return lambda table, *_: mean(
        table.where(errors=errors, data=data, method=method).column(column)
    )


def share_without(
    column: str, errors: str, method: str = "annealing", data: str = "isotropic"
) -> Measure:
    """What data without anisotropy have of a column, over what all six coefficients have."""
    part, whole = (of(column, errors, which, method) for which in (data, "anisotropic"))
    return lambda table: part(table) / whole(table)


CRUCIAL = "Anisotropy is crucial at L/2: of what all six coefficients tell, "
HALF = at_most(0.5, defined("If anisotropy is crucial, half at least is its."))


def of_anisotropy() -> Iterator[Finding]:
    """What is left of the information without anisotropy."""
    rows: tuple[tuple[str, str, Measure], ...] = (
        (
            "independent",
            "C11 alone tells less than half, by the paper's independent errors.",
            share_without("nats", PAPER),
        ),
        (
            "correlated",
            "C11 alone tells less than half, by errors that hang together.",
            share_without("nats", TOGETHER),
        ),
        (
            "undrowned",
            "C11, C22, C33 and C12 tell less than half, by errors of observation alone.",
            share_without("nats", "observation", "linear", "large"),
        ),
    )
    for name, text, ours in rows:
        yield found(
            id=f"anisotropy-tells-{name}",
            where=f"Section 5.3, Figure 14; {WHERE}",
            statement=CRUCIAL + text,
            published="crucial role of anisotropy",
            unit="(information of data without anisotropy over that of all, mean of targets)",
            ours=ours,
            test=HALF,
            differs="Six coefficients tell more than one also because four of them repeat it with "
            "errors of their own (table_likelihoods.csv: nats of data large).",
            note="C22 - C11 varies less at L/2 than the observation's error; C13 and C23 are what "
            "tells of anisotropy (table_errors_by_cutoff.csv: spread_GPa).",
        )


def gain_of_anisotropy(table: Any) -> float:
    """Share of pixels right by all six coefficients, less that by C11 alone."""
    six, one = (of("pixels_right", TOGETHER, data)(table) for data in ("anisotropic", "isotropic"))
    return six - one


def overconfidence(errors: str) -> Measure:
    """By how much more pixels a posterior says are right than are, of all six coefficients."""
    stated, right = (of(name, errors, "anisotropic") for name in ("pixels_stated", "pixels_right"))
    return lambda table: stated(table) - right(table)


def calibration() -> Iterator[Finding]:
    """Whether a posterior knows what it does not know."""
    for name, errors, text in (
        ("independent", PAPER, "the paper's independent errors"),
        ("correlated", TOGETHER, "errors that hang together"),
    ):
        yield found(
            id=f"coefficients-held-{name}",
            where=f"Section 4.2 (ours, not the paper's); {WHERE}",
            statement=f"By {text}, intervals of 95 per cent hold the true coefficients at L/2.",
            published=OURS,
            unit="share of coefficients held",
            ours=of("held_95", errors, "anisotropic"),
            test=equal(
                0.95,
                sampled(
                    "Errors of a target hang together: some ten free numbers in each of three."
                ),
                absolute=0.08,
            ),
            differs="Few particles of few ancestors know the posterior's middle, not its tails "
            "(table_likelihoods.csv: ancestors, held_68).",
        )
        yield found(
            id=f"pixels-honest-{name}",
            where=f"Section 4.2 (ours, not the paper's); {WHERE}",
            statement=f"By {text}, a posterior at L/2 has as many pixels right as it says.",
            published=OURS,
            unit="(share of pixels stated to be right, less the share that is)",
            ours=overconfidence(errors),
            test=at_most(0.04, sampled("Unrelated cakes agree to 0.046; of three targets 0.027.")),
            differs="The law of what the generator leaves is of its closest fits, sought knowing "
            "the image; the posterior's own images are further away (table_likelihoods.csv: "
            "pixels_stated, pixels_right).",
        )


FINDINGS: list[Finding] = [
    found(
        id="correlated-errors-describe",
        where=f"Section 4.2, equation 15; {WHERE}",
        statement="Independent errors describe what closest fits leave of a medium as well as "
        "errors that hang together do.",
        published="errors are independent",
        reads="inversion/likelihoods.nc",
        unit="(log density of an image left out by correlated errors, less that by independent "
        "ones, which know it)",
        ours=lambda d: float(d.log_density.sel(errors=TOGETHER) - d.log_density.sel(errors=PAPER)),
        test=at_most(3, defined("Odds of twenty to one an image.")),
        differs="C11, C22, C33 and C12 err together, and neighbours do (likelihoods.nc: generator, "
        "neighbour); and sigma_G of L/5 is too large here.",
    ),
    found(
        id="correlated-errors-evidence",
        where=f"Section 4.2, equation 15; {WHERE}",
        statement="The targets' own data prefer errors that hang together.",
        published=OURS,
        unit="(log evidence over that of independent errors, mean of targets)",
        ours=lambda table: (
            of("log_evidence", TOGETHER, "anisotropic")(table)
            - of("log_evidence", PAPER, "anisotropic")(table)
        ),
        test=at_least(3, defined("Odds of twenty to one.")),
        differs="sigma_o, or the law of the closest fits, is not that of these targets.",
    ),
    *of_anisotropy(),
    found(
        id="anisotropy-pixels",
        where=f"Section 5.3, Figure 14; {WHERE}",
        statement="Without anisotropy targets are hard to recognise: by errors that hang "
        "together six coefficients have more pixels right than C11 alone.",
        published="difficult to recognise",
        unit="(share of pixels right by six coefficients, less that by one, mean of targets)",
        ours=gain_of_anisotropy,
        test=at_least(0.03, sampled("Unrelated cakes agree to 0.046; of three targets 0.027.")),
        differs="The generator covers a part of the cakes only: what C13 and C23 tell narrows the "
        "posterior to images of its own, which are not nearer to the target "
        "(table_likelihoods.csv: mean_deviation falls, pixels_right does not rise).",
    ),
    *calibration(),
]
