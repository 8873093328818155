"""Are two names spelled alike?

Names are folded first: small letters, no accents, one spelling of umlauts (``Überherrn`` and
``Ueberherrn``), no apostrophes (``Xi'an``). Words are compared by the Jaro-Winkler similarity
(Winkler 1990, Proceedings of the Section on Survey Research Methods, American Statistical
Association, 354-359), firms by the words they share, each weighing the square of its inverse
document frequency, so that ``Energy`` weighs little. A name without Latin letters folds to nothing
and counts as not given.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from multipolar.words.files import read_rows

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

#: Letters that Unicode does not take apart, and digraphs that stand for an umlaut.
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "a", "œ": "o", "ð": "d"})
DIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
#: From this Jaro-Winkler similarity on, words of at least so many letters are one word mistyped.
ALIKE, LETTERS_ENOUGH = 0.93, 5


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """A name in plain small letters, words apart by one space.

    >>> fold("Überherrn") == fold("Ueberherrn"), fold("Xi'an"), fold("Göd / Iváncsa"), fold("宜宾")
    (True, 'xian', 'god ivancsa', '')
    """
    text = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r"['’ʼ`]", "", text)
    for pair, letter in DIGRAPHS:
        text = text.replace(pair, letter)
    return " ".join(re.findall(r"[a-z0-9]+", text))


@cache
def generic(kind: str) -> frozenset[str]:
    """Words that tell no plant (``plant``) or no place (``place``) from another."""
    rows = read_rows("multipolar.industry.linkage", "words.csv")
    return frozenset(fold(row["word"]) for row in rows if row["kind"] == kind)


def in_name(name: str) -> set[str]:
    """The chemistries that the name of a plant tells.

    >>> in_name("Gotion Sodium Plant Tangshan"), in_name("EVE Chengdu solid-state battery base")
    ({'Na-ion'}, {'Li-metal'})
    """
    rows = read_rows("multipolar.industry.linkage", "words.csv")
    told = [row for row in rows if row["kind"].startswith("chemistry ")]
    text = f" {' '.join(words(name))} "
    return {row["kind"].split(" ", 1)[1] for row in told if f" {row['word']} " in text}


def words(text: str | None) -> list[str]:
    """The folded words of a name; ids of a list like ``(Ford_MI_0)`` are no words."""
    plain = " ".join(word for word in (text or "").split() if "_" not in word)
    return fold(plain).split()


def is_acronym(word: str, name: Sequence[str]) -> bool:
    """Whether a word abbreviates a name: all first letters in order, letters of the name between.

    >>> is_acronym("lges", ["lg", "energy", "solution"]), is_acronym("acc", ["catl"])
    (True, False)
    """
    if not 2 <= len(word) <= 6 or len(name) < 2:
        return False
    pattern = "".join(f"(?={part[0]})" + "".join(f"{letter}?" for letter in part) for part in name)
    return re.fullmatch(pattern, word) is not None


def towns(text: str | None) -> tuple[set[str], set[str]]:
    """The towns that a cell names, folded, without words like county; those in brackets apart.

    >>> towns("Fuding (Ningde)"), towns("Van Buren Township")
    (({'fuding'}, {'ningde'}), ({'van buren'}, set()))
    """
    outside, _, inside = (text or "").partition("(")
    return _places(outside), _places(inside)


def _places(text: str) -> set[str]:
    parts = (fold(part).split() for part in re.split(r"[/,;&]| and ", text))
    plain = (" ".join(word for word in part if word not in generic("place")) for part in parts)
    return {name for name in plain if len(name) > 1}


def alike(left: Sequence[str], right: Sequence[str], settled: frozenset[str]) -> Flags:
    """Which words of the left are words of the right, perhaps mistyped. Shape (left, right).

    ``settled``: words on record; no two of them are one (Qingdao and Qingtao).
    """
    from rapidfuzz.distance import JaroWinkler
    from rapidfuzz.process import cdist

    if not left or not right:
        return np.zeros((len(left), len(right)), dtype=bool)
    close = cdist(left, right, scorer=JaroWinkler.similarity, score_cutoff=ALIKE) >= ALIKE
    long_enough = [np.array([len(w) for w in side]) >= LETTERS_ENOUGH for side in (left, right)]
    same = np.array(left)[:, None] == np.array(right)[None, :]
    right_ones = [np.array([w in settled for w in side]) for side in (left, right)]
    close &= ~(right_ones[0][:, None] & right_ones[1][None, :])
    found: Flags = same | (close & long_enough[0][:, None] & long_enough[1][None, :])
    return found


def firm_words(name: str | None) -> list[str]:
    """The words of a firm's name in order, without its legal form, plurals as singulars."""
    plain = [word[:-1] if len(word) > 4 and word.endswith("s") else word for word in words(name)]
    return [word for word in plain if word not in generic("firm")]


def rarity(names: Iterable[Sequence[str]]) -> dict[str, float]:
    """Weight of each word by how few names hold it: its squared inverse document frequency."""
    listed = [frozenset(name) for name in names]
    counts = Counter(word for name in listed for word in name)
    return {word: math.log((1 + len(listed)) / n) ** 2 for word, n in counts.items()}


def shared(
    left: Sequence[Sequence[str]], right: Sequence[Sequence[str]], weight: dict[str, float]
) -> tuple[Numbers, Numbers]:
    """Shared weight of two lists of names: as a share of the lighter and of the heavier name.

    Shape (left, right) each. A word that no name of ``weight`` holds is as rare as the rarest.
    """
    from scipy.sparse import csr_matrix

    rarest = max(weight.values(), default=1.0)
    lists = [sorted({word for name in side for word in name}) for side in (left, right)]
    worth = [np.array([weight.get(word, rarest) for word in words]) for words in lists]
    held = []
    for names, vocabulary in zip((left, right), lists, strict=True):
        column = {word: n for n, word in enumerate(vocabulary)}
        columns = np.array([column[word] for name in names for word in name], dtype=np.int32)
        ends = np.cumsum([0, *(len(name) for name in names)], dtype=np.int32)
        shape = len(names), len(vocabulary)
        held.append(csr_matrix((np.ones(len(columns)), columns, ends), shape=shape))
    least = np.minimum(worth[0][:, None], worth[1][None, :])
    meets = csr_matrix(np.where(alike(lists[0], lists[1], frozenset(weight)), least, 0.0))
    common = (held[0] @ meets @ held[1].T).toarray()
    total = [matrix @ value for matrix, value in zip(held, worth, strict=True)]
    lighter = np.minimum(total[0][:, None], total[1][None, :])
    heavier = np.maximum(total[0][:, None], total[1][None, :])
    found = [
        np.divide(common, side, out=np.zeros_like(common), where=side > 0)
        for side in (lighter, heavier)
    ]
    return found[0], found[1]
