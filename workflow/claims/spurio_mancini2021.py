"""Ledger of Spurio Mancini et al. (2021): settings, and the findings of all sections."""

from claims import spurio_mancini2021_beyond as beyond
from claims import spurio_mancini2021_costs as costs
from claims import spurio_mancini2021_coverage as coverage
from claims import spurio_mancini2021_emulators as emulators
from claims import spurio_mancini2021_location as location
from claims import spurio_mancini2021_mechanisms as mechanisms
from claims import spurio_mancini2021_methods as methods
from support.ledger.forms import Finding, Setting, cell, key, stated

PAPER = "spurio_mancini2021"
WEIGHTS = "emulators/0/pca_gp_0.safetensors"  # of each training event a weight
SETTINGS: list[Setting] = [
    *stated(PAPER, {"simulated": emulators.SIMULATED}),
    *(
        Setting(
            id=f"truth-{row['coordinate']}",
            where="Table 2, Figure 9",
            what=f"{row['coordinate']} of the event",
            published=1e3 * row["truth"],
            unit="m",
            reads="observation.nc",
            ours=key("event", axis),
            scale="paper",
            note="The event is moved to a node of the grid, which is a coarser one below.",
        )
        for axis, row in enumerate(location.TABLE)
    ),
    *(
        Setting(
            id=f"model-length-{name}",
            where="Sections 1 and 3.1, Figure 7",
            what=f"length of the model in {name}",
            published=length,
            unit="m",
            reads="model.nc",
            ours=lambda d, name=name: d[name].max(),
        )
        for name, length in {"x": 1000, "y": 1000, "z": 3000}.items()
    ),
    Setting(
        id="prior-least",
        where="Table 2",
        what="begin of all three priors (their norm)",
        published=0,
        unit="m",
        reads="observation.nc",
        ours=lambda d: (d.bounds[:, 0] ** 2).sum() ** 0.5,
    ),
    Setting(
        id="trace-duration",
        where="Abstract, section 3.1",
        what="duration of a trace",
        published=2,
        unit="s",
        reads="traces/receiver_0.nc",
        ours=lambda d: d.time.max(),
    ),
    Setting(
        id="split-train",
        where="Section 2.3; Table 1",
        what="events that are learnt from: weights of a stored process of PCA + GP",
        published=2000,
        unit="events",
        reads=WEIGHTS,
        ours=key("stage1.weights", "shape", 1),
        scale="laptop",
    ),
    Setting(
        id="split-validation",
        where="Section 2.3; Table 1",
        what="events for the validation: what training and test leave",
        published=1000,
        unit="events",
        reads=("traces/receiver_0.nc", "emulators/0/peak_errors.nc", WEIGHTS),
        ours=lambda traces, errors, weights: (
            traces.sizes["source"] - errors.sizes["event"] - weights["stage1.weights"]["shape"][1]
        ),
        scale="laptop",
    ),
    Setting(
        id="d18-processes",
        where="Appendix A; Table 1",
        what="Gaussian processes that D18 trains",
        published=200,
        unit="processes",
        reads="emulators/0/d18_0.safetensors",
        ours=key("stage1.weights", "shape", 0),
    ),
    Setting(
        id="runs",
        where="Table 1",
        what="runs of which R2D and times are means",
        published=3,
        unit="runs",
        reads="table1.csv",
        ours=cell("seeds", kind="direct"),
        scale="laptop",
    ),
    Setting(
        id="noise-size",
        where="Section 3.2.2, Figure 9",
        what="peak of the central trace over the standard deviation of the noise",
        published=12,
        reads="observation.nc",
        ours=lambda d: d.clean[0].max() / d.attrs["sigma"],
        within=0.001,
        note="The paper says 250 in arbitrary units: a twelfth, read off the published traces.",
    ),
]
FINDINGS: list[Finding] = [
    *emulators.HEADLINES,
    *costs.HEADLINES,
    *location.HEADLINES,
    *methods.HEADLINES,
    *coverage.coverage(),
    *emulators.FINDINGS,
    *costs.FINDINGS,
    *location.FINDINGS,
    *methods.FINDINGS,
    *beyond.FINDINGS,
    *mechanisms.FINDINGS,
]
