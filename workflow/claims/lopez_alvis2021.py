"""The ledger of Lopez-Alvis et al. (2021) and of the poster before it."""

from typing import Any

from claims import lopez_alvis2021_compared as compared
from claims import lopez_alvis2021_descent as descent
from claims import lopez_alvis2021_networks as networks
from claims import lopez_alvis2021_nonlinear as nonlinear
from claims import lopez_alvis2021_priors as priors
from claims import lopez_alvis2021_tables as tables
from claims import lopez_alvis2021_toys as toys
from support.ledger.forms import Finding, Setting, key, stated
from support.published_values import published

PAPER = "lopez_alvis2021"


def described(row: dict[str, Any]) -> str:
    """A case of Table 1 in words, from the table."""
    cells = [row["DGM"], row["GD"], f"batches {row['batching']}", row["regularization"]]
    return ", ".join([*cells, f"step {row['step']:g}", f"factor {row['step_decay'] or 1:g}"])


def run(inversions: Any) -> str:
    """What a case was run with, in the same words."""
    case = key("settings", "case")(inversions)
    optimizer = {"sgd": "SGD", "adam": "Adam"}[case["optimizer"]]
    row = {"DGM": case["network"].upper(), "GD": optimizer, "step": case["step"]}
    row |= {"batching": "yes" if case["batch"] else "no", "step_decay": case["step_decay"]}
    return described(row | {"regularization": case["regularization"]})


SETTINGS: list[Setting] = [
    *stated(PAPER),
    Setting(
        id="inversion-cells",
        where="Section 2.5; Figures 8 and 9",
        what="cells of the domain, 65 x 129",
        published=8385,
        unit="cells",
        reads="truths.nc",
        ours=lambda d: d.model[0].size,
        note="Section 3.1 says 8325, a slip.",
    ),
    Setting(
        id="vae-compression",
        where="Section 3.1; Figure 5",
        what="compression ratio, cells of a model per number of a code",
        published=420,
        reads=("truths.nc", "vae.json"),
        ours=lambda d, card: d.model[0].size / card["latent"],
        within=1,  # 8385 / 20 is 419.25
    ),
    Setting(
        id="domain-cell",
        where="Section 2.5, Figure 7",
        what="side of a cell",
        published=0.1,
        unit="m",
        reads="truths.nc",
        ours=lambda d: float(d.z[1] - d.z[0]),
        within=1e-6,  # a difference of depths
    ),
    *(
        Setting(
            id=f"table1-{row['case'].lower()}",
            where="Table 1",
            what=f"{row['case']}: network, optimizer, batches, regularization, step, its factor",
            published=described(row),
            reads=f"linear/{row['case']}.nc",
            ours=run,
        )
        for row in published(PAPER, "table1")
    ),
]

FINDINGS: list[Finding] = [
    finding
    for part in (toys, networks, tables, descent, nonlinear, compared, priors)
    for finding in part.FINDINGS
]
