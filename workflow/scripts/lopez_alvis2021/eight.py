"""Train a VAE on an eight-shaped manifold for every pair of alpha and beta (Figures 3, 4)."""

import itertools

import numpy as np
import torch
import xarray as xr

from latentearth import io, seeds
from latentearth.training import lemniscate_vaes
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    streams = seeds.stream(p.seed, "lopez_alvis2021", "eight").spawn(3)
    points = lemniscate_vaes.lemniscate(s["samples"], s["noise"], np.random.default_rng(streams[0]))
    pairs = list(itertools.product(s["alphas"], s["betas"]))
    run = s["steps"], s["batch"], s["learning_rate"], streams[1]
    networks, losses = lemniscate_vaes.train_lemniscate_vaes(points, *np.array(pairs).T, *run)
    drawn = np.random.default_rng(streams[2]).standard_normal((s["generated"], 2))
    line = np.linspace(-2, 2, 81)
    fine = np.stack(np.meshgrid(line, line), -1)

    def stack(values):
        """The same values (sample, 2) for every network."""
        return torch.from_numpy(values.astype(np.float32)).expand(len(pairs), -1, -1)

    with torch.no_grad():
        codes = networks.encode(stack(points))[0]
        mapped = networks.decode(stack(fine.reshape(-1, 2))).numpy().reshape(-1, 81, 81, 2)
        result = {"code": codes.numpy(), "reconstructed": networks.decode(codes).numpy()}
        generated = networks.decode(stack(drawn)).numpy()
    target = s["target"], s["target_variance"]
    unit = {"units": "1"}
    data = xr.Dataset(
        {
            "point": (("sample", "xy"), points, unit),
            "misfit": (("z2", "z1"), lemniscate_vaes.lemniscate_objective(fine, *target), unit),
            **{k: (("net", "sample", "xy"), v, unit) for k, v in result.items()},
            "drawn": (("draw", "xy"), drawn, unit),
            "generated": (("net", "draw", "xy"), generated, unit),
            "mapped": (("net", "z2", "z1", "xy"), mapped, unit),
            "mapped_misfit": (
                ("net", "z2", "z1"),
                lemniscate_vaes.lemniscate_objective(mapped, *target),
                unit,
            ),
            "error": ("net", losses[:, 0], unit),
            "divergence": ("net", losses[:, 1], {"units": "nat"}),
        },
        {
            "alpha": ("net", [a for a, _ in pairs], unit),
            "beta": ("net", [b for _, b in pairs], unit),
            "z1": line,
            "z2": line,
        },
    )
    attributes = provenance.attributes("small VAEs of an eight", s, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], data, attributes)
