"""What number, year, day or id does a cell stand for?"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata

from multipolar.evidence.dates import is_partial_date
from multipolar.readers.reader import Refused

#: Letters that Unicode does not take apart into a plain letter and a mark.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})


def slug(text: str) -> str:
    """A text as an id: small ASCII letters and digits joined by hyphens.

    >>> slug("Šurany & Göd"), slug("M.B.6K_TN_0")
    ('surany-god', 'm-b-6k-tn-0')

    A text without any Latin letter or digit becomes a number of its own.
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    found = "-".join(re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode()))
    if found or not text.strip():
        return found
    return "x" + hashlib.sha256(text.encode()).hexdigest()[:8]


def number(column: str, text: str, decimal_comma: bool = False) -> str:
    """A number as digits with a decimal point; blank for a blank. Raises Refused.

    >>> number("kt", "1,234.5"), number("kt", "1.234,5"), number("kt", "~450 000")
    ('1234.5', '1234.5', '450000')
    """
    if not text:
        return ""
    compact = re.sub(r"[\s'’_]", "", text.lstrip("~≈ "))
    point, comma = compact.rfind("."), compact.rfind(",")
    if point >= 0 and comma >= 0:
        thousands, decimal = (",", ".") if point > comma else (".", ",")
    elif comma >= 0:
        of_thousands = not decimal_comma and _grouped(compact, ",")
        thousands, decimal = (",", ".") if of_thousands else (".", ",")
    else:
        of_thousands = _grouped(compact, r"\.") and (decimal_comma or compact.count(".") > 1)
        thousands, decimal = (".", ",") if of_thousands else (",", ".")
    plain = compact.replace(thousands, "").replace(decimal, ".")
    try:
        value = float(plain)
    except ValueError:
        value = math.nan
    if not re.fullmatch(r"[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?", plain) or not math.isfinite(value):
        raise Refused(column, f"{text!r} is not a number", "use digits with a decimal point")
    return f"{value:.12g}" if "e" not in f"{value:.12g}" else repr(value)


def _grouped(text: str, separator: str) -> bool:
    """Whether digits stand in groups of three."""
    return bool(re.fullmatch(rf"-?\d{{1,3}}(?:{separator}\d{{3}})+", text))


def year(column: str, text: str) -> str:
    """The year of a year or a day; blank for a blank. Raises Refused.

    >>> year("start", "2026.0"), year("start", "2027-H1")
    ('2026', '2027')
    """
    found = re.fullmatch(r"([12][0-9]{3})(?:\.0+|[-/ ].*)?", text)
    if text and not found:
        raise Refused(column, f"{text!r} is not a year", "write YYYY")
    return found[1] if found else ""


def day(column: str, text: str) -> str:
    """A date as YYYY, YYYY-MM or YYYY-MM-DD; blank for a blank. Raises Refused.

    >>> day("as of", "2025-H1"), day("as of", "2026 Q3"), day("as of", "31.12.2025")
    ('2025-06', '2026-09', '2025-12-31')
    """
    if not text:
        return ""
    plain = re.split(r"[T ](?=\d{1,2}:)", text)[0].strip().replace("/", "-")
    part = re.fullmatch(r"([12][0-9]{3})[- _]?([QHqh])([1-4])", plain)
    if part:
        months = 3 if part[2] in "Qq" else 6
        plain = f"{part[1]}-{min(12, months * int(part[3])):02d}"
    turned = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.([12]\d{3})", plain)
    if turned:
        plain = f"{turned[3]}-{int(turned[2]):02d}-{int(turned[1]):02d}"
    if re.fullmatch(r"[12]\d{3}\.0+", plain):
        plain = plain.partition(".")[0]
    if not is_partial_date(plain):
        advice = "write YYYY, YYYY-MM or YYYY-MM-DD"
        raise Refused(column, f"{text!r} is not a date", advice)
    return plain


def word(column: str, text: str, words: dict[str, str]) -> str:
    """The word of ours for a word of a list. Raises Refused with the words that are read."""
    plain = " ".join(re.findall(r"[^\W_]+", text.casefold()))
    if plain not in words:
        known = ", ".join(words)
        raise Refused(column, f"unknown word {text!r}", f"read are: {known}")
    return words[plain]
