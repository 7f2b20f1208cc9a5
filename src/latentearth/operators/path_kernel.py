"""Shortest paths through a grid of cells with secondary nodes, for all sources at once.

The graph is that of the shortest path method (Giroux and Larouche, 2013): nodes at the corners of
the cells and `secondary` more on each side; a straight edge of the cell's slowness joins any two
nodes of a cell. Instead of Dijkstra's queue for each source, the cells are swept: a cell takes
for each of its nodes the least of (time at a node that fell since its last turn + edge), for all
sources of several models in one vector operation, and wakes its neighbours if a time fell. When no
cell is awake, the times are the shortest ones of the graph, the same as Dijkstra's, after some 50
times less time.

Nodes are points of a lattice `secondary + 1` times finer than the grid, stored column by column,
as cells are swept.
"""

from __future__ import annotations

import numpy as np
from numba import njit

LANES = 16  # lanes, sources in models, come in blocks of the floats that a vector register holds
AT_ONCE = 4  # nodes whose edges are taken in one loop over lanes
UNREACHED = np.float32(1e30)  # ns; no path is known yet
# ns; smaller falls wake no cells. A hundred thousandth (rounding) takes a fifth more time, and
# changes the times of 12.8 m by less than 1e-5 ns.
LEAST_FALL = np.float32(1e-3)


