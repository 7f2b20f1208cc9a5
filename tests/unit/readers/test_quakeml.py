"""QuakeML that is written without ObsPy, read back by ObsPy where it is there and by hand."""

import importlib.util
from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np
import pytest

from latentearth.readers.local_frame import LocalFrame
from latentearth.readers.quakeml import BED, SPHERICAL, SourceDraws, write_quakeml

FRAME = LocalFrame(58.1, 2.3, -3100.0)
RNG = np.random.default_rng(8)
POSITIONS = np.array([400.0, 300.0, 1500.0]) + RNG.normal(size=(500, 3)) * [20.0, 10.0, 5.0]
TENSORS = 1e9 * (np.array([3.0, -1.0, 0.5, 0.2, -0.7, 1.1]) + 0.1 * RNG.normal(size=(500, 6)))
TIME = datetime(2026, 2, 3, 4, 5, 6, 789012, UTC)
needs_obspy = pytest.mark.skipif(
    importlib.util.find_spec("obspy") is None, reason="the extra is not installed"
)


@pytest.fixture
def path(tmp_path):
    draws = SourceDraws(
        TENSORS,
        np.linalg.norm(TENSORS, axis=1),
        RNG.normal(-0.5, 0.1, 500),
        {"doubleCouple": 0.6, "clvd": -0.1, "iso": 0.3},
    )
    weights = np.full(500, 1 / 500)
    more = {"time": TIME, "time_error_s": 0.002, "source": draws}
    write_quakeml(tmp_path / "event.xml", POSITIONS, weights, FRAME, **more)
    return tmp_path / "event.xml"


def number(root, *tags):
    """The value of a quantity under tags."""
    found = root.find(
        "/".join(f".//{{{BED}}}{tag}" if not k else f"{{{BED}}}{tag}" for k, tag in enumerate(tags))
    )
    return float(found.text)


def test_what_is_written_is_there(path):
    root = ElementTree.parse(path).getroot()
    place = [number(root, name, "value") for name in ("latitude", "longitude", "depth")]
    back = FRAME.to_local(place[0], place[1], -place[2])
    # twelve digits of a degree are 1e-5 m or better
    np.testing.assert_allclose(back, POSITIONS.mean(0), atol=1e-4)
    assert number(root, "depth", "uncertainty") == pytest.approx(POSITIONS[:, 2].std(ddof=1))
    # r is up, t south, p east (Aki & Richards 2002, box 4.4): an explicit rotation of the matrix
    xx, yy, zz, xy, xz, yz = TENSORS.mean(0)
    matrix = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
    turn = np.array([[0, 0, 1], [0, -1, 0], [1, 0, 0]])
    turned = turn @ matrix @ turn.T
    for tag in SPHERICAL:
        row, column = ("rtp".index(letter) for letter in tag[1:])
        assert number(root, "tensor", tag, "value") == pytest.approx(turned[row, column])
    assert number(root, "mag", "uncertainty") == pytest.approx(0.1, rel=0.1)  # of 500 draws


@needs_obspy
def test_obspy_reads_it_by_the_schema(path):
    import obspy
    from obspy.io.quakeml.core import _validate

    assert _validate(str(path))
    (event,) = obspy.read_events(str(path))
    origin, size = event.preferred_origin(), event.preferred_magnitude()
    assert origin.time == obspy.UTCDateTime(TIME)
    assert origin.time_errors.uncertainty == 0.002
    assert (size.magnitude_type, size.origin_id) == ("Mw", origin.resource_id)
    tensor = event.preferred_focal_mechanism().moment_tensor
    assert tensor.tensor.m_rr == pytest.approx(TENSORS[:, 2].mean())
    assert tensor.tensor.m_tp_errors.uncertainty == pytest.approx(TENSORS[:, 3].std())
    assert tensor.double_couple == 0.6
    ellipsoid = origin.origin_uncertainty.confidence_ellipsoid
    # 90 per cent of three normal numbers lie within 2.5003 deviations
    assert ellipsoid.semi_major_axis_length == pytest.approx(2.5003 * 20, rel=0.1)
