"""Lopez-Alvis et al. (2021): what the networks make, and what inversions take them to be."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from support.ledger.forms import (
    AUTHORS_FILES,
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
    from_paper,
    read_off,
    sampled,
)
from support.published_values import published

# --------------------------------------------------------- what findings take networks to be
NETWORKS = "table_networks.csv"
HARDEST = published("lopez_alvis2021", "table2").at("model_rmse", truth="mc3")


def of(column: str, network: str) -> Measure:
    """A cell of the table of networks, where it is the last of the files."""
    return lambda *files: files[-1].at(column, network=network)


VAE = (
    Provided(
        "the VAE encodes and decodes unseen crops as well as the authors' its hardest truth",
        of("model_rmse_of_mean_code", "vae"),
        at_most(HARDEST, from_paper("The model RMSE of mc3, the greatest in Table 2.")),
    ),
)
SGAN = (
    Provided(
        "the SGAN's samples have two facies",
        of("grey", "sgan"),
        at_most(0.05, read_off("Figure 5d is black and white, but for edges.")),
    ),
    Provided(
        "the SGAN's samples hold as much of channels as the training image",
        lambda *files: abs(
            of("proportion", "sgan")(*files) - of("proportion", "training crops")(*files)
        ),
        at_most(0.02, defined("Two cells of a hundred; single crops scatter by 0.056.")),
    ),
    Provided(
        "the SGAN's channels reach two sides of the model as those of crops do",
        of("crossing", "sgan"),
        at_least(
            of("crossing", "training crops"),
            read_off("None of the channels in Figure 5d ends inside."),
            margin=0.1,
        ),
    ),
    Provided(
        "two-point statistics, widths and numbers of the SGAN's channels lie within the spread of "
        "crops",
        of("deviation", "sgan"),
        at_most(1, defined("A standard deviation of single crops.")),
    ),
)


def relying(findings: Iterable[Finding], *conditions: Provided) -> list[Finding]:
    """The same findings, judged only where networks are what they are taken for."""

    def without_last(measure: Measure) -> Measure:
        return lambda *files: measure(*files[:-1])

    relying: list[Finding] = []
    for finding in findings:
        test, null, differs = finding.test, finding.null, finding.differs
        if callable(test.target):
            test = replace(test, target=without_last(test.target))
        if isinstance(null, Null):
            null = replace(null, measure=without_last(null.measure))
        if isinstance(differs, Measured):
            differs = replace(differs, numbers=tuple(map(without_last, differs.numbers)))
        relying.append(
            replace(
                finding,
                reads=(*finding.files, NETWORKS),
                ours=without_last(finding.ours),
                test=test,
                null=null,
                provided=conditions,
                differs=differs,
            )
        )
    return relying


# ------------------------------------------------------------------------- section 3.1, Figure 5
TRAINING: list[Finding] = [
    Finding(
        id="vae-error",
        where="Section 3.1 (the authors' notebook, last step of 100 000); Figure 5",
        statement="Squared error of a reconstruction, summed over a training model.",
        published=153.5,
        reads=NETWORKS,
        ours=cell("training_error_per_sample", network="vae"),
        test=equal(
            166.4,
            from_paper("Batches of the log's last ten epochs: 153.5 to 172.9, mean 166.4."),
            absolute=12.9,
        ),
        scale="paper",
        needs=(AUTHORS_FILES,),
        null=Null(
            "one grey for all cells",
            lambda t: (p := t.at("proportion", network="training crops")) * (1 - p) * 8385,
        ),
    ),
    Finding(
        id="vae-divergence",
        where="Section 3.1 (the authors' notebook, last step of 100 000); Figure 5",
        statement="Divergence of a code from the prior, for each dimension.",
        published=3.6,
        unit="nat",
        reads=NETWORKS,
        ours=cell("divergence_per_dimension_nat", network="vae"),
        test=equal(
            3.6,
            from_paper("In the authors' log it goes from 3.3 to 3.6 while the VAE trains."),
            absolute=0.3,
        ),
        needs=(AUTHORS_FILES,),
        null=Null("the prior itself", lambda t: 0.0),
    ),
]


def near_edges(models: Any) -> tuple[Any, Any]:
    """Whether cells are grey, and whether an edge of channels is at most two cells away."""
    import numpy as np
    from scipy.ndimage import binary_dilation, binary_erosion

    cells = models.values
    wide = [binary_dilation(one, iterations=2) for one in cells > 0.5]
    narrow = [binary_erosion(one, iterations=2, border_value=1) for one in cells > 0.5]
    return (cells > 0.1) & (cells < 0.9), np.array(wide) & ~np.array(narrow)


def grey_at_edges(d: Any) -> float:
    """Part of the VAE's grey cells that lie at edges."""
    grey, near = near_edges(d.vae)
    return float((grey & near).sum() / max(grey.sum(), 1))


