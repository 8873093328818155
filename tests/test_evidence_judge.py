"""Is a result that shows nothing of its own called so, before any number is compared?"""

import numpy as np
import pytest

from conftest import row
from multipolar.evidence.claims import Claim, Computed, judge
from multipolar.evidence.imports import import_files
from multipolar.evidence.sources import STUDY, bibliography
from multipolar.evidence.store import Evidence

NAMED, OTHER = "bnef", "iea-gevo-2025"
STATEMENT = next(id for id in bibliography() if id.startswith(f"{NAMED}-"))
ROWS = [
    row("capacity-totals", record="said-by-named", source=STATEMENT),
    row("capacity-totals", record="read-via-named", source="https://example.org", via=STATEMENT),
    row("capacity-totals", record="said-by-other", source=OTHER),
    row("capacity-totals", record="said-by-study", source=STUDY),
    row("capacity-totals", record="study-via-other", source=STUDY, via=OTHER),
]
ASSUMED = [
    row("assumptions", assumption="test.fitted", calibrated_to="some-claim"),
    row("assumptions", assumption="test.free", source=OTHER),
    row("assumptions", assumption="test.of-study", source=STUDY),
]


@pytest.fixture
def own(workspace, write):
    """Evidence with the rows and assumptions above."""
    import_files(Evidence(workspace), "capacity-totals", [write("capacity-totals", ROWS, "t.csv")])
    import_files(Evidence(workspace), "assumptions", [write("assumptions", ASSUMED, "a.csv")])
    return Evidence(workspace)


def claim(**changes):
    names = ("claim", "figure", "room", "place", "year", "metric", "unit", "caveat")
    texts = dict.fromkeys(names, "")
    fields = texts | {
        "statement": "It is 100.", "value_low": 100.0, "value_high": 100.0, "comparator": "=",
        "value_basis": "stated", "needs": "a table of plants", "named_sources": (NAMED,),
    }  # fmt: skip
    return Claim(**(fields | changes))


def computed(*records, **changes):
    draws = np.full(10, 100.0)
    return Computed(draws, 100.0, table="capacity-totals", records=records, **changes)


def verdict(evidence, result, **changes):
    return judge(claim(**changes), result, evidence).verdict


@pytest.mark.parametrize(
    "result",
    [
        computed("said-by-study"),
        computed(assumptions=("test.of-study",)),
        computed("said-by-study", assumptions=("test.of-study",)),
        computed(words=(STUDY,)),
    ],
    ids=["row", "assumption", "both", "words"],
)
def test_what_rests_on_the_study_alone_is_carried(own, result):
    assert verdict(own, result) == "carried"
    assert verdict(own, result, value_low=1.0, value_high=1.0) == "carried"


@pytest.mark.parametrize(
    "result",
    [
        computed("said-by-study", "said-by-other"),
        computed("said-by-study", assumptions=("test.free",)),
        computed(words=(STUDY, OTHER)),
        computed("study-via-other"),
    ],
    ids=["second row", "assumption", "words", "via"],
)
def test_what_rests_on_more_than_the_study_is_compared(own, result):
    assert verdict(own, result) == "reproduced"


@pytest.mark.parametrize("record", ["said-by-named", "read-via-named"])
def test_one_row_of_a_source_that_the_study_names_is_carried(own, record):
    assert verdict(own, computed(record)) == "carried"


def test_the_same_row_with_a_second_record_is_compared(own):
    found = judge(claim(), computed("said-by-named", "said-by-other"), own)
    assert found.verdict == "reproduced"
    assert found.note == "same data as the study in part: bnef"
    assert found.sources == sorted([STATEMENT, OTHER])


@pytest.mark.parametrize(
    "changes",
    [{"assumptions": ("test.free",)}, {"more": {"assumptions": ("test.free",)}}],
    ids=["an assumption", "a row of another table"],
)
def test_the_same_row_with_work_of_our_own_is_compared(own, changes):
    assert verdict(own, computed("said-by-named", **changes)) == "reproduced"


@pytest.mark.parametrize("named", [(), ("iea",), ("bn",), ("bnef-evo-1999",)])
def test_one_row_of_a_source_that_the_study_does_not_name_is_compared(own, named):
    assert verdict(own, computed("said-by-named"), named_sources=named) == "reproduced"


def test_a_source_is_named_by_its_id_or_its_publisher(own):
    publisher = bibliography()[STATEMENT].publisher.casefold()
    for name in (STATEMENT, publisher):
        assert verdict(own, computed("said-by-named"), named_sources=(name,)) == "carried"


def test_a_fitted_assumption_makes_the_result_calibrated(own):
    assert verdict(own, computed("said-by-other", assumptions=("test.fitted",))) == "calibrated"
    assert verdict(own, computed("said-by-other", assumptions=("test.free",))) == "reproduced"


def test_carried_comes_before_calibrated(own):
    result = computed("said-by-study", assumptions=("test.fitted",))
    assert verdict(own, result) == "carried"


def test_without_a_result_the_claim_is_not_computable_and_says_what_it_needs(own):
    found = judge(claim(), None, own)
    assert (found.verdict, found.note) == ("not-computable", "needs a table of plants")
    assert (found.low, found.central, found.high, found.sources) == (None, None, None, [])
    assert judge(claim(needs=""), None, own).note == ""


def test_a_claim_without_a_number_is_undecided(own):
    found = judge(
        claim(comparator="", value_low=None, value_high=None), computed("said-by-other"), own
    )
    assert found.verdict == "undecided"
    assert "no number to hold this against" in found.note


def test_a_verdict_tells_the_range_the_sources_and_the_note(own):
    draws = np.linspace(0, 1000, 11)
    result = Computed(
        draws, 480.0, "capacity-totals", ("said-by-other",), ("test.fitted",), note="by hand"
    )
    found = judge(claim(), result, own)
    assert (found.low, found.central, found.high) == (100, 480, 900)
    assert found.sources == [OTHER]
    assert found.note == "by hand"


def test_rows_of_several_tables_are_all_named(own):
    result = computed("said-by-other", more={"assumptions": ("test.of-study",)})
    assert judge(claim(), result, own).sources == sorted([OTHER, STUDY])


def test_the_number_is_the_studys_own_where_it_is_stated_or_listed():
    bases = ["stated", "listed", "read", "none"]
    assert [claim(value_basis=basis).own_number for basis in bases] == [True, True, False, False]
