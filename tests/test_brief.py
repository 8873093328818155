"""Is a brief one page of ten numbers, each of which can be explained?"""

import json
import shlex

import pypdfium2
import pytest

from industry_fixtures import atlas, figure, multipolar
from multipolar.brief.content import NUMBERS, SOURCES, brief
from multipolar.brief.write import written
from multipolar.words import places

FIRST = ("CHN", "USA", "Europe", "KOR", "JPN", "IND", "CAN")


@pytest.mark.parametrize("place", FIRST)
def test_a_brief_has_ten_numbers_each_as_the_figure_has_it(place):
    page = brief(atlas().evidence_store, place)
    assert page.subject == places.name(place)
    assert len(page.lines) == NUMBERS and 0 < len(page.sources) <= SOURCES <= page.sources_in_all
    for line in page.lines:
        _, _, name, *keys = shlex.split(line.command)
        found = figure(name).explain(**dict(key.split("=") for key in keys))
        assert found.row == line.found.row
        assert found.totals() == {value: found.row[value] for value in found.totals()}
        assert found.sources


def test_the_numbers_of_a_brief_are_printed_with_their_commands(tmp_path):
    done = multipolar("brief", "Poland", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("# Poland\n") and done.out.count("multipolar explain") > 5
    assert "**86 GWh/yr**" in done.out


def test_a_brief_tells_what_is_bought_from_china_and_what_of_it_is_not_on_record():
    store = atlas().evidence_store
    page = brief(store, "POL")
    assert page.missing == []
    poland = {line.label: line for line in page.lines}
    bought = poland["Batteries bought from China by Poland, twelve months to 2025-06"]
    assert bought.text == "828 million USD"
    share = poland["Share of China in its imports of lithium-ion batteries"]
    assert 57 < share.found.row["value"] < 68
    europe = brief(store, "Europe")
    assert any("bought from China by Europe (Ember)" in line.label for line in europe.lines)
    assert europe.missing == ["the share of China in its imports of lithium-ion batteries"]
    for ending in ("md", "html"):
        told = written(europe, ending).decode()
        assert "Not on record: the share of China in its imports" in told


@pytest.mark.parametrize("subject", ["KOR", "catl"])
def test_a_brief_as_pdf_says_all_its_numbers_and_as_html_too(tmp_path, subject):
    page = brief(atlas().evidence_store, subject)
    assert multipolar("brief", subject, "--out", "b.pdf", cwd=tmp_path).code == 0
    assert multipolar("brief", subject, "--out", "b.html", cwd=tmp_path).code == 0
    pdf = pypdfium2.PdfDocument((tmp_path / "b.pdf").read_bytes())
    text = "".join("".join(sheet.get_textpage().get_text_range().split()) for sheet in pdf)
    html = (tmp_path / "b.html").read_text(encoding="utf-8")
    for line in page.lines:
        assert "".join(line.text.split()) in text and line.text in html
    assert len(pdf) == 1 or subject == "catl"


def test_a_brief_on_a_firm_lists_its_plants_and_adds_up(tmp_path):
    done = multipolar("brief", "LG Energy Solution", "--out", "b.json", cwd=tmp_path)
    assert done.code == 0
    page = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    sizes = {entry["label"]: entry["number"]["value"] for entry in page["numbers"]}
    whole = sizes["All of these"]
    assert whole == sum(
        size for label, size in sizes.items()
        if label.startswith(("Cell capacity operating", "under", "announced"))
    )  # fmt: skip
    assert page["plants"] and all(plant["records"] for plant in page["plants"])


@pytest.mark.parametrize("subject", ["Atlantis", "", "all"])
def test_a_subject_that_nobody_knows_is_refused(tmp_path, subject):
    done = multipolar("brief", subject, cwd=tmp_path)
    assert (done.code, done.out) == (1, "") and done.err.count("\n") == 1


def test_a_place_without_evidence_has_no_brief(tmp_path):
    done = multipolar("brief", "Andorra", cwd=tmp_path)
    assert done.code == 1 and "Andorra" in done.err


def test_another_ending_is_refused(tmp_path):
    done = multipolar("brief", "KOR", "--out", "b.docx", cwd=tmp_path)
    assert done.code == 1 and "docx" in done.err and not (tmp_path / "b.docx").exists()
