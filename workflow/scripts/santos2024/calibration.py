"""Invert held-out cakes, and images of a prior itself, whose truth is known; score posteriors."""

from functools import partial
from pathlib import Path

import numpy as np

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

    kinds = ("noise", name, "further")
    rng = [np.random.default_rng(seeds.stream(p.seed, *stream, k)) for k in kinds]
    chosen = held_out.isel(image=slice(-s["cakes"], None))
    truths = {"cake": calibration.cakes(chosen, fine, sigma_o, rng[0], name == "stirring")}
    chosen = held_out.isel(image=slice(-s["cakes"] - s["further"], -s["cakes"]))
    truths["further"] = calibration.cakes(chosen, fine, sigma_o, rng[2], False)
    if s["own"]:
        own = calibration.own_images(inverted, laws["correlated"], s["own"], rng[1])
        truths["own"] = own
    depends = {"prior": name, "on": checkpoints.fingerprint(dict(s), truths, laws)}
    file = Path(f"{snakemake.output[0]}.checkpoint")
    kept = calibration.Kept(file, depends)
    components = Components.of(images[: p.images], s["components"])
    seed, power, rows = partial(seeds.stream, p.seed, *stream, name), {}, []
    for law in laws:
        cases = {("further", law, k): truth for k, truth in enumerate(truths["further"])}
        how = {"stream": seed, "draws": s["draws"], "most": s["most"], "kept": kept}
        power[law] = calibration.learned_power(inverted, cases, laws[law], **how)
    cases = [("cake", k, law) for k in range(s["cakes"]) for law in laws]
    for kind, k, law in [*cases, *(("own", k, "correlated") for k in range(s["own"]))]:
        case, powers = (kind, law, k), {"full": 1.0, "powered": power[law]}
        given = inverted, truths[kind][k], laws[law], components, (seed(*case), s["draws"])
        found = kept(case, partial(calibration.scored, *given, powers=powers))
        for n, posterior in enumerate(powers):
            rows.append(((*case, posterior), {what: each[n] for what, each in found.items()}))
    about = provenance.attributes(f"Calibration of {name}", s, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], calibration.calibration_dataset(rows), about)
    job.remove_checkpoints(f"{file}*", snakemake.input)
