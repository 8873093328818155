"""What does provenance cost? The same figures with and without it, in turn, in one process.

*Bare* keeps no row ids and no assumption names on the phases of plants and builds no table of
items; the sums are the same. Prints seconds and the ratio of medians.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any
from unittest.mock import patch

import polars as pl

from multipolar.evidence.store import Evidence
from multipolar.industry import capacity as capacity_room
from multipolar.industry import overseas as overseas_room
from multipolar.industry import plants as plants_room

ROUNDS = 25


def figures(evidence: Evidence) -> tuple[pl.DataFrame, pl.DataFrame]:
    plants = plants_room.reconcile(evidence)
    return (
        capacity_room.capacity(evidence, plants).data,
        overseas_room.overseas(evidence, plants).data,
    )


def no_items(*arguments: Any) -> pl.DataFrame:
    texts = dict.fromkeys(("item", "label", "table"), pl.String)
    lists = {name: pl.List(pl.String) for name in ("records", "assumptions", "firms")}
    return pl.DataFrame(schema=texts | lists)


def without_rows(*arguments: Any, **named: Any) -> dict[str, Any]:
    return kept(*arguments, **named) | {"records": [], "assumptions": []}


kept = plants_room._addition


def seconds(evidence: Evidence) -> float:
    start = time.perf_counter()
    figures(evidence)
    return time.perf_counter() - start


def bare(evidence: Evidence) -> float:
    with (
        patch.object(plants_room, "_addition", without_rows),
        patch.object(capacity_room, "items", no_items),
        patch.object(overseas_room, "items", no_items),
    ):
        return seconds(evidence)


def main() -> None:
    evidence = Evidence()
    seconds(evidence), bare(evidence)
    pairs = [(seconds(evidence), bare(evidence)) for _ in range(ROUNDS)]
    full, plain = median(a for a, _ in pairs), median(b for _, b in pairs)
    ratios = sorted(a / b for a, b in pairs)
    print(f"with provenance {full:.3f} s, bare {plain:.3f} s, {ROUNDS} rounds in turn")
    print(f"ratio of medians {full / plain:.3f}; middle half {ratios[6]:.3f} to {ratios[18]:.3f}")


if __name__ == "__main__":
    main()
