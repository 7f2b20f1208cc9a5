"""Findings of Spurio Mancini et al. (2021), section 3.2.1: what the emulators of Table 1 cost."""

from collections.abc import Iterator

from claims.spurio_mancini2021_emulators import (
    IDS,
    NAMES,
    NETWORKS,
    SEVEN,
    SIMULATED,
    TABLE,
    among,
    but,
    finding,
)
from support.ledger.forms import (
    Finding,
    Measure,
    Scale,
    at_least,
    at_most,
    cell,
    defined,
    from_paper,
    timed,
)

ORDER = 10**0.5  # what an order of magnitude may fall short of
ORDERS = defined("An order of magnitude ends half-way to the next, in logarithms.")
SAME_MACHINE = defined("One thread of one processor, least of several rounds.")
PEAKS = (
    "3.63 MB of each file are our model of amplitude and arrival, two tables of 61 x 61 x 244 "
    "nodes (peaks.direct of emulators/0/*_0.safetensors), where the paper has two processes; "
    "without them files of the seven have 0.17 to 0.93 MB."
)
STORED = defined("We store weights of single precision, no state of the optimiser.")


def times(column: str, above: str, below: str) -> Measure:
    """How many times one emulator's cell of Table 1 holds another's."""
    return lambda table: table.at(column, kind=above) / table.at(column, kind=below)


HEADLINES = [
    finding(
        id="emulators-speed",
        headline=True,
        where="Abstract, section 3.2.1; Table 1",
        statement="A likelihood evaluation with NN direct is about 100 times faster than with D18.",
        published=100,
        unit="(times)",
        ours=times("likelihood_cpu_ms", "d18", "direct"),
        test=at_least(100 / ORDER, ORDERS),
        differs="D18 itself is faster here (row d18, likelihood_cpu_ms): its 200 processes share "
        "kernels and take a few passes over the training events instead of 200.",
    ),
    finding(
        id="speed-up",
        headline=True,
        where="Abstract, sections 3.2.1 and 4; Table 1",
        statement="An emulated trace is some 100 000 times faster than a simulated one.",
        published=100_000,
        unit="(times)",
        reads=("traces/cost_0.json", "traces/receiver_0.nc", "table1.csv"),
        needs=(SIMULATED,),
        ours=lambda cost, traces, table: (
            1e3
            * cost["cpu_s"]
            / traces.sizes["source"]
            / table.at("likelihood_cpu_ms", kind="direct")
        ),
        test=at_least(100_000 / ORDER, ORDERS),
        differs="By reciprocity one simulation gives the traces of all sources at a receiver "
        "(cost_0.json, CPU time): a simulated trace is that much cheaper. The paper simulates one "
        "source at a time.",
    ),
    finding(
        id="ten-milliseconds",
        headline=True,
        where="Abstract, section 4; Table 1",
        statement="A trace of 2 s is emulated in about 10 ms on a laptop, not in 1 hour.",
        published=10,
        unit="ms",
        ours=cell("likelihood_cpu_ms", kind="direct"),
        test=at_most(10, timed("One-sided: another processor, and no framework.")),
        scale="smoke",
    ),
    finding(
        id="smaller-than-d18",
        where="Section 4; Table 1",
        statement="All seven need less space on disk than D18.",
        published="less",
        unit="MB, the largest of the seven",
        ours=among(max, "size_MB", SEVEN),
        test=at_most(cell("size_MB", kind="d18"), STORED),
        differs=PEAKS,
    ),
]


