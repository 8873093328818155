"""Is the page whole, quiet on the network, and deaf to what imported rows would like it to do?"""

import json
import re
from html.parser import HTMLParser

import pytest

from industry_fixtures import (
    HOSTILE_CITATION,
    HOSTILE_NAMES,
    atlas,
    figure,
    hostile_report,
    report,
    verdicts,
)

LOADING = {
    "src",
    "srcset",
    "data",
    "poster",
    "background",
    "action",
    "formaction",
    "ping",
    "manifest",
}


class Page(HTMLParser):
    """Elements with their attributes, the content of scripts, and the text that is shown."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts, self.text = [], [], []
        self._inside = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._inside = tag if tag in ("script", "style") else None
        if tag == "script":
            self.scripts.append((dict(attributes), []))

    def handle_endtag(self, tag):
        self._inside = None

    def handle_data(self, data):
        if self._inside == "script":
            self.scripts[-1][1].append(data)
        elif self._inside is None:
            self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def data(self):
        """The blocks of JSON by their id."""
        return {a["id"]: "".join(t) for a, t in self.scripts if a.get("type") == "application/json"}

    def shown(self):
        return " ".join("".join(self.text).split())


@pytest.fixture(scope="module")
def page():
    return Page((report() / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def hostile():
    return Page((hostile_report() / "index.html").read_text(encoding="utf-8"))


def views():
    return [(n, f"{n}-{v}" if v else n, shown) for n in atlas().figures()
            for v, shown in figure(n).views.items()]  # fmt: skip


def test_every_view_has_its_title_its_chart_and_its_files(page):
    charts = {a["id"]: a for a in page.all("div") if a.get("class") == "chart"}
    assert set(charts) == {f"chart-{id}" for _, id, _ in views()}
    links = {a.get("href") for a in page.all("a")}
    for name, id, shown in views():
        assert " ".join(shown.title.split()) in page.shown()
        assert charts[f"chart-{id}"]["aria-label"] == shown.alt
        assert {f"figures/{id}.svg", f"figures/{id}.png", f"figures/{name}.csv"} <= links


def test_every_link_inside_the_report_leads_somewhere(page):
    ids = {a["id"] for _, a in page.elements if "id" in a}
    for link in page.all("a"):
        href = link["href"]
        if href.startswith("#"):
            assert href[1:] in ids or href.startswith("#source-")
        elif not href.startswith(("http://", "https://")):
            assert (report() / href).is_file()


def test_the_page_loads_nothing_from_elsewhere(page):
    for tag, attributes in page.elements:
        for name in LOADING & set(attributes):
            assert not re.match(r"\s*(https?:)?//", attributes[name] or ""), (tag, attributes)
    assert page.all("link") == []
    assert not any("src" in attributes for attributes in page.all("script"))
    style = (report() / "index.html").read_text().partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style and "@import" not in style


def test_a_policy_keeps_the_page_from_loading_anything(page):
    (policy,) = [a["content"] for a in page.all("meta")
                 if a.get("http-equiv", "").lower() == "content-security-policy"]  # fmt: skip
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "http" not in policy and "*" not in policy
    assert "connect-src" not in rules and "frame-src" not in rules


def test_every_source_and_judged_claim_is_on_the_page(page):
    for source in figure("cell-capacity").sources[:50]:
        assert any(a.get("id") == f"source-{source.id}" for a in page.all("li"))
    for verdict in verdicts():
        if verdict.verdict != "not-computable":
            assert " ".join(verdict.claim.statement.split()) in page.shown()


def test_behind_every_bar_are_parts_items_and_rows(page):
    data = json.loads(page.data()["behind-data"])
    for name in atlas().figures():
        found = data["figures"][name]
        assert len(found["marks"]) > 10
        used = {part[0] for _, _, parts in found["marks"].values() for part in parts}
        assert used == set(range(len(found["items"])))
        for _, records in found["items"]:
            assert records and set(records) <= set(data["rows"])


def test_the_specification_of_every_chart_is_json(page):
    for _, id, _ in views():
        spec = json.loads(page.data()[f"spec-{id}"])
        assert set(spec) == {"light", "dark"} and spec["light"]["layer"]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_is_text_wherever_it_is_shown(hostile, name):
    data = json.loads(hostile.data()["behind-data"])
    labels = [label for label, _ in data["figures"]["cell-capacity"]["items"]]
    assert any(label.startswith(name) for label in labels)


def test_no_imported_row_adds_an_element(page, hostile):
    assert len(hostile.all("script")) == len(page.all("script"))
    assert {tag for tag, _ in hostile.elements} == {tag for tag, _ in page.elements}
    assert all(image["src"].startswith("figures/") for image in hostile.all("img"))
    for _, attributes in hostile.elements:
        assert not [name for name in attributes if name.startswith("on")]
    code = [
        [text for attributes, text in found.scripts if not attributes] for found in (page, hostile)
    ]
    assert code[0] == code[1]


def test_a_plant_that_was_left_out_is_named_as_text(hostile):
    assert "<b>gone</b> (DEU): cancelled" in hostile.shown()
    assert hostile.all("b") and "gone" not in str(hostile.all("b"))


def test_the_citation_of_a_user_is_text_and_no_way_out_of_its_attribute(hostile):
    links = [a["href"] for a in hostile.all("a") if a["href"].startswith("https://example.org/")]
    assert set(links) == {HOSTILE_CITATION}
    assert HOSTILE_CITATION in json.loads(hostile.data()["behind-data"])["sources"]


def test_json_cannot_end_its_script(hostile):
    for text in hostile.data().values():
        assert "</" not in text


def test_json_cannot_open_a_comment_in_its_script(hostile):
    """``<!--`` and ``<script`` together keep the end tag of a script from ending it."""
    for text in hostile.data().values():
        assert "<!--" not in text


def test_the_currency_is_told(page, hostile):
    assert "Money in USD" in page.shown()
    assert "Money in EUR" in hostile.shown()
