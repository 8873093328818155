"""What does one row say, in a few words?"""

from __future__ import annotations

from typing import Any

from multipolar.evidence.schemas import schema

#: Told apart from what the row says: who says so, and when.
ASIDE = ("source", "via", "date", "confidence")


def said(table: str, row: dict[str, Any]) -> str:
    """The columns that the table shows first, as one line; values with their unit."""
    kind = schema(table)
    units = {value: measure.unit for measure in kind.measures for value in measure.values}
    words = []
    for name in kind.shown:
        value = row[name]
        if name in (kind.key[0], *ASIDE) or value is None or value == "":
            continue
        text = f"{value:,g}" if isinstance(value, float) else str(value)
        words.append(f"{text} {row[units[name]] or ''}".strip() if name in units else text)
    return ", ".join(words)
