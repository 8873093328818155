"""Does each reader say in our words what its list says, and refuse what it cannot say?

The files in ``fixtures/lists`` have the layouts of the real lists; what they say is made up.
"""

import shutil

import pytest

from import_fixtures import FILES, LISTS, cells, problems, read
from multipolar.evidence.schemas import schema
from multipolar.readers.chemistry import mix
from multipolar.readers.flows import FlowReader
from multipolar.readers.geography import country, located, named, town_of_address
from multipolar.readers.reader import Refused
from multipolar.readers.registry import reader, readers
from multipolar.words.errors import MultipolarError


@pytest.mark.parametrize(("format", "file", "lines", "statements", "kept"), FILES)
def test_rows_in_are_rows_read_and_rows_refused(format, file, lines, statements, kept):
    found = read(format, file)
    assert found.lines == lines
    assert len(found.rows) + len(found.refused) == statements
    ids = [row.cells["record"] for row in found.rows]
    assert len(set(ids)) == len(ids)
    for row in found.rows:
        assert set(row.cells) <= set(schema("plants").columns)
        assert all(isinstance(text, str) for text in row.cells.values())
        assert row.cells["source"] and row.cells["date"]
    for fault in found.refused:
        assert fault.file == file and fault.row and fault.problem and fault.advice


@pytest.mark.parametrize("format", [format for format in readers() if format != "columns"])
def test_a_file_of_another_format_is_refused_whole_in_one_line(format, tmp_path):
    for other, file, *_ in FILES:
        if other != format:
            with pytest.raises(MultipolarError) as refused:
                if isinstance(reader(format), FlowReader):
                    reader(format).read(LISTS / file, tmp_path / "rows.parquet", "", ())
                else:
                    read(format, file)
            assert "\n" not in str(refused.value)


def test_a_release_of_clean_investment_monitor():
    found = read("clean-investment-monitor", "facility_metadata_2031Q1.csv")
    rows = {row.cells["identifier"]: row.cells for row in found.rows}
    first = rows["M.B.Voltaic_TN_0"]
    assert {name: first[name] for name in first if first[name]} == {
        "record": "cim-voltaic-tn-0-2031q1", "plant": "cim-voltaic-tn-0",
        "name": "Voltaic Dynamics, Inc. Jackson", "firm": "Voltaic Dynamics, Inc.", "place": "USA",
        "region": "Tennessee", "town": "Jackson", "latitude": "35.606", "longitude": "-88.83",
        "coordinate_basis": "source", "stage": "cell", "chemistry": "unknown",
        "scale": "commercial", "status": "under construction", "status_date": "2031-05-18",
        "source": "Clean Investment Monitor, facility metadata, release 2031Q1",
        "identifier": "M.B.Voltaic_TN_0", "date": "2031-05-18", "confidence": "medium",
        "note": "New; announced 2029-04-18; investment 1200 million US$; listed as Cells, Modules",
    }  # fmt: skip
    assert rows["M.B.Voltaic_TN_1"]["plant"] == "cim-voltaic-tn-0", "a phase of one plant"
    quartz = rows["M.B.Quartz_OH_0"]
    assert (quartz["stage"], quartz["town"], quartz["coordinate_basis"]) == (
        "pack", "Sidney", "approximate",
    )  # fmt: skip
    assert rows["M.B.Ferrox_KY_0"]["stage"] == "anode active material", "its firm says so"
    assert rows["M.B.Ferrox_KY_0"]["status"] == "closed"
    assert rows["M.B.Mystery_GA_0"]["stage"] == "", "EAM tells no stage"
    wander = rows["M.B.Wander_KS_0"]
    assert (wander["latitude"], wander["longitude"], wander["status"]) == ("", "", "cancelled")
    assert "M.B.After_AL_0" in rows, "the line after an unclosed quote is read"
    assert problems(found) == {
        14: "no company",
        15: "technology 'Solar' is not batteries",
        16: "unknown word 'Rumoured'",
        17: "a quote is not closed, or the line cannot be read as CSV",
    }


