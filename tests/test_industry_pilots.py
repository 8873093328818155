"""Are next-generation projects told apart, classed and counted as the rules say?"""

import itertools
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import plants as plant_rows
from industry_fixtures import TODAY, atlas, own_evidence
from multipolar.evidence.store import Evidence
from multipolar.industry.census import COMPLETENESS, ERROR, Census
from multipolar.industry.lines import Lines
from multipolar.industry.pilots import PRODUCTS, product_of, projects
from multipolar.industry.plants import reconcile
from multipolar.industry.pledges import OUTCOMES, pledges, realised, wilson
from multipolar.words.chemistries import chemistries

#: A next-generation line for cells, hand-made.
LINE = {"plant": "test-line", "chemistry": "Na-ion", "place": "ISL", "town": "Reykjavik"}


def own(folder, *changes):
    """The bundled evidence with hand-made rows besides."""
    rows = plant_rows(
        *({name: str(value) for name, value in {**LINE, **c}.items()} for c in changes)
    )
    return own_evidence(folder, {"plants": rows}, TODAY)


def found(folder, *changes):
    """Projects and phases made of the hand-made rows."""
    made = projects(own(folder, *changes))
    table = made.table.filter(pl.col("plant").str.starts_with("test-"))
    return table, made.phases.join(table.select("project"), on="project")


def numbered(cases):
    """Rows of several cases, each a plant of its own."""
    return [{**row, "plant": f"test-{i}"} for i, rows in enumerate(cases) for row in rows]


def due(folder, *changes):
    table = pledges(own(folder, *changes))
    return table.filter(pl.col("plant").str.starts_with("test-"))


# The class of a project


NO_SIZE = {"capacity": "", "unit": "", "capacity_basis": ""}
SPOT = {"latitude": "64", "longitude": "-21"}


CLASSED = [
    ({"scale": "pilot", "status": "announced"}, "pilot"),
    ({"scale": "pilot", "status": "operating"}, "pilot"),
    ({"status": "operating", "town": "", **NO_SIZE}, "start"),
    ({"status": "under construction", **NO_SIZE}, "start"),
    ({"status": "closed", **NO_SIZE}, "start"),
    ({"status": "announced"}, "start"),
    ({"status": "announced", "town": ""}, "planned"),
    ({"status": "announced", **NO_SIZE}, "planned"),
    ({"status": "cancelled", "town": ""}, "planned"),
    ({"status": "announced", "town": "", **SPOT, "coordinate_basis": "source"}, "start"),
    ({"status": "announced", "town": "", **SPOT, "coordinate_basis": "region"}, "planned"),
]


def test_the_class_follows_from_scale_status_site_and_size(tmp_path):
    rows = [{**change, "plant": f"test-{i}"} for i, (change, _) in enumerate(CLASSED)]
    table, _ = found(tmp_path, *rows)
    told = dict(table.select("plant", "class").rows())
    assert told == {f"test-{i}": expected for i, (_, expected) in enumerate(CLASSED)}


def test_a_pilot_line_and_the_plant_at_its_site_are_two_projects(tmp_path):
    table, phases = found(
        tmp_path,
        {"scale": "pilot", "status": "operating", "capacity": 0.1, "start_year": 2022},
        {"scale": "commercial", "status": "announced", "capacity": 20, "start_year": 2028},
    )
    told = {row["class"]: (row["status"], row["year"]) for row in table.to_dicts()}
    assert told == {"pilot": ("operating", 2022), "start": ("announced", 2028)}
    sizes = dict(phases.group_by("status").agg(pl.col("capacity").sum()).rows())
    assert sizes == pytest.approx({"operating": 0.1, "announced": 20}, abs=1e-5)


def test_a_plant_of_two_products_is_a_project_of_each_and_its_size_is_shared(tmp_path):
    table, phases = found(
        tmp_path,
        {"chemistry": "LFP|Na-ion|Li-metal-semi-solid", "capacity": 9, "status": "operating"},
    )
    assert set(table["product"]) == {"sodium-ion", "lithium-metal"}
    assert table["mixed"].all()
    for row in phases.group_by("project").agg(pl.col("low", "capacity", "high").sum()).to_dicts():
        assert row["low"] == 0
        assert row["capacity"] == pytest.approx(3, abs=1e-5)
        assert row["high"] == pytest.approx(9, abs=1e-5)


def test_a_published_split_is_no_guess(tmp_path):
    table, phases = found(tmp_path, {"chemistry": "LFP:75|Na-ion:25", "capacity": 8})
    assert not table["mixed"].any()
    (row,) = phases.select("low", "capacity", "high").rows()
    assert row == pytest.approx((2, 2, 2), abs=1e-5)


