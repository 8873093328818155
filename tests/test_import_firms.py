"""Does a printed name mean a firm on record, and is a new firm entered only where none is meant?"""

from collections import Counter

import polars as pl
import pytest

from multipolar.bring.firms import Firms, bare
from multipolar.evidence.check import Known, check_rows
from multipolar.evidence.schemas import schema
from multipolar.evidence.store import bundled
from multipolar.readers.reader import Told


@pytest.fixture
def firms():
    return Firms(bundled("firms").drop("origin"), bundled("plants").drop("origin"))


@pytest.mark.parametrize(
    ("name", "place", "firm"),
    [
        ("CATL", "", "catl"), ("catl", "", "catl"), ("Northvolt", "SWE", "northvolt"),
        ("Tesla, Inc.", "USA", "tesla"), ("LG Energy Solution Ltd", "POL", "lg-energy-solution"),
        ("FARASIS ENERGY (GANZHOU) CO., LTD.", "CHN", "farasis"), ("Leclanche SA", "", "leclanche"),
        ("InoBat Auto", "USA", "inobat"), ("Beijing WeLion New Energy", "CHN", "welion"),
        ("BlueOvalSK", "USA", "blueoval-sk"), ("EVE Power", "HUN", "eve-energy"),
        ("Stellantis / CATL", "ESP", "contemporary-star-energy"),
        ("CATL and Stellantis joint venture", "ESP", "contemporary-star-energy"),
        ("StarPlus (Samsung SDI, Stellantis)", "USA", "starplus-energy"),
        ("Ultium Cells (GM, LG Energy Solution)", "USA", "ultium-cells"),
        ("Shenzhen Dynanonic / Defang", "CHN", "dynanonic"),
        ("BYD (FinDreams Battery / Zhengzhou Fudi Battery Co., Ltd.)", "CHN", "byd"),
    ],
)  # fmt: skip
def test_a_name_means_a_firm_on_record(firms, name, place, firm):
    assert firms.find(name, place) == firm


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Electric Power Systems", "USA"), ("Solid Energies", "USA"), ("Power Energy", "USA"),
        ("Motion", "USA"), ("Battery Company", "USA"), ("Anhui Judian New Energy", "CHN"),
        ("Pure Lithium", "USA"), ("Nano One Materials", "CAN"), ("", "USA"),
    ],
)  # fmt: skip
def test_a_name_that_is_only_alike_means_nobody(firms, name, place):
    assert firms.find(name, place) == ""


def test_every_spelling_on_record_is_found(firms):
    for row in bundled("firms").iter_rows(named=True):
        for name in (row["name"], row["firm"], *(row["aliases"] or "").split("|")):
            if name:
                assert firms.find(name) == firms.spellings()[name.casefold()]


def test_names_are_found_without_their_aliases():
    """How many names of lists a firm table without aliases would still know, and that few err."""
    plain = bundled("firms").drop("origin").with_columns(pl.lit(None, pl.String).alias("aliases"))
    firms = Firms(plain, bundled("plants").drop("origin"))
    outcome = Counter()
    for row in bundled("firms").iter_rows(named=True):
        for name in (row["aliases"] or "").split("|"):
            if name:
                found = firms.find(name)
                outcome["right" if found == row["firm"] else "wrong" if found else "none"] += 1
    assert outcome["right"] > 0.75 * outcome.total()
    assert outcome["wrong"] < 0.02 * outcome.total()


def test_of_several_ventures_of_the_same_partners_the_one_at_work_there_is_meant(firms):
    assert firms.find("Hyundai Motor Group, LG Energy Solution", "IDN") == "hli-green-power"
    assert firms.find("Hyundai Motor Group, LG Energy Solution", "USA") == "hl-ga-battery"


def test_partners_on_record_without_a_venture_are_entered_as_one(firms):
    id = firms.firm("Verkor / Umicore", "FRA", Told(), "n")
    [entered] = firms.entered
    assert (entered["firm"], entered["kind"], entered["owners"]) == (
        id, "joint-venture", "verkor:|umicore:",
    )  # fmt: skip
    assert entered["domicile"] == "FRA" and "first partner" in entered["note"]
    assert firms.find("Umicore and Verkor", "FRA") == id, "the next time it is known"


def test_a_new_firm_is_entered_once_under_all_its_spellings(firms):
    first = firms.firm("Heliodor Cells Co., Ltd. (日长石)", "CHN", Told(), "n")
    for name in ("HELIODOR CELLS", "Heliodor Cells Ltd", "日长石", "heliodor cells inc."):
        assert firms.firm(name, "CHN", Told(), "n") == first
    assert first == "heliodor-cells" and len(firms.entered) == 1


def test_an_unknown_operator_of_a_known_parent_is_the_parent(firms):
    told = Told(parent="Chaowei Power Group (Chilwee)")
    assert firms.firm("Anqing Chaoren Energy Technology Co., Ltd.", "CHN", told, "n") == "chaowei"
    assert firms.entered == []


def test_ids_of_new_firms_are_no_id_of_another(firms):
    ids = [
        firms.firm(name, "USA", Told(), "n") for name in ("Heliodor, Inc", "Heliodor-2", "Хелиодор")
    ]
    assert len(set(ids)) == 3
    known = Known(frozenset(), {id: id for id in ids})
    frame = pl.DataFrame(firms.entered, schema=schema("firms").types).with_row_index("row")
    text = frame.select(pl.col("row").cast(pl.Int64), pl.exclude("row").fill_null(""))
    assert check_rows(text, "f", schema("firms"), known)[1] == []


def test_owners_keep_their_shares(firms):
    text = "Sapphire:51|CATL:49"
    assert firms.owners(text, "HUN", "n") == "sapphire:51|catl:49"
    assert firms.owners("CATL and Stellantis", "ESP", "n") == "catl:|stellantis:"
    assert firms.owners("YPF:|CONICET:|UNLP:", "ARG", "n") == "ypf:|conicet:|unlp:"


@pytest.mark.parametrize("name", ["Co., Ltd.", "The", "GmbH", "—"])
def test_names_of_legal_form_alone_do_no_harm(firms, name):
    assert bare(name) == bare(name).strip()
    assert firms.firm(name, "DEU", Told(), "n")
