"""Does the page work in a browser: charts are drawn, and a click on a bar leads to its rows?"""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import polars as pl
import pytest

from industry_fixtures import HOSTILE_NAMES, atlas, figure, hostile_report, plain, plants, report
from multipolar.figures.foreign_investment import REGIONS
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--virtual-time-budget=10000", "--dump-dom")  # fmt: skip
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs chromium or google-chrome")

#: Runs in a copy of the page, after its own scripts: waits for the charts, clicks every mark, and
#: writes down what the page then shows.
PROBE = r"""
<script>
window.shouts = [];
window.alert = (word) => window.shouts.push(String(word));
(async () => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const charts = [...document.querySelectorAll(".chart")];
  const drawn = (chart) => Boolean(chart.querySelector("svg.marks"));
  for (let i = 0; i < 40 && !charts.every(drawn); i++) await wait(100);
  const found = { clicks: [] };
  found.charts = charts.map((chart) => [chart.id, drawn(chart), chart.textContent]);

  const all = (panel, which) => [...panel.querySelectorAll(which)];
  const texts = (panel, which) => all(panel, which).map((node) => node.textContent);
  const marks = (chart) => [...document.querySelectorAll(`#chart-${chart} path`)]
    .filter((mark) => mark.__data__ && mark.__data__.datum && mark.__data__.mark.role === "mark");
  const press = (mark) => {
    const box = mark.getBoundingClientRect();
    const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
    for (const kind of ["mousedown", "mouseup", "click"]) {
      mark.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, ...at }));
    }
  };
  const visit = (chart, figure, wanted) => {
    const panel = document.getElementById(`behind-${figure}`);
    for (const mark of marks(chart)) {
      const { owner, host, row, status, year, plant, name } = mark.__data__.datum;
      if (!wanted(mark.__data__.datum)) continue;
      panel.hidden = true;
      panel.replaceChildren();
      press(mark);
      found.clicks.push({
        chart, owner, host, row, status, year, plant, name,
        hidden: panel.hidden,
        title: panel.querySelector("h3")?.textContent,
        total: panel.querySelector("p")?.textContent,
        amounts: texts(panel, ".amount"),
        records: texts(panel, "code"),
        text: panel.textContent,
        elements: [...new Set(all(panel, "*").map((node) => node.tagName))],
      });
    }
  };

  visit("cell-capacity", "cell-capacity", (datum) => datum.row && datum.status);
  visit("foreign-investment", "foreign-investment", (datum) => datum.owner);
  visit("cell-capacity-map", "cell-capacity", (datum) => datum.plant);
  const slider = document.querySelector(".slider input");
  slider.value = 2024;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await wait(500);
  visit("cell-capacity", "cell-capacity", (datum) => datum.row === "World" && datum.status);

  found.shouts = window.shouts;
  const note = document.createElement("script");
  note.type = "application/json";
  note.id = "probe";
  note.textContent = JSON.stringify(found).replaceAll("<", "\\u003c");
  document.body.append(note);
})();
</script>
"""


class Found(HTMLParser):
    """The content of the element that the probe leaves."""

    def __init__(self, text):
        super().__init__()
        self.note, self._inside = "", False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self._inside = dict(attributes).get("id") == "probe"

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        self.note += data if self._inside else ""


#: Writes down the words of charts that leave their chart.
WIDTHS = r"""
<script>
(async () => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const charts = [...document.querySelectorAll(".chart")];
  for (let i = 0; i < 40 && !charts.every((chart) => chart.querySelector("svg.marks")); i++) {
    await wait(100);
  }
  await wait(300);
  const width = document.documentElement.getBoundingClientRect().width;
  const found = { width, words: 0, outside: [] };
  for (const chart of charts) {
    const frame = chart.querySelector("svg.marks").getBoundingClientRect();
    for (const text of chart.querySelectorAll("svg.marks text")) {
      const box = text.getBoundingClientRect();
      if (!box.width) continue;
      found.words += 1;
      if (box.left < frame.left - 1 || box.right > frame.right + 1) {
        found.outside.push([chart.id, text.textContent, box.left - frame.left,
                            box.right - frame.right]);
      }
    }
  }
  const note = document.createElement("script");
  note.type = "application/json";
  note.id = "probe";
  note.textContent = JSON.stringify(found).replaceAll("<", "\\u003c");
  document.body.append(note);
})();
</script>
"""


