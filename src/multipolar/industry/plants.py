"""What stands at each plant, after all that was said about it?

Several rows speak of one plant and disagree. They are reconciled into *additions*: so many GWh/yr
of one status from one year on. A plant has up to three phases, since a site often runs at a part of
its nameplate while the rest is being built or only announced. The rules that rank rows are data
(``evidence/data/rules.csv``); what they mean here:

- A plant is paused, cancelled or closed when the newest row that says so is newer than every row
  that says otherwise; else operating when any row says so; else what the newest row says.
- What a source counts as running (basis *online*, or *as stated* of a running plant) is the
  operating phase. A nameplate of
  the whole site beyond them is a second phase, under construction unless announced.
- Running lines stated years before the newest nameplate of a running site no longer limit it.
- Between the start of a plant and the first year for which its running capacity is stated, capacity
  grows in equal yearly steps.
- What is being built is a phase of its own where the newest statement of the site announces more.
- A *phase* newer than the newest statement of the whole site comes on top of it.
- The range of a phase spans the statements of its kind of the last three years.

Capacity in GWh/yr; of other stages than cells and packs in kt/yr, of separators in million m2/yr.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.conflicts import Row, ranked
from multipolar.evidence.dates import day_number
from multipolar.evidence.result import GRID, on_grid
from multipolar.evidence.store import Evidence
from multipolar.words.units import units

ENDED = ("paused", "cancelled", "closed")
LIVE = ("operating", "under construction", "announced")
SITE = ("full site", "site target", "as stated", "company", "list maximum", "2030 capacity")
#: What the part of a nameplate beyond the running lines counts as, by the status its row gives.
BEYOND = {"operating": "under construction"}
#: What is said of a plant that runs, without calling it the plan of the whole site.
RUNNING = ("online", "as stated")
#: What is said of less than the plant; a *part* is in the total of its site already.
PHASES = ("phase", "part")
#: Statements of a whole site this many days older than its newest one are outdated.
RECENT_DAYS = 3 * 365
LEAD = "industry.years-to-start.{}"
#: The quantity in which a stage is measured, others by mass. What a source counts otherwise, such
#: as an anode plant in GWh of cells, is not added up.
QUANTITY = {"cell": "capacity", "pack": "capacity", "separator": "area flow"}
MASS = "mass flow"

SITES: dict[str, Any] = {
    "plant": pl.String,
    "name": pl.String,
    "firm": pl.String,
    "owners": pl.String,
    "place": pl.String,
    "town": pl.String,
    "latitude": pl.Float64,
    "longitude": pl.Float64,
    "chemistry": pl.String,
    "scale": pl.String,
    "status": pl.String,
    "part_of": pl.String,
    "confidence": pl.String,
    "capacity_known": pl.Boolean,
    "reason": pl.String,
    "records": pl.List(pl.String),
}
ADDITIONS: dict[str, Any] = {
    "plant": pl.String,
    "status": pl.String,
    "from_year": pl.Int64,
    "low": pl.Float64,
    "capacity": pl.Float64,
    "high": pl.Float64,
    "records": pl.List(pl.String),
    "assumptions": pl.List(pl.String),
}


@dataclass(frozen=True)
class Plants:
    """Reconciled plants: ``sites`` has one row a plant, ``additions`` one a phase and step."""

    sites: pl.DataFrame
    additions: pl.DataFrame


def reconcile(evidence: Evidence, stage: str = "cell") -> Plants:
    """Every plant of a stage as it is believed to stand.

    ``sites``: see SITES; ``reason`` says why a plant adds no capacity, ``records`` are its rows.
    ``additions``: see ADDITIONS.
    """
    rows = evidence.table("plants").filter(pl.col("stage") == stage)
    measured = {unit: quantity for unit, (quantity, _) in units().items()}
    fits = pl.col("unit").replace_strict(measured, return_dtype=pl.String)
    rows = rows.with_columns(
        pl.coalesce("status_date", "date").alias("status_date"),
        pl.when(fits == QUANTITY.get(stage, MASS)).then("capacity").alias("capacity"),
    )
    present = evidence.year
    assumptions = Assumptions(evidence)
    sites, additions = [], []
    for plant, group in rows.partition_by("plant", as_dict=True, maintain_order=True).items():
        found = group.to_dicts()
        site = _site(found)
        phases = [] if site["reason"] else _phases(found, site["status"], present, assumptions)
        if not phases and not site["reason"]:
            site["reason"] = "no row gives a capacity"
        sites.append(site)
        additions += [{"plant": plant[0], **phase} for phase in phases]
    table = pl.DataFrame(additions, schema=ADDITIONS, orient="row")
    frame = pl.DataFrame(sites, schema=SITES, orient="row")
    table = _without_parts(table, frame)
    return Plants(frame, table.with_columns(on_grid(pl.col("low", "capacity", "high"))))


def status_of(rows: list[Row]) -> str:
    """The status of a plant from all its rows."""
    live = [row for row in rows if row["status"] in LIVE]
    # A phase that was given up does not end a plant that otherwise lives on.
    lives = any(r["status"] == "operating" or r["capacity_basis"] not in PHASES for r in live)
    ended = [row for row in rows if row["status"] in ENDED]
    ended = [row for row in ended if row["capacity_basis"] not in PHASES or not lives]
    newest = max((_day(row) for row in live), default=0)
    if ended and max(_day(row) for row in ended) > newest:
        return str(max(ended, key=_day)["status"])
    if any(row["status"] == "operating" for row in live):
        return "operating"
    if live:
        return str(ranked(live, "plants", "status")[0]["status"])
    return "unknown"


def _site(rows: list[Row]) -> Row:
    identity = ranked(rows, "plants", "identity")[0]
    spot = ranked(rows, "plants", "place")[0]
    owners = ranked([r for r in rows if r["owners"]], "plants", "owners")
    said = [r for r in rows if r["chemistry"] != "unknown"]
    chemistry = ranked(said, "plants", "chemistry")[0]["chemistry"] if said else "unknown"
    status = status_of(rows)
    sized = [r for r in rows if r["capacity"] is not None]
    capacity_known = bool(sized)
    reason = "no row gives a capacity" if not capacity_known else None
    if status in ("cancelled", "closed"):
        reason = status
    return {
        "plant": identity["plant"],
        "name": identity["name"],
        "firm": identity["firm"],
        "owners": owners[0]["owners"] if owners else None,
        "place": identity["place"],
        "town": spot["town"],
        "latitude": spot["latitude"],
        "longitude": spot["longitude"],
        "chemistry": chemistry,
        "scale": identity["scale"],
        "status": status,
        # A row that was taken for a part of its own plant by mistake is no part of it.
        "part_of": next(
            (r["part_of"] for r in rows if r["part_of"] not in (None, r["plant"])), None
        ),
        "confidence": (ranked(sized, "plants", "site") or [identity])[0]["confidence"],
        "capacity_known": capacity_known,
        "reason": reason,
        "records": [r["record"] for r in rows],
    }


def _phases(rows: list[Row], status: str, present: int, assumptions: Assumptions) -> list[Row]:
    """The additions of one plant, without its id."""
    sized = [r for r in rows if r["capacity"]]
    sites = ranked([r for r in sized if r["capacity_basis"] in SITE], "plants", "site")
    steps = [r for r in sized if r["capacity_basis"] == "phase"]
    online = [r for r in sized if r["status"] == "operating" and r["capacity_basis"] in RUNNING]
    if status != "operating":
        return _unbuilt(rows, sites or online, steps, status, present, assumptions)
    newest_site = next((r for r in sites if r["status"] == "operating"), None)
    if online and newest_site and _is_stale(online, newest_site):
        online.append(newest_site | {"capacity_year": _year(newest_site)})
    running = _running(rows, sites, steps, online, present)
    level = sum(phase["capacity"] for phase in running)
    whole = [r for r in _recent(sites) if r["capacity"] >= level]
    later = list(running)
    rest = whole[0]["capacity"] - level if whole else 0
    if rest > 0 and whole[0]["status"] not in ("cancelled", "closed"):
        beyond = str(BEYOND.get(whole[0]["status"], whole[0]["status"]))
        low, high = _range(sites, whole[0])
        year, used = _arrival(rows, whole[0], beyond, present, assumptions)
        ends = max(low - level, 0), rest, high - level
        later.append(_addition(beyond, year, *ends, [whole[0]], used))
    newest = max((_day(r) for r in whole[:1] or online or sites), default=0)
    for row in steps:
        if row["status"] in ("under construction", "announced") and _day(row) > newest:
            year, used = _arrival(rows, row, row["status"], present, assumptions)
            later.append(_point(row["status"], year, row, used))
    return later


def _running(
    rows: list[Row], sites: list[Row], steps: list[Row], online: list[Row], present: int
) -> list[Row]:
    """The operating phase, as the steps in which it came online."""
    if online:
        online = sorted(online, key=lambda r: (_refers_to(r), _day(r)))
        additions: list[Row] = []
        level = 0.0
        for row in online:
            step, year = row["capacity"] - level, _refers_to(row)
            first = _start(rows, row, present) if not additions else year
            if step:
                additions += _grown(first, year, step, step, step, row)
            else:
                # A statement that confirms the one before stands behind it too.
                confirmed = {*additions[-1]["records"], row["record"]}
                additions[-1]["records"] = sorted(confirmed)
            level = row["capacity"]
        low, high = _range(online, online[-1])
        additions[-1]["low"] += low - level
        additions[-1]["high"] += high - level
        return additions
    best = [r for r in sites if r["status"] == "operating"] or sites
    if best:
        low, high = _range(sites, best[0])
        first = _start(rows, best[0], present)
        last = min(best[0]["capacity_year"] or first, present)
        return _grown(first, last, low, best[0]["capacity"], high, best[0])
    running = [row for row in steps if row["status"] == "operating"]
    return [_point("operating", _start(rows, row, present), row) for row in running]


def _grown(first: int, last: int, low: float, capacity: float, high: float, row: Row) -> list[Row]:
    """Capacity that is first on record years after the start has come in equal yearly steps."""
    count = max(last - first, 0) + 1
    steps = zip(*(_equal_steps(end, count) for end in (low, capacity, high)), strict=True)
    return [_addition("operating", first + n, a, b, c, [row]) for n, (a, b, c) in enumerate(steps)]


def _equal_steps(total: float, count: int) -> list[float]:
    """``count`` equal steps on the grid of exact sums; the last makes up the total."""
    step = round(total / count * GRID) / GRID
    return [step] * (count - 1) + [total - step * (count - 1)]


def _unbuilt(
    rows: list[Row],
    sites: list[Row],
    steps: list[Row],
    status: str,
    present: int,
    assumptions: Assumptions,
) -> list[Row]:
    """The phases of a plant that does not run: what is being built, and what is only announced."""
    sized = sites or steps
    if not sized:
        return []
    begun = [r for r in sites if r["status"] == status] or [
        r for r in steps if r["status"] == status
    ]
    whole = sized[0]
    if begun and whole["status"] == "announced" and status == "under construction":
        level = _total(begun)
        year, used = _arrival(rows, begun[0], status, present, assumptions)
        first = _addition(status, year, level, level, level, begun, used)
        rest = whole["capacity"] - level
        if rest <= 0:
            return [first]
        year, used = _arrival(rows, whole, "announced", present, assumptions)
        return [first, _addition("announced", year, rest, rest, rest, [whole], used)]
    total, (low, high) = _total(sized), _range(sized, whole)
    if whole["capacity_basis"] == "phase":
        low = high = total
    year, used = _arrival(rows, whole, status, present, assumptions)
    witness = max((r for r in rows if r["status"] == status), key=_day, default=whole)
    used_rows = sized if whole["capacity_basis"] == "phase" else [whole]
    return [_addition(status, year, low, total, high, [*used_rows, witness], used)]


def _total(rows: list[Row]) -> float:
    """What statements of one kind add up to: phases are summed, of sites the first is believed."""
    phases = [r["capacity"] for r in rows if r["capacity_basis"] == "phase"]
    return sum(phases) if phases else float(rows[0]["capacity"])


def _arrival(
    rows: list[Row], row: Row, status: str, present: int, assumptions: Assumptions
) -> tuple[int, list[str]]:
    """The year in which a phase that is not built comes online, and the assumption behind it."""
    started = ranked([r for r in rows if r["start_year"]], "plants", "start_year")
    planned = [y for y in (row["start_year"], row["capacity_year"]) if y and y >= present]
    planned += [r["start_year"] for r in started if r["start_year"] >= present]
    if planned:
        return planned[0], []
    name = LEAD.format(status.replace(" ", "-") if status in LIVE else "announced")
    return max(present, _year(row) + round(assumptions.central(name))), [name]


def _start(rows: list[Row], row: Row, present: int) -> int:
    """The year since which a running plant runs; when unsaid, since it was first said to run."""
    started = ranked([r for r in rows if r["start_year"]], "plants", "start_year")
    if started:
        return min(int(started[0]["start_year"]), _refers_to(row), present)
    operating = [_year(r) for r in rows if r["status"] == "operating"]
    return min([*operating, _refers_to(row)])


def _range(sites: list[Row], best: Row) -> tuple[float, float]:
    """Lowest and highest statement of the whole site among the recent ones."""
    stated = [*(r["capacity"] for r in _recent(sites)), best["capacity"]]
    return min(stated), max(stated)


def _recent(sites: list[Row]) -> list[Row]:
    """The statements of a site that no newer one has outdated, in their order."""
    newest = max((_day(r) for r in sites), default=0)
    return [r for r in sites if newest - _day(r) <= RECENT_DAYS]


def _addition(
    status: str,
    year: int,
    low: float,
    capacity: float,
    high: float,
    rows: list[Row],
    assumptions: list[str] | None = None,
) -> Row:
    return {
        "status": status,
        "from_year": year,
        "low": low,
        "capacity": capacity,
        "high": high,
        "records": sorted({r["record"] for r in rows}),
        "assumptions": assumptions or [],
    }


def _point(status: str, year: int, row: Row, used: list[str] | None = None) -> Row:
    return _addition(status, year, row["capacity"], row["capacity"], row["capacity"], [row], used)


def _without_parts(additions: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """A hub or company total counts only what its plants on record do not already make up."""
    totals = additions.group_by("plant").agg(pl.col("capacity").sum())
    inside = (
        sites.filter(pl.col("part_of").is_not_null())
        .join(totals, on="plant")
        .group_by(pl.col("part_of").alias("plant"))
        .agg(pl.col("capacity").sum().alias("inside"))
    )
    left = totals.join(inside, on="plant").select(
        "plant", (1 - pl.col("inside") / pl.col("capacity")).clip(0, 1).alias("left")
    )
    values = pl.col("low", "capacity", "high") * pl.col("left").fill_null(1.0)
    return (
        additions.join(left, on="plant", how="left", maintain_order="left")
        .with_columns(values)
        .drop("left")
    )


def _is_stale(online: list[Row], site: Row) -> bool:
    """Whether what is said of running lines is years older than what is said of the site."""
    last = max(_refers_to(row) for row in online)
    return (_year(site) - last) * 365 > RECENT_DAYS


def _refers_to(row: Row) -> int:
    """The year that a statement of capacity is about."""
    return int(row["capacity_year"] or _year(row))


def _day(row: Row) -> int:
    return day_number(row["status_date"])


def _year(row: dict[str, Any]) -> int:
    return int(row["status_date"][:4])
