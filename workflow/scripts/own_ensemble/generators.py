"""Fit the chosen generators to an ensemble that somebody brings, and judge them."""

from pathlib import Path

from latentearth import io
from latentearth.ensembles.brought import read_brought
from latentearth.generators import base
from support import job, own_ensemble, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    names = {key: s[key] for key in ("variable", "sample", "chain")}
    ensemble = read_brought(snakemake.input.ensemble, most=s["samples"], **names)
    judge = own_ensemble.OwnJudge(ensemble, s, p.seed)
    folder = Path(out.weights)
    folder.mkdir(parents=True, exist_ok=True)
    attributes = provenance.attributes("Generators of an own ensemble", s, p.seed, p.scale)
    found, left_out = {}, {}
    for name in s["generators"]:
        if reason := own_ensemble.unsuited(name, ensemble, s):
            left_out[name] = reason
            print(f"{name} is left out: {reason}")
            continue
        model, cpu = own_ensemble.fit(name, judge.train, ensemble.places, s, p.seed)
        judge(name, model, cpu)
        weights, card = folder / f"{name}.safetensors", folder / f"{name}.json"
        base.save(weights, model, card, attributes | {"cpu_s": round(cpu, 2)})
        found[name] = {"weights": weights.name, "card": card.name, "numbers": model.numbers}
    io.write_table(out.scores, judge.rows, attributes)
    io.write_dataset(out.shown, judge.dataset(), attributes)
    source = own_ensemble.described(ensemble, judge)
    io.write_json(out.card, attributes | source | {"generators": found, "left_out": left_out})
