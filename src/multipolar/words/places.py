"""Which places are there, and who belongs to which group?

A place is a country (ISO 3166-1 alpha-3, plus the user-assigned XKX) or a group. Country codes
and names are facts of ISO 3166 and CLDR by way of the public-domain table datasets/country-codes.
A group is a file ``groups/<name>.csv`` that lists its members.
"""

from __future__ import annotations

from functools import cache

from multipolar.words.errors import UnknownWord
from multipolar.words.files import folder, read_rows

WORLD = "World"


@cache
def countries() -> dict[str, str]:
    """Code and English name of every country, in the order of the codes."""
    return {row["place"]: row["name"] for row in read_rows("multipolar.words", "places.csv")}


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """Every group with the countries it holds."""
    found = {}
    for file in folder("multipolar.words", "groups").iterdir():
        if file.name.endswith(".csv"):
            lines = file.read_text(encoding="utf-8").split()
            found[file.name.removesuffix(".csv")] = tuple(lines[1:])
    return dict(sorted(found.items()))


def members(place: str) -> tuple[str, ...]:
    """The countries of a group, or the country itself.

    >>> members("North-America")
    ('CAN', 'MEX', 'USA')
    >>> members("POL")
    ('POL',)
    """
    place = resolve(place)
    return groups().get(place, (place,))


def resolve(text: str) -> str:
    """The code of a place written as alpha-3, alpha-2, English name or group name.

    >>> resolve("pl"), resolve("South Korea"), resolve("eu27")
    ('POL', 'KOR', 'EU27')

    Raises UnknownWord when nothing fits.
    """
    key = str(text).strip().casefold()
    found = _spellings().get(key)
    if found is None:
        raise UnknownWord("place", text, [*countries(), *countries().values(), *groups()])
    return found


def name(place: str) -> str:
    """The English name of a country; a group is called by its own name."""
    return countries().get(place) or _GROUP_TITLES.get(place, place)


_GROUP_TITLES = {
    "OECD-figure-3": "OECD partners, Canada",
    "EMDM": "Emerging, ex China",
    "Europe-wide": "Europe with the Balkans and Türkiye",
    "Asia-ex-China": "Asia without China",
    "North-America": "North America",
    "South-East-Asia": "South-East Asia",
    "OECD-partners": "OECD partners",
    "Ember-Africa": "Africa (Ember)",
    "Ember-Asia": "Asia (Ember)",
    "Ember-Europe": "Europe (Ember)",
    "Ember-Latin-America": "Latin America (Ember)",
    "Ember-Middle-East": "Middle East (Ember)",
    "Ember-North-America": "US and Canada (Ember)",
    "Ember-Oceania": "Oceania (Ember)",
}


@cache
def _spellings() -> dict[str, str]:
    spellings: dict[str, str] = {}
    for row in read_rows("multipolar.words", "places.csv"):
        for spelling in (row["name"], row["alpha_2"], row["place"]):
            spellings[spelling.casefold()] = row["place"]
    # Common English forms that the table does not use.
    spellings |= {"uk": "GBR", "turkey": "TUR", "korea": "KOR", "eu": "EU27"}
    return spellings | {group.casefold(): group for group in groups()}