def costs() -> Iterator[Finding]:
    """Times and sizes of Table 1: times in units of D18's on the same processor."""
    d18 = TABLE.where(kind="d18")[0]
    columns: dict[str, tuple[str, str, str, Scale]] = {
        "training": ("training_s", "training_cpu_s", "train", "paper"),
        "evaluation": ("evaluation_ms", "likelihood_cpu_ms", "evaluate", "laptop"),
    }
    for row in TABLE:
        kind, name = row["kind"], NAMES[row["kind"]]
        yield finding(
            id=f"{IDS[kind]}-size",
            where="Table 1",
            statement=f"Size of {name} on disk.",
            published=row["size_MB"],
            unit="MB",
            ours=cell("size_MB", kind=kind),
            test=at_most(row["size_MB"], STORED),
            differs="A process keeps a weight of every training event for each of 200 outputs "
            "(stage1.weights of emulators/0/d18_0.safetensors)."
            if kind == "d18"
            else PEAKS,
        )
        if kind == "d18":
            continue
        for what, (theirs, ours, verb, scale) in columns.items():
            ratio = d18[theirs] / row[theirs]
            yield finding(
                id=f"{IDS[kind]}-{what}",
                where="Table 1",
                statement=f"D18 takes {ratio:.3g} times as long to {verb} as {name}.",
                published=ratio,
                unit="(times)",
                ours=times(ours, "d18", kind),
                test=at_least(ratio / ORDER, ORDERS),
                scale=scale,
                differs="D18's processes share kernels here, and their hyperparameters are "
                f"searched together (row d18, {ours}).",
            )
    for what, (_, ours, verb, scale) in columns.items():
        yield finding(
            id={"training": "d18-slower-to-train", "evaluation": "d18-slower-to-evaluate"}[what],
            where="Section 3.2.1; Table 1",
            statement=f"All seven are 1 to 2 orders of magnitude faster to {verb} than D18.",
            published="1 to 2 orders",
            unit="(times, of the slowest of the seven)",
            ours=lambda table, ours=ours: (
                table.at(ours, kind="d18") / among(max, ours, SEVEN)(table)
            ),
            test=at_least(10, from_paper("One order is the least that is said.")),
            scale=scale,
            differs=f"As of each of the seven (column {ours}).",
            note="In the paper's own table it is 6.3 times for PCA + GP." if "ev" in what else "",
        )


def slow_processes() -> Iterator[Finding]:
    """Gaussian processes are slower than networks, to evaluate and to train."""
    measures: dict[str, tuple[str, str, Scale]] = {
        "": ("likelihood_cpu_ms", "evaluate", "laptop"),
        "-in-batches": ("trace_in_batch_cpu_ms", "evaluate in batches", "laptop"),
        "-training": ("training_cpu_s", "train", "paper"),
    }
    for kind in ("pca_gp", "ae_gp"):
        for suffix, (column, verb, scale) in measures.items():
            yield finding(
                id=f"{kind.replace('_', '-')}-slow{suffix}",
                where="Section 3.2.1; Table 1",
                statement=f"{NAMES[kind]} is slower to {verb} than any of the five networks.",
                published="slowest",
                unit="s" if suffix == "-training" else "ms",
                ours=cell(column, kind=kind),
                test=at_least(among(max, column, NETWORKS), SAME_MACHINE),
                scale=scale,
                differs="A process is a product of a kernel, which groups of processes share, with "
                f"stored weights here (column {column}).",
                note="In the paper's own table WGAN-GP takes twice as long as AE + GP."
                if (kind, suffix) == ("ae_gp", "-training")
                else "",
            )


def orders() -> Iterator[Finding]:
    """Who is the smallest and the fastest of the seven."""
    for name, kind, others, fast in (
        ("pca-nn-smallest", "pca_nn", but("pca_nn"), False),
        ("pca-nn-fastest", "pca_nn", but("pca_nn"), True),
        ("pca-nn-smaller-than-gp", "pca_nn", ("pca_gp",), False),
        ("ae-nn-smaller-than-gp", "ae_nn", ("ae_gp",), False),
    ):
        column, what = ("likelihood_cpu_ms", "faster") if fast else ("size_MB", "smaller")
        yield finding(
            id=name,
            where="Section 3.2.1; Table 1",
            statement=f"{NAMES[kind]} is {what} than {', '.join(NAMES[k] for k in others)}.",
            published=what,
            unit=column.rsplit("_", 1)[1],
            ours=cell(column, kind=kind),
            test=at_most(among(min, column, others), SAME_MACHINE if fast else STORED),
            differs="A call takes longer than its network: see trace_in_batch_cpu_ms."
            if fast
            else "",
        )


FINDINGS = [*costs(), *slow_processes(), *orders()]
