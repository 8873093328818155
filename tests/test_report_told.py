"""Are the sentences of the report made of the numbers, also where there are few?"""

import re

import pytest

from conftest import row
from industry_fixtures import atlas, own_evidence, plants, verdicts
from multipolar.industry.coverage import reached, single_list
from multipolar.report.content import gather
from multipolar.report.told import coverage_rows, intro, one_list_rows, verdict_rows


@pytest.fixture(scope="module")
def content():
    drawn = {name: atlas().figure(name) for name in atlas().figures()}
    return gather(atlas().evidence_store, drawn, "USD")


def test_the_introduction_counts_what_the_tables_hold(content):
    counted, known, _ = reached(plants())
    text = " ".join(intro(content))
    assert f"{counted} of {known} cell plants" in text
    judged = [verdict.verdict for verdict in verdicts()]
    for word in ("reproduced", "undecided"):
        assert re.search(rf"\b{judged.count(word)} (are |stay )?{word}", text)
    listed = single_list(plants(), atlas().evidence_store)
    share = listed["on_one_list"].sum() / listed["total"].sum()
    assert f"{share:.0%} of the gigawatt-hours" in text


def test_every_judged_claim_is_told_once(content):
    judged = [v.claim.claim for v in verdicts() if v.verdict != "not-computable"]
    assert [entry["claim"] for entry in verdict_rows(content)] == judged


def test_every_published_total_of_the_last_and_coming_years_is_told(content):
    first = atlas().evidence_store.year - 2
    recent = [entry for entry in content.totals.to_dicts() if entry["year"] >= first]
    rows = coverage_rows(content)
    assert rows
    assert sorted((entry["year"], entry["scope"], entry["source"]) for entry in rows) == sorted(
        (str(entry["year"]), entry["scope"], entry["source"]) for entry in recent
    )


def test_the_places_on_one_list_come_largest_first(content):
    sizes = [float(entry["total"].replace(",", "")) for entry in one_list_rows(content)]
    assert sizes == sorted(sizes, reverse=True) and sizes


def told(evidence):
    """All texts of a report without its figures."""
    content = gather(evidence, {}, "USD")
    return [intro(content), coverage_rows(content), one_list_rows(content), verdict_rows(content)]


def test_a_published_total_of_nothing_is_told_without_a_ratio(tmp_path):
    nothing = row("capacity-totals", place="ISL", year="2026", central="0")
    _, coverage, *_ = told(own_evidence(tmp_path, {"capacity-totals": [nothing]}))
    (entry,) = [entry for entry in coverage if entry["place"] == "Iceland"]
    assert (entry["published"], entry["ours"]) == ("0", "0")
