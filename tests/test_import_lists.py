"""Does a list of others get into a workspace in one piece, once, and with what was decided?"""

import shutil

import polars as pl
import pytest

from conftest import as_csv, row, tree
from import_fixtures import FILES, LISTS, imported, own, quick_linkage  # noqa: F401
from multipolar.bring import bring
from multipolar.bring.prepare import REPEATED
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import BUNDLED, Evidence
from multipolar.evidence.workspace import Workspace
from multipolar.words.errors import FaultyInput, MultipolarError

pytestmark = pytest.mark.usefixtures("quick_linkage")

CIM, EUROPE, CURATED = "clean-investment-monitor", "europe-cell-lists", "plants-curated"
NEWS = "battery-news_europe_2031-02.csv"


def folder(workspace, record):
    return Workspace(workspace).folder(record)


def corrected(workspace, *rows, name="decisions.csv"):
    """Import corrections of plants."""
    file = workspace.parent / name
    file.write_text(as_csv("corrections", [row("corrections", **r) for r in rows]))
    return import_files(Evidence(workspace), "corrections", [file])


@pytest.fixture
def edited(tmp_path):
    """edited(file, old, new, name) -> a copy of a list with a text replaced."""

    def edited(file, old="", new="", name=None):
        copy = tmp_path / "edited" / (name or file)
        copy.parent.mkdir(exist_ok=True)
        text = (LISTS / file).read_text(encoding="utf-8")
        assert old in text
        copy.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        return copy

    return edited


@pytest.mark.parametrize(("format", "file", "lines", "statements", "kept"), FILES)
def test_rows_in_are_stored_and_refused(workspace, format, file, lines, statements, kept):
    [done] = imported(workspace, format, file)
    record = done.record
    assert (record.lines, record.statements, record.rows) == (lines, statements, kept)
    assert record.rows + sum(record.refused.values()) == record.statements
    assert len(done.refused) == sum(record.refused.values())
    assert own(workspace).keys() == {
        id for id, found in own(workspace).items() if found["origin"] == record.id
    }
    assert len(own(workspace)) == kept
    refused = pl.read_csv(folder(workspace, record) / "refused.csv")
    assert refused.height == len(done.refused)
    assert refused["row"].to_list() == [fault.row for fault in done.refused]
    assert (record.format, record.table, record.file) == (format, "plants", file)


def test_what_is_stored_fits_every_figure(workspace):
    for format, file, *_ in FILES:
        imported(workspace, format, file)
    import multipolar as mp

    figure = mp.open(workspace).figure("foreign-investment")
    assert figure.data.filter(pl.col("value").is_null()).is_empty()


@pytest.mark.parametrize(("format", "file"), [entry[:2] for entry in FILES])
def test_a_second_import_changes_nothing(workspace, format, file):
    imported(workspace, format, file)
    before = tree(workspace)
    [again] = imported(workspace, format, file)
    assert not again.new and tree(workspace) == before


def test_a_corrected_file_replaces_its_own_rows_only(workspace, edited):
    imported(workspace, EUROPE, NEWS, "policyfocus_candidates_2031-09.csv")
    before = own(workspace)
    [done] = imported(workspace, EUROPE, edited(NEWS, "HU,40,", "HU,44,"))
    assert done.record.replaces == Workspace(workspace).imports()[0].id
    after = own(workspace)
    assert after.keys() == before.keys()
    changed = {id for id in after if after[id]["capacity"] != before[id]["capacity"]}
    assert changed == {"europe-battery-news-malachite-god-hun-2031-02"}
    for id in after:
        assert after[id]["plant"] == before[id]["plant"]
        if "policyfocus" in id:
            assert after[id] == before[id]


