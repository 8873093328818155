"""What is an amount of money worth in real 2025 US$, and back in another currency or year?

Inside, money is real 2025 US$ without VAT. At the door an amount in a currency of a year is first
turned into US$ of that year (mean of the European Central Bank's daily reference rates,
``exchange_rates.csv``) and then into 2025 US$ with the implicit price deflator of US GDP
(Bureau of Economic Analysis, NIPA table 1.1.9, ``deflator.csv``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from statistics import fmean

from multipolar.words.errors import MultipolarError, UnknownWord
from multipolar.words.files import read_rows

BASE_YEAR = 2025
USD = "USD"


@dataclass(frozen=True)
class Rate:
    """Units of a currency for one US$, and of which time they are the mean."""

    units: float
    of: str


@cache
def deflators() -> dict[int, float]:
    """US GDP implicit price deflator by year (index, 2017 = 100)."""
    rows = read_rows("multipolar.words", "deflator.csv")
    return {int(row["year"]): float(row["index_2017"]) for row in rows}


@cache
def currencies() -> tuple[str, ...]:
    """The currencies that can be converted."""
    return tuple(sorted({USD} | {row["currency"] for row in _rates()}))


@cache
def units_per_usd(currency: str, year: int) -> float:
    """Units of a currency for one US$, mean of the months on record of that year.

    Raises UnknownWord for a currency, MultipolarError for a year without rates.
    """
    if currency == USD:
        return 1.0
    if currency not in currencies():
        raise UnknownWord("currency", currency, currencies())
    months = [float(r["units_per_usd"]) for r in _rates() if _is(r, currency, year)]
    if not months:
        raise MultipolarError(f"no exchange rate for {currency} in {year}: give the amount in US$")
    return fmean(months)


@cache
def rate(currency: str, last: str, months: int = 1) -> Rate:
    """The mean rate of so many months to ``last`` (YYYY-MM); of the last year where one is missing.

    Raises UnknownWord for a currency, MultipolarError for a year without rates.

    >>> rate("USD", "2025-06")
    Rate(units=1.0, of='2025-06')
    """
    end = int(last[:4]) * 12 + int(last[5:7]) - 1
    period = [f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(end - months + 1, end + 1)]
    known = {r["month"]: float(r["units_per_usd"]) for r in _rates() if r["currency"] == currency}
    if currency != USD and not known.keys() >= {*period}:
        year = int(last[:4])
        return Rate(units_per_usd(currency, year), str(year))
    found = fmean(1.0 if currency == USD else known[month] for month in period)
    return Rate(found, last if months == 1 else f"{period[0]} to {last}")


def to_real_usd(amount: float, currency: str, year: int) -> float:
    """Nominal ``amount`` of ``currency`` in ``year`` -> real 2025 US$.

    >>> round(to_real_usd(100, "USD", 2025), 2)
    100.0
    """
    return amount / units_per_usd(currency, year) * deflate(year, BASE_YEAR)


def from_real_usd(amount: float, currency: str, price_year: int = BASE_YEAR) -> float:
    """Real 2025 US$ -> ``currency`` at the prices and exchange rate of ``price_year``."""
    return amount * deflate(BASE_YEAR, price_year) * units_per_usd(currency, price_year)


def deflate(year: int, to_year: int) -> float:
    """Price level of ``to_year`` over that of ``year``. Raises MultipolarError for other years."""
    known = deflators()
    for wanted in (year, to_year):
        if wanted not in known:
            raise MultipolarError(
                f"no price deflator for {wanted}: the table covers {min(known)} to {max(known)}"
            )
    return known[to_year] / known[year]


def _rates() -> tuple[dict[str, str], ...]:
    return read_rows("multipolar.words", "exchange_rates.csv")


def _is(row: dict[str, str], currency: str, year: int) -> bool:
    return row["currency"] == currency and row["month"].startswith(f"{year:04d}-")
