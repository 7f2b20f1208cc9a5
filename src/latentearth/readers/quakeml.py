"""An event as QuakeML 1.2, written with the standard library alone.

Position and origin time with their errors, the covariance of the position as a confidence
ellipsoid; where it is known, magnitude and moment tensor with their errors.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np
from scipy.stats import chi2

from latentearth.io import atomic
from latentearth.readers.local_frame import LocalFrame

CONFIDENCE = 90.0  # per cent, of the ellipsoid that is written
BED = "http://quakeml.org/xmlns/bed/1.2"
QUAKEML = "http://quakeml.org/xmlns/quakeml/1.2"
# Up, south, east from x (east), y (north), z (up): which of xx, yy, zz, xy, xz, yz, and its sign.
SPHERICAL = {
    "Mrr": (2, 1),
    "Mtt": (1, 1),
    "Mpp": (0, 1),
    "Mrt": (5, -1),
    "Mrp": (4, 1),
    "Mtp": (3, -1),
}


@dataclass(frozen=True)
class SourceDraws:
    """Draws of the posterior of a source.

    Attributes
    ----------
    tensors
        (draw, 6) N m: xx, yy, zz, xy, xz, yz with x to the east, y to the north, z upward.
    moments
        (draw,) scalar moments, N m.
    magnitudes
        (draw,) moment magnitudes.
    shares
        Of the mean tensor: ``doubleCouple``, ``clvd``, ``iso``; the first is not negative.
    """

    tensors: np.ndarray
    moments: np.ndarray
    magnitudes: np.ndarray
    shares: Mapping[str, float]


def ellipsoid(covariance: np.ndarray) -> dict[str, float]:
    """A confidence ellipsoid as QuakeML 1.2 writes it.

    Parameters
    ----------
    covariance
        (3, 3) of x, y (east, north) and z upward, m^2.

    Returns
    -------
    dict
        Lengths of the semi-axes (m) at :data:`CONFIDENCE`, and the major axis: azimuth from north
        and plunge downward; its rotation takes the minor axis, which lies in the vertical plane
        through the major one at 0, round the major axis, right-handed (degrees).
    """
    turn = np.array([[0, 1, 0], [1, 0, 0], [0, 0, -1]])  # to north, east, down
    values, vectors = np.linalg.eigh(turn @ covariance @ turn.T)
    major = vectors[:, 2] * (1 if vectors[2, 2] >= 0 else -1)
    azimuth, plunge = np.arctan2(major[1], major[0]), np.arcsin(np.clip(major[2], -1, 1))
    level = np.array(
        [-np.sin(plunge) * np.cos(azimuth), -np.sin(plunge) * np.sin(azimuth), np.cos(plunge)]
    )
    minor = vectors[:, 0]
    rotation = np.arctan2(minor @ np.cross(major, level), minor @ level)
    lengths = np.sqrt(np.maximum(values, 0) * chi2.ppf(CONFIDENCE / 100, 3))
    return {
        "semi_major_axis_length": float(lengths[2]),
        "semi_intermediate_axis_length": float(lengths[1]),
        "semi_minor_axis_length": float(lengths[0]),
        "major_axis_plunge": float(np.degrees(plunge)),
        "major_axis_azimuth": float(np.degrees(azimuth) % 360),
        "major_axis_rotation": float(np.degrees(rotation) % 180),  # an axis has no sign
    }


def write_quakeml(
    path: str | os.PathLike,
    positions: np.ndarray,
    weights: np.ndarray,
    frame: LocalFrame,
    *,
    time: datetime | None = None,
    time_error_s: float | None = None,
    source: SourceDraws | None = None,
    method: str = "latentearth",
) -> None:
    """Write a posterior as a QuakeML event.

    Parameters
    ----------
    path
        The file.
    positions, weights
        Samples (sample, 3), m, and their weights (sample,).
    frame
        Of the model.
    time, time_error_s
        Origin time in UTC, and its deviation; None: the epoch, where location knows of none.
    source
        Draws of the moment tensor, if it was looked for.
    method
        Name of the method.
    """
    time = time or datetime.fromtimestamp(0, UTC)
    told = repr((positions.mean(0).tolist(), time.isoformat(), method)).encode()
    name = f"smi:local/{hashlib.sha256(told).hexdigest()[:16]}"
    ElementTree.register_namespace("q", QUAKEML)
    root = ElementTree.Element(f"{{{QUAKEML}}}quakeml", {"xmlns": BED})
    whole = ElementTree.SubElement(root, "eventParameters", publicID=name)
    event = ElementTree.SubElement(whole, "event", publicID=f"{name}/event")
    _put(event, "preferredOriginID", f"{name}/origin")
    if source is not None:
        _put(event, "preferredMagnitudeID", f"{name}/magnitude")
        _put(event, "preferredFocalMechanismID", f"{name}/mechanism")
    _put(event, "type", "induced or triggered event")
    origin = ElementTree.SubElement(event, "origin", publicID=f"{name}/origin")
    _quantity(origin, "time", _utc(time), time_error_s)
    _position(origin, positions, weights, frame, f"smi:local/{method}")
    if source is not None:
        _source(event, source, name)
    ElementTree.indent(root)
    with atomic(path) as temporary:
        ElementTree.ElementTree(root).write(temporary, encoding="utf-8", xml_declaration=True)


def _utc(time: datetime) -> str:
    """To the microsecond, as QuakeML wants it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _put(parent: ElementTree.Element, tag: str, text: object) -> None:
    ElementTree.SubElement(parent, tag).text = (
        f"{text:.10g}" if isinstance(text, float) else str(text)
    )