def cells_at_edges(d: Any) -> float:
    """Part of all cells that lie at edges."""
    return float(near_edges(d.vae)[1].mean())


def jump(speeds: Any) -> float:
    """Largest change of the model in a step over the mean change, median of the paths."""
    return float(speeds.max("step").median())


def broken(name: str, where: str, statement: str, less: str, **more: Any) -> Finding:
    """A finding on the VAE's channels, of which fewer are whole than elsewhere."""
    return Finding(
        id=name,
        where=where,
        statement=f"{statement} (part of the channels that reach two sides).",
        published="fewer whole channels",
        reads=NETWORKS,
        ours=cell("crossing", network="vae"),
        test=at_most(
            cell("crossing", network=less),
            sampled("Three standard errors of the share of some 3500 channels."),
            margin=-0.01,
        ),
        **more,
    )


OF_VAE: list[Finding] = [
    broken(
        "samples-broken",
        "Section 2.3, Figure 5c",
        "Samples of the VAE may show channels that break, which the image has less",
        less="training crops",
    ),
    Finding(
        id="samples-grey",
        where="Section 2.3, Figure 5c",
        statement="Samples of the VAE have smoothed edges: most cells between 0.1 and 0.9 lie "
        "within 0.2 m of one.",
        published="smoothed edges",
        reads="samples.nc",
        ours=grey_at_edges,
        test=at_least(0.5, defined("Most.")),
        null=Null("any cell", cells_at_edges),
    ),
]

OF_BOTH: list[Finding] = [
    broken(
        "poster-broken-channels",
        'Poster, "The ability to break up channels"',
        "The VAE breaks channels up, which the GAN, less free in its patterns, does less",
        less="sgan",
        scale="study",
        note="The poster shows a reconstruction with a broken channel, and counts nothing.",
    ),
    Finding(
        id="poster-sharp-samples",
        where="Poster; section 4",
        statement="Samples of the VAE are oversmooth, those of the GAN are sharp (part of "
        "the cells between 0.1 and 0.9).",
        published="sharper samples of the GAN",
        reads=NETWORKS,
        ours=cell("grey", network="vae"),
        test=at_least(
            cell("grey", network="sgan"),
            defined("Means over as many samples, counted in the same way."),
        ),
        scale="study",
    ),
    Finding(
        id="poster-jumps",
        where='Poster, "VAE jumps"; section 4',
        statement="Along a path through the latent space the SGAN jumps more than the VAE (largest "
        "change of the model in a step over the mean change, median of the paths).",
        published="jumps",
        reads="jumps.nc",
        ours=lambda d: jump(d.vae_speed),
        test=at_most(
            lambda d: jump(d.sgan_speed),
            defined("Straight paths of as many steps between two draws of a prior."),
        ),
        scale="study",
        note="Section 4 speaks of jumps of the misfit in inversions with the SGAN; the paths are "
        "ours.",
    ),
]

FINDINGS: list[Finding] = [*TRAINING, *relying(OF_VAE, *VAE), *relying(OF_BOTH, *VAE, *SGAN)]
