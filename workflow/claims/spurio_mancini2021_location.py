"""Findings of Spurio Mancini et al. (2021), sections 3.1, 3.2.2 and 3.3: traces and location."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from claims.spurio_mancini2021_costs import ORDER, ORDERS
from claims.spurio_mancini2021_emulators import SIMULATED
from support.ledger.forms import (
    Finding,
    Measure,
    Measured,
    Null,
    Provided,
    at_least,
    at_most,
    cell,
    defined,
    equal,
    key,
    sampled,
    to_come,
)
from support.published_values import published

TABLE = published("spurio_mancini2021", "table2")
# unless it says otherwise; of traces from outside neither the field nor the origin time is known
finding = partial(Finding, reads="table2.csv", needs=(SIMULATED,))
FIELD = "the solver's own field"  # on a grid around the event: no learning

METHODS = {"direct": "direct, noise", "d18": "d18, noise", "edt": "edt", "arrivals": "origin"}
CALLED = {
    "direct": "NN direct",
    "d18": "D18",
    "edt": "EDT, equation (14) with N = 1",
    "arrivals": "arrival times with errors of 5 ms, origin time known",
}
# of these the intervals were named so from the first
LOCATION = ("direct-x", "direct-z", "edt-x", "arrivals-x", "arrivals-z")
SIGN = defined("The sign is the statement.")
INTERVALS = sampled(
    "Where the paper's receivers lie is not stated: between two sets of four, intervals of arrival "
    "times change by up to a half (36 m against 24 m in y)."
)
NOISE = sampled("Two standard deviations of the difference of two draws of the noise.")


def ratio(above: str, below: str, over: str = "x", under: str = "x") -> Measure:
    """How many times the interval of one method (over) holds that of another (under)."""
    return lambda t: t.at(f"{over}_plus_km", method=above) / t.at(f"{under}_plus_km", method=below)


def tighter(method: str) -> Measure:
    """By how much intervals of arrival times are wider, in the coordinate where least so."""
    return lambda t: min(ratio("origin", method, c, c)(t) for c in "xyz")


def widest(method: str) -> Measure:
    """The widest of three intervals, km."""
    return lambda t: max(t.at(f"{c}_plus_km", method=method) for c in "xyz")


def apart(method: str) -> Measure:
    """Distance of means from those of arrival times, in standard deviations; the greatest."""

    def deviations(table: Any) -> float:
        found = []
        for c in "xyz":
            one, other = (table.where(method=m)[0] for m in (method, "origin"))
            spread = (one[f"{c}_plus_km"] ** 2 + other[f"{c}_plus_km"] ** 2) ** 0.5
            found.append(abs(one[f"{c}_km"] - other[f"{c}_km"]) / spread)
        return max(found)

    return deviations


def moved(method: str, row: dict[str, Any]) -> Measure:
    """A mean, moved as our event is moved from the paper's to a node of the grid, km."""
    c, truth = row["coordinate"], row["truth"]
    return lambda t: t.at(f"{c}_km", method=method) - t.at(f"{c}_true_km", method=method) + truth


def holding(method: str) -> Provided:
    """The event must be inside, or an interval's width says nothing."""
    return Provided(
        f"the region of 95 per cent of {method!r} holds the event (level_of_truth)",
        cell("level_of_truth", method=method),
        at_least(0.05, defined("The level outside of it.")),
    )


DIRECT, D18 = (holding(METHODS[name]) for name in ("direct", "d18"))
HEADLINES = [
    finding(
        id="location-metres",
        headline=True,
        where="Sections 3.2.2 and 4; Table 2",
        statement="From four receivers NN direct locates within some 0.001 km (1 sigma).",
        published=0.001,
        unit="km, the widest of x, y, z",
        ours=widest("direct, noise"),
        test=at_most(0.001 * ORDER, ORDERS),
        null=Null(FIELD, widest("solver")),
        provided=(DIRECT,),
    ),
    finding(
        id="location-edt-wider",
        headline=True,
        where="Sections 3.3 and 4, Figure 11",
        statement="Waveforms give tighter constraints than arrival times.",
        published="tighter",
        unit="(times, least of x, y, z; origin time known)",
        ours=tighter("direct, noise"),
        test=at_least(1, SIGN),
        null=Null(FIELD, tighter("solver")),
        provided=(DIRECT,),
    ),
    finding(
        id="agreement",
        headline=True,
        where="Abstract, sections 3.3 and 4; Table 2, Figure 11",
        statement="Waveforms and arrival times agree.",
        published="in excellent agreement",
        unit="standard deviations between the means, most of x, y, z; origin time known",
        ours=apart("direct, noise"),
        test=at_most(2.4, sampled("The most of three normal draws, 95 per cent.")),
        null=Null(FIELD, apart("solver")),
        note="With the origin time known: by equation (14) regions are as wide as the model "
        "(entries location-edt-x, edt-y, edt-z) and agree with anything.",
    ),
    finding(
        id="d18-cpu-time",
        headline=True,
        where="Sections 3.2.2 and 4; Table 2",
        statement="Inference with D18 takes 66 h on 24 CPUs, with NN direct 1.7 h on one.",
        published=66 * 24 / 1.7,
        unit="(times)",
        ours=lambda t: t.at("cpu_s", method="d18, noise") / t.at("cpu_s", method="direct, noise"),
        test=at_least(66 * 24 / 1.7 / ORDER, ORDERS),
        differs="An evaluation of D18 takes a fraction of a millisecond (table1.csv, row d18).",
    ),
]