def test_what_a_material_plant_states_in_cells_is_not_added_to_tonnes(tmp_path):
    silicon = {"stage": "anode active material", "chemistry": "Si-anode"}
    table, phases = found(
        tmp_path,
        {**silicon, "capacity": 20, "unit": "GWh/yr", "date": "2023"},
        {**silicon, "capacity": 4, "unit": "kt/yr", "date": "2024"},
    )
    assert table.height == 1
    assert phases["capacity"].sum() == pytest.approx(4, abs=1e-5)


# The year of a project


YEARS = [
    ([{"status": "announced", "start_year": 2029}], (2029, True)),
    ([{"status": "announced", "date": "2024-03"}], (2024, False)),
    ([{"status": "operating", "start_year": 2021}], (2021, True)),
    # It was said to run before the year in which it was to start.
    (
        [
            {"status": "announced", "start_year": 2025, "date": "2020"},
            {"status": "operating", "date": "2023"},
        ],
        (2023, True),
    ),
    # The newest of two plans holds.
    (
        [
            {"status": "announced", "start_year": 2026, "date": "2022"},
            {"status": "announced", "start_year": 2030, "date": "2024"},
        ],
        (2030, True),
    ),
    # The start of a plant says nothing of a line that came later.
    (
        [{"chemistry": "LFP|Na-ion", "status": "operating", "start_year": 2013, "date": "2025"}],
        (2025, False),
    ),
]


def test_the_year_is_that_of_the_start_or_of_the_first_word(tmp_path):
    table, _ = found(tmp_path, *numbered(rows for rows, _ in YEARS))
    told = {
        plant: (year, dated) for plant, year, dated in table.select("plant", "year", "dated").rows()
    }
    assert told == {f"test-{i}": expected for i, (_, expected) in enumerate(YEARS)}


# What is no plant of its own


def test_a_hub_is_not_counted_beside_its_plants(tmp_path):
    table, phases = found(
        tmp_path,
        {"plant": "test-hub", "capacity": 30, "capacity_basis": "company"},
        {"plant": "test-a", "capacity": 10, "part_of": "test-hub"},
        {"plant": "test-b", "capacity": 5, "part_of": "test-hub"},
    )
    assert set(table.filter("counted")["plant"]) == {"test-a", "test-b"}
    assert phases["capacity"].sum() == pytest.approx(30, abs=1e-4)


def test_an_entry_without_a_site_stands_for_the_sited_plants_of_its_firm(tmp_path):
    nowhere = {"plant": "test-total", "town": "", "capacity": 30}
    table, phases = found(tmp_path, nowhere, {"plant": "test-a", "capacity": 10})
    assert table.filter("counted")["plant"].to_list() == ["test-a"]
    assert phases["capacity"].sum() == pytest.approx(10, abs=1e-4)
    # Where the sited plants have no size, that of the total is the only one there is.
    table, phases = found(tmp_path / "b", nowhere, {"plant": "test-a", **NO_SIZE})
    assert table.filter("counted")["plant"].to_list() == ["test-a"]
    assert phases["capacity"].sum() == pytest.approx(30, abs=1e-4)


def test_an_entry_without_a_site_counts_where_nothing_like_it_has_one(tmp_path):
    others = [{"place": "NOR"}, {"scale": "pilot"}, {"chemistry": "Li-S"}, {"firm": "gotion"}]
    # Each pair is at home in a country of its own, so that pairs do not meet.
    rows = [
        {"plant": f"test-{end}-{i}", "place": place, **change}
        for i, (place, other) in enumerate(zip(("ISL", "EGY", "PER", "CHL"), others, strict=True))
        for end, change in (("total", {"town": ""}), ("site", other))
    ]
    table, _ = found(tmp_path, *rows)
    assert set(table.filter("counted")["plant"]) == {row["plant"] for row in rows}


# The bundled evidence


@pytest.fixture(scope="module")
def bundled():
    return projects(atlas().evidence_store)


def test_every_row_that_names_a_product_belongs_to_one_project_of_it(bundled):
    rows = atlas().evidence("plants")
    named = [
        (record, product)
        for record, text in rows.select("record", "chemistry").rows()
        for product in {product_of(part.partition(":")[0]) for part in text.split("|")} - {None}
    ]
    held = bundled.table.select("product", pl.col("records").alias("record")).explode("record")
    counts = {
        (record, product): n
        for record, product, n in held.group_by("record", "product").len().rows()
    }
    assert len(named) > 250
    missing = [pair for pair in named if counts.get(pair, 0) != 1]
    # A plant that is believed to make something else now is no project.
    assert len(missing) <= 2, missing


