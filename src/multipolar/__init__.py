"""Multipolar: the geopolitics of batteries, with a source and a range on every number.

>>> import multipolar as mp
>>> atlas = mp.open()
>>> atlas.figure("cell-capacity").explain(place="POL", year=2030).row["unit"]
'GWh/yr'
"""

from __future__ import annotations

from typing import Any

__all__ = ["Atlas", "open"]


def __getattr__(name: str) -> Any:
    """Load the library when it is first used, so that ``multipolar --help`` stays fast."""
    if name in __all__:
        from multipolar import atlas

        return getattr(atlas, name)
    raise AttributeError(f"module 'multipolar' has no attribute {name!r}")
