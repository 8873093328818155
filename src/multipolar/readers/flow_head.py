"""How is a file of flows written: encoding, separator, header, decimal sign?

Only the beginning is looked at, so that files of any size cost the same.
"""

from __future__ import annotations

import codecs
import csv
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from multipolar.readers.table import HEADER_WITHIN, SEPARATORS, normal
from multipolar.words.errors import MultipolarError

BYTES = 256 * 1024
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Where the rows of a JSON text begin: of the text itself, or of what it calls data.
ARRAY = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*(?:\{.*?"data"\s*:\s*)?\[', re.DOTALL)

#: What a text is written in that is not UTF-8: Latin-1 with further signs.
WESTERN = "cp1252"

#: Columns by our name, each with the header names that it may go under.
Spellings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Head:
    """``skip`` lines stand above the header; ``first`` is the row below it.

    ``kind``: csv, parquet or json. ``encoding`` and ``separator`` are of a CSV file; ``array`` is
    the byte at which the array of a JSON file begins.
    """

    header: list[str]
    kind: str = "parquet"
    encoding: str = ""
    separator: str = ""
    skip: int = 0
    first: list[str] = field(default_factory=list)
    decimal_comma: bool = False
    array: int = 0


def heads(path: Path) -> list[Head]:
    """Every line near the beginning that may be the header, in the order of the file.

    Raises MultipolarError for a file that is no text table.
    """
    if path.suffix.lower() == ".parquet":
        return [Head(_parquet_columns(path))]
    try:
        with path.open("rb") as stream:
            raw = stream.read(BYTES)
    except OSError as error:
        raise MultipolarError(f"cannot read {path}: {error.strerror}; check the path") from None
    if path.suffix.lower() == ".json":
        return [_json(path, raw)]
    if b"\0" in raw and not raw.startswith(WIDE):
        raise MultipolarError(f"{path.name} is no text table: save it as CSV")
    encoding, text = _decoded(raw)
    lines = text.splitlines()
    found = []
    for separator in SEPARATORS:
        rows = [_cells(line, separator) for line in lines[:HEADER_WITHIN]]
        comma = separator in ";\t" and _decimal_comma(lines, separator)
        for skip, cells in enumerate(rows):
            if len(cells) > 1:
                below = rows[skip + 1] if skip + 1 < len(rows) else []
                found.append(Head(cells, "csv", encoding, separator, skip, below, comma))
    return found


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def positions(header: Iterable[str], columns: Spellings) -> dict[str, int]:
    """Where each of our columns stands in a header."""
    spelled = [normal(cell) for cell in header]
    found = {}
    for name, names in columns.items():
        known = [one for one in map(normal, names) if one in spelled]
        if known:
            found[name] = spelled.index(known[0])
    return found


def in_utf8(path: Path, head: Head, out: Path) -> None:
    """Make ``out`` the text in UTF-8: the file itself, or a copy."""
    if head.encoding == "utf-8":
        out.symlink_to(path.resolve())
        return
    with (
        path.open(encoding=head.encoding, errors="replace", newline="") as text,
        out.open("w", encoding="utf-8", newline="") as copy,
    ):
        shutil.copyfileobj(text, copy, BYTES)


def array_of(path: Path, head: Head, out: Path) -> None:
    """Write the array of a JSON file to ``out``, without what stands around it."""
    with path.open("rb") as stream, out.open("wb") as array:
        stream.seek(head.array)
        shutil.copyfileobj(stream, array)
    with out.open("r+b") as array:
        size = array.seek(0, os.SEEK_END)
        array.seek(max(0, size - BYTES))
        end = array.read().rfind(b"]")
        if end >= 0:
            array.truncate(max(0, size - BYTES) + end + 1)


def goes_on(path: Path, at: int) -> bool:
    """Whether further lines follow the one that begins at a byte of a text."""
    with path.open("rb") as stream:
        stream.seek(at)
        return b"\n" in stream.read(BYTES).rstrip()


def lines_of(path: Path) -> int:
    """How many lines a text has."""
    with path.open("rb") as stream:
        count = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    return count + is_cut_off(path)


def is_cut_off(path: Path) -> bool:
    """Whether the last line of a text does not end."""
    with path.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - 2))
        return not stream.read().strip(b"\0").endswith((b"\n", b"\r"))


def _json(path: Path, raw: bytes) -> Head:
    """The names of the first object of an array. Raises MultipolarError where there is none."""
    found = ARRAY.match(raw)
    text = raw[found.end() :].decode("utf-8", errors="replace").lstrip() if found else ""
    try:
        first, _ = json.JSONDecoder().raw_decode(text)
        if not isinstance(first, dict):
            raise ValueError
    except (ValueError, RecursionError):
        advice = "ask the publisher for the data again"
        raise MultipolarError(f"{path.name} holds no rows of data as JSON: {advice}") from None
    return Head([str(name) for name in first], "json", array=found.end() - 1 if found else 0)


def _decoded(raw: bytes) -> tuple[str, str]:
    """The encoding and the text."""
    if raw.startswith(WIDE):
        return "utf-16", raw[: len(raw) // 2 * 2].decode("utf-16", errors="replace")
    try:
        return "utf-8", codecs.getincrementaldecoder("utf-8-sig")().decode(raw)
    except UnicodeDecodeError:
        return WESTERN, raw.decode(WESTERN, errors="replace")


#: Cells whose comma can only be a decimal sign.
DECIMAL = re.compile(r'"?-?(?:\d+,(?:\d{1,2}|\d{4,})|\d{1,3}(?:\.\d{3})+,\d+)"?')
GROUPED = re.compile(r'"?-?\d{1,3}(?:\.\d{3}){2,}"?')


def _decimal_comma(lines: list[str], separator: str) -> bool:
    """Whether commas are decimal signs, as some cell shows: 12,5 or 1.234,567 or 1.234.567."""
    cells = (cell.strip() for line in lines[1:] for cell in line.split(separator))
    return any(DECIMAL.fullmatch(cell) or GROUPED.fullmatch(cell) for cell in cells)


def _parquet_columns(path: Path) -> list[str]:
    try:
        return list(pl.read_parquet_schema(path))
    except (OSError, pl.exceptions.PolarsError):
        raise MultipolarError(f"{path.name} cannot be read as Parquet: check the file") from None