def test_plants_of_a_corrected_file_stay_the_plants_they_were(workspace, edited):
    """Also where linkage would now say something else."""
    imported(workspace, EUROPE, NEWS)
    before = {id: found["plant"] for id, found in own(workspace).items()}
    file = workspace.parent / "plants.csv"
    known = row(
        "plants", name="Malachite Göd", place="HUN", plant="another", firm="malachite", date="2031"
    )
    file.write_text(as_csv("plants", [known]))
    import_files(Evidence(workspace), "plants", [file])
    [done] = imported(workspace, EUROPE, edited(NEWS, "HU,40,", "HU,44,"))
    after = {id: found["plant"] for id, found in own(workspace).items() if id in before}
    assert after == before
    assert done.record.counts["remembered"] == len(set(before.values()))


def test_a_new_release_has_rows_of_its_own_of_the_same_plants(workspace):
    imported(workspace, CIM, "facility_metadata_2031Q1.csv")
    first = own(workspace)
    imported(workspace, CIM, "facility_status_2031Q3.csv")
    after = own(workspace)
    assert first.items() <= after.items()
    plant = {found["plant"] for id, found in after.items() if "voltaic" in id}
    assert plant == {"cim-voltaic-tn-0"}
    statuses = {found["date"]: found["status"] for id, found in after.items() if "tn-0" in id}
    assert statuses == {"2031-05-18": "under construction", "2031-09": "operating"}


def test_of_one_release_under_another_name_the_later_rows_are_in_use(workspace, edited):
    """The same record in two files of a format: what is new of it counts, the rest stays."""
    imported(workspace, EUROPE, NEWS)
    copy = edited(NEWS, "HU,40,", "HU,44,", name="battery-news_2031-02_again.csv")
    [done] = imported(workspace, EUROPE, copy)
    assert done.record.rows == 1 and done.record.repeated == 2
    assert done.record.replaces == ""
    sizes = {id: found["capacity"] for id, found in own(workspace).items()}
    assert len(sizes) == 3
    assert sizes["europe-battery-news-malachite-god-hun-2031-02"] == 44


