"""How much LFP can be made, by place and owner, and is there cathode for it, above all abroad?

LFP cells in GWh/yr: the LFP share of every cell plant, LMFP included. A plant outside China that
makes LFP and nickel cells without a published split is split by a rule: the assumption (whose
central value is the study's 25/75 and whose range widens every number), half and half, or any
share; plants in China keep their own assumption. China stands beside, so that groups are whole.
LFP cathode in kt/yr: the plants of the stage cathode active material, split by the same rules; what
is given in GWh of cells instead of a mass is not added up.
Cathode need (kt/yr) = LFP cells x kg of LFP cathode in a kWh of finished cells / cathode yield.
Coverage = cathode / need; gap = need - cathode, in kt/yr.

Statuses and bounds are those of ``capacity``: status ``all`` runs from the lower over the expected
to the upper bound. The low end of coverage sets the lower bound of cathode against the highest
need; where the need is nothing at one end there is no coverage. Domiciles split by equity.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.result import ALL, VALUES, Result, Use, add_up, on_grid
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import REALISATION, YEARS, capacity, items, split
from multipolar.industry.chemistry_mix import ABROAD, mix
from multipolar.industry.chemistry_mix import CHINA as MIXED_IN_CHINA
from multipolar.industry.owners import by_domicile
from multipolar.industry.plants import Plants, reconcile
from multipolar.words import places
from multipolar.words.chemistries import family
from multipolar.words.errors import EvidenceError

DIMS = ("measure", "rule", "place", "domicile", "status", "year")
CELLS, CATHODE, NEED = "LFP cells", "LFP cathode", "cathode need"
COVERAGE, GAP = "coverage", "cathode gap"
MEASURES = {
    CELLS: "GWh/yr",
    CATHODE: "kt/yr",
    NEED: "kt/yr",
    COVERAGE: "ratio",
    GAP: "kt/yr",
}
LFP, CHINA = "LFP", "CHN"
CATHODE_STAGE = "cathode active material"
INTENSITY, YIELD = "industry.cathode-intensity.lfp", "industry.cathode-yield"
#: The other rule that the study's readers ask for, in percent of LFP.
HALF = 50.0

#: Fractions of LFP in a mixed plant at the low end, the centre and the high end.
Ends = tuple[float, float, float]


def supply(
    evidence: Evidence, years: Iterable[int] = YEARS, lfp_share: float | None = None
) -> Result:
    """LFP cells, LFP cathode, need, coverage and gap by place.

    Dimensions: measure, rule (how mixed plants outside China are split, as LFP/nickel in percent),
    place, domicile (``all`` or one; cells and cathode only), status (one or ``all``), year.
    ``lfp_share``: a further rule, percent of LFP in every mixed plant outside China. Raises
    EvidenceError for no percentage.
    """
    years = list(years)
    assumptions = Assumptions(evidence)
    cells, cathode = lfp_plants(reconcile(evidence)), lfp_plants(reconcile(evidence, CATHODE_STAGE))
    per_gwh = need_per_gwh(assumptions)
    rules = split_rules(assumptions, lfp_share)
    whole = _nameplate(evidence, cells, years), _nameplate(evidence, cathode, years)
    frames = []
    for rule, ends in rules.items():
        made, fed = (
            _lfp_of(parts, lfp_shares(plants.sites, assumptions, ends), kind)
            for parts, plants, kind in zip(whole, (cells, cathode), ("", "cathode/"), strict=True)
        )
        needed = _times(made, *per_gwh)
        measures = [
            _measure(CELLS, _with_owners(evidence, cells, made)),
            _measure(CATHODE, _with_owners(evidence, cathode, fed)),
            _measure(NEED, needed),
            _measure(GAP, needed),
            _measure(GAP, _turned(_times(fed, -1, -1, -1))),
        ]
        found = pl.concat(measures).filter(pl.any_horizontal(pl.col(VALUES) != 0))
        frames.append(pl.concat([found, _coverage(fed, needed)]).with_columns(rule=pl.lit(rule)))
    parts = pl.concat(frames).select(*DIMS, "whole", "role", "item", *VALUES)
    unit = pl.col("measure").replace_strict(MEASURES, return_dtype=pl.String).alias("unit")
    default = next(iter(rules))
    return Result(
        dims=DIMS,
        data=add_up(parts, DIMS, places.groups()).with_columns(unit),
        parts=parts,
        items=_items(evidence, cells, cathode),
        uses=_uses(default, assumptions, cells, cathode),
        defaults={"measure": CELLS, "rule": default, "domicile": ALL, "status": ALL},
        evidence=evidence,
    )


def split_rules(assumptions: Assumptions, lfp_share: float | None = None) -> dict[str, Ends]:
    """Rules by their name as LFP/nickel in percent: the assumption first, half and half, own."""
    entry = assumptions[ABROAD]
    found = {_called(entry.central): (entry.low / 100, entry.central / 100, entry.high / 100)}
    for share in (HALF, lfp_share):
        if share is not None:
            found.setdefault(_called(share), (percentage(share) / 100,) * 3)
    return found


def percentage(share: float) -> float:
    """The number itself. Raises EvidenceError where it is no percentage."""
    if not 0 <= share <= 100:
        raise EvidenceError(f"{share:g} is no percentage of LFP: give 0 to 100")
    return share


def lfp_shares(sites: pl.DataFrame, assumptions: Assumptions, ends: Ends) -> pl.DataFrame:
    """LFP share of each plant that makes any: plant, low, central, high (fractions).

    ``ends``: LFP in mixed plants outside China; in China their own assumption holds.
    """
    entry = assumptions[MIXED_IN_CHINA]
    here = pl.col("place") == CHINA
    china = (entry.low / 100, entry.central / 100, entry.high / 100)
    found = [
        _shares(sites.filter(where), assumptions, split)
        for where, split in ((here, china), (~here, ends))
    ]
    return pl.concat(found).filter(pl.col("high") > 0).sort("plant")


def _shares(sites: pl.DataFrame, assumptions: Assumptions, ends: Ends) -> pl.DataFrame:
    low, central, high = (
        mix(sites, assumptions, end)
        .filter(pl.col("chemistry") == LFP)
        .select("plant", pl.col("share").alias(name))
        for name, end in zip(("low", "central", "high"), ends, strict=True)
    )
    return low.join(central, on="plant").join(high, on="plant")


def need_per_gwh(assumptions: Assumptions) -> Ends:
    """kt of LFP cathode that go into a GWh of finished LFP cells, loss in making included."""
    intensity, kept = assumptions[INTENSITY], assumptions[YIELD]
    return (
        100 * intensity.low / kept.high,
        100 * intensity.central / kept.central,
        100 * intensity.high / kept.low,
    )


def lfp_plants(plants: Plants) -> Plants:
    """The plants that make LFP or LMFP, alone or with others."""
    makers = [
        plant
        for plant, text in plants.sites.select("plant", "chemistry").iter_rows()
        if any(family(part.partition(":")[0]) == LFP for part in text.split("|"))
    ]
    return _only(plants, pl.col("plant").is_in(makers))


def abroad(plants: Plants) -> Plants:
    """Those of them that stand outside China."""
    return _only(lfp_plants(plants), pl.col("place") != CHINA)


def _only(plants: Plants, chosen: pl.Expr) -> Plants:
    sites = plants.sites.filter(chosen)
    return Plants(sites, plants.additions.join(sites.select("plant"), on="plant", how="semi"))


def _called(share: float) -> str:
    return f"{share:g}/{100 - share:g}"


def _nameplate(evidence: Evidence, plants: Plants, years: list[int]) -> pl.DataFrame:
    """Capacity of every phase and year by status and in bounds, undivided."""
    return capacity(evidence, plants, years).parts.filter(
        (pl.col("measure") == "capacity")
        & pl.all_horizontal(pl.col("chemistry", "domicile") == ALL)
    )


def _lfp_of(whole: pl.DataFrame, shares: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The LFP part of every phase and year: item, place, status, year and the three values."""
    plant = pl.col("item").str.split("/").list.first().alias("plant")
    joined = whole.with_columns(plant).join(shares, on="plant", maintain_order="left")
    amounts = (
        on_grid(pl.col(value) * pl.col(end)).alias(value)
        for value, end in zip(VALUES, ("low", "central", "high"), strict=True)
    )
    return joined.select(_named(kind), "place", "status", "year", *amounts)


