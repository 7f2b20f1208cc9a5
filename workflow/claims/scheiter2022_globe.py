"""Findings of Scheiter et al. (2022), sections 4.4 and 5: the globe, compression, times."""

from collections.abc import Iterator
from typing import Any

from claims.scheiter2022_australia import AHEAD, BETTER, SWEEP, TWO_NUMBERS, statistics
from claims.scheiter2022_convergence import PARTS
from claims.scheiter2022_measures import level, median, of_both
from support.ledger.forms import (
    AUTHORS_FILES,
    Finding,
    Need,
    Null,
    Provided,
    at_least,
    at_most,
    cell,
    correlation,
    defined,
    equal,
    from_paper,
    key,
    read_off,
    sampled,
    timed,
)
from support.published_values import published

PAPER = "scheiter2022"
MAPS = "cmb/wgan_mcmc/maps.nc"
ONE_RULE = Need(
    "one rule for all patches", lambda c: not c.scheiter2022.cmb.wgan.one_rule_per_patch
)
SOURCES = ("gan", "mcmc")
WORDS = {"std": "standard deviation"} | {m: m for m in ("mean", "skewness", "kurtosis")}
PATCH_RULES = Need("a rule per patch", lambda c: c.scheiter2022.cmb.wgan.one_rule_per_patch)
THEIRS = from_paper("What the published maps of ensemble and WGANs differ by.")


def globe() -> Iterator[Finding]:
    """Figure 9: WGANs of sixteen patches."""
    shared: dict[str, Any] = {"where": "Section 4.4, Figure 9", "reads": MAPS}
    for row in published(PAPER, "published_maps")[:2]:
        moment = row["moment"]
        yield Finding(
            id=f"cmb-fig9-{moment}",
            statement=f"The structure of the {WORDS[moment]} is well represented by the WGANs.",
            published=row["rmse"],
            unit="km/s",
            ours=key(f"{moment}_rmse"),
            test=at_most(row["rmse"], THEIRS),
            null=Null(TWO_NUMBERS, lambda d: 0.0),
            headline=moment == "std",
            **shared,
        )
    yield Finding(
        id="cmb-fig9-std-level",
        statement="The WGANs' samples spread as much as the ensemble's.",
        published="well represented",
        unit="(ratio of mean standard deviations)",
        ours=of_both(level, "std"),
        test=equal(1, read_off("One step of the colours of Figure 9."), absolute=0.1),
        null=Null(TWO_NUMBERS, lambda d: 1.0),
        provided=(
            Provided(
                "its pattern is the same", of_both(correlation, "std"), at_least(0.925, THEIRS)
            ),
        ),
        **shared,
    )


def detail() -> Iterator[Finding]:
    """Figure 9: what the WGANs' globe lacks."""
    shared: dict[str, Any] = {"where": "Section 4.4, Figure 9", "reads": MAPS}
    yield Finding(
        id="cmb-borders-only",
        statement="Borders are the only drawback: within patches neighbours correlate as in the "
        "ensemble.",
        published="the only drawback",
        unit="(ratio of GAN to ensemble)",
        ours=lambda d: level(*(d.pair_correlation.sel(source=s, place="within") for s in SOURCES)),
        test=equal(
            1,
            sampled(
                "Three standard errors of a correlation of 0.5 from 570 independent samples "
                "(chain_quality.nc, median), the fewest that a laptop run has had."
            ),
            absolute=0.2,
        ),
        null=Null(TWO_NUMBERS, lambda d: 0.0),
        **shared,
    )
    yield Finding(
        id="cmb-fig9-gaussian",
        statement="The WGANs, too, are nearer to the marginals than Gaussian approximations.",
        published="not shown for the globe",
        unit="km/s",
        ours=median(),
        test=at_most(median("emd_gaussian"), AHEAD),
        null="two numbers a point are the bound itself",
        **{**shared, "scale": "paper"},
    )
    yield Finding(
        id="cmb-wgan-less-detail",
        where="Appendix B, Figures 6 and 9",
        statement="Compared to DCGANs, WGANs recover less details.",
        published="less",
        unit="km/s",
        reads=(statistics(100), SWEEP),
        ours=lambda _, d: d.emd_gan.sel(percent=100).median(),
        test=at_least(median(), defined("Both against the same full ensemble.")),
        null="two numbers a point, which the DCGAN has to beat",
        provided=(BETTER,),
        scale="paper",
        needs=(PARTS,),
    )


def compression() -> Iterator[Finding]:
    """Values stored against parameters, which count only where the ensemble is captured."""
    of_size = "of the paper's size"
    shared: dict[str, Any] = {
        "unit": "per cent",
        "null": "two numbers a point store less still; a generator has to be nearer than they",
        "provided": (BETTER,),
        "scale": "paper",
    }
    yield Finding(
        id="cmb-australia-compression",
        where='Summary, sections 4.2 and 5.1; table "Beyond: compression"',
        statement="The generator of Australia captures the ensemble in 96 per cent fewer numbers.",
        published=96,
        reads=(statistics(100), "table_compression.csv"),
        ours=lambda _, t: 100 * t.at("rate", experiment="australia", ensemble=of_size),
        test=equal(96, from_paper("The paper gives whole per cent."), absolute=0.5),
        note="Section 5.1 has at least two orders of magnitude: 95 to 99 per cent, its own range, "
        "are 20 to 100 times less, and this generator has a parameter for 26.6 values.",
        **shared,
    )
    yield Finding(
        id="cmb-globe-compression",
        where='Summary, sections 4.4 and 5.1; table "Beyond: compression"',
        statement="Sixteen generators capture the globe in over 99 per cent fewer numbers.",
        published=99,
        reads=(MAPS, "table_compression.csv"),
        ours=lambda _, t: 100 * t.at("rate", experiment="globe", ensemble=of_size),
        test=at_least(99, from_paper("The paper gives a bound.")),
        note="180 000 models of 8000 points are 1.44 billion values, which is not 1.5 billion.",
        headline=True,
        **shared,
    )