def table2() -> Iterator[Finding]:
    """Means and intervals of Table 2; arrival times with known origin beside EDT."""
    for row in TABLE:
        for name, method in METHODS.items():
            c, column = row["coordinate"], "edt" if name == "arrivals" else name
            where = f"Table 2, Figure {10 if name in ('direct', 'd18') else 11}"
            width = row[f"{column}_plus"]
            test = equal(row[column], NOISE, absolute=2 * 2**0.5 * width)
            if name == "d18":
                far = defined("Half of its distance from the event: as far off.")
                test = equal(row[column], far, absolute=abs(row[column] - row["truth"]) / 2)
            yield finding(
                id=f"{name}-mean-{c}",
                where=where,
                statement=f"Mean of {c} by {CALLED[name]}.",
                published=row[column],
                uncertainty=width,
                unit="km",
                ours=moved(method, row),
                test=test,
                null=Null(FIELD, moved("solver", row)) if name == "direct" else "",
                provided=(
                    Provided(
                        "its interval has the paper's size",
                        cell(f"{c}_plus_km", method=method),
                        equal(width, INTERVALS, relative=0.5),
                    ),
                ),
            )
            for side in ("minus", "plus") if name == "d18" else ("plus",):
                old = f"{name}-{c}-{side}" if name == "d18" else f"{name}-{c}"
                yield finding(
                    id=f"location-{old}" if old in LOCATION else old,
                    where=where,
                    statement=f"Interval of 68 per cent of {c}, {side}, by {CALLED[name]}.",
                    published=row[f"{column}_{side}"],
                    unit="km",
                    ours=cell(f"{c}_{side}_km", method=method),
                    test=equal(row[f"{column}_{side}"], INTERVALS, relative=0.5),
                    null=Null(FIELD, cell(f"{c}_{side}_km", method="solver"))
                    if name == "direct"
                    else "",
                    provided=(holding(method),),
                    differs=DIFFERS.get(name, ""),
                    note=NO_FOUR if name == "edt" else "",
                )


DIFFERS = {
    "arrivals": "Where the four receivers lie decides: by the gradients of travel_times.nc other "
    "fours of our five give 21 to 32 m in x, 32 to 47 m in y and 16 to 24 m in z, and fours at "
    "random on the sea bed 18 to 170 m in x and y and 7 to 74 m in z (95 per cent).",
    "d18": "A likelihood in which the emulator makes no error is as narrow around a wrong place as "
    "around the true one: table2.csv, error_m and level_of_truth.",
    "edt": "With N = 1 the likelihood is a sum over pairs of receivers, and one pair that fits is "
    "enough (table2.csv, error_m); with a known origin time see row origin.",
}

NO_FOUR = (
    "By differences of arrival times no four of the 23 receivers of D18 give less than 76 m in z, "
    "all of them 58 m: the paper's column cannot be equation (14)."
)
COMPARED = [
    finding(
        id="location-d18-wider",
        where="Sections 3.2.2 and 4, Figure 10",
        statement="Constraints by D18 are wider than by NN direct.",
        published="wider",
        unit="(times, x)",
        ours=ratio("d18, noise", "direct, noise"),
        test=at_least(1, SIGN),
        null=Null(FIELD, ratio("d18, noise", "solver")),
        provided=(DIRECT, D18),
        differs=DIFFERS["d18"],
    ),
    finding(
        id="d18-three-times",
        where="Section 3.2.2; Table 2, Figure 10",
        statement="Constraints by D18 are about 3 times less tight than by NN direct.",
        published=3,
        unit="(times, x)",
        ours=ratio("d18, noise", "direct, noise"),
        test=equal(3, INTERVALS, relative=0.5),
        null=Null(FIELD, ratio("d18, noise", "solver")),
        provided=(DIRECT, D18),
        differs=DIFFERS["d18"],
        note="Table 2 of the paper has 50 to 500 times, not 3.",
    ),
    *(
        finding(
            id=f"z-better-than-{c}",
            where="Section 3.2.2; Table 2, Figure 10",
            statement=f"NN direct constrains z better than {c}, because of the layers.",
            published="tighter",
            unit=f"(interval of z over that of {c})",
            ours=ratio("direct, noise", "direct, noise", "z", c),
            test=at_most(1, SIGN),
            null=Null(FIELD, ratio("solver", "solver", "z", c)),
            provided=(DIRECT,),
        )
        for c in "xy"
    ),
]

