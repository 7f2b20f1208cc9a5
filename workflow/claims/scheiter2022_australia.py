"""Findings of Scheiter et al. (2022), section 4.2: a DCGAN of the Australian grid."""

from collections.abc import Callable, Iterator
from typing import Any

from claims.scheiter2022_measures import (
    both,
    convexity,
    diagonal,
    kept,
    level,
    margin,
    median,
    missed_modes,
    of_both,
    off,
    roughness,
    row_of,
    smooth,
)
from support.ledger.forms import (
    Finding,
    Measured,
    Null,
    Provided,
    at_least,
    at_most,
    correlation,
    defined,
    equal,
    from_paper,
    read_off,
    rmse,
    sampled,
    spread_ratio,
)
from support.published_values import published

PAPER = "scheiter2022"
SWEEP = "cmb/sweep/distances.nc"
TWO_NUMBERS = "two numbers a point"
AHEAD = defined("Nearer than a Gaussian with the ensemble's mean and deviation.")
UNEXPLAINED = defined("A fifth of the squares is left unexplained.")
Of = Callable[[Any, Any], Any]  # of an array of the GAN and one of the ensemble


def statistics(percent: int) -> str:
    """The file that compares the DCGAN of the first part of the chains with the full ensemble."""
    return f"cmb/dcgan/statistics_{percent}.nc"


SMALL = at_most(0.02, read_off("The histogram's median lies between 0.015 and 0.02."))
REPRODUCES = Provided("the GAN of all samples is at 0.02 km/s or less", median(), SMALL)
BETTER = Provided(
    "its marginals are nearer than Gaussians, two numbers a point",
    median(),
    at_most(median("emd_gaussian"), AHEAD),
)


SPREAD = Measured(
    "The covariance holds {:.2f} of the ensemble's variance in its ten leading patterns and {:.2f} "
    "in the rest (statistics_100.nc): large features are drawn, smaller ones too weakly.",
    (kept(0, 10), kept(10, None)),
)
AMPLITUDE = Measured(
    "Its amplitude is {:.2f} of the ensemble's, with a correlation of {:.2f}; variance of samples "
    "in the three leading patterns is {:.2f} of the ensemble's (statistics_100.nc).",
    (of_both(spread_ratio, "mean"), of_both(correlation, "mean"), kept(0, 3)),
)
EXPLAINED = {"mean": AMPLITUDE, "std": SPREAD}


# ------------------------------------------------------------------------- section 4.2, Figure 5


COLOURS = read_off("One step of the colours of Figure 5.")


def moment_maps() -> Iterator[Finding]:
    """Figure 5: maps of four moments, by pattern, by how much they vary, by level."""
    pattern = read_off("The maps of Figure 5 share their features, higher moments less.")
    for moment, unit, step, least in (
        ("mean", "km/s", 0.04, 0.98),
        ("std", "km/s", 0.015, 0.9),
        ("skewness", "", 0.25, 0.7),
        ("kurtosis", "", 0.6, 0.5),
    ):
        higher, word = unit == "", "standard deviation" if moment == "std" else moment
        shared: dict[str, Any] = {
            "where": "Section 4.2, Figure 5",
            "published": "accurately reproduced" if higher else "very close",
            "reads": statistics(100),
            "scale": "paper" if higher else "laptop",
            "differs": EXPLAINED.get(moment, ""),
        }
        zero = Null(f"two numbers a point: their {moment} is 0 everywhere", lambda d: 0.0)
        alike = at_least(least, pattern)
        yield Finding(
            id=f"cmb-fig5-{moment}",
            statement=f"The GAN's map of {word} has the pattern of the ensemble's.",
            unit="(correlation)",
            ours=of_both(correlation, moment),
            test=alike,
            null=zero if higher else Null(TWO_NUMBERS, lambda d: 1.0),
            **shared,
        )
        yield Finding(
            id=f"cmb-fig5-{moment}-spread",
            statement=f"The GAN's map of {word} varies as much as the ensemble's.",
            unit="(ratio of standard deviations over the map)",
            ours=of_both(spread_ratio, moment),
            test=equal(1, read_off("Ranges of colour agree to a fifth."), absolute=0.2),
            null=zero if higher else Null(TWO_NUMBERS, lambda d: 1.0),
            provided=(Provided("its pattern is the same", of_both(correlation, moment), alike),),
            **shared,
        )
        yield Finding(
            id=f"cmb-fig5-{moment}-rmse",
            statement=f"The GAN's map of {word} has the values of the ensemble's.",
            unit=unit,
            ours=of_both(rmse, moment),
            test=at_most(step, COLOURS),
            null=Null(
                TWO_NUMBERS, of_both(lambda _, e: rmse(0, e), moment) if higher else lambda d: 0.0
            ),
            headline=moment == "std",
            **shared,
        )


def spread() -> Finding:
    """Figure 5: how far the GAN's samples spread in all."""
    return Finding(
        id="cmb-fig5-std-level",
        where="Section 4.2, Figure 5",
        statement="The GAN's samples spread as much as the ensemble's.",
        published="very close",
        unit="(ratio of mean standard deviations)",
        reads=statistics(100),
        ours=of_both(level, "std"),
        test=equal(1, COLOURS, absolute=0.1),  # 0.015 of some 0.15 km/s
        differs=SPREAD,
        null=Null(TWO_NUMBERS, lambda d: 1.0),
    )


# ------------------------------------------------------------------------- section 4.2, Figure 6


