"""Public bug reports and others of their kind: crosshole inputs, right or one message.

Numbers and titles are those of docs/decisions/foreign_files.md.
"""

import numpy as np
import pytest
import torch
import xarray as xr
from foreign_cases import messages

from latentearth.earth import channels, crosshole
from latentearth.io import DamagedFile, InputError
from latentearth.networks import generators

# Tables: surveys and traveltimes.
HEADER = "source_x_m,source_z_m,receiver_x_m,receiver_z_m\n"
PAIRS = [(0.01, a, 6.49, b) for a in (1.0, 5.0) for b in (1.5, 9.0)]
ROWS = HEADER + "".join(",".join(map(str, pair)) + "\n" for pair in PAIRS)
GIMLI = "4 # sensors\n#x z\n0 -1\n0 -5\n6.5 -1.5\n6.5 -9\n4\n#s g t\n"


@pytest.mark.parametrize(
    ("text", "words"),
    messages(
        [
            ("05 decimal commas", HEADER + "0,01,1,0,6,49,1,5\n", r"line 2.*decimal commas\?"),
            ("05 one row of them", ROWS + "0,01,1,0,6,49,1,5\n", "line 6"),
            ("05 with semicolons", ROWS.replace(",", ";").replace(".", ","), None),
            ("05 with tabs", ROWS.replace(",", "\t").replace(".", ","), None),
            ("05 in quotes", HEADER + '"0,01","1,0","6,49","1,5"\n', "a number"),
            ("05 repeated names", ROWS.replace("receiver_x", "source_x"), "once|among them"),
            ("05 a short row", ROWS + "0.01,1.0,6.49\n", "line 6"),
            ("05 thousands", ROWS.replace("9.0", "1_000"), "a number"),
            ("07 mark and CRLF", "\ufeff" + ROWS.replace("\n", "\r\n"), None),
            ("07 old line ends", ROWS.replace("\n", "\r"), None),
            ("07 semicolons", ROWS.replace(",", ";"), None),
            ("07 sep line", "sep=,\n" + ROWS, "line 2"),
            ("07 blank lines", ROWS.replace("6.49,9.0", "6.49,x") + "\n", "line 3, receiver_z_m"),
            ("07 empty columns of Excel", ROWS.replace("\n", ",,\n"), None),
            ("07 empty rows of Excel", ROWS + ",,,\n,,,\n", None),
            ("04b metres", ROWS.replace("6.49", "20"), "outside the domain"),
            ("04b feet", ROWS.replace("_m", "_ft"), None),
            ("04 heights", ROWS.replace(",9.0", ",-9.0"), "outside the domain"),
            ("04 one point", HEADER + "1,1,1,1\n", "one point"),
        ]
    ),
)
def test_surveys(tmp_path, text, words):
    (tmp_path / "s.csv").write_bytes(text.encode())
    if words:
        with pytest.raises(InputError, match=words):
            crosshole.read_survey(tmp_path / "s.csv", 6.5, 12.9)
        return
    found = np.hstack(crosshole.read_survey(tmp_path / "s.csv", 6.5, 12.9))
    np.testing.assert_allclose(found, np.array(PAIRS) * (0.3048 if "_ft" in text else 1))


TIMES = np.hypot(6.48, np.subtract(*np.array(PAIRS)[:, [1, 3]].T)) / 0.07  # ns


def column(values, name="traveltime_ns"):
    return f"{name}\n" + "".join(f"{value:.12g}\n" for value in values)


@pytest.mark.parametrize(
    ("text", "words"),
    messages(
        [
            ("04 ns", column(TIMES), None),
            ("04 us", column(TIMES / 1e3, "traveltime_us"), None),
            ("04 s, said so", column(TIMES / 1e9, "traveltime [s]"), None),
            ("04c s as ns", column(TIMES / 1e9), "radar waves"),
            ("04 ps as ns", column(TIMES * 1e3), "radar waves"),
            ("04 samples", column(TIMES, "traveltime_samples"), "traveltime_ns"),
            ("04 negative", column(-TIMES), "radar waves"),
            ("04 one too many", column([*TIMES, 90]), "4, one for each pair"),
            ("05 commas", "traveltime_ns\n90,5\n", r"line 2: found 2 fields"),
            (
                "04a gimli",
                GIMLI + "".join(f"{k // 2 + 1} {k % 2 + 3} {t}e-9\n" for k, t in enumerate(TIMES)),
                None,
            ),
            (
                "04a gimli in ms",
                (
                    GIMLI.replace(" t\n", " t/ms\n")
                    + "".join(f"{k // 2 + 1} {k % 2 + 3} {t}e-6\n" for k, t in enumerate(TIMES))
                ),
                None,
            ),
            (
                "04a gimli in ns",
                (GIMLI + "".join(f"{k // 2 + 1} {k % 2 + 3} {t}\n" for k, t in enumerate(TIMES))),
                "radar waves",
            ),
        ]
    ),
)
def test_traveltimes(tmp_path, text, words):
    (tmp_path / "t.csv").write_text(text)
    pairs = np.array(PAIRS)
    if text.startswith("4 "):  # its own antennas, a little elsewhere
        pairs[:, [0, 2]] = 0.0, 6.5
    ends = pairs[:, :2], pairs[:, 2:]
    if words:
        with pytest.raises(InputError, match=words):
            crosshole.read_traveltimes(tmp_path / "t.csv", *ends)
        return
    np.testing.assert_allclose(crosshole.read_traveltimes(tmp_path / "t.csv", *ends).times, TIMES)


