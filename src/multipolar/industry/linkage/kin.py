"""Are two plants of one firm, of related firms or of firms with like names?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from multipolar.industry.linkage.firms import Firms
from multipolar.industry.linkage.levels import Levels, first_of
from multipolar.industry.linkage.sets import elements, meet_by
from multipolar.industry.linkage.spelling import Flags, rarity, shared
from multipolar.industry.linkage.units import Unit

#: Parts of the weight of two firms' names that they share: one within the other; most of it.
WITHIN, MOST = 0.9, 2 / 3
#: A spelling with less than this part of the weight of a rare word, like Energy, tells no firm.
TELLING = 0.25


class Kin:
    """The firms of all units, compared once."""

    def __init__(self, left: Sequence[Unit], right: Sequence[Unit], firms: Firms) -> None:
        sides = [elements([u.firms | u.partners for u in side]) for side in (left, right)]
        self.of = sides[0], sides[1]
        weight = rarity([name for names in firms.spellings.values() for name in names])
        rare = max(weight.values(), default=1.0)
        written = [
            [
                (n, name)
                for n, firm in enumerate(side)
                for name in firms.spellings.get(firm, [(firm,)])
                if sum(weight.get(word, rare) for word in name) >= TELLING * rare
            ]
            for side in sides
        ]
        names = [[name for _, name in side] for side in written]
        lighter, heavier = shared(names[0], names[1], weight)
        at = [np.array([n for n, _ in side], dtype=int) for side in written]
        best = [np.zeros((len(sides[0]), len(sides[1]))) for _ in range(2)]
        for found, values in zip(best, (lighter, heavier), strict=True):
            np.maximum.at(found, (at[0][:, None], at[1][None, :]), values)
        self.ids = np.array([[a == b for b in sides[1]] for a in sides[0]], dtype=bool)
        self.ids = self.ids.reshape(best[0].shape)
        self.equal = self.ids | (best[1] >= MOST)
        self.part = self.equal | (best[0] >= WITHIN)
        self.like = self.part | (best[0] >= MOST)

    def level(self, left: Sequence[Unit], right: Sequence[Unit]) -> Levels:
        """Levels of ``firm``."""
        own = [u.firms for u in left], [u.firms for u in right]
        behind = [u.partners for u in left], [u.partners for u in right]
        related = self._meet(own[0], behind[1], self.part)
        related |= self._meet(behind[0], own[1], self.part)
        return first_of(
            "firm",
            ("same", self._meet(*own, self.equal)),
            ("related", related | self._meet(*own, self.part)),
            ("similar", self._meet(*own, self.like)),
            ("sister", self._meet(*behind, self.ids)),
        )

    def _meet(self, left: list[set[str]], right: list[set[str]], pairs: Flags) -> Flags:
        return meet_by(left, right, pairs, self.of)
