"""Which place does a statistic of trade mean by a code or a name?

Its codes differ from ISO 3166 in places (``areas.csv``), and some of its partners are no places.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from multipolar.readers.geography import country
from multipolar.readers.reader import Refused
from multipolar.words import places
from multipolar.words.files import read_rows


def area(text: str, own: Mapping[str, str]) -> tuple[str | None, bool]:
    """The place that a publisher calls so, None for what is no place; and whether it is known.

    ``own``: what this publisher calls a place. Of names of groups only these and the codes of the
    trade statistics count, since others draw their groups otherwise.

    >>> area("490", {}), area("NA", {}), area("899", {}), area("Asia", {})
    (('TWN', True), ('NAM', True), (None, True), (None, False))
    """
    plain = text.lstrip("0") or (text and "0")
    for names in (own, _codes(), _numeric()):
        for code in (text, plain):
            if code in names:
                return names[code] or None, True
    if text.casefold() == places.WORLD.casefold():
        return places.WORLD, True
    try:
        return country("partner", text), True
    except Refused:
        return None, False


def is_trade_code(code: str) -> bool:
    """Whether a code stands for something else in the trade statistics than in ISO 3166."""
    return code in _codes()


@cache
def _codes() -> dict[str, str]:
    """Codes of the trade statistics that differ from ISO 3166, blank for what is no place."""
    return {row["code"]: row["place"] for row in read_rows("multipolar.readers", "areas.csv")}


@cache
def _numeric() -> dict[str, str]:
    """Countries by their numeric code without leading zeros."""
    rows = read_rows("multipolar.words", "places.csv")
    return {row["numeric"].lstrip("0"): row["place"] for row in rows if row["numeric"]}
