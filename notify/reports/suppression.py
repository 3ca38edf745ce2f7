"""Which cells of a table stay empty, so that nobody can read, or work out, a figure about fewer than five. Pure.

A table of groups × columns is shown with its totals. Hidden are the cells of 1 to 4; then as many others as it takes that no
hidden cell follows from what is shown, totals last. Each cell stands in two sums, that of its row and that of its column. Drawn
as an edge between the two, a hidden cell follows from the others exactly when it is a bridge: on no circle of hidden cells.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import heappop, heappush
from typing import Final

FEWEST: Final = 5
ALL: Final = "all"

Cell = tuple[str, str]  # (group, column); ALL for a total
Node = tuple[str, str]  # ("row" or "column", name)


def with_totals(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    """`counts` has no totals; every other cell is 0."""
    full: dict[Cell, int] = defaultdict(int)
    for (group, column), n in counts.items():
        for cell in {(group, column), (group, ALL), (ALL, column), (ALL, ALL)}:
            full[cell] += n
    return {cell: n for cell, n in sorted(full.items()) if n}


def hidden(counts: Mapping[Cell, int], also: Collection[Cell] = ()) -> set[Cell]:
    """The cells, totals among them, that must not be shown. `also`: cells that another table gives away or hides."""
    full = with_totals(counts)
    found = {cell for cell, n in full.items() if n < FEWEST or cell in also}
    while more := _more(full, found):
        found |= more
    return found


def _more(full: Mapping[Cell, int], found: set[Cell]) -> set[Cell]:
    """What one hidden cell needs beside it. Nothing: no hidden cell follows from what is shown."""
    exposed = min(_bridges(found), default=None)
    if exposed is not None:
        return _circle(full, found, exposed)
    return next(_small_rests(full, found), set())


def _circle(full: Mapping[Cell, int], found: set[Cell], exposed: Cell) -> set[Cell]:
    """The cheapest cells that close a circle through this one: a shortest way from its row to its column (Dijkstra)."""
    edges = _edges(cell for cell in full if cell != exposed)
    start, end = ("row", exposed[0]), ("column", exposed[1])
    waiting: list[tuple[int, Node, tuple[Cell, ...]]] = [(0, start, ())]
    done: set[Node] = set()
    while waiting:
        cost, node, way = heappop(waiting)
        if node == end:
            return set(way)
        if node in done:
            continue
        done.add(node)
        for to, cell in edges[node]:
            if to not in done:
                shown = cell not in found
                heappush(waiting, (cost + shown * _worth(full, cell), to, (*way, cell) if shown else way))
    return set()


def _worth(full: Mapping[Cell, int], cell: Cell) -> int:
    """What a reader loses: a total of all groups is worth more than one of a group, and that more than any cell."""
    return full[cell] + (10**9 if cell[0] == ALL else 0) + (10**6 if cell[1] == ALL else 0)


def _small_rests(full: Mapping[Cell, int], found: set[Cell]) -> Iterator[set[Cell]]:
    """Several hidden cells of a line whose sum is shown, and is itself about fewer than five: one more of that line."""
    for axis in (0, 1):
        for name in sorted({cell[axis] for cell in found}):
            parts = [cell for cell in full if cell[axis] == name and cell[1 - axis] != ALL]
            total = (name, ALL) if axis == 0 else (ALL, name)
            if total not in found and 0 < sum(full[cell] for cell in parts if cell in found) < FEWEST:
                shown = [cell for cell in parts if cell not in found]
                yield {min(shown, key=lambda cell: (_worth(full, cell), cell)) if shown else total}


def _edges(cells: Iterable[Cell]) -> dict[Node, list[tuple[Node, Cell]]]:
    edges: dict[Node, list[tuple[Node, Cell]]] = defaultdict(list)
    for cell in cells:
        row, column = ("row", cell[0]), ("column", cell[1])
        edges[row].append((column, cell))
        edges[column].append((row, cell))
    return edges


def _bridges(found: Collection[Cell]) -> Iterator[Cell]:
    """Tarjan's bridges, without recursion: a line may have hundreds of cells."""
    edges = _edges(found)
    order: dict[Node, int] = {}
    low: dict[Node, int] = {}
    for start in edges:
        if start not in order:
            yield from _from(start, edges, order, low)


def _from(
    start: Node, edges: Mapping[Node, list[tuple[Node, Cell]]], order: dict[Node, int], low: dict[Node, int]
) -> Iterator[Cell]:
    order[start] = low[start] = len(order)
    path: list[tuple[Node, Cell | None, Iterator[tuple[Node, Cell]]]] = [(start, None, iter(edges[start]))]
    while path:
        node, came_by, rest = path[-1]
        step = next(rest, None)
        if step is None:
            path.pop()
            if path and came_by is not None:
                above = path[-1][0]
                low[above] = min(low[above], low[node])
                if low[node] > order[above]:
                    yield came_by
            continue
        to, by = step
        if by == came_by:
            continue
        if to in order:
            low[node] = min(low[node], order[to])
        else:
            order[to] = low[to] = len(order)
            path.append((to, by, iter(edges[to])))
