"""What is traded: codes of the Harmonised System, and wider categories of a source.

Any code of two, four or six digits is a product; ``products.csv`` names those of the battery supply
chain and says at which stage they are used. Other goods may share a code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from multipolar.words.errors import UnknownWord
from multipolar.words.files import read_rows

CODE = re.compile(r"(?:\d{2}){1,3}")


@dataclass(frozen=True)
class Product:
    """A code with its name and stage; both blank for a code that the table does not name.

    ``holds``: for a category of a source, the code that makes up most of it.
    """

    product: str
    name: str = ""
    stage: str = ""
    holds: str = ""
    note: str = ""


@cache
def products() -> dict[str, Product]:
    """The products of the battery supply chain, by code."""
    rows = read_rows("multipolar.words", "products.csv")
    return {row["product"]: Product(**row) for row in rows}


def product(code: str) -> Product:
    """A product by its code.

    >>> product("850760").name, product("010121").name
    ('Lithium-ion batteries', '')

    Raises UnknownWord for what is neither on record nor a code of the Harmonised System.
    """
    found = products().get(code)
    if found is None and not CODE.fullmatch(code):
        raise UnknownWord("product", code, products())
    return found or Product(code)