def test_a_file_whose_rows_are_all_on_record_leaves_no_import(workspace, edited):
    imported(workspace, EUROPE, NEWS)
    before = tree(workspace)
    copy = edited(NEWS, name="battery-news_2031-02_copy.csv")
    copy.write_text(copy.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    [done] = imported(workspace, EUROPE, copy)
    assert (done.record, done.new) == (None, False)
    assert sum(fault.advice == REPEATED for fault in done.refused) == 3
    assert tree(workspace) == before


def test_a_row_that_moves_from_one_file_to_another_of_a_command_is_not_lost(workspace, edited):
    """What the first file says no more cannot make the second one's statement a repeated one."""
    first, second = (
        edited(NEWS, "HU,40,", f"HU,{size},", name=f"battery-news_2031-02_{size}.csv")
        for size in (44, 48)
    )
    bring(Evidence(workspace), EUROPE, [first, second])
    texts = [file.read_text(encoding="utf-8") for file in (first, second)]
    moved = texts[0].replace("HU,44,", "HU,48,").replace("NACRE", "NACRE SE")
    first.write_text(moved, encoding="utf-8")
    moved = texts[1].replace("HU,48,", "HU,44,").replace("NACRE", "NACRE Kft")
    second.write_text(moved, encoding="utf-8")
    bring(Evidence(workspace), EUROPE, [first, second])
    assert own(workspace)[PAIR]["capacity"] == 44


def test_what_is_on_record_already_counts_once(workspace, evidence):
    """A row that a source has on record is refused with the row that says so."""
    known = evidence.table("plants").filter(source="cim-2024q4", identifier="M.B.6K_TN_0")
    header = "unique_id,Company,Technology,Subcategory,Current_Facility_Status,State"
    file = workspace.parent / "facility_2024Q4.csv"
    lines = ["M.B.6K_TN_0,6K Energy,Batteries,EAM,Under Construction,TN",
             "M.B.Other_TN_0,Other Cells,Batteries,Cells,Operating,TN"]  # fmt: skip
    file.write_text("\n".join([header, *lines]) + "\n")
    [plant] = known["plant"]
    other = row("plants", plant=plant, name="6K Energy", place="USA", firm="6k-energy")
    own_file = workspace.parent / "plants.csv"
    own_file.write_text(as_csv("plants", [other | {"stage": "cathode active material"}]))
    import_files(Evidence(workspace), "plants", [own_file])
    [done] = imported(workspace, CIM, file)
    [fault] = [fault for fault in done.refused if fault.row == 2]
    assert fault.problem == f"says what is on record as {known['record'][0]}"
    assert (done.record.rows, done.record.repeated) == (1, 1)


def test_a_blank_stage_is_that_of_the_plant_it_is_linked_to(workspace):
    file = workspace.parent / "plants.csv"
    known = row("plants", name="Mystery Materials Augusta", place="USA", plant="us-mystery",
                firm="24m", stage="separator")  # fmt: skip
    file.write_text(as_csv("plants", [known]))
    import_files(Evidence(workspace), "plants", [file])
    imported(workspace, CIM, "facility_metadata_2031Q1.csv")
    found = own(workspace)["cim-mystery-ga-0-2031q1"]
    assert (found["plant"], found["stage"]) == ("us-mystery", "separator")


def test_an_unknown_stage_is_refused_with_what_the_list_says(workspace):
    [done] = imported(workspace, CIM, "facility_metadata_2031Q1.csv")
    [fault] = [fault for fault in done.refused if fault.row == 12]
    assert fault.problem == "the list does not tell what is made (listed as EAM)"


def test_firms_nobody_knows_are_entered_and_say_so(workspace):
    [done] = imported(workspace, CURATED, "plants.csv")
    firms = own(workspace, "firms")
    assert set(firms) == {"sapphire-cells", "topaz-holding", "topaz"}
    assert done.record.also == {"firms": 3}
    sapphire = firms["sapphire-cells"]
    assert (sapphire["domicile"], sapphire["confidence"]) == ("CHN", "low")
    assert "as the list has it" in sapphire["note"] and "nobody has checked" in sapphire["note"]
    assert firms["topaz"]["domicile"] == "NOR", "the country of its plant"
    owners = own(workspace)["curated-hu-sapphire-szeged-02"]["owners"]
    assert owners == "sapphire-cells:51|topaz-holding:49"


def test_firms_of_a_refused_row_are_not_entered(workspace):
    imported(workspace, CIM, "facility_metadata_2031Q1.csv")
    assert "mystery-materials" not in own(workspace, "firms")
    assert "voltaic-dynamics" in own(workspace, "firms")


def test_a_firm_that_another_import_names_stays_when_its_file_drops_it(workspace, edited):
    imported(workspace, EUROPE, NEWS, "policyfocus_candidates_2031-09.csv")
    plants = own(workspace)
    firm = plants["europe-policyfocus-malachite-kft-god-hun-2031-09"]["firm"]
    assert own(workspace, "firms")[firm]["origin"].startswith("0001"), "entered with the first"
    imported(workspace, EUROPE, edited(NEWS, "Malachite", "Chalcedony"))
    assert firm in own(workspace, "firms")
    assert "nacre" in own(workspace, "firms")
    assert Evidence(workspace).known.firms[firm] == firm


def test_a_list_whose_plant_ids_are_ours_needs_no_linkage(workspace, evidence):
    text = (LISTS / "plants.csv").read_text(encoding="utf-8")
    [known, *_] = evidence.table("plants").filter(place="HUN")["plant"]
    file = workspace.parent / "plants.csv"
    file.write_text(text.replace("hu-sapphire-szeged,", f"{known},"), encoding="utf-8")
    [done] = imported(workspace, CURATED, file)
    assert done.record.counts["identifier"] == 1
    assert own(workspace)["curated-hu-sapphire-szeged-01"]["plant"] == known


def test_a_part_is_part_of_the_plant_that_its_whole_became(workspace):
    file = workspace.parent / "plants.csv"
    known = row("plants", name="Ferrite Works", place="CHN", plant="cn-ferrite-total")
    file.write_text(as_csv("plants", [known]))
    import_files(Evidence(workspace), "plants", [file])
    imported(workspace, "lfp-atlas", "lfp_atlas_claims.csv")
    found = own(workspace)
    assert found["lfp-atlas-q001-c1"]["plant"] == "cn-ferrite-total"
    assert found["lfp-atlas-q001-c3"]["part_of"] == "cn-ferrite-total"


def test_counts_of_linkage_add_up(workspace, evidence):
    [done] = imported(workspace, CIM, "facility_metadata_2031Q1.csv")
    counts = done.record.counts
    told = counts["identifier"] + counts["remembered"] + counts["evidence"] + counts["new"]
    assert told + counts["merged"] == counts["in the list"] == 5
    before = evidence.table("plants")["plant"].n_unique()
    after = Evidence(workspace).table("plants")["plant"].n_unique()
    assert (counts["on record before"], counts["on record after"]) == (before, after)


# What the user decides.


@pytest.fixture
def asked(workspace):
    """A workspace with uncertain pairs, and the list of them."""
    file = workspace.parent / "plants.csv"
    firm = row("firms", firm="malachite", name="Malachite", domicile="HUN")
    firms = workspace.parent / "firms.csv"
    firms.write_text(as_csv("firms", [firm]))
    import_files(Evidence(workspace), "firms", [firms])
    known = row("plants", name="Malachite 2", place="HUN", plant="hu-malachite", firm="malachite")
    file.write_text(as_csv("plants", [known]))
    import_files(Evidence(workspace), "plants", [file])
    [done] = imported(workspace, EUROPE, NEWS)
    return folder(workspace, done.record) / f"review-{done.record.number}.csv"


PAIR = "europe-battery-news-malachite-god-hun-2031-02"


def test_uncertain_pairs_are_corrections_to_be_used_as_they_are(workspace, asked):
    assert own(workspace)[PAIR]["plant"] == "europe-battery-news-malachite-god-hun"
    lines = pl.read_csv(asked)
    assert lines.select("table", "record", "field", "value").rows() == [
        ("plants", PAIR, "plant", "hu-malachite")
    ]
    assert "0.5" in lines["reason"][0] and "Malachite Göd" in lines["reason"][0]
    import_files(Evidence(workspace), "corrections", [asked])
    assert own(workspace)[PAIR]["plant"] == "hu-malachite"


def test_a_decision_survives_the_replacement_of_the_file(workspace, asked, edited):
    import_files(Evidence(workspace), "corrections", [asked])
    [done] = imported(workspace, EUROPE, edited(NEWS, "HU,40,", "HU,44,"))
    found = own(workspace)[PAIR]
    assert (found["plant"], found["capacity"]) == ("hu-malachite", 44)
    assert done.record.counts["uncertain"] == 0, "it is not asked again"


def test_a_decision_holds_for_the_next_release(workspace, asked, edited):
    import_files(Evidence(workspace), "corrections", [asked])
    imported(workspace, EUROPE, edited(NEWS, "HU,40,", "HU,48,", "battery-news_europe_2031-08.csv"))
    later = own(workspace)["europe-battery-news-malachite-god-hun-2031-08"]
    assert later["plant"] == "hu-malachite"


def test_what_was_not_decided_is_asked_again_of_a_corrected_file(workspace, asked, edited):
    [done] = imported(workspace, EUROPE, edited(NEWS, "HU,40,", "HU,44,"))
    assert done.record.counts["uncertain"] == 1
    again = folder(workspace, done.record) / f"review-{done.record.number}.csv"
    assert pl.read_csv(again)["record"].to_list() == [PAIR]


def test_a_correction_of_a_row_holds_when_its_file_is_replaced(workspace, edited):
    imported(workspace, EUROPE, NEWS)
    fix = {"record": PAIR, "field": "status", "value": "closed", "date": "2031-03"}
    corrected(workspace, fix)
    imported(workspace, EUROPE, edited(NEWS, "HU,40,", "HU,44,"))
    found = own(workspace)[PAIR]
    assert (found["status"], found["capacity"]) == ("closed", 44)


def test_a_file_that_drops_a_corrected_row_is_refused_whole(workspace, edited):
    imported(workspace, EUROPE, NEWS)
    corrected(workspace, {"record": PAIR, "field": "status", "value": "closed"})
    before = tree(workspace)
    with pytest.raises(FaultyInput, match="which a correction changes, is missing"):
        imported(workspace, EUROPE, edited(NEWS, "Malachite", "Chalcedony"))
    assert tree(workspace) == before


def test_a_row_that_its_correction_spoils_is_refused_and_the_others_stored(workspace, edited):
    imported(workspace, EUROPE, NEWS)
    corrected(workspace, {"record": PAIR, "field": "unit", "value": ""}, {"record": PAIR, "field":
              "capacity", "value": ""})  # fmt: skip
    corrected(workspace, {"record": PAIR, "field": "capacity_basis", "value": "as stated"},
              name="more.csv")  # fmt: skip
    [done] = imported(workspace, EUROPE, edited(NEWS, "NACRE", "NACRE SE"))
    assert done.record.rows == 3


def test_a_corrected_firm_keeps_its_correction(workspace, edited):
    imported(workspace, EUROPE, NEWS)
    fix = {"table": "firms", "record": "malachite", "field": "domicile", "value": "CHN"}
    corrected(workspace, fix)
    imported(workspace, EUROPE, edited(NEWS, "HU,40,", "HU,44,"))
    assert own(workspace, "firms")["malachite"]["domicile"] == "CHN"


# All or nothing where a file cannot be used at all.


def test_of_two_files_with_one_of_another_format_none_is_stored(workspace):
    with pytest.raises(MultipolarError, match="is not one of the European cell lists"):
        imported(workspace, EUROPE, NEWS, "factories_export.csv")
    assert not workspace.exists()


def test_of_two_files_with_one_without_a_usable_row_none_is_stored(workspace, edited):
    empty = edited(NEWS, "unspecified", "rumoured", name="battery-news_2031-03.csv")
    empty.write_text(empty.read_text().replace("paused", "rumoured"))
    with pytest.raises(FaultyInput, match=r"unknown word 'rumoured' \(2 more rows like it\)"):
        imported(workspace, EUROPE, "policyfocus_candidates_2031-09.csv", empty)
    assert not workspace.exists()


def test_two_files_of_one_name_are_refused(workspace, edited):
    with pytest.raises(FaultyInput, match="two files have this name"):
        imported(workspace, EUROPE, NEWS, edited(NEWS, "HU,40,", "HU,44,"))


def test_the_second_file_of_a_command_knows_the_plants_of_the_first(workspace, edited):
    copy = edited(NEWS, name="battery-news_europe_2031-08.csv")
    first, second = imported(workspace, EUROPE, NEWS, copy)
    assert first.record.counts["on record after"] == second.record.counts["on record before"]
    assert second.record.counts["remembered"] == second.record.counts["in the list"]
    assert second.record.also == {"firms": 0}


def test_ten_thousand_rows_that_cannot_be_used_are_refused_quickly(workspace):
    import time

    file = workspace.parent / NEWS
    header = (LISTS / NEWS).read_text(encoding="utf-8").splitlines()[0]
    lines = [f"Firm {n} GmbH,Town {n},DE,{n}x,2033,announced,,,x" for n in range(10_000)]
    good = "Good Cells,Berlin,DE,10,2033,announced,,,x"
    file.write_text("\n".join([header, good, *lines]) + "\n", encoding="utf-8")
    started = time.perf_counter()
    [done] = imported(workspace, EUROPE, file)
    assert time.perf_counter() - started < 20
    assert (done.record.rows, done.record.statements) == (1, 10_001)
    assert sum(done.record.refused.values()) == 10_000
    assert len(done.record.refused) == 1, "one kind of reason"


def test_cells_like_formulas_are_text(workspace):
    file = workspace.parent / NEWS
    header = (LISTS / NEWS).read_text(encoding="utf-8").splitlines()[0]
    line = '"=HYPERLINK(""x"")",@SUM(A1),DE,10,2033,announced,,+cmd|x,x'
    file.write_text(f"{header}\n{line}\n", encoding="utf-8")
    imported(workspace, EUROPE, file)
    [found] = own(workspace).values()
    assert found["town"] == "@SUM(A1)"
    [firm] = own(workspace, "firms").values()
    assert firm["name"].startswith('=HYPERLINK("x")') or firm["name"] == "=HYPERLINK"
    assert Evidence(workspace).table("plants").height


@pytest.mark.parametrize("damage", ["linkage.csv", "firms.csv", "rows.csv"])
def test_a_damaged_import_is_named(workspace, damage):
    [done] = imported(workspace, EUROPE, NEWS)
    (folder(workspace, done.record) / damage).write_bytes(b"\xff\xfe")
    with pytest.raises(MultipolarError, match=damage):
        imported(workspace, EUROPE, "policyfocus_candidates_2031-09.csv")
        Evidence(workspace).table("plants")


def test_an_import_needs_a_workspace_and_a_format():
    with pytest.raises(MultipolarError, match="no workspace"):
        bring(Evidence(), EUROPE, [LISTS / NEWS])
    with pytest.raises(MultipolarError, match="unknown format 'europe': did you mean"):
        bring(Evidence(), "europe", [LISTS / NEWS])


def test_bundled_rows_stay_as_they_are(workspace, evidence):
    for format, file, *_ in FILES:
        imported(workspace, format, file)
    for table in ("plants", "firms"):
        rows = Evidence(workspace).table(table)
        assert rows.filter(pl.col("origin") == BUNDLED).equals(evidence.table(table))


def test_a_plant_entered_by_hand_and_a_list_live_side_by_side(workspace):
    file = workspace.parent / "mine.csv"
    shutil.copy(LISTS / NEWS, file.with_name(NEWS))
    file.write_text(as_csv("plants", [row("plants")]))
    bring(Evidence(workspace), "plants", [file])
    imported(workspace, EUROPE, NEWS)
    assert row("plants")["record"] in own(workspace)
    assert [record.format for record in Workspace(workspace).imports()] == ["plants", EUROPE]


# The published files.


def test_every_published_file_imports_and_a_second_time_changes_nothing(workspace, shared):
    from test_readers_real import REAL

    for format, parts, rows, _ in REAL:
        [done] = imported(workspace, format, shared("data", *parts))
        record = done.record
        if record is None:
            assert {fault.advice for fault in done.refused} >= {REPEATED}
            continue
        assert (record.lines, record.file) == (rows, parts[-1])
        assert record.rows + sum(record.refused.values()) == record.statements
    before = tree(workspace)
    for format, parts, *_ in REAL:
        assert not imported(workspace, format, shared("data", *parts))[0].new
    assert tree(workspace) == before


def test_importing_what_is_bundled_moves_no_figure(workspace, shared, evidence):
    """The curated tables are bundled: read again they add nothing, errors mended stay mended."""
    from multipolar.figures.registry import figure

    files = [
        shared("data", "plants-curated", name) for name in ("plants.csv", "plants-nextgen.csv")
    ]
    for done in imported(workspace, CURATED, *files):
        repeated = sum(fault.advice == REPEATED for fault in done.refused)
        assert repeated > 0.99 * len(done.refused)
        assert done.record is None or done.record.rows + len(done.refused) - repeated < 5
    before = figure("cell-capacity").draw(evidence, "USD").data
    after = figure("cell-capacity").draw(Evidence(workspace), "USD").data
    assert after.equals(before)
