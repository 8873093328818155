"""Which plants does a list call by an id under which we know them?

An identifier counts within the lists of one publisher (releases of a list keep their ids), so does
the id of a row when a list is read again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import polars as pl

from multipolar.industry.linkage.units import Unit, publisher

Key = tuple[str, str]


def by_identifier(
    incoming: pl.DataFrame, known: pl.DataFrame, listed: Sequence[Unit], plants: Sequence[Unit]
) -> dict[str, str]:
    """Known plants by incoming id, where a row of both has one id in one list.

    Country and stage have to agree: lists use an id again now and then.
    """
    of: dict[Key, set[str]] = defaultdict(set)
    for plant, key in _keys(known):
        of[key].add(plant)
    unit = {unit.id: unit for unit in plants}
    mine = {unit.id: unit for unit in listed}
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for id, key in _keys(incoming):
        for plant in of.get(key, ()):
            if mine[id].place == unit[plant].place and mine[id].makes & unit[plant].makes:
                votes[id][plant] += 1
    return {id: min(found, key=lambda plant: (-found[plant], plant)) for id, found in votes.items()}


def fresh_ids(wanted: Sequence[str], used: set[str]) -> dict[str, str]:
    """An id for each new plant: the provisional one, numbered where it is in use.

    >>> fresh_ids(["a", "b"], {"a", "a-2"})
    {'a': 'a-3', 'b': 'b'}
    """
    taken = used | set(wanted)
    found = {}
    for id in sorted(wanted):
        free, count = id, 1
        while free in used or (count > 1 and free in taken):
            count += 1
            free = f"{id}-{count}"
        taken.add(free)
        found[id] = free
    return found


def _keys(rows: pl.DataFrame) -> Iterator[tuple[str, Key]]:
    """Plant and every id that a list gave it or its row, with the publisher of the list."""
    chosen = rows.select(
        "plant", "record", "identifier", pl.coalesce("via", "source").alias("list")
    )
    for plant, record, identifier, of_list in chosen.iter_rows():
        yield plant, (publisher(of_list), f"record {record}")
        if identifier:
            yield plant, (publisher(of_list), f"identifier {identifier}")
