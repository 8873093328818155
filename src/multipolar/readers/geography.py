"""Where does a text say that a plant stands: country, region, town?

Besides countries and regions a text is searched for towns that stand in the table plants. Of a name
that stands in several countries nothing is concluded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from multipolar.evidence.store import bundled
from multipolar.readers.reader import Refused
from multipolar.words import places
from multipolar.words.errors import UnknownWord
from multipolar.words.files import read_rows

#: Towns with shorter names are taken for other words too often.
SHORTEST_TOWN = 4
#: A country and a state of the United States.
AMBIGUOUS = ("Georgia",)


@dataclass(frozen=True)
class Location:
    """Alpha-3 code of a country, name of a region, name of a town; blank where not told."""

    place: str = ""
    region: str = ""
    town: str = ""


def country(column: str, text: str) -> str:
    """The alpha-3 code of a country. Raises Refused for a group and for an unknown name."""
    if not text:
        raise Refused(column, "no country", "name the country where the plant stands")
    place, problem, advice = _country(text)
    if not place:
        raise Refused(column, problem, advice)
    return place


@lru_cache(maxsize=10_000)
def _country(text: str) -> tuple[str, str, str]:
    """The code of a country, or problem and advice."""
    plain = " ".join(text.replace(".", "").split())
    for spelling in (text, plain, _spellings().get(plain.casefold(), "")):
        try:
            place = places.resolve(spelling)
        except UnknownWord:
            continue
        if place in places.countries():
            return place, "", ""
    known = [*places.countries(), *places.countries().values()]
    error = UnknownWord("country", text, known)
    return "", error.problem, error.advice


def region(place: str, text: str) -> str:
    """The name of a region given by its code, or the text as it is.

    >>> region("USA", "TN"), region("USA", "Tennessee"), region("DEU", "Bavaria")
    ('Tennessee', 'Tennessee', 'Bavaria')
    """
    return _regions().get(place, {}).get(text.replace(".", "").casefold(), text)


def located(column: str, text: str, about: str = "") -> Location:
    """A country with what stands in brackets behind it: ``Canada (Candiac, QC)``.

    Of several towns the one is taken that the text ``about`` names. Raises Refused.
    """
    name, _, inside = text.partition("(")
    if "/" in name:
        raise Refused(column, f"{text!r} names several countries", "give each plant its country")
    place = country(column, name.strip())
    found = [_inside(place, part) for part in inside.rstrip(") ").split(";") if part.strip()]
    if len(found) > 1:
        found = [one for one in found if _is_named(one, about)]
    return found[0] if len(found) == 1 else Location(place)


def named(text: str, place: str = "") -> Location:
    """The first country that a text names or implies by a region or town, with those of it.

    ``place``: the country is known, only its regions and towns are looked for.
    """
    matches = [match for match in _names().finditer(text) if match[0] not in AMBIGUOUS]
    found = Location(place)
    for one in (_meaning(match[0]) for match in matches):
        if not found.place or one.place == found.place:
            found = Location(one.place, found.region or one.region, found.town or one.town)
    return found


def is_place(word: str) -> bool:
    """Whether a word is the name of a region or town, in small letters or not."""
    return word.casefold() in _folded()


def town_of_address(place: str, address: str) -> str:
    """The town of a postal address of the form street, town, state and code; blank if unclear.

    >>> town_of_address("USA", "Riverside Dr, Jackson, TN  38301")
    'Jackson'
    """
    text = re.sub(r"[\s,]*\b\d{4,5}(?:-\d{4})?\s*$", "", " ".join(address.split()))
    parts = [part.strip() for part in text.split(",") if part.strip()]
    states = _regions().get(place, {})
    while parts and _is_region(parts[-1], states):
        parts.pop()
    if not parts:
        return ""
    if len(parts) > 1 and parts[-1].endswith(" County"):
        parts.pop()
    words = parts[-1].split()
    if len(words) > 1 and _is_region(words[-1], states):
        words.pop()
    words = [word for word in words if "+" not in word]
    town = " ".join(words)
    return "" if re.search(r"\d|\bCounty\b", town) else town


def _is_region(text: str, regions: dict[str, str]) -> bool:
    return text.replace(".", "").strip(" ,").casefold() in regions


def _is_named(where: Location, text: str) -> bool:
    """Whether a text names a town, or the region it lies in by name or code."""
    codes = [code for code, name in _regions().get(where.place, {}).items() if name == where.region]
    words = [word.casefold() for word in re.findall(r"\w+", text)]
    town = where.town.casefold().split("-")[0]
    return bool(town and town in text.casefold()) or any(code in words for code in codes)


def _inside(place: str, text: str) -> Location:
    """What stands in brackets behind a country; remarks in small letters are left out."""
    parts = [re.sub(r"^planned\s+", "", part.strip()) for part in text.split(",")]
    parts = [part for part in parts if part[:1].isupper()]
    regions = _regions().get(place, {})
    inside = [part for part in parts if _is_region(part, regions)]
    towns = [part for part in parts if part not in inside]
    found = Location(place, region(place, inside[0]) if inside else "")
    return replace(found, town=towns[0]) if towns else found


@cache
def _regions() -> dict[str, dict[str, str]]:
    """Names of regions by country and by their code or name in small letters."""
    found: dict[str, dict[str, str]] = {}
    for row in read_rows("multipolar.readers", "regions.csv"):
        of_place = found.setdefault(row["place"], {})
        of_place |= {key.casefold(): row["name"] for key in (row["code"], row["name"]) if key}
    return found


@cache
def _spellings() -> dict[str, str]:
    """Further names of countries, in small letters and without full stops."""
    rows = read_rows("multipolar.readers", "countries.csv")
    return {row["name"].casefold(): row["place"] for row in rows}


@cache
def _meanings() -> dict[str, Location]:
    """What a name in a text stands for. Countries come before regions, regions before towns."""
    found: dict[str, Location] = {}
    rows = bundled("plants").select("town", "place").drop_nulls().unique().rows()
    of_town: dict[str, set[str]] = {}
    for text, place in rows:
        for town in re.split(r"\s*[/;,&()]\s*", text):
            if len(town) >= SHORTEST_TOWN and town[0].isupper():
                of_town.setdefault(town, set()).add(place)
    for town, of_places in of_town.items():
        if len(of_places) == 1:
            found[town] = Location(next(iter(of_places)), town=town)
    for row in read_rows("multipolar.readers", "regions.csv"):
        found[row["name"]] = Location(row["place"], region=row["name"])
    for place, name in places.countries().items():
        found[name] = Location(place)
    for row in read_rows("multipolar.readers", "countries.csv"):
        if row["name"].isupper():
            found[row["name"]] = Location(row["place"])
    return found


@cache
def _folded() -> frozenset[str]:
    """Regions and towns in small letters."""
    return frozenset(name.casefold() for name, one in _meanings().items() if one.region or one.town)


def _meaning(name: str) -> Location:
    return _meanings()[name]


@cache
def _names() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_either(_meanings())})(?!\w)")


def _either(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
