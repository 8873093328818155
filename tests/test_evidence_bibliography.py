"""Is the bibliography one that reference managers read, and is every source found?"""

import json
from datetime import date
from importlib.resources import files

import pytest

from multipolar.evidence.sources import STUDY, bibliography, source, unverified
from multipolar.words.errors import UnknownWord

ENTRIES = json.loads((files("multipolar.evidence") / "data" / "sources.json").read_text("utf-8"))
#: Types of CSL 1.0.2, appendix III.
CSL_TYPES = {
    "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book",
    "broadcast", "chapter", "classic", "collection", "dataset", "document", "entry",
    "entry-dictionary", "entry-encyclopedia", "event", "figure", "graphic", "hearing",
    "interview", "legal_case", "legislation", "manuscript", "map", "motion_picture",
    "musical_score", "pamphlet", "paper-conference", "patent", "performance", "periodical",
    "personal_communication", "post", "post-weblog", "regulation", "report", "review",
    "review-book", "software", "song", "speech", "standard", "thesis", "treaty", "webpage",
}  # fmt: skip


def test_every_entry_has_an_id_of_its_own():
    ids = [entry["id"] for entry in ENTRIES]
    assert len(set(ids)) == len(ids) == len(bibliography()) > 0


def test_every_entry_is_csl_json_in_shape():
    for entry in ENTRIES:
        assert isinstance(entry["id"], str) and entry["id"].strip(), entry
        assert entry["type"] in CSL_TYPES, entry
        assert isinstance(entry["title"], str) and entry["title"].strip(), entry
        texts = [entry.get(name, "") for name in ("publisher", "URL", "license")]
        assert all(isinstance(text, str) for text in texts), entry
        assert entry.get("URL", "https://").startswith(("https://", "http://")), entry


def test_every_date_of_issue_is_a_date_that_exists():
    issued = [entry["issued"]["date-parts"] for entry in ENTRIES if "issued" in entry]
    assert issued
    for parts in issued:
        [[year, *rest]] = parts
        assert 1950 <= date(year, *[*rest, 1, 1][:2]).year <= 2030


def test_a_source_is_found_with_what_the_entry_says():
    for entry in ENTRIES:
        found = source(entry["id"])
        assert (found.title, found.address) == (entry["title"], entry.get("URL", ""))
        assert found.title in str(found)


def test_the_study_is_in_the_bibliography():
    assert source(STUDY).publisher == "Carnegie Endowment for International Peace"
    assert source(STUDY).date == "2026-06"


def test_the_list_that_nobody_checked_says_so():
    assert "batteryfactory" in unverified()
    assert STUDY not in unverified()


def test_an_address_or_a_citation_of_the_user_is_a_source_of_its_own():
    assert source("https://example.org/a").address == "https://example.org/a"
    assert source("Smith 2024, p. 3").title == "Smith 2024, p. 3"


def test_a_word_that_is_no_source_is_refused_with_a_near_id():
    with pytest.raises(
        UnknownWord, match="unknown source 'mcbride-2025': did you mean mcbride-2026"
    ):
        source("mcbride-2025")
