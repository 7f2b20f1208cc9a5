"""Findings of Scheiter et al. (2022), section 3.1: rings."""

from collections.abc import Iterator
from typing import Any

from claims.scheiter2022_measures import (
    FULL,
    centre,
    distance_of_marginals,
    emptiest_sector,
    error,
    misplaced,
    normal,
    radii,
    radius,
    smoothed,
    width,
)
from support.ledger.forms import (
    AUTHORS_FILES,
    Finding,
    Measure,
    Measured,
    Need,
    Null,
    Provided,
    at_least,
    at_most,
    defined,
    equal,
    from_paper,
    sampled,
)

RING, DRAWS, INTEGRALS = "ring/ensemble_2d.nc", "ring/draws.nc", "ring/integrals.nc"
SMALL = (200, 600, 1000)


def sizes(*wanted: int) -> Need:
    """The config has ensembles of the ring of these sizes."""
    text = f"ensembles of {', '.join(map(spaced, wanted))} samples"
    return Need(text, lambda config: {*wanted} <= {*config.scheiter2022.ring.sizes})


def spaced(number: int) -> str:
    """A number as the paper writes it, 100 000."""
    return f"{number:,}".replace(",", " ") if number >= 10_000 else str(number)


KERNEL = "kernel density of the same samples with the same noise"
HALF = "Half a ring has 0; the emptiest sector of 200 samples has some 0.5 of a whole one."


def everywhere(measure: Measure) -> Provided:
    """What no half of a ring passes."""
    test = at_least(0.2, defined(HALF))
    return Provided("every GAN draws in all sectors of azimuth", measure, test)


# ------------------------------------------------------------------------- section 3.1, Figure 2


def learned_rings() -> Iterator[Finding]:
    """What the GANs of the ring draw, by the size of their ensemble (Figure 2).

    A perfect GAN learns the ensemble with the noise of 0.1 that is added to its training samples.
    """
    tenth = defined("A tenth of the samples, at most, beside those of a perfect GAN.")
    perfect: Measure = lambda _, e, __: misplaced(smoothed(e.x), e.x)  # noqa: E731
    for size in (*SMALL, FULL):
        label = "" if size == FULL else f"{size}-"
        test = at_most(perfect, tenth, margin=0.1)
        placed: Measure = lambda d, e, _, n=size: misplaced(d.x.sel(size=n), e.x)  # noqa: E731
        shared: dict[str, Any] = {
            "where": "Section 3.1, Figure 2",
            "published": "consistent; with 200, some artefacts" if label else "well represented",
            "reads": (DRAWS, RING, f"ring/subset_{size}.nc"),
            "needs": (sizes(size),),
        }
        yield Finding(
            id=f"ring-gan-{label}placed",
            statement=f"The GAN of {spaced(size)} samples draws where the large ensemble lies.",
            unit="(share of samples elsewhere)",
            ours=placed,
            test=test,
            null=Null(KERNEL, lambda _, e, s: misplaced(smoothed(s.x), e.x)),
            headline=size == FULL,
            **shared,
        )
        for name, of, room, why in (
            ("radius", "mean", 0.05, "A third of the ring's width."),
            ("width", "std", 0.15, "Half of what the noise adds, so that it must be there."),
        ):
            yield Finding(
                id="ring-smoothed-width"
                if size == FULL and of == "std"
                else f"ring-gan-{label}{name}",
                statement=f"The GAN of {spaced(size)} samples has the {name} of the smoothed ring.",
                unit="(ratio to a perfect GAN)",
                ours=lambda d, e, _, n=size, of=of: (
                    getattr(radii(d.x.sel(size=n)), of)() / getattr(radii(smoothed(e.x)), of)()
                ),
                test=equal(1, defined(why), absolute=room),
                null=Null(
                    KERNEL,
                    lambda _, e, s, of=of: (
                        getattr(radii(smoothed(s.x)), of)() / getattr(radii(smoothed(e.x)), of)()
                    ),
                ),
                provided=(Provided("it draws where the ensemble lies", placed, test),),
                **shared,
            )


FIGURE2: dict[str, Any] = {"where": "Section 3.1, Figure 2"}


