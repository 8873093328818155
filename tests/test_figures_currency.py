"""Does another currency change money, by the mean rate of the year, and nothing else?"""

from statistics import fmean

import pytest

import multipolar as mp
from industry_fixtures import STEP, VALUES, figure
from multipolar.words.errors import UnknownWord
from multipolar.words.files import read_rows

DIMS = ["measure", "rule", "domicile", "place", "status"]


def euros_per_dollar():
    """Mean of the European Central Bank's monthly rates of 2025, from the table."""
    rows = read_rows("multipolar.words", "exchange_rates.csv")
    return fmean(
        float(r["units_per_usd"])
        for r in rows
        if r["currency"] == "EUR" and r["month"][:4] == "2025"
    )


@pytest.fixture(scope="module")
def euros():
    return mp.open(currency="EUR").figure("foreign-investment").data


def test_what_is_no_money_stays_as_it_is(euros):
    dollars = figure("foreign-investment").data
    assert euros.filter(measure="investment").height
    for measure in ("capacity", "plants"):
        assert euros.filter(measure=measure).equals(dollars.filter(measure=measure))


def test_investment_is_converted_by_the_mean_rate_of_2025(euros):
    dollars = figure("foreign-investment").data.filter(measure="investment")
    rate = euros_per_dollar()
    assert 0.8 < rate < 1
    both = dollars.join(euros.filter(measure="investment"), on=DIMS, suffix="_eur")
    assert both.height == dollars.height == euros.filter(measure="investment").height
    for value in VALUES:
        wanted = (both[value] * rate).to_list()
        # Every part is rounded to the grid; a number of the world has some hundred parts.
        assert both[f"{value}_eur"].to_list() == pytest.approx(wanted, abs=500 * STEP)


def test_the_unit_names_the_currency_and_its_year(euros):
    assert set(euros.filter(measure="investment")["unit"]) == {"billion EUR of 2025"}
    dollars = figure("foreign-investment").data.filter(measure="investment")
    assert set(dollars["unit"]) == {"billion USD of 2025"}


def test_investment_is_capacity_times_the_cost_of_a_gigawatt_hour():
    from multipolar.evidence.assumptions import Assumptions

    drawn = figure("foreign-investment")
    cost = Assumptions(drawn.result.evidence)["industry.capex.europe"]
    keys = {"rule": "lead", "domicile": "KOR", "place": "POL", "status": "operating"}
    (held,), (money,) = (
        drawn.data.filter(measure=measure, **keys).to_dicts()
        for measure in ("capacity", "investment")
    )
    wanted = [held["value"] * end / 1000 for end in (cost.low, cost.central, cost.high)]
    assert [money[value] for value in VALUES] == pytest.approx(wanted, abs=10 * STEP)


def test_an_unknown_currency_is_refused():
    with pytest.raises(UnknownWord, match="EUR"):
        mp.open(currency="EURO").figure("foreign-investment")
