"""Do files of trade flows in their publishers' layouts become the rows that they tell?"""

import pytest

from flow_fixtures import FLOWS, read_file
from multipolar.readers.flow_areas import area
from multipolar.words import places
from multipolar.words.errors import MultipolarError

EMBER, BACI = FLOWS / "clean_tech_exports.csv", FLOWS / "BACI_HS17_Y2031_V203301.csv"
COUNTRIES = FLOWS / "country_codes_V203301.csv"
EARLIER = FLOWS / "country_codes_V202801.csv"
PRODUCTS = FLOWS / "product_codes_HS17_V203301.csv"


def test_ember_has_regions_that_add_up_and_refuses_groups_that_overlap():
    found = read_file("ember", EMBER)
    world = found.total("value", importer="World", product="batteries")
    assert world == sum(3000 + 10 * i for i in range(14))
    parts = ["Ember-Europe", "Ember-Asia"]
    assert world == sum(found.total("value", importer=one, months=1) for one in parts)
    assert found.only(importer="EU27")["value"] == 900
    assert found.flows.refused["... overlaps the regions and countries"] == 2
    assert found.flows.refused["... is the sum of the other categories"] == 2
    assert set(found.rows["product"]) == {"batteries", "electric-vehicles", "solar"}
    assert set(found.rows["exporter"]) == {"CHN"}


def test_ember_dates_are_american_or_iso_and_days_are_refused():
    found = read_file("ember", EMBER)
    assert found.only(importer="TWN")["month"] == "2030-12"
    assert found.only(importer="World", product="batteries", month="2030-02")["value"] == 3010
    assert found.problems[67] == "'1/15/2030' is not the first day of a month"
    assert found.problems[66] == "no year or month", "there is no month 15"


def test_embers_sums_are_rows_only_where_their_months_are_missing():
    found = read_file("ember", EMBER)
    sums = found.rows.filter(found.rows["months"] == 12)
    assert sums.select("importer", "month", "value").rows() == [("TUR", "2030-12", 840)]
    assert found.only(importer="TUR", months=1)["value"] == 70
    assert found.flows.refused["... was rounded by a spreadsheet"] == 1
    assert found.flows.remarks[0] == "its 12-month sums agree in 8 of 8 months"


def test_embers_sums_that_do_not_agree_are_told(tmp_path):
    sums = "Asia,1/1/2031,Region,,Batteries,2000,{}"
    text = EMBER.read_text(encoding="utf-8").replace(sums.format(24000), sums.format(24007))
    (tmp_path / "later.csv").write_text(text, encoding="utf-8")
    remarks = read_file("ember", tmp_path / "later.csv").flows.remarks
    assert remarks[0] == "its 12-month sums agree in 7 of 8 months"
    assert remarks[1] == "Asia, batteries, 2031-01: it says 24007, its months add up to 24000"
    near = text.replace("24007", "24006")
    (tmp_path / "near.csv").write_text(near, encoding="utf-8")
    remarks = read_file("ember", tmp_path / "near.csv").flows.remarks
    said = [remark for remark in remarks if "12-month" in remark or "it says" in remark]
    assert said == ["its 12-month sums agree in 8 of 8 months"], "twelve roundings explain it"


def test_destinations_are_rounded_and_stand_beside_the_exact_rows():
    found = read_file("ember", FLOWS / "flows-monthly-battery.json")
    row = found.only(importer="TUR", month="2030-12")
    assert (row["value"], row["confidence"]) == (1_000_000, "medium")
    assert "rounded" in row["note"]
    exact = read_file("ember", EMBER).only(importer="TUR", month="2030-12", months=1)
    assert row["record"] == exact["record"] + "/rounded"
    assert sorted(found.problems) == [4, 5, 6], "no number, and twice no place"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("flows-monthly.json", '{"months":[],"series":{}}', "does not say what it holds"),
        ("battery.json", '{"months":["2030-01-01"],"series":{"USA":[1,2]}}', "not one number"),
        ("battery.json", '{"months":["2030-01-01"],"series":[1]}', "another form"),
        ("battery.json", '{"months":["2030-01-01"],"ser', "no JSON"),
        ("battery.json", "[]", "no months and series"),
        ("battery.json", '{"months":["2030-01-01"],"series":{}}', "no rows"),
    ],
)
def test_destinations_of_another_form_are_refused(tmp_path, name, text, reason):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(MultipolarError, match=reason):
        read_file("ember", tmp_path / name)