def rings() -> Iterator[Finding]:
    """The ensemble of section 3.1, and what its GANs as a whole show."""
    errors = "standard errors of the smallest run, 20 000 samples."
    yield Finding(
        id="ring-distance",
        statement="All samples are at the distance 0.7 from the origin, but for the noise.",
        published=0.7,
        reads=RING,
        ours=lambda d: centre(d.x),
        test=equal(0.7, sampled(f"Four {errors}"), absolute=0.003),
        scale="smoke",
        note="The density is one of Cartesian coordinates, so that 0.7 is neither the mean radius "
        "(5/7 in 2-D) nor the most probable one; ours is where the density itself peaks.",
        **FIGURE2,
    )
    yield Finding(
        id="ring-width",
        statement="The noise on the distance has a standard deviation of 0.1.",
        published=0.1,
        reads=RING,
        ours=lambda d: width(d.x),
        test=equal(0.1, sampled(f"Four {errors}"), absolute=0.002),
        scale="smoke",
        **FIGURE2,
    )
    yield Finding(
        id="ring-authors-radius",
        statement="The authors' 1000 samples have the mean radius of the Cartesian density, 5/7.",
        published="distance 0.7 with Gaussian noise 0.1",
        reads="ring/subset_1000.nc",
        ours=lambda d: radius(d.x).mean(),
        test=equal(5 / 7, sampled("Five standard errors of 10 000."), absolute=0.005),
        scale="smoke",
        needs=(AUTHORS_FILES, sizes(1000)),
        **FIGURE2,
    )
    yield Finding(
        id="ring-not-normal",
        statement="The ring cannot be approximated by a multivariate normal distribution.",
        published="cannot be approximated",
        unit="(spread of the radius over that of a coordinate)",
        reads=RING,
        ours=lambda d: radius(d.x).std() / d.x.std(["chain", "sample"]).mean(),
        test=at_most(0.33, defined("Half of the 0.655 of a normal distribution.")),
        scale="smoke",
        **FIGURE2,
    )


def gans_of_the_ring() -> Iterator[Finding]:
    """What the GANs of the ring as a whole show."""
    yield Finding(
        id="ring-gan-marginals",
        statement="Trained on 100 000 samples, the GAN represents the marginals well.",
        published="a good representation",
        unit="(mean distance)",
        reads=(DRAWS, RING, f"ring/subset_{FULL}.nc"),
        ours=lambda d, e, _: distance_of_marginals(d.x.sel(size=FULL), e.x),
        test=at_most(
            lambda _, e, __: distance_of_marginals(normal(e.x), e.x) / 2,
            defined("Half the distance of normal distributions, which will not do."),
        ),
        null=Null(KERNEL, lambda _, e, s: distance_of_marginals(smoothed(s.x), e.x)),
        differs=Measured(
            "Each training errs in its own way: centres of the ten scatter by {:.3f} (draws.nc), "
            "and draws of all ten together are only {:.3f} from the ensemble.",
            (
                lambda d, *_: d.x.sel(size=FULL).mean("sample").std("chain").mean(),
                lambda d, e, _: distance_of_marginals(
                    d.x.sel(size=FULL)[:, ::10].values.reshape(1, -1, 2), e.x[:, ::10]
                ),
            ),
        ),
        needs=(sizes(FULL),),
        **FIGURE2,
    )
    yield Finding(
        id="ring-gan-200-artefacts",
        statement="Artefacts appear for the smallest training set: it is the worst of all.",
        published="some artefacts",
        unit="(share of samples elsewhere, over the worst of the larger sets)",
        reads=(DRAWS, RING),
        ours=lambda d, e: (
            misplaced(d.x.sel(size=200), e.x)
            / max(misplaced(d.x.sel(size=n), e.x) for n in SMALL[1:])
        ),
        test=at_least(1, defined("The worst is no better than the others.")),
        needs=(sizes(*SMALL),),
        **FIGURE2,
    )


def compression() -> Finding:
    """How many numbers hold the ring."""
    return Finding(
        id="ring-compression",
        where='Summary, sections 3.1 and 5.1, Figure 2; table "Beyond: compression"',
        statement="The generator holds the ring in 95 per cent fewer numbers than the ensemble.",
        published=95,
        unit="per cent",
        reads=("table_compression.csv", INTEGRALS, DRAWS),
        ours=lambda t, *_: 100 * t.at("rate", experiment="ring", ensemble=float(FULL)),
        test=equal(95, from_paper("The paper gives whole per cent."), absolute=0.5),
        null="5126 samples take as many numbers: the GAN has to have better integrals than they",
        provided=(
            Provided(
                "its integrals are better than those of 5126 samples",
                lambda _, d, __: error("gan", FULL)(d),
                at_most(
                    lambda _, d, __: error("mcmc", FULL)(d) * (FULL / 5126) ** 0.5,
                    defined("Errors go with one over the root of the number."),
                ),
            ),
            everywhere(lambda *files: emptiest_sector(files[2].x.sel(size=FULL))),
        ),
        needs=(sizes(FULL),),
        note="Compression begins at 5127 samples of two coordinates: where a GAN enlarges an "
        "ensemble of 200, 600 or 1000 samples it does not compress it.",
    )


FINDINGS = [*rings(), *gans_of_the_ring(), compression(), *learned_rings()]
