"""Findings beyond Spurio Mancini et al. (2021): location with the tensor, as its abstract wants."""

from functools import partial
from statistics import mean, median

from claims.spurio_mancini2021_emulators import SIMULATED
from support.ledger.forms import (
    Finding,
    Measure,
    Measured,
    Need,
    Null,
    Scale,
    at_least,
    at_most,
    defined,
    equal,
    sampled,
)
from support.published_values import Table

PLACE = 'figure "Beyond: mechanisms", table "Beyond: mechanisms, table"'
finding = partial(Finding, reads="table_mechanisms.csv", needs=(SIMULATED,))
# events at each scale, and what ends the name of its findings
SIZES: tuple[tuple[int, Scale, str], ...] = ((20, "laptop", ""), (100, "study", "-study"))


def middle(column: str, *, shear: bool = False) -> Measure:
    """Median of a column over all events, or over those that are no explosions."""

    def of(table: Table) -> float:
        return median(row[column] for row in table if not (shear and row["kind"] == "explosion"))

    return of


def share(column: str) -> Measure:
    """Share of the events of which a column says yes."""
    return lambda table: mean(table.column(column))


def badly_sampled(table: Table) -> float:
    """Of how many events the search has fewer than 50 effective samples."""
    return sum(found < 50 for found in table.column("effective_samples"))


def farthest(*columns: str) -> Measure:
    """By how much shares of the events are off 0.95, the most."""
    return lambda table: max(abs(share(column)(table) - 0.95) for column in columns)


EXAMPLE = Need(
    "the example of snakemake locate", lambda config: not config.spurio_mancini2021.locate.records
)
event = partial(
    Finding,
    reads="locate/event.csv",
    needs=(SIMULATED, EXAMPLE),
    where='beyond the paper, figure "Beyond: one event"',
)


def told(quantity: str, column: str = "mean") -> Measure:
    """A cell of the table of one event."""
    return lambda table: table.at(column, quantity=quantity)


FINDINGS = [
    event(
        id="locate-position",
        statement="snakemake locate: position and time of the example, from records of another "
        "grid with heavy-tailed noise, lie in the region of 95 per cent that noise and errors of "
        "the stored field leave.",
        published="inside",
        unit="(probability of the region on whose border they lie)",
        ours=told("region with the true position and time"),
        test=at_most(0.95, sampled("One event: of twenty honest ones one lies outside.")),
    ),
    event(
        id="locate-tensor",
        statement="snakemake locate: the example's moment tensor is found.",
        published="found",
        unit="degrees between the true tensor and the mean of the posterior",
        ours=told("degrees to the true tensor"),
        test=at_most(15, defined("A sixth of what a random tensor is off.")),
    ),
    finding(
        id="mechanisms-jointly",
        where=f"Abstract, sections 1 and 4 (the goal; explosions alone are inverted); {PLACE}",
        statement="Location and moment tensor are inferred jointly: position, origin time and all "
        "six numbers of the tensor from four receivers.",
        published="the ultimate goal",
        unit="degrees between the true tensor and the found one (median over random events)",
        ours=middle("angle_deg"),
        test=at_most(15, defined("A sixth of what a random tensor is off.")),
        null=Null("an explosion, whatever happened", middle("angle_of_explosion_deg")),
        differs="angle_stated_deg and chi2 of the same table: where chi2 is far above 1 the grid "
        "of the Green's functions is too coarse for shear sources (validation.json).",
    ),
    *(
        finding(
            id=f"mechanisms-{name}-{percent}{suffix}",
            where=f"beyond the paper, {PLACE}",
            statement=f"Regions of {percent} per cent hold {percent} per cent of the true {what}.",
            published=percent / 100,
            ours=share(column),
            test=equal(
                percent / 100,
                sampled(f"Two binomial standard errors of {count} events."),
                absolute=2 * (percent / 100 * (1 - percent / 100) / count) ** 0.5,
            ),
            scale=scale,
            differs=Measured(
                "Errors of the stored field count, as further events of the other grid show them, "
                "and the likelihood is raised to powers that these events tell; with noise alone "
                "regions hold {:.2f}. Of {:.0f} of the events the search has fewer than 50 "
                "effective samples (effective_samples; docs/decisions/interfaces.md).",
                (share(f"{column}_noise_alone"), badly_sampled),
            ),
        )
        for name, what, prefix in (
            ("positions", "positions and origin times", "in"),
            ("tensors", "tensors", "tensor_in"),
        )
        for percent in (68, 95)
        for count, scale, suffix in SIZES
        for column in (f"{prefix}_{percent}",)
    ),
    finding(
        id="mechanisms-errors-of-the-field",
        where=f"beyond the paper, {PLACE}",
        statement="Errors of the stored field, learned from further events of another grid and put "
        "into the likelihood of position and tensor, bring regions of 95 per cent nearer to what "
        "they say.",
        published="nearer",
        unit="true tensors and positions in regions of 95 per cent, less 0.95, the most either way",
        ours=farthest("in_95", "tensor_in_95"),
        test=at_most(
            farthest("in_95_noise_alone", "tensor_in_95_noise_alone"),
            defined("Noise alone, same traces."),
        ),
        differs="Columns chi2 and chi2_noise_alone: where the noise is larger than the field's "
        "errors, these change nothing.",
    ),
    finding(
        id="mechanisms-taken-for-explosions",
        where=f"Sections 3.1 and 4, beyond the paper, {PLACE}",
        statement="Events that are no explosions are misplaced where they are taken for some.",
        published="isotropic sources are assumed",
        unit="m (median error)",
        ours=middle("error_as_explosion_m", shear=True),
        test=at_least(middle("error_m", shear=True), defined("The tensor free, same traces.")),
    ),
]
