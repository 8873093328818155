"""Numbers and lists in words, the same way in every title, caption and page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


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
