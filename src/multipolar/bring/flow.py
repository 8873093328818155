"""From files of somebody else's lists to a workspace: all files of a command, or none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from multipolar.bring.columns import confirmed
from multipolar.bring.prepare import File, Preparation, Prepared, Step
from multipolar.bring.tables import bring_tables
from multipolar.evidence.imports import Imported, import_files, importable
from multipolar.evidence.schemas import schema
from multipolar.evidence.store import Evidence
from multipolar.evidence.workspace import Workspace, checksum
from multipolar.readers import columns as any_columns
from multipolar.readers.flows import FlowReader
from multipolar.readers.reader import Reader
from multipolar.readers.registry import reader as reader_of
from multipolar.readers.registry import readers
from multipolar.words.errors import Fault, FaultyInput, MultipolarError, UnknownWord


def formats() -> dict[str, str]:
    """Every format that can be imported, with what it reads."""
    own = {name: f"own table: {schema(name).title.lower()}" for name in importable()}
    return own | {name: found.reads for name, found in readers().items()}


def bring(
    evidence: Evidence,
    format: str,
    files: list[Path],
    confirm: bool = False,
    step: Step = lambda name: None,
    released: str = "",
) -> list[Imported]:
    """Import files of a format into the workspace of ``evidence``.

    ``confirm`` accepts the map of columns of any list; ``released`` says when files of flows,
    prices and the like were given out. Raises UnknownWord for a format, FaultyInput
    and MultipolarError for a file that is refused whole; nothing is stored then.
    """
    if format in importable():
        return import_files(evidence, format, files)
    if format not in readers():
        raise UnknownWord("format", format, formats())
    workspace = evidence.workspace
    if workspace is None:
        raise MultipolarError("no workspace to import into: name one with --workspace")
    _check_names(files)
    reader = reader_of(format)
    maps = _of_flows(workspace, files, confirm) if format == any_columns.FORMAT else {}
    if isinstance(reader, FlowReader) or reader.table != "plants" or maps:
        stored = bring_tables(evidence, workspace, reader, files, released, step, maps)
        evidence.reload()
        return stored
    ready = [_read(workspace, format, file, confirm, step) for file in files]
    seen = [record.id for record in workspace.imports()]
    prepared = _prepared(workspace, format, ready, step)
    with workspace.locked():
        if [record.id for record in workspace.imports()] != seen:
            prepared = _prepared(workspace, format, ready, step)
        done = [one if isinstance(one, Imported) else one.store(workspace) for one in prepared]
    evidence.reload()
    return done


def _check_names(files: list[Path]) -> None:
    twice = [name for name, count in Counter(file.name for file in files).items() if count > 1]
    if twice:
        advice = "rename one of them, since a file replaces the rows of its own name"
        raise FaultyInput([Fault(n, None, None, "two files have this name", advice) for n in twice])


def _of_flows(
    workspace: Workspace, files: list[Path], confirm: bool
) -> dict[Path, tuple[FlowReader, str]]:
    """The reader of each file whose map of columns is one of trade flows, and the map's number."""
    maps = {file: confirmed(workspace, file, confirm) for file in files}
    flows = {file: map for file, map in maps.items() if map.table == any_columns.TRADE}
    if flows and len(flows) < len(files):
        raise MultipolarError("lists of plants and tables of flows: import one kind at a time")
    return {
        file: (any_columns.through_flows(map), map.fingerprint) for file, map in flows.items()
    }  # fmt: skip


def _read(workspace: Workspace, format: str, path: Path, confirm: bool, step: Step) -> File:
    digest, reader, map = checksum(path), reader_of(format), ""
    assert isinstance(reader, Reader)  # noqa: S101
    if format == any_columns.FORMAT:
        columns = confirmed(workspace, path, confirm)
        reader, map = any_columns.through(columns), columns.fingerprint
    same, _ = workspace.earlier(format, path, digest, map)
    step(f"reading {path.name}")
    return File(path, reader, digest, map, None if same else reader.read(path))


def _prepared(
    workspace: Workspace, format: str, ready: list[File], step: Step
) -> list[Imported | Prepared]:
    evidence = Evidence(workspace.path)
    done: list[Imported | Prepared] = []
    for file in ready:
        same, replaced = workspace.earlier(format, file.path, file.sha256, file.map)
        if same:
            done.append(Imported(file.path, same, new=False))
            continue
        earlier = [one for one in done if isinstance(one, Prepared)]
        done.append(Preparation(evidence, workspace, file, replaced, earlier, step).result())
    return done