def test_releases_have_rows_of_their_own_and_plants_in_common():
    first = read("clean-investment-monitor", "facility_metadata_2031Q1.csv").rows
    later = read("clean-investment-monitor", "facility_status_2031Q3.csv").rows
    assert {row.cells["record"] for row in later} == {
        "cim-voltaic-tn-0-2031q3", "cim-voltaic-tn-1-2031q3",
    }  # fmt: skip
    assert {row.cells["plant"] for row in later} == {"cim-voltaic-tn-0"}
    assert {row.cells["plant"] for row in later} <= {row.cells["plant"] for row in first}
    assert {row.cells["date"] for row in later} == {"2031-09"}


@pytest.mark.parametrize(
    ("name", "source", "date"),
    [
        ("metadata_2024Q4.csv", "cim-2024q4", "2025-02-18"),
        ("facility_2026_Q2.csv", "cim-2026q2", "2026-08-05"),
        ("facility.csv", "release of 2030-01-05", "2030-01-05"),
    ],
)
def test_the_release_is_that_of_the_title_or_name_or_the_newest_date(tmp_path, name, source, date):
    shutil.copy(LISTS / "facility_status_2031Q3.csv", tmp_path / name)
    [row, _] = readers()["clean-investment-monitor"].read(tmp_path / name).rows
    assert row.cells["source"].endswith(source) and row.cells["date"] == date


def test_claims_of_lfp_atlas():
    rows = cells("lfp-atlas", "lfp_atlas_claims.csv")
    of = {id.removeprefix("lfp-atlas-"): row for id, row in rows.items()}
    total = of["q001-c1"]
    assert (total["plant"], total["firm"], total["place"]) == (
        "lfp-atlas-q001", "Ferrite Works (铁素体)", "CHN",
    )  # fmt: skip
    assert (total["capacity"], total["unit"], total["capacity_basis"], total["status"]) == (
        "994.5", "kt/yr", "company", "operating",
    )  # fmt: skip
    assert (total["chemistry"], total["date"], total["status_date"]) == (
        "LFP|LMFP", "2026-04-23", "2025-12-31",
    )  # fmt: skip
    assert (total["source"], total["via"]) == ("https://example.org/ferrite", "lfp-atlas-0-3-6")
    building = of["q001-c2"]
    assert (building["plant"], building["status"], building["capacity"]) == (
        "lfp-atlas-q001", "under construction", "70",
    )  # fmt: skip
    assert (building["capacity_year"], building["start_year"]) == ("2027", "2027")
    abroad = of["q001-c3"]
    assert (abroad["place"], abroad["town"], abroad["plant"], abroad["part_of"]) == (
        "IDN", "Semarang", "lfp-atlas-q001-semarang", "lfp-atlas-q001",
    )  # fmt: skip
    assert (abroad["date"], abroad["chemistry"]) == ("2025-06", "LMFP")
    spain = of["q001-c4"]
    assert (spain["place"], spain["date"], spain["part_of"]) == ("ESP", "2026-08-03", "")
    unsure = of["q001-c5"]
    assert (unsure["place"], unsure["confidence"], bool(unsure["note"])) == ("CHN", "low", True)
    assert (of["q001-c10"]["stage"], of["q001-c10"]["chemistry"]) == ("precursor", "LFP")
    candiac = of["q002-c1"]
    assert [candiac[name] for name in ("place", "region", "town", "scale", "status")] == [
        "CAN", "Quebec", "Candiac", "pilot", "announced",
    ]  # fmt: skip
    assert of["q003-c1"]["status"] == "cancelled", "its producer gave up"
    assert problems(read("lfp-atlas", "lfp_atlas_claims.csv")) == {
        7: "superseded by q001.c1",
        8: "'shipments' is no capacity",
        9: "'output_rate' is no capacity",
        10: "'qualitative' is no capacity",
        12: "says the same as q002.c1",
        15: "'USA/China (defunct in West)' names several countries",
        16: "'a lot' is not a number",
        17: "unknown country 'Atlantis'",
    }


