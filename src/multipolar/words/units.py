"""Which units are there, and how do they convert?

Units are data (``units.csv``): each belongs to a quantity, and only units of one quantity convert
into each other. Money is converted in ``money``, since it needs a year.
"""

from __future__ import annotations

from functools import cache

from multipolar.words.errors import UnitMismatch, UnknownWord
from multipolar.words.files import read_rows


@cache
def units() -> dict[str, tuple[str, float]]:
    """Unit -> (quantity, factor to the quantity's base unit)."""
    rows = read_rows("multipolar.words", "units.csv")
    return {row["unit"]: (row["quantity"], float(row["factor"])) for row in rows}


def base(unit: str) -> str:
    """The base unit of a unit's quantity.

    >>> base("MWh/yr")
    'GWh/yr'
    """
    quantity, _ = units()[unit]
    return next(name for name, known in units().items() if known == (quantity, 1.0))


def factor(unit: str, to: str) -> float:
    """What a value in ``unit`` is multiplied with to be in ``to``.

    >>> factor("MWh/yr", "GWh/yr")
    0.001

    Raises UnknownWord for a unit nobody knows, UnitMismatch between quantities.
    """
    for word in (unit, to):
        if word not in units():
            raise UnknownWord("unit", word, units())
    (quantity, size), (wanted, target) = units()[unit], units()[to]
    if quantity != wanted:
        raise UnitMismatch(f"cannot convert {unit} ({quantity}) to {to} ({wanted})")
    return size / target
