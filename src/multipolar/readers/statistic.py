"""What do the readers of statistics share: written numbers, places, ids, what is said twice?

Offices write numbers as text: ``11,700`` is a number, ``—`` is nothing made, ``>25`` and ``<1`` are
limits, ``s`` is less than half a unit, ``E`` a net exporter, whose net import reliance is at most
zero. ``W`` is withheld and ``NA``, ``..`` and ``…`` are not known: these are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from math import isclose

from multipolar.evidence.sources import bibliography
from multipolar.readers.geography import country
from multipolar.readers.reader import Cells, Read, Refused, read_lines
from multipolar.readers.table import Line, Table
from multipolar.readers.values import number, slug
from multipolar.words import places, units
from multipolar.words.errors import MultipolarError
from multipolar.words.files import read_rows

NOTHING = ("—", "–", "-")
UNKNOWN = ("", "NA", "N/A", "NAN", "..", "...", "…", "XX")
#: Less than half a unit is at most so many units.
HALF = "0.5"
#: Two units of one number agree up to its rounding, which is to three digits.
ROUNDING = 0.005
VALUES = ("low", "central", "high")
#: As many digits as survive in a number of double precision.
DIGITS = 15
PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
MONTH = re.compile(r"([12][0-9]{3})(?:[-M](0[1-9]|1[0-2]))?")


def amount(text: str, most: str = "", signed: bool = False) -> Cells:
    """The cells low, central and high of a written number. Raises Refused.

    ``most``: the largest value there can be, such as 100 percent. ``signed``: it may be below zero.

    >>> amount("11,700"), amount(">25", most="100"), amount("—")
    ({'central': '11700'}, {'low': '25', 'high': '100'}, {'central': '0'})
    """
    plain = text.strip()
    if plain in NOTHING:
        return {"central": "0"}
    if plain == "W":
        raise Refused(None, "the office withholds the value", "nothing can stand in its place")
    if plain.upper() in UNKNOWN:
        raise Refused(None, "no value is given", "nothing can stand in its place")
    if plain == "E":
        return {"high": "0", "note": "net exporter"}
    if plain == "s":
        return {"low": "0", "high": HALF, "note": "less than half a unit"}
    bare = re.sub(r",(?=\d{3}\b)", "", plain.lstrip("<> "))
    # Every digit of a plain number is kept.
    found = bare if PLAIN.fullmatch(bare) else number("value", bare)
    if float(found) < 0 and not signed:
        raise Refused("value", f"negative value {text!r}", "an amount is at least zero")
    if plain.startswith(">"):
        return {"low": found} | ({"high": most} if most else {})
    if plain.startswith("<"):
        return {"low": "0", "high": found}
    return {"central": found}


def subject(text: str) -> str:
    """Our word for what a source counts.

    >>> subject("Graphite (Natural)"), subject("Phosphate rock "), subject("DAP")
    ('natural graphite', 'phosphate rock', 'DAP')
    """
    plain = " ".join(text.split())
    plain = known(plain)
    return plain if plain.isupper() else plain.lower()


def known(text: str) -> str:
    """A name as we spell it where we have one for it, else the text.

    >>> known("Ferosilicon"), known("Lump and chip (Sri Lanka)")
    ('ferrosilicon', 'Lump and chip (Sri Lanka)')
    """
    return _subjects().get(text.casefold(), text)


@cache
def _subjects() -> dict[str, str]:
    rows = read_rows("multipolar.readers", "subjects.csv")
    return {row["name"].casefold(): row["subject"] for row in rows}


def place(column: str, text: str, groups: Mapping[str, str] | None = None) -> str:
    """The place of a name; ``groups``: names of groups that are drawn as ours are. Raises Refused.

    >>> place("Country", "Congo (Kinshasa)"), place("Country", "World total (rounded)")
    ('COD', 'World')
    """
    plain = " ".join(text.split())
    if plain in (groups or {}):
        return (groups or {})[plain]
    if re.match(r"world\b", plain, re.IGNORECASE):
        return places.WORLD
    if re.match(r"(?:other|rest of)\b", plain, re.IGNORECASE):
        advice = "take the World less those that are told apart"
        raise Refused(column, f"{plain!r} are several countries", advice)
    try:
        return country(column, plain)
    except Refused:
        advice = "groups are read where ours are the same; states that are gone are not"
        raise Refused(column, f"{plain!r} is no place of ours", advice) from None


def coded(column: str, code: str, name: str, groups: Mapping[str, str] | None = None) -> str:
    """The place of an alpha-3 code, also of the older ones of statisticians. Raises Refused."""
    if code in places.countries():
        return code
    if code in (groups or {}):
        return (groups or {})[code]
    return _old_codes().get(code) or place(column, name)


@cache
def _old_codes() -> dict[str, str]:
    rows = read_rows("multipolar.readers", "areas.csv")
    return {row["code"]: row["place"] for row in rows if row["code"].isalpha()}


def period(column: str, text: str) -> tuple[str, str]:
    """Year or month, and the months that it holds. Raises Refused.

    >>> period("month", "1960M01"), period("year", "2023"), period("Year", "2021–24")
    (('1960-01', '1'), ('2023', '12'), ('2024', '48'))
    """
    found = MONTH.fullmatch(text)
    if found:
        return (f"{found[1]}-{found[2]}", "1") if found[2] else (found[1], "12")
    several = re.fullmatch(r"([12][0-9])([0-9]{2})[–-]([0-9]{2})", text)
    if several and int(several[3]) > int(several[2]):
        return several[1] + several[3], str(12 * (int(several[3]) - int(several[2]) + 1))
    raise Refused(column, f"{text!r} is neither a year nor a month", "a remark is no number")


def id(*parts: str) -> str:
    """The id of a row: edition, subject, place, period and whatever tells it from others."""
    return slug(" ".join(part for part in parts if part))


def cited(id: str, citation: str) -> str:
    """An entry of the bibliography if there is one, else a citation in words."""
    return id if id in bibliography() else citation


def updated(table: Table, words: str) -> str:
    """The day that the lines above a header name behind some words; blank where they do not.

    Raises MultipolarError for a day that does not exist.
    """
    text = "\n".join(cell for cells in table.title for cell in cells)
    found = re.search(rf"{words}:?\s+([A-Z][a-z]+ \d{{1,2}}, \d{{4}})", text)
    if not found:
        return ""
    try:
        return datetime.strptime(found[1], "%B %d, %Y").date().isoformat()
    except ValueError:
        raise MultipolarError(f"{table.file}: {found[1]!r} is not a date; mend the title") from None


def latest(table: Table, column: str, when: Callable[[Line], bool] = lambda _: True) -> str:
    """The last year or month of a column. Raises MultipolarError where there is none."""
    found = [match[0] for line in table.lines if when(line)
             if (match := MONTH.fullmatch(line[column]))]  # fmt: skip
    if not found:
        raise MultipolarError(f"{table.file}: no year in the column {column}; check the file")
    return max(found)


def read_statistics(table: Table, statements: Callable[[Line], Iterable[Cells | Refused]]) -> Read:
    """Every line as its statements; a number that the file gives a second time is refused.

    It may be given in another unit. Statements of one id with other numbers are kept and numbered.
    Raises MultipolarError for a file that somebody saved with decimal commas.
    """
    if table.decimal_comma:
        advice = "take it as the publisher gives it, or save it with decimal points"
        raise MultipolarError(f"{table.file}: its numbers have decimal commas; {advice}")
    seen: dict[str, tuple[int, Cells, str]] = {}

    def once(line: Line) -> Iterator[Cells | Refused]:
        for cells in statements(line):
            if isinstance(cells, Refused):
                yield cells
                continue
            unit, ours = cells["unit"], _in_base_unit(cells)
            first, said, its = seen.setdefault(cells["record"], (line.number, ours, unit))
            if first != line.number and _same(said, ours, 0.0 if unit == its else ROUNDING):
                yield Refused(None, f"says what row {first} says", "keep one of the rows")
            else:
                yield ours

    return read_lines(table, once)


def _in_base_unit(cells: Cells) -> Cells:
    """A statement in the base unit of its quantity, in decimals: 1,900 t are 1.9 kt."""
    unit = cells["unit"]
    scale = Decimal(str(units.factor(unit, units.base(unit))))
    if scale == 1:
        return cells
    scaled = {
        name: f"{float(Decimal(cells[name]) * scale):.{DIGITS}g}"
        for name in VALUES
        if cells.get(name)
    }
    return cells | scaled | {"unit": units.base(unit)}


def _same(one: Cells, other: Cells, tolerance: float) -> bool:
    """Whether two statements give one number up to its rounding."""
    pairs = [(one.get(name, ""), other.get(name, "")) for name in VALUES]
    return all(
        a == b or (a and b and isclose(float(a), float(b), rel_tol=tolerance)) for a, b in pairs
    )