def test_a_later_file_of_lfp_atlas_is_no_release_on_record(tmp_path):
    file = tmp_path / "lfp_atlas_claims.csv"
    text = (LISTS / "lfp_atlas_claims.csv").read_text(encoding="utf-8-sig")
    file.write_text(text.replace("2026-04-23", "2027-04-23"), encoding="utf-8")
    rows = {row.cells["identifier"]: row.cells for row in readers()["lfp-atlas"].read(file).rows}
    assert rows["q001.c1"]["via"] == "LFP Atlas, claims up to 2027-04-23"
    assert rows["q001.c4"]["date"] == "2027-04-23"


def test_an_export_of_batteryfactory():
    rows = cells("batteryfactory", "factories_export.csv")
    main = rows["batteryfactory-amber-chengdu"]
    assert [main[name] for name in ("capacity", "capacity_basis", "capacity_year", "status")] == [
        "50", "full site", "2026", "operating",
    ]  # fmt: skip
    assert (main["source"], main["via"], main["confidence"]) == (
        "https://example.org/a", "batteryfactory", "medium",
    )  # fmt: skip
    assert (main["town"], main["chemistry"]) == ("Chengdu", "LFP")
    online = rows["batteryfactory-amber-chengdu-online-2022"]
    assert [online[name] for name in ("capacity", "capacity_basis", "capacity_year", "status")] == [
        "20", "online", "2022", "operating",
    ]  # fmt: skip
    assert (online["source"], online["date"], online["plant"]) == (
        "https://example.org/c", "2025-04-02", main["plant"],
    )  # fmt: skip
    target = rows["batteryfactory-amber-chengdu-site-target-2021"]
    assert (target["status"], target["date"]) == ("announced", "2021-04-23")
    pilot = rows["batteryfactory-basalt-pilot"]
    assert [pilot[name] for name in ("scale", "chemistry", "confidence", "date")] == [
        "pilot", "Li-metal-semi-solid", "low", "2026-07-18",
    ]  # fmt: skip
    assert pilot["note"], "the page it cites is older than the start"
    assert "batteryfactory-emerald" in rows, "an unreadable timeline costs no plant"
    assert problems(read("batteryfactory", "factories_export.csv")) == {
        2: "unknown basis 'rumour' of an entry",
        4: "the list marks the row as blocked (confidence 0.25)",
        5: "the list says that no cells are made here",
        6: "not readable as a JSON list",
        7: "'40 or so' is not a number",
    }
    told = read("batteryfactory", "factories_export.csv").firms
    assert told["Amber Cells"].parent == "Amber Group Co., Ltd."


def test_north_american_investments():
    found = read("na-ev-supply-chain", "na_ev_investments.csv")
    rows = {row.cells["record"]: row.cells for row in found.rows}
    garnet = rows["na-ev-garnet-cells-liberty-north-carolina-usa-cell"]
    again = rows["na-ev-garnet-cells-liberty-north-carolina-usa-cell-2"]
    assert garnet["plant"] == again["plant"]
    assert [garnet[name] for name in ("stage", "town", "coordinate_basis", "status", "date")] == [
        "cell", "Liberty", "approximate", "unknown", "2024",
    ]  # fmt: skip
    assert "12610 million US$" in garnet["note"]
    nowhere = rows["na-ev-hematite-usa-pack"]
    assert (nowhere["stage"], nowhere["latitude"], nowhere["town"]) == ("pack", "", "")
    stages = {row["firm"]: row["stage"] for row in rows.values()}
    assert (stages["Iolite"], stages["Jade Electrolyte USA"]) == ("", "electrolyte")
    assert problems(found) == {
        4: "repeats row 3",
        8: "technology 'Solar' is not batteries",
        9: "unknown country 'Atlantis'",
    }


