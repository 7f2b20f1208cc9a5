"""Every key of the config that names a user's file, run: one run for all, smaller than smoke.

The files are made here as data/README.md says, mostly in other forms than ours: other orders of
dimensions, other units, depth for height. (Chains and ensembles of the core-mantle boundary are
run by test_cmb_own_data.py.)
"""

import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import yaml
from PIL import Image
from runs import ROOT, snakemake

RNG = np.random.default_rng(5)
START = ROOT / "data/weights/lopez_alvis2021/vae_embedded.safetensors"
TARGETS = [
    "results/scheiter2022/ring/subset_200.nc",
    "results/scheiter2022/hypersphere/ensemble_3d.nc",
    "results/santos2024/prior/held_out.nc",
    "results/santos2024/inversion/observed_own.nc",
    "figures/santos2024/fig06.png",
    "figures/santos2024/fig07.png",
    "figures/lopez_alvis2021/own.png",
    "results/spurio_mancini2021/observation.nc",
    "results/spurio_mancini2021/emulators/0/direct_0.safetensors",
]
RECEIVERS = [(500, 500), (200, 800), (500, 800), (800, 800), (200, 500)]  # those of the config


def ensembles(folder):
    """Chains of two and of three coordinates, as ArviZ calls and others order dimensions."""
    sizes = {"chain": 2, "draw": 260, "sample": 260, "x_dim_0": 2, "coordinate": 3}
    for name, dims in (
        ("ring", ("draw", "chain", "x_dim_0")),
        ("sphere", ("chain", "coordinate", "sample")),
    ):
        values = RNG.normal(0, 0.7, [sizes[dim] for dim in dims])
        xr.Dataset({"x": (dims, values)}).to_netcdf(folder / f"{name}.nc")


def pictures(folder):
    """A folder of PNGs of 16 pixels a side: a bright layer of any thickness on top."""
    (folder / "images").mkdir()
    rows = np.arange(16)[:, None] * np.ones(16)
    for k in range(220):
        layer = ((rows < RNG.integers(3, 13)) * 255).astype("u1")
        Image.fromarray(layer).save(folder / "images" / f"{k:03d}.png")


def medium(folder):
    """Six coefficients in Pa, rows downward."""
    mean = {"C11": 136, "C22": 137, "C33": 84, "C12": 52, "C13": 0, "C23": 0}
    values = np.array(list(mean.values()))[:, None, None] * RNG.uniform(0.95, 1.05, (6, 6, 6)) * 1e9
    xr.Dataset(
        {"observed": (("coefficient", "row", "column"), values, {"units": "Pa"})},
        {"coefficient": list(mean), "row": np.arange(6)[::-1]},
    ).to_netcdf(folder / "medium.nc")


def crosshole(folder):
    """A training image of (x, y), and traveltimes that come with antennas, far from our domain."""
    row, column = np.mgrid[:600, :400]
    bands = np.abs((row + 12 * np.sin(column / 60)) % 60 - 30) < 8
    xr.Dataset({"facies": (("x", "y"), bands.T.astype("u1"))}).to_netcdf(folder / "image.nc")
    lines = ["source_x_m;source_z_m;receiver_x_m;receiver_z_m;traveltime_us;error_ns"]
    for a in np.arange(2.0, 25, 4):
        for b in np.arange(2.0, 25, 4):
            time = np.hypot(12, a - b) / 0.07 / 1000
            lines.append(f"100;{a};112;{b};{time:.6f};1.5".replace(".", ","))
    (folder / "times.csv").write_text("\n".join(lines))


def microseismic(folder):
    """A model and sources by depth in km, and traces by milliseconds; returns the sources."""
    x, depth = np.linspace(0, 1, 21), np.linspace(0, 3, 61)
    layer = np.broadcast_to(np.digitize(depth, [0.57, 1.6]), (21, 21, 61))
    axes = {"x": x, "y": x, "depth": depth}
    fields = {"rho": (1.03, 2.1, 2.4), "vp": (1.5, 2.3, 3.0), "vs": (0.0, 1.0, 1.6)}
    units = {"rho": "g/cm3", "vp": "km/s", "vs": "km/s"}
    xr.Dataset(
        {k: (tuple(axes), np.array(v)[layer], {"units": units[k]}) for k, v in fields.items()},
        {name: (name, axis, {"units": "km"}) for name, axis in axes.items()},
    ).to_netcdf(folder / "model.nc")
    positions = RNG.uniform([0.1, 0.1, 0.8], [0.9, 0.9, 2.8], (121, 3))
    columns = {name: ("event", positions[:, k], {"units": "km"}) for k, name in enumerate(axes)}
    xr.Dataset(columns).to_netcdf(folder / "sources.nc")
    time = np.arange(0, 1600, 4)
    for number, place in enumerate(RECEIVERS):
        distance = np.linalg.norm(positions * 1000 - [*place, 570], axis=1)[:, None]
        late = (np.pi * 8 * (time / 1000 - 0.15 - distance / 2500)) ** 2
        pulses = (1 - 2 * late) * np.exp(-late) / distance
        xr.Dataset(
            {"traces": (("time", "event"), pulses.T.astype("f4"), {"units": "hPa"})},
            {"time": ("time", time, {"units": "ms"})},
        ).to_netcdf(folder / f"traces_{number}.nc")
    return positions