CARDS = {
    "a2-ring": "ring/gans.json",
    "a2-sphere": "hypersphere/gans.json",
    "a3": "cmb/dcgan/first_100.json",
    "a4": "cmb/wgan_mcmc/all_patches.json",
}


def times() -> Iterator[Finding]:
    """Training times of Tables A2 to A4: time per step and network, times the paper's steps."""
    one_sided = timed("One-sided: another processor, no slower.")
    for row in published(PAPER, "training_times"):
        name, per_unit = row["table"], 3600 if row["unit"] == "h" else 60
        yield Finding(
            id=f"{name}-time",
            where=row["where"],
            statement=f"A {row['what']} trains in about {row['time']:.0f} {row['unit']}.",
            published=row["time"],
            unit=row["unit"],
            reads=CARDS[name],
            ours=lambda c, steps=row["steps"] / per_unit: (
                c["training_seconds"] / key("settings", "steps")(c) / len(c["networks"]) * steps
            ),
            test=at_most(row["time"], one_sided),
            scale="paper" if name == "a3" else "laptop",
            needs=(ONE_RULE,) if name == "a4" else (),
            differs="The card's training_seconds are by the clock, beside what else ran.",
            note="The paper does not say whether this is the time of one network; we take one.",
        )
    yield Finding(
        id="cmb-wgan-trains-faster",
        where='Appendix B, Tables A3 and A4; figure "Trainings"',
        statement="WGANs are preferable to DCGANs in terms of training time.",
        published="preferable",
        unit="s",
        reads=("cmb/wgan_mcmc/patch_00.json", "cmb/dcgan/first_100.json"),
        ours=lambda wgan, _: wgan["training_seconds"],
        test=at_most(lambda _, dcgan: dcgan["training_seconds"], timed("One network each.")),
        scale="paper",
        needs=(PATCH_RULES,),
    )


def authors_maps() -> Iterator[Finding]:
    """Published maps, published generators, and a WGAN of ours that learns from these."""
    drawn = "published generators, our draws"
    comparisons = {
        "published": (
            "published McMC | published WGAN",
            "The published WGANs have the {} of their ensemble.",
        ),
        "own": (f"{drawn} | our WGAN", "A WGAN learns the {} of published generators' samples."),
    }
    share = from_paper("For Australia the paper says accurately reproduced.")
    alike = defined("Maps whose correlation is 0.9 share all larger features.")
    colours = read_off("Two steps of the colours of Figures 9 and 5; of the mean, one.")
    steps = {"mean": 0.05, "std": 0.035, "skewness": 0.5, "kurtosis": 1.2}
    rooms = {"mean": 0.003, "std": 0.003, "skewness": 0.1, "kurtosis": 0.6}
    for row in published(PAPER, "published_maps"):
        moment, higher = row["moment"], row["moment"] in ("skewness", "kurtosis")
        unit = "" if higher else "km/s"
        near = at_most(steps[moment], colours)
        nearer = near if higher else at_most(row["rmse"], THEIRS)  # as near as the authors' are
        like = at_least(0.7, share) if higher else at_least(0.9, alike)
        shared: dict[str, Any] = {
            "where": 'Sections 4.2 and 4.4, Figure 9; figure "Figure 9, published"',
            "reads": "table_published_maps.csv",
            "needs": (AUTHORS_FILES,),
        }
        for column, units, tests, perfect in (
            ("correlation", "(correlation)", {"published": like, "own": like}, 1.0),
            ("rmse", unit, {"published": near, "own": nearer}, 0.0),
        ):
            for who, (comparison, said) in comparisons.items():
                plain = "correlation" if who == "published" else "rmse"
                yield Finding(
                    id=f"cmb-{who}-{moment}" + ("" if column == plain else f"-{column}"),
                    statement=said.format(WORDS[moment]),
                    published="not shown for the globe" if higher else "well represented",
                    unit=units,
                    ours=cell(column, comparison=comparison, moment=moment),
                    test=tests[who],
                    null="two numbers a point: 0 everywhere"
                    if higher
                    else Null(TWO_NUMBERS, lambda t, p=perfect: p),
                    scale="smoke" if who == "published" else "paper" if higher else "laptop",
                    **shared,
                )
        yield Finding(
            id=f"cmb-generators-{moment}",
            statement=f"Samples of the published generators have the published {WORDS[moment]}.",
            published="the published map",
            unit=unit,
            ours=cell("rmse", comparison=f"published WGAN | {drawn}", moment=moment),
            test=at_most(rooms[moment], sampled("20 000 samples of 0.13 km/s, with heavy tails.")),
            null="none: the same networks on both sides, with dropout on",
            **shared,
        )


FINDINGS = [*globe(), *detail(), *compression(), *times(), *authors_maps()]
