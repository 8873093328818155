"""Under whose control is a plant, where is that owner domiciled, and who stands above it?

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
from multipolar.words.errors import EvidenceError, UnknownWord

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
        firm = _find(firms, site["firm"], site["plant"])
        named = _best_known(site["owners"], firm["owners"])
        split = parse(named) if named and rule == "equity" else {site["firm"]: (1.0, 1.0, 1.0)}
        for owner, (low, share, high) in split.items():
            found.append(
                {
                    "plant": site["plant"],
                    "owner": owner,
                    "domicile": _find(firms, owner, site["plant"])["domicile"],
                    "low": low,
                    "share": share,
                    "high": high,
                    "assumed": low != high,
                    "firm_records": sorted({site["firm"], owner}),
                }
            )
    return pl.DataFrame(found, schema=_COLUMNS, orient="row")


def by_domicile(sites: pl.DataFrame, evidence: Evidence, rule: str = "equity") -> pl.DataFrame:
    """Shares of each plant by domicile: plant, domicile, low, share, high, firms (ids).

    Partners of one domicile are one owner here: what is unclaimed and open to partners of one
    domicile only is theirs for certain.
    """
    return _grouped(shares(sites, evidence, rule), "domicile")


def by_parent(sites: pl.DataFrame, evidence: Evidence, rule: str = "equity") -> pl.DataFrame:
    """Shares of each plant by the firm at the top of each owner: plant, parent, low, share, high,
    firms (ids); firms under one parent are one owner."""
    tops = _tops(evidence)
    split = shares(sites, evidence, rule)
    top = pl.col("owner").replace_strict(tops, return_dtype=pl.String).alias("parent")
    chain = pl.concat_list("firm_records", top.alias("top")).list.unique()
    return _grouped(split.with_columns(top, chain.alias("firm_records")), "parent")


def _tops(evidence: Evidence) -> dict[str, str]:
    """The firm at the top of each firm, itself where nobody stands above it."""
    parents = dict(evidence.table("firms").select("firm", "parent").rows())
    found = {}
    for firm in parents:
        top, seen = firm, {firm}
        while (above := parents.get(top)) and above not in seen:
            top = above
            seen.add(top)
        found[firm] = top
    return found


def _grouped(split: pl.DataFrame, owner: str) -> pl.DataFrame:
    """Shares summed over owners of one kind; ``owner`` names the column that says which."""
    width = pl.col("high") - pl.col("low")
    is_open, rest = pl.col("assumed"), width.max().over("plant")
    everywhere = is_open.sum().over("plant")
    frame = split.with_columns(rest.alias("rest"), everywhere.alias("everywhere"))
    held = pl.col("low").sum()
    open_here = is_open.sum()
    grouped = frame.group_by("plant", owner).agg(
        pl.col("share").sum(),
        held.alias("held"),
        pl.col("rest").first(),
        (open_here > 0).alias("some"),
        (open_here == pl.col("everywhere").first()).alias("every"),
        pl.col("firm_records").explode().unique().sort().alias("firms"),
    )
    low = pl.col("held") + pl.when(pl.col("some") & pl.col("every")).then("rest").otherwise(0.0)
    high = pl.col("held") + pl.when("some").then("rest").otherwise(0.0)
    columns = ("plant", owner, "low", "share", "high", "firms")
    return (
        grouped.with_columns(low.alias("low"), high.alias("high")).select(columns).sort(columns[:2])
    )


def _best_known(of_plant: str | None, of_firm: str | None) -> str | None:
    """The owners that a plant row names, unless only the firm's own entry knows their shares."""
    if of_plant and of_firm and _has_blank(of_plant) and not _has_blank(of_firm):
        return of_firm
    return of_plant or of_firm


def _has_blank(owners: str) -> bool:
    return any(not part.rpartition(":")[2] for part in owners.split("|"))


def parse(owners: str) -> dict[str, tuple[float, float, float]]:
    """``a:60|b:`` -> low, central and high share of each owner, adding up to one.

    >>> parse("a:60|b:|c:")
    {'a': (0.6, 0.6, 0.6), 'b': (0.0, 0.2, 0.4), 'c': (0.0, 0.2, 0.4)}
    """
    known: dict[str, float] = {}
    blank: list[str] = []
    for name, _, percent in (part.rpartition(":") for part in owners.split("|")):
        if percent:
            known[name] = known.get(name, 0.0) + float(percent) / 100
        elif name not in blank:
            blank.append(name)
    rest = max(0.0, round(1 - sum(known.values()), 12))
    if not blank and rest:
        # Named owners hold less than the whole: what is unclaimed goes to them in proportion, or
        # in equal parts where nobody's share is known to be above nothing.
        total = sum(known.values())
        known = {name: share / total if total else 1 / len(known) for name, share in known.items()}
    guess = (rest if len(blank) == 1 else 0.0, rest / max(len(blank), 1), rest)
    found = {name: (share, share, share) for name, share in known.items()}
    for name in blank:
        held = known.get(name, 0.0)
        low, share, high = guess
        found[name] = (held + low, held + share, held + high)
    return found


def _find(firms: dict[str, Row], firm: str, plant: str) -> Row:
    if firm not in firms:
        raise EvidenceError(f"plant {plant} names the firm {firm}: not on record; import it")
    return firms[firm]


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
