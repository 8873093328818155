"""What is told of a file of flows beside its rows: what is refused, how often, and what is odd."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from multipolar.evidence.scan import literal
from multipolar.readers.flow_head import Head
from multipolar.readers.flow_layout import Layout, Refusal
from multipolar.readers.table import normal
from multipolar.words import products
from multipolar.words.errors import Fault
from multipolar.words.files import read_rows

if TYPE_CHECKING:
    import duckdb

#: So many refused rows of one reason are told one by one; all are counted.
TOLD = 1000


@dataclass(frozen=True)
class Job:
    """A file that is being read: its tables lie as Parquet in ``folder``, not in memory."""

    con: duckdb.DuckDBPyConnection
    path: Path
    layout: Layout
    head: Head
    folder: Path

    def keep(self, name: str, query: str) -> None:
        """Write the rows of a query of ours and name them."""
        file = self.folder / f"{name}.parquet"
        self.con.sql(query).write_parquet(str(file))
        kept = self.con.read_parquet(literal(file), hive_partitioning=False)
        kept.create_view(name)

    def count(self, query: str) -> int:
        """The number that a query of ours gives."""
        return int(self.con.sql(query).fetchall()[0][0])


class Telling:
    """Counts what is refused and tells the first rows of each reason."""

    def __init__(self, job: Job, broken: list[int]) -> None:
        self.refused: dict[str, int] = {}
        self.told: list[Fault] = []
        self.kinds: list[tuple[Fault, int]] = []
        self._job = job
        # A row that broke is no row for DuckDB: those below it stand one line further down.
        self._above = [line - number for number, line in enumerate(broken, 1)]

    def tell(self, refusal: Refusal, shown: str, where: str) -> None:
        """Tell the rows of a query ``where``: relation and condition."""
        count = self._job.count(f"SELECT count(*) FROM {where}")  # noqa: S608
        if not count:
            return
        query = f"SELECT line, {shown} FROM {where} ORDER BY line LIMIT {TOLD}"  # noqa: S608
        faults = [
            self._fault(refusal, line, text) for line, text in self._job.con.sql(query).fetchall()
        ]
        self._add(refusal.problem.format("..."), faults, count)

    def broken(self, broken: list[tuple[int, int, str]]) -> None:
        """Tell the rows that are no rows of this table."""
        if broken:
            advice = "look at its quotes, separators and encoding"
            faults = [
                Fault(self._job.path.name, line, None, _spoilt(problem, many), advice)
                for line, many, problem in broken[:TOLD]
            ]
            self._add("a broken row", faults, sum(many for _, many, _ in broken))

    def _fault(self, refusal: Refusal, line: int, text: object) -> Fault:
        shown = self._line(text) if isinstance(text, int) else repr(text or "")
        problem = refusal.problem.format(shown)
        return Fault(
            self._job.path.name, self._line(line), refusal.column or None, problem, refusal.advice
        )

    def _line(self, line: int) -> int:
        return line + bisect_right(self._above, line - 1)

    def _add(self, kind: str, faults: list[Fault], count: int) -> None:
        self.refused[kind] = self.refused.get(kind, 0) + count
        self.told += faults
        self.kinds.append((faults[0], count))


def _spoilt(problem: str, lines: int) -> str:
    more = f" It takes {lines - 1:,} lines below with it." if lines > 1 else ""
    return problem.splitlines()[0] + more


def counted(fault: Fault, count: int) -> Fault:
    """A fault that tells how many rows are like it."""
    more = f" ({count:,} rows like this)" if count > 1 else ""
    return Fault(fault.file, fault.row, fault.column, fault.problem + more, fault.advice)


def misnamed(path: Path, found: Iterable[str]) -> tuple[str, ...]:
    """A remark where the name of a file tells one product and its rows others.

    >>> misnamed(Path("libattery_nodes_2018.csv"), ["850760"])
    ()
    """
    held, plain = sorted(found), normal(path.stem).replace("_", "")
    told = set(re.findall(r"(?<!\d)\d{6}(?!\d)", path.stem)) & set(products.products())
    names = read_rows("multipolar.readers", "product_names.csv")
    told |= {row["product"] for row in names if row["name"] in plain}
    if not told or told & set(held):
        return ()
    shown = ", ".join(f"{code} ({products.product(code).name or 'not named'})" for code in held[:3])
    more = f" and {len(held) - 3} more" if len(held) > 3 else ""
    said = ", ".join(sorted(told))
    return (f"its name says {said}, its rows hold {shown}{more}: stored as what they hold",)
