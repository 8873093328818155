"""Which parts of a number stand behind a mark of a picture?

A row of chart data may carry a column ``key``, such as ``place=CHN;status=operating;year=2030``:
the dimensions that ``explain`` takes, several values of one separated by commas. A page answers a
click on the mark with the parts that fit. ``plant`` may stand among the dimensions and chooses the
items of one plant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from multipolar.evidence.result import ALL, PLACE, VALUES, Result
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
    asked = {
        dim: values.split(",") for dim, _, values in (p.partition("=") for p in key.split(";"))
    }
    plants = asked.pop(PLANT, [])
    words = {dim: [value] for dim, value in result.defaults.items()} | asked
    parts, data = result.parts, result.data
    for dim, values in words.items():
        column = pl.col(dim).cast(pl.String)
        if dim == PLACE:
            inside = [member for value in values for member in places.members(value)]
            parts = parts.filter(
                pl.when("whole").then(column.is_in(values)).otherwise(column.is_in(inside))
            )
        else:
            parts = parts.filter(column.is_in(values))
        data = data.filter(column.is_in(values))
    if plants:
        parts = parts.filter(pl.col("item").str.split("/").list.first().is_in(plants))
    parts = parts.group_by("role", "item").agg(pl.col(VALUES).sum()).filter(pl.col("value") != 0)
    parts = parts.sort("role", pl.col("value").abs(), "item", descending=[False, True, False])
    unit = str(data["unit"][0]) if data.height else ""
    title = _title(asked) if not plants else _name(result, parts["item"])
    return title, unit, parts.select("role", "item", "value")


def _title(asked: dict[str, list[str]]) -> str:
    """The dimensions in words; of long lists the first and how many more."""
    words = []
    for values in asked.values():
        shown = [places.name(value) for value in values if value != ALL]
        words += [listing(shown)] if shown else []
    return ", ".join(words)


def _name(result: Result, items: pl.Series) -> str:
    """The name of the plant that the items belong to."""
    label = result.items.filter(pl.col("item").is_in(items.implode()))["label"]
    return str(label[0]).rpartition(" (")[0] if label.len() else ""