def test_products_are_the_three_groups_of_the_study():
    groups = {product: set() for product in (*PRODUCTS, None)}
    for name in chemistries():
        groups[product_of(name)].add(name)
    assert {"Na-ion", "Na-ion-PBA"} <= groups["sodium-ion"]
    assert {"Li-S", "Li-metal-solid-state-sulfide"} <= groups["lithium-metal"]
    assert groups["silicon-anode"] == {"Si-anode"}
    assert {"LFP", "NMC", "unknown", "LTO"} <= groups[None]


def test_phases_are_the_shares_of_what_the_lines_add(bundled):
    lines = Lines(atlas().evidence_store)
    whole = pl.concat(reconcile(lines, stage).additions.with_columns(stage=pl.lit(stage))
                      for stage in ("cell", "anode active material"))  # fmt: skip
    sizes = {
        (plant, stage): size
        for plant, stage, size in whole.group_by("plant", "stage")
        .agg(pl.col("capacity").sum())
        .rows()
    }
    ours = dict(bundled.phases.group_by("project").agg(pl.col("capacity").sum()).rows())
    checked = 0
    for row in bundled.table.filter("counted").to_dicts():
        plant, scale, stage, _ = row["project"].split("/")
        size = sizes.get((f"{plant}/{scale}", stage))
        if size:
            assert ours[row["project"]] == pytest.approx(size * row["share"], rel=1e-6)
            checked += 1
    assert checked > 80


def test_what_became_of_some_plants_is_told_as_published(bundled):
    told = {
        (row["plant"], row["class"]): (row["status"], row["domicile"])
        for row in bundled.table.to_dicts()
    }
    assert told["us-natron-holland-na", "start"] == ("closed", "USA")
    assert told["us-sila-moseslake", "start"] == ("operating", "USA")
    assert told["cn-lges-nanjing-na", "pilot"] == ("under construction", "KOR")
    assert told["fr-prologium-dunkirk", "start"] == ("under construction", "TWN")


def test_a_plant_is_no_plant_of_the_future_seen_from_before():
    early = projects(Evidence(None, date(2021, 6, 30))).table
    assert early.height < 15
    assert projects(Evidence(None, date(2015, 1, 1))).table.is_empty()


# Pledges


SAID = {"status": "announced", "date": "2021-05", "start_year": 2023}


KEPT = [
    ([{"status": "operating", "date": "2024", "start_year": 2023}], "on time"),
    ([{"status": "operating", "date": "2023-11"}], "on time"),
    ([{"status": "operating", "date": "2025", "start_year": 2024}], "late"),
    (
        [
            {"status": "under construction", "date": "2024-06"},
            {"status": "operating", "date": "2025-06"},
        ],
        "late",
    ),
    ([{"status": "operating", "date": "2025-06"}], "runs (start unsaid)"),
    ([{"status": "under construction", "date": "2024-06"}], "not yet"),
    ([{"status": "announced", "date": "2022-06", "start_year": 2025}], "not yet"),
    ([{"status": "cancelled", "date": "2022-06"}], "dropped"),
    ([], "not heard of"),
    ([{"status": "under construction", "date": "2022-06"}], "not heard of"),
]


def test_a_pledge_is_kept_or_missed_as_later_rows_say(tmp_path):
    table = due(tmp_path, *numbered([SAID, *later] for later, _ in KEPT))
    told = dict(table.select("plant", "outcome").rows())
    assert told == {f"test-{i}": outcome for i, (_, outcome) in enumerate(KEPT)}
    assert set(table["year"]) == {2023}


NO_PLEDGES = [
    # Said in the year itself, for a year that is not over, of a plant that ran already.
    [{**SAID, "date": "2023-02"}],
    [{**SAID, "start_year": 2026}],
    [{"status": "operating", "date": "2020"}, SAID],
    [{"status": "operating", "date": "2024", "start_year": 2015}, SAID],
    [{"status": "operating", "date": "2021", "start_year": 2023}],
]


def test_what_is_a_pledge_and_which_of_several(tmp_path):
    twice = [{**SAID, "start_year": 2022}, {**SAID, "date": "2022-01"}]
    table = due(tmp_path, *numbered([*NO_PLEDGES, twice]))
    assert table.select("plant", "year").rows() == [(f"test-{len(NO_PLEDGES)}", 2022)]


