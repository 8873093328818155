"""Who belongs to which group?"""

import pytest

from multipolar.words.places import countries, groups, members, name

EU27 = {
    "AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV",
    "HUN", "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN",
    "SWE",
}  # fmt: skip
OECD = {
    "AUS", "AUT", "BEL", "CAN", "CHE", "CHL", "COL", "CRI", "CZE", "DEU", "DNK", "ESP", "EST",
    "FIN", "FRA", "GBR", "GRC", "HUN", "IRL", "ISL", "ISR", "ITA", "JPN", "KOR", "LTU", "LUX",
    "LVA", "MEX", "NLD", "NOR", "NZL", "POL", "PRT", "SVK", "SVN", "SWE", "TUR", "USA",
}  # fmt: skip


def of(group):
    return set(members(group))


@pytest.mark.parametrize("group", groups())
def test_every_member_of_a_group_is_a_country_and_stands_once(group):
    assert of(group) <= set(countries())
    assert len(members(group)) == len(of(group)) > 0


def test_eu27_are_the_27_member_states():
    assert len(EU27) == 27
    assert of("EU27") == EU27


def test_oecd_are_the_38_members_of_the_organisation():
    assert len(OECD) == 38
    assert of("OECD") == OECD


def test_world_is_every_country():
    assert of("World") == set(countries())


def test_china_the_oecd_of_figure_3_and_emdm_are_the_world_without_overlap():
    parts = [of("EMDM"), {"CHN"}, of("OECD-figure-3")]
    assert set.union(*parts) == of("World")
    assert sum(map(len, parts)) == len(of("World"))


def test_europe_is_the_studys_partners():
    assert of("Europe") == EU27 | {"GBR", "NOR", "CHE"}


def test_wider_europe_adds_the_balkans_and_turkiye():
    assert of("Europe") | {"SRB", "TUR"} < of("Europe-wide")


def test_oecd_partners_and_the_group_of_figure_3():
    assert of("OECD-partners") == of("Europe") | {"USA", "KOR", "JPN"}
    assert of("OECD-figure-3") == of("OECD-partners") | {"CAN"}


def test_asia_is_china_and_the_rest_of_asia():
    assert of("Asia") == of("Asia-ex-China") | {"CHN"}
    assert "CHN" not in of("Asia-ex-China")
    assert of("South-East-Asia") < of("Asia-ex-China")


@pytest.mark.parametrize("place", ["HKG", "MAC", "TWN"])
def test_hong_kong_macao_and_taiwan_are_places_of_their_own(place):
    assert members(place) == (place,)
    assert place in of("Asia-ex-China")
    assert place in of("EMDM")


def test_a_group_has_a_title_and_no_country_is_called_like_a_group():
    assert all(name(group) for group in groups())
    assert not set(groups()) & (set(countries()) | set(countries().values()))
