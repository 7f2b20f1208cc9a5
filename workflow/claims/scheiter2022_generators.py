"""Findings on Scheiter et al. (2022) with generators that need no network beside theirs."""

from collections.abc import Iterator
from typing import Any

from support.ledger.forms import (
    Finding,
    Measured,
    Need,
    Null,
    Provided,
    at_least,
    at_most,
    defined,
    from_paper,
    over_seeds,
)

TABLE = "table_generators.csv"
COPULA = "Gaussian copula"
NETWORKS = {"australia": "DCGAN", "globe": "WGANs"}
STEP = 10.0  # per cent, from one part of the chains to the next
BESIDE = defined("Measured in the same way on the same chains: no worse is enough.")

HALF = Need("50 per cent of the chains", lambda config: 50 in config.scheiter2022.cmb.sweep.percent)


def of(data: str, generator: str, score: str) -> Any:
    """A score of a generator."""
    return lambda t: t.at("value", data=data, generator=generator, score=score)


def against_copula() -> Iterator[Finding]:
    """Does any network beat a copula, and in what?"""
    for data, where in (("australia", "Section 4.2, Figure 6"), ("globe", "Section 4.4, Figure 9")):
        network = NETWORKS[data]
        yield Finding(
            id=f"generators-{data}-marginals",
            where=f'{where}; table "Beyond: generators"',
            statement=f"Samples of the {network} have marginals nearer to held-out chains than "
            "two numbers per point have.",
            published="accurately",
            unit="km/s (median EMD to held-out chains)",
            reads=TABLE,
            ours=of(data, network, "emd"),
            test=at_most(of(data, "two numbers per point", "emd"), BESIDE),
            null=Null("Gaussian copula", of(data, COPULA, "emd")),
            headline=data == "australia",
            differs=Measured(
                "Its maps of mean and standard deviation are off by {:.3f} and {:.3f} km/s, those "
                "of two numbers per point by {:.3f} and {:.3f} (table_generators.csv: mean_rmse, "
                "std_rmse).",
                tuple(
                    of(data, one, score)
                    for one in (network, "two numbers per point")
                    for score in ("mean_rmse", "std_rmse")
                ),
            ),
            note="No generator of the table learned the chains that it is judged by.",
        )
        yield Finding(
            id=f"generators-{data}-cells",
            where=f'{where}; table "Beyond: generators"',
            statement=f"Samples of the {network} have the discontinuities of the ensemble, which "
            "is made of cells.",
            published="represents the ensemble",
            unit="(share of neighbouring points with one value)",
            reads=TABLE,
            ours=of(data, network, "shared"),
            test=at_least(
                lambda t, d=data: of(d, "training samples", "shared")(t) - 0.05,
                defined("A twentieth of all neighbours."),
            ),
            null=Null("Gaussian copula", of(data, COPULA, "shared")),
            differs=Measured(
                "No generator of table_generators.csv repeats a value at the next point but those "
                "that copy it: the cell-copying model has {:.2f}, training samples {:.2f}.",
                tuple(of(data, one, "shared") for one in ("cell-copying", "training samples")),
            ),
            note="The cell-copying model of the same table has them, from fewer numbers.",
        )


def stops(name: str) -> Any:
    """Per cent of the chains at which a rule stops; a step beyond all if it never does."""
    return lambda d: min(float(d[f"{name}_stops"]), 100.0 + STEP)


def stopping() -> Iterator[Finding]:
    """Section 4.3 as a rule for chains that still run: generators of their halves, side by side."""
    shared: dict[str, Any] = {
        "where": 'Section 4.3, Figure 8; figure "Beyond: stopping"',
        "unit": "per cent of each chain",
        "reads": "generators/stopping.nc",
        "ours": stops("copula"),
    }
    half = Measured(
        "With half of each chain the halves differ by {:.4f} km/s, their copulas by {:.4f} and two "
        "numbers a point by {:.4f}; one half is off all of the other by {:.4f}; 95 per cent of the "
        "points have an R-hat below {:.3f} (stopping.nc).",
        tuple(
            lambda d, name=name: d[name].sel(percent=50)
            for name in ("ensembles", "copula", "two_numbers", "error", "r_hat")
        ),
    )
    yield Finding(
        id="stopping-by-half",
        statement="The distance between generators tells when chains may stop: those of the two "
        "halves of the chains are within the tolerance with half of the samples.",
        published=50,
        test=at_most(50, from_paper("Half of the samples were enough there.")),
        null=Null("comparing the halves directly", stops("ensembles")),
        differs=half,
        needs=(HALF,),
        **shared,
    )
    ever = Provided(
        "they stop at all", stops("copula"), at_most(100, defined("All of the samples."))
    )
    for other, words in (("ensembles", "comparing the halves directly"), ("r_hat", "R-hat")):
        yield Finding(
            id=f"stopping-before-{other.replace('_', '-')}",
            statement=f"A generator in between lets chains stop earlier than {words} does.",
            published="an indication of convergence",
            test=at_most(
                lambda d, name=other: stops(name)(d) - STEP,
                defined("A tenth of the samples saved: one step of the parts."),
            ),
            null=f"{words} is the bound itself",
            provided=(ever,),
            differs=half,
            needs=(HALF,),
            **shared,
        )


