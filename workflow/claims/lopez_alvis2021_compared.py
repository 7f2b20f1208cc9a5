"""Lopez-Alvis et al. (2021) and the poster: VAE, SGAN and no network at all, side by side."""

from collections.abc import Callable, Sequence
from typing import Any

from claims.lopez_alvis2021_descent import lower_in, order
from claims.lopez_alvis2021_networks import SGAN, VAE, relying
from claims.lopez_alvis2021_tables import (
    METHODS,
    TOTAL_VARIATION,
    TRUTHS,
    entries,
    inverted,
    linear,
    unlearned,
)
from claims.lopez_alvis2021_trade_off import TRADE_OFF
from support.ledger.forms import (
    Finding,
    Measure,
    Measured,
    Null,
    at_least,
    at_most,
    cell,
    defined,
    equal,
    from_paper,
    sampled,
    timed,
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
        reads=("table3.csv", METHODS),
        ours=lambda table, _: table.at("low_percent", truth="all", case="VSbrd"),
        test=at_least(
            lambda table, _: table.at("high_percent", truth="all", case="SAnnn"),
            sampled("Intervals of 95 per cent (Clopper and Pearson) that are apart."),
        ),
        scale="study",
        null=Null(
            TOTAL_VARIATION,
            lambda _, table: mean_of(table, "accepted_percent", TOTAL_VARIATION, noise_ns=0.0),
        ),
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
        test=at_least(4, from_paper("Lower for mc1, mc2, mv1 and mv2.")),
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
        test=at_least(lambda _, vae: rises(vae), defined("Both without batches.")),
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
                defined("Medians over initial models; the same data."),
            ),
            scale="paper",
            null=Null(f"{TOTAL_VARIATION}, by the discrepancy principle", lambda *_: 1.0),
            note="The poster does not say how either was run. Ours are VSbrd and SSbnd, with as "
            "many starts and iterations: both stochastic with a decreasing step; the ring is the "
            "VAE's, and clipping the SGAN's.",
        )
        for number in (0, 1)
    ),
]

# ------------------------------------------------------------ beside what needs no network at all
CROPS = ("mc1", "mc2", "mc3")
SAME_DATA = defined("The same truths and data; no method sees a truth.")


def mean_of(
    table: Any, column: str, method: str, truths: Sequence[str] = (), **place: Any
) -> float:
    """Mean over truths of a column of the table of methods, of straight rays if not said."""
    place = {"method": method, "operator": "straight", **place}
    if method == "VAE":
        place["case"] = "VSbrd"
    rows = [row for row in table.where(**place) if not truths or row["truth"] in truths]
    return sum(row[column] for row in rows) / len(rows)


def models_beside(name: str, place: dict[str, Any], truths: Sequence[str], words: str) -> Finding:
    """The VAE's models beside those of total variation, and of smoothing as a null."""

    def error(method: str) -> Measure:
        return lambda table: mean_of(table, "model_rmse", method, truths, **place)

    return Finding(
        id=f"models-{name}",
        where='Section 1; the poster\'s first page; figure "Beyond: methods"',
        statement="Classical regularization is generally too simple to be realistic: models of "
        f"the VAE are nearer to the truth than those of least total variation, {words} (mean "
        "model RMSE).",
        published="nearer",
        reads=METHODS,
        ours=error("VAE"),
        test=at_most(error(TOTAL_VARIATION), SAME_DATA),
        null=Null("smoothing", error("smoothing")),
        headline=name == "crops",
        differs=LEARNED if name.startswith("crops") else BENT if name == "bent" else "",
    )


def mean_error(method: str, where: Callable[[dict], bool]) -> Measure:
    """Mean model RMSE of a method over the rows of some data."""

    def measure(table: Any) -> float:
        found = [row["model_rmse"] for row in table.where(method=method) if where(row)]
        return sum(found) / len(found)

    return measure


LEARNED = (
    "The VAE cannot make these crops: encoding and decoding alone leaves a model RMSE of 0.07 to "
    "0.20 (table2.csv), and straight rays of 625 data leave so little open that blocks alone find "
    'the channels (figure "Beyond: methods").'
)
BENT = Measured(
    "Cells on the wrong side: VAE {:.1f} per cent, total variation {:.1f} (table_methods.csv).",
    tuple(
        lambda t, m=method: mean_of(
            t, "cells_wrong_percent", m, CROPS, noise_ns=0.25, operator="curved"
        )
        for method in ("VAE", TOTAL_VARIATION)
    ),
)
BESIDE: list[Finding] = [
    Finding(
        id="cost",
        where="Abstract, section 5 (the authors' notebook)",
        statement="Inversion in the latent space has a low cost (processor time of a run, mc2).",
        published=44.85,
        unit="s",
        reads=METHODS,
        ours=lambda table: mean_of(table, "cpu_s", "VAE", ["mc2"], noise_ns=0.0),
        test=at_most(44.85, timed("100 runs took 4485 s there; one-sided.")),
        null=Null(TOTAL_VARIATION, unlearned("cpu_s", truth="mc2", noise_ns=0.0)),
        headline=True,
    ),
    models_beside("crops", {"noise_ns": 0.25}, CROPS, "of cropped truths with noise"),
    models_beside("crops-clean", {"noise_ns": 0.0}, CROPS, "of cropped truths without noise"),
    models_beside(
        "generated", {"noise_ns": 0.25}, ("mv1", "mv2", "mv3"), "of its own models with noise"
    ),
    models_beside(
        "bent", {"noise_ns": 0.25, "operator": "curved"}, CROPS, "of crops with noise and bent rays"
    ),
    *(
        Finding(
            id=f"models-{name}{suffix}",
            where='Sections 3.1 and 4, figure "Beyond: data"',
            statement="When the data are not sufficiently informative, the latent space constrains "
            f"to the patterns: {what} are nearer to the truth than those of least total "
            f"variation, {words} (mean model RMSE over theirs).",
            published="below 1",
            reads="table_data.csv",
            ours=lambda table, m=method, where=where: over_unlearned(table, m, where),
            test=at_most(1, SAME_DATA),
            null=Null("smoothing", lambda t, where=where: over_unlearned(t, "smoothing", where)),
            differs=Measured(
                "They leave a model RMSE of {:.2f}, total variation {:.2f}; even from exact data "
                "descent leaves {:.2f}, what the VAE cannot make (table_data.csv, model_rmse).",
                (
                    mean_error(method, where),
                    mean_error(TOTAL_VARIATION, where),
                    mean_error("VAE", lambda row: row["scenario"] == "exact"),
                ),
            ),
        )
        for name, words, where in (
            ("few-data", "from a thirteenth of the data or fewer", lambda row: row["data"] < 50),
            ("noisy-data", "with noise of 1 ns and more", lambda row: row["noise_ns"] >= 1),
            ("one-sided-data", "of antennas in one half", lambda row: row["deepest_m"] < 12),
        )
        for suffix, method, what in (
            ("", "VAE", "the models of the descent"),
            ("-posterior", "VAE, posterior mean", "means of the posterior of codes"),
        )
    ),
]