def test_the_three_european_lists():
    news = cells("europe-cell-lists", "battery-news_europe_2031-02.csv")
    god = news["europe-battery-news-malachite-god-hun-2031-02"]
    assert [god[name] for name in ("capacity", "capacity_basis", "capacity_year", "status")] == [
        "40", "list maximum", "2033", "unknown",
    ]  # fmt: skip
    assert (god["date"], god["plant"]) == ("2031-02", "europe-battery-news-malachite-god-hun")
    assert god["source"].startswith("Battery-News.de, ") and god["source"].endswith("2031-02")
    nacre = news["europe-battery-news-nacre-sommerset-gbr-2031-02"]
    assert (nacre["place"], nacre["capacity"], nacre["status"]) == ("GBR", "1200.5", "paused")
    te = cells("europe-cell-lists", "transport-environment_2031.csv")
    vaasa = te["europe-te-peridot-vaasa-fin-2024-05"]
    assert [vaasa[name] for name in ("firm", "town", "capacity_basis", "confidence")] == [
        "Peridot", "Vaasa", "2030 capacity", "medium",
    ]  # fmt: skip
    named_only = te["europe-te-malachite-hun-2024-05"]
    assert (named_only["town"], named_only["confidence"]) == ("", "low")
    focus = cells("europe-cell-lists", "policyfocus_candidates_2031-09.csv")
    ruby = focus["europe-policyfocus-ruby-cells-mo-i-rana-nor-2031-09"]
    assert (ruby["capacity_basis"], ruby["status"]) == ("as stated", "under construction")
    opened = focus["europe-policyfocus-malachite-kft-god-hun-2031-09"]
    assert (opened["source"], opened["capacity"]) == ("https://example.org/m", "")


@pytest.mark.parametrize(
    ("original", "basis"),
    [
        ("battery-news_europe_2031-02.csv", "list maximum"),
        ("transport-environment_2031.csv", "2030 capacity"),
        ("policyfocus_candidates_2031-09.csv", "as stated"),
    ],
)
def test_a_european_list_under_another_name_is_told_by_what_it_holds(tmp_path, original, basis):
    shutil.copy(LISTS / original, tmp_path / "mine.csv")
    found = readers()["europe-cell-lists"].read(tmp_path / "mine.csv")
    assert {row.cells["capacity_basis"] for row in found.rows} <= {basis, ""}
    assert any("taken for the list of" in remark for remark in found.remarks)
    assert any("no date in its name" in remark for remark in found.remarks)


def test_a_plant_table_of_the_curated_layout():
    found = read("plants-curated", "plants.csv")
    rows = {row.cells["record"]: row.cells for row in found.rows}
    first = rows["curated-hu-sapphire-szeged-01"]
    assert [first[n] for n in ("plant", "chemistry", "capacity", "unit", "capacity_basis")] == [
        "hu-sapphire-szeged", "LFP|NMC", "40", "GWh/yr", "full site",
    ]  # fmt: skip
    assert [first[n] for n in ("status", "coordinate_basis", "source", "via", "confidence")] == [
        "under construction", "town", "https://example.org/s", "", "high",
    ]  # fmt: skip
    second = rows["curated-hu-sapphire-szeged-02"]
    assert (second["capacity_basis"], second["owners"]) == (
        "online", "Sapphire Cells:51|Topaz Holding:49",
    )  # fmt: skip
    assert (second["source"], second["via"], second["confidence"]) == (
        "https://example.org/t", "batteryfactory", "medium",
    )  # fmt: skip
    topaz = rows["curated-no-topaz-foil-01"]
    assert [topaz[n] for n in ("stage", "chemistry", "capacity", "unit")] == [
        "anode active material", "Li-ion", "5", "kt/yr",
    ]  # fmt: skip
    assert (topaz["status"], topaz["confidence"]) == ("unknown", "low")
    assert found.firms["Sapphire Cells"].domicile == "CHN"
    assert problems(found) == {5: "several capacities in one row", 6: "unknown word 'running'"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("NMC (ternary), large-format cylindrical 46-series", "NMC"),
        ("LFP (Blade battery)", "LFP"), ("lithium iron phosphate (LFP)", "LFP"),
        ("sodium-ion (NFPP)", "Na-ion"), ("NMC and LFP", "NMC|LFP"), ("NMC811 / NCA", "NMC|NCA"),
        ("semi-solid-state (hybrid solid-liquid lithium, high-nickel NMC)", "Li-metal-semi-solid"),
        ("L(M)FP", "LFP|LMFP"), ("all-solid-state sulfide", "Li-metal-solid-state-sulfide"),
        ("lithium-ion", "unknown"), ("", "unknown"), ("zinc-air", "other"), ("LTO", "LTO"),
        ("NCMA", "NMC"), ("Li-S", "Li-S"),
    ],
)  # fmt: skip
def test_a_chemistry_in_free_text(text, meant):
    assert mix(text) == meant


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UK", "GBR"), ("GB", "GBR"), ("U.S.A.", "USA"), ("United States of America", "USA"),
        ("Türkiye", "TUR"), ("turkey", "TUR"), ("Republic of Korea", "KOR"), ("Viet Nam", "VNM"),
        ("Czech Republic", "CZE"), ("CHN", "CHN"),
    ],
)  # fmt: skip
def test_a_country_under_one_of_its_names(text, code):
    assert country("country", text) == code


