"""How does a number lead back to the rows, sources and assumptions behind it?

A result keeps its *parts*: the terms it was added up from, one line per item (a plant, an outlook)
and dimension. The table of *items* says once per item which evidence rows and assumptions stand
behind it. Nothing is stored per number; the derivation of one number is a filter over the parts.

Every part lies on a grid of 2^-20 of its unit (about a kWh in a GWh). Sums of such numbers are
exact in floating point in any order, so the parts of a number add up to it to the last digit.
Parts have a role: ``sum``, or ``above`` and ``below`` the line of a ratio; a ratio to nothing is no
number and is left out. A part that is ``whole`` speaks for its place as such (the demand of Europe)
and is never added up over the members of a group.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from multipolar.evidence.sources import Source, source
from multipolar.evidence.store import Evidence
from multipolar.words import places
from multipolar.words.errors import SHOWN, MultipolarError, UnknownWord

#: The word for a dimension that is not divided.
ALL = "all"
VALUES = ("value_low", "value", "value_high")
#: The columns of a table of items.
ITEMS: dict[str, Any] = {
    **dict.fromkeys(("item", "label", "table"), pl.String),
    **dict.fromkeys(("records", "assumptions", "firms"), pl.List(pl.String)),
}
GRID = 2.0**20
#: The dimension in which a group stands for its members, and those that hold places.
PLACE = "place"
PLACES = (PLACE, "domicile")


@dataclass(frozen=True)
class Use:
    """Assumptions that enter every number with the dimensions ``where``.

    ``item_end``: only where an item with this ending is among the parts.
    """

    where: dict[str, str]
    assumptions: tuple[str, ...]
    item_end: str = ""

    def enters(self, row: dict[str, Any], items: list[str]) -> bool:
        """Whether the assumptions are part of one number."""
        fits = all(str(row[dim]) == value for dim, value in self.where.items())
        return fits and any(item.endswith(self.item_end) for item in items)


@dataclass(frozen=True)
class Result:
    """Rows of a figure with what they were added up from.

    ``data``: ``dims``, value_low, value, value_high, unit. ``parts``: dims at country level, whole,
    role, item and the three values. ``items``: item, label, table (several separated by |),
    records, assumptions and firms (lists; the firms behind a division by domicile). ``uses`` names
    the assumptions that enter whole measures. ``defaults`` fills in dimensions that a question
    leaves out.
    """

    dims: tuple[str, ...]
    data: pl.DataFrame
    parts: pl.DataFrame
    items: pl.DataFrame
    uses: tuple[Use, ...]
    defaults: dict[str, str]
    evidence: Evidence

    def explain(self, /, **keys: Any) -> Explanation:
        """The derivation of one number. Raises MultipolarError when no row has these keys."""
        for name in keys:
            if name not in self.dims:
                raise UnknownWord("key", name, self.dims)
        given = {k: _word(k, v) for k, v in keys.items()}
        row = self._row({**self.defaults, **self._only(given), **given})
        wanted = []
        for dim in self.dims:
            same = pl.col(dim) == row[dim]
            if dim == PLACE:
                inside = pl.col(dim).is_in(places.members(str(row[dim])))
                same = pl.when("whole").then(same).otherwise(inside)
            wanted.append(same)
        chosen = self.parts.filter(*wanted).group_by("role", "item").agg(pl.col(VALUES).sum())
        chosen = chosen.filter(pl.any_horizontal(pl.col(VALUES) != 0))
        parts = chosen.join(self.items, on="item", how="left", maintain_order="left")
        parts = parts.sort(
            "role", pl.col("value_high").abs(), "item", descending=[False, True, False]
        )
        used = [use.assumptions for use in self.uses if use.enters(row, parts["item"].to_list())]
        return Explanation(row, parts, tuple(n for names in used for n in names), self.evidence)

    def _only(self, given: dict[str, Any]) -> dict[str, Any]:
        """Words other than the defaults, of dimensions in which what is asked for has no choice."""
        same = [pl.col(name).cast(pl.String) == str(word) for name, word in given.items()]
        found = self.data.filter(pl.lit(True), *same)
        words: dict[str, Any] = {}
        for dim, word in self.defaults.items():
            left = found[dim].cast(pl.String).unique().to_list()
            if dim not in given and len(left) == 1 and left[0] != word:
                words[dim] = left[0]
        return words

    def _row(self, keys: dict[str, Any]) -> dict[str, Any]:
        """The one row with these keys; the first key that leaves none is what the error tells."""
        found = self.data
        fitting: dict[str, Any] = {}
        # A key that is known nowhere is told before one that does not go with the others.
        for name, value in keys.items():
            known = self.data[name].cast(pl.String).unique().to_list()
            if str(value) not in known:
                raise _nothing(name, value, known)
        for name, value in keys.items():
            left = found[name].cast(pl.String).unique().to_list()
            if str(value) not in left:
                raise _apart(name, value, left, fitting)
            found = found.filter(pl.col(name).cast(pl.String) == str(value))
            fitting[name] = value
        if found.height != 1:
            left = [dim for dim in self.dims if dim not in keys]
            example = " ".join(f"{dim}={found[dim][0]}" for dim in left)
            raise MultipolarError(f"{found.height} numbers have these keys: add {example}")
        return found.row(0, named=True)


@dataclass(frozen=True)
class Explanation:
    """One number of a figure with its parts, rows, sources and assumptions."""

    row: dict[str, Any]
    parts: pl.DataFrame
    uses: tuple[str, ...]
    evidence: Evidence

    def totals(self) -> dict[str, float]:
        """The three values added up again from the parts."""
        return {name: _ratio(self.parts, name) for name in VALUES}

    @property
    def records(self) -> list[str]:
        """Ids of the evidence rows used."""
        return _flat(self.parts["records"])

    @property
    def assumptions(self) -> list[str]:
        """Names of the assumptions used."""
        return sorted({*_flat(self.parts["assumptions"]), *self.uses})

    def corrections(self) -> pl.DataFrame:
        """Declared corrections of the rows used, with what the row said before in ``before``."""
        found = self.evidence.table("corrections").filter(
            pl.col("record").is_in([*self.records, *self.assumptions])
        )
        before = [
            _find(self.evidence.layered(row["table"]), [row["record"]])[row["field"]].cast(
                pl.String
            )[0]
            for row in found.iter_rows(named=True)
        ]
        return found.with_columns(pl.Series("before", before, pl.String))

    def assumed(self) -> pl.DataFrame:
        """The assumptions used, as rows of their table."""
        names = pl.col("assumption").is_in(self.assumptions)
        return self.evidence.table("assumptions").filter(names)

    def rows(self) -> dict[str, pl.DataFrame]:
        """The evidence rows used, by table."""
        wanted = dict.fromkeys(tables_of(self.parts["table"]), self.records)
        if self.row.get("domicile", ALL) != ALL:
            wanted["firms"] = _flat(self.parts["firms"])
        return {
            table: rows
            for table, ids in wanted.items()
            if not (rows := _find(self.evidence.table(table), ids)).is_empty()
        }

    @property
    def sources(self) -> list[Source]:
        """Everyone who said something that the number rests on, with those in between."""
        found = [s for rows in self.rows().values() for s in sources_of(rows)]
        found += sources_of(self.assumed()) + sources_of(self.corrections())
        return [source(id) for id in sorted(set(found))]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data, ready for JSON."""
        return {
            "key": {k: v for k, v in self.row.items() if k not in (*VALUES, "unit")},
            "number": {k: self.row[k] for k in (*VALUES, "unit")},
            "total_of_parts": self.totals(),
            "parts": self.parts.to_dicts(),
            "rows": {table: rows.to_dicts() for table, rows in self.rows().items()},
            "corrections": self.corrections().to_dicts(),
            "assumptions": self.assumed().to_dicts(),
            "sources": [asdict(source) for source in self.sources],
        }

    def to_json(self) -> str:
        """Everything as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)


def on_grid(expr: pl.Expr) -> pl.Expr:
    """The value moved to the grid on which sums are exact."""
    return (expr * GRID).round() / GRID


def add_up(parts: pl.DataFrame, dims: tuple[str, ...], groups: Iterable[str]) -> pl.DataFrame:
    """Totals of the parts for every country in them and for the groups named.

    Returns dims, value_low, value, value_high, sorted by dims. Ratios divide the sums.
    """
    single, summed = parts.filter("whole"), parts.filter(~pl.col("whole"))
    pairs = _membership(summed[PLACE].unique().to_list(), groups)
    summed = summed.join(pairs, on=PLACE).drop(PLACE).rename({"group": PLACE})
    parts = pl.concat([single, summed.select(single.columns)])
    below = pl.col("role") == "below"
    totals = parts.group_by(dims).agg(
        pl.col(VALUES).filter(~below).sum(),
        pl.col(VALUES).filter(below).sum().name.suffix("_below"),
        (pl.col("role") != "sum").any().alias("ratio"),
        (~below).any().alias("counted"),
    )
    divisors = [pl.col(f"{value}_below") for value in VALUES]
    is_number = ~pl.col("ratio") | pl.all_horizontal(divisor != 0 for divisor in divisors)
    divided = [
        pl.when("ratio").then(pl.col(v) / divisor).otherwise(pl.col(v)).alias(v)
        for v, divisor in zip(VALUES, divisors, strict=True)
    ]
    totals = totals.filter(pl.col("counted") & is_number)
    return totals.with_columns(divided).select(*dims, *VALUES).sort(dims)


def tables_of(named: Iterable[str]) -> list[str]:
    """The tables that items name, each once."""
    return sorted({table for names in set(named) for table in names.split("|")})


def sources_of(rows: pl.DataFrame) -> list[str]:
    """Ids of the sources of some rows and of those through whom they were read."""
    named = [rows[column] for column in ("source", "via") if column in rows.columns]
    return sorted({id for column in named for id in column.drop_nulls()})


def _find(rows: pl.DataFrame, records: list[str]) -> pl.DataFrame:
    return rows.filter(pl.col(rows.columns[0]).is_in(records))


def _membership(countries: list[str], groups: Iterable[str]) -> pl.DataFrame:
    pairs = [(country, country) for country in countries]
    pairs += [(member, group) for group in groups for member in places.members(group)]
    return pl.DataFrame(pairs, schema=[PLACE, "group"], orient="row").unique()


def _ratio(parts: pl.DataFrame, value: str) -> float:
    below = parts.filter(pl.col("role") == "below")
    total = float(parts.filter(pl.col("role") != "below")[value].sum())
    return total / float(below[value].sum()) if below.height else total


def _flat(lists: pl.Series) -> list[str]:
    return sorted({item for entry in lists.to_list() if entry for item in entry})


def _word(dim: str, value: Any) -> Any:
    return places.resolve(value) if dim in PLACES and value != ALL else value


def _nothing(dim: str, value: Any, known: list[str]) -> MultipolarError:
    """Why a figure has no number: a word that nobody knows, or a known one without evidence."""
    if not known:
        return MultipolarError("this figure is empty: nothing is on record")
    if dim in PLACES and value != ALL:
        return MultipolarError(f"no number for {places.name(str(value))} as {dim} in this figure")
    if all(word.lstrip("-").isdigit() for word in known) and str(value).isdigit():
        years = sorted(map(int, known))
        return MultipolarError(f"no number for {dim} {value}: there are {years[0]} to {years[-1]}")
    return UnknownWord(f"{dim} in this figure", value, known)


def _apart(dim: str, value: Any, left: list[str], fitting: dict[str, Any]) -> MultipolarError:
    """Each word is known in the figure, but they have no number together."""
    others = ", ".join(f"{name} {word}" for name, word in fitting.items() if word != ALL)
    shown = sorted(left)
    if all(word.lstrip("-").isdigit() for word in left):
        shown = sorted(left, key=int)
        there = shown[0] if len(shown) == 1 else f"{shown[0]} to {shown[-1]}"
    else:
        there = ", ".join(shown[:SHOWN]) + (" ..." if len(shown) > SHOWN else "")
    return MultipolarError(
        f"no number for {dim} {value} with {others} in this figure: there is {dim} {there}"
    )
