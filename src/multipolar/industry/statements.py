"""Which statement of a plant's capacity is contradicted by what was read elsewhere?

A list that nobody checked often gives the plan of a site as what runs, and dates it by its own
release. So its date does not decide; the year that a statement is about does. What such a list says
to run yields

- of a year: to another statement of what ran in that year;
- of a whole site: to a smaller statement of the site of the same or a later year.

The row stays on record, its capacity is not counted. Plans of a list are not touched: the newest
statement of a plan holds.
"""

from __future__ import annotations

from multipolar.evidence.conflicts import Row
from multipolar.evidence.dates import day_number
from multipolar.evidence.sources import unverified

SITE = ("full site", "site target", "as stated", "company", "list maximum", "2030 capacity")
#: What is said of a plant that runs, without calling it the plan of the whole site.
RUNNING = ("online", "as stated")
#: What is said of less than the plant; a *part* is in the total of its site already.
PHASES = ("phase", "part")


def believed(rows: list[Row]) -> list[Row]:
    """The rows of a plant; those of unverified lists lose a capacity contradicted elsewhere."""
    read = [r for r in rows if r["capacity"] and not is_listed(r)]
    ran = [r for r in read if _runs(r) and r["capacity_basis"] in RUNNING]
    whole = [r for r in read if r["capacity_basis"] in SITE and r not in ran]
    return [row | {"capacity": None} if _contradicted(row, ran, whole) else row for row in rows]


def is_listed(row: Row) -> bool:
    """Whether a row was read through a list that nobody checked."""
    return (row["via"] or row["source"]) in unverified()


def refers_to(row: Row) -> int:
    """The year that a statement of capacity is about."""
    return int(row["capacity_year"] or year_of(row))


def day_of(row: Row) -> int:
    """The last day that the date of a status can mean, as a day count."""
    return day_number(row["status_date"])


def year_of(row: Row) -> int:
    """The year of a status."""
    return int(row["status_date"][:4])


def _contradicted(row: Row, ran: list[Row], whole: list[Row]) -> bool:
    if not row["capacity"] or not _runs(row) or not is_listed(row):
        return False
    if row["capacity_basis"] in RUNNING:
        said = [r["capacity"] for r in ran if refers_to(r) == refers_to(row)]
        return bool(said) and row["capacity"] not in said
    later = [r["capacity"] for r in whole if year_of(r) >= refers_to(row)]
    return row["capacity_basis"] in SITE and any(c < row["capacity"] for c in later)


def _runs(row: Row) -> bool:
    return bool(row["status"] == "operating")
