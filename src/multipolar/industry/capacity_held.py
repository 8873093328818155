"""What part of the capacity on our record does each country hold?

Of cells, cathodes and anodes, of all chemistries or of one, by the place where plants stand or by
the domicile of their owners (equity). At present what runs counts; of a later year the lower, the
expected and the upper bound. LFP cells and LFP cathode are two goods: what a mixed plant makes of
each is stated or assumed, and plants of unknown chemistry are in the high end alone. GWh/yr or
kt/yr; plants that state another unit are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from multipolar.evidence.assumptions import Assumption, Assumptions
from multipolar.evidence.result import on_grid
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import REALISATION, flattened
from multipolar.industry.chemistry_mix import mix
from multipolar.industry.herfindahl import WHOLE
from multipolar.industry.owners import by_domicile
from multipolar.industry.plants import Plants
from multipolar.words.chemistries import UNKNOWN
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

PLACE, DOMICILE = "place", "domicile"


@dataclass(frozen=True)
class Good:
    """What our own plants make: a stage, and one chemistry of it or all."""

    product: str
    stage: str
    chemistry: str = ""

    @property
    def unit(self) -> str:
        """The unit of its capacity; plants given in another one are left out."""
        return "GWh/yr" if self.stage == "cell" else "kt/yr"


def of_chemistry(plants: Plants, evidence: Evidence, chemistry: str) -> pl.DataFrame:
    """How much of each plant makes a chemistry (families, separated by ``|``; empty for all).

    Columns: plant, part_low, part, part_high (fractions), assumption (a name or null). A split
    that nobody published has the range of its assumption; an unknown chemistry may be this one.
    """
    if not chemistry:
        whole = [pl.lit(1.0).alias(name) for name in ("part_low", "part", "part_high")]
        none = pl.lit(None, pl.String).alias("assumption")
        return plants.sites.select("plant", *whole, none)
    assumptions = Assumptions(evidence)
    wanted = chemistry.split("|")
    found = []
    for plant, made, share, name in mix(plants.sites, assumptions).rows():
        ends = (share, share, share)
        if made == UNKNOWN:
            ends = (0.0, 0.0, share)
        elif made not in wanted:
            continue
        elif name is not None:
            ends = _ends(assumptions[name], made, share)
        found.append((plant, *ends, name))
    schema = {"plant": pl.String, "part_low": pl.Float64, "part": pl.Float64}
    schema |= {"part_high": pl.Float64, "assumption": pl.String}
    frame = pl.DataFrame(found, schema=schema, orient="row")
    ends_of = pl.col("part_low", "part", "part_high").sum().clip(0.0, 1.0)
    return frame.group_by("plant", maintain_order=True).agg(ends_of, pl.col("assumption").first())


def _ends(entry: Assumption, made: str, share: float) -> tuple[float, float, float]:
    """The part of a chemistry in a mixed plant with the range of the assumed part of LFP (%)."""
    low, central, high = (value / WHOLE for value in (entry.low, entry.central, entry.high))
    if made != "LFP":
        low, central, high = 1 - high, 1 - central, 1 - low
    return share * low / central, share, share * high / central


def holdings(plants: Plants, evidence: Evidence, good: Good, by: str, year: int) -> pl.DataFrame:
    """Capacity of each country in a year: holder, low, value, high (in the unit of the good),
    records, assumptions, firms.

    At present (the year of the evidence, or before) what runs; later low is the lower bound, high
    the upper bound, and in between announcements count with the part of them that gets built.
    """
    assumptions = Assumptions(evidence)
    standing = plants.additions.filter(pl.col("from_year") <= year)
    if year <= evidence.year:
        standing = standing.filter(pl.col("status") == "operating")
    else:
        built = assumptions.central(REALISATION.format("announced")) / WHOLE
        safe = pl.when(pl.col("status").is_in(LOWER_BOUND))
        standing = standing.filter(pl.col("status").is_in(UPPER_BOUND)).with_columns(
            safe.then("capacity").otherwise(0.0).alias("low"),
            pl.col("capacity").alias("high"),
            safe.then("capacity").otherwise(pl.col("capacity") * built).alias("capacity"),
        )
    if by == PLACE:
        one = [pl.lit(1.0).alias(name) for name in ("held_low", "held", "held_high")]
        none = pl.lit([], pl.List(pl.String)).alias("firms")
        owners = plants.sites.select("plant", pl.col("place").alias("holder"), *one, none)
    else:
        owners = by_domicile(plants.sites, evidence).rename(
            {"domicile": "holder", "low": "held_low", "share": "held", "high": "held_high"}
        )
    joined = standing.join(of_chemistry(plants, evidence, good.chemistry), on="plant").join(
        owners, on="plant"
    )
    ends = zip(("low", "capacity", "high"), ("part_low", "part", "part_high"), strict=True)
    held = ("held_low", "held", "held_high")
    amounts = [
        (pl.col(capacity) * pl.col(part) * pl.col(share)).sum().alias(name)
        for (capacity, part), share, name in zip(ends, held, ("low", "value", "high"), strict=True)
    ]
    named = pl.concat_list("assumptions", "assumption").list.drop_nulls()
    lists_of = [flattened(name) for name in ("records", "assumptions", "firms")]
    return (
        joined.with_columns(named.alias("assumptions"))
        .group_by("holder")
        .agg(*amounts, *lists_of)
        .filter(pl.col("high") > 0)
        .with_columns(on_grid(pl.col("low", "value", "high")))
        .sort("value", "holder", descending=[True, False])
    )


def share_of(held: pl.DataFrame, holders: list[str]) -> tuple[float, float, float]:
    """Least, central and greatest share in per cent that some holders can have together."""
    mine, theirs = _sides(held, holders)
    found = []
    for own, other in (("low", "high"), ("value", "value"), ("high", "low")):
        part, rest = float(mine[own].sum()), float(theirs[other].sum())
        found.append(WHOLE * part / (part + rest) if part + rest else 0.0)
    return found[0], found[1], found[2]


def _sides(held: pl.DataFrame, holders: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    inside = pl.col("holder").is_in(holders)
    return held.filter(inside), held.filter(~inside)
