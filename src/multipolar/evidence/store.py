"""What is on record, as of a date, with corrections applied?

``Evidence`` layers a workspace over the bundled tables. Corrections are applied before rows are
filtered by date, so that a correction without a row always fails.
"""

from __future__ import annotations

from datetime import date
from functools import cache, cached_property
from pathlib import Path

import polars as pl

from multipolar.evidence.check import Known
from multipolar.evidence.dates import day_number, last_day
from multipolar.evidence.schemas import schema
from multipolar.evidence.sources import bibliography
from multipolar.evidence.workspace import Workspace
from multipolar.words.errors import EvidenceError, MultipolarError
from multipolar.words.files import folder

BUNDLED = "bundled"


class Evidence:
    """Every table as it stood at ``as_of`` (None: all that is known)."""

    def __init__(self, workspace: Path | None = None, as_of: date | None = None) -> None:
        if workspace is not None and workspace.exists() and not workspace.is_dir():
            raise MultipolarError(f"workspace {workspace} is not a folder; name a folder")
        self.workspace = Workspace(workspace) if workspace else None
        self.as_of = as_of
        self._tables: dict[str, pl.DataFrame] = {}
        self.left_out = ""

    def without(self, id: str) -> Evidence:
        """All evidence known today but for the rows of one import (none for an empty id)."""
        others = Evidence(self.workspace.path if self.workspace else None)
        others.left_out = id
        return others

    def table(self, name: str) -> pl.DataFrame:
        """Rows on record of a table, corrected; column ``origin`` says where a row came in.

        Raises UnknownWord for a table, EvidenceError for a correction that matches no row.
        """
        schema(name)
        if name not in self._tables:
            rows = self._corrected(name, self._layered(name, self.as_of))
            self._tables[name] = self._on_record(name, rows)
        return self._tables[name]

    def on_record(self, name: str) -> tuple[int, int]:
        """(rows on record at ``as_of``, rows known today)."""
        return self.table(name).height, self.layered(name).height

    @property
    def on_record_then(self) -> str:
        """How many rows of plants and of trade were on record at ``as_of``, in words.

        Of trade without those that lie in Parquet, which would have to be read.
        """
        then, now = self.on_record("plants")
        workspace = self.workspace.path if self.workspace else None
        flows, all_flows = (
            store.apart_from_parquet("trade").height for store in (self, Evidence(workspace))
        )
        files = self.workspace.parquets("trade", self.as_of) if self.workspace else {}
        apart = ", imported customs files apart" if files else ""
        return (
            f"{then:,} of {now:,} plant rows were on record, "
            f"{flows:,} of {all_flows:,} trade rows{apart}"
        )

    @property
    def year(self) -> int:
        """The year that counts as present: that of ``as_of``, or of the latest plant row."""
        years = self.layered("plants")["date"].str.slice(0, 4).cast(pl.Int64)
        day = min(self.as_of or date.today(), date.today())
        return min(day.year, int(max(years.to_list())))

    @cached_property
    def known(self) -> Known:
        """What imported rows may refer to."""
        rows = self.table("firms").to_dicts()
        firms = {row["firm"]: row["firm"] for row in rows}
        for row in rows:
            for spelling in spellings(row):
                firms.setdefault(spelling.casefold(), row["firm"])
        return Known(frozenset(bibliography()), firms)

    def reload(self) -> None:
        """Forget what was read, after the workspace has changed."""
        self._tables.clear()
        self.__dict__.pop("known", None)

    def layered(self, name: str) -> pl.DataFrame:
        """All rows of a table that are known today, before corrections."""
        return self._layered(name, None)

    def apart_from_parquet(self, name: str) -> pl.DataFrame:
        """The rows on record of a table but for those that lie in Parquet and are not corrected."""
        ids = self._corrections(name)["record"].to_list()
        rows = self._layered(name, self.as_of, ids)
        return self._on_record(name, self._corrected(name, rows))

    def _layered(
        self, name: str, as_of: date | None, of_parquet: list[str] | None = None
    ) -> pl.DataFrame:
        rows = bundled(name)
        if self.workspace is None:
            return rows
        mine = self.workspace.rows(name, self.left_out, as_of, of_parquet)
        # A file of others may hold what is bundled of it; its own reading counts.
        return pl.concat([rows.join(mine, on=schema(name).key, how="anti"), mine])

    def _corrections(self, name: str) -> pl.DataFrame:
        return self.table("corrections").filter(pl.col("table") == name)

    def _corrected(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        if name in ("corrections", "claims"):
            return rows
        for correction in self._corrections(name).iter_rows(named=True):
            problem = mismatch(rows, correction)
            if (
                not problem
                and self.as_of
                and day_number(correction["date"]) > self.as_of.toordinal()
            ):
                continue
            if problem:
                raise EvidenceError(f"corrections: {problem}; remove or mend the correction")
            rows = _apply(rows, name, correction)
        return rows

    def _on_record(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        dated = schema(name).dated
        if self.as_of is None or dated is None:
            return rows
        return rows.filter(last_day(dated) <= self.as_of)


@cache
def bundled(name: str) -> pl.DataFrame:
    """The rows of a table that ship with the package."""
    file = folder("multipolar.evidence", "data", f"{name}.csv")
    with file.open("rb") as stream:
        rows = pl.read_csv(stream, schema=schema(name).types)
    return rows.with_columns(pl.lit(BUNDLED).alias("origin"))


def mismatch(rows: pl.DataFrame, correction: dict[str, str]) -> str:
    """Why a correction fits no row, or an empty text."""
    name, record, field = correction["table"], correction["record"], correction["field"]
    if field not in schema(name).columns:
        return f"table {name} has no column {field!r}"
    if field in schema(name).key:
        return f"{field!r} is the id of a row of table {name} and cannot be corrected"
    if rows.filter(pl.col(schema(name).key[0]) == record).is_empty():
        return f"{record!r} matches no row of table {name}"
    return ""


def spellings(firm: dict[str, str]) -> list[str]:
    """Every way in which a firm may be written, its id first."""
    names = [firm["firm"], firm["name"], *(firm["aliases"] or "").split("|")]
    return [name for name in names if name]


def _apply(rows: pl.DataFrame, name: str, correction: dict[str, str]) -> pl.DataFrame:
    field, value = correction["field"], correction["value"]
    typed = pl.Series([value], dtype=pl.String).cast(schema(name).types[field], strict=False)
    if typed[0] is None and value:
        raise EvidenceError(f"corrections: {value!r} cannot be read as {field} of table {name}")
    here = pl.col(schema(name).key[0]) == correction["record"]
    corrected = pl.when(here).then(pl.lit(typed[0], typed.dtype)).otherwise(pl.col(field))
    return rows.with_columns(corrected.alias(field))
