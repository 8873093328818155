"""Under whose control is a plant, and where is that owner domiciled?

Two rules. *lead*: the whole plant counts for the domicile of the firm that runs it. *equity*: it is
split by shares; a joint venture without published shares is split equally, and the range of each
such owner runs from none to all of what nobody has claimed (each owner as lead in turn).
Under both rules the shares of a plant add up to exactly one plant.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.evidence.conflicts import Row
from multipolar.evidence.store import Evidence
from multipolar.words.errors import UnknownWord

RULES = ("equity", "lead")


def shares(sites: pl.DataFrame, evidence: Evidence, rule: str = "equity") -> pl.DataFrame:
    """Owners of each plant: plant, owner, domicile, low, share, high, assumed, firm_records.

    Shares are fractions of the plant; ``assumed`` is true where nobody published the split.
    Raises UnknownWord for a rule.
    """
    if rule not in RULES:
        raise UnknownWord("ownership rule", rule, RULES)
    firms = {row["firm"]: row for row in evidence.table("firms").iter_rows(named=True)}
    found: list[Row] = []
    for site in sites.select("plant", "firm", "owners").iter_rows(named=True):
        firm = firms[site["firm"]]
        named = site["owners"] or firm["owners"]
        split = parse(named) if named and rule == "equity" else {site["firm"]: (1.0, 1.0, 1.0)}
        for owner, (low, share, high) in split.items():
            found.append(
                {
                    "plant": site["plant"],
                    "owner": owner,
                    "domicile": firms[owner]["domicile"],
                    "low": low,
                    "share": share,
                    "high": high,
                    "assumed": low != high,
                    "firm_records": sorted({site["firm"], owner}),
                }
            )
    return pl.DataFrame(found, schema=_COLUMNS, orient="row")


def parse(owners: str) -> dict[str, tuple[float, float, float]]:
    """``a:60|b:`` -> low, central and high share of each owner, adding up to one.

    >>> parse("a:60|b:|c:")
    {'a': (0.6, 0.6, 0.6), 'b': (0.0, 0.2, 0.4), 'c': (0.0, 0.2, 0.4)}
    """
    parts = [part.rpartition(":") for part in owners.split("|")]
    known = {name: float(share) / 100 for name, _, share in parts if share}
    blank = [name for name, _, share in parts if not share]
    rest = max(0.0, round(1 - sum(known.values()), 12))
    if not blank and rest:
        # Owners are named with less than the whole: the unnamed rest goes to them in proportion.
        known = {name: share / sum(known.values()) for name, share in known.items()}
    single = len(blank) == 1
    open_share = {name: (rest if single else 0.0, rest / len(blank), rest) for name in blank}
    return {name: (share, share, share) for name, share in known.items()} | open_share


_COLUMNS: dict[str, Any] = {
    "plant": pl.String,
    "owner": pl.String,
    "domicile": pl.String,
    "low": pl.Float64,
    "share": pl.Float64,
    "high": pl.Float64,
    "assumed": pl.Boolean,
    "firm_records": pl.List(pl.String),
}
