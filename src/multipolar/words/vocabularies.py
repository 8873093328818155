"""The short closed lists of words: stages, statuses, scales, bases, segments, comparators."""

from __future__ import annotations

from functools import cache

from multipolar.words.errors import UnknownWord
from multipolar.words.files import read_rows

#: Statuses whose capacity is in the lower bound, and those that the upper bound adds.
LOWER_BOUND = ("operating", "under construction")
UPPER_BOUND = (*LOWER_BOUND, "announced")
#: Statuses shown apart: in neither bound.
APART = ("paused", "unknown")


@cache
def words(vocabulary: str) -> dict[str, str]:
    """Word and meaning of every entry of a vocabulary. Raises UnknownWord.

    >>> list(words("status"))[:3]
    ['operating', 'under construction', 'announced']
    """
    found = {row["word"]: row["meaning"] for row in rows() if row["vocabulary"] == vocabulary}
    if not found:
        raise UnknownWord("vocabulary", vocabulary, {row["vocabulary"] for row in rows()})
    return found


def rows() -> tuple[dict[str, str], ...]:
    """Every word with its vocabulary and meaning."""
    return read_rows("multipolar.words", "vocabularies.csv")
