"""UN Comtrade: the web download, answers of the API, and extracts of either.

The download repeats a flow by customs procedure, transport and second partner beside its total, and
is often passed on with its header one column too far left. Codes 490 and S19 are Taiwan's trade.
Exports are FOB; imports are CIF but of offices that value them FOB. Re-exports and re-imports are
parts of these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from multipolar.readers.flow_head import Head
from multipolar.readers.flow_layout import MONTHS_OF, YEAR_OR_MONTH, Layout, Refusal, hs_code
from multipolar.readers.flow_told import misnamed
from multipolar.readers.flows import FlowReader, Flows, read_flows
from multipolar.readers.table import normal

FLOW = "upper(flow)"
EXPORTS = f"{FLOW} IN ('X', 'EXPORT', 'EXPORTS')"
FOB = "coalesce(num(cif), 0) = 0 AND num(fob) = num(value)"
LAYOUT = Layout(
    columns={
        "reporter": ("reporterCode", "CountryCode", "reporterISO", "reporter"),
        "partner": ("partnerCode", "partnerISO", "partner"),
        "period": ("period", "refYear", "year"),
        "flow": ("flowCode", "flow"),
        "code": ("cmdCode", "cmd"),
        "value": ("primaryValue", "value"),
        "weight": ("netWgt",),
        "cif": ("cifvalue",),
        "fob": ("fobvalue",),
        "nomenclature": ("classificationCode", "classificationSearchCode"),
        "second": ("partner2Code",),
        "transport": ("motCode",),
        "customs": ("customsCode",),
        "supply": ("mosCode",),
    },
    required=("reporter", "partner", "period", "flow", "code", "value"),
    product=hs_code("code"),
    month=YEAR_OR_MONTH.format("period"),
    months=MONTHS_OF.format("period"),
    reporter="reporter",
    partner="partner",
    exports=EXPORTS,
    value="num(value)",
    # The office gives 0 where no weight was reported.
    weight="nullif(num(weight), 0)",
    numbers=("value", "weight"),
    basis=f"CASE WHEN exports OR ({FOB}) THEN 'FOB' ELSE 'CIF' END",
    total="second IN ('', '0') AND transport IN ('', '0') AND customs IN ('', 'C00') "
    "AND supply IN ('', '0')",
    refusals=(
        Refusal(
            f"NOT exports AND {FLOW} NOT IN ('M', 'IMPORT', 'IMPORTS')", "flow", "flow",
            "{} is neither an import nor an export", "re-exports are part of exports",
        ),
        Refusal(
            "nomenclature != '' AND NOT starts_with(upper(nomenclature), 'H')", "nomenclature",
            "classification", "{} is not the Harmonised System",
            "ask for the trade by the Harmonised System",
        ),
    ),
)  # fmt: skip


def read(path: Path, out: Path, released: str, codes: Sequence[Path] = ()) -> Flows:
    """Write the flows of a file to ``out``."""
    what = "a file of UN Comtrade"
    found = read_flows(path, out, (LAYOUT,), what, "un-comtrade", released, _unshifted)
    return replace(found, remarks=(*found.remarks, *misnamed(path, found.products)))


def _unshifted(head: Head) -> Head:
    """The header above its columns: where rows begin with freqCode, typeCode is dropped."""
    names, first = [normal(cell) for cell in head.header], head.first
    if (
        names[:2] == ["typecode", "freqcode"]
        and len(first) > 1
        and re.fullmatch(r"\d{8}", first[1])
    ):
        return replace(head, header=[*head.header[1:], ""])
    return head


READER = FlowReader(
    format="un-comtrade",
    reads="UN Comtrade: web download or answer of the API (CSV, JSON, Parquet), by month or year",
    read=read,
)
