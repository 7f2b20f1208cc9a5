"""Findings beyond Spurio Mancini et al. (2021): emulators beside the solver's own stored field."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from claims.spurio_mancini2021_emulators import SIMULATED
from claims.spurio_mancini2021_location import SIGN, events
from support.ledger.forms import (
    Finding,
    Measure,
    Null,
    Provided,
    at_least,
    at_most,
    equal,
    sampled,
    timed,
)

PLACE = 'beyond the paper, table "Ways to locate, table", figure "Beyond: coverage"'
finding = partial(Finding, reads="table_methods.csv", needs=(SIMULATED,), where=PLACE)


TWO_ERRORS = sampled("Two binomial standard errors of the events.")


def of(column: str, kind: str) -> Measure:
    """A cell of the row of all events."""
    return lambda table: table.at(column, kind=kind, depth="all")


def times(column: str, above: str, below: str) -> Measure:
    """How many times the cell of one method holds that of another, over all events."""
    return lambda table: of(column, above)(table) / of(column, below)(table)


def furthest(kind: str) -> Measure:
    """By how much regions of 68, 95 or 99 per cent hold more or less than they say, the most."""

    def distance(table: Any) -> float:
        return max(
            abs(of(f"coverage_{level}", kind)(table) - level / 100)
            / events(level / 100, of("events", kind)(table))
            for level in (68, 95, 99)
        )

    return distance


HEADLINES = [
    finding(
        id="emulator-beats-store",
        headline=True,
        statement="An emulator locates better than the solver's own field, interpolated.",
        published="emulators are needed",
        unit="(times, median error of the store over that of NN direct)",
        ours=times("error_m", "store", "direct"),
        test=at_least(1, SIGN),
        null=Null("mean aligned trace", times("error_m", "store", "mean")),
        differs="The field comes from the simulation that the emulator learns from; it needs no "
        "training, and errs less (table_methods.csv, error_m, setup_cpu_s).",
    )
]


def store() -> Iterator[Finding]:
    """What the store's likelihood says of itself, and what the emulator's does."""
    for level in (68, 95, 99):
        yield finding(
            id=f"store-coverage-{level}",
            statement=f"Regions of {level} per cent hold {level} per cent of true positions (the "
            "solver's own field and noise alone, data of another grid).",
            published=level / 100,
            ours=of(f"coverage_{level}", "store"),
            test=equal(
                level / 100,
                sampled("Two binomial standard errors of 300 events."),
                absolute=events(level / 100, 300),
            ),
            scale="study",
            differs="Two grids of one model disagree by some per cent of a trace "
            "(validation.json, mechanisms_l2), more than the noise of shallow events.",
        )
    yield finding(
        id="store-honest",
        statement="Regions of the store are honest where those of NN direct are not.",
        published="honest",
        unit="two binomial standard errors, the most of 68, 95 and 99 per cent",
        ours=furthest("store"),
        test=at_most(1, TWO_ERRORS),
        provided=(
            Provided("those of NN direct are not", furthest("direct"), at_least(1, TWO_ERRORS)),
        ),
    )
    yield finding(
        id="store-errors-honest",
        statement="Regions of the store are honest once its own errors count: those of traces of "
        "further events on the other grid, with a power of the likelihood learned from these.",
        published="honest",
        unit="two binomial standard errors, the most of 68, 95 and 99 per cent",
        ours=furthest("store_errors"),
        test=at_most(1, TWO_ERRORS),
        provided=(
            Provided("those with noise alone are not", furthest("store"), at_least(1, TWO_ERRORS)),
        ),
    )
    yield finding(
        id="emulator-beats-mean-trace",
        statement="NN direct locates better than the mean aligned trace.",
        published="better",
        unit="(times, median error of the mean trace over that of NN direct)",
        ours=times("error_m", "mean", "direct"),
        test=at_least(1, SIGN),
        null=Null("the solver's own field", times("error_m", "mean", "store")),
    )
    yield finding(
        id="emulator-faster-than-store",
        statement="NN direct locates an event in less time than the store.",
        published="faster",
        unit="(times)",
        ours=times("event_ms", "store", "direct"),
        test=at_least(1, timed("One processor, the same sampler.")),
    )


FINDINGS = list(store())
