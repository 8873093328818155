"""Which rows of a figure answer a question: those that fit, within a group, over another, largest.

Values of a dimension are words of the figure; a range of years is written ``2025..2030``.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from multipolar.evidence.result import ALL, PLACE, PLACES, VALUES
from multipolar.figures.figure import Drawn
from multipolar.words import places
from multipolar.words.errors import MultipolarError, UnknownWord
from multipolar.words.vocabularies import UPPER_BOUND, words

YEAR = "year"


def rows(
    drawn: Drawn,
    where: Iterable[tuple[str, str]] = (),
    within: str = "",
    over: tuple[str, str] | None = None,
    top: int | None = None,
    undivided: bool = False,
) -> pl.DataFrame:
    """Rows of the figure's data.

    ``where``: dimension and value (several by commas). ``within``: countries of a group only.
    ``over``: each row divided by the one that differs from it only in this dimension; the unit is
    then ratio (low by low, high by high). ``undivided``: of a dimension that is not named only the
    rows that are not divided by it; where that is one number, the countries and statuses that it is
    made of. ``top``: the largest, by ``value``; without a place named, countries are compared and
    no groups, and without a year named each row of the present year (or the last before it).
    Raises UnknownWord.
    """
    conditions = dict(_checked(drawn, where))
    if undivided:
        left = {dim: [value] for dim, value in drawn.result.defaults.items()}
        if within:
            left.pop(PLACE, None)
        whole = left | conditions
        if _fitting(drawn.data, whole).is_empty():
            # Where nothing is undivided (shares of firms), only the measure is chosen.
            whole = {dim: v for dim, v in left.items() if v != [ALL]} | conditions
        if not conditions and _fitting(drawn.data, whole).height == 1 and PLACE in whole:
            parts = _statuses(drawn) if not top else []
            del whole[PLACE]
            whole |= {"status": parts} if parts else {}
            conditions[PLACE] = _countries(drawn)
        conditions = whole | conditions
    divisor = dict(_checked(drawn, [over])) if over else {}
    found = drawn.data
    below = _fitting(found, {k: v for k, v in conditions.items() if k not in divisor} | divisor)
    found = _fitting(found, conditions)
    if within:
        if PLACE not in drawn.result.dims:
            raise MultipolarError(f"{drawn.figure.name} has no places to choose within {within}")
        found = found.filter(pl.col(PLACE).is_in(places.members(within)))
    if divisor:
        found = _divided(found, below, [d for d in drawn.result.dims if d not in divisor])
    return _largest(drawn, found, conditions, top) if top else found


def _largest(
    drawn: Drawn, found: pl.DataFrame, conditions: dict[str, list[str]], top: int
) -> pl.DataFrame:
    """The largest of rows that can be compared: one year of each, and no group beside a member."""
    if PLACE in drawn.result.dims and PLACE not in conditions:
        found = found.filter(pl.col(PLACE).is_in(_countries(drawn)))
    if YEAR in drawn.result.dims and YEAR not in conditions:
        others = [dim for dim in drawn.result.dims if dim != YEAR]
        present = found.filter(pl.col(YEAR) <= drawn.result.evidence.year)
        newest = pl.col(YEAR) == pl.col(YEAR).max().over(others)
        found = present.filter(newest)
    return found.sort("value", descending=True, maintain_order=True).head(top)


def _countries(drawn: Drawn) -> list[str]:
    return [place for place in drawn.data[PLACE].unique() if place in places.countries()]


def _statuses(drawn: Drawn) -> list[str]:
    """The statuses that make up the whole, if the figure has any."""
    if "status" not in drawn.result.dims:
        return []
    return [word for word in UPPER_BOUND if word in set(drawn.data["status"])]


def _checked(
    drawn: Drawn, conditions: Iterable[tuple[str, str]]
) -> Iterable[tuple[str, list[str]]]:
    for dim, text in conditions:
        if dim not in drawn.result.dims:
            raise UnknownWord("dimension", dim, drawn.result.dims)
        known = drawn.data[dim].cast(pl.String).unique().to_list()
        first, dots, last = text.partition("..")
        if dots and first.isdigit() and last.isdigit():
            yield dim, [value for value in known if int(first) <= int(value) <= int(last)]
            continue
        values = []
        for word in text.split(","):
            value = word.strip()
            if dim in PLACES and value not in known:
                # A place without a row has nothing on record, which is an answer.
                value = places.resolve(value)
            elif value not in known and not (dim == "status" and value in words("status")):
                raise UnknownWord(f"{dim} in this figure", word, known)
            values.append(value)
        yield dim, values


def _fitting(data: pl.DataFrame, conditions: dict[str, list[str]]) -> pl.DataFrame:
    fits = [pl.col(dim).cast(pl.String).is_in(values) for dim, values in conditions.items()]
    return data.filter(*fits) if fits else data


def _divided(above: pl.DataFrame, below: pl.DataFrame, same: list[str]) -> pl.DataFrame:
    below = below.select(*same, *(pl.col(value).alias(f"{value}_below") for value in VALUES))
    ratios = [pl.col(value) / pl.col(f"{value}_below") for value in VALUES]
    is_number = pl.all_horizontal(pl.col(f"{value}_below") != 0 for value in VALUES)
    divided = above.join(below, on=same, maintain_order="left").filter(is_number)
    ends = pl.min_horizontal(*ratios), ratios[1], pl.max_horizontal(*ratios)
    return divided.with_columns(
        *(end.alias(value) for end, value in zip(ends, VALUES, strict=True)),
        pl.lit("ratio").alias("unit"),
    ).select(above.columns)
