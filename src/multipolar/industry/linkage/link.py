"""The steps of linkage: identifiers, plants that a list holds twice, evidence, review."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import polars as pl

from multipolar.industry.linkage.assign import Pair, pairs
from multipolar.industry.linkage.firms import firms_of
from multipolar.industry.linkage.identifiers import by_identifier, fresh_ids
from multipolar.industry.linkage.reasons import reasons
from multipolar.industry.linkage.repeats import groups
from multipolar.industry.linkage.units import Unit, merged, units
from multipolar.industry.linkage.weights import fitted

PLANTS: dict[str, Any] = {
    "incoming": pl.String,
    "plant": pl.String,
    "how": pl.String,
    "probability": pl.Float64,
    "reasons": pl.String,
}
REVIEW: dict[str, Any] = {
    "incoming": pl.String,
    "candidate": pl.String,
    "incoming_name": pl.String,
    "candidate_name": pl.String,
    "incoming_town": pl.String,
    "candidate_town": pl.String,
    "incoming_firm": pl.String,
    "candidate_firm": pl.String,
    "probability": pl.Float64,
    "reasons": pl.String,
}
STEPS = ("identifier", "evidence", "review", "new")


@dataclass(frozen=True)
class Linked:
    """What became of every plant of a list.

    ``plants``: one row an incoming id with its final id ``plant``; ``how`` is identifier, evidence
    or new, ``probability`` how likely that is, ``reasons`` why. ``review``: uncertain pairs; a
    plant in review stands as new, under an id of its own, until somebody decides. ``counts``: ids
    by step; incoming = merged + identifier + evidence + review + new, where ``merged`` counts ids
    that are one plant with another id of the list, and known before + new = known after: plants in
    review are not known before somebody decides.
    """

    plants: pl.DataFrame
    review: pl.DataFrame
    counts: dict[str, int]


@dataclass(frozen=True)
class _Outcome:
    plant: str
    step: str
    probability: float
    reasons: str


def link(incoming: pl.DataFrame, known: pl.DataFrame, firms: pl.DataFrame) -> Linked:
    """Which plants of a list are known, which are new, and which should somebody look at?

    ``incoming``, ``known``: rows of the table plants; ids of plants in ``incoming`` are
    provisional, and a blank stage stands for any material. ``firms``: the table firms; a firm that
    is not in it is called by its id. The order of rows does not matter. Methods: see ``weights``
    and ``assign``.
    """
    about = firms_of(firms)
    plants, listed = units(known, about), units(incoming, about)
    weights = fitted(known, plants, about)
    known_as = by_identifier(incoming, known, listed, plants)
    members, sure = groups(listed, plants, known_as, about, weights)
    bodies = [merged([listed[n] for n in group], listed[group[0]].id) for group in members]
    outcomes = {
        at: _Outcome(known_as[listed[n].id], "identifier", 1.0, "one plant with a known id")
        for at, group in enumerate(members)
        for n in group
        if listed[n].id in known_as
    }
    rest = [at for at in range(len(bodies)) if at not in outcomes]
    used = {outcome.plant for outcome in outcomes.values()}
    taken = frozenset(n for n, plant in enumerate(plants) if plant.id in used)
    found, new = pairs([bodies[at] for at in rest], plants, taken, about, weights)
    asked = [pair for pair in found if not pair.settled]
    for pair in found:
        if pair.settled:
            why = reasons(pair, weights)
            linked = _Outcome(plants[pair.right].id, "evidence", pair.probability, why)
            outcomes[rest[pair.left]] = linked
    open_ = {at: float(new[n]) for n, at in enumerate(rest) if at not in outcomes}
    fresh = fresh_ids([bodies[at].id for at in open_], {plant.id for plant in plants})
    uncertain = {rest[pair.left] for pair in asked}
    for at, probability in open_.items():
        step = "review" if at in uncertain else "new"
        outcomes[at] = _Outcome(fresh[bodies[at].id], step, probability, "")
    rows = [
        _row(listed[n], outcomes[at], float(sure[n]), known_as)
        for at, group in enumerate(members)
        for n in group
    ]
    steps = Counter(outcome.step for outcome in outcomes.values())
    counts = {
        "incoming": len(listed),
        "merged": len(listed) - len(members),
        **{step: steps[step] for step in STEPS},
        "known before": len(plants),
        "known after": len(plants) + steps["new"],
    }
    questions = [
        _question(pair, bodies[rest[pair.left]], plants[pair.right], reasons(pair, weights))
        for pair in asked
    ]
    review = pl.DataFrame(questions, schema=REVIEW, orient="row")
    order = ["incoming", "probability", "candidate"]
    return Linked(
        pl.DataFrame(rows, schema=PLANTS, orient="row").sort("incoming"),
        review.sort(order, descending=[False, True, False]),
        counts,
    )


def _row(unit: Unit, outcome: _Outcome, sure: float, known_as: dict[str, str]) -> tuple[Any, ...]:
    if unit.id in known_as:
        return unit.id, outcome.plant, "identifier", 1.0, "same id in the same list"
    how = {"identifier": "evidence", "review": "new"}.get(outcome.step, outcome.step)
    return unit.id, outcome.plant, how, min(outcome.probability, sure), outcome.reasons


def _question(pair: Pair, one: Unit, other: Unit, why: str) -> tuple[Any, ...]:
    told = [
        " / ".join(sorted(getattr(unit, what)))
        for what in ("names", "printed_towns", "firms")
        for unit in (one, other)
    ]
    return one.id, other.id, *told, pair.probability, why
