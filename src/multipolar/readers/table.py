"""Which cells does somebody's table hold, whatever its encoding, separator and title lines?

The header is the first line that holds the columns that a reader asks for, in any order, under any
of their names. A line that cannot be read costs itself and no other line.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from multipolar.evidence.check import MAX_BYTES, decode
from multipolar.words.errors import Fault, FaultyInput, MultipolarError

SEPARATORS = (",", ";", "\t", "|")
#: The header has to stand among the first so many lines.
HEADER_WITHIN = 60
#: Cells that say that nothing is given.
BLANK = frozenset({"", "-", "–", "—", "n/a", "na", "n.a.", "tbd", "null", "none", "nan", "#n/a"})

#: Columns by the name that a reader uses, each with the header names that it may go under.
Columns = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Line:
    """One row: its number in the file, all its cells, and those that a reader asks for by name."""

    number: int
    texts: tuple[str, ...]
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell of a column; blank where the file has no such column or says nothing there."""
        text = self.cells.get(column, "")
        return "" if text.casefold() in BLANK else text


@dataclass(frozen=True)
class Table:
    """The readable lines of a file, and a fault for each of the others.

    ``title``: cells of the lines before the header. ``decimal_comma``: 12,5 is twelve and a half.
    """

    file: str
    header: tuple[str, ...]
    has: frozenset[str]
    lines: list[Line]
    broken: list[Fault]
    title: list[list[str]]
    decimal_comma: bool


def read_table(
    path: Path,
    columns: Columns,
    required: Iterable[str],
    what: str,
    encodings: Iterable[str] = (),
) -> Table:
    """The table in a CSV or XLSX file whose header holds the required columns.

    ``encodings``: those in which the publisher writes beside UTF-8. Raises MultipolarError where no
    line is such a header, FaultyInput where the file cannot be decoded.
    """
    needed = list(required)
    missing, best = needed, ""
    for separator, records in attempts(path, encodings):
        title: list[list[str]] = []
        for record in records:
            names = [normal(cell) for cell in record.cells]
            found = _places(names, columns)
            if all(name in found for name in needed):
                return _table(path.name, record.cells, found, records, title, separator)
            lacking = [name for name in needed if name not in found]
            if len(lacking) < len(missing):
                missing, best = lacking, f"; its line {record.number} comes near"
            title.append(record.cells)
            if len(title) >= HEADER_WITHIN:
                break
    wanted = ", ".join(columns[name][0] for name in missing)
    advice = "see multipolar formats; any other list: multipolar import columns FILE"
    raise MultipolarError(f"{path.name} is not {what}: no header with {wanted}{best}; {advice}")


def normal(name: str) -> str:
    """A header name in one spelling: small letters, words joined by underscores."""
    return "_".join(re.findall(r"[^\W_]+", name.casefold()))


@dataclass(frozen=True)
class Record:
    """One row as it stands in the file: cells, or blank cells and what is wrong with it."""

    number: int
    cells: list[str]
    problem: str = ""


class Records:
    """The rows of a file, one after the other; ``width`` may be set once the header is known."""

    def __init__(
        self, rows: Iterable[list[str]] | None = None, text: str = "", separator: str = ""
    ):
        self.width = 0
        self._found = self._of_cells(rows) if rows is not None else self._of_text(text, separator)

    def __iter__(self) -> Iterator[Record]:
        return self._found

    def _of_cells(self, rows: Iterable[list[str]]) -> Iterator[Record]:
        for number, cells in enumerate(rows, 1):
            if any(cells):
                yield Record(number, cells)

    def _of_text(self, text: str, separator: str) -> Iterator[Record]:
        """Rows of a CSV file; a quote that is not closed spoils its own line only."""
        lines = list(io.StringIO(text, newline=""))
        at = 0
        while at < len(lines):
            end, cells = at + 1, _cells(lines[at], separator)
            if lines[at].count('"') % 2 and not self._whole(lines[at], separator):
                while end < len(lines) and lines[end].count('"') % 2 == 0:
                    end += 1
                end = min(end + 1, len(lines))
                cells = _cells("".join(lines[at:end]), separator)
                if self.width and not self._fits(cells):
                    end, cells = at + 1, None
            if cells is None:
                problem = "a quote is not closed, or the line cannot be read as CSV"
                yield Record(at + 1, [], problem)
            elif any(cells):
                yield Record(at + 1, cells)
            at = end

    def _whole(self, line: str, separator: str) -> bool:
        """Whether a line with an odd number of quotes is a row of its own."""
        try:
            cells = next(csv.reader([line], delimiter=separator, strict=True), None)
        except csv.Error:
            return False
        return not self.width or self._fits(cells)

    def _fits(self, cells: list[str] | None) -> bool:
        return cells is not None and len(_trimmed(cells, self.width)) == self.width