def _quantity(
    parent: ElementTree.Element, tag: str, value: object, error: float | None = None
) -> None:
    """A value with its uncertainty."""
    made = ElementTree.SubElement(parent, tag)
    _put(made, "value", f"{value:.12g}" if isinstance(value, float) else value)
    if error is not None:
        _put(made, "uncertainty", float(error))


def _position(
    origin: ElementTree.Element,
    positions: np.ndarray,
    weights: np.ndarray,
    frame: LocalFrame,
    method: str,
) -> None:
    """Mean, errors and ellipsoid of a posterior."""
    mean = np.average(positions, axis=0, weights=weights)
    covariance = np.atleast_2d(np.cov(positions, rowvar=False, aweights=weights))
    latitude, longitude, elevation = map(float, frame.to_geographic(mean))
    # a metre to the east and one to the north, in degrees
    step = frame.to_geographic(mean + np.eye(3)[:2]) - [latitude, longitude, elevation]
    error = np.sqrt(np.diag(covariance))
    _quantity(origin, "latitude", latitude, float(error[1] * step[1, 0]))
    _quantity(origin, "longitude", longitude, float(error[0] * step[0, 1]))
    _quantity(origin, "depth", -elevation, float(error[2]))
    _put(origin, "methodID", method)
    numbers = " ".join(f"{value:.6g}" for value in covariance[np.triu_indices(3)])
    comment = ElementTree.SubElement(origin, "comment")
    _put(comment, "text", f"covariance xx xy xz yy yz zz (m2, z upward): {numbers}")
    about = ElementTree.SubElement(origin, "originUncertainty")
    _put(about, "preferredDescription", "confidence ellipsoid")
    axes = ElementTree.SubElement(about, "confidenceEllipsoid")
    for key, value in ellipsoid(covariance).items():
        first, *more = key.split("_")
        _put(axes, first + "".join(map(str.capitalize, more)), value)
    _put(about, "confidenceLevel", CONFIDENCE)


def _source(event: ElementTree.Element, source: SourceDraws, name: str) -> None:
    """Magnitude and moment tensor."""
    size = ElementTree.SubElement(event, "magnitude", publicID=f"{name}/magnitude")
    _quantity(size, "mag", float(source.magnitudes.mean()), float(source.magnitudes.std()))
    _put(size, "type", "Mw")
    _put(size, "originID", f"{name}/origin")
    mechanism = ElementTree.SubElement(event, "focalMechanism", publicID=f"{name}/mechanism")
    made = ElementTree.SubElement(mechanism, "momentTensor", publicID=f"{name}/tensor")
    _put(made, "derivedOriginID", f"{name}/origin")
    _quantity(made, "scalarMoment", float(source.moments.mean()), float(source.moments.std()))
    mean, error = source.tensors.mean(0), source.tensors.std(0)
    tensor = ElementTree.SubElement(made, "tensor")
    for tag, (number, sign) in SPHERICAL.items():
        _quantity(tensor, tag, float(sign * mean[number]), float(error[number]))
    for tag, share in source.shares.items():
        _put(made, tag, float(share))