@pytest.mark.parametrize("text", ["Atlantis", "Europe", "", "EU27"])
def test_what_is_no_country_is_refused(text):
    with pytest.raises(Refused):
        country("country", text)


@pytest.mark.parametrize(
    ("text", "about", "place", "region", "town"),
    [
        ("Canada (Candiac, QC)", "", "CAN", "Quebec", "Candiac"),
        ("USA (Jackson, TN)", "", "USA", "Tennessee", "Jackson"),
        ("USA (San Diego; planned Hooks, TX)", "a TX plant", "USA", "Texas", "Hooks"),
        (
            "Germany (Weimar; Bitterfeld-Wolfen)",
            "Bitterfeld 15,000",
            "DEU",
            "",
            "Bitterfeld-Wolfen",
        ),
        ("Germany (Weimar; Bitterfeld-Wolfen)", "", "DEU", "", ""),
        ("Germany (Weimar, toll-made by IBU-tec)", "", "DEU", "", "Weimar"),
        ("Finland (Vaasa, planned)", "", "FIN", "", "Vaasa"),
        ("India (Karnataka)", "", "IND", "Karnataka", ""),
        ("China", "", "CHN", "", ""),
    ],
)
def test_a_country_with_what_stands_in_brackets(text, about, place, region, town):
    where = located("country", text, about)
    assert (where.place, where.region, where.town) == (place, region, town)


def test_a_text_tells_its_place_by_country_region_or_a_town_on_record():
    assert named("Spain plant, 50 ktpa; Malaysia plant also announced").place == "ESP"
    assert named("Indonesia Semarang phase 2").town == "Semarang"
    assert named("Sichuan +120 kt").place == "CHN"
    assert named("from the cited source's own title").place == ""
    assert named("Georgia plant").place == "", "a country and a state"
    assert named("BAK Zhengzhou Plant", "CHN").town == "Zhengzhou"
    assert named("BAK Zhengzhou Plant", "DEU").town == ""


@pytest.mark.parametrize(
    ("address", "town"),
    [
        ("Riverside Dr, Jackson, TN  38301", "Jackson"), ("Augusta, GA", "Augusta"),
        ("Technology and Commerce Park, Florence, S.C., 29503", "Florence"),
        ("282P+R8H Walterboro, South Carolina", "Walterboro"), ("CA", ""),
        ("2140 W Pinnacle Peak Rd., Phoenix AZ 85027", "Phoenix"), ("Ulster County, NY", ""),
        ("Linwood, Davidson County, NC", "Linwood"), ("", ""),
        ("13400 E Wheeler Rd, Moses Lake, WA 98837", "Moses Lake"),
    ],
)  # fmt: skip
def test_the_town_of_an_address(address, town):
    assert town_of_address("USA", address) == town
