"""What did the study say, and does our own evidence say the same?

The verdict is a rule, applied to the draws of a result and to the ids of the sources behind it;
nobody sets a verdict by hand. ``carried`` comes before every other verdict: a result that is the
study's own number, or merely the statement of it by a source that the study itself names, shows
nothing. (Where such a source says something else than the study, that is a result.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from multipolar.evidence.result import sources_of
from multipolar.evidence.sources import STUDY, source
from multipolar.evidence.store import Evidence
from multipolar.words.errors import EvidenceError

#: Share of draws in which a comparator has to hold (or fail) to be decided.
DECIDED = 0.9
#: An equality holds when the central value is this close and the 10-90 range this narrow.
CLOSE, NARROW = 0.10, 0.50
#: Units that count from no zero, and how far apart two of them are still the same.
DATES, SAME_YEAR = ("year", "year range"), 0.5


@dataclass(frozen=True)
class Claim:
    """One checkable number of the study, in our words."""

    claim: str
    figure: str
    room: str
    place: str
    year: str
    metric: str
    value_low: float | None
    value_high: float | None
    unit: str
    comparator: str
    value_basis: str
    statement: str
    needs: str
    caveat: str
    named_sources: tuple[str, ...]

    @property
    def own_number(self) -> bool:
        """Whether the number is the study's own and not a test value chosen for a wording."""
        return self.value_basis in ("stated", "listed")


@dataclass(frozen=True)
class Computed:
    """What we compute for a claim, in the claim's unit, and all that stands behind it.

    ``central`` has every assumption at its central value. ``table`` and ``records`` name the
    evidence rows used (``more`` those of further tables), ``assumptions`` the parameters, ``words``
    the sources of definitions that alone decide the value.
    """

    draws: np.ndarray
    central: float
    table: str = ""
    records: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    more: dict[str, tuple[str, ...]] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """How a claim stands."""

    claim: Claim
    verdict: str
    low: float | None = None
    central: float | None = None
    high: float | None = None
    sources: list[str] = field(default_factory=list)
    note: str = ""


def claims(evidence: Evidence) -> dict[str, Claim]:
    """Every claim by its id."""
    found = {}
    for row in evidence.table("claims").iter_rows(named=True):
        fields: dict[str, Any] = {name: row[name] for name in ("value_low", "value_high")}
        fields |= {
            name: row[name] or ""
            for name in (
                "claim",
                "figure",
                "room",
                "place",
                "year",
                "metric",
                "unit",
                "comparator",
                "value_basis",
                "statement",
                "needs",
                "caveat",
            )
        }
        named = tuple(n.strip() for n in (row["named_sources"] or "").split(";") if n.strip())
        found[row["claim"]] = Claim(**fields, named_sources=named)
    return found


def judge(claim: Claim, computed: Computed | None, evidence: Evidence) -> Verdict:
    """Hold a computed result against a claim."""
    if computed is None:
        return Verdict(claim, "not-computable", note=f"needs {claim.needs}" if claim.needs else "")
    draws = np.asarray(computed.draws, dtype=float)
    low, high = (float(q) for q in np.quantile(draws, (0.1, 0.9)))
    behind = _sources(computed, evidence)
    notes = [computed.note] if computed.note else []
    if _is_carried(claim, computed, behind, evidence):
        verdict = "carried"
        notes.append("rests on the study's own number or on a statement of a source it names")
    elif _is_calibrated(computed, evidence):
        verdict = "calibrated"
    elif not claim.comparator:
        verdict = "undecided"
        notes.append("the study gives no number to hold this against")
    else:
        verdict = compare(claim, draws, computed.central)
        if verdict == "reproduced" and _is_loose(claim, computed.central):
            notes.append("the limit holds, but our number is far from it")
        shared = sorted({n for n in claim.named_sources for id in behind if _is_by(id, n)})
        if shared:
            notes.append(f"same data as the study in part: {', '.join(shared)}")
    return Verdict(claim, verdict, low, computed.central, high, sorted(behind), "; ".join(notes))


def compare(claim: Claim, draws: np.ndarray, central: float) -> str:
    """reproduced, differs or undecided, by the share of draws in which the comparator holds."""
    low, high = claim.value_low, claim.value_high
    if claim.comparator in ("=", "about"):
        return _equal(_number(low, high), draws, central, claim.unit)
    tests = {
        ">": lambda: draws > _number(low),
        ">=": lambda: draws >= _number(low),
        "<": lambda: draws < _number(high),
        "<=": lambda: draws <= _number(high),
        "range": lambda: (draws >= _number(low)) & (draws <= _number(high)),
    }
    holds = tests[claim.comparator]()
    if np.mean(holds) >= DECIDED:
        return "reproduced"
    return "differs" if np.mean(~holds) >= DECIDED else "undecided"


def _is_loose(claim: Claim, central: float) -> bool:
    """Whether a one-sided limit of the study holds without our number being close to it."""
    limit = claim.value_low if claim.comparator in (">", ">=") else claim.value_high
    if not claim.own_number or claim.comparator in ("=", "about", "range") or not limit:
        return False
    return abs(central - limit) > CLOSE * abs(limit)


def _equal(value: float, draws: np.ndarray, central: float, unit: str) -> str:
    p5, p10, p90, p95 = np.quantile(draws, (0.05, 0.1, 0.9, 0.95))
    # A share of a year counted from nothing means nothing: a year is met or missed.
    is_date = unit in DATES
    close = abs(central - value) <= (SAME_YEAR if is_date else CLOSE * abs(value))
    narrow = p90 - p10 <= (2 * SAME_YEAR if is_date else NARROW * abs(central))
    if close and narrow:
        return "reproduced"
    return "differs" if not p5 <= value <= p95 else "undecided"


def _number(*values: float | None) -> float:
    for value in values:
        if value is not None:
            return value
    raise EvidenceError("claim has a comparator but no value; mend the table claims")


def _sources(computed: Computed, evidence: Evidence) -> set[str]:
    found = set(computed.words)
    for table, records in _tables(computed).items():
        found |= set(sources_of(_rows(table, records, evidence)))
    names = pl.col("assumption").is_in(computed.assumptions)
    return found | set(sources_of(evidence.table("assumptions").filter(names)))


def _tables(computed: Computed) -> dict[str, tuple[str, ...]]:
    first = {computed.table: computed.records} if computed.records else {}
    return first | computed.more


def _rows(table: str, records: tuple[str, ...], evidence: Evidence) -> pl.DataFrame:
    rows = evidence.table(table)
    return rows.filter(pl.col(rows.columns[0]).is_in(records))


def _is_carried(claim: Claim, computed: Computed, behind: set[str], evidence: Evidence) -> bool:
    """The result is the study's own number, or one row in which a named source states it."""
    if behind and behind <= {STUDY}:
        return True
    if len(computed.records) != 1 or computed.more or computed.assumptions:
        return False
    row = _rows(computed.table, computed.records, evidence)
    named = any(_is_by(id, name) for id in sources_of(row) for name in claim.named_sources)
    said = not claim.comparator or compare(claim, computed.draws, computed.central) != "differs"
    return named and said


def _is_calibrated(computed: Computed, evidence: Evidence) -> bool:
    fitted = evidence.table("assumptions").filter(pl.col("calibrated_to").is_not_null())
    return bool(set(computed.assumptions) & set(fitted["assumption"]))


def _is_by(id: str, named: str) -> bool:
    """Ids of the bibliography start with a short name of the publisher."""
    return id == named or id.startswith(f"{named}-") or source(id).publisher.casefold() == named
