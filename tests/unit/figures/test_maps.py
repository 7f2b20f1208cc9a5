"""Projections, coastlines, and what is drawn on a map."""

import numpy as np
import pytest
from matplotlib.path import Path

from latentearth.earth import sphere
from latentearth.figures import maps, projections, style

PROJECTIONS = [projections.mollweide(131.0), projections.plate_carree(0.0)]


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_projection_and_back(projection):
    lat, lon = sphere.grid_points(np.linspace(-89, 89, 61), np.linspace(-179.5, 179.5, 37))
    back = projection.inverse(*projection.forward(lat, lon))
    # Near the pole of Mollweide's map latitude is lost as y^2 goes to 2: at 89 degrees
    # 1e-16 of y is 1e-13 degrees, and the longitude is divided by cos(t) = 0.05.
    np.testing.assert_allclose(back[0], lat, atol=1e-11)
    np.testing.assert_allclose(back[1], lon, atol=1e-11)


def test_mollweide_known_points():
    forward = projections.mollweide().forward
    x, y = forward(np.array([0.0, 90.0, -90.0, 0.0]), np.array([180.0, 50.0, 0.0, -90.0]))
    np.testing.assert_allclose(x, [2 * np.sqrt(2), 0, 0, -np.sqrt(2)], atol=1e-15)
    np.testing.assert_allclose(y, [0, np.sqrt(2), -np.sqrt(2), 0], atol=1e-15)
    # Half of the hemisphere's area lies below y = sqrt2 sin(t) with 2 t + sin(2 t) = pi / 2,
    # t = 0.41586 (Kepler-like equation, solved by hand to five digits), which is 30 degrees.
    assert forward(np.array([30.0]), np.array([0.0]))[1][0] == pytest.approx(
        np.sqrt(2) * np.sin(0.415856), abs=1e-6
    )


def test_mollweide_keeps_areas():
    # Jacobian by central differences of 1e-4 degrees: errors of 1e-12 truncation relative and
    # 1e-16 / 1e-6 rounding, so 1e-8 has a margin.
    lat, lon = sphere.grid_points(np.linspace(-80, 80, 17), np.linspace(-170, 170, 9))
    h, forward = 1e-4, projections.mollweide().forward
    (xn, yn), (xs, ys) = forward(lat + h, lon), forward(lat - h, lon)
    (xe, ye), (xw, yw) = forward(lat, lon + h), forward(lat, lon - h)
    area = ((xe - xw) * (yn - ys) - (xn - xs) * (ye - yw)) / (2 * np.radians(h)) ** 2
    np.testing.assert_allclose(area, np.cos(np.radians(lat)), atol=1e-8)


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_off_the_globe_is_nowhere(projection):
    lat, lon = projection.inverse(np.array([2.8, 4.0, 0.0]), np.array([1.6, 0.0, 0.0]))
    assert np.isnan(lat[:2]).all() and np.isnan(lon[:2]).all() and lat[2] == lon[2] == 0


def test_cut_at_edge():
    lat, lon = projections.cut_at_edge([0.0, 10.0, 20.0], [170.0, -170.0, 175.0], 0.0)
    # 170 to 190 crosses 180 halfway, at 5 degrees; -170 to -185 after two thirds. Exact numbers
    # up to rounding.
    nan = np.nan
    np.testing.assert_allclose(lon, [170, 180, nan, -180, -170, -180, nan, 180, 175])
    np.testing.assert_allclose(lat, [0, 5, nan, 5, 10, 50 / 3, nan, 50 / 3, 20])
    lat, lon = projections.cut_at_edge([0.0, 1.0], [170.0, -170.0], 180.0)
    np.testing.assert_allclose(lon, [-10, 10])  # no cut in the middle of the map


@pytest.mark.parametrize("centre", [0.0, 131.0, 180.0])
def test_no_coastline_runs_across_the_map(centre):
    for lat, lon in projections.coastlines():
        steps = np.diff(projections.cut_at_edge(lat, lon, centre)[1])
        assert np.nanmax(np.abs(steps)) < 90  # the longest real steps lie beside the poles


