"""What would a place need if its car market, its cars or its storage were different?

Demand = EV share x cars sold x kWh per electric car + other road vehicles + storage (+ other uses),
in GWh. Every term can be overridden, so that a fall of the US share from 46 to 24 percent can be
run; what is not overridden comes from the newest outlook on record that gives cars sold, their EV
share and their batteries (table vehicles), and from the outlooks of storage (table demand).

Between two years of an outlook runs a straight line. After its last year the EV share (at most all
cars) and the other vehicles grow as the batteries of vehicles do in outlooks that reach further;
storage grows as the world's does; cars sold and kWh per car stay. The range of the share spans the
newest edition of every outlook, that of storage its outlooks. A place without an outlook of storage
takes that of the largest group or country inside it. Nothing is fitted to anything.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median

import polars as pl

from multipolar.evidence.conflicts import Row
from multipolar.evidence.dates import day_number
from multipolar.evidence.store import BUNDLED, Evidence
from multipolar.industry.demand import Outlook, demand, outlooks
from multipolar.words import places
from multipolar.words.errors import EvidenceError

CARS, OTHER_VEHICLES = "cars", "other road vehicles"
VEHICLES, STORAGE, EVERY_USE = "vehicles", "storage", "all"
OVERRIDE, IN_STEP = "override", "in step with demand"
MILLION_KWH_IN_GWH = 1.0
WHOLE = 100.0


@dataclass(frozen=True)
class Term:
    """One input of the build-up with its range, the rows behind it by table, and how it was had.

    ``basis``: read, on the line, scaled, of a part (a country or group inside the place), override,
    in step with demand (see ``scaled_to``), or none (nothing on record: it counts as 0).
    """

    low: float
    central: float
    high: float
    basis: str
    records: dict[str, tuple[str, ...]]

    def end(self, name: str) -> float:
        """The value at ``low``, ``central`` or ``high``."""
        return float(getattr(self, name))


@dataclass(frozen=True)
class BuildUp:
    """Demand of a place and year by its terms.

    ``ev_share`` in % of cars sold, ``cars_sold`` in millions, ``kwh_per_car`` in kWh, the others in
    GWh.
    """

    place: str
    year: int
    ev_share: Term
    cars_sold: Term
    kwh_per_car: Term
    other_vehicles: Term
    storage: Term
    other: Term

    def segment(self, name: str, end: str = "central") -> float:
        """GWh of cars, vehicles, storage, other uses or all, with every term at one end."""
        sold = self.ev_share.end(end) / WHOLE * self.cars_sold.end(end)
        cars = sold * self.kwh_per_car.end(end) * MILLION_KWH_IN_GWH
        vehicles = cars + self.other_vehicles.end(end)
        rest = self.storage.end(end), self.other.end(end)
        found = {CARS: cars, VEHICLES: vehicles, STORAGE: rest[0], "other": rest[1]}
        return found[name] if name in found else vehicles + sum(rest)

    @property
    def basis(self) -> str:
        """How the whole was had: built up from its terms, or override."""
        return OVERRIDE if self.cars_sold.basis == IN_STEP else "built up"

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term, in the order of the formula."""
        return (self.ev_share, self.cars_sold, self.kwh_per_car, self.other_vehicles, self.storage,
                self.other)  # fmt: skip

    @property
    def records(self) -> dict[str, tuple[str, ...]]:
        """The rows behind all terms, by table."""
        found: dict[str, set[str]] = {}
        for term in self.terms:
            for table, records in term.records.items():
                found.setdefault(table, set()).update(records)
        return {table: tuple(sorted(records)) for table, records in found.items()}


