"""Are the exchange rates those that central banks publish?"""

import csv
from statistics import fmean

import pytest

from multipolar.words.files import read_rows
from multipolar.words.money import units_per_usd

RATES = {
    (r["currency"], r["month"]): float(r["units_per_usd"])
    for r in read_rows("multipolar.words", "exchange_rates.csv")
}


@pytest.mark.parametrize(
    ("year", "dollars"),
    [
        (2015, 1.1095),
        (2017, 1.1297),
        (2019, 1.1195),
        (2021, 1.1827),
        (2022, 1.0530),
        (2023, 1.0813),
        (2024, 1.0824),
    ],
)
def test_the_euro_is_worth_the_yearly_mean_of_the_european_central_bank(year, dollars):
    assert 1 / units_per_usd("EUR", year) == pytest.approx(dollars, rel=0.005)


@pytest.mark.parametrize(
    ("currency", "year", "units"),
    [
        # Official exchange rate, period average: World Bank PA.NUS.FCRF (from the IMF).
        ("CNY", 2020, 6.9008), ("JPY", 2020, 106.775), ("KRW", 2020, 1180.27),
        ("GBP", 2020, 0.7800), ("CAD", 2020, 1.3412), ("INR", 2020, 74.10),
    ],
)  # fmt: skip
def test_other_currencies_are_worth_what_the_world_bank_says(currency, year, units):
    assert units_per_usd(currency, year) == pytest.approx(units, rel=0.005)


def test_no_month_stands_twice_and_none_is_missing_in_between():
    rows = read_rows("multipolar.words", "exchange_rates.csv")
    assert len(RATES) == len(rows)
    for currency in {currency for currency, _ in RATES}:
        months = [int(m[:4]) * 12 + int(m[5:]) for c, m in sorted(RATES) if c == currency]
        assert months == list(range(months[0], months[-1] + 1)), currency


def series(file):
    """Month -> units of the currency for one euro, from a file of the ECB."""
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["TIME_PERIOD"]: float(row["OBS_VALUE"]) for row in csv.DictReader(stream)}


def test_months_of_the_euro_agree_with_the_series_of_the_ecb(shared):
    published = series(shared("data", "ecb-fx", "fx_eur_usd.csv"))
    ours = {month: rate for (currency, month), rate in RATES.items() if currency == "EUR"}
    both = sorted(set(ours) & set(published))
    assert len(both) > 300
    wrong = {
        m: (1 / ours[m], published[m]) for m in both if abs(ours[m] * published[m] - 1) > 0.005
    }
    assert wrong == {}


def test_years_of_the_euro_agree_with_the_series_of_the_ecb(shared):
    published = series(shared("data", "ecb-fx", "fx_eur_usd.csv"))
    for year in range(2000, 2026):
        rates = [rate for month, rate in published.items() if month.startswith(f"{year}-")]
        assert len(rates) == 12
        assert units_per_usd("EUR", year) == pytest.approx(fmean(1 / r for r in rates), rel=0.005)


def test_the_pound_agrees_with_the_cross_rate_of_the_ecb(shared):
    dollars = series(shared("data", "ecb-fx", "fx_eur_usd.csv"))
    pounds = series(shared("data", "ecb-fx", "fx_gbp_eur.csv"))
    both = sorted(set(dollars) & set(pounds) & {m for c, m in RATES if c == "GBP"})
    assert len(both) > 300
    crossed = {month: pounds[month] / dollars[month] for month in both}
    assert {m: RATES["GBP", m] for m in both} == pytest.approx(crossed, rel=0.005)