def test_baci_is_in_thousands_and_tonnes_without_the_error_of_binary_fractions():
    found = read_file("cepii-baci", BACI)
    row = found.only(exporter="CHL")
    assert (row["value"], row["weight"]) == (5_995_868_008, 120_435_360)
    assert found.only(area="697")["value"] == 1001 != 1.001 * 1000
    assert (row["product"], row["told_by"], row["basis"]) == ("283691", "both", "FOB")
    assert (row["month"], row["months"], row["date"]) == ("2031-12", 12, "2033-01")
    assert found.only(importer="TWN")["weight"] is None
    assert found.only(exporter="NAM")["importer"] == "FRA"
    assert found.only(product="025041")["exporter"] == "AUS"
    assert found.only(area="697")["importer"] is None
    assert found.problems[8] == "'999' is no place"


def test_rows_of_one_flow_that_differ_are_both_refused_and_equal_ones_count_once():
    found = read_file("cepii-baci", BACI)
    assert "contradicts" in found.problems[11] and "contradicts" in found.problems[12]
    assert found.problems[14] == "repeats row 13"
    assert found.only(importer="JPN")["value"] == 4000


def test_code_files_of_both_generations_tell_places_and_products():
    found = read_file("cepii-baci", BACI, codes=[COUNTRIES, PRODUCTS])
    assert found.only(area="999")["value"] == 1000, "known to the publisher, but no place"
    assert found.problems[10] == "'999999' is not among the codes of the publisher"
    assert found.only(importer="TWN")["value"] == 1
    earlier = read_file("cepii-baci", BACI, codes=[EARLIER])
    assert earlier.only(area="999")["value"] == 1000
    assert earlier.flows.remarks == ("read with country_codes_V202801.csv",)


def test_a_code_file_without_its_columns_is_refused(tmp_path):
    (tmp_path / "country_codes_x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(MultipolarError, match="no code file of BACI: it has no country_code"):
        read_file("cepii-baci", BACI, codes=[tmp_path / "country_codes_x.csv"])


def test_baci_as_others_pass_it_on(tmp_path):
    (tmp_path / "baci_2031.csv").write_text("i,j,cmd,value\nCHL,CHN,283691,5.5\n")
    found = read_file("cepii-baci", tmp_path / "baci_2031.csv")
    assert found.only(exporter="CHL")["month"] == "2031-12" and found.total("value") == 5.5
    (tmp_path / "baci.csv").write_text("i,j,cmd,value\nCHL,CHN,283691,5.5\n")
    with pytest.raises(MultipolarError, match="no header with t"):
        read_file("cepii-baci", tmp_path / "baci.csv")
    text = """{"year": 2031, "source": "BACI HS17 V203301", "materials": {
        "lithium": [{"from": "CL", "to": "NA", "value": 7}],
        "unobtainium": [{"from": "CL", "to": "CN", "value": 7}]}}"""
    (tmp_path / "flows_2031.json").write_text(text)
    found = read_file("cepii-baci", tmp_path / "flows_2031.json")
    assert found.only(importer="NAM")["product"] == "283691"
    assert found.only(importer="NAM")["date"] == "2033-01"
    assert found.problems == {2: "no code is known for 'unobtainium'"}


def test_a_file_named_after_lithium_ion_that_holds_primary_cells_is_told(tmp_path):
    text = BACI.read_text().replace("850760", "850650")
    (tmp_path / "libattery_nodes_2031.csv").write_text(
        "\n".join(line for line in text.splitlines() if "850650" in line or "t,i,j" in line)
    )
    found = read_file("cepii-baci", tmp_path / "libattery_nodes_2031.csv")
    assert set(found.rows["product"]) == {"850650"}
    assert any("its name says 850760, its rows hold 850650" in one for one in found.flows.remarks)


def test_the_answer_of_comtrades_api():
    found = read_file("un-comtrade", FLOWS / "comtrade_api.json")
    exports = found.only(told_by="exporter")
    assert (exports["value"], exports["weight"]) == (100_000.25, 2500.5), "the total of two modes"
    assert (exports["month"], exports["months"]) == ("2031-01", 1)
    imports = found.only(importer="DEU")
    assert (imports["exporter"], imports["basis"], imports["weight"]) == ("TWN", "CIF", None)
    australia = found.only(importer="AUS")
    assert (australia["exporter"], australia["area"]) == (None, "899")
    assert australia["basis"] == "FOB", "its imports are valued so"
    assert found.problems == {
        2: "a part of the total in row 1",
        5: "'RX' is neither an import nor an export",
        6: "'S4' is not the Harmonised System",
        7: "a part without its total",
    }


@pytest.mark.parametrize("group", sorted(set(places.groups()) - {"World"}))
def test_a_group_counts_only_where_the_publisher_draws_it_so(group):
    assert area(group, {})[0] in (None, group if group == "EU27" else None)
    assert area("Somewhere", {"Somewhere": group}) == (group, True)