def test_coastlines_are_where_they_are():
    lines = projections.coastlines()
    assert all(np.abs(lat).max() <= 90 and np.abs(lon).max() <= 180 for lat, lon in lines)
    inside = [Path(np.stack([lon, lat], 1)).contains_point((133.9, -23.7)) for lat, lon in lines]
    (australia,) = (
        line for line, yes in zip(lines, inside, strict=True) if yes and line[0].max() < 0
    )
    # Cape Byron and Steep Point, the ends of the mainland, to the 0.05 degrees of the
    # simplification and as much for the scale of the map.
    assert australia[1].max() == pytest.approx(153.64, abs=0.1)
    assert australia[1].min() == pytest.approx(113.15, abs=0.1)


def image_of(drawn):
    return np.ma.filled(drawn.get_array().astype(float), np.nan)


@pytest.mark.parametrize("projection", PROJECTIONS)
@pytest.mark.parametrize("closed", [True, False])
def test_a_global_grid_has_no_seam(projection, closed):
    lat, lon = np.linspace(90, -90, 181), np.linspace(0, 360, 361)[: 361 if closed else 360]
    values = np.sin(np.radians(lat))[:, None] + np.cos(np.radians(lon))
    _, axes = style.subplots()
    drawn = maps.draw_grid(axes[0, 0], projection, lat, lon, values, (-2, 2), "RdBu", width=200)
    pixel_lat, pixel_lon, _ = projections.pixel_grid(projection, width=200)
    expected = np.sin(np.radians(pixel_lat)) + np.cos(np.radians(pixel_lon + projection.centre))
    # Bilinear interpolation over 1 degree of two functions with second derivatives of at most
    # one: 2 h^2 / 8 = 8e-5. NaN off the globe and nowhere else.
    np.testing.assert_allclose(image_of(drawn), expected, atol=8e-5)


def test_a_region_is_filled_and_nothing_else():
    projection, region = projections.mollweide(131.0), projections.AUSTRALIA
    lat, lon = sphere.regional_grid()
    values = lat[:, None] + 2 * lon
    _, axes = style.subplots()
    drawn = maps.draw_grid(
        axes[0, 0],
        projection,
        lat,
        lon,
        values,
        (0, 1),
        "RdBu",
        region=region,
        levels=20,
        width=150,
    )
    pixel_lat, pixel_lon, extent = projections.pixel_grid(projection, region, 150)
    pixel_lon = pixel_lon + 131.0
    inside = (pixel_lon > 106) & (pixel_lon < 156) & (pixel_lat > -50) & (pixel_lat < 0)
    image = image_of(drawn)
    assert 0.85 < inside.mean() < 0.95 and np.array_equal(np.isfinite(image), inside)
    # A plane is kept by bilinear interpolation up to rounding of numbers of a few hundred.
    np.testing.assert_allclose(image[inside], (pixel_lat + 2 * pixel_lon)[inside], atol=1e-10)
    # Fig. 5: width at 50 S over width at the equator is cos(t(50)) = 0.759, height over width
    # 1.172; measured in the published picture, 0.759 and 1.170, to one pixel in 400.
    left, right, bottom, top = extent
    assert (top - bottom) / (right - left) == pytest.approx(1.170, abs=0.004)


def test_a_region_across_the_edge_is_refused():
    with pytest.raises(ValueError, match="crosses the edge"):
        projections.outline(projections.mollweide(0.0), projections.Region(-10, 10, 170, 190))


def test_coastlines_markers_and_colour_bar_leave_the_view_alone(tmp_path):
    figure, axes = style.subplots(1, 2, height_mm=60)
    projection, ax = projections.mollweide(131.0), axes[0, 0]
    lat, lon = np.linspace(-90, 90, 19), np.linspace(0, 360, 37)
    values = np.repeat(lat[:, None], lon.size, 1)
    drawn = maps.draw_grid(ax, projection, lat, lon, values, (-90, 90), "RdBu", levels=20, width=60)
    before = ax.get_xlim(), ax.get_ylim()
    maps.draw_coastlines(ax, projection)
    maps.draw_markers(ax, projection, np.array([0.0]), np.array([131.0]), color="red")
    bar = maps.colour_bar(drawn, ax, "Latitude (degrees)", extend="both")
    assert (ax.get_xlim(), ax.get_ylim()) == before
    assert ax.lines[-1].get_xydata().tolist() == [[0, 0]]  # the centre of the map
    assert list(bar.get_ticks()) == [-90, 0, 90]
    style.save(figure, tmp_path / "map.png")
    assert (tmp_path / "map.png").stat().st_size > 1000
