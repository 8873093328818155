"""CEPII, BACI: flows of a year that both partners' reports have been reconciled for.

Native files have values in thousand US$ and weights in tonnes; others pass them on with ISO codes
and values in US$, or as JSON with the largest flows of some materials. The codes of countries are
those of the trade statistics, not ISO 3166; a code file of the release may be given beside the data
(its columns have changed their names between releases). Values are FOB.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from multipolar.evidence.check import MAX_BYTES
from multipolar.readers.ember import load
from multipolar.readers.flow_areas import area, is_trade_code
from multipolar.readers.flow_layout import Layout, Refusal, hs_code
from multipolar.readers.flow_told import misnamed
from multipolar.readers.flows import FlowReader, Flows, read_flows
from multipolar.words.errors import MultipolarError
from multipolar.words.files import read_rows

SOURCE, WHAT = "cepii-baci", "a file of CEPII's BACI"
CODE_FILE = re.compile(r"(country|product)_codes.*\.csv", re.IGNORECASE)
RELEASE = re.compile(r"(?<![A-Za-z])V(20\d{2})(0[1-9]|1[0-2])(?![0-9])")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
#: Names of the columns of the code files, in all releases.
COUNTRY, ISO3 = ("country_code", "i"), ("country_iso3", "iso_3digit_alpha", "iso3")
PRODUCT = ("code", "hs6")

NATIVE = Layout(
    columns={
        "year": ("t",), "exporter": ("i",), "importer": ("j",), "code": ("k",),
        "thousands": ("v",), "tonnes": ("q",),
    },
    required=("year", "exporter", "importer", "code", "thousands"),
    product=hs_code("code"),
    month="CASE WHEN regexp_full_match(year, '[0-9]{4}') THEN year || '-12' END",
    months="12",
    reporter="exporter",
    partner="importer",
    exports="true",
    value="times(thousands, 1000)",
    weight="times(tonnes, 1000)",
    numbers=("thousands", "tonnes"),
    told_by="'both'",
    basis="'FOB'",
)  # fmt: skip
#: As others pass it on, with the year in the name of the file or in a column.
DOLLARS = replace(
    NATIVE,
    columns={
        "year": ("t", "year"), "exporter": ("i", "exporter", "from"),
        "importer": ("j", "importer", "to"), "code": ("cmd", "k", "hs6", "product"),
        "dollars": ("value",), "material": ("material",),
    },
    required=("year", "exporter", "importer", "code", "dollars"),
    value="num(dollars)",
    weight="CAST(NULL AS DOUBLE)",
    numbers=("dollars",),
    refusals=(
        Refusal(
            "material != '' AND code = ''", "material", "material", "no code is known for {}",
            "take the file with codes",
        ),
    ),
)  # fmt: skip


def read(path: Path, out: Path, released: str, codes: Sequence[Path] = ()) -> Flows:
    """Write the flows of a file to ``out``; ``codes`` are the code files given with it."""
    rows, release = None, _release(path.name)
    native = replace(NATIVE, places=_places(codes), products=_products(codes))
    dollars = replace(DOLLARS, places=native.places, products=native.products)
    if path.suffix.lower() == ".json":
        rows, said = _largest(path)
        release = release or _release(said)
    year = YEAR.search(RELEASE.sub("", path.stem))
    if year:
        dollars = replace(dollars, fixed={"year": year[1]})
    found = read_flows(
        path, out, (native, dollars), WHAT, SOURCE, released or release, rows=rows
    )  # fmt: skip
    remarks = [*found.remarks, *misnamed(path, found.products)]
    if codes:
        remarks.append(f"read with {', '.join(sorted(file.name for file in codes))}")
    if rows is not None:
        remarks.append("it holds the largest flows of each country, not all")
    return replace(found, remarks=tuple(remarks))


def is_code_file(path: Path) -> bool:
    """Whether a file lists the countries or products of a release, by its name."""
    return CODE_FILE.fullmatch(path.name) is not None


def _release(text: str) -> str:
    """The month of the release that a text names: V202601 is January 2026."""
    found = RELEASE.search(text.replace("_", " "))
    return f"{found[1]}-{found[2]}" if found else ""


def _largest(path: Path) -> tuple[pl.DataFrame, str]:
    """The flows of the materials of a JSON file by the codes behind them, and what it cites."""
    told = load(path, WHAT)
    if not isinstance(told, dict) or not isinstance(told.get("materials"), dict):
        raise MultipolarError(f"{path.name} is not {WHAT}: it has no year and materials")
    known = {row["material"]: row["product"] for row in read_rows(__package__, "materials.csv")}
    try:
        rows = [
            (told["year"], flow["from"], flow["to"], known.get(name, ""), flow["value"], name)
            for name, flows in told["materials"].items()
            for flow in flows
        ]
    except (TypeError, KeyError):
        advice = "each flow has from, to and value"
        raise MultipolarError(f"{path.name}: its flows have another form; {advice}") from None
    columns = ("year", "from", "to", "product", "value", "material")
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    frame = pl.DataFrame(texts, schema=dict.fromkeys(columns, pl.String), orient="row")
    return frame, str(told.get("source", ""))


def _places(codes: Sequence[Path]) -> dict[str, str]:
    """Places by code as the code files tell them; what they call no country is no place."""
    found = {}
    for file in codes:
        for row in _listed(file, "country"):
            code, iso = _cell(row, COUNTRY), _cell(row, ISO3)
            # Our own table has the codes that the statistics use in their own way.
            if code and not is_trade_code(code):
                found[code] = area(iso, {})[0] or ""
    return found


def _products(codes: Sequence[Path]) -> frozenset[str]:
    """The products that the code files list."""
    rows = (row for file in codes for row in _listed(file, "product"))
    return frozenset(_cell(row, PRODUCT).zfill(6) for row in rows if _cell(row, PRODUCT))


def _listed(file: Path, kind: str) -> list[dict[str, str]]:
    """The rows of a code file of one kind. Raises MultipolarError for another table."""
    if not file.name.lower().startswith(kind):
        return []
    try:
        if file.stat().st_size > MAX_BYTES:
            raise MultipolarError(f"{file.name} is larger than 200 MB: it is no code file")
        raw = file.read_bytes()
    except OSError as error:
        raise MultipolarError(f"cannot read {file}: {error.strerror}; check the path") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    wanted = (COUNTRY, ISO3) if kind == "country" else (PRODUCT,)
    if not rows or any(not set(names) & set(rows[0]) for names in wanted):
        columns = ", ".join(names[0] for names in wanted)
        raise MultipolarError(f"{file.name} is no code file of BACI: it has no {columns}")
    return rows


def _cell(row: dict[str, str], names: Sequence[str]) -> str:
    return next((row[name] or "" for name in names if name in row), "").strip()


READER = FlowReader(
    format="cepii-baci",
    reads="CEPII, BACI: a year of reconciled flows (CSV, Parquet), with its code files if you like",
    read=read,
    is_code_file=is_code_file,
)
