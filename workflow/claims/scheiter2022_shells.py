"""Findings of Scheiter et al. (2022), section 3.3 and appendix B: shells, and what they cost."""

from collections.abc import Iterator
from typing import Any

from claims.scheiter2022_measures import emptiest_sector, misplaced, radii, radius
from claims.scheiter2022_rings import everywhere
from support.ledger.forms import (
    Finding,
    Measure,
    Need,
    Null,
    Provided,
    at_least,
    at_most,
    defined,
    equal,
    falling,
    from_paper,
    sampled,
    timed,
    true,
)

FIGURE4 = "Section 3.3, Figure 4"
COSTS = "hypersphere/economics.csv"
EVERY = (2, 3, 4, 7, 10)
AT_RANDOM = "radii of the ensemble in random directions"
MUCH = defined("Ten times is the least that we would call much.")
ONE_DIGIT = from_paper("One digit: 1.5 to 2.5 billion.")


def shells(*dimensions: int) -> Need:
    """The config has shells of these dimensions."""
    text = f"shells in {', '.join(map(str, dimensions))} dimensions"
    return Need(text, lambda config: {*dimensions} <= {*config.scheiter2022.hypersphere.dimensions})


def slices(dimension: int) -> str:
    """The file of samples near the plane."""
    return f"hypersphere/slices_{dimension}d.nc"


def near_plane(d: Any) -> Any:
    """Mean radius in the slice, GAN over ensemble."""
    return radius(d.gan_slice, "plane").mean() / radius(d.ensemble_slice, "plane").mean()


def at_random(d: Any, draws: int = 1_000_000) -> Any:
    """What lies near the plane, (sample, 2), of radii of the ensemble in random directions."""
    import numpy as np

    rng, apart = np.random.default_rng(2022), np.linalg.norm(d.ensemble.values, axis=1)
    points = rng.standard_normal((draws, d.sizes["coordinate"]), np.float32)
    points *= (rng.choice(apart, draws) / np.linalg.norm(points, axis=1))[:, None]
    return points[(abs(points[:, 2:]) < d.attrs["half_width"]).all(1), :2]


def null(measure: Measure) -> Null:
    """A measure of that sample and of the file, as a null."""
    return Null(AT_RANDOM, lambda d: measure(at_random(d), d))


def rate(table: Any, method: str, dimension: int = 10) -> Any:
    """Samples per second."""
    return table.at("samples_per_s", dimension=dimension, method=method)


def draws(table: Any, method: str = "exact") -> Any:
    """Draws that put 300 000 into the slice in 10-D."""
    return 300_000 / table.at("slice_probability", dimension=10, method=method)


def kernel_slice(table: Any) -> Any:
    """Share of a kernel density's samples in the slice in 10-D, over the exact one."""
    return table.at(
        "value", data="shell, 10-D", generator="kernel density", score="slice_probability_ratio"
    )


def seconds(table: Any, method: str) -> Any:
    """Time for the draws of the exact density: no generator gains by filling the slice too well."""
    return draws(table) / rate(table, method)


def ensembles() -> Iterator[Finding]:
    """What Figure 4 shows of ensembles, without any GAN."""
    shared: dict[str, Any] = {"reads": tuple(slices(d) for d in EVERY), "needs": (shells(*EVERY),)}
    yield Finding(
        id="sphere-focus",
        where=f"{FIGURE4}, first row",
        statement="In projection samples gather in the centre in more dimensions.",
        published="increasingly",
        ours=lambda *files: falling([radius(f.ensemble[:, :2]).mean() for f in files]),
        test=true(sampled("Exact means fall by 0.05 at least; errors are 0.005.")),
        **shared,
    )
    yield Finding(
        id="slice-fewer",
        where=f"{FIGURE4}, second row",
        statement="Ever fewer samples are near the x1-x2 plane as the dimension grows.",
        published="rapidly decreases",
        ours=lambda *files: falling([f.sizes["real"] for f in files]),
        test=true(sampled("Exact numbers fall by 4 to 27 times, to 44 give or take 7.")),
        **shared,
    )
    yield Finding(
        id="sphere-mean-radius",
        where="Sections 3.1 and 3.3, Figure 4",
        statement="In 10-D samples follow exp(-(r - 0.7)^2 / 0.02): their mean radius is 0.812.",
        published="distance 0.7 with Gaussian noise 0.1",
        reads="hypersphere/ensemble_10d.nc",
        ours=lambda d: radius(d.x).mean(),
        test=equal(
            0.8123,
            sampled("By quadrature; four standard errors of 30 000 samples."),
            absolute=0.0025,
        ),
        scale="smoke",
        needs=(shells(10),),
        note="In Cartesian coordinates the radius has the density r^9 exp(-(r - 0.7)^2 / 0.02): "
        "the shell is drawn to larger radii as the dimension grows, and 0.7 is not its mean.",
    )


