"""Anybody's table of trade flows through a map of its columns, of any size.

A map names our columns: ``product`` (code of the Harmonised System, 6 digits at most), ``period``
(or ``year`` and ``month``), either ``exporter``, ``importer`` and who tells (``told_by``) or
``reporter``, ``partner`` and ``flow`` (export or import), ``value`` and ``weight`` with units.
Values in another currency become US$ at the European Central Bank's mean rate of the month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from multipolar.readers.flow_head import Head, heads
from multipolar.readers.flow_layout import MONTHS_OF, YEAR_OR_MONTH, Layout, Refusal, hs_code
from multipolar.readers.flow_told import misnamed
from multipolar.readers.flows import Flows, read_flows
from multipolar.readers.table import normal
from multipolar.words import money
from multipolar.words.errors import MultipolarError
from multipolar.words.files import read_rows
from multipolar.words.vocabularies import words as vocabulary

#: Columns that a map of flows may name, and what may hold for every row besides.
COLUMNS = (
    "product", "period", "year", "month", "exporter", "importer", "reporter", "partner", "flow",
    "value", "weight",
)  # fmt: skip
FIXED = ("told_by", "value_unit", "weight_unit", "source", "confidence")
#: Columns whose words a table often has of its own.
TAUGHT = ("flow", "exporter", "importer", "reporter", "partner", "product")
SIZES = {"": 1, "thousand ": 1000, "million ": 1_000_000, "billion ": 1_000_000_000}
KILOGRAMS = {"kg": 1, "t": 1000, "kt": 1_000_000}
FLOWS = {
    "x": "export", "export": "export", "exports": "export", "exp": "export", "e": "export",
    "m": "import", "import": "import", "imports": "import", "imp": "import", "i": "import",
}  # fmt: skip
MONEY = re.compile(r"(thousand |million |billion |)(US\$|[A-Z]{3})")

# Also 2024M03, 2024-M3 and a year and a month apart.
_TIME = (
    "CASE WHEN period = '' THEN year || CASE WHEN month != '' THEN lpad(month, 2, '0') ELSE '' END "
    "ELSE regexp_replace(period, '^([0-9]{4})-?M([0-9]{2})$', '\\1\\2') END"
)
_MONTH, _MONTHS = YEAR_OR_MONTH.format("time"), MONTHS_OF.format("time")
_ENTRIES = f"SELECT * FROM (SELECT *, {_TIME} AS time FROM lines)"  # noqa: S608
_AT_RATES = f" LEFT JOIN rates ON rates.month_of = {_MONTH} AND rates.months_of = {_MONTHS}"


@dataclass(frozen=True)
class FlowMap:
    """What a map of columns says of a table of flows; see ``ColumnMap``."""

    name: str
    columns: Mapping[str, str]
    fixed: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def has(self, column: str) -> bool:
        """Whether the map says where a column comes from."""
        return bool(self.columns.get(column) or self.fixed.get(column))

    @property
    def missing(self) -> list[str]:
        """What the map has to say and does not yet."""
        reports = any(self.has(name) for name in ("reporter", "partner", "flow"))
        needed = ["reporter", "partner", "flow"] if reports else ["exporter", "importer", "told_by"]
        needed += ["product", "source"]
        needed += ["period"] if not self.has("year") else []
        needed += [f"{name}_unit" for name in ("value", "weight") if self.has(name)]
        needed += ["value"] if not self.has("weight") else []
        return [name for name in needed if not self.has(name)]


def flow_head(path: Path) -> Head | None:
    """The header of a table of flows, or None where no line looks like one."""
    try:
        lines = heads(path)
    except MultipolarError:
        return None
    known = [(head, set(known_columns(head.header))) for head in lines]
    fitting = [
        head
        for head, names in known
        if {"product"} < names
        and names & {"period", "year", "month"}
        and names & {"value", "weight"}
        and names & {"exporter", "importer", "partner"}
    ]
    return fitting[0] if fitting else None


def known_columns(header: Iterable[str]) -> dict[str, str]:
    """Our columns with the names that they have in a header, as far as these are known."""
    found: dict[str, str] = {}
    for name in header:
        ours = _spellings().get(normal(name))
        if ours and ours not in found:
            found[ours] = name
    return found


def proposed(path: Path, header: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The columns of a map for a header, and what is fixed; blank where the user has to say it."""
    columns = known_columns(header)
    if "period" in columns:
        columns = {
            name: theirs for name, theirs in columns.items() if name not in ("year", "month")
        }
    elif "year" not in columns and "month" in columns:
        columns["period"] = columns.pop("month")
    fixed = {"source": f"own list {path.stem}", "confidence": "medium"}
    reports = {"reporter", "flow"} & columns.keys()
    if not reports and "partner" in columns:
        other = "importer" if "importer" not in columns else "exporter"
        columns[other] = columns.pop("partner")
    sides = ("reporter", "partner", "flow") if reports else ("exporter", "importer", "told_by")
    fixed |= {name: "" for name in sides if name not in columns}
    for name, unit in (("value", _currency), ("weight", _kilograms)):
        if name in columns:
            fixed[f"{name}_unit"] = unit(columns[name])
    return columns, fixed


