"""Lopez-Alvis et al. (2021), beyond it: a prior neither smooth nor hard to search."""

from claims.lopez_alvis2021_networks import NETWORKS, VAE
from support.ledger.forms import (
    Finding,
    Measure,
    Measured,
    Null,
    Provided,
    at_least,
    at_most,
    cell,
    defined,
)

TABLE = ("table_priors.csv", NETWORKS)
WHERE = 'Section 5 (ours, not the paper\'s); figure "Beyond: priors"'
NORMAL, FLOW = "codes_normal", "codes_flow"


def of(column: str, prior: str) -> Measure:
    """A cell of the table of priors, which is the first of the files."""
    return lambda *files: cell(column, prior=prior)(files[0])


def over(column: str, prior: str, other: str) -> Measure:
    """A prior's number over that of another."""
    return lambda *files: of(column, prior)(*files) / of(column, other)(*files)


LIKE_CROPS = (
    Provided(
        "they hold as much of channels as crops do",
        lambda *files: abs(of("proportion", FLOW)(*files) - of("proportion", "crops")(*files)),
        at_most(0.02, defined("Two cells of a hundred, as for the SGAN.")),
    ),
    Provided(
        "channels reach two sides as those of crops do",
        of("crossing", FLOW),
        at_least(of("crossing", "crops"), defined("As for the SGAN."), margin=0.1),
    ),
)
# a flow that learned nothing is the law by mean and covariance, and its inversions are the same
LEARNED = (
    Provided(
        "samples by flow matching are like the training image's",
        of("deviation", FLOW),
        at_most(1, defined("A standard deviation of single crops, as for the SGAN.")),
    ),
    *LIKE_CROPS,
    *VAE,
)


FINDINGS: list[Finding] = [
    Finding(
        id="prior-of-codes-samples",
        where=WHERE,
        statement="The VAE's own codes by flow matching, cut at a half, give samples like the "
        "training image's: sharp, connected, as many, as wide.",
        published="not in the paper",
        unit="(greatest deviation from crops, standard deviations of single crops)",
        reads=TABLE,
        ours=of("deviation", FLOW),
        test=at_most(1, defined("A standard deviation of single crops, as for the SGAN.")),
        null=Null("codes by mean and covariance", of("deviation", NORMAL)),
        provided=(*LIKE_CROPS, *VAE),
        differs="Codes are remembered, or the law is not reached (table_priors.csv: deviation, "
        "deviates_in, crossing).",
    ),
    Finding(
        id="prior-of-codes-inversions",
        where=WHERE,
        statement="New truths are nearer by that law of codes than by their mean and covariance.",
        published="not in the paper",
        unit="(mean model RMSE over that by mean and covariance)",
        reads=TABLE,
        ours=over("model_rmse", FLOW, NORMAL),
        test=at_most(1, defined("Nearer, not farther: the truths are the same for both.")),
        null=Null("total variation", over("model_rmse", "total variation", NORMAL)),
        provided=LEARNED,
        differs=Measured(
            "Mean model RMSE {:.3f} and {:.3f}, total variation {:.3f} (table_priors.csv, "
            "model_rmse). What data leave open is small beside what the VAE cannot make, and "
            "where data are few the search ends in other minima: docs/decisions/code_flow.md.",
            tuple(of("model_rmse", name) for name in (FLOW, NORMAL, "total variation")),
        ),
    ),
    Finding(
        id="prior-of-codes-search",
        where=WHERE,
        statement="Inversions by it fit the data as well as those by mean and covariance: the "
        "search is no harder, as an SGAN's is.",
        published="not in the paper",
        unit="(mean misfit of new truths over that by mean and covariance)",
        reads=TABLE,
        ours=over("data_rmse_ns", FLOW, NORMAL),
        test=at_most(1.05, defined("A twentieth more.")),
        provided=LEARNED,
        differs="Searches that end in other minima (table_priors.csv: data_rmse_ns).",
    ),
]
