"""Which chemistry does a free text mean, as one word or several joined by a bar?"""

from __future__ import annotations

import re

UNKNOWN = "unknown"
#: Patterns in the order in which they are tried on each part of a text.
WORDS = (
    (r"semi.?solid|solid.?liquid", "Li-metal-semi-solid"),
    (r"sul(?:f|ph)ide", "Li-metal-solid-state-sulfide"),
    (r"solid.?state|\bssb\b|all.?solid", "Li-metal-solid-state"),
    (r"\bli(?:thium)?[- ]?s\b|lithium.?sul(?:f|ph)ur", "Li-S"),
    (r"lithium.?metal|\bli.?metal", "Li-metal"),
    (r"sodium|\bna.?ion|\bsib\b", "Na-ion"),
    (r"l\(m\)fp", "LFP|LMFP"),
    (r"\blmfp\b|manganese iron phosphate", "LMFP"),
    (r"\blfp\b|lifepo4|iron.?phosphate|\bblade\b", "LFP"),
    (r"\bncma?\d*|\bnmca?x?\d*|ternary|high.?nickel|nickel.?manganese.?cobalt", "NMC"),
    (r"\bnca\b|nickel.?cobalt.?alumini?um", "NCA"),
    (r"\blmr\b|lithium.?manganese.?rich", "LMR"),
    (r"\blto\b|titanate", "LTO"),
    (r"\blmo\b|manganese.?oxide|spinel", "LMO"),
    (r"\blco\b|cobalt.?oxide", "LCO"),
    (r"silicon", "Si-anode"),
    (r"zinc|lead.?acid|\bnimh\b|nickel.?(?:metal|hydrogen)|vanadium|iron.?air", "other"),
)  # fmt: skip


def mix(text: str) -> str:
    """The chemistries that a text names, in its order; what stands in brackets only explains.

    >>> mix("NMC (ternary), large-format cylindrical"), mix("LFP / sodium-ion"), mix("pouch")
    ('NMC', 'LFP|Na-ion', 'unknown')
    >>> mix("semi-solid-state (hybrid, high-nickel NMC)"), mix("lithium-ion (LFP and NMC)")
    ('Li-metal-semi-solid', 'LFP|NMC')
    """
    plain = re.sub(r"\bl\(m\)fp\b", "l-m-fp", text.casefold())
    outside = _named(re.sub(r"\([^)]*\)?", " ", plain))
    found = outside or _named(plain)
    return "|".join(found) if found else UNKNOWN


def _named(text: str) -> list[str]:
    found: list[str] = []
    for part in re.split(r"[,/;+&|]|\band\b|\bor\b", text.replace("l-m-fp", "l(m)fp")):
        meant = next((word for pattern, word in WORDS if re.search(pattern, part)), "")
        found += [word for word in meant.split("|") if word and word not in found]
    return found
