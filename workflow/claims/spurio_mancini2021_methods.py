"""Findings beyond Spurio Mancini et al. (2021): emulators beside the solver's own stored field."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from claims.spurio_mancini2021_coverage import events
from claims.spurio_mancini2021_emulators import SIMULATED
from claims.spurio_mancini2021_location import SIGN
from support.ledger.forms import (
    Finding,
    Measure,
    Measured,
    Null,
    Provided,
    at_least,
    at_most,
    defined,
    equal,
    sampled,
    timed,
)

PLACE = 'beyond the paper, table "Ways to locate, table", figure "Beyond: coverage"'
finding = partial(Finding, reads="table_methods.csv", needs=(SIMULATED,), where=PLACE)
UNKNOWN_PLACE = (
    'beyond the paper, figure "Beyond: stations and velocities", table "Beyond: stations and '
    'velocities, table"'
)
unknown_finding = partial(
    Finding, reads="table_unknown_terms.csv", needs=(SIMULATED,), where=UNKNOWN_PLACE
)

TWO_ERRORS = sampled("Two binomial standard errors of the events.")


def of(column: str, kind: str, depth: str = "all") -> Measure:
    """A cell of the row of all events, or of those at some depth."""
    return lambda table: table.at(column, kind=kind, depth=depth)


def times(column: str, above: str, below: str) -> Measure:
    """How many times the cell of one method holds that of another, over all events."""
    return lambda table: of(column, above)(table) / of(column, below)(table)


def furthest(kind: str, levels: tuple[int, ...] = (68, 95, 99)) -> Measure:
    """By how much regions of these per cent hold more or less than they say, the most."""

    def distance(table: Any) -> float:
        return max(
            abs(of(f"coverage_{level}", kind)(table) - level / 100)
            / events(level / 100, of("events", kind)(table))
            for level in levels
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


OF_STUDY = (
    (
        "store",
        "the solver's own field and noise alone",
        "Two grids of one model disagree by some per cent of a trace "
        "(validation.json, mechanisms_l2), more than the noise of shallow events.",
    ),
    (
        "store_errors",
        "the solver's own field and its errors",
        "Errors of the field have larger tails than the Gaussian that is made of them (columns "
        "coverage_68 to coverage_99).",
    ),
    (
        "npe",
        "a posterior that is learned once for all events",
        "A network that answers for the whole model is not equally right everywhere (column "
        "depth).",
    ),
)
UNKNOWN_OF_STUDY = (
    (
        "store_station",
        "delays and gains of stations marginalised",
        "Interfaces in a source's cell err more than neighbours foretell (column depth, "
        "docs/decisions/interfaces.md).",
    ),
    (
        "store_velocity",
        "wrong velocities marginalised",
        "Wave forms change in other ways than by a stretch (column depth, "
        "docs/decisions/interfaces.md).",
    ),
)


def of_study(finding: Any, ways: tuple) -> Iterator[Finding]:
    """How much regions hold at the study scale, by ways, each with a text and why it differs."""
    for kind, text, differs in ways:
        for level in (68, 95, 99):
            yield finding(
                id=f"{kind.replace('_', '-')}-coverage-{level}",
                statement=f"Regions of {level} per cent hold {level} per cent of true positions "
                f"({text}, data of another grid).",
                published=level / 100,
                ours=of(f"coverage_{level}", kind),
                test=equal(
                    level / 100,
                    sampled("Two binomial standard errors of 300 events."),
                    absolute=events(level / 100, 300),
                ),
                scale="study",
                differs=differs,
            )


def store() -> Iterator[Finding]:
    """What the store's likelihood says of itself, and what the emulator's does."""
    yield finding(
        id="store-honest",
        statement="Regions of the store are honest where those of NN direct are not.",
        published="honest",
        unit="two binomial standard errors, the most of 68, 95 and 99 per cent",
        ours=furthest("store"),
        test=at_most(1, TWO_ERRORS),
        differs=Measured(
            "Two grids of one model disagree by more than the noise where traces are strong: "
            "regions of 95 per cent hold {:.2f} and {:.2f} of the events down to 300 and 600 m, "
            "and {:.2f} below 1200 m (coverage_95 by depth).",
            tuple(
                of("coverage_95", "store", at) for at in ("0-300 m", "300-600 m", "below 1200 m")
            ),
        ),
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
        differs=Measured(
            "Regions of 68, 95 and 99 per cent hold {:.2f}, {:.2f} and {:.2f} of {:.0f} events "
            "({:.2f}, {:.2f} and {:.2f} with noise alone; columns coverage_68 to coverage_99): "
            "errors have larger tails than the Gaussian that is made of them.",
            (
                *(of(f"coverage_{level}", "store_errors") for level in (68, 95, 99)),
                of("events", "store_errors"),
                *(of(f"coverage_{level}", "store") for level in (68, 95, 99)),
            ),
        ),
        provided=(
            Provided("those with noise alone are not", furthest("store"), at_least(1, TWO_ERRORS)),
        ),
    )


def store_against_emulator() -> Iterator[Finding]:
    """What the store and an emulator are to each other."""
    yield finding(
        id="emulator-beats-mean-trace",
        statement="NN direct locates better than the mean aligned trace.",
        published="better",
        unit="(times, median error of the mean trace over that of NN direct)",
        ours=times("error_m", "mean", "direct"),
        test=at_least(1, SIGN),
        null=Null("the solver's own field", times("error_m", "mean", "store")),
        differs=Measured(
            "Below 1200 m, where noise decides, both err alike ({:.0f} and {:.0f} m); from 300 to "
            "600 m NN direct errs by {:.1f} m, the mean trace by {:.1f} m: there what the network "
            "adds to the trace is wrong by more than the noise (column error_m).",
            tuple(
                of("error_m", kind, at)
                for at in ("below 1200 m", "300-600 m")
                for kind in ("direct", "mean")
            ),
        ),
    )
    yield finding(
        id="emulator-faster-than-store",
        statement="NN direct locates an event in less time than the store.",
        published="faster",
        unit="(times)",
        ours=times("event_ms", "store", "direct"),
        test=at_least(1, timed("One processor, the same sampler.")),
        differs=Measured(
            "An event takes {:.0f} ms with NN direct and {:.0f} ms with the store: traces are "
            "interpolated by compiled code, in less time than "
            "four networks take (column event_ms).",
            (of("event_ms", "direct"), of("event_ms", "store")),
        ),
    )


NARROW = Provided(
    "it says where events are",
    of("stated_m", "npe"),
    at_most(80, defined("m, a tenth of the deviation of a position anywhere in the model.")),
)


def pays(table: Any) -> float:
    """After how many events the training of the neural posterior has saved its own time."""
    saved = of("event_ms", "store")(table) - of("event_ms", "npe")(table)
    trained = of("setup_cpu_s", "npe")(table) - of("setup_cpu_s", "store")(table)
    return 1e3 * trained / saved if saved > 0 else float("inf")


def learned() -> Iterator[Finding]:
    """A posterior that is learned once for all events, from the simulations of the store."""
    yield finding(
        id="npe-honest",
        statement="Regions of a posterior that is learned once for all events (neural posterior "
        "estimation) are honest.",
        published="honest",
        unit="two binomial standard errors, the most of 68, 95 and 99 per cent",
        ours=furthest("npe"),
        test=at_most(1, TWO_ERRORS),
        null=Null("the solver's own field, noise alone", furthest("store")),
        provided=(NARROW,),
        differs=Measured(
            "Regions of 68, 95 and 99 per cent hold {:.2f}, {:.2f} and {:.2f} of {:.0f} events; "
            "down to 300 m those of 95 per cent hold {:.2f} (columns coverage_68 to coverage_99).",
            (
                *(of(f"coverage_{level}", "npe") for level in (68, 95, 99)),
                of("events", "npe"),
                of("coverage_95", "npe", "0-300 m"),
            ),
        ),
    )
    yield finding(
        id="npe-error",
        statement="A posterior that is learned once for all events locates as closely as the "
        "search with the solver's own field, from which it learned.",
        published="as closely",
        unit="(times, its median error over that of the store)",
        ours=times("error_m", "npe", "store"),
        test=at_most(1.25, sampled("A standard error of medians of 50 events, of either.")),
        null=Null("mean aligned trace", times("error_m", "mean", "store")),
        provided=(NARROW,),
        differs=Measured(
            "Below 1200 m, where noise decides, they err by {:.0f} and {:.0f} m; down to 300 m by "
            "{:.1f} and {:.1f} m: a network that answers for the whole model does not resolve the "
            "thousandth of its width that strong traces tell (column error_m).",
            tuple(
                of("error_m", kind, at)
                for at in ("below 1200 m", "0-300 m")
                for kind in ("npe", "store")
            ),
        ),
    )


def cost_of_learned() -> Iterator[Finding]:
    """When a posterior learned once pays."""
    yield finding(
        id="npe-faster",
        statement="An event takes a tenth of the time, or less, once the posterior is learned.",
        published="a tenth",
        unit="(times, that of the search with the store over its)",
        ours=times("event_ms", "store", "npe"),
        test=at_least(10, timed("One processor.")),
        provided=(NARROW,),
    )
    yield finding(
        id="npe-pays",
        statement="Its training pays in a catalogue of a thousand events.",
        published=1000,
        unit="events, after which training and draws have taken less than as many searches",
        ours=pays,
        test=at_most(1000, timed("One processor, the same simulations before both.")),
        provided=(NARROW,),
    )


def in_deviations(kind: str) -> Measure:
    """Median error over the median deviation that is stated."""
    return lambda table: of("error_m", kind)(table) / of("stated_m", kind)(table)


UNKNOWN = {
    "store_station": (
        "Delays and gains of stations marginalised, and coloured noise learned from what was "
        "recorded before an event",
        "by the errors of the stored field",
    ),
    "store_velocity": (
        "Velocities that are wrong by a factor, layers and a random field, and times and sizes of "
        "traces marginalised",
        "by wave forms that neither a time nor a size explains; the events share the layers and "
        "fields of few models",
    ),
}


def unknown() -> Iterator[Finding]:
    """Regions where more than the noise is unknown, and what comes of ignoring it."""
    for kind, (words, wider) in UNKNOWN.items():
        ignored = f"{kind}_ignored"
        yield unknown_finding(
            id=f"{kind.replace('_', '-')}-honest",
            statement=f"{words}: regions hold what they say.",
            published="honest",
            unit="two binomial standard errors, the most of 68 and 95 per cent",
            ours=furthest(kind, (68, 95)),
            test=at_most(1, TWO_ERRORS),
            differs=Measured(
                "Regions of 68, 95 and 99 per cent hold {:.2f}, {:.2f} and {:.2f} of {:.0f} "
                f"events; of 95 per cent down to 300 m {{:.2f}}, below 1200 m {{:.2f}}. They are "
                f"widened {wider} (coverage_95 by depth).",
                (
                    *(of(f"coverage_{level}", kind) for level in (68, 95, 99)),
                    of("events", kind),
                    *(of("coverage_95", kind, at) for at in ("0-300 m", "below 1200 m")),
                ),
            ),
        )
        yield unknown_finding(
            id=f"{kind.replace('_', '-')}-ignored",
            statement="Ignored, it moves events by more than the stated deviation.",
            published="known",
            unit="stated deviations (median error over median deviation)",
            ours=in_deviations(ignored),
            test=at_least(1, TWO_ERRORS),
            differs=Measured(
                "Regions of 95 per cent hold {:.2f} (coverage_95).", (of("coverage_95", ignored),)
            ),
            provided=(
                Provided(
                    "where it is marginalised they lie nearer",
                    in_deviations(kind),
                    at_most(in_deviations(ignored), TWO_ERRORS),
                ),
            ),
        )


FINDINGS = [
    *of_study(finding, OF_STUDY),
    *store(),
    *store_against_emulator(),
    *learned(),
    *cost_of_learned(),
    *of_study(unknown_finding, UNKNOWN_OF_STUDY),
    *unknown(),
]
