"""Which plant makes the cells: where, of which chemistry, size and age, by whom, and when?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from multipolar.cells.process import BOUNDARIES
from multipolar.words import places
from multipolar.words.errors import MultipolarError, UnitMismatch

#: Sizes for which the exponents of the process steps are told, GWh/yr.
SIZES = (5.0, 100.0)
#: The first year after ramp-up, and the last one of it for which yield and output are told. From
#: then on output is full and yield stays as in that last year.
RIPE, LAST = 6, 5
#: Home countries of the makers that had run large plants for years when the assumptions on yield
#: were written down.
EXPERIENCED = ("CHN", "KOR", "JPN")
MAKERS = ("incumbent", "entrant")


@dataclass(frozen=True)
class Plant:
    """One plant on one day.

    ``age``: year after start, 1 for the first; from 6 on the plant is ripe. ``maker``: incumbent
    or entrant, by default what the home country of the owner (``domicile``, by default the place)
    tells. ``dry`` and ``automation``: shares from 0 (as in BatPaC) to 1. ``inputs`` are the user's
    own numbers by role (wage, electricity, heat, capex, scrap ...; see ``recipe.ROLES``), each a
    number or (low, central, high), shares as fractions and money in real 2025 US$ without tax.
    """

    place: str
    chemistry: str
    day: date
    gwh: float = 40.0
    age: int = RIPE
    maker: str = ""
    domicile: str = ""
    dry: float = 0.0
    automation: float = 0.0
    boundary: str = "cell"
    inputs: Mapping[str, float | tuple[float, float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        place = places.resolve(self.place)
        domicile = places.resolve(self.domicile) if self.domicile else place
        maker = self.maker or MAKERS[domicile not in EXPERIENCED]
        for name, value in (("place", place), ("domicile", domicile), ("maker", maker)):
            object.__setattr__(self, name, value)
        if maker not in MAKERS:
            raise MultipolarError(f"maker {maker!r}: write {' or '.join(MAKERS)}")
        if not SIZES[0] <= self.gwh <= SIZES[1]:
            low, high = SIZES
            raise MultipolarError(f"a plant of {self.gwh:g} GWh/yr: name {low:g} to {high:g}")
        if self.age < 1 or self.age != int(self.age):
            raise MultipolarError(f"age {self.age:g}: name a whole year after start, from 1")
        for word, share in (("dry", self.dry), ("automation", self.automation)):
            if not 0 <= share <= 1:
                raise MultipolarError(f"{word} {share:g}: name a share from 0 to 1")
        if self.boundary not in ("cell", "module"):
            known = ", ".join(b for b in BOUNDARIES if b != "pack")
            raise UnitMismatch(f"boundary {self.boundary!r}: a plant's cost is told for {known}")

    @property
    def year(self) -> int:
        """The year after start whose yield and output hold."""
        return min(int(self.age), RIPE)