def build_up(
    evidence: Evidence,
    place: str,
    year: int,
    *,
    ev_share: float | None = None,
    cars_sold: float | None = None,
    kwh_per_car: float | None = None,
    other_vehicles: float | None = None,
    storage: float | None = None,
    other: float | None = None,
) -> BuildUp:
    """Demand of a place and year, built up; an argument overrides a term and has no range.

    ``ev_share`` in % of cars sold, ``cars_sold`` in millions a year, ``kwh_per_car`` in kWh,
    ``other_vehicles``, ``storage`` and ``other`` in GWh. No outlook on record gives other uses by
    place. Raises EvidenceError where no outlook of vehicles covers the place and year, and where a
    share is no share.
    """
    given = {
        "ev_share": ev_share, "cars_sold": cars_sold, "kwh_per_car": kwh_per_car,
        "other_vehicles": other_vehicles, "storage": storage, "other": other,
    }  # fmt: skip
    for name, value in given.items():
        most = WHOLE if name == "ev_share" else sys.float_info.max
        if value is not None and not 0 <= value <= most:
            raise EvidenceError(f"{name} is {value:g}: give a number that it can have")
    found = _vehicles(evidence, places.resolve(place), year)
    found |= {"storage": _storage(evidence, places.resolve(place), year), "other": _NOTHING}
    terms = {name: found[name] if value is None else _fixed(value) for name, value in given.items()}
    return BuildUp(places.resolve(place), year, **terms)


