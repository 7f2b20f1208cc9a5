"""Shortest paths through a grid of cells with secondary nodes, for all sources at once.

The graph is that of the shortest path method (Giroux and Larouche, 2013): nodes at the corners of
the cells and `secondary` more on each side; a straight edge of the cell's slowness joins any two
nodes of a cell. Instead of Dijkstra's queue for each source, the cells are swept: a cell takes
the least of (time at one of its nodes + edge) for each of its nodes, for all sources in one
vector operation, and wakes its neighbours if a time fell. When no cell is awake, the times are
the shortest ones of the graph, the same as Dijkstra's, after some 20 times less time.

Nodes are points (row, column) of a lattice `secondary + 1` times finer than the grid.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SOURCE_LANES = 16  # sources are worked on in blocks of the floats that a vector register holds
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


@njit(cache=True, nogil=True, fastmath={"nnan", "nsz"}, error_model="numpy")
def _relax(times, offsets, links, slow, row, column, fine, old, awake):
    """Update the nodes of one cell from each other; wake the neighbours that share a change."""
    count, blocks = offsets.shape[0], times.shape[2] // SOURCE_LANES
    nz, nx = awake.shape
    for m in range(count):
        node = times[row * fine + offsets[m, 0], column * fine + offsets[m, 1]]
        for k in range(blocks * SOURCE_LANES):
            old[m, k] = node[k]
    for m in range(count):
        r, c = offsets[m, 0], offsets[m, 1]
        node = times[row * fine + r, column * fine + c]
        fell = np.float32(0.0)
        for block in range(blocks):
            first = block * SOURCE_LANES
            best = node[first : first + SOURCE_LANES]
            for o in range(0, count, 4):  # a cell has four times (secondary + 1) nodes
                c0, c1 = slow * links[m, o], slow * links[m, o + 1]
                c2, c3 = slow * links[m, o + 2], slow * links[m, o + 3]
                for k in range(first, first + SOURCE_LANES):
                    one = min(old[o, k] + c0, old[o + 1, k] + c1)
                    two = min(old[o + 2, k] + c2, old[o + 3, k] + c3)
                    best[k - first] = min(best[k - first], min(one, two))
            for k in range(SOURCE_LANES):
                fell = max(fell, old[m, first + k] - best[k])
        if fell > LEAST_FALL:
            for a in range(-1 if r == 0 else 0, 2 if r == fine else 1):
                for b in range(-1 if c == 0 else 0, 2 if c == fine else 1):
                    inside = 0 <= row + a < nz and 0 <= column + b < nx
                    if inside and (a != 0 or b != 0):
                        awake[row + a, column + b] = 1


@njit(cache=True, nogil=True)
def sweep(times, slowness, spacing, offsets, distances, awake):
    """Sweep the cells until no time falls any more.

    Parameters
    ----------
    times
        (lattice row, lattice column, source) float32, ns; the nodes next to each source hold the
        time of the direct segment, all others FAR. Changed in place.
    slowness
        (row, column) float32, ns/m.
    spacing
        Side of a cell, m.
    offsets, distances
        From :func:`perimeter`.
    awake
        (row, column) uint8; 1 in cells to update. Changed in place.
    """
    nz, nx = slowness.shape
    fine = offsets[:, 0].max()
    links = (distances * spacing).astype(np.float32)
    old = np.empty((offsets.shape[0], times.shape[2]), np.float32)
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
                        slow = slowness[row, column]
                        _relax(times, offsets, links, slow, row, column, fine, old, awake)
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
    """Put the direct times around each source (source, 2: z and x in sides), and wake its cells."""
    nz, nx = slowness.shape
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
                    direct = np.float32(reach * slowness[row, column])
                    times[r, c, lane] = min(times[r, c, lane], direct)
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
        As in :func:`sweep` and :func:`start`.
    lane
        Number of the source.
    z, x
        The point, in sides.

    Returns
    -------
    time, row, column, cell, length
        Traveltime in ns; the node of the lattice that the segment comes from, or -1 if from the
        source; the cell of the segment, and its length in m.
    """
    nz, nx = slowness.shape
    fine = offsets[:, 0].max()
    side = 1.0 / fine
    from_z, from_x = sources[lane]
    s0, s1, q0, q1 = cells_at(from_z, from_x, nz, nx)
    best, best_r, best_c, cell, length = np.inf, -1, -1, 0, 0.0
    r0, r1, c0, c1 = cells_at(z, x, nz, nx)
    for row in range(r0, r1 + 1):
        for column in range(c0, c1 + 1):
            slow = slowness[row, column] * spacing
            if s0 <= row <= s1 and q0 <= column <= q1:  # straight from the source
                apart = np.hypot(from_z - z, from_x - x)
                if apart * slow < best:
                    best, best_r, best_c = apart * slow, -1, -1
                    cell, length = row * nx + column, apart
            for m in range(offsets.shape[0]):
                r, c = row * fine + offsets[m, 0], column * fine + offsets[m, 1]
                down, across = r * side - z, c * side - x
                apart = np.sqrt(down * down + across * across)
                if apart > 1e-9 and times[r, c, lane] + apart * slow < best:
                    best, best_r, best_c = times[r, c, lane] + apart * slow, r, c
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
        As in :func:`sweep` and :func:`start`.
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
