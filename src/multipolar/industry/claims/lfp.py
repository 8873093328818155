"""What do our plants say to the study's claims on LFP cells, LFP cathode and the nickel bet?

A claim that names no bound is held against the whole pipeline (upper bound) of 2030 where it speaks
of a pipeline, else against the expected capacity. Sums are lower counts of what exists, since only
published plants are on record; how much may be missing is drawn.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS, SEED, Assumptions
from multipolar.evidence.claims import Computed
from multipolar.evidence.sources import STUDY
from multipolar.evidence.store import Evidence
from multipolar.industry.census import Census
from multipolar.industry.chemistry_mix import ABROAD
from multipolar.industry.claims.drawn import result, rows_of
from multipolar.industry.claims.lfp_draws import (
    YEAR,
    Made,
    census,
    computed,
    held_by,
    lfp_cathode,
    lfp_cells,
    like,
    need,
    only,
    plants_of,
    standing,
)
from multipolar.industry.claims.room import Industry
from multipolar.industry.gap import NICKEL
from multipolar.industry.lfp import (
    CATHODE_STAGE,
    CHINA,
    LFP,
    abroad,
    lfp_plants,
    lfp_shares,
    split_rules,
)
from multipolar.industry.owners import by_domicile
from multipolar.industry.plants import Plants, reconcile
from multipolar.industry.sample import Draws
from multipolar.words import places
from multipolar.words.chemistries import UNKNOWN
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

NOW = 2026
EUROPE, NORTH_AMERICA, ASIA = "Europe-wide", "North-America", "Asia-ex-China"
REGIONS = (EUROPE, NORTH_AMERICA, ASIA)
#: Three groups that together are the world, China first.
WORLD = (CHINA, "EMDM", "OECD-figure-3")
Answer = Callable[[Industry], Computed | None]


def _pipeline(place: str) -> Answer:
    note = "LFP part of the upper bound, mixed plants drawn"
    return lambda i: computed(lfp_cells(i), lambda s: s.made(LFP, place, YEAR), (place,), note)


def _europe_leads(industry: Industry) -> Computed | None:
    def quantity(sample: Made) -> Draws:
        sizes = [sample.made(LFP, place, YEAR) for place in REGIONS]
        return np.asarray(1.0 + np.sum([size > sizes[0] for size in sizes[1:]], axis=0))

    note = "rank of Europe with the Balkans and Türkiye among three regions, upper bounds"
    return computed(lfp_cells(industry), quantity, REGIONS, note)


def _michigan(industry: Industry) -> Computed | None:
    rows = industry.evidence.table("plants").filter(pl.col("region") == "Michigan")
    there = set(rows["plant"])

    def quantity(sample: Made) -> Draws:
        inside = np.array([plant in there for plant in sample.phases["plant"]], dtype=float)
        whole = sample.made(LFP, "USA", YEAR)
        return np.asarray(100 * sample.made(LFP, "USA", YEAR, weights=inside) / whole)

    return computed(lfp_cells(industry), quantity, ("USA",), "share of the US upper bound")


def _cathode(
    industry: Industry,
    quantity: Callable[[Made, Made], Draws],
    where: Sequence[str],
    note: str,
) -> Computed | None:
    """A quantity of cathode against cells, with the rows of both."""
    cathode, cells_ = lfp_cathode(industry), lfp_cells(industry)

    def of(sample: Made) -> Draws:
        return quantity(sample, like(cells_, sample))

    found = computed(cathode, of, where, note)
    if found is None:
        return None
    rows = {r for place in where for r in cells_.records(place, YEAR)}
    return replace(found, records=tuple(sorted({*found.records, *rows})))


def _coverage(cathode: Made, cells_: Made, place: str) -> Draws:
    """Expected cathode over what the expected LFP cells of a place need."""
    needed = need(cathode, cells_.expected_of(LFP, place, YEAR))
    return np.asarray(cathode.expected_of(LFP, place, YEAR) / needed)


def _worst_region(industry: Industry) -> Computed | None:
    def quantity(cathode: Made, cells_: Made) -> Draws:
        return np.asarray(np.max([_coverage(cathode, cells_, p) for p in REGIONS], axis=0))

    cathode, cells_ = lfp_cathode(industry), lfp_cells(industry)
    sample = cathode.central()
    each = ", ".join(
        f"{places.name(place)} {_coverage(sample, like(cells_, sample), place)[0]:.2f}"
        for place in REGIONS
    )
    note = f"the best covered of the three regions, expected capacity; central: {each}"
    return _cathode(industry, quantity, REGIONS, note)


def _midstream(industry: Industry) -> Computed | None:
    where = ("USA", "Europe")

    def quantity(cathode: Made, cells_: Made) -> Draws:
        made, wanted = (
            np.sum([s.made(LFP, place, YEAR) for place in where], axis=0) for s in (cathode, cells_)
        )
        return np.asarray(made / need(cathode, wanted))

    note = "LFP cathode alone, upper bounds; anode plants serve every chemistry and are left out"
    return _cathode(industry, quantity, where, note)


def _largest(place: str, statuses: Sequence[str], year: int, note: str) -> Answer:
    """The largest LFP plant of a place; no answer where none is on record."""

    def answer(industry: Industry) -> Computed | None:
        sample = lfp_cells(industry)
        if not standing(sample, place, year, statuses):
            return None
        largest: Callable[[Made], Draws] = lambda s: s.largest(LFP, place, year, statuses)  # noqa: E731
        return computed(sample, largest, (place,), note, statuses, year)

    return answer


def _chinese_size(industry: Industry) -> Computed | None:
    sizes = _sizes(industry, industry.plants)
    chosen = sizes.filter(pl.col("place") == CHINA)
    if chosen.is_empty():
        return None
    values = chosen["size"].to_numpy()
    low, high = (float(np.quantile(values, q)) for q in (0.1, 0.9))
    note = f"median LFP plant on record of {len(values)}; a tenth are below {low:.0f}, a tenth "
    note += f"above {high:.0f} GWh/yr; hubs count by their plants"
    return _from_sizes(
        _resampled("china-lfp-plants", values, np.median), float(np.median(values)),
        chosen, note,
    )  # fmt: skip


def _speed_and_scale(industry: Industry) -> Computed | None:
    sizes = _sizes(industry, industry.plants)
    lead = by_domicile(industry.plants.sites, industry.evidence, "lead")
    sizes = sizes.join(lead.select("plant", "domicile"), on="plant")
    theirs = sizes.filter(pl.col("domicile") == CHINA)["size"].to_numpy()
    others = sizes.filter(pl.col("domicile") != CHINA)["size"].to_numpy()
    if not (len(theirs) and len(others)):
        return None
    draws = _resampled("lfp-plants-chinese", theirs, np.median) - _resampled(
        "lfp-plants-others", others, np.median
    )
    central = float(np.median(theirs) - np.median(others))
    note = f"median LFP plant of {len(theirs)} run by Chinese firms less that of {len(others)} "
    note += "others; how fast they are built is not judged"
    return _from_sizes(draws, central, sizes, note)


def _sizes(industry: Industry, plants: Plants) -> pl.DataFrame:
    """LFP capacity of plants that run or are being built: plant, place, size, records."""
    assumptions = Assumptions(industry.evidence)
    first = next(iter(split_rules(assumptions).values()))
    shares = lfp_shares(plants.sites, assumptions, first)
    hubs = plants.sites["part_of"].drop_nulls().implode()
    standing = plants.additions.filter(
        pl.col("status").is_in(LOWER_BOUND)
        & (pl.col("from_year") <= NOW)
        & ~pl.col("plant").is_in(hubs)
    )
    return (
        standing.group_by("plant")
        .agg(
            pl.col("capacity").sum(),
            pl.col("records").list.explode(empty_as_null=False).unique().sort(),
        )
        .join(shares.select("plant", share="central"), on="plant")
        .join(plants.sites.select("plant", "place", "scale"), on="plant")
        .filter((pl.col("scale") == "commercial") & (pl.col("capacity") * pl.col("share") > 0))
        .select("plant", "place", "records", size=pl.col("capacity") * pl.col("share"))
        .sort("plant")
    )


def _resampled(
    name: str, values: np.ndarray, statistic: Callable[..., np.ndarray | float]
) -> Draws:
    """A statistic of plants drawn again and again from those on record (bootstrap)."""
    stream = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    picked = stream.integers(0, len(values), (DRAWS, len(values)))
    return np.asarray(statistic(values[picked], axis=1))


def _from_sizes(draws: Draws, central: float, sizes: pl.DataFrame, note: str) -> Computed:
    return Computed(draws, central, "plants", tuple(sorted(rows_of(sizes))), note=note)


def _count(
    industry: Industry,
    plants: Plants,
    where: Sequence[str],
    unit: str,
    label: str,
    note: str,
    classes: Callable[[str], str] | None = None,
) -> Computed | None:
    """How many places, or classes of owners, have a plant that is not given up."""
    counted = census(industry.evidence, plants)
    inside = [member for place in where for member in places.members(place)]
    chosen = pl.col("place").is_in(inside)
    if classes is not None:
        named = pl.col("domicile").map_elements(classes, return_dtype=pl.String)
        counted = replace(counted, table=counted.table.with_columns(named.alias("domicile")))
    found = counted.table.filter(chosen)
    names = sorted(found[unit].unique())
    said = ", ".join(places.name(name) for name in names)
    count = f"{found.height} plant{'' if found.height == 1 else 's'} on record"
    # What is missing cannot lie in more countries than were asked for.
    most = len(inside) if unit == "place" else np.inf

    def quantity(drawn: Census) -> Draws:
        return np.asarray(np.minimum(drawn.count(label, chosen, unit), most))

    return result(counted, quantity, rows_of(found), f"{note}: {said}; {count}")


def _countries(where: Sequence[str], note: str) -> Answer:
    return lambda i: _count(i, abroad(i.plants), where, "place", f"lfp-cells/{where[0]}", note)


def _cathode_countries(where: Sequence[str], note: str) -> Answer:
    def answer(industry: Industry) -> Computed | None:
        plants = abroad(reconcile(industry.evidence, CATHODE_STAGE))
        sites = plants.sites.filter(pl.col("status").is_in(LOWER_BOUND))
        plants = Plants(sites, plants.additions)
        label = f"lfp-cathode/{'-'.join(where)}"
        return _count(industry, plants, where, "place", label, note)

    return answer


def _owners(where: str) -> Answer:
    def answer(industry: Industry) -> Computed | None:
        note = "domiciles of the firms that run the plants, Europe but for Türkiye as one"
        label = f"lfp-owners/{where}"
        return _count(
            industry, abroad(industry.plants), (where,), "domicile", label, note, _owner_class
        )

    return answer


def _owner_class(domicile: str) -> str:
    europe = set(places.members(EUROPE)) - {"TUR"}
    return "Europe" if domicile in europe else domicile


def _split(share_of: str) -> Answer:
    def answer(industry: Industry) -> Computed:
        entry = Assumptions(industry.evidence)[ABROAD]
        central = entry.central if share_of == LFP else 100 - entry.central
        note = "our default takes the study's convention over; the switch 50/50 is beside it"
        return Computed(np.full(DRAWS, central), central, words=(STUDY,), note=note)

    return answer


def _switching(industry: Industry) -> Computed | None:
    evidence, then = industry.evidence, date(2024, 12, 31)
    if evidence.as_of is not None and evidence.as_of <= then:
        return None
    path = evidence.workspace.path if evidence.workspace else None
    earlier = Evidence(path, then)
    then_, now = (plants_of(found, ("USA",)) for found in (reconcile(earlier), industry.plants))
    # A plant first read of later has not switched, nor one whose chemistry came to be known.
    known = pl.col("chemistry") != UNKNOWN
    earlier_sites = then_.sites.filter(known).select("plant", was="chemistry")
    joined = now.sites.filter(known).join(earlier_sites, on="plant")
    both, changed = joined["plant"], joined.filter(pl.col("was") != pl.col("chemistry"))
    before, sample = Made(earlier, only(then_, both)), Made(evidence, only(now, both))

    def lfp_of(sample: Made) -> Draws:
        whole = sample.bound("USA", YEAR, UPPER_BOUND)
        return np.asarray(100 * sample.made(LFP, "USA", YEAR) / whole)

    def quantity(sample: Made) -> Draws:
        return np.asarray(lfp_of(sample) - lfp_of(like(before, sample)))

    note = "LFP in percent of the US pipeline as on record now less as on record at the end of "
    note += "2024, of the plants whose chemistry was on record at both dates; it changed at "
    note += ", ".join(changed["name"]) or "none"
    found = computed(sample, quantity, ("USA",), note)
    if found is None:
        return None
    rows = before.records("USA", YEAR)
    return replace(found, records=tuple(sorted({*found.records, *rows})))


def _europe_builders(industry: Industry) -> Computed | None:
    def quantity(sample: Made) -> Draws:
        held = held_by(sample, (CHINA, "KOR"))
        return sample.made(LFP, EUROPE, YEAR, weights=held)

    note = "LFP part of the upper bound that Chinese and South Korean owners hold by equity"
    return computed(lfp_cells(industry), quantity, (EUROPE,), note)


def _dominated(industry: Industry) -> Computed | None:
    """China in percent of the LFP cells that can be made now."""

    def quantity(sample: Made) -> Draws:
        china, *others = (sample.made(LFP, place, NOW, ("operating",)) for place in WORLD)
        return np.asarray(100 * china / np.sum([china, *others], axis=0))

    note = f"LFP part of plants that run in {NOW}"
    sample = Made(industry.evidence, lfp_plants(industry.plants))
    return computed(sample, quantity, WORLD, note, ("operating",), NOW)


def _materials_follow(industry: Industry) -> Computed | None:
    """China's share of LFP cathode less its share of LFP cells, percentage points."""
    sample = Made(industry.evidence, lfp_plants(industry.plants))
    cathode = Made(industry.evidence, lfp_plants(reconcile(industry.evidence, CATHODE_STAGE)))

    def share(of: Made) -> Draws:
        china, *others = (of.made(LFP, place, YEAR) for place in WORLD)
        return np.asarray(100 * china / np.sum([china, *others], axis=0))

    def quantity(drawn: Made) -> Draws:
        return np.asarray(share(like(cathode, drawn)) - share(drawn))

    note = "China in percent of LFP cathode less China in percent of LFP cells, upper bounds"
    found = computed(sample, quantity, WORLD, note)
    if found is None:
        return None
    rows = {r for place in WORLD for r in cathode.records(place, YEAR)}
    return replace(found, records=tuple(sorted({*found.records, *rows})))