LATER = to_come("events located by one receiver")
validated = partial(finding, where="beyond the paper, Figure 7", reads="validation.json")
CHECKS = [
    validated(
        id="location-finer-grid",
        statement="Traces of events agree with those on a grid three times as fine.",
        published=0.99,
        unit="R2D",
        ours=key("finer_grid", "r2d"),
        test=at_least(0.99, defined("Clearly better than emulators of 0.95.")),
        note="R2D weights the loudest sources: see location-finer-grid-error.",
    ),
    validated(
        id="location-finer-grid-error",
        statement="Each trace agrees with that on a grid three times as fine.",
        published=0.05,
        unit="median relative error (L2)",
        ours=key("finer_grid", "relative_l2"),
        test=at_most(0.05, defined("A quarter of the emulators' 0.2.")),
    ),
    validated(
        id="location-finer-grid-shear",
        statement="So do traces of sources that change no volume.",
        published=0.10,
        unit="median relative error (L2), the largest of five mechanisms",
        ours=lambda card: max(
            value
            for name, value in card["finer_grid"]["mechanisms_l2"].items()
            if name != "explosion"
        ),
        test=at_most(0.10, defined("Twice that of explosions: half the wavelength.")),
        differs="S waves of 600 m/s have 4.5 nodes a wavelength of 8 Hz across, 7.5 along z "
        "(validation.json, mechanisms_l2).",
    ),
    validated(
        id="location-arrivals",
        statement="Peaks follow the eikonal arrival by the pulse's delay, in the median.",
        published=0,
        unit="ms",
        ours=key("receivers", "0", "all", "median_ms"),
        test=equal(0, defined("Half a sample of 4 ms."), absolute=2),
    ),
    finding(
        id="location-calibration-samples",
        where='beyond the paper, figure "Beyond: calibration"',
        statement="Every event is located with samples that are worth 100 at least.",
        published=100,
        unit="effective samples, the fewest of any event and likelihood",
        reads="calibration.csv",
        ours=lambda t: min(t.column("least_effective")),
        test=at_least(100, sampled("Below, intervals would tell of the sampling.")),
    ),
    finding(
        id="location-one-receiver",
        where="Section 3.2.2",
        statement="One receiver does not constrain the coordinates.",
        published="not enough",
        unit="km, the widest of x, y, z",
        reads="table_one_receiver.csv",
        ours=cell("widest_km", method="one receiver"),
        test=at_least(0.1, defined("A tenth of the domain.")),
        needs=(LATER,),
    ),
]

NEAREST = "nearest to the paper's, origin time {}"  # of all fours of a lattice
LEAST_DEEP = "least in z, origin time unknown"
ROUNDED = defined("The paper rounds 15 m to 1 m, and receivers of the lattice are 200 m apart.")
RECEIVERS = [
    finding(
        id=name,
        where='Table 2, table "Receivers of EDT, table", figure "Beyond: receivers of EDT"',
        statement="There are four receivers with which arrival times with errors of 5 ms have the "
        f"intervals of column EDT, {text}.",
        published=1,
        unit="(times, the interval that fits least, of the four that come nearest)",
        reads="table_edt_receivers.csv",
        ours=cell("times_published", set=NEAREST.format(known), way=way),
        test=at_most(1.1, ROUNDED),
        differs=differs,
    )
    for name, text, known, way, differs in (
        ("edt-receivers-origin", "after a known origin time", "known", "origin", ""),
        (
            "edt-receivers-differences",
            "by their differences, as in equation (14)",
            "unknown",
            "differences",
            Measured(
                "No four of the lattice has less than {:.0f} m in z, and all of it {:.0f} m: from "
                "above, depth and origin time do the same to all arrivals (column z_m).",
                tuple(
                    cell("z_m", set=chosen, way="differences")
                    for chosen in (LEAST_DEEP, "all of a lattice")
                ),
            ),
        ),
    )
]

FINDINGS = [*table2(), *COMPARED, *CHECKS, *RECEIVERS]
