"""Is any list read through a map of its columns that the user confirms once?"""

import json

import pytest

from import_fixtures import own, quick_linkage  # noqa: F401
from multipolar.bring import Unconfirmed, bring
from multipolar.evidence.store import Evidence
from multipolar.readers.columns import propose, through
from multipolar.words.errors import MultipolarError

pytestmark = pytest.mark.usefixtures("quick_linkage")

GERMAN = (
    "Zellfabriken\n\n"
    "Werk;Hersteller;Land;Ort;Kapazität (GWh/a);Status;Produktionsstart;Zellchemie\n"
    "Werk A;Achat Zellen GmbH;Deutschland;Erfurt;14,5;in Betrieb;2023;LFP\n"
    "Werk B;Beryll SE;Ungarn;Szeged;1.234,5;geplant;2026;NMC und LFP\n"
    "Werk C;Citrin;Polen;Breslau;viel;im Bau;2027;\n"
    "Werk D;Diamant;DE;Berlin;10;Vorserie;2027;\n"
)


@pytest.fixture
def file(tmp_path):
    """file(text, name) -> a list of somebody's own."""

    def file(text=GERMAN, name="Zellfabriken 2031-05.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return file


@pytest.fixture
def take(workspace):
    return lambda *files, confirm=False: bring(
        Evidence(workspace), "columns", list(files), confirm=confirm
    )


def map_of(workspace):
    [found] = workspace.glob("columns/*.json")
    return found, json.loads(found.read_text(encoding="utf-8"))


def test_a_map_is_proposed_from_the_header_and_nothing_is_stored(workspace, file, take):
    with pytest.raises(Unconfirmed, match=r"not confirmed; map in .*\.json: .*--confirm") as asked:
        take(file())
    place, map = map_of(workspace)
    assert str(place) in str(asked.value) and "\n" not in str(asked.value)
    assert json.loads(asked.value.text) == map
    assert map["columns"] == {
        "name": "Werk", "firm": "Hersteller", "place": "Land", "town": "Ort",
        "capacity": "Kapazität (GWh/a)", "status": "Status", "start_year": "Produktionsstart",
        "chemistry": "Zellchemie",
    }  # fmt: skip
    assert (map["unit"], map["fixed"]["stage"], map["confirmed"]) == ("GWh/yr", "cell", False)
    assert not (workspace / "imports").exists()


def test_a_confirmed_map_is_used(workspace, file, take):
    with pytest.raises(Unconfirmed):
        take(file())
    [done] = take(file(), confirm=True)
    assert (done.record.lines, done.record.rows) == (4, 1)
    [first] = own(workspace).values()
    assert (first["name"], first["place"], first["town"]) == ("Werk A", "DEU", "Erfurt")
    assert [first[n] for n in ("capacity", "status", "start_year", "chemistry", "date")] == [
        14.5, "operating", 2023, "LFP", "2031-05",
    ]  # fmt: skip
    assert first["record"].startswith("own-zellfabriken-2031-05-achat")
    problems = {fault.row: fault.problem for fault in done.refused}
    assert problems == {
        5: "unknown country 'Ungarn'", 6: "unknown country 'Polen'", 7: "unknown word 'Vorserie'",
    }  # fmt: skip
    assert '"status": {"Vorserie": "..."}' in done.refused[-1].advice


def test_confirming_at_once_is_enough(workspace, file, take):
    [done] = take(file(), confirm=True)
    assert done.new and map_of(workspace)[1]["confirmed"]


def test_a_map_may_be_confirmed_and_taught_words_in_its_file(workspace, file, take):
    with pytest.raises(Unconfirmed):
        take(file())
    place, map = map_of(workspace)
    words = {"place": {"Ungarn": "HUN", "Polen": "Poland"}, "status": {"Vorserie": "operating"}}
    place.write_text(json.dumps(map | {"confirmed": True, "words": words}), encoding="utf-8")
    [done] = take(file())
    assert done.record.rows == 3
    sizes = {found["name"]: found["capacity"] for found in own(workspace).values()}
    assert sizes == {"Werk A": 14.5, "Werk B": 1234.5, "Werk D": 10}


def test_a_file_is_read_again_when_its_map_has_changed(workspace, file, take):
    [first] = take(file(), confirm=True)
    assert not take(file())[0].new
    place, map = map_of(workspace)
    place.write_text(json.dumps(map | {"words": {"place": {"Ungarn": "HUN"}}}), encoding="utf-8")
    [again] = take(file())
    assert again.new and again.record.replaces == first.record.id
    assert len(own(workspace)) == 2


def test_a_file_under_another_name_and_map_takes_the_place_of_its_own_rows(workspace, file, take):
    """Also where the other map gives the rows other ids."""
    [first] = take(file(), confirm=True)
    place, map = map_of(workspace)
    place.write_text(json.dumps(map | {"name": "mine", "fixed": map["fixed"] | {"scale": "pilot"}}))
    [again] = take(file(name="Kopie.csv"))
    assert again.record.replaces == first.record.id
    assert [(id[:8], found["scale"]) for id, found in own(workspace).items()] == [
        ("own-mine", "pilot")
    ]


def test_later_files_with_the_same_header_are_read_silently(workspace, file, take):
    take(file(), confirm=True)
    text = GERMAN.replace("Werk A", "Werk Z").replace("Achat", "Zirkon")
    [done] = take(file(text, "Zellfabriken 2031-08.csv"))
    assert done.record.rows == 1
    assert {found["date"] for found in own(workspace).values()} == {"2031-05", "2031-08"}


def test_another_header_is_asked_about(file, take):
    take(file(), confirm=True)
    with pytest.raises(Unconfirmed):
        take(file(GERMAN.replace("Werk;", "Name des Werks;"), "anders.csv"))


def test_what_the_map_does_not_say_has_to_be_filled_in(workspace, file, take):
    text = "Company,City,Capacity\nAgate,Berlin,10\n"
    with pytest.raises(MultipolarError, match="does not say where place, stage comes from"):
        take(file(text, "short.csv"), confirm=True)
    place, map = map_of(workspace)
    assert not map["confirmed"]
    fixed = map["fixed"] | {"place": "Germany", "stage": "cell"}
    place.write_text(json.dumps(map | {"fixed": fixed, "unit": "GWh/yr"}), encoding="utf-8")
    [done] = take(file(text, "short.csv"), confirm=True)
    assert done.record.rows == 1
    [found] = own(workspace).values()
    assert (found["place"], found["capacity"], found["unit"]) == ("DEU", 10, "GWh/yr")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda map: "{",
        lambda map: "[]",
        lambda map: json.dumps(map | {"colour": 1}),
        lambda map: json.dumps(map | {"columns": {"firm": 3}}),
    ],
)
def test_a_map_that_cannot_be_read_is_named(workspace, file, take, spoil):
    take(file(), confirm=True)
    place, map = map_of(workspace)
    place.write_text(spoil(map), encoding="utf-8")
    with pytest.raises(MultipolarError, match=r"cannot read the map of columns .*mend it") as told:
        take(file())
    assert "\n" not in str(told.value)


