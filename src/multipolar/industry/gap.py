"""Which chemistry is missing where? Demand by chemistry against the plants that could make it.

Gap = demand - nameplate capacity, GWh/yr; below zero there is more capacity than demand. Demand is
that of the outlooks on record (or a build-up of one's own) x the share of LFP in vehicles and in
storage, which are assumptions about 2030 with wide ranges; all that is not LFP counts as nickel.
Where no outlook covers all uses, vehicles alone stand for the place (``vehicles only``).
Capacity runs from the lower over the expected to the upper bound, with mixed plants split by the
range of the rule. Plants whose chemistry nobody states could make either: the low end of a gap
takes them all for that chemistry, the centre and the high end none. Next-generation lines fill no
gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.result import ALL, GRID, VALUES, Result, Use, add_up, on_grid
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import REALISATION, capacity, items
from multipolar.industry.chemistry_mix import ABROAD, mix
from multipolar.industry.chemistry_mix import CHINA as MIXED_IN_CHINA
from multipolar.industry.demand import Outlook, demand, outlooks, places_with_demand
from multipolar.industry.demand_build import STORAGE, VEHICLES, BuildUp
from multipolar.industry.lfp import CHINA, LFP, Ends, percentage
from multipolar.industry.owners import by_domicile
from multipolar.industry.plants import Plants, reconcile
from multipolar.words import places
from multipolar.words.chemistries import UNKNOWN, get
from multipolar.words.errors import EvidenceError

DIMS = ("measure", "place", "chemistry", "year")
DEMAND, CAPACITY, GAP = "demand", "capacity", "gap"
MEASURES = {DEMAND: "GWh", CAPACITY: "GWh/yr", GAP: "GWh/yr"}
NICKEL, NEXT, OTHER = "nickel", "next-generation", "other"
#: The study's class whose cathodes hold nickel.
NICKEL_CLASS = "NMC"
VEHICLES_SHARE, STORAGE_SHARE = (
    "industry.lfp-demand-share.vehicles.{}",
    "industry.lfp-demand-share.storage",
)
STORAGE_PART = "industry.storage-demand-share"
ENDS = ("low", "central", "high")


@dataclass(frozen=True)
class Needed:
    """One term of demand: GWh at each end, its segment, and what stands behind it."""

    item: str
    label: str
    table: str
    records: tuple[str, ...]
    segment: str
    ends: Ends


def gap(
    evidence: Evidence,
    years: Iterable[int] = (2030,),
    builds: Sequence[BuildUp] = (),
    lfp_share: float | None = None,
) -> Result:
    """Demand, capacity and gap by chemistry, for places whose demand is on record.

    Dimensions: measure, place, chemistry (LFP, nickel, all; of capacity also next-generation, other
    and unknown), year. ``builds`` take the place of the outlooks of their place and year.
    ``lfp_share``: percent of LFP in every mixed plant, instead of the ranges of the rules. Raises
    EvidenceError for no percentage, and for a build-up of a place whose chemistry is not on record.
    """
    years = list(years)
    assumptions = Assumptions(evidence)
    plants = reconcile(evidence)
    needed = _needed(evidence, years, builds, assumptions)
    made = _made(evidence, plants, years, lfp_share)
    missing = [needed, _taken(made), _perhaps(made)]
    parts = pl.concat(
        [
            needed.with_columns(measure=pl.lit(DEMAND)),
            made.with_columns(measure=pl.lit(CAPACITY)),
            pl.concat(missing).with_columns(measure=pl.lit(GAP)),
        ]
    ).filter(pl.any_horizontal(pl.col(VALUES) != 0))
    parts = parts.select(*DIMS, "whole", "role", "item", *VALUES)
    known = needed.select("place", "year").unique()
    unit = pl.col("measure").replace_strict(MEASURES, return_dtype=pl.String).alias("unit")
    wanted = [name for name in places.groups() if name in known["place"]] or [places.WORLD]
    data = add_up(parts, DIMS, wanted).join(known, on=["place", "year"], how="semi")
    shown = data.filter((pl.col("measure") != GAP) | pl.col("chemistry").is_in([ALL, LFP, NICKEL]))
    return Result(
        dims=DIMS,
        data=shown.with_columns(unit),
        parts=parts,
        items=pl.concat([items(plants, by_domicile(plants.sites, evidence)),
                         _items(evidence, years, builds)]),
        uses=_uses(known["place"].unique().to_list(), lfp_share),
        defaults={"measure": GAP, "chemistry": ALL},
        evidence=evidence,
    )  # fmt: skip


def band(chemistry: str) -> str:
    """LFP, nickel, next-generation, other or unknown.

    >>> band("NCA"), band("LMFP"), band("Na-ion"), band("LMO"), band("unknown")
    ('nickel', 'LFP', 'next-generation', 'other', 'unknown')
    """
    if chemistry == UNKNOWN:
        return UNKNOWN
    group = get(chemistry).study_chemistry
    return {NICKEL_CLASS: NICKEL, LFP: LFP, "": OTHER}.get(group, NEXT)


def bands(
    sites: pl.DataFrame, assumptions: Assumptions, lfp_share: float | None = None
) -> pl.DataFrame:
    """Shares of each plant by band: plant, chemistry, low, central, high (fractions).

    Mixed plants are split by the ranges of the rules of China and of elsewhere, or by ``lfp_share``
    (percent of LFP).
    """
    here = pl.col("place") == CHINA
    found = []
    for where, rule in ((here, MIXED_IN_CHINA), (~here, ABROAD)):
        split = _fractions(assumptions, rule)
        if lfp_share is not None:
            split = (percentage(lfp_share) / 100,) * 3
        found.append(_bands(sites.filter(where), assumptions, split))
    return pl.concat(found).sort("plant", "chemistry")


def _bands(sites: pl.DataFrame, assumptions: Assumptions, ends: Ends) -> pl.DataFrame:
    frames = []
    for name, end in zip(ENDS, ends, strict=True):
        shares = mix(sites, assumptions, end)
        named = shares.with_columns(pl.col("chemistry").map_elements(band, return_dtype=pl.String))
        frames.append(named.group_by("plant", "chemistry").agg(pl.col("share").sum().alias(name)))
    keys = ["plant", "chemistry"]
    found = frames[0]
    for frame in frames[1:]:
        found = found.join(frame, on=keys, how="full", coalesce=True)
    found = found.with_columns(pl.col(ENDS).fill_null(0.0))
    extremes = pl.min_horizontal(ENDS).alias("low"), pl.max_horizontal(ENDS).alias("high")
    return found.select(*keys, extremes[0], "central", extremes[1])


def lfp_share_of(assumptions: Assumptions, place: str, segment: str) -> Ends:
    """Share of LFP in demand of a place and segment, a fraction at each end."""
    vehicles = _fractions(assumptions, VEHICLES_SHARE.format(place.lower()))
    storage = _fractions(assumptions, STORAGE_SHARE)
    if segment == VEHICLES:
        return vehicles
    if segment == STORAGE:
        return storage
    part = _fractions(assumptions, STORAGE_PART)
    low, central, high = (
        p * s + (1 - p) * v for p, s, v in zip(part, storage, vehicles, strict=True)
    )
    return low, central, high


def outlook_terms(evidence: Evidence, place: str, year: int) -> list[Needed]:
    """What the outlooks say of a place and year; vehicles alone where nothing covers all uses."""
    found = demand(evidence, place, year)
    if found is not None:
        by_end = {"low": found.low, "central": found.central, "high": found.high}
    else:
        vehicles = outlooks(evidence, place, year, VEHICLES)
        if not vehicles:
            return []
        middle = median(o.central for o in vehicles)
        near = sorted(vehicles, key=lambda o: (abs(o.central - middle), o.name))
        two = near[:1] if len(near) % 2 else near[:2]
        by_end = {
            "low": ((min(vehicles, key=lambda o: o.low), 1.0),),
            "central": tuple((o, 1.0 / len(two)) for o in two),
            "high": ((max(vehicles, key=lambda o: o.high), 1.0),),
        }
    only = f" ({VEHICLES} only)" if found is None else ""
    rows: dict[str, Needed] = {}
    for at, end in enumerate(ENDS):
        for outlook, weight in by_end[end]:
            item = f"{outlook.name} / {outlook.segment} / {'+'.join(outlook.records)}"
            amounts = list(rows[item].ends) if item in rows else [0.0, 0.0, 0.0]
            amounts[at] += float(getattr(outlook, end)) * weight
            rows[item] = _of_outlook(item, outlook, only, (amounts[0], amounts[1], amounts[2]))
    return list(rows.values())


def _of_outlook(item: str, outlook: Outlook, only: str, ends: Ends) -> Needed:
    label = f"{outlook.name}, {outlook.segment}{only}"
    return Needed(item, label, "demand", outlook.records, outlook.segment, ends)


def _of_build(build: BuildUp) -> list[Needed]:
    found = []
    for segment, table in ((VEHICLES, "vehicles"), (STORAGE, "demand")):
        low, central, high = (build.segment(segment, end) for end in ENDS)
        used = build.storage.records if segment == STORAGE else build.records
        item = f"build-up / {segment} / {build.place} {build.year}"
        label = f"build-up of {segment}"
        records = used.get(table, ())
        found.append(Needed(item, label, table, records, segment, (low, central, high)))
    return found


def _behind(
    evidence: Evidence, years: list[int], builds: Sequence[BuildUp]
) -> dict[tuple[str, int], list[Needed]]:
    """Terms of demand by place and year."""
    own = {(build.place, build.year): _of_build(build) for build in builds}
    known = set(Assumptions(evidence))
    asked = sorted({*places_with_demand(evidence), *(place for place, _ in own)})
    found = {}
    for place in asked:
        if VEHICLES_SHARE.format(place.lower()) not in known:
            if any(place == build.place for build in builds):
                raise EvidenceError(f"no share of LFP in the demand of {place} is on record")
            continue
        for year in years:
            said = own.get((place, year)) or outlook_terms(evidence, place, year)
            if said:
                found[place, year] = said
    return found


def _needed(
    evidence: Evidence, years: list[int], builds: Sequence[BuildUp], assumptions: Assumptions
) -> pl.DataFrame:
    """Parts of demand by place, chemistry and year."""
    rows = []
    for (place, year), said in _behind(evidence, years, builds).items():
        for term in said:
            share = lfp_share_of(assumptions, place, term.segment)
            rest = tuple(1 - s for s in reversed(share))
            for chemistry, parts in ((ALL, (1.0, 1.0, 1.0)), (LFP, share), (NICKEL, rest)):
                amounts = (
                    round(value * part * GRID / 2) * 2 / GRID
                    for value, part in zip(term.ends, parts, strict=True)
                )
                rows.append((place, chemistry, year, True, "sum", term.item, *amounts))
    return pl.DataFrame(rows, schema=_PARTS, orient="row")


def _made(
    evidence: Evidence, plants: Plants, years: list[int], lfp_share: float | None
) -> pl.DataFrame:
    """Parts of capacity by place, chemistry and year."""
    whole = capacity(evidence, plants, years).parts.filter(
        (pl.col("measure") == CAPACITY)
        & pl.all_horizontal(pl.col("chemistry", "domicile", "status") == ALL)
    )
    shares = bands(plants.sites, Assumptions(evidence), lfp_share)
    plant = pl.col("item").str.split("/").list.first().alias("plant")
    divided = whole.drop("chemistry").with_columns(plant).join(shares, on="plant")
    amounts = (
        on_grid(pl.col(value) * pl.col(end)).alias(value)
        for value, end in zip(VALUES, ENDS, strict=True)
    )
    found = pl.concat(
        [whole.select(list(_PARTS)), divided.with_columns(amounts).select(list(_PARTS))]
    )
    return found.filter(pl.any_horizontal(pl.col(VALUES) != 0))


def _taken(made: pl.DataFrame) -> pl.DataFrame:
    """Capacity as it is taken from demand: the highest from the lowest."""
    wanted = made.filter(pl.col("chemistry").is_in([ALL, LFP, NICKEL]))
    return wanted.with_columns(
        (-pl.col("value_high")).alias("value_low"),
        -pl.col("value"),
        (-pl.col("value_low")).alias("value_high"),
    )


def _perhaps(made: pl.DataFrame) -> pl.DataFrame:
    """Plants of unknown chemistry, which might fill the gap of either chemistry."""
    unknown = made.filter(pl.col("chemistry") == UNKNOWN)
    lowest = unknown.with_columns(
        (-pl.col("value_high")).alias("value_low"),
        pl.lit(0.0).alias("value"),
        pl.lit(0.0).alias("value_high"),
    )
    return pl.concat([lowest.with_columns(chemistry=pl.lit(name)) for name in (LFP, NICKEL)])


def _items(evidence: Evidence, years: list[int], builds: Sequence[BuildUp]) -> pl.DataFrame:
    said = {t.item: t for found in _behind(evidence, years, builds).values() for t in found}
    rows: list[tuple[str, str, str, list[str], list[str], list[str]]] = [
        (t.item, t.label, t.table, list(t.records), [], []) for t in said.values()
    ]
    lists = dict.fromkeys(("records", "assumptions", "firms"), pl.List(pl.String))
    words = dict.fromkeys(("item", "label", "table"), pl.String)
    return pl.DataFrame(rows, schema={**words, **lists}, orient="row")


def _uses(known: list[str], lfp_share: float | None) -> tuple[Use, ...]:
    announced = (REALISATION.format("announced"),)
    found = [Use({"measure": name}, announced, "/announced") for name in (CAPACITY, GAP)]
    for chemistry in (LFP, NICKEL):
        shares = (STORAGE_SHARE, STORAGE_PART)
        for place in known:
            names = (VEHICLES_SHARE.format(place.lower()), *shares)
            for measure in (DEMAND, GAP):
                where = {"measure": measure, "place": place, "chemistry": chemistry}
                found.append(Use(where, names))
        if lfp_share is None:
            rules = (ABROAD, MIXED_IN_CHINA)
            found += [Use({"measure": m, "chemistry": chemistry}, rules) for m in (CAPACITY, GAP)]
    return tuple(found)


def _fractions(assumptions: Assumptions, name: str) -> Ends:
    entry = assumptions[name]
    return entry.low / 100, entry.central / 100, entry.high / 100


_PARTS = {
    "place": pl.String,
    "chemistry": pl.String,
    "year": pl.Int64,
    "whole": pl.Boolean,
    "role": pl.String,
    "item": pl.String,
} | dict.fromkeys(VALUES, pl.Float64)
