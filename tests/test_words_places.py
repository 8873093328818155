"""Is a place found by the ways in which people write it?"""

import pytest

from multipolar.words.errors import UnknownWord
from multipolar.words.files import read_rows
from multipolar.words.places import countries, groups, name, resolve

TABLE = read_rows("multipolar.words", "places.csv")


def test_codes_have_the_form_of_iso_3166():
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in countries())
    assert all(len(row["alpha_2"]) == 2 for row in TABLE)


@pytest.mark.parametrize("column", ["place", "alpha_2", "name"])
def test_no_two_countries_share_a_code_or_name(column):
    words = [row[column].casefold() for row in TABLE]
    assert len(set(words)) == len(words)


def test_the_countries_are_those_of_iso_3166_and_kosovo():
    assert len(countries()) == 249 + 1
    assert "XKX" in countries()


@pytest.mark.parametrize("column", ["place", "alpha_2", "name"])
@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_every_country_is_found_by_code_and_name_in_any_case(column, case):
    assert [resolve(case(row[column])) for row in TABLE] == [row["place"] for row in TABLE]


@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_every_group_is_found_by_its_name_in_any_case(case):
    assert [resolve(case(group)) for group in groups()] == list(groups())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("UK", "GBR"), ("Turkey", "TUR"), ("Korea", "KOR"), ("South Korea", "KOR"),
        ("USA", "USA"), ("us", "USA"), ("EU", "EU27"), ("  de ", "DEU"),
    ],
)  # fmt: skip
def test_common_forms_are_understood(text, place):
    assert resolve(text) == place


@pytest.mark.parametrize(
    ("text", "near"), [("Germny", "Germany"), ("Pland", "Poland"), ("EU28", "EU27")]
)
def test_a_misspelt_place_is_refused_with_near_names(text, near):
    with pytest.raises(UnknownWord, match=f"unknown place {text!r}: did you mean .*{near}"):
        resolve(text)


@pytest.mark.parametrize("text", ["", "  ", "Atlantis on the Moon", "D", "ZZZ"])
def test_what_is_no_place_is_refused(text):
    with pytest.raises(UnknownWord, match="unknown place"):
        resolve(text)


def test_a_country_is_called_by_its_name():
    assert [name(resolve(country)) for country in countries().values()] == list(
        countries().values()
    )
