"""What do our projects say to the study's other claims on next-generation firms and plants?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl

from multipolar.evidence.claims import Computed
from multipolar.industry.census import Census, Draws
from multipolar.industry.claims.drawn import rows_of
from multipolar.industry.claims.next_gen import (
    BUILT,
    CELL,
    COMMERCIAL,
    EVERYTHING,
    LITHIUM,
    LIVE,
    PILOTS,
    RUNS,
    SCALE,
    SILICON,
    SODIUM,
    answer,
    at,
    by_place,
    census,
    count,
    home,
    large,
    less,
    others_than,
    rank,
    share,
)
from multipolar.industry.claims.room import Industry
from multipolar.industry.plants import Plants
from multipolar.words import places
from multipolar.words.chemistries import family
from multipolar.words.vocabularies import LOWER_BOUND

Answer = Callable[[Industry], Computed | None]
PARTNERS = "OECD-partners"
WEST = ("USA", "Europe")
WESTERN = home("USA") | home("Europe")
PLANTS_ONLY = "plants only; patents are not judged here"
SOLID = pl.col("kind") == "solid-state"
#: Asian makers that count as majors: so many with the largest cell capacity.
MAJORS = 10


def _lead(label: str, whole: pl.Expr) -> Callable[[Census], Draws]:
    """China's share less that of the second country, percentage points."""

    def quantity(found: Census) -> Draws:
        counted = by_place(label, whole)(found)
        none = np.zeros(found.draws)
        china = counted.pop("CHN", none)
        rest = np.array([none, *counted.values()])
        total = china + rest.sum(axis=0)
        return np.asarray(100 * (china - rest.max(axis=0)) / total)

    return quantity


def _all_commercial(industry: Industry) -> Computed | None:
    """Share of the study's six chemistries with a plant for sale not given up, per cent."""
    running = industry.plants.sites.filter(pl.col("status") == "operating")["chemistry"].to_list()
    made = {family(part.partition(":")[0]) for text in running for part in text.split("|")}
    old = len({"LFP", "NMC"} & made)
    sulfur = pl.col("kind") == "lithium-sulfur"
    kinds = (SODIUM, SILICON, LITHIUM & ~sulfur, sulfur)

    def quantity(found: Census) -> Draws:
        some = [found.seen(COMMERCIAL & LIVE & kind) > 0 for kind in kinds]
        return np.asarray(100 * (old + np.sum(some, axis=0)) / (len(kinds) + 2))

    note = "at least one plant for sale that runs, is being built or is announced"
    return answer(quantity, EVERYTHING, note)(industry)


def _solid_state_rank(found: Census) -> Draws:
    """Rank from the last of solid-state by the median year of its plants for sale."""
    kinds = [
        SODIUM & CELL,
        SILICON,
        *(pl.col("kind") == k for k in ("semi-solid", "lithium-sulfur")),
    ]
    mine = _median_year(found, SOLID)
    later = [_median_year(found, kind) > mine for kind in kinds]
    return np.asarray(1.0 + np.sum(later, axis=0))


def _median_year(found: Census, kind: pl.Expr) -> Draws:
    """Median year of the plants for sale of a kind, nan without any."""
    return _median(found, kind & COMMERCIAL & LIVE, "year")


def _median(found: Census, chosen: pl.Expr, column: str) -> Draws:
    there = found.standing(chosen)
    if not there.any():
        return np.full(found.draws, np.nan)
    values = found.table[column].cast(pl.Float64).fill_null(0.0).to_numpy()
    return np.asarray(np.nanmedian(np.where(there, values, np.nan), axis=1))


def _both_commercial(found: Census) -> Draws:
    """The smaller of the numbers of running plants for sale, of sodium-ion and of silicon."""
    running = [found.count(f"{n}-running", e & COMMERCIAL & RUNS) for n, e in
               (("na", SODIUM & CELL), ("si", SILICON))]  # fmt: skip
    return np.asarray(np.minimum(*running))


def _is_startup(plants: Plants) -> pl.Expr:
    """US and European makers of next-generation cells that have no plant of other chemistries."""
    others = plants.sites.filter(pl.col("status").is_in(LOWER_BOUND))
    old = others.filter(~pl.col("chemistry").str.contains("Na-ion|Li-metal|Li-S|Si-anode|unknown"))
    return CELL & WESTERN & ~pl.col("firm").is_in(old["firm"].unique().implode())


def _large_startups(industry: Industry) -> Computed | None:
    """Share of running cell plants of Western start-ups of 1 GWh/yr or more, per cent."""
    chosen = _is_startup(industry.plants) & RUNS

    def quantity(found: Census) -> Draws:
        return np.asarray(100 * found.seen(chosen, fits=large_or_pilot(found)) / found.seen(chosen))

    note = (
        "start-ups: US and European makers of next-generation cells without plants of other cells"
    )
    return answer(quantity, chosen, note, (SCALE,))(industry)


def large_or_pilot(found: Census) -> np.ndarray:
    """Of gigawatt-hour scale; a pilot line of unknown size is not."""
    return np.asarray(large(found) & ~found.mask(PILOTS & pl.col("size").is_null()))