def perimeter(secondary: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes of one cell as offsets (node, 2) on the lattice, and distances (node, node) in sides.

    Parameters
    ----------
    secondary
        Nodes on each side, without the corners.
    """
    n = secondary + 1
    points = [(r, c) for r in range(n + 1) for c in range(n + 1) if r in (0, n) or c in (0, n)]
    offsets = np.array(points)
    apart = offsets[:, None] - offsets[None]
    return offsets, np.hypot(apart[..., 0], apart[..., 1]) / n


@njit(cache=True, nogil=True)
def _numbers(offsets, fine):
    """Number of the node at each offset (row, column) of a cell, -1 inside of it."""
    found = np.full((fine + 1, fine + 1), -1)
    for m in range(offsets.shape[0]):
        found[offsets[m, 0], offsets[m, 1]] = m
    return found


@njit(cache=True, nogil=True, fastmath={"nnan", "nsz"}, error_model="numpy")
def _gather(times, offsets, row, column, fine, news, some, old):
    """Times of the nodes of a cell that fell since its last turn; how many there are.

    Fills `some` with their numbers, `old` with their times, and clears `news`. The last one is
    repeated up to a multiple of AT_ONCE.
    """
    found = 0
    for m in range(offsets.shape[0]):
        if news[m]:
            news[m], some[found] = 0, m
            down, across = row * fine + offsets[m, 0], column * fine + offsets[m, 1]
            for k in range(times.shape[2]):
                old[found, k] = times[across, down, k]
            found += 1
    while found % AT_ONCE:
        some[found] = some[found - 1]
        for k in range(times.shape[2]):
            old[found, k] = old[found - 1, k]
        found += 1
    return found


@njit(cache=True, nogil=True, fastmath={"nnan", "nsz", "contract"}, error_model="numpy")
def _relax(times, slowness, offsets, links, numbers, row, column, some, old, count, awake, news):
    """Update the nodes of one cell from those that fell; tell the neighbours that share a change.

    No other node can shorten a path through the cell: its edges were taken when it fell last, and
    two edges of a cell are no shorter than one.
    """
    fine, lanes = numbers.shape[0] - 1, times.shape[2]
    nz, nx = awake.shape
    best, slow = old[old.shape[0] - 1], slowness[row, column]
    for m in range(offsets.shape[0]):
        r, c = offsets[m, 0], offsets[m, 1]
        down, across = row * fine + r, column * fine + c
        for k in range(lanes):
            best[k] = times[across, down, k]
        for o in range(0, count, AT_ONCE):
            one, two = links[m, some[o]], links[m, some[o + 1]]
            three, four = links[m, some[o + 2]], links[m, some[o + 3]]
            for k in range(lanes):
                first = min(old[o, k] + slow[k] * one, old[o + 1, k] + slow[k] * two)
                second = min(old[o + 2, k] + slow[k] * three, old[o + 3, k] + slow[k] * four)
                best[k] = min(best[k], min(first, second))
        fell = np.float32(0.0)
        for k in range(lanes):
            fell = max(fell, times[across, down, k] - best[k])
        if fell > np.float32(0):
            for k in range(lanes):
                times[across, down, k] = best[k]
            for a in range(-1 if r == 0 else 0, 2 if r == fine else 1):
                for b in range(-1 if c == 0 else 0, 2 if c == fine else 1):
                    inside = 0 <= row + a < nz and 0 <= column + b < nx
                    if inside and (a != 0 or b != 0):
                        news[row + a, column + b, numbers[r - a * fine, c - b * fine]] = 1
                        if fell > LEAST_FALL:
                            awake[row + a, column + b] = 1


@njit(cache=True, nogil=True)
def sweep(times, slowness, spacing, offsets, distances, awake):
    """Sweep the cells until no time falls any more.

    Parameters
    ----------
    times
        (lattice column, lattice row, lane) float32, ns; a lane is a source in a model. The nodes
        next to each source hold the time of the direct segment, all others UNREACHED. Changed in
        place.
    slowness
        (row, column, lane) float32, ns/m.
    spacing
        Side of a cell, m.
    offsets, distances
        From :func:`perimeter`.
    awake
        (row, column) uint8; 1 in cells to update. Changed in place.
    """
    nz, nx = awake.shape
    fine, nodes = offsets[:, 0].max(), offsets.shape[0]
    numbers = _numbers(offsets, fine)
    links = (distances * spacing).astype(np.float32)
    some, old = np.empty(nodes, np.int64), np.empty((nodes + 1, times.shape[2]), np.float32)
    news = np.ones((nz, nx, nodes), np.uint8)  # nodes that fell since the cell's last turn
    for row in range(nz):
        for column in range(nx):
            news[row, column] = awake[row, column]
    busy, turn = True, 0
    while busy:
        busy = False
        for step in range(nx):
            column = step if turn % 2 == 0 else nx - 1 - step
            for way in range(2):
                for stride in range(nz):
                    row = stride if way == 0 else nz - 1 - stride
                    if awake[row, column]:
                        awake[row, column], busy = 0, True
                        here = news[row, column]
                        count = _gather(times, offsets, row, column, fine, here, some, old)
                        state = times, slowness, offsets, links, numbers, row, column
                        _relax(*state, some, old, count, awake, news)
        turn += 1


@njit(cache=True, nogil=True)
def cells_at(z, x, nz, nx):
    """Rows and columns, first to last, of the one to four cells that a point (in sides) is in."""
    near_z, near_x = round(z), round(x)
    on_z, on_x = abs(z - near_z) < 1e-9, abs(x - near_x) < 1e-9
    first_row = int(near_z) - 1 if on_z else int(np.floor(z))
    last_row = first_row + 1 if on_z else first_row
    first_column = int(near_x) - 1 if on_x else int(np.floor(x))
    last_column = first_column + 1 if on_x else first_column
    return max(first_row, 0), min(last_row, nz - 1), max(first_column, 0), min(last_column, nx - 1)


@njit(cache=True, nogil=True)
def seed_lattice(times, slowness, spacing, offsets, awake, sources):
    """Put the direct times around the source of each lane, and wake its cells.

    Sources are (lane, 2), z and x in sides; there may be fewer than lanes.
    """
    nz, nx = awake.shape
    fine = offsets[:, 0].max()
    for lane in range(sources.shape[0]):
        z, x = sources[lane]
        r0, r1, c0, c1 = cells_at(z, x, nz, nx)
        for row in range(r0, r1 + 1):
            for column in range(c0, c1 + 1):
                awake[row, column] = 1
                for m in range(offsets.shape[0]):
                    r, c = row * fine + offsets[m, 0], column * fine + offsets[m, 1]
                    reach = spacing * np.hypot(r / fine - z, c / fine - x)
                    direct = np.float32(reach * slowness[row, column, lane])
                    times[c, r, lane] = min(times[c, r, lane], direct)
        # neighbours share the nodes that have a time now
        for row in range(max(r0 - 1, 0), min(r1 + 2, nz)):
            for column in range(max(c0 - 1, 0), min(c1 + 2, nx)):
                awake[row, column] = 1


@njit(cache=True, nogil=True)
def last_segment(times, slowness, spacing, offsets, sources, lane, z, x):
    """Last segment of the shortest path to a point (z, x in sides).

    Parameters
    ----------
    times, slowness, spacing, offsets, sources
        As in :func:`sweep` and :func:`seed_lattice`.
    lane
        Number of the source in its model.
    z, x
        The point, in sides.

    Returns
    -------
    time, row, column, cell, length
        Traveltime in ns; the node of the lattice that the segment comes from, or -1 if from the
        source; the cell of the segment, and its length in m.
    """
    nz, nx = slowness.shape[:2]
    fine = offsets[:, 0].max()
    side = 1.0 / fine
    from_z, from_x = sources[lane]
    s0, s1, q0, q1 = cells_at(from_z, from_x, nz, nx)
    best, best_r, best_c, cell, length = np.inf, -1, -1, 0, 0.0
    r0, r1, c0, c1 = cells_at(z, x, nz, nx)
    for row in range(r0, r1 + 1):
        for column in range(c0, c1 + 1):
            slow = slowness[row, column, lane] * spacing
            if s0 <= row <= s1 and q0 <= column <= q1:  # straight from the source
                apart = np.hypot(from_z - z, from_x - x)
                if apart * slow < best:
                    best, best_r, best_c = apart * slow, -1, -1
                    cell, length = row * nx + column, apart
            for m in range(offsets.shape[0]):
                r, c = row * fine + offsets[m, 0], column * fine + offsets[m, 1]
                down, across = r * side - z, c * side - x
                apart = np.sqrt(down * down + across * across)
                if apart > 1e-9 and times[c, r, lane] + apart * slow < best:
                    best, best_r, best_c = times[c, r, lane] + apart * slow, r, c
                    cell, length = row * nx + column, apart
    return best, best_r, best_c, cell, length * spacing


@njit(cache=True, nogil=True)
def arrivals(times, slowness, spacing, offsets, sources, lanes, ends):
    """Traveltimes (ray,) in ns; `lanes` and `ends` as in :func:`trace_all`."""
    found = np.empty(len(ends))
    for ray in range(len(ends)):
        z, x = ends[ray]
        found[ray] = last_segment(times, slowness, spacing, offsets, sources, lanes[ray], z, x)[0]
    return found


@njit(cache=True, nogil=True)
def trace(times, slowness, spacing, offsets, sources, lane, z, x, cells, lengths):
    """Go back from a receiver to its source along the shortest path.

    Fills `cells` and `lengths` with the cell of each segment and its length in m; the rest is as
    in :func:`last_segment`. Returns the number of segments, or -1 if the arrays are too short.
    """
    side = 1.0 / offsets[:, 0].max()
    from_z, from_x = sources[lane]
    for count in range(len(cells)):
        _, row, column, cells[count], lengths[count] = last_segment(
            times, slowness, spacing, offsets, sources, lane, z, x
        )
        if row < 0:
            return count + 1
        z, x = row * side, column * side
        if abs(from_z - z) + abs(from_x - x) < 1e-9:
            return count + 1
    return -1


@njit(cache=True, nogil=True)
def _trace_all(times, slowness, spacing, offsets, sources, lanes, ends, longest):
    pointers = np.zeros(len(ends) + 1, np.int64)
    cells = np.empty(len(ends) * longest, np.int64)
    lengths = np.empty(len(ends) * longest)
    for ray in range(len(ends)):
        first = pointers[ray]
        z, x = ends[ray]
        count = trace(
            times,
            slowness,
            spacing,
            offsets,
            sources,
            lanes[ray],
            z,
            x,
            cells[first : first + longest],
            lengths[first : first + longest],
        )
        if count < 0:
            return pointers, cells, lengths, False
        pointers[ray + 1] = first + count
    return pointers, cells, lengths, True


def trace_all(times, slowness, spacing, offsets, sources, lanes, ends, longest):
    """Trace all rays: lengths in m, cells and row pointers of a sparse matrix (ray, cell).

    Parameters
    ----------
    times, slowness, spacing, offsets, sources
        As in :func:`sweep` and :func:`seed_lattice`.
    lanes, ends
        Number of the source of each ray, and its receiver (ray, 2: z and x in sides).
    longest
        Segments to expect of a ray at most; more are found with more memory.
    """
    while True:
        pointers, cells, lengths, whole = _trace_all(
            times, slowness, spacing, offsets, sources, lanes, ends, longest
        )
        if whole:
            return lengths[: pointers[-1]], cells[: pointers[-1]], pointers
        longest *= 2
