"""What do the labels of the Mineral Commodity Summaries mean: measure, stage, part, basis, unit?"""

from __future__ import annotations

import re

from multipolar.readers.reader import Refused
from multipolar.readers.statistic import known, subject
from multipolar.readers.values import word

MEASURES = {
    "production": "production",
    "capacity": "capacity",
    "reserves": "reserves",
    "import": "imports",
    "export": "exports",
    "shipment": "shipments",
    "sold or used": "sales",
    "consumption": "consumption",
    "supply": "supply",
    "price": "price",
    "stock": "stock",
    "employment": "employment",
    "net import reliance": "net import reliance",
    "import sources": "import share",
}
UNITS = {
    "metric tons": "t",
    "metric dry tons": "t",
    "thousand metric tons": "kt",
    "thousand metric dry tons": "kt",
    "million metric tons": "Mt",
    "kilograms": "kg",
    "dollars per metric ton": "US$/t",
    "dollars per kilogram": "US$/kg",
    "dollars per pound": "US$/lb",
    "dollars per troy ounce": "US$/troy oz",
    "cents per pound": "US cents/lb",
    "percent": "%",
    "number": "people",
}
#: Weights made in a year, where they are a capacity.
A_YEAR = {"t": "t/yr", "kt": "kt/yr", "Mt": "Mt/yr"}
#: What a label begins with before it says anything of its own.
LEAD = re.compile(
    r"^(?:\w+[,:] )?(?:(?:primary and secondary )?(?:mine|smelter|refinery|plant) +po?r?oduction"
    r"|production(?:[,:] (?:mine|refinery|smelter)\b)?|imports(?: for consumption)?|exports"
    r"|consumption|supply|prices?|stocks?|shipments|yearend capacity|capacity|employment"
    r"|net import reliance as a percentage of (?:total )?apparent consumption|all$)",
    re.IGNORECASE,
)
UNIT_SAID = re.compile(r"\b(?:dollars|cents) per [a-z ]+", re.IGNORECASE)
ROUNDED = re.compile(r"\b(?:rounded|estimated|number)\b", re.IGNORECASE)


def measure(text: str) -> str:
    """Our word for a statistic. Raises Refused."""
    return word("Statistics", re.sub(r"\s+\d{4}.\d{4}$", "", text), MEASURES)


def unit(text: str, label: str = "", of: str = "") -> str:
    """Our unit. Prices per ``metric ton unit`` are for 10 kg of the metal. Raises Refused.

    >>> unit("thousand metric tons"), unit("metric tons", of="capacity")
    ('kt', 't/yr')
    """
    ours = word("unit", text, UNITS)
    if ours == "US$/t" and "metric ton unit" in label:
        return "US$/mtu"
    return A_YEAR.get(ours, ours) if of == "capacity" else ours


def stage(label: str, section: str = "") -> str:
    """The stage that a label names; blank where it names none.

    >>> stage("Production, Refinery: Primary (from ore)"), stage("Mine production")
    ('refining', 'mining')
    """
    if re.search(r"\b(?:mine|reserves)\b", label, re.IGNORECASE):
        return "mining"
    if re.search(r"\b(?:refinery|smelter|plant|refined)\b", label, re.IGNORECASE):
        return "refining"
    # The chapter of silicon has no mines.
    return "refining" if section == "World Production" else ""


def basis(*labels: str) -> str:
    """What weights are of, by the first label that says so; blank where none does.

    >>> basis("Mine production", "(Data in metric tons, lithium content, unless otherwise ...)")
    'metal content'
    """
    for label in labels:
        plain = label.casefold()
        if re.search(r"\boxide\b|\(reo\)|\b(?:ti|zr|k2)o2?\b", plain):
            return "oxide equivalent"
        if re.search(r"\bcontent\b", plain):
            return "metal content"
        if re.search(r"\bgross+ weight|usable ore|crude ore|marketable", plain):
            return "gross weight"
    return ""


def part(label: str, mineral: str) -> str:
    """What a label says beyond measure, stage, mineral, content and unit.

    >>> part("Price, average, dollars per pound: London Metal Exchange (LME), cash", "cobalt")
    'average, London Metal Exchange (LME), cash'
    >>> part("Mine production, lithium content", "lithium"), part("Silicon metal", "silicon")
    ('', 'Silicon metal')
    """
    said = ROUNDED.sub("", UNIT_SAID.sub("", LEAD.sub("", " ".join(label.split()), count=1)))
    parts = [one.strip(" ,.") for one in re.split(r"[,:](?= |$)", said)]
    return ", ".join(known(one) for one in parts if one and not _is_mineral(subject(one), mineral))


def _is_mineral(text: str, mineral: str) -> bool:
    """Whether a text only repeats the mineral or that its content is meant."""
    root = mineral.split()[-1] if mineral.startswith("natural") else mineral.split()[0]
    of_it = text.endswith((" content", " equivalent")) and root in text
    return of_it or text in (mineral, f"{mineral} content", f"marketable {mineral}")


def is_estimate(*labels: str) -> bool:
    """Whether a label or note says that the office estimates."""
    return any(re.search(r"\bestimated?\b", label, re.IGNORECASE) for label in labels)


def without_remark(text: str) -> tuple[str, str]:
    """A country without the brackets or footnote behind it, and what stands in them.

    >>> without_remark("Peru (exports)"), without_remark("World total (rounded) 10")
    (('Peru', 'exports'), ('World total', 'rounded'))
    """
    plain = " ".join(text.split())
    found = re.fullmatch(r"(.+?)\s*\(([^)]*)\)[^()]*", plain)
    if not found or found[1] == "Congo":
        return plain, ""
    return found[1], found[2]


def refuse(text: str) -> Refused | None:
    """What a note says where a cell is blank: withheld, not known, told in words."""
    plain = text.strip().casefold()
    if re.match(r"w\b", plain):
        return Refused(None, "the office withholds the value", "nothing can stand in its place")
    if plain in ("na", "xx"):
        return Refused(None, "no value is given", "nothing can stand in its place")
    if plain.startswith(("estimated", "reported")):
        return None
    return Refused(None, f"told in words: {text.strip()!r}", "no number") if plain else None