def test_a_map_that_names_a_column_that_is_not_there_is_refused(workspace, file, take):
    take(file(), confirm=True)
    place, map = map_of(workspace)
    place.write_text(json.dumps(map | {"columns": map["columns"] | {"note": "Notiz"}}))
    with pytest.raises(MultipolarError, match="names columns that the list has not: Notiz"):
        take(file())


POLISH = [["Wykaz fabryk"], ["Spółka", "Kraj", "Moc", "Uwagi"], ["Agate", "Poland", "10", "x"]]


def polish(folder, ending):
    """A list of which we know no column."""
    import xlsxwriter

    path = folder / f"fabryki 2031.{ending}"
    if ending == "csv":
        path.write_text("\n".join(",".join(cells) for cells in POLISH) + "\n", encoding="utf-8")
        return path
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Fabryki")
        for at, cells in enumerate(POLISH):
            sheet.write_row(at, 0, cells)
    return path


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_of_a_list_of_unknown_columns_the_map_is_to_be_filled_in(tmp_path, workspace, take, ending):
    path = polish(tmp_path, ending)
    with pytest.raises(Unconfirmed, match="say in that file where firm, place, stage comes from"):
        take(path)
    place, map = map_of(workspace)
    assert map["header"] == map["not read"] == POLISH[1]
    assert {"firm", "place", "capacity", "status"} <= set(map["columns"])
    assert not any(map["columns"].values())
    with pytest.raises(MultipolarError, match="does not say where firm, place, stage"):
        take(path, confirm=True)
    filled = map["columns"] | {"firm": "Spółka", "place": "Kraj", "capacity": "Moc"}
    fixed = map["fixed"] | {"stage": "cell"}
    place.write_text(json.dumps(map | {"columns": filled, "fixed": fixed, "unit": "GWh/yr"}))
    [done] = take(path, confirm=True)
    [found] = own(workspace).values()
    assert (found["place"], found["capacity"], done.record.rows) == ("POL", 10, 1)


@pytest.mark.parametrize("text", ["", "1,2,3\n4,5,6\n", "Notes and comments\nnothing\n"])
def test_a_file_without_a_header_we_know_is_refused_in_one_line(workspace, file, take, text):
    with pytest.raises(MultipolarError, match="no header that names columns we know") as refused:
        take(file(text, "odd.csv"))
    assert "\n" not in str(refused.value) and not workspace.exists()


def test_a_workbook_is_read_like_any_list(tmp_path, workspace, take):
    import xlsxwriter

    path = tmp_path / "plants 2031-01.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Read me").write(0, 0, "All plants that we know of")
        sheet = book.add_worksheet("Plants")
        header = ["Company", "Country", "City", "Capacity", "Product", "Headquarters", "Source URL"]
        sheet.write_row(3, 0, header)
        sheet.write_row(4, 0, ["Agate Co., Ltd.", "Poland", "Gdansk", "40 GWh", "Cells", "China",
                               "https://example.org/agate"])  # fmt: skip
        sheet.write_row(5, 0, ["Agate Co., Ltd.", "Poland", "Gdansk", "30 kt", "Cathode", "China"])
    [done] = take(path, confirm=True)
    assert (done.record.lines, done.record.rows) == (2, 2)
    found = {row["stage"]: row for row in own(workspace).values()}
    assert (found["cell"]["capacity"], found["cell"]["unit"]) == (40, "GWh/yr")
    cathode = found["cathode active material"]
    assert (cathode["capacity"], cathode["unit"]) == (30, "kt/yr")
    assert found["cell"]["source"] == "https://example.org/agate"
    assert cathode["source"] == "own list plants 2031-01"
    assert own(workspace, "firms")["agate"]["domicile"] == "CHN"


def test_ids_of_a_list_make_rows_of_one_plant(file):
    text = (
        "ID,Company,Country,GWh,Year\n"
        "7,Agate,Germany,10,2027\n7,Agate,Germany,20,2030\n8,Agate,Germany,5,2030\n"
    )
    path = file(text, "mine.csv")
    rows = [row.cells for row in through(propose(path)).read(path).rows]
    assert [row["record"] for row in rows] == ["own-mine-7", "own-mine-7-2", "own-mine-8"]
    assert [row["plant"] for row in rows] == ["own-mine-7", "own-mine-7", "own-mine-8"]
    assert [row["capacity_year"] for row in rows] == ["2027", "2030", "2030"]
