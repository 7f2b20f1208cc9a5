"""Lopez-Alvis et al. (2021) and the poster: VAE and SGAN compared, and what is not made yet."""

from typing import Any

from claims.lopez_alvis2021_descent import lower_in, order
from claims.lopez_alvis2021_networks import SGAN, VAE, relying
from claims.lopez_alvis2021_tables import TOTAL_VARIATION, TRUTHS, entries, inverted, linear
from support.ledger.forms import (
    Because,
    Finding,
    Null,
    at_least,
    at_most,
    cell,
    correlation,
    to_come,
)


def rises(runs: Any) -> float:
    """Greatest rise of the misfit in a step over its first value, median of the runs."""
    path = runs.misfit_path
    return float((path.diff("step").max("step") / path.isel(step=0)).median())


INVERSIONS: list[Finding] = [
    Finding(
        id="accepted-vae-sgan",
        where="Sections 3.2 and 5, Table 3",
        statement="Nearly all inversions with the VAE (VSbrd) and nearly none with the SGAN "
        "(SAnnn) are accepted (lower end of an interval of 95 per cent against upper end).",
        published="600 of 600 against 2 of 600",
        unit="per cent",
        reads="table3.csv",
        ours=cell("low_percent", truth="all", case="VSbrd"),
        test=at_least(
            cell("high_percent", truth="all", case="SAnnn"),
            Because("sampling", "Intervals of 95 per cent (Clopper and Pearson) that are apart."),
        ),
        scale="study",
        null=TOTAL_VARIATION,
        headline=True,
    ),
    *(
        order("VSbnn", sgan, "the worst case of the VAE against the SGAN", "study")
        for sgan in ("SAnnn", "SSbnd")
    ),
    Finding(
        id="order-ssbnd-sannn",
        where="Section 3.2, Table 4",
        statement="The proposed SGD improves inversion with the SGAN for most truths, against "
        "Adam (truths with a lower mean RMSE).",
        published=4,
        reads="table4.csv",
        ours=lower_in("SSbnd", "SAnnn"),
        test=at_least(4, Because("paper", "Lower for mc1, mc2, mv1 and mv2.")),
        scale="study",
        needs=(inverted("SSbnd", *TRUTHS),),
    ),
    Finding(
        id="sgan-misfit-jumps",
        where="Section 4, Figure 8c",
        statement="The misfit jumps in inversions with the SGAN (SAnnn), as it does not with the "
        "VAE and all data (VSnnn): greatest rise in a step over the first value, median of runs.",
        published="jumps",
        reads=linear("SAnnn", "VSnnn"),
        ours=lambda sgan, _: rises(sgan),
        test=at_least(lambda _, vae: rises(vae), Because("definition", "Both without batches.")),
        scale="study",
    ),
    *(
        Finding(
            id=f"poster-noise-{number + 1}",
            where="Poster",
            statement="The latent space of the VAE is easier to optimise in than that of the GAN "
            f"(noise {number + 1}, median of initial models).",
            published="lower WRMSE",
            reads=("poster/vae.nc", "poster/sgan.nc"),
            ours=lambda vae, _, n=number: vae.wrmse[n].median(),
            test=at_most(
                lambda _, sgan, n=number: sgan.wrmse[n].median(),
                Because("definition", "Medians over initial models; the same data."),
            ),
            scale="paper",
            null=TOTAL_VARIATION,
            note="The poster does not say how either was run. Ours are VSbrd and SSbnd, with as "
            "many starts and iterations: both stochastic with a decreasing step; the ring is the "
            "VAE's, and clipping the SGAN's.",
        )
        for number in (0, 1)
    ),
]


def opposed(table: Any) -> float:
    """Correlation over VAEs of the errors of encode-decode and of inversion."""
    import numpy as np

    names = ("encode_decode_rmse_ns", "inversion_rmse_ns")
    return correlation(*(np.array(table.column(name)) for name in names))


MC2 = {"truth": "mc2", "noise": 0.0, "operator": "straight"}
NOT_MADE: list[Finding] = [
    Finding(
        id="trade-off",
        where="Abstract, sections 2.3, 4 and 5",
        statement="alpha and beta trade the accuracy of the VAE's channels for the feasibility of "
        "inversion: over VAEs errors of encode-decode and of inversion are negatively correlated.",
        published="a tradeoff",
        reads="table_trade_off.csv",
        ours=opposed,
        test=at_most(0, Because("definition", "A conflict is a negative correlation.")),
        scale="study",
        needs=(to_come("VAEs of the channels with other alpha and beta"),),
        headline=True,
        note="The paper trained one: only beta was selected, by eye; the argument rests on the "
        "eight of Figure 4.",
    ),
    Finding(
        id="cost",
        where="Abstract, section 5 (the authors' notebook)",
        statement="Inversion in the latent space has a low cost (processor time of a run).",
        published=44.85,
        unit="s",
        reads="table_methods.csv",
        ours=cell("cpu_s", **MC2, method="VSbrd"),
        test=at_most(44.85, Because("machine", "100 runs took 4485 s there; one-sided.")),
        scale="laptop",
        needs=(to_come("the comparison of methods"),),
        null=Null("total variation", cell("cpu_s", **MC2, method="total variation")),
        headline=True,
    ),
]

FINDINGS: list[Finding] = [
    *relying(INVERSIONS, *VAE, *SGAN),
    *NOT_MADE,
    *relying(entries("sgan"), *SGAN),
]