def marginals() -> Iterator[Finding]:
    """Figure 6: how far the marginals of the DCGAN are from the ensemble's."""
    distances: dict[str, Any] = {"where": "Section 4.2, Figure 6a, b"}
    shapes: dict[str, Any] = {"where": "Section 4.2, Figure 6c"}
    distances["reads"] = shapes["reads"] = statistics(100)
    yield Finding(
        id="cmb-fig6-median",
        statement="Most earth mover's distances are small, mostly below 0.02 km/s.",
        published="mostly below 0.02",
        unit="km/s",
        ours=median(),
        test=SMALL,
        null=Null(TWO_NUMBERS, median("emd_gaussian")),
        differs="statistics_100.nc: cmb-fig5-std-level and cmb-fig5-mean-rmse say what is off.",
        **distances,
    )
    yield Finding(
        id="cmb-fig6-decay",
        statement="The histogram of distances decays in a convex manner, a sign of convergence.",
        published=0.2,
        unit="(share of the points, fall from first to second third less that to the third)",
        ours=convexity("emd"),
        test=at_least(0.1, sampled("Half of what Figure 6b has, three standard errors.")),
        null=Null(TWO_NUMBERS, convexity("emd_gaussian")),
        provided=(REPRODUCES,),
        **distances,
    )
    yield Finding(
        id="cmb-fig6-margins",
        statement="Only at the margins of the grid does the quality drop.",
        published="larger at the margins",
        unit="(mean distance, margins over inside)",
        ours=margin("emd"),
        test=at_least(1, defined("Larger: means over 168 and 361 points.")),
        null=Null(TWO_NUMBERS, margin("emd_gaussian")),
        provided=(REPRODUCES,),
        **distances,
    )
    yield Finding(
        id="cmb-fig6-perfect",
        where='Section 4.2, Figure 6; figure "Convergence"',
        statement="Distances below 0.01 km/s indicate a close-to-perfect recovery: other chains of "
        "the same posterior would have them.",
        published=0.01,
        unit="km/s",
        reads=SWEEP,
        ours=median("floor_chains"),
        test=at_most(0.01, from_paper("The limit that the paper gives.")),
        differs="distances.nc (floor_chains): one half of the chains is further than that from the "
        "other, so that 0.01 asks for more than the posterior is known to.",
    )


def shapes_of_marginals() -> Iterator[Finding]:
    """Figure 6: what the marginals look like."""
    distances: dict[str, Any] = {"where": "Section 4.2, Figure 6a, b"}
    shapes: dict[str, Any] = {"where": "Section 4.2, Figure 6c"}
    distances["reads"] = shapes["reads"] = statistics(100)
    yield Finding(
        id="cmb-fig6-gaussian",
        where="Sections 4.2 and 5.1, Figure 6c",
        statement="The GAN has features of the marginals that a Gaussian would not have.",
        published="more than a Gaussian",
        unit="km/s",
        reads=statistics(100),
        ours=median(),
        test=at_most(median("emd_gaussian"), AHEAD),
        null="two numbers a point are the bound itself",
        scale="paper",
        headline=True,
        note="The paper compares shapes by eye and gives no distance of a Gaussian.",
    )
    yield Finding(
        id="cmb-fig6-modes",
        statement="In some cases the GAN might not be able to capture multimodalities.",
        published="in some cases",
        unit="(share of the points with several modes where the GAN has one)",
        ours=missed_modes,
        test=at_least(0.05, defined("Some: one in twenty, at least.")),
        provided=(
            Provided(
                "not in most cases", missed_modes, at_most(0.5, defined("Half of the cases."))
            ),
        ),
        **shapes,
    )
    yield Finding(
        id="cmb-fig6-smooth",
        statement="The GAN does not incorporate very small-scale variations in the histograms.",
        published="does not incorporate",
        unit="(roughness, GAN over ensemble)",
        ours=of_both(roughness, "histogram"),
        test=at_most(1, defined("Less rough than the ensemble's.")),
        null=Null(TWO_NUMBERS, smooth),
        provided=(REPRODUCES,),
        **shapes,
    )


# ------------------------------------------------------------------------- Figures 7 and 8


def covariances() -> Iterator[Finding]:
    """Figures 7 and 8: covariance matrices of GANs of all and of half of the samples."""
    norm = "(norm of the difference over the norm)"
    for percent, name, where, words in (
        (100, "cmb-fig7-covariance", "Section 4.2, Figure 7", "excellent"),
        (50, "cmb-fig8-covariance-50", "Section 4.3, Figure 8", "well"),
    ):
        for label, what, of, test, unit in (
            ("", "pattern", correlation, at_least(0.9, UNEXPLAINED), "(correlation, all elements)"),
            ("-size", "size", off, at_most(0.45, UNEXPLAINED), norm),
        ):
            yield Finding(
                id=f"{name}{label}",
                where=where,
                statement=f"The covariance of a GAN of {percent} per cent of the samples has "
                f"the {what} of the ensemble's.",
                published=words,
                unit=unit,
                reads=statistics(percent),
                ours=of_both(of, "covariance"),
                test=test,
                null=Null(TWO_NUMBERS, diagonal(of)),
                scale="paper",
                headline=percent == 100 and label == "",
            )
    for place in published(PAPER, "figure7"):
        at = row_of(place, off)
        yield Finding(
            id=f"cmb-fig7-spread-{place['marker']:.0f}",
            where="Section 4.2, Figure 7",
            statement=f"The point spread function at {-place['lat']:.0f} S, {place['lon']:.0f} E "
            "is well reproduced.",
            published="good reproduction",
            unit=norm,
            reads=statistics(100),
            ours=lambda d, at=at: at(d)(*both(d, "covariance")),
            test=at_most(0.45, UNEXPLAINED),
            null=Null(TWO_NUMBERS, lambda d, at=at: diagonal(at(d))(d)),
            scale="paper",
        )


FINDINGS = [*moment_maps(), spread(), *marginals(), *shapes_of_marginals(), *covariances()]
