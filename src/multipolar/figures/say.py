"""Numbers and lists in words, the same way in every title, caption and page."""

from __future__ import annotations

from collections.abc import Sequence


def number(value: float, digits: int = 3) -> str:
    """A number with so many significant digits and thousands separated by commas.

    >>> number(4597.9), number(0.5872), number(86.0)
    ('4,600', '0.587', '86')
    """
    if value == 0:
        return "0"
    from math import floor, log10

    places = digits - 1 - floor(log10(abs(value)))
    rounded = round(value, places)
    return (
        f"{rounded:,.{max(places, 0)}f}".rstrip("0").rstrip(".")
        if places > 0
        else f"{rounded:,.0f}"
    )


def span(low: float, high: float) -> str:
    """A range, or one number where both ends read the same.

    >>> span(4597.9, 4901.7), span(86, 86)
    ('4,600–4,900', '86')
    """
    first, last = number(low), number(high)
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