def _named(kind: str) -> pl.Expr:
    """The id of a phase; that of a cathode plant says so."""
    return pl.col("item").str.replace("/", f"/{kind}", literal=True)


def _times(parts: pl.DataFrame, low: float, central: float, high: float) -> pl.DataFrame:
    factors = dict(zip(VALUES, (low, central, high), strict=True))
    return parts.with_columns(on_grid(pl.col(value) * by) for value, by in factors.items())


def _turned(parts: pl.DataFrame) -> pl.DataFrame:
    """Low and high exchanged, for what divides or is taken away."""
    return parts.with_columns(
        pl.col("value_high").alias("value_low"), pl.col("value_low").alias("value_high")
    )


def _with_owners(evidence: Evidence, plants: Plants, parts: pl.DataFrame) -> pl.DataFrame:
    """The parts as they are, and split by domicile of the owners."""
    whole = parts.with_columns(domicile=pl.lit(ALL))
    return pl.concat([whole, split(whole, by_domicile(plants.sites, evidence), "domicile")])


def _measure(
    name: str, parts: pl.DataFrame, role: str = "sum", whole: bool = False
) -> pl.DataFrame:
    if "domicile" not in parts.columns:
        parts = parts.with_columns(domicile=pl.lit(ALL))
    return parts.select(
        pl.lit(name).alias("measure"),
        "place",
        "domicile",
        "status",
        "year",
        pl.lit(whole).alias("whole"),
        pl.lit(role).alias("role"),
        "item",
        *VALUES,
    )


