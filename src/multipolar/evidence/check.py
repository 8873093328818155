"""Is this file a table that we can trust to be read as it was meant?

Every fault is found in one pass and told with file, row, column and what to do; a file with one
fault is refused whole. Words are checked against their vocabularies once per distinct word.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from multipolar.evidence.dates import is_partial_date
from multipolar.evidence.schemas import POLARS_TYPES, Field, Measure, Schema
from multipolar.words import chemistries, places, units, vocabularies
from multipolar.words.errors import Fault, FaultyInput, MultipolarError, UnknownWord

#: Larger files are not hand-made tables; refusing them bounds memory.
MAX_BYTES = 200 * 1024 * 1024
#: A hundred percent, with room for rounding.
WHOLE = 100.000001
#: So many faults of one kind in one column are listed before the rest is counted.
LISTED = 200


@dataclass(frozen=True)
class Known:
    """What a file may refer to: ids of sources, and firms by id or any spelling."""

    sources: frozenset[str]
    firms: dict[str, str]


def check_file(path: Path, schema: Schema, known: Known) -> pl.DataFrame:
    """The typed rows of a CSV file, with the line of each in the column ``row``.

    Raises FaultyInput with every fault of the file.
    """
    faults: list[Fault] = []
    text = decode(path, faults)
    frame = _read(text, path.name, schema, faults) if text is not None else None
    if frame is None:
        raise FaultyInput(_bounded(faults))
    table = _typed(frame, path.name, schema, known, faults)
    if faults:
        raise FaultyInput(_bounded(faults))
    return table


def check_row(
    values: dict[str, str], schema: Schema, known: Known
) -> tuple[dict[str, Any], list[Fault]]:
    """One row, given as text: its typed values, and everything that is wrong with it."""
    faults: list[Fault] = []
    cells = {name: values.get(name, "") for name in schema.columns}
    frame = pl.DataFrame(
        {**cells, "row": 0}, schema={**dict.fromkeys(cells, pl.String), "row": pl.Int64}
    )
    return _typed(frame, "", schema, known, faults).row(0, named=True), faults


def check_rows(
    frame: pl.DataFrame, file: str, schema: Schema, known: Known
) -> tuple[pl.DataFrame, list[Fault]]:
    """Rows of text with their numbers in the column ``row``: typed, and all faults by row number.

    Columns of the table that the frame has not are blank.
    """
    faults: list[Fault] = []
    blank = [pl.lit("").alias(name) for name in schema.columns if name not in frame.columns]
    return _typed(frame.with_columns(blank), file, schema, known, faults), faults


def _typed(
    frame: pl.DataFrame, file: str, schema: Schema, known: Known, faults: list[Fault]
) -> pl.DataFrame:
    """Text cells as the types, canonical words and base units of a table."""
    typed = [_column(frame, field, file, known, faults) for field in schema.fields]
    table = pl.DataFrame([*typed, frame["row"]])
    for measure in schema.measures:
        unread = table.filter(pl.col(measure.unit).is_null() & (frame[measure.unit] != ""))["row"]
        table = _to_base_unit(table, measure, file, set(unread), faults)
    _check_order(table, file, faults)
    _check_key(table, schema.key, file, faults)
    return table


def _bounded(faults: list[Fault]) -> list[Fault]:
    """Faults in the order of the file; of many alike the first are told and the rest counted."""
    alike: dict[tuple[str | None, str], list[Fault]] = {}
    for fault in sorted(faults, key=lambda fault: (fault.row or 0, fault.column or "")):
        alike.setdefault((fault.column, fault.advice), []).append(fault)
    told = [fault for group in alike.values() for fault in group[:LISTED]]
    for (column, advice), group in alike.items():
        if len(group) > LISTED:
            rest = f"and {len(group) - LISTED:,} more rows like these"
            told.append(Fault(group[0].file, None, column, rest, advice))
    return sorted(told, key=lambda fault: (fault.row is None, fault.row or 0, fault.column or ""))


def decode(path: Path, faults: list[Fault]) -> str | None:
    """The text of a file of bounded size in UTF-8, or None and a fault. Raises MultipolarError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            advice = "split it into smaller files"
            faults.append(Fault(path.name, None, None, "larger than 200 MB", advice))
            return None
        raw = path.read_bytes()
    except OSError as error:
        raise MultipolarError(f"cannot read {path}: {error.strerror}; check the path") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        problem = f"byte {raw[error.start]:#04x} is not UTF-8"
        faults.append(Fault(path.name, row, None, problem, "save the file with encoding UTF-8"))
        return None


