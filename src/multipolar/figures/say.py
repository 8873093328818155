"""Numbers and lists in words, the same way in every title, caption and page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

#: Units whose numbers are names of something and are never rounded.
WHOLE = ("year", "year range", "rank")


def number(value: float, digits: int = 3) -> str:
    """A number with so many significant digits and thousands separated by commas.

    >>> number(4597.9), number(0.5872), number(86.0)
    ('4,600', '0.587', '86')
    """
    if value == 0:
        return "0"
    exact = Decimal(repr(value))
    places = digits - 1 - exact.adjusted()
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{rounded:,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def span(low: float, high: float, digits: int = 3) -> str:
    """A range, or one number where both ends read the same.

    >>> span(4597.9, 4901.7), span(86, 86)
    ('4,600–4,900', '86')
    """
    first, last = number(low, digits), number(high, digits)
    return first if first == last else f"{first}–{last}"


def ranged(low: float, value: float, high: float, unit: str) -> str:
    """A number with its range and unit; years and ranks stand whole and without a unit.

    >>> ranged(3940, 4530, 5110, "GWh/yr"), ranged(2025, 2026, 2028, "year"), ranged(1, 1, 1, "%")
    ('4,530 (3,940–5,110) GWh/yr', '2026 (2025–2028)', '1 %')
    """
    if unit in WHOLE:
        texts = [f"{end:.0f}" for end in (low, value, high)]
        ends = "–".join(dict.fromkeys((texts[0], texts[2])))
        return texts[1] if ends == texts[1] else f"{texts[1]} ({ends})"
    ends = span(low, high)
    told = number(value) if ends == number(value) else f"{number(value)} ({ends})"
    return f"{told} {unit}".strip()


def listing(words: Sequence[str], most: int = 4) -> str:
    """Words joined by commas and *and*; the rest counted.

    >>> listing(["a", "b", "c"]), listing(["a", "b", "c", "d", "e", "f"], 3)
    ('a, b and c', 'a, b, c and 3 more')
    """
    shown = list(words[:most])
    if len(words) > most:
        return f"{', '.join(shown)} and {len(words) - most} more"
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
