"""Classic netCDF headers that claim more than their files hold."""

import contextlib
import struct

import netCDF4
import numpy as np
import pytest

from latentearth.io import InputError
from latentearth.readers.classic_headers import refuse_classic_claims
from latentearth.readers.foreign import opened_foreign

FORMS = {
    "NETCDF3_CLASSIC": "ii",
    "NETCDF3_64BIT_OFFSET": "iq",
    "NETCDF3_64BIT_DATA": "qq",
}


def write(path, form, records=None):
    """A file with attributes, a variable of fixed size, and one or two with records."""
    with netCDF4.Dataset(path, "w", format=form) as file:
        file.title = "a title of some length"
        file.createDimension("point", 5)
        file.createVariable("fixed", "f4", ("point",))[:] = np.arange(5)
        for k in range(records or 0):
            if not k:
                file.createDimension("record", None)
            made = file.createVariable(f"many_{k}", "i2", ("record", "point"))
            made.units = "m"
            made[:3] = np.ones((3, 5))
    return path


@pytest.mark.parametrize("records", [None, 1, 2])
@pytest.mark.parametrize("form", FORMS)
def test_whole_files_pass_and_cut_ones_do_not(tmp_path, form, records):
    path = write(tmp_path / "a.nc", form, records)
    refuse_classic_claims(path)
    whole = path.read_bytes()
    # padding after the last value may be missing, but no value
    for length in (len(whole) - 4, len(whole) // 2, 40, 10):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match="header: found"):
            refuse_classic_claims(path)


@pytest.mark.parametrize("form", FORMS)
def test_every_false_count_is_found_at_once(tmp_path, form):
    path = write(tmp_path / "a.nc", form, 2)
    whole = path.read_bytes()
    kind = f">{FORMS[form][0]}"
    size = struct.calcsize(kind)
    refused = 0
    for place in range(4, whole.index(b"many_1"), 4):
        for value in (2**31 - 1, 2**24 + 1):
            path.write_bytes(whole[:place] + struct.pack(kind, value) + whole[place + size :])
            try:
                refuse_classic_claims(path)
            except InputError:
                refused += 1
                continue
            # a letter, a value, or a number of records that the library takes for another
            with contextlib.suppress(InputError), opened_foreign(path, "anything") as file:
                assert file.file.data_model == form
    assert refused > 30  # some twenty counts, lengths and tags, each by two values


def test_more_entries_than_anybody_writes_are_refused(tmp_path):
    names = b"".join(struct.pack(">i4si", 1, b"a", 1) for _ in range(200_000))
    (tmp_path / "a.nc").write_bytes(
        b"CDF\x01" + struct.pack(">iii", 0, 10, 200_000) + names + struct.pack(">iiii", 0, 0, 0, 0)
    )
    with pytest.raises(InputError, match="more than 100000 dimensions"):
        refuse_classic_claims(tmp_path / "a.nc")
