"""Is money the same after it went into real US$ and back, and does the deflator tell the facts?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.words.errors import MultipolarError, UnknownWord
from multipolar.words.files import read_rows
from multipolar.words.money import (
    BASE_YEAR,
    currencies,
    deflate,
    deflators,
    from_real_usd,
    rate,
    to_real_usd,
    units_per_usd,
)

MONTHS = {
    (r["currency"], int(r["month"][:4]))
    for r in read_rows("multipolar.words", "exchange_rates.csv")
}
YEARS = sorted(deflators())
PRICED = sorted({(c, y) for c, y in MONTHS if y in YEARS} | {("USD", year) for year in YEARS})


@given(st.sampled_from(PRICED), st.floats(-1e12, 1e12))
def test_an_amount_is_the_same_after_the_way_in_and_out(priced, amount):
    currency, year = priced
    inside = to_real_usd(amount, currency, year)
    assert from_real_usd(inside, currency, year) == pytest.approx(amount, rel=1e-12, abs=1e-9)


@given(st.sampled_from(PRICED), st.floats(0, 1e9), st.floats(0, 1e9))
def test_amounts_may_be_added_before_or_after_conversion(priced, one, other):
    total = to_real_usd(one, *priced) + to_real_usd(other, *priced)
    assert to_real_usd(one + other, *priced) == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize(
    ("last", "months", "of"),
    [("2024-02", 1, "2024-02"), ("2024-02", 3, "2023-12 to 2024-02"), ("2024-12", 12, None)],
)
def test_a_period_has_the_mean_rate_of_its_months(last, months, of):
    rows = read_rows("multipolar.words", "exchange_rates.csv")
    euro = {r["month"]: float(r["units_per_usd"]) for r in rows if r["currency"] == "EUR"}
    known = sorted(month for month in euro if month <= last)[-months:]
    found = rate("EUR", last, months)
    assert found.units == pytest.approx(sum(euro[month] for month in known) / months, rel=1e-12)
    assert found.of == of or found.units == pytest.approx(units_per_usd("EUR", 2024))


def test_a_month_without_a_rate_gets_that_of_its_year_and_says_so(monkeypatch):
    from multipolar.words import money

    rows = tuple(row for row in read_rows("multipolar.words", "exchange_rates.csv")
                 if row["month"] != "2024-02")  # fmt: skip
    monkeypatch.setattr(money, "_rates", lambda: rows)
    found = rate.__wrapped__("EUR", "2024-02")
    assert found == money.Rate(units_per_usd("EUR", 2024), "2024")
    with pytest.raises(MultipolarError, match="no exchange rate for EUR in 1990"):
        rate("EUR", "1990-01")


def test_the_base_year_is_2025_and_its_dollar_is_the_measure():
    assert BASE_YEAR == 2025
    assert deflate(BASE_YEAR, BASE_YEAR) == 1
    assert to_real_usd(100, "USD", BASE_YEAR) == from_real_usd(100, "USD") == 100


@given(*[st.sampled_from(YEARS)] * 3)
def test_price_levels_chain(first, second, third):
    chained = deflate(first, second) * deflate(second, third)
    assert chained == pytest.approx(deflate(first, third), rel=1e-12)


def test_the_deflator_of_us_gdp_is_100_in_2017():
    assert deflators()[2017] == 100


@pytest.mark.parametrize(
    ("year", "percent"),
    [(2009, 0.6), (2018, 2.3), (2020, 1.3), (2021, 4.5), (2022, 7.1), (2023, 3.6)],
)
def test_prices_rose_as_the_bureau_of_economic_analysis_says(year, percent):
    # GDP price index, change from the preceding year; revisions move it by some tenths.
    assert (deflate(year - 1, year) - 1) * 100 == pytest.approx(percent, abs=0.25)


def test_an_unknown_currency_is_refused_with_those_on_record():
    with pytest.raises(UnknownWord, match="unknown currency 'XAU': known are CAD, CNY, EUR"):
        to_real_usd(1, "XAU", 2020)
    with pytest.raises(UnknownWord, match="unknown currency 'EURO': did you mean EUR"):
        from_real_usd(1, "EURO", 2020)


@pytest.mark.parametrize("year", [min(YEARS) - 1, max(YEARS) + 1, 0])
def test_a_year_outside_the_deflator_is_refused_with_the_years_it_has(year):
    message = f"no price deflator for {year}: the table covers {min(YEARS)} to {max(YEARS)}"
    with pytest.raises(MultipolarError, match=message):
        to_real_usd(1, "USD", year)
    with pytest.raises(MultipolarError, match=message):
        deflate(BASE_YEAR, year)


def test_a_year_before_the_first_rate_of_a_currency_is_refused():
    with pytest.raises(
        MultipolarError, match="no exchange rate for CNY in 2001: give the amount in US"
    ):
        to_real_usd(1, "CNY", 2001)


def test_a_part_of_a_year_is_not_a_year():
    with pytest.raises(MultipolarError, match="no exchange rate for EUR in 202"):
        units_per_usd("EUR", 202)


def test_every_currency_has_a_rate_for_the_base_year():
    assert all(units_per_usd(currency, BASE_YEAR) > 0 for currency in currencies())
