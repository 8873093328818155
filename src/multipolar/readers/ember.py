"""Ember, China Cleantech Export Data: what China sells each month, in wide categories of goods.

The full release (CSV) has countries, seven regions that add up to the world, and groups that
overlap them; each row tells its month and the sum of twelve. Re-users pass the largest destinations
on as JSON, in whole millions. US$ of the time, FOB, as China's customs report them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from multipolar.evidence.check import MAX_BYTES
from multipolar.readers.flow_layout import Layout, Refusal
from multipolar.readers.flows import FlowReader, Flows, read_flows
from multipolar.words.errors import MultipolarError

if TYPE_CHECKING:
    import duckdb

SOURCE, WHAT = "ember-china-cleantech", "a file of Ember's China Cleantech Export Data"
#: Areas that are drawn as one group of ours, the seven regions of Ember among them.
GROUPS = {
    "Africa": "Ember-Africa", "Asia": "Ember-Asia", "Europe": "Ember-Europe",
    "Latin America and Caribbean": "Ember-Latin-America", "Middle East": "Ember-Middle-East",
    "North America": "Ember-North-America", "Oceania": "Ember-Oceania", "EU": "EU27",
    "OECD": "OECD",
}  # fmt: skip
#: Categories by our product; "All technologies" is their sum.
CATEGORIES = {
    "batteries": "batteries", "evs": "electric-vehicles", "grid": "grid",
    "heating and cooling systems": "heating-and-cooling", "solar pv": "solar", "wind": "wind",
}  # fmt: skip
#: Words in the name of a JSON file that tell the category it holds.
NAMED = {
    "battery": "batteries", "batteries": "batteries", "ev": "evs", "evs": "evs",
    "solar": "solar pv", "wind": "wind", "grid": "grid",
}  # fmt: skip
#: So many sums that do not agree are told.
SHOWN = 5
YEAR = 12

_PRODUCTS = ", ".join(f"'{product}'" for product in CATEGORIES.values())
# A spreadsheet in the United States turns 2018-02-01 into 2/1/2018.
_DAY = "try_strptime(date, ['%m/%d/%Y', '%Y-%m-%d', '%Y-%m', '%Y-%m-%d %H:%M:%S'])"
_MONTHS = f"""
    WITH told AS (SELECT area, category, CAST(year(day) * 12 + month(day) AS INTEGER) AS month,
            max(num(amount)) AS amount, first(rolling ORDER BY line) AS rolling
        FROM (SELECT *, {_DAY} AS day FROM lines) WHERE day IS NOT NULL GROUP BY ALL)
    SELECT *, count(amount) OVER year AS months, sum(amount) OVER year AS total FROM told
    WINDOW year AS (PARTITION BY area, category ORDER BY month
        RANGE BETWEEN 11 PRECEDING AND CURRENT ROW)"""  # noqa: S608
LAYOUT = Layout(
    columns={
        "area": ("Area",),
        "date": ("Date",),
        "category": ("Commodity category",),
        "amount": ("Amount (USD)",),
        "rolling": ("Amount 12 month rolling sum (USD)",),
    },
    required=("area", "date", "category", "amount"),
    product=f"CASE WHEN category IN ({_PRODUCTS}) THEN category END",
    month=f"strftime({_DAY}, '%Y-%m')",
    months="span",
    reporter="'CHN'",
    partner="area",
    exports="true",
    value="num(amount)",
    numbers=("amount",),
    # The sum of twelve months is a statement of its own where the months are not in the file.
    entries=f"""
        SELECT *, 1 AS span FROM lines UNION ALL BY NAME
        SELECT lines.* REPLACE (lines.rolling AS amount), 12 AS span FROM lines
        JOIN ({_MONTHS}) sums ON lines.area = sums.area AND lines.category = sums.category
            AND year({_DAY}) * 12 + month({_DAY}) = sums.month
        WHERE sums.months < 12 AND NOT blank(lines.rolling)""",  # noqa: S608
    refusals=(
        Refusal(
            "lower(category) = 'all technologies'", "category", "Commodity category",
            "{} is the sum of the other categories", "the others are stored",
        ),
        Refusal(
            f"category NOT IN ({_PRODUCTS})", "category", "Commodity category",
            "{} is no category known here", "only those that Ember had in 2026 are read",
        ),
        Refusal(
            "upper(area) IN ('ASEAN', 'G7', 'G20')", "area", "Area",
            "{} overlaps the regions and countries", "add up its countries",
        ),
        Refusal(
            f"day({_DAY}) != 1", "date", "Date", "{} is not the first day of a month",
            "write YYYY-MM-01",
        ),
        Refusal(
            "span = 12 AND regexp_matches(amount, '[eE]')", "amount",
            "Amount 12 month rolling sum (USD)", "{} was rounded by a spreadsheet",
            "take the file as the publisher gives it",
        ),
    ),
    words={"category": CATEGORIES},
    places=GROUPS,
    remarks=lambda con: _compared(con),
)  # fmt: skip
DESTINATIONS = replace(
    LAYOUT,
    months="1",
    value="times(amount, 1000000)",
    entries="SELECT *, 1 AS span FROM lines",
    confidence="medium",
    note="rounded to a million US$ by the one who passed it on",
    apart="rounded",
    remarks=lambda con: (),
)


def read(path: Path, out: Path, released: str, codes: Sequence[Path] = ()) -> Flows:
    """Write the flows of a file to ``out``."""
    if path.suffix.lower() != ".json":
        return read_flows(path, out, (LAYOUT,), WHAT, SOURCE, released)
    rows = _destinations(path)
    found = read_flows(path, out, (DESTINATIONS,), WHAT, SOURCE, released, rows=rows)
    names = rows["Area"].n_unique()
    return replace(
        found, remarks=(f"{names} destinations, the others are not in the file", *found.remarks)
    )


def _destinations(path: Path) -> pl.DataFrame:
    """A row for each month of each destination of a JSON file."""
    words = re.findall(r"[a-z]+", path.stem.lower())
    category = next((NAMED[word] for word in words if word in NAMED), "")
    told = load(path, WHAT)
    if not isinstance(told, dict) or not {"months", "series"} <= told.keys():
        raise MultipolarError(f"{path.name} is not {WHAT}: it has no months and series")
    if not category:
        advice = "call it flows-monthly-battery.json or flows-monthly-ev.json"
        raise MultipolarError(f"the name of {path.name} does not say what it holds; {advice}")
    months, series = told["months"], told["series"]
    if not isinstance(months, list) or not isinstance(series, dict):
        raise MultipolarError(f"{path.name} is not {WHAT}: months or series have another form")
    rows = []
    for area, amounts in series.items():
        if not isinstance(amounts, list) or len(amounts) != len(months):
            problem = f"{area} has not one number for each of its {len(months)} months"
            raise MultipolarError(f"{path.name}: {problem}; ask for the file again")
        rows += [
            (area, str(month), category, "" if amount is None else str(amount))
            for month, amount in zip(months, amounts, strict=True)
        ]
    columns = ["Area", "Date", "Commodity category", "Amount (USD)"]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def load(path: Path, what: str) -> object:
    """The content of a JSON file of bounded size. Raises MultipolarError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MultipolarError(f"{path.name} is larger than 200 MB: take the CSV instead")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MultipolarError(f"cannot read {path}: {error.strerror}; check the path") from None
    except (ValueError, RecursionError):
        advice = "check that it is whole"
        raise MultipolarError(f"{path.name} is not {what}: it is no JSON; {advice}") from None


