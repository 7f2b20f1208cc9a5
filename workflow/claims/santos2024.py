"""The ledger of Santos et al. (2024): marble cakes, a GAN of them, downscaling.

The findings are in modules beside it: ``_generator`` (sections 2, 3 and 6.2), ``_errors`` (4.2),
``_inversion`` (5), ``_likelihoods`` (5.3), ``_chains`` (4.3, appendices C and D),
``_curve_flow``, ``_recovery``, ``_agreement`` and ``_calibration`` (ours, not the paper's).
"""

from collections.abc import Iterator
from typing import Any

from claims import (
    santos2024_agreement,
    santos2024_calibration,
    santos2024_chains,
    santos2024_curve_flow,
    santos2024_errors,
    santos2024_generator,
    santos2024_inversion,
    santos2024_likelihoods,
    santos2024_recovery,
)
from claims.santos2024_generator import L5, OBSERVED
from support.ledger.forms import Measure, Setting, key, stated
from support.published_values import published

PAPER = "santos2024"
SINGLE = 1e-5  # tensors and velocities are stored in single precision
MISSING = (
    "One layer of stride 2 cannot lead from 16 x 16 x 128 to 4 x 4 x 512; ours has one to "
    "8 x 8 x 256 between. Table A2, the generator's, is empty; ours mirrors Table A1."
)


def table_a1() -> Iterator[Setting]:
    """Table A1: kernels, strides, channels and padding of the discriminator's convolutions."""
    index = {1: 0, 2: 1, 3: 2, 4: -2, 5: -1}  # ours has one layer more, before the fourth
    for row in published(PAPER, "table_a1"):
        layer = int(row["layer"])
        for what in ("kernel", "stride", "channels", "padding"):
            if row[what] == "":
                continue
            hidden = what == "channels" and layer < 5
            yield Setting(
                id=f"a1-{what}-{layer}",
                where='Table A1; figure "Beyond: the generator"',
                what=f"convolution {layer} of the discriminator: {what}",
                published=row[what],
                reads="generator/generator.json",
                ours=key("critic_layers", index[layer], "out" if what == "channels" else what),
                scale="paper" if hidden else "smoke",
                note=MISSING if what == "channels" and layer == 4 else "",
            )


def rocks() -> Iterator[Setting]:
    """Velocities and density of the two rocks (section 2.1)."""
    rows: tuple[tuple[str, str, float, str, float, Measure], ...] = (
        ("velocity-white", "S velocity, white", 4.13, "km/s", SINGLE, lambda d: d.local_vs.max()),
        ("velocity-black", "S velocity, black", 3.38, "km/s", SINGLE, lambda d: d.local_vs.min()),
        ("velocity-contrast", "S velocities from their mean", 10, "per cent", 0.5, contrast),
        ("velocity-ratio", "P over S velocity, both rocks", 1.8, "", SINGLE, velocity_ratio),
        ("rock-density", "density of both rocks", 3, "g/cm^3", SINGLE, density),
    )
    for id, what, value, unit, within, ours in rows:
        yield Setting(
            id=id,
            where="Section 2.1, Figure 2",
            what=what,
            published=value,
            unit=unit,
            reads=OBSERVED,
            ours=ours,
            within=within,
            needs=(L5,),
            note="'10 per cent contrast': the two differ by 20 per cent of their mean."
            if id == "velocity-contrast"
            else "",
        )


def contrast(d: Any) -> Any:
    """Half the difference of the S velocities in per cent of their mean."""
    fast, slow = d.local_vs.max(), d.local_vs.min()
    return 100 * (fast - slow) / (fast + slow)


def velocity_ratio(d: Any) -> Any:
    """P over S velocity, from C11 and C33 = 2 rho vs^2."""
    return ((2 * d.local[0] / d.local[2]) ** 0.5).max()


def density(d: Any) -> Any:
    """Density from C33 = 2 rho vs^2, in g/cm^3."""
    return (d.local[2] / (2 * d.local_vs**2)).mean()


def decibels(observed: Any, errors: Any) -> float:
    """Signal-to-noise ratio of the data: variability over what was added, of all coefficients."""
    from math import log10

    noise = (observed.observed - observed.medium) / errors.spread
    return -10 * log10((noise**2).mean())


def steps(chains: Any) -> Any:
    """Steps of a chain, burn-in included."""
    plan = {name: key("settings", name)(chains) for name in ("burn_in", "samples", "thinning")}
    return plan["burn_in"] + plan["samples"] * plan["thinning"]


def chain_lengths() -> Iterator[Setting]:
    """Steps of the chains of both kinds of experiment."""
    for id, where, file in (
        ("principal-iterations", "Section 5.1, Figures 9 and A1", "principal"),
        ("further-iterations", "Section 5.4, Figure 15", "targets"),
    ):
        yield Setting(
            id=id,
            where=where,
            what="steps of each chain",
            published=100000,
            reads=f"inversion/chains/{file}.nc",
            ours=steps,
            scale="paper",
        )


SETTINGS: list[Setting] = [
    *stated(PAPER, needs={"principal cutoff": L5}),
    *table_a1(),
    *rocks(),
    *chain_lengths(),
    Setting(
        id="noise-level",
        where="Section 5, Figure 8",
        what="signal-to-noise ratio of the data",
        published=14,
        unit="dB",
        reads=(OBSERVED, "inversion/errors.nc"),
        ours=decibels,
        within=0.5,
        needs=(L5,),
        note="A fifth of the variability, the paper's sigma_o, is a ratio of 5, which is 14 dB.",
    ),
    Setting(
        id="further-targets-one-chain",
        where="Section 5.4, Figure 15",
        what="chains of a further target",
        published=1,
        reads="inversion/chains/targets.nc",
        ours=lambda d: d.sizes["chain"] / d.sizes["inverted"],
    ),
    Setting(
        id="isotropic-coefficients",
        where="Section 5.3, Figure 14",
        what="coefficients in the isotropic data: t11 alone",
        published=1,
        reads="inversion/chains/isotropic.nc",
        ours=lambda d: len(key("settings", "components")(d)),
    ),
]

FINDINGS = sorted(  # headlines first
    [
        *santos2024_generator.FINDINGS,
        *santos2024_errors.FINDINGS,
        *santos2024_inversion.FINDINGS,
        *santos2024_chains.FINDINGS,
        *santos2024_likelihoods.FINDINGS,
        *santos2024_calibration.FINDINGS,
        *santos2024_recovery.FINDINGS,
        *santos2024_agreement.FINDINGS,
        *santos2024_curve_flow.FINDINGS,
    ],
    key=lambda finding: not finding.headline,
)