FITS = {"ratios": {"subset": 30, "evaluations": 5}, "smooth": {"subset": 30, "evaluations": 5}}
CONFIG = {
    "scheiter2022": {
        "ring": {"file": "ring.nc", "sizes": [200]},
        "hypersphere": {"files": {3: "sphere.nc"}},
    },
    "santos2024": {
        "prior": {"own": "images", "held_out": 100},
        "gan": {"steps": 2, "record_every": 1, "checkpoint_every": 2},
        "assessment": {"draws": 60, "nearest": 16, "directions": 8},
        "inversion": {
            "own": {"observed": "medium.nc", "waves": 3},
            "errors": {
                "images": 8,
                "closest_fit": {"images": 2, "candidates": 10, "starts": 1, "steps": 2},
            },
        },
    },
    "lopez_alvis2021": {
        "training_image": {"file": "image.nc", "held_out_rows": 200},
        "vae": {"start": str(START), "steps": 2},
        "inversion": {
            "own": {
                "traveltimes": "times.csv",
                "cell": 0.2,
                "origin": [99.5, 0.0],
                "starts": 2,
                "iterations": 10,
            }
        },
    },
    "spurio_mancini2021": {
        "model": {"file": "model.nc"},
        "sources": {"file": "sources.nc", "train": 80, "validation": 20},
        "traces": {"files": {k: f"traces_{k}.nc" for k in range(len(RECEIVERS))}},
        "emulators": {
            "seeds": 1,
            "peaks": FITS,
            "direct": {"training": {"epochs": 2, "batch": 32}},
        },
    },
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A folder in which all own inputs have been used, and the sources' positions in km."""
    folder = tmp_path_factory.mktemp("own")
    for make in (ensembles, pictures, medium, crosshole):
        make(folder)
    positions = microseismic(folder)
    config = yaml.safe_dump(CONFIG)
    done = snakemake(folder, config, "--show-failed-logs", "--", *TARGETS, seconds=1200)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return folder, positions


def made(folder: Path, name: str) -> xr.Dataset:
    """A result."""
    return xr.open_dataset(folder / "results" / name)


def test_own_ensembles(run):
    folder, _ = run
    given = xr.open_dataset(folder / "ring.nc").x.transpose("chain", "draw", "x_dim_0").values
    found = made(folder, "scheiter2022/ring/subset_200.nc").x
    np.testing.assert_array_equal(found, given[:, :200].astype("f4"))
    sizes = dict(made(folder, "scheiter2022/hypersphere/ensemble_3d.nc").sizes)
    assert sizes == {"chain": 2, "sample": 260, "coordinate": 3}


def test_own_prior_images(run):
    folder, _ = run
    held_out = made(folder, "santos2024/prior/held_out.nc").image
    assert held_out.shape == (100, 16, 16)
    # the layer fills the upper rows of a picture, where y is largest
    assert (held_out[:, -1] == 1).all() and (held_out[:, 0] == 0).all()
    for number in ("06", "07"):
        assert (folder / f"figures/santos2024/fig{number}.png").stat().st_size > 0


def test_own_medium(run):
    folder, _ = run
    given = xr.open_dataset(folder / "medium.nc").observed.values[:, ::-1] / 1e9
    found = made(folder, "santos2024/inversion/observed_own.nc").observed[0]
    np.testing.assert_allclose(found, given, rtol=1e-12)  # divided and multiplied


def test_own_training_image_weights_to_start_from_and_traveltimes(run):
    folder, _ = run
    found = made(folder, "lopez_alvis2021/own/inversion.nc")
    assert found.sizes["datum"] == 36 and np.isfinite(found.misfit).all()
    direct = np.mean(((found.simulated - found.observed) / 1.5) ** 2)
    # two float32 sums of 36 terms
    assert float(found.chi_square.min()) == pytest.approx(float(direct), rel=1e-3)
    image = made(folder, "lopez_alvis2021/training_image.nc").facies
    np.testing.assert_array_equal(image, xr.open_dataset(folder / "image.nc").facies.T)


def test_own_model_sources_and_traces(run):
    folder, positions = run
    sources = made(folder, "spurio_mancini2021/sources.nc")
    known = positions * 1000 * [1, 1, -1] + [0, 0, 3000]
    for places in (sources.position.values[:5], sources.event.values[None]):
        assert np.linalg.norm(known[:, None] - places, axis=2).min(0).max() < 1e-6
    seen = made(folder, "spurio_mancini2021/observation.nc")
    distance = np.linalg.norm(seen.position - seen.event, axis=1)
    # the noise moves the largest of samples 4 ms apart, and receivers stand on a grid of 45 m
    np.testing.assert_allclose(seen.pick, 0.15 + distance / 2500, atol=0.03)
    assert seen.observed.attrs["units"] == "Pa"
    emulators = folder / "results/spurio_mancini2021/emulators/0"
    assert (emulators / "direct_0.safetensors").stat().st_size > 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sources": {"file": "sources.nc", "train": 90, "validation": 60}}, "found 120, 0 repeat"),
        ({"event": [500.0, 500.0, 2600.0]}, r"event 0: found \[500.0, 500.0, 2600.0\] m, in the w"),
    ],
)
def test_numbers_and_places_are_held_against_the_files(run, tmp_path, change, words):
    folder, _ = run
    config = CONFIG["spurio_mancini2021"] | change
    for name in ("model.nc", "sources.nc"):
        (tmp_path / name).symlink_to(folder / name)
    target = "results/spurio_mancini2021/sources.nc"
    done = snakemake(
        tmp_path, yaml.safe_dump({"spurio_mancini2021": config}), "--show-failed-logs", "--", target
    )
    assert done.returncode != 0
    assert re.search(words, done.stderr), done.stderr[-3000:]