def test_bundled_pledges_lead_to_their_rows():
    table = pledges(atlas().evidence_store)
    assert set(table["outcome"]) <= set(OUTCOMES)
    rows = {row["record"]: row for row in atlas().evidence("plants").to_dicts()}
    assert table.height > 30
    for pledge in table.to_dicts():
        first = rows[pledge["records"][0]]
        assert first["start_year"] == pledge["year"] < atlas().evidence_store.year
        assert (first["status_date"] or first["date"])[:4] < str(pledge["year"])
        assert {rows[record]["plant"] for record in pledge["records"]} == {pledge["plant"]}


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.5, 0.999))
def test_an_interval_ends_where_the_score_test_does(kept, due_, level):
    """At both ends (p - k/n)^2 = z^2 p (1 - p) / n, which is how Wilson defines them."""
    kept = min(kept, due_)
    low, high = wilson(kept, due_, level)
    share = kept / due_
    assert 0 <= low <= share + 1e-12 and share - 1e-12 <= high <= 1
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + level) / 2)
    for end in (low, high):
        if 0 < end < 1:
            assert (end - share) ** 2 == pytest.approx(z * z * end * (1 - end) / due_, rel=1e-6)
    assert wilson(due_ - kept, due_, level) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_open_outcomes_widen_the_share_of_pledges_kept():
    table = pl.DataFrame({"outcome": ["on time", "late", "not heard of", "runs (start unsaid)"]})
    found_ = realised(table)
    assert (found_.kept, found_.due, found_.central) == (1, 4, 0.25)
    assert (found_.low, found_.high) == (wilson(1, 4)[0], wilson(3, 4)[1])
    assert realised(table.clear()).high == 1 and np.isnan(realised(table.clear()).central)


# How sure a count is


NAMES = (*(ERROR.format(word) for word in ("high", "medium", "low")), COMPLETENESS)


def toy(sizes, draws=20000, **options):
    """A census of so many projects of each confidence."""
    words = [word for word, n in sizes.items() for _ in range(n)]
    names = [f"toy-{i}" for i in range(len(words))]
    schema = {"project": pl.String, "confidence": pl.String, "firm": pl.String}
    table = pl.DataFrame(
        {"project": names, "confidence": words, "firm": [f"f{i // 2}" for i in range(len(words))]},
        schema=schema,
    )
    return Census(atlas().evidence_store, table, draws, **options)


class Known(Census):
    """A census of which it is known that one in 1.5 is on record."""

    def of(self, name, label=""):
        return np.full(self.draws, 1.5 if name == COMPLETENESS else 0.0)


@pytest.mark.parametrize("known", [0, 1, 7, 40])
def test_what_is_unseen_follows_the_negative_binomial(known):
    plain = toy({"high": 0})
    drawn = Known(plain.evidence, plain.table, 200_000).unseen("x", known)
    mean = (known + 0.5) * 0.5
    assert drawn.mean() == pytest.approx(mean, rel=0.03)
    assert drawn.var() == pytest.approx(mean * 1.5, rel=0.06)
    assert (drawn >= 0).all() and (drawn == drawn.round()).all()


@pytest.mark.parametrize("word", ["high", "medium", "low"])
def test_projects_exist_as_often_as_their_confidence_says(word):
    found_ = toy({word: 60}, fixed=frozenset(NAMES))
    error = found_.assumption(ERROR.format(word)).central / 100
    assert found_.seen(pl.lit(True)).mean() / 60 == pytest.approx(1 - error, abs=0.01)


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_the_likeliest_count_is_what_is_on_record(high, medium, low):
    found_ = toy({"high": high, "medium": medium, "low": low}, draws=50)
    whole = high + medium + low
    assert found_.central().count("x", pl.lit(True)).tolist() == [whole]
    assert found_.central().count("x", pl.lit(True), "firm").tolist() == [(whole + 1) // 2]
    seen = found_.seen(pl.lit(True))
    assert ((seen >= 0) & (seen <= whole)).all()
    firms = found_.seen(pl.lit(True), "firm")
    assert ((firms <= seen) & (firms >= seen / 2)).all()


def test_equal_labels_draw_equally_and_others_do_not():
    found_ = toy({"high": 10}, draws=500)
    assert (found_.unseen("a", 10) == found_.unseen("a", 10)).all()
    assert (found_.unseen("a", 10) != found_.unseen("b", 10)).any()


def test_every_assumption_widens_a_count():
    found_ = toy({"high": 20, "medium": 20, "low": 20}, draws=4000)
    whole = found_.count("x", pl.lit(True)).var()
    for name in NAMES:
        fixed = toy({"high": 20, "medium": 20, "low": 20}, draws=4000, fixed=frozenset([name]))
        assert fixed.count("x", pl.lit(True)).var() < whole * 1.001


def test_a_share_known_from_cases_has_the_moments_of_a_beta():
    found_ = toy({"high": 1}, draws=100_000)
    for k, n in itertools.product((0, 3), (4, 9)):
        drawn = found_.chance("x", k, n)
        a, b = k + 0.5, n - k + 0.5
        assert drawn.mean() == pytest.approx(a / (a + b), abs=0.005)
        assert drawn.var() == pytest.approx(a * b / ((a + b) ** 2 * (a + b + 1)), rel=0.05)
