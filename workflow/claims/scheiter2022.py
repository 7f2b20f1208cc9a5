"""The ledger of Scheiter, Valentine & Sambridge (2022).

Its findings are in ``scheiter2022_rings.py``, ``scheiter2022_integrals.py`` and
``scheiter2022_shells.py`` (section 3), ``scheiter2022_australia.py``,
``scheiter2022_convergence.py`` and ``scheiter2022_globe.py`` (sections 4 and 5), and in
``scheiter2022_generators.py`` and ``scheiter2022_appendix_b.py``; what they measure, where it takes
more than a line, in ``scheiter2022_measures.py``.
"""

from collections.abc import Iterator
from typing import Any

from claims import (
    scheiter2022_appendix_b,
    scheiter2022_australia,
    scheiter2022_convergence,
    scheiter2022_generators,
    scheiter2022_globe,
    scheiter2022_integrals,
    scheiter2022_rings,
    scheiter2022_shells,
)
from claims.scheiter2022_rings import sizes
from claims.scheiter2022_shells import shells
from support.ledger.forms import Finding, Setting, cell, key, stated
from support.published_values import published

PAPER = "scheiter2022"
DCGAN, MAPS = "cmb/dcgan/first_{}.json", "cmb/wgan_mcmc/maps.nc"
NETWORKS = "table_networks.csv"
NEEDS = {
    **{f"ring {size}": sizes(size) for size in (200, 600, 1000, 100_000)},
    "shell 10": shells(10),
}


def shown(file: Any) -> Any:
    """Samples that a training shows its network, each as often as it comes."""
    return key("settings", "steps")(file) * key("settings", "batch")(file)


def held_out(file: Any) -> Any:
    """Samples kept back to watch a training: it does not learn from them."""
    return key("settings", "validation")(file)


def networks() -> Iterator[Setting]:
    """Parameters of Tables A1 and A4."""
    for row in published(PAPER, "table_a1"):
        network, dimension = row["network"], int(row["dimension"])
        yield Setting(
            id=f"a1-{network}-{dimension}d",
            where="Table A1",
            what=f"parameters of the {network} in {dimension}-D",
            published=row["parameters"],
            unit="parameters",
            reads=NETWORKS,
            ours=cell(f"{network}_parameters", table="A1", dimension=dimension),
            needs=(shells(dimension),),
        )
    for name, what, size, column, over, within in (
        ("a4-generator", "of a generator, about, mean", 201_100, "generator", 16, 1),
        ("a4-critic", "of a discriminator, about, mean", 180_801, "discriminator", 16, 1),
        ("cmb-globe-parameters", "of 16 generators, millions", 3.2, "generator", 1e6, 0.05),
    ):
        yield Setting(
            id=name,
            where="Section 4.4, Table A4",
            what=f"parameters {what}",
            published=size,
            reads=NETWORKS,
            ours=lambda t, c=f"{column}_parameters", n=over: sum(t.where(table="A4").column(c)) / n,
            within=within,
        )


def epochs() -> Iterator[Setting]:
    """Samples and epochs of Tables A2 to A4; the paper gives whole epochs."""
    shared: dict[str, Any] = {"scale": "paper"}
    for row in published(PAPER, "table_a2"):
        samples, ring = int(row["samples"]), row["section"] == 3.1
        yield Setting(
            id=f"a2-epochs-{samples}" if ring else "a2-sphere-epochs",
            where=f"Table A2, section {row['section']}",
            what=f"epochs over {samples} samples",
            published=row["epochs"],
            reads="ring/gans.json" if ring else "hypersphere/gans.json",
            ours=lambda c, n=samples if ring else None: shown(c) / (n or c["samples"][0]),
            within=0.5,
            **shared,
        )
    for row in published(PAPER, "table_a3_samples"):
        percent = int(row["percent"])
        yield Setting(
            id=f"a3-samples-{percent}",
            where="Table A3",
            what=f"samples that are learnt from, of {percent} per cent of the ensemble",
            published=row["samples"],
            reads=DCGAN.format(percent),
            ours=lambda c: c["samples"][0] - held_out(c),
            **shared,
        )
        yield Setting(
            id=f"a3-epochs-{percent}",
            where="Table A3",
            what=f"epochs over them ({percent} per cent)",
            published=row["epochs"],
            reads=DCGAN.format(percent),
            ours=lambda c: shown(c) / (c["samples"][0] - held_out(c)),
            within=0.5,
            note="13 epochs of 72 000 samples have 4 per cent more steps than 5 of 180 000."
            if percent == 40
            else "",
            **shared,
        )
    yield Setting(
        id="a4-epochs",
        where="Table A4",
        what="epochs over 180 000 samples",
        published=200,
        reads=MAPS,
        ours=lambda d: shown(d) / (d.samples.sel(source="mcmc") - held_out(d)),
        within=0.5,
        **shared,
    )


