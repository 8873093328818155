"""Which chemistries does a plant make, and in which shares?

A source that names several chemistries rarely gives their shares. A mix of LFP and a nickel
chemistry is then split by an assumption (its central value abroad is the study's convention of a
quarter LFP, which says so in its row; in China it follows the measured share of LFP in output); any
other mix is split equally. ``lfp_share`` overrides both.
"""

from __future__ import annotations

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.words.chemistries import UNKNOWN, family

NICKEL = ("NMC", "NCA", "LMR")
#: Published shares this close to the whole are the whole.
EPSILON = 1e-9
ABROAD, CHINA = "industry.mixed-lfp-share.abroad", "industry.mixed-lfp-share.china"


def mix(
    sites: pl.DataFrame, assumptions: Assumptions, lfp_share: float | None = None
) -> pl.DataFrame:
    """Shares of chemistry families: plant, chemistry, share (adding up to one), assumed.

    ``lfp_share``: fraction of LFP in every mixed LFP and nickel plant, 0 to 1.
    """
    found = []
    for plant, place, text in sites.select("plant", "place", "chemistry").iter_rows():
        name = CHINA if place == "CHN" else ABROAD
        lfp = assumptions.central(name) / 100 if lfp_share is None else lfp_share
        shares = split(text, lfp)
        made = {chemistry for chemistry, _, _ in shares}
        by_rule = "LFP" in made and made <= {"LFP", *NICKEL}
        for chemistry, share, assumed in shares:
            used = name if assumed and by_rule and lfp_share is None else None
            found.append((plant, chemistry, share, used))
    return pl.DataFrame(
        found,
        schema={
            "plant": pl.String,
            "chemistry": pl.String,
            "share": pl.Float64,
            "assumption": pl.String,
        },
        orient="row",
    )


def split(text: str, lfp: float) -> list[tuple[str, float, bool]]:
    """``A:60|B`` or ``A|B`` -> (family, share, whether the share is assumed).

    >>> split("LFP|NMC", 0.25)
    [('LFP', 0.25, True), ('NMC', 0.75, True)]
    >>> split("LFP:80|NMC:20", 0.25)
    [('LFP', 0.8, False), ('NMC', 0.2, False)]
    """
    stated: dict[str, float] = {}
    unsized: list[str] = []
    for name, _, share in (part.partition(":") for part in text.split("|")):
        chemistry = family(name)
        if share:
            stated[chemistry] = stated.get(chemistry, 0.0) + float(share) / 100
        elif chemistry not in unsized:
            unsized.append(chemistry)
    rest = 1 - sum(stated.values())
    if not unsized:
        unsized = [UNKNOWN] if rest > EPSILON else []
    nickel = [name for name in unsized if name in NICKEL]
    if not stated and nickel and set(unsized) == {"LFP", *nickel}:
        guess = {"LFP": lfp} | {name: (1 - lfp) / len(nickel) for name in nickel}
    else:
        guess = {name: rest / len(unsized) for name in unsized}
    several = len(unsized) > 1
    found = [(name, share, False) for name, share in stated.items() if name not in guess]
    guessed = [(name, stated.get(name, 0.0) + share, several) for name, share in guess.items()]
    return found + guessed