def boxes() -> Iterator[Finding]:
    """What is drawn of ensembles near the plane."""
    yield Finding(
        id="slice-box",
        where=FIGURE4,
        statement="Close to the plane (d < 0.15) means each further coordinate within 0.15.",
        published="d < 0.15",
        unit="(share in 4-D over exact probability)",
        reads=(slices(4), COSTS),
        ours=lambda d, t: (
            d.sizes["real"]
            / d.ensemble_size
            / t.at("slice_probability", dimension=4, method="exact")
        ),
        test=equal(
            1,
            sampled("Six times the error of 16 500 samples; a disc would give 0.79."),
            absolute=0.05,
        ),
        needs=(shells(4),),
        note="d is not defined. The authors' code, and the draws that the paper gives for 10-D, "
        "mean a box; a distance of 0.15 would keep some sixty times fewer samples in 10-D.",
    )
    yield Finding(
        id="slice-draws-exact",
        where=FIGURE4,
        statement="300 000 samples in the slice in 10-D take 2 billion draws (exact density).",
        published=2e9,
        unit="draws",
        reads=COSTS,
        ours=draws,
        test=equal(2e9, ONE_DIGIT, relative=0.25),
        scale="smoke",
        needs=(shells(10),),
    )


SECTORS = everywhere(lambda d: emptiest_sector(d.gan_slice.values[None]))
OF_44 = sampled("Five times the 2 per cent to which 44 samples give their mean.")


def gans() -> Iterator[Finding]:
    """What GANs draw near the plane (Figure 4, third row), and in more dimensions."""
    yield Finding(
        id="slice-draws-gan",
        where=FIGURE4,
        statement="300 000 samples in the slice in 10-D take 2 billion draws of the GAN.",
        published=2e9,
        unit="draws",
        reads=(COSTS, "table_generators.csv"),
        ours=lambda t, _: draws(t, "GAN"),
        test=equal(2e9, ONE_DIGIT, relative=0.25),
        null=Null("kernel density of the ensemble", lambda t, g: draws(t) / kernel_slice(g)),
        scale="paper",
        needs=(shells(10),),
    )
    for dimension, label, why, room in (
        (4, "", defined("A third of the shell's width."), 0.05),
        (10, "-10d", OF_44, 0.1),
    ):
        yield Finding(
            id=f"slice-structure{label}",
            where=FIGURE4,
            statement=f"The GAN represents the structure in the slice in {dimension}-D (radius).",
            published="represents the structure",
            unit="(ratio of mean radii, GAN over ensemble)",
            reads=slices(dimension),
            ours=near_plane,
            test=equal(1, why, absolute=room),
            null=null(
                lambda x, d: radii(x).mean() / radius(d.ensemble_slice, "plane").mean().values
            ),
            provided=(SECTORS,),
            scale="paper",
            needs=(shells(dimension),),
        )
    yield Finding(
        id="slice-structure-placed",
        where=FIGURE4,
        statement="In 4-D the GAN's samples in the slice lie where the ensemble's do.",
        published="represents the structure",
        unit="(share of samples elsewhere)",
        reads=slices(4),
        ours=lambda d: misplaced(d.gan_slice.values[None], d.ensemble_slice.values[None]),
        test=at_most(0.08, sampled("Five times what chance moves of 16 500 samples.")),
        null=null(lambda x, d: misplaced(x[None], d.ensemble_slice.values[None])),
        scale="paper",
        needs=(shells(4),),
    )


