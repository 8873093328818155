"""Which of the study's claims does our own evidence reproduce, contradict or leave open?

Collects the rooms' results and the verdicts made of them; no arithmetic lives here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from multipolar.cells.claims.room import Cells
from multipolar.evidence.answers import compute, reason
from multipolar.evidence.claims import Verdict, claims, judge
from multipolar.evidence.store import Evidence
from multipolar.industry.claims.room import Industry
from multipolar.policy.claims.room import Policies
from multipolar.trade.claims.room import Trade

#: The rooms that answer claims, each with the package of its answers.
ROOMS = {
    "multipolar.cells.claims": Cells,
    "multipolar.industry.claims": Industry,
    "multipolar.policy.claims": Policies,
    "multipolar.trade.claims": Trade,
}
#: Rooms that do not exist yet; their claims wait for them.
MISSING = ("patents", "minerals", "futures")
#: What does not exist yet in a room that does, by how the needs of a claim begin.
LATER = {
    "drop-in scores": "scores of how a chemistry fits existing lines",
    "cell properties": "the table of properties of cells",
}


def verify(evidence: Evidence, everything: bool = False) -> list[Verdict]:
    """The verdict on every claim with the study's own number, or on all 409.

    Verdicts: reproduced, differs, undecided, carried, calibrated, not-computable.
    """
    rooms = {package: room(evidence) for package, room in ROOMS.items()}
    found = []
    for claim in claims(evidence).values():
        if not (everything or claim.own_number):
            continue
        computed = (compute(package, room, claim.claim) for package, room in rooms.items())
        answer = next((one for one in computed if one is not None), None)
        verdict = judge(claim, answer, evidence)
        why = f"the room {claim.room} does not exist yet" if claim.room in MISSING else ""
        later = (what for start, what in LATER.items() if claim.needs.startswith(start))
        why = next((f"{what}: not built yet" for what in later), why)
        if verdict.verdict == "not-computable":
            why = why or "; ".join(filter(None, (reason(room, claim.claim) for room in ROOMS)))
        if why:
            verdict = replace(verdict, note=f"{verdict.note}; {why}".removeprefix("; "))
        found.append(verdict)
    return found


def to_dict(verdict: Verdict) -> dict[str, Any]:
    """One verdict as plain data, with the keys that scripts rely on."""
    claim = verdict.claim
    return {
        "claim": claim.claim,
        "figure": claim.figure,
        "room": claim.room,
        "statement": claim.statement,
        "reported": {
            "low": claim.value_low,
            "high": claim.value_high,
            "unit": claim.unit,
            "comparator": claim.comparator,
        },
        "computed": {"low": verdict.low, "central": verdict.central, "high": verdict.high},
        "verdict": verdict.verdict,
        "sources": verdict.sources,
        "note": verdict.note,
    }


def scoreboard(verdicts: list[Verdict]) -> dict[str, int]:
    """How many claims got which verdict."""
    counts = Counter(verdict.verdict for verdict in verdicts)
    order = ("reproduced", "differs", "undecided", "carried", "calibrated", "not-computable")
    return {name: counts[name] for name in order}
