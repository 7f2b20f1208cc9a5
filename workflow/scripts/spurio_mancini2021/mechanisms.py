"""Locate random events with origin time and moment tensor, and once more as explosions."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.inversion.conditional_tensor import TensorPrior
from latentearth.inversion.field_errors import FieldErrors
from latentearth.inversion.moment_tensor import TensorLikelihood, scan_origin_times
from latentearth.operators.elastic_solver import EXPLOSION
from latentearth.operators.greens_functions import read_greens_functions
from latentearth.samplers.importance import scanned
from latentearth.samplers.modes import ModeSampler
from latentearth.samplers.targets import Box
from support import job, mechanisms, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, name = snakemake.params, snakemake.params.settings, ("spurio_mancini2021", "mechanisms")
    given = [io.read_dataset(path) for path in snakemake.input.traces]
    stores = [read_greens_functions(path) for path in snakemake.input.stores]
    interval, positions = stores[0].sample_interval_s, given[0].position.values
    event = io.read_dataset(snakemake.input.sources).event.values
    observed = io.read_dataset(snakemake.input.observation)
    sigma = float(observed.clean[0].max() / s["peak_to_noise"])
    events = mechanisms.draw_events(len(positions), seeds.stream(p.seed, *name, 0), s["shift"])
    rng = np.random.default_rng(seeds.stream(p.seed, *name, 1))
    data = mechanisms.observe(given, events, interval, sigma, rng)
    box = mechanisms.search_box(event, s, (stores[0].low, stores[0].high))
    points = Box(box.bounds[:3]).draw(s["scan"], rng)
    shifts = np.arange(*box.bounds[3], interval)
    sampler = ModeSampler(
        (20.0, 20.0, 20.0, 0.01), s["starts"], s["draws"], s["rounds"], s["wanted"]
    )
    made, located = mechanisms.stacked(stores), []
    further = [one.validation_traces.values for one in given]
    errors = FieldErrors.of(made, given[0].validation_position.values, further)
    for basis in (np.eye(6), np.array(EXPLOSION)[:, None]):
        more = {"prior": TensorPrior(s["deviations"], basis), "margin_s": 2 * s["shift"]}
        each = [TensorLikelihood(made, d, sigma, interval, **more) for d in data]
        scan = scan_origin_times(each, points, shifts)
        starts = [scanned(np.column_stack([points, one[:, 1]]), one[:, 0]) for one in scan]
        streams = [seeds.stream(p.seed, *name, 2, n) for n in range(len(each))]
        found = mechanisms.locate_all(each, starts, box, sampler, streams)
        if not located:
            search = box, sampler, [seeds.stream(p.seed, *name, 3, n) for n in range(len(each))]
            located.append(mechanisms.locate_with_errors(each, found, errors, *search))
        located.append(found)
    rows, tensors = mechanisms.judge_all(located, events, positions, rng)
    title = "Random events with their moment tensors: errors and coverage"
    attributes = provenance.attributes(title, s, p.seed, p.scale)
    io.write_table(snakemake.output.table, rows, attributes)
    dims = ("event", "draw", "number")
    true = ("event", "number"), np.array([e["tensor"] for e in events]), {"units": "moment"}
    dataset = xr.Dataset({"tensor": (dims, tensors, {"units": "moment"}), "true_tensor": true})
    io.write_dataset(snakemake.output.tensors, dataset, attributes)
    for row in rows:
        print(row)
