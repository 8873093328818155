"""What stands at each plant, after all that was said about it?

Several rows speak of one plant and disagree. They are reconciled into *additions*: so many GWh/yr
of one status from one year on. A plant has up to three phases, since a site often runs at a part of
its nameplate while the rest is being built or only announced. The rules that rank rows are data
(``evidence/data/rules.csv``); what they mean here:

- A plant is paused, cancelled or closed when the newest row that says so is newer than every row
  that says otherwise; else operating when any row says so that no such end outdates; else what the
  newest row says.
- Lines that stopped stand until the year in which they stopped, and no longer; at present they do
  not run.
- What an unverified list says of a year yields to what was read elsewhere (``statements.py``).
- What a source counts as running (basis *online*, or *as stated* of a running plant) is the
  operating phase. A nameplate of the whole site beyond them is a second phase, under construction
  unless announced.
- Running lines stated years before the newest nameplate of a running site no longer limit it, but
  lines of which was read elsewhere do not yield to an unverified list.
- Between the start of a plant and the first year for which its running capacity is stated, capacity
  grows in equal yearly steps. Steps of years to come are planned, they do not run.
- What a list calls running beyond the lines known to run is a plan where the newest statement read
  elsewhere calls it announced.
- What is being built is a phase of its own where the newest statement of the site announces more,
  or where an unverified list has the whole site being built and a phase was read elsewhere.
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
from multipolar.evidence.result import GRID, on_grid
from multipolar.evidence.store import Evidence
from multipolar.industry.statements import (
    PHASES,
    RUNNING,
    SITE,
    believed,
    day_of,
    is_listed,
    refers_to,
    year_of,
)
from multipolar.words.units import units

ENDED = ("paused", "cancelled", "closed")
LIVE = ("operating", "under construction", "announced")
#: What the part of a nameplate beyond the running lines counts as, by the status its row gives.
BEYOND = {"operating": "under construction"}
BUILT_LATER = ("under construction", "announced")
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
        if site["reason"]:
            phases = _stopped(found, present, assumptions)
            site["reason"] = None if phases else site["reason"]
        else:
            phases = _phases(found, site["status"], present, assumptions)
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
    newest = max((day_of(row) for row in live), default=0)
    end = max((day_of(row) for row in ended), default=0)
    if end > newest:
        return str(max(ended, key=day_of)["status"])
    # Lines that stopped and are rebuilt for something else do not run.
    if any(row["status"] == "operating" and day_of(row) >= end for row in live):
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
    if status != "operating":
        past = _stopped(rows, present, assumptions)
        return past + _standing(rows, status, present, assumptions)
    return _standing(rows, status, present, assumptions)


def _stopped(rows: list[Row], present: int, assumptions: Assumptions) -> list[Row]:
    """What ran at a plant that does not run any more: it came, and it went after its last year.

    At present it does not stand any more, even when it stopped in this year.
    """
    ran = [r for r in rows if r["status"] == "operating"]
    last = max((day_of(r) for r in ran), default=0)
    ends = [r for r in rows if r["status"] in ENDED and r["capacity_basis"] not in PHASES]
    ends = [r for r in ends if day_of(r) > last]
    if not ran or not ends:
        return []
    end = min(ends, key=day_of)
    known = [r for r in rows if day_of(r) <= last]
    phases = _standing(known, "operating", min(present, year_of(end)), assumptions)
    came = [p for p in phases if p["status"] == "operating" and p["from_year"] <= year_of(end)]
    if not came:
        return []
    low, level, high = (-sum(p[name] for p in came) for name in ("low", "capacity", "high"))
    gone = min(year_of(end) + 1, present)
    return [*came, _addition("operating", gone, low, level, high, [end])]


def _standing(rows: list[Row], status: str, present: int, assumptions: Assumptions) -> list[Row]:
    """The additions of one plant as it stands."""
    rows = believed(rows)
    sized = [r for r in rows if r["capacity"]]
    sites = ranked([r for r in sized if r["capacity_basis"] in SITE], "plants", "site")
    steps = [r for r in sized if r["capacity_basis"] == "phase"]
    online = [r for r in sized if r["status"] == "operating" and r["capacity_basis"] in RUNNING]
    if status != "operating":
        return _unbuilt(rows, sites or online, steps, status, present, assumptions)
    newest_site = next((r for r in sites if r["status"] == "operating"), None)
    if online and newest_site and _is_stale(online, newest_site):
        online.append(newest_site | {"capacity_year": year_of(newest_site)})
    running = _running(rows, sites, steps, online, present)
    level = sum(phase["capacity"] for phase in running)
    whole = [r for r in _recent(sites) if r["capacity"] >= level]
    later = list(running)
    rest = whole[0]["capacity"] - level if whole else 0
    if rest > 0 and whole[0]["status"] not in ("cancelled", "closed"):
        beyond = _beyond(rows, whole[0])
        low, high = _range(sites, whole[0])
        # The start that a nameplate gives is that of its lines that run.
        begun = any(whole[0]["record"] in step["records"] for step in running)
        row, others = (whole[0] | {"start_year": None}, []) if begun else (whole[0], rows)
        year, used = _arrival(others, row, beyond, present, assumptions)
        ends = max(low - level, 0), rest, high - level
        later.append(_addition(beyond, year, *ends, [whole[0]], used))
    newest = max((day_of(r) for r in whole[:1] or online or sites), default=0)
    for row in steps:
        if row["status"] in ("under construction", "announced") and day_of(row) > newest:
            year, used = _arrival(rows, row, row["status"], present, assumptions)
            later.append(_point(row["status"], year, row, used))
    return later


def _beyond(rows: list[Row], whole: Row) -> str:
    """What the part of a nameplate beyond the running lines counts as."""
    status = str(BEYOND.get(whole["status"], whole["status"]))
    if whole["status"] != "operating" or not is_listed(whole):
        return status
    plans = [r for r in rows if not is_listed(r) and r["status"] in BUILT_LATER]
    plans = [r for r in plans if r["capacity_basis"] in (*SITE, *PHASES)]
    return str(max(plans, key=day_of)["status"]) if plans else status


def _running(
    rows: list[Row], sites: list[Row], steps: list[Row], online: list[Row], present: int
) -> list[Row]:
    """The operating phase, as the steps in which it came online."""
    if online:
        online = sorted(online, key=lambda r: (refers_to(r), day_of(r)))
        additions: list[Row] = []
        level = 0.0
        for row in online:
            step, year = row["capacity"] - level, refers_to(row)
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
    best = [r for r in sites if r["status"] == "operating"]
    best = best or [r for r in sites if r["status"] not in ENDED]
    if best:
        low, high = _range(sites, best[0])
        first = _start(rows, best[0], present)
        last = best[0]["capacity_year"] or first
        steps = _grown(first, last, low, best[0]["capacity"], high, best[0])
        return [step for step in steps if step["from_year"] <= max(first, present)]
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
    built = [r for r in steps if r["status"] == status and not is_listed(r)]
    if built and is_listed(whole) and whole["status"] == status == "under construction":
        # A list names the site; what is being built of it was read elsewhere. The start that the
        # list gives is that of the first lines.
        begun, whole = built, whole | {"status": "announced", "start_year": None}
    if begun and whole["status"] == "announced" and status == "under construction":
        level = _total(begun)
        year, used = _arrival(rows, begun[0], status, present, assumptions)
        first = _addition(status, year, level, level, level, begun, used)
        rest = whole["capacity"] - level
        if rest <= 0:
            return [first]
        others = [] if begun is built else rows
        later, used = _arrival(others, whole, "announced", present, assumptions)
        year = max(year + 1, later) if begun is built else later
        low, high = _range(sites, whole)
        ends = min(max(low - level, 0), rest), rest, max(high - level, rest)
        return [first, _addition("announced", year, *ends, [whole], used)]
    total, (low, high) = _total(sized), _range(sized, whole)
    if whole["capacity_basis"] == "phase":
        low = high = total
    year, used = _arrival(rows, whole, status, present, assumptions)
    witness = max((r for r in rows if r["status"] == status), key=day_of, default=whole)
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
    return max(present, year_of(row) + round(assumptions.central(name))), [name]


def _start(rows: list[Row], row: Row, present: int) -> int:
    """The year since which a running plant runs; when unsaid, since it was first said to run."""
    started = ranked([r for r in rows if r["start_year"]], "plants", "start_year")
    if started:
        # A nameplate may be that of a plan; only lines that ran show an earlier start.
        ran = [refers_to(row)] if row["capacity_basis"] in RUNNING else []
        return min(int(started[0]["start_year"]), present, *ran)
    operating = [year_of(r) for r in rows if r["status"] == "operating"]
    return min([*operating, refers_to(row)])


def _range(sites: list[Row], best: Row) -> tuple[float, float]:
    """Lowest and highest statement of the whole site among the recent ones."""
    stated = [*(r["capacity"] for r in _recent(sites)), best["capacity"]]
    return min(stated), max(stated)


def _recent(sites: list[Row]) -> list[Row]:
    """The statements of a site that no newer one has outdated, in their order."""
    newest = max((day_of(r) for r in sites), default=0)
    return [r for r in sites if newest - day_of(r) <= RECENT_DAYS]


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
    """Whether what is said of running lines is years older than what is said of the site.

    What an unverified list says of a site does not outdate lines of which was read elsewhere.
    """
    last = max(refers_to(row) for row in online)
    if is_listed(site) and not all(is_listed(row) for row in online):
        return False
    return (year_of(site) - last) * 365 > RECENT_DAYS
