"""Santos et al. (2024): findings on stirring and the generator (sections 2, 3 and 6.2)."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from support.ledger.forms import (
    Finding,
    Measure,
    Need,
    Null,
    Provided,
    Test,
    at_least,
    at_most,
    defined,
    equal,
    from_paper,
    key,
    read_off,
    sampled,
    timed,
)

STAGES = "stirring/stages.nc"
IMAGES = "prior/images.nc"
CARD = "generator/generator.json"
ASSESSMENT = "generator/assessment.nc"
OBSERVED = "inversion/observed_5.nc"
QUALITY = 'figure "Beyond: the generator"'
SLOPE = "(slope, wavenumbers 2 to 60)"

L5 = Need("lambda_0 = L/5", lambda config: config.santos2024.inversion.waves == 5)
COMPARED = Need(
    "the random walk among the samplers compared",
    lambda config: "random_walk" in config.santos2024.inversion.comparison.methods,
)

FAIRLY = from_paper(
    "'Fairly precisely', no number; over 1.5 decades 0.15 is a factor of 1.7 end to end."
)
MACHINE = timed("Another processor: half a power of ten either way; 'about'.")
TWICE = read_off("Several times in the figure; lines scatter by less than twice.")
TWO_ROCKS = at_least(
    0.9,
    from_paper("'Only 0 or 1': grey is a third at most of what touches a boundary, 0.29 of pixels"),
)


assessed = partial(Finding, reads=ASSESSMENT)


def of_set(variable: str, name: str, dimension: str = "set") -> Measure:
    """A score of the assessment for one set of images."""
    return lambda d: d[variable].sel({dimension: name})


def departure(name: str) -> Measure:
    """Largest factor between the mean spectrum of a set and that of the training images."""

    def factor(d: Any) -> float:
        power = d.spectrum.sel(wavenumber=slice(2, 60))
        ratio = power.sel(set=name) / power.sel(set="training")
        return max(float(ratio.max()), 1 / float(ratio.min()))

    return factor


def normal_binarity(_: Any) -> float:
    """Share of normal numbers of mean 1/2 and variance 1/4, a binary image's, within 0.1 of 0 or 1.

    What lies beyond counts as clipped.
    """
    from math import erfc

    return erfc(0.8 / 2**0.5)  # |x - 0.5| > 0.4, in units of 0.5


def linear_recall(d: Any, images: Any, held_out: Any) -> float:
    """Recall of held-out images by normal draws with mean and covariance of training images.

    Coarse, as the assessment has them: averages over blocks of normal numbers are normal.
    """
    import numpy as np

    from latentearth.generators import gaussian
    from latentearth.images.scores import coarse, prdc_scores

    count, side, neighbours = (key("settings", name)(d) for name in ("draws", "side", "neighbours"))
    training, real = (coarse(file.image.values, side) for file in (images, held_out))
    drawn = gaussian.fit(training).draw(len(real[:count]), np.random.SeedSequence(2022))
    return prdc_scores(real[:count], drawn, neighbours)["recall"]


STIRRING = [
    assessed(
        id="stirring-equal-parts",
        where="Section 2.1, Figure 1",
        statement="The two components are in the same proportion.",
        published=0.5,
        unit="(share of white, held-out images)",
        ours=of_set("white", "held_out"),
        test=equal(0.5, sampled("0.005 per image by pixels' centres."), absolute=0.005),
    ),
    Finding(
        id="stirring-contour",
        where="Section 2.1, Figure 1",
        statement="The contour lengthens and becomes more convoluted.",
        published="lengthens",
        unit="(length over that of the circle)",
        reads=STAGES,
        ours=lambda d: d.length[-1] / d.length[0],
        test=at_least(5, defined("More than any change of shape without folds.")),
        scale="smoke",
    ),
    assessed(
        id="stirring-spectrum",
        where="Sections 2.1 and 3.3, Figure 7",
        statement="Heterogeneities follow a 1/k power spectrum.",
        published=-1,
        unit=SLOPE,
        ours=of_set("slope", "training"),
        test=equal(-1, FAIRLY, absolute=0.15),
        note="The paper gives neither the bounds of the parameters' distributions, nor the "
        "duration, nor a factor of the velocity. Ours were chosen so that this slope and the "
        "distance of targets from training images (entry lowest-d-min) come out.",
    ),
    Finding(
        id="stirring-velocity-scale",
        where="Section 2.1, equations 1 to 5, Figure 1",
        statement="Velocities are the derivatives of the stream function, without a factor.",
        published=-1,
        unit=SLOPE,
        reads=STAGES,
        ours=lambda d: d.literal_slope.sel(duration=d.duration.max()),
        test=equal(-1, FAIRLY, absolute=0.15),
        differs="With speed 1 images of the longest duration have most of their filaments below "
        "the size of a pixel, and a slope on its way to that of white noise, +1 (stages.nc: "
        "literal_slope).",
        note="Taken literally, speeds reach 9 box sides per unit of time, and filaments the size "
        "of a pixel by t = 0.5, when a(t) and b(t) have hardly turned: the flow is nearly steady "
        "and winds spirals. We take 0.1 times this velocity over a duration of 5.",
    ),
    Finding(
        id="anisotropy-from-isotropic-rock",
        where="Section 2.2, Figures 2 and 3",
        statement="Homogenization of an isotropic medium gives an anisotropic one.",
        published="xi differs from 1",
        unit="(largest distance of xi from 1)",
        reads=OBSERVED,
        ours=lambda d: abs(d.effective[1] / d.effective[0] - 1).max(),
        test=at_least(0.01, defined("The solver errs by 0.03 of 136 GPa.")),
        scale="smoke",
        needs=(L5,),
        note="The anisotropy is C22 over C11 in the text and in Figure 3, t11 over t22 in the "
        "caption of Figure 13. Ours is the former: below 1 with horizontal layers, which are red.",
    ),
]

GENERATOR = [
    Finding(
        id="gan-coverage",
        where=f"Abstract, section 3.2; {QUALITY}",
        statement="The GAN generates samples from the same distribution as the training set.",
        published="same distribution",
        unit="(recall of held-out images)",
        reads=(ASSESSMENT, IMAGES, "prior/held_out.nc"),
        ours=lambda d, *_: of_set("recall", "generated", "source")(d),
        test=at_least(
            lambda d, *_: of_set("recall", "training", "source")(d),
            sampled("As many training images; three errors of 2048."),
            margin=0.03,
        ),
        null=Null("all principal components of the training images", linear_recall),
        headline=True,
        differs="Held-out images lie between generated ones less often than between training "
        "images (assessment.nc: recall; precision is lower as well). The paper measures neither.",
    ),
    assessed(
        id="gan-spectrum",
        where="Section 3.3, Figure 7",
        statement="The generated images have a power spectrum that follows 1/k fairly precisely.",
        published=-1,
        unit=SLOPE,
        ours=of_set("slope", "generated"),
        test=equal(-1, FAIRLY, absolute=0.15),
        null=Null("Gaussian field with the training images' power", of_set("slope", "training")),
    ),
    assessed(
        id="gan-same-spectrum",
        where="Section 3.3, Figure 7",
        statement="The generator reproduces the statistical properties of the training images.",
        published="reproduces",
        unit="(largest factor between mean spectra)",
        ours=departure("generated"),
        test=at_most(
            lambda d: departure("held_out")(d) ** 3,
            sampled("Three times, as a logarithm, what held-out images have."),
        ),
        null=Null("Gaussian field with the training images' power", departure("training")),
        differs="Generated images have other power at the shortest waves (assessment.nc: "
        "spectrum), where the thinnest filaments are.",
    ),
    assessed(
        id="gan-binary",
        where="Section 3.3, Figure 6",
        statement="Generated marble cakes have only local values of 0 or 1.",
        published="only 0 or 1",
        unit="(share of pixels within 0.1 of either)",
        ours=of_set("binarity", "generated"),
        test=TWO_ROCKS,
        null=Null("Gaussian field of the same mean and variance", normal_binarity),
    ),
    assessed(
        id="gan-not-copied",
        where=f"Section 3.3 (implied), section 5.4; {QUALITY}",
        statement="Generated cakes are new: as unlike the training images as held-out ones are.",
        published="new",
        unit="(ratio of mean D_min)",
        ours=lambda d: (
            d.nearest.sel(compared="generated").mean() / d.nearest.sel(compared="held_out").mean()
        ),
        test=at_least(0.9, defined("A tenth of copies would take a tenth.")),
        null=Null("copies of training images", lambda d: 0.0),
        provided=(Provided("they are binary", of_set("binarity", "generated"), TWO_ROCKS),),
    ),
    Finding(
        id="gan-training-time",
        where=f"Section 6.2; {QUALITY}",
        statement="Training lasted about 40 hours.",
        published=40,
        unit="hours",
        reads=CARD,
        ours=lambda card: card["training_seconds"] / 3600,
        test=at_most(40, timed("The paper's is not named; less is no fault.")),
        scale="paper",
        provided=(
            Provided(
                "as many batches as the paper's",
                key("critic_batches"),
                at_least(39520, from_paper("130 epochs of 304 batches.")),
            ),
        ),
    ),
]


def per_line(variable: str, space: str, times: float = 1) -> Measure:
    """Mean over the lines of Figure 16, times a factor."""
    return lambda d: times * d[variable].sel(space=space).mean()


def two_rocks(d: Any) -> Any:
    """Share of pixels of the generated images that are within 0.1 of 0 or 1."""
    images = d.image.sel(space="latent")
    return ((images < 0.1) | (images > 0.9)).mean()


def change(d: Any) -> Any:
    """How far images at the ends of lines are from the middle: generated over simulated."""
    ends = d.distance.isel(along=[0, -1]).mean(("line", "along"))
    return ends.sel(space="latent") / ends.sel(space="physical")


def continuity() -> Iterator[Finding]:
    """Figure 16: how images change along lines in latent and in physical space."""
    rows: tuple[tuple[str, str, str, str, str, Test], ...] = (
        (
            "continuity-basin",
            "Generated marble cakes have a larger attraction basin than simulated ones.",
            "larger",
            "standard deviations",
            "basin_width",
            at_least(per_line("basin_width", "physical", 2), TWICE),
        ),
        (
            "continuity-minima",
            "Along a line in latent space the distance has fewer local minima.",
            "avoiding multiple local minima",
            "(minima beside the centre, per line)",
            "minima",
            at_most(per_line("minima", "physical", 0.5), TWICE),
        ),
        (
            "continuity-smooth",
            "Generated marble cakes vary smoothly along a line, simulated ones erratically.",
            "smooth variations",
            "(mean change from one image to the next)",
            "jump",
            at_most(per_line("jump", "physical", 0.5), TWICE),
        ),
    )
    useful = defined("Images that hardly change are smooth and of no use.")
    for id, statement, published, unit, variable, test in rows:
        yield Finding(
            id=id,
            where="Section 6.2, Figure 16",
            statement=statement,
            published=published,
            unit=unit,
            reads="generator/continuity.nc",
            ours=per_line(variable, "latent"),
            test=test,
            null="principal components, linear in z, are as smooth by definition; what is provided "
            "tells them apart",
            provided=(
                Provided("images on the lines are of two rocks", two_rocks, TWO_ROCKS),
                Provided(
                    "they change half as much as simulated ones", change, at_least(0.5, useful)
                ),
            ),
            headline=id == "continuity-basin",
        )


LEARNING = [
    assessed(
        id="generator-milliseconds",
        where="Section 6.2, Figure 16",
        statement="A generated image takes a few milliseconds.",
        published="a few",
        unit="ms of processor time",
        ours=lambda d: d.milliseconds,
        test=at_most(10, timed("More than ten are not a few; less is no fault.")),
    ),
    Finding(
        id="simulator-slower",
        where="Section 6.2, Figure 16",
        statement="The simulator is about 1000 times slower than the generator.",
        published=1000,
        unit="times",
        reads=(IMAGES, ASSESSMENT),
        ours=lambda images, generated: images.milliseconds / generated.milliseconds,
        test=at_least(1000 / 10**0.5, MACHINE),
        headline=True,
        differs="Our simulator traces pixels back in compiled code instead of a growing contour "
        "forward (images.nc, assessment.nc: milliseconds), which removes this reason for learning.",
    ),
    Finding(
        id="simulator-days",
        where="Section 6.2, Figure 16",
        statement="16 chains of 100 000 marble cakes would need 19 days of simulation.",
        published=19,
        unit="days of one core",
        reads=IMAGES,
        ours=lambda images: images.milliseconds * 1.6e6 / 8.64e7,
        test=at_least(19 / 10**0.5, MACHINE),
        differs="As entry simulator-slower (images.nc: milliseconds).",
        note="The paper's own 6 hours for 19 456 images give 20.6 days.",
    ),
    *continuity(),
    Finding(
        id="homogenization-limits",
        where='Sections 5.1 and 6.2; figure "Beyond: samplers"',
        statement="Homogenization, not generation, takes most of the time of a forward evaluation.",
        published="the time-limiting factor",
        unit="(share of generation)",
        reads=(ASSESSMENT, "inversion/samplers.csv"),
        ours=lambda generated, table: (
            generated.milliseconds / table.at("cpu_ms_per_evaluation", method="random_walk")
        ),
        test=at_most(1 / 3, timed("Half, and what times of two jobs may differ by.")),
        needs=(COMPARED,),
        differs="Two iterations of a solver made for two rocks, of which only the long waves are "
        "kept, take about as long as the generator (samplers.csv: cpu_ms_per_evaluation; "
        "assessment.nc: milliseconds).",
    ),
]

FINDINGS: list[Finding] = [*STIRRING, *GENERATOR, *LEARNING]