def test_04_a_survey_that_pygimli_wrote(tmp_path):
    """By its own class and in its own form, with an error and one datum marked as none."""
    pygimli = pytest.importorskip("pygimli")
    sensors = [(0.0, -1.0), (0.0, -5.0), (6.5, -1.5), (6.5, -9.0)]  # m, heights
    data = pygimli.DataContainer()
    for token in ("s", "g"):
        data.registerSensorIndex(token)
    for x, height in sensors:
        data.createSensor(pygimli.Pos(x, height))
    data.resize(4)
    data["s"], data["g"] = [0, 0, 1, 1], [2, 3, 2, 3]
    data["t"], data["err"] = TIMES / 1e9, np.full(4, 0.5e-9)  # s
    data["valid"] = [1, 1, 0, 1]
    data.save(str(tmp_path / "borehole.sgt"), "s g t err valid", "x y")
    pairs = np.array(PAIRS)
    pairs[:, [0, 2]] = 0.0, 6.5
    found = crosshole.read_traveltimes(tmp_path / "borehole.sgt", pairs[:, :2], pairs[:, 2:])
    np.testing.assert_array_equal(found.pair, [0, 1, 3])
    # it writes some 14 digits
    np.testing.assert_allclose(found.times, TIMES[[0, 1, 3]], rtol=1e-9)
    np.testing.assert_allclose(found.errors, 0.5, rtol=1e-9)


# Training images: orders and directions.
ROW, COLUMN = np.mgrid[:30, :20]
FACIES = (np.abs((ROW + 3 * np.sin(COLUMN / 4)) % 12 - 6) < 2).astype("u1")  # rows downward
SGEMS = "20 30 1\n1\nfacies\n" + "\n".join("01"[v] for v in FACIES[::-1].ravel())


@pytest.mark.parametrize(
    ("data", "words"),
    messages(
        [
            ("08a sgems", SGEMS, "format: found text; expected a grey PNG, or a netCDF file"),
            ("08b x, y upward", (("x", "y"), FACIES[::-1].T, np.arange(30)), None),
            ("08b x, y downward", (("x", "y"), FACIES.T, np.arange(30)[::-1]), None),
            ("08c y, x", (("y", "x"), FACIES[::-1], np.arange(30)), None),
            ("08d column, row", (("column", "row"), FACIES.T, np.arange(30)), None),
            ("08 three dimensions", (("z", "y", "x"), FACIES[None], None), "dimensions of 'fac"),
            ("08 other names", (("a", "b"), FACIES, None), "dimensions of 'facies'"),
            ("08 in floats", (("row", "column"), FACIES.astype(float), None), None),
            ("08 three facies", (("row", "column"), FACIES + ROW % 2, None), "0 and 1 only"),
            ("08 1 and 2", (("row", "column"), FACIES + 1, None), "0 and 1 only"),
        ]
    ),
)
def test_training_images(tmp_path, data, words):
    path = tmp_path / "image.nc"
    if isinstance(data, str):
        path.write_text(data)
    else:
        dims, values, axis = data
        name = next((name for name in dims if name in ("y", "row")), "row")
        coords = {} if axis is None else {name: axis}
        xr.Dataset({"facies": (dims, values)}, coords).to_netcdf(path)
    if words:
        with pytest.raises(InputError, match=words):
            channels.read_image(path, (20, 10))
        return
    np.testing.assert_array_equal(channels.read_image(path, (20, 10)), FACIES)


class Command:
    """What runs when a pickle of it is opened as usual."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("modern", [True, False])
def test_26_a_torch_file_as_start_is_refused_and_not_executed(tmp_path, suffix, modern):
    path = tmp_path / f"vae{suffix}"
    weights = {"encoder.0.weight": torch.zeros(4, 4), "more": Command(tmp_path / "executed")}
    torch.save(weights, path, _use_new_zipfile_serialization=modern)
    with pytest.raises((InputError, DamagedFile), match=r"expected a safetensors file"):
        generators.load_vae(path, 20)
    assert not (tmp_path / "executed").exists()