def terms(build: BuildUp, evidence: Evidence) -> pl.DataFrame:
    """The terms of a build-up: term, low, central, high, unit, basis; demand in all comes last.

    The basis also says where rows of the workspace stand behind a term.
    """
    mine = {
        record
        for table in {name for term in build.terms for name in term.records}
        for record in evidence.table(table).filter(pl.col("origin") != BUNDLED)["record"]
    }
    units = {
        "ev_share": "%", "cars_sold": "million", "kwh_per_car": "kWh", "other_vehicles": "GWh",
        "storage": "GWh", "other": "GWh",
    }  # fmt: skip
    rows: list[tuple[str, float, float, float, str, str]] = []
    for name, unit in units.items():
        term: Term = getattr(build, name)
        rows.append((name, term.low, term.central, term.high, unit, term.basis + _own(term, mine)))
    low, central, high = (build.segment("all", end) for end in ("low", "central", "high"))
    rows.append(("demand", low, central, high, "GWh", build.basis))
    columns = ["term", "low", "central", "high", "unit", "basis"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def scaled_to(build: BuildUp, demand: float) -> BuildUp:
    """The same mix of uses at another total demand (GWh): cars sold and all other uses in step.

    Ranges are gone, but the rows that give the mix still stand behind the terms.
    """
    factor = demand / build.segment("all")
    if not 0 <= factor < float("inf"):
        raise EvidenceError(f"demand is {demand:g}: give a number of GWh that it can have")

    def moved(term: Term) -> Term:
        value = term.central * factor
        return replace(term, low=value, central=value, high=value, basis=IN_STEP)

    def kept(term: Term) -> Term:
        return replace(term, low=term.central, high=term.central)

    return replace(
        build,
        ev_share=kept(build.ev_share),
        cars_sold=moved(build.cars_sold),
        kwh_per_car=kept(build.kwh_per_car),
        other_vehicles=moved(build.other_vehicles),
        storage=moved(build.storage),
        other=moved(build.other) if build.other.central else build.other,
    )


def _fixed(value: float) -> Term:
    return Term(value, value, value, OVERRIDE, {})


def _own(term: Term, mine: set[str]) -> str:
    """What is added to the basis of a term that rows of the workspace stand behind."""
    used = {record for records in term.records.values() for record in records}
    return "; own rows" if used & mine else ""


def beside_outlooks(build: BuildUp, evidence: Evidence) -> pl.DataFrame:
    """The build-up beside every recent outlook of its place and year, and beside their range.

    Columns: outlook, segment, published_low, published, published_high, ours, difference, unit.
    """
    shown: list[Outlook] = []
    for segment in (VEHICLES, STORAGE, EVERY_USE):
        shown += outlooks(evidence, build.place, build.year, segment)
    rows = [(o.name, o.segment, o.low, o.central, o.high) for o in shown]
    whole = demand(evidence, build.place, build.year)
    if whole is not None:
        ends = (
            sum(getattr(o, end) * weight for o, weight in getattr(whole, end))
            for end in ("low", "central", "high")
        )
        rows.append(("all outlooks together", "all", *ends))
    columns = ["outlook", "segment", "published_low", "published", "published_high"]
    types = dict.fromkeys(columns[:2], pl.String) | dict.fromkeys(columns[2:], pl.Float64)
    frame = pl.DataFrame(rows, schema=types, orient="row")
    ours = pl.Series("ours", [build.segment(name) for name in frame["segment"]], pl.Float64)
    return frame.with_columns(ours).with_columns(
        (pl.col("ours") - pl.col("published")).alias("difference"), pl.lit("GWh").alias("unit")
    )


def editions(evidence: Evidence, place: str, year: int) -> tuple[list[Row], list[Row]]:
    """EV shares of cars that outlooks give: (in the edition before the newest, in the newest).

    Rows of the table vehicles; outlooks whose names differ by a year only are editions of one. A
    year that the newest edition leaves out is not taken from an older one.
    """
    rows = evidence.table("vehicles").filter(
        (pl.col("place") == places.resolve(place))
        & (pl.col("class") == CARS)
        & pl.col("ev_share").is_not_null()
    )
    series: dict[str, list[str]] = {}
    for row in sorted(rows.to_dicts(), key=lambda r: (day_number(r["date"]), r["outlook"])):
        named = series.setdefault(re.sub(r"\b(19|20)\d{2}\b", "", row["outlook"]), [])
        named += [row["outlook"]] if row["outlook"] not in named else []
    of_year = rows.filter(pl.col("year") == year).sort("outlook").to_dicts()
    last, second = ({s[at] for s in series.values() if len(s) >= -at} for at in (-1, -2))
    before = [row for row in of_year if row["outlook"] in second]
    return before, [row for row in of_year if row["outlook"] in last]


def _vehicles(evidence: Evidence, place: str, year: int) -> dict[str, Term]:
    """Share, cars sold, kWh per car and other vehicles at a year."""
    rows = evidence.table("vehicles").filter(pl.col("place") == place)
    cars = rows.filter(
        (pl.col("class") == CARS)
        & pl.all_horizontal(pl.col("evs_sold", "ev_share", "batteries") > 0)
    )
    if cars.is_empty():
        raise EvidenceError(f"no outlook of vehicles gives share, sales and batteries of {place}")
    newest = max(cars.to_dicts(), key=lambda r: (day_number(r["date"]), r["outlook"]))["outlook"]
    of_cars = cars.filter(pl.col("outlook") == newest).sort("year").to_dicts()
    of_others = rows.filter(
        (pl.col("class") == OTHER_VEHICLES) & (pl.col("outlook") == newest)
    ).sort("year").to_dicts()  # fmt: skip
    first, last = of_cars[0]["year"], of_cars[-1]["year"]
    if year < first:
        raise EvidenceError(f"no outlook of vehicles of {place} before {first}")
    reached = min(year, last)
    share = _on_line(of_cars, reached, lambda r: r["ev_share"])
    sold = _on_line(of_cars, reached, lambda r: r["evs_sold"] / r["ev_share"] * WHOLE)
    size = _on_line(of_cars, reached, lambda r: r["batteries"] / r["evs_sold"])
    others = _on_line(of_others, reached, lambda r: r["batteries"]) if of_others else _NOTHING
    share = _with_editions(share, evidence, place, reached)
    if year > last:
        growth, behind = _growth(evidence, place, last, year)
        share = _scaled(share, growth, behind, most=WHOLE)
        others = _scaled(others, growth, behind)
    terms = {"ev_share": share, "cars_sold": sold, "kwh_per_car": size}
    return terms | {"other_vehicles": others}


def _on_line(rows: list[Row], year: int, value: Callable[[Row], float]) -> Term:
    """A value at a year, on the straight line between the rows around it."""
    before = [r for r in rows if r["year"] <= year] or rows[:1]
    after = [r for r in rows if r["year"] >= year] or rows[-1:]
    first, last = before[-1], after[0]
    span = last["year"] - first["year"]
    weight = (year - first["year"]) / span if span else 0.0
    found = value(first) + (value(last) - value(first)) * weight
    records = tuple(dict.fromkeys((first["record"], last["record"])))
    basis = "read" if len(records) == 1 else "on the line"
    return Term(found, found, found, basis, {"vehicles": records})


def _with_editions(share: Term, evidence: Evidence, place: str, year: int) -> Term:
    """The share with the range over the newest edition of every outlook of the same year."""
    _, newest = editions(evidence, place, year)
    shares = [share.central, *(float(row["ev_share"]) for row in newest)]
    records = {*share.records["vehicles"], *(row["record"] for row in newest)}
    return replace(
        share, low=min(shares), high=max(shares), records={"vehicles": tuple(sorted(records))}
    )


def _growth(evidence: Evidence, place: str, first: int, last: int) -> tuple[float, tuple[str, ...]]:
    """By how much batteries of vehicles grow between two years, and the rows that say so.

    Where no outlook covers the later year, growth to the next year that one covers runs straight.
    """
    rows = evidence.table("demand").filter(
        (pl.col("place") == place) & (pl.col("segment") == VEHICLES) & (pl.col("year") >= last)
    )
    for reached in [last, *sorted(set(rows["year"].to_list()) - {last})]:
        then = {o.name: o for o in outlooks(evidence, place, first, VEHICLES)}
        now = {o.name: o for o in outlooks(evidence, place, reached, VEHICLES)}
        if then and now:
            growth, used = _ratio(then, now)
            growth = 1 + (growth - 1) * (last - first) / (reached - first)
            return growth, tuple(sorted({r for outlook in used for r in outlook.records}))
    raise EvidenceError(f"no outlook of vehicles of {place} reaches from {first} to {last}")


def _ratio(then: dict[str, Outlook], now: dict[str, Outlook]) -> tuple[float, list[Outlook]]:
    """Later over earlier: in outlooks that have both years, else of the medians of all."""
    both = sorted(then.keys() & now.keys())
    if both:
        growth = median(now[name].central / then[name].central for name in both)
        return growth, [outlook for name in both for outlook in (then[name], now[name])]
    growth = median(o.central for o in now.values()) / median(o.central for o in then.values())
    return growth, [*then.values(), *now.values()]


def _scaled(
    term: Term, growth: float, records: tuple[str, ...], most: float = float("inf")
) -> Term:
    low, central, high = (min(term.end(name) * growth, most) for name in ("low", "central", "high"))
    behind = {**term.records, "demand": tuple(sorted({*term.records.get("demand", ()), *records}))}
    return Term(low, central, high, "scaled", behind)


def _storage(evidence: Evidence, place: str, year: int) -> Term:
    """Storage at a year: the outlooks that cover it, or the last one grown as the world's."""
    for part in inside(evidence, place):
        covering = outlooks(evidence, part, year, STORAGE)
        if covering:
            return _range(covering, "read" if part == place else "of a part")
        world = _world(evidence)
        for earlier in [y for y in reversed(_years(evidence, part)) if y < year and world]:
            known = outlooks(evidence, part, earlier, STORAGE)
            if known and world:
                rate, records = world
                return _scaled(_range(known, "read"), (1 + rate) ** (year - earlier), records)
    return _NOTHING


def inside(evidence: Evidence, place: str) -> list[str]:
    """The place itself and those inside it with outlooks of storage: the newest year first, of
    one year the largest place."""
    rows = evidence.table("demand").filter(pl.col("segment") == STORAGE)
    wanted = set(places.members(place))
    known = [p for p in rows["place"].unique() if set(places.members(p)) <= wanted]
    years = dict(rows.group_by("place").agg(pl.col("year").max()).rows())
    return sorted(known, key=lambda p: (-years[p], -len(places.members(p)), p))


def _years(evidence: Evidence, place: str) -> list[int]:
    rows = evidence.table("demand").filter(
        (pl.col("segment") == STORAGE) & (pl.col("place") == place)
    )
    return sorted(set(rows["year"].to_list()))


def _world(evidence: Evidence) -> tuple[float, tuple[str, ...]] | None:
    """Yearly growth of storage of the world (a fraction) and the outlooks that say so."""
    years = [y for y in _years(evidence, places.WORLD)
             if outlooks(evidence, places.WORLD, y, STORAGE)]  # fmt: skip
    if len(years) < 2:
        return None
    ends = [outlooks(evidence, places.WORLD, y, STORAGE) for y in (years[0], years[-1])]
    first, last = (median(o.central for o in end) for end in ends)
    rate = (last / first) ** (1 / (years[-1] - years[0])) - 1
    return rate, tuple(sorted({r for end in ends for o in end for r in o.records}))


def _range(found: list[Outlook], basis: str) -> Term:
    records = {"demand": tuple(sorted({r for o in found for r in o.records}))}
    low, high = min(o.low for o in found), max(o.high for o in found)
    return Term(low, median(o.central for o in found), high, basis, records)


_NOTHING = Term(0.0, 0.0, 0.0, "none", {})