def attempts(path: Path, encodings: Iterable[str] = ()) -> Iterator[tuple[str, Records]]:
    """The rows of a file, for each separator that it may have."""
    if is_workbook(path):
        for rows in sheets(path):
            yield "", Records(rows=rows)
        return
    text = read_text(path, encodings)
    for separator in SEPARATORS:
        if separator in text:
            yield separator, Records(text=text, separator=separator)


def read_text(path: Path, encodings: Iterable[str] = ()) -> str:
    """The text of a file in UTF-8 or one of the encodings. Raises FaultyInput; above 200 MB too."""
    faults: list[Fault] = []
    text = decode(path, faults)
    if text is not None:
        return text
    if path.stat().st_size <= MAX_BYTES:
        for encoding in encodings:
            with suppress(UnicodeDecodeError):
                return path.read_bytes().decode(encoding)
    raise FaultyInput(faults)


def is_workbook(path: Path) -> bool:
    """Whether the name says that the file is a workbook."""
    return path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods")


def sheets(path: Path) -> Iterator[list[list[str]]]:
    """The cells of each sheet of a workbook as text. Raises FaultyInput."""
    import fastexcel

    advice = "save it as CSV with encoding UTF-8"
    try:
        if path.stat().st_size > MAX_BYTES or _unpacked(path) > MAX_BYTES:
            raise FaultyInput([Fault(path.name, None, None, "larger than 200 MB", advice)])
    except OSError as error:
        raise MultipolarError(f"cannot read {path}: {error.strerror}; check the path") from None
    try:
        book = fastexcel.read_excel(path)
        for name in book.sheet_names:
            frame = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
            yield [[_of_workbook(cell) for cell in row] for row in frame.iter_rows()]
    except (fastexcel.FastExcelError, ValueError):
        problem = "cannot be read as a workbook"
        raise FaultyInput([Fault(path.name, None, None, problem, advice)]) from None


def _unpacked(path: Path) -> int:
    """Bytes that a workbook takes once unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        return 0


def _of_workbook(cell: str | None) -> str:
    """A cell as text; a day comes without its midnight."""
    return (cell or "").strip().removesuffix(" 00:00:00")


def _cells(text: str, separator: str) -> list[str] | None:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return None
    return [cell.strip() for cell in rows[0]] if len(rows) == 1 else None


def _places(names: list[str], columns: Columns) -> dict[str, int]:
    """Where each column stands in a header."""
    found = {}
    for column, spellings in columns.items():
        where = [names.index(name) for name in map(normal, spellings) if name in names]
        if where:
            found[column] = where[0]
    return found


def _table(
    file: str,
    header: list[str],
    places: dict[str, int],
    records: Records,
    title: list[list[str]],
    separator: str,
) -> Table:
    width = records.width = len(_trimmed(header, 0))
    lines: list[Line] = []
    broken: list[Fault] = []
    advice = "look at its quotes and separators"
    for record in records:
        cells = _trimmed(record.cells, width)
        if not separator:
            cells = [*cells, *[""] * (width - len(cells))]
        problem = record.problem
        if not problem and len(cells) != width:
            problem = f"{len(cells)} cells where the header has {width}"
        if problem:
            broken.append(Fault(file, record.number, None, problem, advice))
        else:
            named = {name: cells[at] for name, at in places.items()}
            lines.append(Line(record.number, tuple(cells), named))
    comma = separator in (";", "\t") and any(
        re.fullmatch(r"-?\d+,\d{1,2}", cell) for line in lines for cell in line.texts
    )
    trimmed = tuple(_trimmed(header, 0))
    return Table(file, trimmed, frozenset(places), lines, broken, title, comma)


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Cells without the blank ones beyond the width of the header."""
    end = len(cells)
    while end > width and not cells[end - 1]:
        end -= 1
    return cells[:end]
