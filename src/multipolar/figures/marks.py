"""Which parts of a number stand behind a mark of a picture?

A row of chart data may carry a column ``key``, such as ``place=CHN;status=operating;year=2030``:
the dimensions that ``explain`` takes, several values of one separated by commas. A page answers a
click on the mark with the parts that fit. ``plant`` may stand among the dimensions and chooses the
items of one plant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from multipolar.evidence.result import ALL, PLACE, Result
from multipolar.figures.say import listing
from multipolar.words import places

PLANT = "plant"


def key(*dims: str, **fixed: str) -> pl.Expr:
    """The column ``key`` from columns named as their dimensions, and from fixed values."""
    texts = [pl.format(f"{dim}={{}}", pl.col(dim)) for dim in dims]
    texts += [pl.lit(f"{dim}={value}") for dim, value in fixed.items()]
    return pl.concat_str(texts, separator=";").alias("key")


def keys(specification: Any) -> Iterator[str]:
    """Every key among the data of a Vega-Lite specification."""
    for rows in specification.get("datasets", {}).values():
        for row in rows if isinstance(rows, list) else []:
            if "key" in row:
                yield row["key"]


def behind(result: Result, key: str) -> tuple[str, str, pl.DataFrame]:
    """Title, unit and parts (role, item, value) of a mark."""
    return behind_all(result, [key])[key]


def behind_all(result: Result, keys: Sequence[str]) -> dict[str, tuple[str, str, pl.DataFrame]]:
    """The same of many marks at once: the marks of like dimensions meet the parts in one join."""
    asked = {key: _asked(key) for key in keys}
    alike: dict[tuple[str, ...], list[str]] = {}
    for key, words in asked.items():
        alike.setdefault(tuple(words), []).append(key)
    names = [dim for dim in result.dims if dim in result.parts.columns]
    parts = result.parts.select(
        "whole",
        "role",
        "item",
        "value",
        *(pl.col(dim).cast(pl.String) for dim in names),
        pl.col("item").str.split("/").list.first().alias(PLANT),
    )
    found: dict[str, pl.DataFrame] = {}
    for dims, group in alike.items():
        left = {dim: word for dim, word in result.defaults.items() if dim not in dims}
        fits = pl.all_horizontal(
            True,
            *(pl.col(dim) == word for dim, word in left.items() if dim != PLACE),
            *(_inside([left[PLACE]]) for _ in range(PLACE in left)),
        )
        found |= _joined(parts.filter(fits), {key: asked[key] for key in group}, list(dims))
    units = dict(result.data.select("measure", "unit").unique().rows())
    labels = dict(result.items.select("item", "label").rows())
    told = {}
    for key in keys:
        words = dict(asked[key])
        own = found.get(key, parts.clear()).select("role", "item", "value")
        plants = words.pop(PLANT, [])
        title = _name(labels, own["item"]) if plants else _title(words)
        measure = words.get("measure", [result.defaults.get("measure", "")])[0]
        told[key] = (title, str(units.get(measure, "")), own)
    return told


def _asked(key: str) -> dict[str, list[str]]:
    """The dimensions of a key with their values."""
    return {dim: words.split(",") for dim, _, words in (p.partition("=") for p in key.split(";"))}


def _inside(words: list[str]) -> pl.Expr:
    """Whether a part belongs to one of some places: as such if it is whole, else as a member."""
    members = [member for word in words for member in places.members(word)]
    column = pl.col(PLACE)
    return pl.when("whole").then(column.is_in(words)).otherwise(column.is_in(members))


def _joined(
    parts: pl.DataFrame, asked: dict[str, dict[str, list[str]]], dims: list[str]
) -> dict[str, pl.DataFrame]:
    """The parts of each of some marks that name the same dimensions."""
    marks = pl.DataFrame(
        [(key, *words.values()) for key, words in asked.items()],
        schema={"key": pl.String, **dict.fromkeys(dims, pl.List(pl.String))},
        orient="row",
    )
    if PLACE in dims:
        named = marks[PLACE].list.explode(empty_as_null=False).unique().to_list()
        members = {word: list(places.members(word)) for word in named}
        inside = pl.element().replace_strict(members, return_dtype=pl.List(pl.String))
        marks = marks.with_columns(
            pl.col(PLACE).list.eval(inside.list.explode(empty_as_null=False)).alias("members")
        )
        singles = _exploded(marks.drop("members"), dims)
        groups = _exploded(marks.drop(PLACE).rename({"members": PLACE}), dims)
        pairs = [(parts.filter("whole"), singles), (parts.filter(~pl.col("whole")), groups)]
    else:
        pairs = [(parts, _exploded(marks, dims))]
    joined = pl.concat(
        [
            some.join(wanted, on=dims).select("key", "role", "item", "value")
            for some, wanted in pairs
        ]
    )
    summed = joined.group_by("key", "role", "item").agg(pl.col("value").sum())
    summed = summed.filter(pl.col("value") != 0).sort(
        "role", pl.col("value").abs(), "item", descending=[False, True, False]
    )
    split = summed.partition_by("key", as_dict=True, include_key=False)
    return {str(key): rows for (key,), rows in split.items()}


def _exploded(marks: pl.DataFrame, dims: list[str]) -> pl.DataFrame:
    """One row for every combination of the values of a mark, each once."""
    for dim in dims:
        marks = marks.explode(dim)
    return marks.unique()


def _title(asked: dict[str, list[str]]) -> str:
    """The dimensions in words; of long lists the first and how many more."""
    words = []
    for values in asked.values():
        shown = [places.name(value) for value in values if value != ALL]
        words += [listing(shown)] if shown else []
    return ", ".join(words)


def _name(labels: dict[str, str], items: pl.Series) -> str:
    """The name of the plant that the items belong to."""
    return labels[items[0]].rpartition(" (")[0] if items.len() else ""