def _coverage(cathode: pl.DataFrame, needed: pl.DataFrame) -> pl.DataFrame:
    """Parts of coverage, made for every country and group as such, since a ratio does not add up.

    A place without cathode is covered by 0; where there is no need, or none at one end, there is
    no number.
    """
    above, below = _everywhere(cathode), _everywhere(_turned(needed))
    keys = ["place", "status", "year"]
    sums = below.group_by(keys).agg(pl.col(VALUES).sum())
    divides = sums.filter(pl.all_horizontal(pl.col(VALUES) != 0)).select(keys)
    below = below.join(divides, on=keys, how="semi")
    nothing = [pl.lit(0.0).alias(value) for value in VALUES]
    none = below.unique(keys, keep="first", maintain_order=True).with_columns(nothing)
    above = pl.concat([above.join(divides, on=keys, how="semi"), none])
    roles = ((above, "above"), (below, "below"))
    return pl.concat([_measure(COVERAGE, parts, role, whole=True) for parts, role in roles])


def _everywhere(parts: pl.DataFrame) -> pl.DataFrame:
    """Parts for their country and for each group that holds it."""
    inside = [(place, place) for place in parts["place"].unique()]
    inside += [(place, group) for group, of in places.groups().items() for place in of]
    pairs = pl.DataFrame(inside, schema=["place", "group"], orient="row")
    some = parts.filter(pl.any_horizontal(pl.col(VALUES) != 0))
    found = some.join(pairs, on="place", maintain_order="left_right").drop("place")
    return found.rename({"group": "place"}).select(parts.columns)


def _items(evidence: Evidence, cells: Plants, cathode: Plants) -> pl.DataFrame:
    found = [
        items(plants, by_domicile(plants.sites, evidence)).with_columns(_named(kind).alias("item"))
        for plants, kind in ((cells, ""), (cathode, "cathode/"))
    ]
    return pl.concat(found)


def _uses(
    default: str, assumptions: Assumptions, cells: Plants, cathode: Plants
) -> tuple[Use, ...]:
    announced = (REALISATION.format("announced"),)
    mixed = []
    for plants, kind in ((cells, ""), (cathode, "cathode/")):
        guessed = mix(plants.sites, assumptions).drop_nulls("assumption")
        rules = dict(guessed.select("plant", "assumption").rows())
        for plant, status in (
            plants.additions.select("plant", "status").unique().sort("plant").rows()
        ):
            if plant in rules:
                where = {"rule": default} if rules[plant] == ABROAD else {}
                mixed.append(Use(where, (rules[plant],), f"{plant}/{kind}{status}"))
    return (
        Use({"status": ALL}, announced, "/announced"),
        *(Use({"measure": name}, (INTENSITY, YIELD)) for name in (NEED, COVERAGE, GAP)),
        *mixed,
    )