def _startups_and_majors(industry: Industry) -> Computed | None:
    """Median plant of Western start-ups less that of Asian majors, GWh/yr."""
    sizes = industry.plants.additions.filter(pl.col("status").is_in(LOWER_BOUND))
    sizes = sizes.group_by("plant").agg(pl.col("capacity").sum().alias("size"))
    domiciles = industry.evidence.table("firms").select("firm", "domicile")
    sites = industry.plants.sites.join(sizes, on="plant").join(domiciles, on="firm")
    asian = sites.filter(pl.col("domicile").is_in(["CHN", "KOR", "JPN"]) & (pl.col("size") > 0))
    held = asian.group_by("firm").agg(pl.col("size").sum()).sort("size", "firm", descending=True)
    majors = asian.join(held.head(MAJORS).select("firm"), on="firm", how="semi")
    middle = float(majors["size"].median() or 0)  # type: ignore[arg-type]
    chosen = _is_startup(industry.plants) & BUILT & pl.col("size").is_not_null()

    def quantity(found: Census) -> Draws:
        return np.asarray(_median(found, chosen, "size") - middle)

    note = (
        f"plants of known size that run or are being built; the {MAJORS} Asian makers with most "
        f"capacity on record have {majors.height} of them, median {middle:,.0f} GWh/yr"
    )
    found = answer(quantity, chosen, note)(industry)
    records = rows_of(majors)
    return replace(found, records=tuple(sorted({*records, *found.records}))) if found else None


def _bought_lines(industry: Industry) -> Computed | None:
    """Firms with lithium-sulfur projects that hold plants of other cells in Europe."""
    found = census(industry)
    sulfur = pl.col("kind") == "lithium-sulfur"
    firms = found.table.filter(sulfur & LIVE)["firm"].unique()
    there = industry.plants.sites.filter(
        pl.col("firm").is_in(firms.implode())
        & pl.col("place").is_in(places.members("Europe"))
        & ~pl.col("chemistry").str.contains("Li-S")
    )
    holders = there["firm"].unique()
    rows = rows_of(there)
    quantity = lambda f: f.seen(sulfur & LIVE & pl.col("firm").is_in(holders.implode()), "firm")  # noqa: E731
    note = "no row says which of these lines are to be converted"
    computed = answer(quantity, sulfur & LIVE, note)(industry)
    if computed is None:
        return None
    return replace(computed, records=tuple(sorted({*computed.records, *rows})))


CLAIMS: dict[str, Answer] = {
    "chem-all-near-commercial": _all_commercial,
    "ng-sodium-silicon-commercial": answer(
        _both_commercial,
        SODIUM | SILICON,
        "the smaller of both numbers of plants for sale that run",
    ),
    "ng-solid-state-furthest": answer(
        _solid_state_rank,
        EVERYTHING,
        "1: the median year of its plants for sale is the last among sodium-ion, silicon, "
        "semi-solid, lithium-sulfur and solid-state",
    ),
    "ng-sodium-concentrated": answer(
        share("na-live", at("CHN"), SODIUM & CELL & LIVE), SODIUM & CELL, PLANTS_ONLY
    ),
    "ng-lithium-metal-smaller-lead": answer(
        less(_lead("li-live", LITHIUM & CELL & LIVE), _lead("na-live", SODIUM & CELL & LIVE)),
        (SODIUM | LITHIUM) & CELL,
        PLANTS_ONLY,
    ),
    "kf-oecd-behind-sodium": answer(
        less(
            count(f"na/{PARTNERS}", SODIUM & LIVE & at(PARTNERS)),
            count("na/CHN", SODIUM & LIVE & at("CHN")),
        ),
        SODIUM,
        PLANTS_ONLY,
    ),
    "kf-korea-japan-behind-sodium": answer(
        less(
            count("na-home/KOR+JPN", SODIUM & LIVE & (home("KOR") | home("JPN"))),
            count("na-home/CHN", SODIUM & LIVE & home("CHN")),
        ),
        SODIUM,
        "projects of South Korean and Japanese firms less those of Chinese firms",
    ),
    "kf-startups-below-gwh": _large_startups,
    "fig16-china-liquid-solid": answer(
        count("semi-solid/CHN", (pl.col("kind") == "semi-solid") & LIVE & home("CHN"), "firm"),
        LITHIUM & CELL,
        "Chinese firms with a project for semi-solid cells; no row says why",
    ),
    "fig16-lithium-sulfur-bought-lines": _bought_lines,
    "pp-korea-silicon-placed": answer(
        rank("si-rank", "KOR", others_than("CHN", "KOR"), SILICON & COMMERCIAL & BUILT, "project"),
        SILICON,
        "by plants for sale that run or are being built, among the study's jurisdictions but China",
    ),
    "pp-us-next-gen-firms": answer(
        rank("firms-rank", "USA", others_than("CHN", "USA"), (LITHIUM | SILICON) & LIVE, "firm"),
        LITHIUM | SILICON,
        "by firms at home, among the study's jurisdictions but China",
    ),
    "pp-startups-cannot-match": _startups_and_majors,
}
