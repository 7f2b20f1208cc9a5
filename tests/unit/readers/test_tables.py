"""Tables as spreadsheets and programs of other countries write them."""

import numpy as np
import pytest

from latentearth.io import InputError
from latentearth.readers.tables import read_table

GOOD = "source_x_m,time_ns\n1,90\n2.5,91.25\n"


def table(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "own.csv"
    path.write_bytes(text.encode(encoding))
    return read_table(path)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GOOD, "utf-8"),
        (GOOD, "utf-8-sig"),
        (GOOD, "utf-16"),
        (GOOD.replace("\n", "\r\n"), "utf-8"),
        (GOOD.replace(",", "\t"), "utf-8"),
        (GOOD.replace(",", ";"), "utf-8"),
        (GOOD.replace(",", ";").replace(".", ","), "utf-8"),  # German Excel
        (GOOD.replace("\n", "\n\n ,\n"), "utf-8"),
        ("# made by hand\n" + GOOD, "utf-8"),
        ("source_x [m],time (ns)\n1,90\n2.5,91.25\n", "utf-8"),
        ("time_us,source_x_cm,note\n0.09,100,a\n0.09125,250,b\n", "utf-8"),
    ],
)
def test_the_same_numbers_in_many_forms(tmp_path, text, encoding):
    found = table(tmp_path, text, encoding)
    # 0.09125 us and 100 cm are multiplied, which rounds the last digit
    np.testing.assert_allclose(found.column("source_x", "m"), [1, 2.5], rtol=1e-15)
    np.testing.assert_allclose(found.column("time", "ns"), [90, 91.25], rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("source_x_m,time_ns\n1,90,5\n", r"line 2: found 3 fields \(decimal commas\?\)"),
        ("time_ns\n90,5\n", "line 2: found 2 fields"),
        ("source_x_m,time_ns\n\n\n1\n", "line 4: found 1 fields"),
        ("source_x_m,time_ns\n\n\n1,x\n", "line 4, time_ns: found 'x'"),
        ("source_x_m,time_ns\n1,\n", "line 2, time_ns: found ''"),
        ("source_x_m,time_ns\n1,inf\n", "line 2, time_ns: found inf"),
        ("source_x_m,time_ns\n1,1_0\n", "line 2, time_ns: found '1_0'"),
        ("source_x_m,time_ns,time_ns\n1,2,3\n", "time_ns, once"),
        ("source_x_m,time_ns,time_us\n1,2,3\n", "time_ns, once"),
        ("source_x_m,time_m\n1,2\n", "found time_m; expected a unit such as time_ns"),
        ("source_x_m,time\n1,2\n", "expected time_ns, among them"),
        ("_ns,_x,time_\n1,2,3\n", "expected time_ns, among them"),
        ("source_x_m,time_ns\n", "rows: found 0"),
        ("", "an empty file"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        table(tmp_path, text).column("time", "ns")


def test_latin_letters_are_refused_with_their_line(tmp_path):
    with pytest.raises(InputError, match="line 2: found a byte that is no utf-8"):
        table(tmp_path, "ort,time_ns\nMünchen,2\n", "latin-1")
