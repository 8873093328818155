"""What does a plant make, going by the name of its firm where a list only says components?"""

from __future__ import annotations

import re

NAMES = (
    (r"\belectrolytes?\b", "electrolyte"),
    (r"\bseparators?\b", "separator"),
    (r"\bpcam\b|\bprecursors?\b", "precursor"),
    (r"\bcam\b|\bcathodes?\b", "cathode active material"),
    (r"\banodes?\b", "anode active material"),
    (r"\bcopper foil\b|\bbattery foil\b", "foil"),
)


def of_name(firm: str) -> str:
    """The stage that the name of a firm names; blank where it names none or several.

    >>> of_name("Dongwha Electrolyte USA"), of_name("Ultium CAM JV (GM, POSCO)"), of_name("SEMCORP")
    ('electrolyte', 'cathode active material', '')
    """
    found = {stage for pattern, stage in NAMES if re.search(pattern, firm.casefold())}
    return found.pop() if len(found) == 1 else ""