def densities() -> Iterator[Finding]:
    """How dense a GAN's ensemble is near the plane."""
    yield Finding(
        id="slice-denser",
        where=f"{FIGURE4}, second and third row",
        statement="In 10-D the GAN makes the slice much denser than the ensemble does.",
        published="significantly increase",
        unit="(samples, GAN over ensemble)",
        reads=slices(10),
        ours=lambda d: d.sizes["found"] / d.sizes["real"],
        test=at_least(10, MUCH),
        null=null(lambda x, d: len(x) / 1_000_000 * d.gan_drawn / d.sizes["real"]),
        provided=(
            Provided("its radius is the ensemble's", near_plane, equal(1, OF_44, absolute=0.1)),
            SECTORS,
        ),
        needs=(shells(10),),
    )


CHEAP = (
    "economics.csv (samples_per_s): this density costs nanoseconds, and compiled Metropolis "
    "makes the more states of it; no entry tests a forward problem that is dear."
)
SPENT: dict[str, Any] = {"reads": COSTS, "differs": CHEAP}
SPENT_IN_TEN: dict[str, Any] = {"where": FIGURE4, "needs": (shells(10),), **SPENT}


def costs() -> Iterator[Finding]:
    """What samples cost: 46 minutes of a GAN against 120 hours of McMC in 10-D."""
    clocks = timed("Another processor: clocks from 2.5 to 5.6 GHz against 3.7.")
    yield Finding(
        id="integrals-gan-cost",
        where="Section 3.2, Figure 3",
        statement="GAN samples cost much less than Monte Carlo samples of p(x).",
        published="much lower",
        unit="(samples per second, GAN over thinned Metropolis)",
        ours=lambda t: rate(t, "GAN", 2) / rate(t, "Metropolis, thinned", 2),
        test=at_least(10, MUCH),
        needs=(shells(2),),
        **SPENT,
    )
    yield Finding(
        id="slice-gan-time",
        statement="A trained GAN fills the slice in 10-D in 46 minutes.",
        published=46,
        unit="min",
        ours=lambda t: seconds(t, "GAN") / 60,
        test=at_most(46, timed("One-sided: another processor, no slower.")),
        **SPENT_IN_TEN,
    )
    for method, label in (("thinned", ""), ("every state", "-every-state")):
        yield Finding(
            id=f"slice-mcmc-time{label}",
            statement=f"McMC would fill the slice in 10-D in 120 hours ({method}).",
            published=120,
            unit="h",
            ours=lambda t, m=method: seconds(t, f"Metropolis, {m}") / 3600,
            test=equal(120, clocks, relative=0.5),
            note="The paper states neither the sampler, nor its proposal, nor the thinning.",
            **SPENT_IN_TEN,
        )


def economics() -> Iterator[Finding]:
    """Whether the GAN is the cheaper one."""
    yield Finding(
        id="slice-dramatic",
        statement="The GAN fills the slice far faster than McMC, 46 minutes instead of 120 hours.",
        published=157,
        unit="times as long (McMC, thinned)",
        ours=lambda t: seconds(t, "Metropolis, thinned") / seconds(t, "GAN"),
        test=at_least(10, MUCH),
        headline=True,
        note="Neither time counts the training (Table A2), nor the run that gave its samples.",
        **{**SPENT_IN_TEN, "where": "Summary, sections 3.3 and 5.1, Figure 4"},
    )
    for label, what, method in (
        ("slice-dramatic-every-state", "McMC does if each state counts", "Metropolis, every state"),
        ("slice-exact-time", "sampling the density exactly does", "exact"),
    ):
        yield Finding(
            id=label,
            statement=f"The GAN fills the slice faster than {what}.",
            published="a strategy against the curse of dimensionality",
            unit="s",
            ours=lambda t: seconds(t, "GAN"),
            test=at_most(lambda t, m=method: seconds(t, m), timed("Both on one machine.")),
            note="A GAN, like McMC, needs a number of draws that grows exponentially with the "
            "dimension; only the cost of a draw can be lower.",
            **SPENT_IN_TEN,
        )


FINDINGS = [*ensembles(), *boxes(), *gans(), *densities(), *costs(), *economics()]
