"""Which release of a list is a file, and who is cited for it?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from multipolar.evidence.sources import bibliography

QUARTER = re.compile(r"(?<![0-9])(20[0-9]{2})[-_ ]?Q([1-4])(?![0-9])", re.IGNORECASE)
#: An address of a page has a path behind the host.
PAGE_SLASHES = 3
DAY = re.compile(
    r"(?<![0-9])(20[0-9]{2})([-_.]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12][0-9]|3[01]))?(?![0-9])"
)


@dataclass(frozen=True)
class Release:
    """A source (id of the bibliography, or a citation), its date, and a short name for ids."""

    source: str
    date: str
    short: str


def quarter_in(text: str) -> str:
    """The quarter that a text names, as ``2024q4``; blank where it names none."""
    found = QUARTER.search(text)
    return f"{found[1]}q{found[2]}" if found else ""


def quarter_end(quarter: str) -> str:
    """The last month of a quarter.

    >>> quarter_end("2024q4")
    '2024-12'
    """
    return f"{quarter[:4]}-{3 * int(quarter[-1]):02d}"


def date_in(text: str) -> str:
    """The day or month that a text names; blank where it names none.

    >>> date_in("battery-news_europe_2026-02.csv"), date_in("2024_Q4.20250218.0")
    ('2026-02', '2025-02-18')
    """
    found = DAY.search(text)
    return "-".join(part for part in (found[1], found[3], found[4]) if part) if found else ""


def issued(source: str) -> str:
    """The date of an entry of the bibliography."""
    return bibliography()[source].date


def cite(address: str, otherwise: str = "") -> str:
    """The entry of the bibliography at an address, or the address itself; else ``otherwise``."""
    address = address.strip()
    if "://" not in address:
        return otherwise
    return _addresses().get(_bare(address), re.sub(r"\s", "%20", address))


def page(source: str) -> str:
    """The page behind a source, by which two citations of it are one."""
    known = bibliography().get(source)
    # Releases of one list share an address and are cited by their ids.
    is_release = known is not None and known.address.count("/") < PAGE_SLASHES
    return source if known is None or is_release else _bare(known.address) or source


@cache
def _addresses() -> dict[str, str]:
    """Entries by address, the first of those that share one."""
    found: dict[str, str] = {}
    for entry in bibliography().values():
        if entry.address:
            found.setdefault(_bare(entry.address), entry.id)
    return found


def _bare(address: str) -> str:
    return address.partition("://")[2].removeprefix("www.").rstrip("/").casefold()