def over_unlearned(table: Any, method: str, where: Callable[[dict], bool]) -> float:
    """Mean model RMSE of a method over that of total variation, in rows of some data."""
    ours, theirs = (
        {(row["scenario"], row["truth"]): row["model_rmse"] for row in table.where(method=name)}
        for name in (method, TOTAL_VARIATION)
    )
    named = {(row["scenario"], row["truth"]) for row in table if where(row)}
    both = [one for one in ours if one in theirs and one in named]  # not all have every method
    return sum(ours[one] for one in both) / sum(theirs[one] for one in both)


POSTERIOR = "table_posterior.csv"


def of_posteriors(column: str, prediction: str, level: float = 0.95) -> Measure:
    """A cell of the table of posteriors; ranks and errors are the same at every level."""
    return cell(column, prediction=prediction, level=level)


OPEN = 'Sections 4 and 5 (uncertainty is left open), figure "Beyond: posterior"'
LIKEWISE = "mean and covariance of crops, with errors learned likewise"
COVERED: list[Finding] = [
    *(
        Finding(
            id=f"posterior-{name}-{level:.0%}".removesuffix("%"),
            where=OPEN,
            statement="Posteriors of codes, with errors learned from further crops inverted, are "
            f"calibrated: intervals of {level:.0%} hold as many {what}.",
            published=level,
            reads=POSTERIOR,
            ours=of_posteriors(column, "residuals", level),
            test=equal(
                level,
                sampled("Two standard errors of a share of 100 truths, each counted as one."),
                absolute=2 * (level * (1 - level) / 100) ** 0.5,
            ),
            scale="study",
            null=Null(LIKEWISE, of_posteriors(column, "covariance", level)),
            note="Not in the paper, which gives one model and no uncertainty.",
            differs=Measured(
                "Samples of codes alone hold {:.2f} (table_posterior.csv).",
                (of_posteriors(column, "codes", level),),
            ),
        )
        for name, what, column in (
            ("covers", "shares of channels in blocks", "blocks_held"),
            ("cells", "cells", "cells_held"),
        )
        for level in (0.5, 0.68, 0.95)
    ),
    Finding(
        id="posterior-ranks",
        where=OPEN,
        statement="True shares of channels in blocks have a mean rank of a half among draws of "
        "these posteriors.",
        published=0.5,
        reads=POSTERIOR,
        ours=of_posteriors("mean_rank", "residuals"),
        test=equal(
            0.5,
            sampled("Two standard errors of 100 uniform ranks, each truth counted as one."),
            absolute=2 * (1 / 1200) ** 0.5,
        ),
        scale="study",
        null=Null(LIKEWISE, of_posteriors("mean_rank", "covariance")),
        note="Not in the paper, which gives one model and no uncertainty.",
        differs=Measured(
            "Samples of codes alone have {:.2f} (table_posterior.csv).",
            (of_posteriors("mean_rank", "codes"),),
        ),
    ),
    Finding(
        id="posterior-mean-nearer",
        where=OPEN,
        statement="A learned prior tells more than mean and covariance of the same crops: means of "
        "posteriors, with errors learned from further crops inverted, are nearer to new truths.",
        published="nearer",
        unit="(mean model RMSE without a VAE less that with one)",
        reads=POSTERIOR,
        ours=of_posteriors("nearer", "residuals"),
        test=at_least(
            lambda table: 2 * of_posteriors("nearer_error", "residuals")(table),
            sampled("Two standard errors, truth by truth."),
        ),
        scale="study",
        null=Null("samples of codes alone", of_posteriors("nearer", "codes")),
        note="Not in the paper, which gives one model and no uncertainty.",
        differs="What misfits tell of the rest of a model is linear in either; beside it the code "
        "adds little (table_posterior.csv: model_rmse).",
    ),
]


FINDINGS: list[Finding] = [
    *relying(INVERSIONS, *VAE, *SGAN),
    *TRADE_OFF,
    *relying(BESIDE, *VAE),
    *relying(COVERED, *VAE),
    *relying(entries("sgan"), *SGAN),
]