def _read(text: str, file: str, schema: Schema, faults: list[Fault]) -> pl.DataFrame | None:
    """All cells as text, one column per header name and ``row`` as the file counts them."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        if not _check_header(header, file, schema, faults):
            return None
        body, numbers = [], []
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problem = f"{len(cells)} cells where the header has {len(header)}"
                advice = "put cells that hold a comma in quotes"
                faults.append(Fault(file, rows.line_num, None, problem, advice))
                continue
            body.append([cell.strip() for cell in cells])
            numbers.append(rows.line_num)
    except csv.Error as error:
        advice = "check quotes and line ends near this row"
        faults.append(Fault(file, rows.line_num, None, f"not readable as CSV ({error})", advice))
        return None
    columns = {
        name: pl.Series(name, [r[i] for r in body], pl.String) for i, name in enumerate(header)
    }
    return pl.DataFrame({**columns, "row": pl.Series("row", numbers, pl.Int64)}).with_columns(
        pl.lit("").alias(name) for name in schema.columns if name not in header
    )


def _check_header(header: list[str], file: str, schema: Schema, faults: list[Fault]) -> bool:
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        advice = "separate columns by commas"
        faults.append(Fault(file, 1, None, "columns are not separated by commas", advice))
        return False
    for name in sorted({name for name in header if header.count(name) > 1}):
        faults.append(Fault(file, 1, name, "column stands twice", "keep one of them"))
    for name in header:
        if name not in schema.columns:
            advice = f"{UnknownWord('column', name, schema.columns)}"
            faults.append(Fault(file, 1, name, f"no such column in table {schema.name}", advice))
    for field in schema.fields:
        if field.required and field.name not in header:
            advice = f"add it ({field.description.lower()}); see: multipolar template {schema.name}"
            faults.append(Fault(file, 1, field.name, "column is missing", advice))
    return not any(header.count(name) > 1 for name in header)


def _column(
    frame: pl.DataFrame, field: Field, file: str, known: Known, faults: list[Fault]
) -> pl.Series:
    """One column as its type; what cannot be read becomes a fault and a null."""
    text, limits = pl.col(field.name), field.constraints

    def fault(bad: pl.Expr, problem: str, advice: str) -> None:
        for row, cell in frame.filter(bad).select("row", field.name).rows():
            faults.append(Fault(file, row, field.name, problem.format(cell), advice))

    filled = text != ""
    if field.required:
        fault(~filled, "empty", f"fill in: {field.description.lower()}")
    if limits.get("unique"):
        fault(filled & text.is_duplicated(), "duplicate id {!r}", "give every row an id of its own")
    if "pattern" in limits:
        form = f"use the form {limits['pattern']}"
        fault(filled & ~text.str.contains(f"^(?:{limits['pattern']})$"), "{!r} is malformed", form)
    if "enum" in limits:
        fault(
            filled & ~text.is_in(limits["enum"]),
            "unknown word {!r}",
            f"use one of {', '.join(limits['enum'])}",
        )
    if field.vocabulary:
        return _words(frame, field, _resolver(field.vocabulary, known), fault)
    if field.type == "date":
        wrong = [word for word in frame[field.name].unique() if word and not is_partial_date(word)]
        fault(text.is_in(wrong), "{!r} is not a date", "write YYYY, YYYY-MM or YYYY-MM-DD")
    if field.type in ("number", "integer"):
        value = text.cast(POLARS_TYPES[field.type], strict=False)
        finite = value.cast(pl.Float64).is_finite()
        kind = "whole number" if field.type == "integer" else "number"
        unreadable = value.is_null() | ~finite
        fault(filled & unreadable, f"{{!r}} is not a {kind}", "use digits with a decimal point")
        if "minimum" in limits:
            low = limits["minimum"]
            problem = "negative value {!r}" if low == 0 else f"{{!r}} is below {low}"
            fault(finite & (value < low), problem, f"the value must be at least {low}")
        if "maximum" in limits:
            high = limits["maximum"]
            fault(finite & (value > high), f"{{!r}} is above {high}", "check the unit")
        return frame.select(value.alias(field.name)).to_series()
    return frame.select(pl.when(filled).then(text).alias(field.name)).to_series()


def _words(
    frame: pl.DataFrame,
    field: Field,
    resolve: Callable[[str], str],
    fault: Callable[[pl.Expr, str, str], None],
) -> pl.Series:
    """A column of words, each replaced by its canonical form."""
    canonical: dict[str, str | None] = {"": None}
    unknown = 0
    for word in frame[field.name].unique(maintain_order=True):
        if not word:
            continue
        try:
            canonical[word] = resolve(word)
        except MultipolarError as error:
            canonical[word] = None
            unknown += 1
            # Near words cost time; a file full of unknown words does not need them all.
            problem, advice = _told(error) if unknown <= LISTED else (f"{word!r} too", "see above")
            fault(pl.col(field.name) == word, problem.replace("{", "{{").replace("}", "}}"), advice)
    return frame[field.name].replace_strict(canonical, return_dtype=pl.String)


def _told(error: MultipolarError) -> tuple[str, str]:
    """Problem and advice of an error about one word."""
    if isinstance(error, UnknownWord):
        return error.problem, error.advice
    problem, _, advice = str(error).partition(": ")
    return problem, advice


def canonical(vocabulary: str, word: str, known: Known) -> str:
    """A word in its one spelling; text of no vocabulary as it is. Raises UnknownWord."""
    return _resolver(vocabulary, known)(word) if vocabulary else word


def allowed(field: Field, table: Schema) -> list[str]:
    """The words that a column of a table takes, where these are few."""
    for measure in (measure for measure in table.measures if measure.unit == field.name):
        known = units.units().items()
        return [unit for unit, (quantity, _) in known if quantity in measure.quantities]
    lists = {row["vocabulary"] for row in vocabularies.rows()}
    if field.vocabulary in lists:
        return list(vocabularies.words(field.vocabulary))
    return list(field.constraints.get("enum", ()))


def _resolver(vocabulary: str, known: Known) -> Callable[[str], str]:
    """The function that turns a word of a vocabulary into its canonical form or raises."""
    special: dict[str, Callable[[str], str]] = {
        "place": places.resolve,
        "country": _country,
        "mix": _mix,
        "unit": _unit,
        "source": lambda text: _source(text, known.sources),
        "firm": lambda text: _firm(text, known.firms),
        "owners": lambda text: _owners(text, known.firms),
    }
    return special.get(vocabulary) or (lambda text: _listed(text, vocabulary))


def _listed(text: str, vocabulary: str) -> str:
    allowed = vocabularies.words(vocabulary)
    if text not in allowed:
        raise UnknownWord(vocabulary.replace("_", " "), text, allowed)
    return text


def _country(text: str) -> str:
    try:
        place = places.resolve(text)
    except UnknownWord:
        names = [*places.countries(), *places.countries().values()]
        raise UnknownWord("country", text, names) from None
    if place not in places.countries():
        raise MultipolarError(f"{place} is a group: name a country")
    return place


def _unit(text: str) -> str:
    if text not in units.units():
        raise UnknownWord("unit", text, units.units())
    return text


def _mix(text: str) -> str:
    for part in text.split("|"):
        chemistries.get(part.partition(":")[0])
    _shares(text)
    return text


def _owners(text: str, firms: dict[str, str]) -> str:
    _shares(text)
    parts = (part.rpartition(":") if ":" in part else (part, ":", "") for part in text.split("|"))
    return "|".join(f"{_firm(owner, firms)}:{share}" for owner, _, share in parts)


def _shares(text: str) -> None:
    """Shares are percentages that do not add up to more than the whole."""
    total = 0.0
    for part in text.split("|"):
        share = part.rpartition(":")[2] if ":" in part else ""
        try:
            percent = float(share or 0)
        except ValueError:
            raise MultipolarError(f"share {share!r} is not a number: write name:percent") from None
        if not 0 <= percent <= WHOLE:
            raise MultipolarError(f"share {share!r} is no percentage: write a number from 0 to 100")
        total += percent
    if total > WHOLE:
        raise MultipolarError(f"shares add up to {total:g} percent: they must not exceed 100")


def _firm(text: str, firms: dict[str, str]) -> str:
    if text.casefold() not in firms:
        raise UnknownWord("firm", text, sorted(set(firms.values())))
    return firms[text.casefold()]


def _source(text: str, sources: frozenset[str]) -> str:
    """An id of the bibliography, or a citation of the user's own (an address, or several words)."""
    if text in sources or "://" in text or " " in text:
        return text
    raise UnknownWord("source", text, sources)


