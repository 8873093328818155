"""Which of a list's columns are ours: proposed once, confirmed by the user, and remembered.

Maps are JSON files in the folder ``columns`` of a workspace, found again by the header of a file.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

from multipolar.evidence.workspace import Workspace
from multipolar.readers.columns import PLANTS, TRADE, ColumnMap, header_key, propose
from multipolar.readers.flow_columns import TAUGHT as TAUGHT_FLOWS
from multipolar.words.errors import MultipolarError
from multipolar.words.files import write_atomic

FOLDER = "columns"
#: Columns whose words a list often has of its own; a map shows where to teach them.
TAUGHT = ("status", "chemistry", "stage", "place")


class Unconfirmed(MultipolarError):
    """A map of columns that the user has not confirmed yet. ``text`` is the map as JSON."""

    def __init__(self, file: Path, place: Path, map: ColumnMap) -> None:
        advice = "read the map, change it in that file if needed"
        if map.missing:
            advice = f"say in that file where {', '.join(map.missing)} comes from"
        told = f"{file.name}: its columns are not confirmed; map in {place}: {advice}"
        super().__init__(f"{told}, then import again with --confirm")
        self.text = _text(map)


def confirmed(workspace: Workspace, file: Path, confirm: bool) -> ColumnMap:
    """The confirmed map for a file; ``confirm`` accepts the one that is proposed or was written.

    Raises Unconfirmed, after writing a proposal, and MultipolarError for a map that cannot be used.
    """
    folder = workspace.path / FOLDER
    key = header_key(file)
    found = next(iter(sorted(folder.glob(f"*-{key}.json"))), None)
    if found:
        map, place = _load(found), found
    else:
        map = propose(file)
        place = folder / f"{map.name}-{key}.json"
    if found is None or (confirm and not map.confirmed and not map.missing):
        map = replace(map, confirmed=confirm and not map.missing)
        _save(place, map)
    if map.confirmed and not map.missing:
        return map
    if confirm or map.confirmed:
        raise MultipolarError(
            f"{file.name}: the map does not say where {', '.join(map.missing)} comes from; name a "
            f'column under "columns", or one word for all rows under "fixed", in {place}'
        )
    raise Unconfirmed(file, place, map)


def _load(place: Path) -> ColumnMap:
    """A map as the user may have edited it. Raises MultipolarError."""
    try:
        raw = json.loads(place.read_text(encoding="utf-8"))
        raw.pop("not read", None)
        raw["words"] = {name: taught for name, taught in raw["words"].items() if taught}
        map = ColumnMap(**raw | {"header": tuple(raw["header"])})
        tables = (map.columns, map.fixed, *map.words.values())
        if not all(isinstance(text, str) for table in tables for text in table.values()):
            raise ValueError
        if map.table not in (PLANTS, TRADE):
            raise ValueError
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        advice = (
            'under "columns" and "fixed" stand names with texts, under "words" as {"status": '
            '{"their word": "operating"}}; mend it, or remove it to get a new proposal'
        )
        raise MultipolarError(f"cannot read the map of columns {place}; {advice}") from None
    unknown = [name for name in map.columns.values() if name and name not in map.header]
    if unknown:
        raise MultipolarError(f"{place} names columns that the list has not: {', '.join(unknown)}")
    return map


def _save(place: Path, map: ColumnMap) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MultipolarError(f"cannot write to {place.parent}: {error.strerror}") from None
    write_atomic(place, _text(map).encode())


def _text(map: ColumnMap) -> str:
    """A map as JSON, with the columns that it leaves out."""
    left = [name for name in map.header if name and name not in map.columns.values()]
    taught = TAUGHT if map.table == PLANTS else TAUGHT_FLOWS
    words: dict[str, dict[str, str]] = {name: {} for name in taught} | map.words
    told = asdict(map) | {"words": words, "not read": left}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
