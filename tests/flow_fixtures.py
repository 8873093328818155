"""Shared by the tests of flows: read a file as its reader does, or bring it into a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from multipolar.bring import bring
from multipolar.evidence.store import Evidence
from multipolar.readers.flows import Flows
from multipolar.readers.registry import readers

FLOWS = Path(__file__).parent / "fixtures" / "flows"
#: Columns of a plain extract of UN Comtrade, and two good rows.
HEADER = "year,reporter,partner,cmd,flow,value,netwgt\n"
GOOD = "2022,156,842,850760,X,100.5,20\n2022,156,276,850760,X,200,40\n"


@dataclass(frozen=True)
class ReadFlows:
    """What a reader made of a file, with its rows."""

    flows: Flows
    rows: pl.DataFrame

    def only(self, **told) -> dict:
        """The one row with these cells."""
        return self.rows.row(by_predicate=pl.all_horizontal(*self._where(told)), named=True)

    def total(self, column, **told) -> float:
        """The sum of a column over the rows with these cells."""
        return self.rows.filter(*self._where(told))[column].sum()

    @staticmethod
    def _where(told):
        return [pl.col(name) == cell for name, cell in told.items()]

    @property
    def problems(self) -> dict[int, str]:
        return {fault.row: fault.problem for fault in self.flows.told}


def read_file(format, path, released="", codes=()) -> ReadFlows:
    """The rows of a file; what is stored and what is refused make up the whole."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "rows.parquet"
        found = readers()[format].read(Path(path), out, released, tuple(codes))
        rows = pl.read_parquet(out, glob=False)
        assert [file.name for file in Path(folder).iterdir()] == [out.name], "it leaves no more"
    assert found.rows == rows.height == rows["record"].n_unique()
    assert found.rows + sum(found.refused.values()) == found.statements >= found.lines
    return ReadFlows(found, rows)


def comtrade(folder, content, name="file.csv") -> ReadFlows:
    """The rows of a file of UN Comtrade with this content."""
    file = Path(folder) / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file("un-comtrade", file)


def brought(workspace, format, *files, released=""):
    """Import files into a workspace."""
    return bring(Evidence(workspace), format, list(files), released=released)


def on_record(workspace, as_of=None, where="true") -> pl.DataFrame:
    """The imported rows of trade, as the models see them."""
    import duckdb

    from multipolar.evidence.scan import scan

    con = duckdb.connect()
    try:
        found = scan(Evidence(workspace, as_of), "trade", con, where)
        return found.pl().filter(pl.col("origin") != "bundled")
    finally:
        con.close()