# Score, bound, test, what it says, unit: goals of our own. The authors' WGANs are off their own
# ensemble by 0.0110 and 0.0201 km/s, and correlate at 0.24 and 0.11 with its higher moments.
GOALS = (
    ("mean_rmse", 0.010, at_most, "the ensemble's mean", "km/s (RMSE of the map)"),
    ("std_rmse", 0.010, at_most, "its standard deviation", "km/s (RMSE of the map)"),
    ("skewness_correlation", 0.7, at_least, "its skewness", "(correlation of the maps)"),
    ("kurtosis_correlation", 0.5, at_least, "its kurtosis", "(correlation of the maps)"),
    ("border_error", 0.05, at_most, "neighbours across borders", "(error of their correlation)"),
    ("shared_error", 0.02, at_most, "the cells", "(error of the share of neighbours in one)"),
)
CHOSEN = defined("A goal of our own, set before the generators were made.")


def size_of(data: str, generator: str, score: str) -> Any:
    """A score of a generator without its sign, where it is an error."""
    return lambda t: abs(of(data, generator, score)(t))


def goals() -> Iterator[Finding]:
    """What of the globe's ensemble a generator has, against chains that it has not seen."""
    for generator, name in (("WGANs", "wgans"), ("cell-copying", "cell-copying")):
        for score, bound, test, what, unit in GOALS:
            measure = size_of if score.endswith("_error") else of
            yield Finding(
                id=f"goal-{name}-{score.replace('_', '-')}",
                where='Section 4.4, Figure 9; table "Beyond: generators"',
                statement=f"Samples of the {generator} have {what}.",
                published="represents the ensemble",
                unit=unit,
                reads=TABLE,
                ours=measure("globe", generator, score),
                test=test(bound, CHOSEN),
                null=Null("Gaussian copula", measure("globe", COPULA, score)),
                differs=Measured(
                    "Training samples themselves have {:.4f} against the held-out chains, chains "
                    "among each other {:.4f} (table_generators.csv: floor).",
                    (
                        measure("globe", "training samples", score),
                        lambda t, s=score: t.at("floor", data="globe", generator=COPULA, score=s),
                    ),
                ),
            )


def over_seeds_of_the_study() -> Iterator[Finding]:
    """The order of generators, as means over the seeds of a study (data/reference)."""
    for data, generator, other in (
        ("australia", "DCGAN", COPULA),
        ("globe", "WGANs", COPULA),
        ("globe", "cell-copying", "two numbers per point"),
    ):
        yield Finding(
            id=f"study-{data}-{generator.lower()}",
            where='Sections 4.2, 4.4; table "Beyond: generators"',
            statement=f"Over several seeds, marginals of the {generator} ({data}) are nearer to "
            f"held-out chains than those of the null ({other}).",
            published="accurately",
            unit="km/s (median EMD to held-out chains)",
            reads=TABLE,
            scale="study",
            ours=of(data, generator, "emd"),
            test=at_most(of(data, other, "emd"), over_seeds("The null of the same runs.")),
            null=f"{other} is the bound itself",
            differs=Measured(
                "Covariances correlate with those of held-out chains at {:.2f} and {:.2f} "
                "(table_generators.csv).",
                tuple(of(data, one, "covariance_correlation") for one in (generator, other)),
            ),
        )


FINDINGS = [*against_copula(), *goals(), *over_seeds_of_the_study(), *stopping()]