def read(
    path: Path, out: Path, released: str, codes: Iterable[Path] = (), *, map: FlowMap
) -> Flows:
    """Write the flows of a file to ``out``. Raises MultipolarError for a unit that is none."""
    layout = _layout(map)
    what = f"a file of the list {map.name}"
    source = map.fixed.get("source", "")
    found = read_flows(path, out, (layout,), what, source, released, prefix=f"own-{map.name}")
    return replace(found, remarks=(*found.remarks, *misnamed(path, found.products)))


def _layout(map: FlowMap) -> Layout:
    columns = {name: (map.columns[name],) if map.columns.get(name) else () for name in COLUMNS}
    fixed = {name: map.fixed[name] for name in COLUMNS if map.fixed.get(name)}
    reports = map.has("reporter")
    teller = map.fixed.get("told_by", "")
    if not reports and teller not in ("exporter", "importer", "both"):
        raise MultipolarError(
            f"the map of {map.name} has told_by {teller!r}; use exporter, importer or both"
        )
    confidence = map.fixed.get("confidence") or "medium"
    if confidence not in vocabulary("confidence"):
        raise MultipolarError(f"the map of {map.name} has confidence {confidence!r}; use medium")
    factor, rates = 1, dict[tuple[str, int], float]()
    if map.has("value"):
        factor, rates = _worth(map.fixed.get("value_unit", ""))
    kilograms = KILOGRAMS.get(map.fixed.get("weight_unit", "kg") or "kg")
    if kilograms is None:
        unit, known = map.fixed["weight_unit"], ", ".join(KILOGRAMS)
        raise MultipolarError(f"the map of {map.name} has weight_unit {unit!r}; use {known}")
    words = {
        name: {theirs.casefold(): ours for theirs, ours in taught.items()}
        for name, taught in map.words.items()
        if name in COLUMNS
    }
    words["flow"] = FLOWS | words.get("flow", {})
    refusals = [
        Refusal(
            "regexp_full_match(product, '[0-9]{7,}')", "product", "product",
            "{} has more than 6 digits",
            "give one row a flow: the first six digits, and the sum of its national lines",
        )
    ]  # fmt: skip
    if reports:
        refusals.append(
            Refusal(
                "flow NOT IN ('export', 'import')", "flow", "flow",
                "{} is neither an export nor an import",
                'add it to the map of columns: "words": {"flow": {"...": "export"}}',
            )
        )  # fmt: skip
    if rates:
        refusals.append(
            Refusal("rate IS NULL", "time", "period", "no exchange rate for {}", "give US$")
        )
    return Layout(
        columns=columns,
        required=tuple(name for name in COLUMNS if map.columns.get(name)),
        product=hs_code("product"),
        month=_MONTH,
        months=_MONTHS,
        reporter="reporter" if reports else "exporter",
        partner="partner" if reports else "importer",
        exports="flow = 'export'" if reports else "true",
        value=f"times(value, {factor}) / rate" if rates else f"times(value, {factor})",
        weight=f"times(weight, {kilograms})",
        numbers=("value", "weight"),
        told_by=Layout.told_by if reports else f"'{teller}'",
        basis=Layout.basis if reports or teller != "importer" else "'CIF'",
        entries=_ENTRIES + (_AT_RATES if rates else ""),
        refusals=tuple(refusals),
        fixed=fixed,
        words=words,
        rates=rates,
        confidence=confidence,
        note=f"converted from {map.fixed['value_unit']} at the mean rate of the time"
        if rates else "",
    )  # fmt: skip


def _worth(unit: str) -> tuple[int, dict[tuple[str, int], float]]:
    """The size of a unit of money, and units per US$ by last month and number of months."""
    found = MONEY.fullmatch(unit)
    currency = found[2].replace("US$", money.USD) if found else ""
    if not found or currency not in money.currencies():
        known = ", ".join(money.currencies())
        raise MultipolarError(
            f"{unit!r} is no unit of value; use US$, thousand US$, million US$, or one of {known}"
        )
    return SIZES[found[1]], {} if currency == money.USD else _rates(currency)


def _rates(currency: str) -> dict[tuple[str, int], float]:
    rows = read_rows("multipolar.words", "exchange_rates.csv")
    rates = {r["month"]: float(r["units_per_usd"]) for r in rows if r["currency"] == currency}
    found = {(month, 1): rate for month, rate in rates.items()}
    for year in {month[:4] for month in rates}:
        of_year = [rate for month, rate in rates.items() if month.startswith(year)]
        if len(of_year) == 12:  # a whole year
            found[f"{year}-12", 12] = sum(of_year) / 12
    return found


def _currency(header: str) -> str:
    words = set(normal(header).split("_"))
    if words & {"usd", "us", "dollars"}:
        return "US$"
    if words & {"eur", "euro", "euros"}:
        return "EUR"
    return "GBP" if words & {"gbp", "pounds"} else ""


def _kilograms(header: str) -> str:
    words = set(normal(header).split("_"))
    if words & {"kg", "kilograms", "netwgt"}:
        return "kg"
    return "t" if words & {"t", "tonnes"} else ""


@cache
def _spellings() -> dict[str, str]:
    rows = read_rows("multipolar.readers", "flow_columns.csv")
    return {normal(row["header"]): row["column"] for row in rows}