def visited(folder, made, probe=PROBE, width=780):
    """What a probe saw on a page."""
    page = (made / "index.html").read_text(encoding="utf-8")
    # A browser without a screen is never narrower than 500 pixels; the page in it can be.
    page = page.replace("</head>", f"<style>html {{ width: {width}px }}</style></head>", 1)
    before, end, after = page.rpartition("</body>")
    (folder / "index.html").write_text(before + probe + end + after, encoding="utf-8")
    done = subprocess.run(
        [BROWSER, *FLAGS, "--window-size=1280,900" if width > 500 else "--window-size=500,900",
         f"--user-data-dir={folder / 'user'}",
         (folder / "index.html").as_uri()],
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    note = Found(done.stdout).note
    assert note, "the page did not come to the end of the probe"
    return json.loads(note)


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return visited(tmp_path_factory.mktemp("browser"), report())


def clicks(seen, chart, year=2030):
    return [c for c in seen["clicks"] if c["chart"] == chart and c.get("year", year) == year]


def amount(text):
    return float(text.replace(",", ""))


def total(click):
    """The total that the panel tells, in GWh/yr; it is shown with three decimals."""
    return amount(re.match(r"[\d,.]+", click["total"])[0])


def test_every_chart_is_drawn(seen):
    ids = [f"chart-{name}-{view}" if view else f"chart-{name}"
           for name in atlas().figures() for view in figure(name).views]  # fmt: skip
    assert [(id, drawn) for id, drawn, _ in seen["charts"]] == [(id, True) for id in ids]
    assert not any("could not be drawn" in text for *_, text in seen["charts"])


def test_every_bar_of_cell_capacity_leads_to_rows_that_add_up_to_the_csv(seen):
    codes = {places.name(p): p for p in (*places.countries(), *places.groups())}
    bars = clicks(seen, "cell-capacity")
    assert len(bars) > 20
    for bar in bars:
        keys = {"place": codes[bar["row"]], "status": bar["status"], "year": 2030}
        (row,) = plain(figure("cell-capacity"), **keys).iter_rows(named=True)
        assert not bar["hidden"]
        assert total(bar) == pytest.approx(row["value"], abs=6e-4)
        assert sum(map(amount, bar["amounts"])) == pytest.approx(
            row["value"], abs=6e-4 * len(bar["amounts"])
        )
        assert set(bar["records"]) == set(figure("cell-capacity").explain(**keys).records)


def test_every_bar_of_foreign_investment_leads_to_rows_that_add_up_to_the_csv(seen):
    codes = {name: code for code, name in places.countries().items()}
    region = {code: name for name, members in REGIONS.items() for code in members}
    flows = plain(figure("foreign-investment"), place=None).filter(
        pl.col("place").is_in(list(codes.values())) & (pl.col("value") > 0)
    )
    flows = flows.with_columns(host=pl.col("place").replace_strict(region, default="Others"))
    bars = clicks(seen, "foreign-investment")
    assert len(bars) > 20
    assert {bar["host"] for bar in bars} & {*REGIONS, "Others"}
    for bar in bars:
        of_bar = flows.filter(domicile=codes[bar["owner"]])
        if bar["host"] in codes and bar["host"] not in REGIONS:  # a cell of the table
            of_bar = of_bar.filter(place=codes[bar["host"]])
        else:
            of_bar = of_bar.filter(host=bar["host"])
        assert not bar["hidden"]
        assert total(bar) == pytest.approx(of_bar["value"].sum(), abs=6e-4 * of_bar.height), bar
        records = {
            record
            for place in of_bar["place"]
            for record in figure("foreign-investment")
            .explain(domicile=codes[bar["owner"]], place=place)
            .records
        }
        assert set(bar["records"]) == records


def test_every_circle_of_the_map_leads_to_its_plant(seen):
    circles = clicks(seen, "cell-capacity-map")
    counted = plants().additions.filter(
        (pl.col("from_year") <= 2030) & pl.col("status").is_in(UPPER_BOUND)
    )
    sizes = dict(counted.group_by("plant").agg(pl.col("capacity").sum()).rows())
    assert len(circles) > 100
    for circle in circles:
        assert not circle["hidden"] and circle["title"] == circle["name"]
        assert total(circle) == pytest.approx(sizes[circle["plant"]], abs=6e-4)


@pytest.mark.parametrize("width", [390, 1280])
def test_no_word_of_a_chart_is_cut(tmp_path, width):
    found = visited(tmp_path, report(), WIDTHS, width)
    assert found["width"] == width and found["words"] > 500
    assert found["outside"] == []


def test_the_year_can_be_moved(seen):
    then, now = (
        plain(figure("cell-capacity"), place="World", status="operating", year=year)["value"][0]
        for year in (2024, 2030)
    )
    (bar,) = [c for c in clicks(seen, "cell-capacity", 2024) if c["status"] == "operating"]
    assert total(bar) == pytest.approx(then, abs=6e-4)
    assert then < now - 1


def test_imported_names_are_text_in_the_browser_too(tmp_path):
    found = visited(tmp_path, hostile_report())
    circles = {c["name"]: c for c in clicks(found, "cell-capacity-map")}
    for name in HOSTILE_NAMES:
        assert name in circles[name]["text"] and circles[name]["title"] == name
        assert set(circles[name]["elements"]) <= {
            "H3", "P", "UL", "LI", "SPAN", "DETAILS", "SUMMARY", "CODE", "A",
        }  # fmt: skip
    assert found["shouts"] == []
