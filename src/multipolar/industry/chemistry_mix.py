"""Which chemistries does a plant make, and in which shares?

A source that names several chemistries rarely gives their shares. A mix of LFP and a nickel
chemistry is then split by an assumption (its central value abroad is the study's convention of a
quarter LFP, which says so in its row; in China it follows the measured share of LFP in output); any
other mix is split equally. ``lfp_share`` overrides both.
"""

from __future__ import annotations

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.words.chemistries import family

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
        for chemistry, share, assumed in split(text, lfp):
            found.append((plant, chemistry, share, name if assumed and lfp_share is None else None))
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
    parts = [part.partition(":") for part in text.split("|")]
    names = [family(name) for name, _, _ in parts]
    stated = [float(share) / 100 if share else None for _, _, share in parts]
    rest = 1 - sum(share for share in stated if share is not None)
    open_names = [name for name, share in zip(names, stated, strict=True) if share is None]
    guess = {name: rest / len(open_names) for name in open_names}
    if len(parts) > 1 and "LFP" in open_names and len(open_names) == len(parts) > 1:
        others = [name for name in open_names if name != "LFP"]
        if others and all(name in ("NMC", "NCA", "LMR") for name in others):
            guess = {"LFP": lfp} | {name: (1 - lfp) / len(others) for name in others}
    totals: dict[str, tuple[float, bool]] = {}
    for name, share in zip(names, stated, strict=True):
        before, was_assumed = totals.get(name, (0.0, False))
        value = guess[name] if share is None else share
        assumed = was_assumed or (share is None and len(open_names) > 1)
        totals[name] = (before + value, assumed)
    return [(name, value, assumed) for name, (value, assumed) in totals.items()]