def _to_base_unit(
    table: pl.DataFrame, measure: Measure, file: str, unread: set[int], faults: list[Fault]
) -> pl.DataFrame:
    """Values in the base unit of their quantity, with the unit column renamed to match.

    ``unread``: lines whose unit nobody knows, which has been said already.
    """
    has_value = pl.any_horizontal(pl.col(name).is_not_null() for name in measure.values)
    rows = table.filter(has_value).select("row", measure.unit).rows()
    if measure.required:
        for row in table.filter(~has_value)["row"]:
            problem = f"no value in {', '.join(measure.values)}"
            faults.append(Fault(file, row, measure.values[0], problem, "fill in one of them"))
    allowed = [u for u, (quantity, _) in units.units().items() if quantity in measure.quantities]
    for row, unit in rows:
        if row in unread:
            continue
        if unit is None:
            advice = f"fill in one of {', '.join(allowed)}"
            faults.append(Fault(file, row, measure.unit, "value without a unit", advice))
        elif unit not in allowed:
            problem = f"wrong unit {unit!r} for {', '.join(measure.values)}"
            advice = f"use one of {', '.join(allowed)}"
            faults.append(Fault(file, row, measure.unit, problem, advice))
    renamed = {unit: units.base(unit) for unit in allowed}
    factors = {unit: units.factor(unit, base) for unit, base in renamed.items()}
    scale = pl.col(measure.unit).replace_strict(factors, default=1.0, return_dtype=pl.Float64)
    return table.with_columns(pl.col(name) * scale for name in measure.values).with_columns(
        pl.col(measure.unit).replace(renamed)
    )


def _check_order(table: pl.DataFrame, file: str, faults: list[Fault]) -> None:
    """low <= central <= high wherever a table has a range."""
    if not {"low", "central", "high"} <= set(table.columns):
        return
    wrong = (pl.col("low") > pl.col("central")) | (pl.col("central") > pl.col("high"))
    wrong = wrong | (pl.col("low") > pl.col("high"))
    for row in table.filter(wrong)["row"]:
        advice = "order the values as low, central, high"
        faults.append(Fault(file, row, "central", "range is not in order", advice))


def _check_key(table: pl.DataFrame, key: tuple[str, ...], file: str, faults: list[Fault]) -> None:
    """A key of several columns names one row; a key of one column is checked as unique."""
    if len(key) == 1:
        return
    twice = table.filter(
        pl.struct(key).is_duplicated() & pl.all_horizontal(pl.col(key).is_not_null())
    )
    for row, *ids in twice.select("row", *key).rows():
        advice = "keep one of the rows"
        faults.append(Fault(file, row, "+".join(key), f"duplicate {'/'.join(ids)!r}", advice))