CLAIMS: dict[str, Answer] = {
    "fig8-europe-lfp-capacity": _pipeline(EUROPE),
    "fig8-us-lfp-capacity": _pipeline("USA"),
    "fig8-europe-leads-lfp": _europe_leads,
    "fig8-us-michigan": _michigan,
    "fig8-europe-countries": _countries(
        (EUROPE,), "countries of Europe, the Balkans and Türkiye with an LFP cell plant"
    ),
    "fig8-cathode-gap": _worst_region,
    "fig8-cathode-morocco-germany": _cathode_countries(
        (EUROPE, "MAR"),
        "countries of Europe, the Balkans and Türkiye, and Morocco, with an LFP cathode plant that "
        "runs or is being built",
    ),
    "fig8-cathode-canada-finland": _cathode_countries(
        ("CAN", "FIN"),
        "of the two countries named, those with an LFP cathode plant that runs or is being built "
        "(the Finnish plant at Kotka is on record without a chemistry)",
    ),
    "fig8-korea-lfp-plant-size": _largest(
        "KOR", UPPER_BOUND, NOW, "the largest LFP plant on record"
    ),
    "fig8-indonesia-lfp": _largest("IDN", UPPER_BOUND, YEAR, "the largest LFP plant on record"),
    "fig8-india-lfp": _largest(
        "IND", ("under construction", "announced"), YEAR, "the largest LFP plant that is planned"
    ),
    "fig8-china-lfp-plant-size": _chinese_size,
    "fig8-bubble-scale": _largest(
        places.WORLD, UPPER_BOUND, YEAR, "the largest LFP plant outside China"
    ),
    "fig8-owner-classes-europe": _owners(EUROPE),
    "fig8-owner-classes-asia": _owners(ASIA),
    "fig8-owner-classes-north-america": _owners(NORTH_AMERICA),
    "fig8-split-lfp-share": _split(LFP),
    "fig8-split-nmc-share": _split(NICKEL),
    "kf-lfp-china-dominated": _dominated,
    "kf-lfp-midstream-gap": _midstream,
    "lfp-us-switching": _switching,
    "lfp-europe-china-korea-builders": _europe_builders,
    "lfp-china-speed-scale": _speed_and_scale,
    "pp-lfp-materials-concentrated": _materials_follow,
}
