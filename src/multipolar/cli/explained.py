"""The derivation of a number, and a verdict, as text."""

from __future__ import annotations

from typing import Any

from multipolar.cli.tables import SUMMED, amount
from multipolar.evidence.claims import Verdict
from multipolar.evidence.result import VALUES, Explanation
from multipolar.evidence.said import said
from multipolar.evidence.schemas import schema
from multipolar.figures.say import ranged


def explained(found: Explanation) -> str:
    """An explanation as text: parts and their total, rows, assumptions, sources."""
    row = found.row
    dims = ", ".join(f"{k} {v}" for k, v in row.items() if k not in (*VALUES, "unit"))
    low, central, high = (amount(row[value], SUMMED) for value in VALUES)
    lines = [dims, f"  low {low}, central {central}, high {high} {row['unit']}"]
    lines.append("\nparts (low, central, high)")
    # What is divided to a percentage is kept a hundredfold; it is told in its own unit.
    percent = row["unit"] == "%" and "below" in found.parts["role"]
    for part in found.parts.iter_rows(named=True):
        below = part["role"] == "below"
        shown = {v: part[v] / 100 if percent and not below else part[v] for v in VALUES}
        lines.append(f"{'/' if below else ' '}{_amounts(shown)}  {part['label']}")
    ratio = " (what stands after / divides), %" if percent else ""
    lines.append(f" {_amounts(found.totals())}  total of the parts{ratio}")
    lines.append("\nrows")
    for table, rows in found.rows().items():
        lines += [f"  {table} {_row(table, entry)}" for entry in rows.iter_rows(named=True)]
    corrections = [_correction(entry) for entry in found.corrections().iter_rows(named=True)]
    if corrections:
        lines += ["\ncorrections", *corrections]
    lines.append("\nassumptions (low / central / high)")
    assumed = [f"  {_assumption(entry)}" for entry in found.assumed().iter_rows(named=True)]
    lines += assumed or ["  none"]
    lines.append("\nsources")
    lines += [f"  {s.id}: {s}{'' if s.read else ' [not read by us]'}" for s in found.sources]
    return "\n".join(lines)


def judged(verdict: Verdict) -> str:
    """One verdict as a few lines."""
    lines = [f"{verdict.claim.claim}  [{verdict.verdict}]", f"  {verdict.claim.statement}"]
    low, central, high = verdict.low, verdict.central, verdict.high
    if low is not None and central is not None and high is not None:
        lines.append(f"  ours: {ranged(low, central, high, verdict.claim.unit)}")
    if verdict.note:
        lines.append(f"  {verdict.note}")
    return "\n".join(lines)


def _amounts(values: dict[str, Any]) -> str:
    return "".join(f"{amount(values[v], SUMMED) if values[v] else '–':>16}" for v in VALUES)


def _row(table: str, entry: dict[str, Any]) -> str:
    via = f" via {entry['via']}" if entry.get("via") else ""
    who = f"{entry['source'] or 'our own classification'}{via}"
    aside = [who, entry.get("date"), entry.get("confidence")]
    told = f"{entry[schema(table).key[0]]}: {said(table, entry)}"
    return f"{told}; {', '.join(word for word in aside if word)}"


def _correction(entry: dict[str, Any]) -> str:
    change = f"{entry['field']} {entry['before'] or 'nothing'} -> {entry['value'] or 'nothing'}"
    return f"  {entry['record']}: {change}; {entry['reason']} ({entry['source']}, {entry['date']})"


def _assumption(entry: dict[str, Any]) -> str:
    ends = f"{entry['low']:g} / {entry['central']:g} / {entry['high']:g} {entry['unit']}"
    checked = "" if entry["checked"] == "yes" else " (nobody has checked it)"
    return f"{entry['assumption']}: {ends}{checked}; {entry['meaning']}"
