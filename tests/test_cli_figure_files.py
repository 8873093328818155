"""Can a figure be had in every format, whole and without a network?"""

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from industry_fixtures import atlas, figure, multipolar
from multipolar.figures.files import picture

NAMES = tuple(atlas().figures())
MAGIC = {"svg": b"<svg", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-", "html": b"<!doctype html"}
SCRIPT = Path(sys.executable).with_name("multipolar")


@pytest.mark.parametrize(
    "name, format",
    [*(("foreign-investment", format) for format in MAGIC), ("cell-capacity", "png")],
)
def test_a_picture_starts_as_its_format_does(tmp_path, name, format):
    done = multipolar("figure", name, "--format", format, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.raw[: len(MAGIC[format])].lower() == MAGIC[format].lower()
    assert len(done.raw) > 10_000


@pytest.mark.parametrize("name", NAMES)
def test_a_csv_has_the_dimensions_and_values_of_the_figure(tmp_path, name):
    done = multipolar("figure", name, cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    drawn = figure(name)
    assert list(rows[0]) == [*drawn.result.dims, "value_low", "value", "value_high", "unit"]
    assert len(rows) == drawn.data.height
    assert [float(row["value"]) for row in rows] == drawn.data["value"].to_list()


def test_a_file_holds_what_standard_output_would(tmp_path):
    shown = multipolar("figure", "cell-capacity", cwd=tmp_path)
    done = multipolar("figure", "cell-capacity", "--out", "a.csv", cwd=tmp_path)
    assert (done.raw, done.err.strip()) == (b"", "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == shown.raw
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def words(svg):
    """All text in a picture."""
    tree = ElementTree.fromstring(svg)  # noqa: S314 (a picture of our own)
    return " ".join("".join(node.itertext()) for node in tree.iter() if node.text)


@pytest.mark.parametrize("name", NAMES)
def test_every_view_says_its_title_and_sources(name):
    for view, shown in figure(name).views.items():
        text = " ".join(words(picture(figure(name), "svg", view)).split())
        assert " ".join(shown.title.split()[:6]) in text
        assert f"from {len(figure(name).sources)} sources" in text


def test_another_view_is_another_picture(tmp_path):
    asked = ("figure", "foreign-investment", "--format", "svg", "--view", "hosts")
    done = multipolar(*asked, cwd=tmp_path)
    title = figure("foreign-investment").views["hosts"].title
    assert " ".join(title.split()[:6]) in " ".join(words(done.out).split())


def test_a_dark_picture_differs_from_a_light_one(tmp_path):
    asked = ("figure", "foreign-investment", "--format", "svg")
    dark = multipolar(*asked, "--dark", cwd=tmp_path).out
    light = picture(figure("foreign-investment"), "svg").decode()
    assert "#FFFFFF" in light.upper() and light != dark
    assert words(light) == words(dark)


def test_a_page_of_a_figure_loads_nothing(tmp_path):
    page = multipolar("figure", "cell-capacity", "--format", "html", cwd=tmp_path).out
    assert 'src="http' not in page and "<link" not in page


def no_network():
    """The start of a command line that has no network, where the system can do that."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode:
        pytest.skip("needs a system on which unshare -rn takes the network away")
    return [unshare, "-rn"]


@pytest.mark.parametrize("format", ["svg", "png"])
def test_a_picture_needs_no_network(tmp_path, format):
    asked = [SCRIPT, "figure", "cell-capacity", "--format", format, "--view", "map"]
    done = subprocess.run([*no_network(), *asked], cwd=tmp_path, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.startswith(MAGIC[format])