def _compared(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """How the sums of twelve months fare against the months."""
    # Thirteen amounts are rounded to a dollar, those above 1e11 by a spreadsheet to 1.02E+11.
    con.sql(f"""
        SELECT area, category, month, total, rolling, abs(total - num(rolling)) <=
            6.5 + CASE WHEN regexp_matches(rolling, '[eE]') THEN 0.5 * pow(10,
                CAST(regexp_extract(rolling, '[eE]\\+?(-?\\d+)$', 1) AS INTEGER)
                - length(regexp_extract(rolling, '\\.(\\d+)[eE]', 1))) ELSE 0 END AS agrees
        FROM ({_MONTHS}) WHERE months = 12 AND num(rolling) IS NOT NULL
    """).create_view("compared")  # noqa: S608
    counts = "SELECT count(*) FILTER (agrees), count(*) FROM compared"
    agree, all_of_them = con.sql(counts).fetchall()[0]
    if not all_of_them:
        return ()
    told = [f"its 12-month sums agree in {agree:,} of {all_of_them:,} months"]
    rows = con.sql(
        "SELECT area, category, month, rolling, total FROM compared WHERE NOT agrees "  # noqa: S608
        f"ORDER BY area, category, month LIMIT {SHOWN}"
    )
    for area, category, month, text, total in rows.fetchall():
        year, number = divmod(month - 1, YEAR)
        when = f"{year}-{number + 1:02d}"
        told.append(f"{area}, {category}, {when}: it says {text}, its months add up to {total:.0f}")
    return tuple(told)


READER = FlowReader(
    format="ember",
    reads="Ember, China Cleantech Export Data: monthly CSV, or destinations passed on as JSON",
    read=read,
)
