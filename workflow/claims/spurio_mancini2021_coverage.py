"""Findings of Spurio Mancini et al. (2021): do stated regions hold what they say?"""

from collections.abc import Iterator
from functools import partial

from claims.spurio_mancini2021_emulators import SIMULATED
from support.ledger.forms import Finding, Provided, at_most, cell, equal, sampled

finding = partial(Finding, needs=(SIMULATED,))
COVERAGE = (  # id, emulator, likelihood, what is counted, per cent
    ("location-coverage-noise", "direct", "noise", "regions", 95),
    ("location-coverage-modes", "direct", "modes", "regions", 95),
    ("location-coverage-modes-68", "direct", "modes", "regions", 68),
    ("location-coverage-modes-smooth", "direct_smooth", "modes", "regions", 95),
    ("location-coverage-intervals-smooth", "direct_smooth", "modes", "intervals", 95),
)
LABELS = {"direct": "NN direct", "direct_smooth": "NN direct on traces aligned by modelled peaks"}
TRUE = {"regions": "positions", "intervals": "coordinates"}
TRUST = {"noise": "the paper's likelihood", "modes": "the emulator's errors in the likelihood"}


def events(share: float, count: int = 100) -> float:
    """Two binomial standard errors of a share of so many events."""
    return 2 * (share * (1 - share) / count) ** 0.5


TWO_ERRORS = sampled("Two binomial standard errors of 100 events.")


def coverage() -> Iterator[Finding]:
    """How many of the true positions stated regions hold; the paper's own likelihood first."""
    for name, emulator, likelihood, of, percent in COVERAGE:
        first = name == "location-coverage-noise"
        yield finding(
            id=name,
            headline=first,
            where=f'{"Section 4" if first else "beyond the paper"}, figure "Beyond: calibration"',
            statement=f"{of.capitalize()} of {percent} per cent hold {percent} per cent of true "
            f"{TRUE[of]} ({LABELS[emulator]}, {TRUST[likelihood]}).",
            published="accurate and tight constraints" if first else percent / 100,
            reads="calibration.csv",
            ours=cell(f"{of}_{percent}", emulator=emulator, likelihood=likelihood),
            test=equal(percent / 100, TWO_ERRORS, absolute=events(percent / 100)),
            null="See store-coverage-95, of the solver's own field.",
            scale="study",
            differs="It counts the emulator's error as signal: calibration.csv, median_error_m "
            "against median_stated_m."
            if first
            else "",
        )
    yield finding(
        id="location-coverage-modes-99",
        where='beyond the paper, figure "Beyond: calibration"',
        statement="Regions of 99 per cent hold 99 per cent of true positions (NN direct, "
        "the emulator's errors in the likelihood).",
        published=0.99,
        reads=("calibration/direct.nc", "calibration.csv"),
        ours=lambda d, _: (d.level.sel(likelihood="modes") <= 0.99).mean(),
        test=equal(0.99, TWO_ERRORS, absolute=events(0.99)),
        null="See store-coverage-95, of the solver's own field.",
        scale="study",
        provided=(
            Provided(
                "regions of 68 per cent hold no more than they say",
                lambda _, t: t.at("regions_68", emulator="direct", likelihood="modes"),
                at_most(0.68, TWO_ERRORS, margin=events(0.68)),
            ),
        ),
    )
