"""Invert held-out cakes, and images of a prior itself, whose truth is known; score posteriors."""

from pathlib import Path

import numpy as np
import torch

from latentearth import checkpoints, io, seeds
from latentearth.inversion.calibration import Components
from latentearth.inversion.downscaling import homogenize
from latentearth.operators.homogenization import Homogenization
from support import calibration, job, provenance
from support.homogenization import two_phases

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, name = snakemake.params, snakemake.params.settings, snakemake.wildcards.prior
    stream = ("santos2024", "calibration")
    held_out, errors = (io.read_dataset(snakemake.input[k]) for k in ("held_out", "errors"))
    sigma_o, images = errors.sigma_o.values, held_out.image.values
    rocks = two_phases(p.black, p.white)
    fine = Homogenization(images.shape[-1], s["waves"], rocks, p.target_iterations)
    bank = seeds.stream(p.seed, *stream, "bank", name)
    inverted = calibration.inverted_prior(name, p, snakemake.input, bank)
    residuals = calibration.left_by(name, inverted, snakemake.input, fine)
    media = homogenize(fine, images[: p.images])
    laws = calibration.error_laws_of(residuals, media, sigma_o)

    rng = [np.random.default_rng(seeds.stream(p.seed, *stream, k)) for k in ("noise", name)]
    chosen = held_out.isel(image=slice(-s["cakes"], None))
    truths = {"cake": calibration.cakes(chosen, fine, sigma_o, rng[0], name == "stirring")}
    if s["own"]:
        own = calibration.own_images(inverted, laws["correlated"], s["own"], rng[1])
        truths["own"] = own
    cases = [("cake", errors, k) for k in range(s["cakes"]) for errors in laws]
    cases += [("own", "correlated", k) for k in range(s["own"])]
    depends = {"prior": name, "on": checkpoints.fingerprint(dict(s), truths, laws)}
    file = Path(f"{snakemake.output[0]}.checkpoint")
    done = checkpoints.load(file, depends) or {}
    components = Components.of(images[: p.images], s["components"])
    for kind, law, k in cases:
        key = f"{kind} {law} {k}"
        if key not in done:
            seeding = seeds.stream(p.seed, *stream, name, kind, law, k), s["draws"]
            found = calibration.scored(inverted, truths[kind][k], laws[law], components, seeding)
            done[key] = {what: torch.from_numpy(value) for what, value in found.items()}
            checkpoints.save(file, done, depends)
            print(f"{key}: {found['ancestors']:.0f} ancestors, {found['cpu_s']:.1f} CPU-s")
    rows = [
        (case, {k: v.numpy() for k, v in done[" ".join(map(str, case))].items()}) for case in cases
    ]
    about = provenance.attributes(f"Calibration of {name}", s, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], calibration.calibration_dataset(rows), about)
    job.remove_checkpoints(f"{file}*", snakemake.input)