LAYER = ("in", "out", "kernel", "stride", "padding", "batch_norm", "activation", "slope", "bias")


def layers() -> Iterator[Setting]:
    """The convolutions of Table A3; ours ends in a logit, as the sigmoid is in the loss."""
    for row in published(PAPER, "table_a3_layers"):
        network, layer = row["network"], int(row["layer"])
        for what in LAYER:
            if row[what] in ("", "Sigmoid"):
                continue
            name = "first bias, largest" if what == "bias" else what.replace("_", " ")
            ours_differs = what in ("in", "out") and row[what] != 1
            ours_differs |= what == "batch_norm" and network == "discriminator"
            yield Setting(
                id=f"a3-{network}-{layer}-{what.replace('_', '-')}",
                where="Table A3",
                what=f"layer {layer} of the {network}: {name}",
                published=row[what],
                reads=DCGAN.format(100),
                ours=key(f"{network}_layers", layer - 1, what),
                scale="paper" if ours_differs else "smoke",
            )


def places() -> Iterator[Setting]:
    """Grids of section 4."""
    for axis, name in (("lat", "latitude"), ("lon", "longitude")):
        yield Setting(
            id=f"cmb-australia-{name}s",
            where="Section 4.2, Figure 5",
            what=f"degrees of {name} that the Australian grid spans",
            published=50,
            unit="degrees",
            reads="cmb/dcgan/statistics_100.nc",
            ours=lambda d, axis=axis: d[axis].max() - d[axis].min(),
            note="Where the grid lies, to a degree, is read off the figures.",
        )
    for name, what, value, unit, measure, within in (
        ("spacing", "distance of adjacent points, roughly", 250, "km", lambda s: 111.195 * s, 12.5),
        ("degree", "spherical harmonic degree of the points", 80, "", lambda s: 180 / s, 4.0),
    ):
        yield Setting(
            id=f"cmb-{name}",
            where="Section 4.4, Figure 9",
            what=what,
            published=value,
            unit=unit,
            reads="cmb/data.nc",
            ours=lambda d, measure=measure: measure(d.spacing),
            within=within,
            note="At the surface; at the core-mantle boundary points are some 140 km apart."
            if unit
            else "",
        )
    for end, word, size in (("min", "smallest", 469), ("max", "largest", 532)):
        yield Setting(
            id=f"cmb-patch-{end}",
            where="Section 4.4, Table A4",
            what=f"points of the {word} patch",
            published=size,
            unit="points",
            reads=MAPS,
            ours=lambda d, end=end: getattr(d.patch_size, end)(),
        )


SETTINGS: list[Setting] = [*stated(PAPER, NEEDS), *networks(), *epochs(), *places(), *layers()]

# Headlines first, those of section 3 before those of section 4.
FINDINGS: list[Finding] = sorted(
    [
        *scheiter2022_rings.FINDINGS,
        *scheiter2022_integrals.FINDINGS,
        *scheiter2022_shells.FINDINGS,
        *scheiter2022_australia.FINDINGS,
        *scheiter2022_convergence.FINDINGS,
        *scheiter2022_globe.FINDINGS,
        *scheiter2022_generators.FINDINGS,
        *scheiter2022_appendix_b.FINDINGS,
    ],
    key=lambda finding: not finding.headline,
)
