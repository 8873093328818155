"""What an import did, in words: how a long one goes on, what was stored, what is to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from multipolar.evidence.imports import Imported, alike
from multipolar.evidence.workspace import Import

#: So many reasons for which rows of a list were refused are told; its import keeps them all.
REASONS_SHOWN = 8
#: So many refused rows of one kind are kept of files that may be large.
TOLD = 1000
#: Work that takes longer than this shows how it goes on.
PATIENCE_SECONDS = 1.0


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Name each step of a long work; a bar on standard error tells of them after a second."""
    from threading import Lock, Timer

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task("starting", total=None)
    lock, ended = Lock(), not console.is_terminal

    def begin() -> None:
        with lock:
            if not ended:
                bar.start()

    patience = Timer(PATIENCE_SECONDS, begin)
    patience.daemon = True
    patience.start()
    try:
        yield lambda name: bar.update(task, description=name)
    finally:
        with lock:
            ended = True
            patience.cancel()
            if bar.live.is_started:
                bar.stop()


def imported(one: Imported, workspace: Path) -> tuple[str, list[str]]:
    """What became of a file, and what is told beside it: remarks, reasons, what to decide."""
    record, name = one.record, one.file.name
    if record is None:
        return f"{name}: nothing is new, so nothing was stored", _reasons(one)
    if not one.new:
        return f"{name}: already in as {record.id}", []
    if record.format == record.table:
        return f"{name}: {record.rows} rows as {record.id}", []
    refused = sum(record.refused.values())
    further = record.statements - record.lines
    entries = f" with {further:,} further entries" if further else ""
    repeated = f" ({record.repeated:,} of them on record already)" if record.repeated else ""
    lines = [
        f"{name}: {record.lines:,} rows{entries}: {record.rows:,} stored, {refused:,} refused"
        f"{repeated}, as {record.id}",
    ]
    if record.counts:
        lines.append(f"  plants: {_recognised(record.counts)}")
    if record.released:
        lines.append(f"  on record since {record.released}")
    if record.also.get("firms"):
        lines.append(
            f"  firms: {record.also['firms']} entered, mostly at home where their plant stands; "
            "nobody has checked them"
        )
    return "\n".join(lines), [*record.remarks, *_reasons(one), *_to_decide(record, workspace)]


def _recognised(counts: dict[str, int]) -> str:
    known = [
        f"{counts['identifier']:,} known by their id",
        f"{counts['remembered']:,} remembered",
        f"{counts['evidence']:,} recognised",
    ]
    known = [text for text in known if not text.startswith("0 ")]
    before, after = counts["on record before"], counts["on record after"]
    parts = [*known, f"{counts['new']:,} new"]
    same = f", {counts['merged']:,} of them another one again" if counts["merged"] else ""
    return (
        f"{counts['in the list']:,} in the list{same}: {', '.join(parts)}; "
        f"on record {before:,} before and {after:,} after"
    )


def _reasons(one: Imported) -> list[str]:
    """The kinds of refused rows, the commonest first, each told by its first row."""
    told, kinds = [], list(one.kinds) or alike(one.refused)
    for fault, count in kinds[:REASONS_SHOWN]:
        rows = f"row {fault.row}" if count == 1 else f"{count:,} rows like row {fault.row}"
        column = f", column {fault.column}" if fault.column else ""
        told.append(f"refused {rows}{column}: {fault.problem}; {fault.advice}")
    rest = len(kinds) - REASONS_SHOWN
    return [*told, f"and {rest:,} more kinds of reasons"] if rest > 0 else told


def _to_decide(record: Import, workspace: Path) -> list[str]:
    folder, told = workspace / "imports" / record.id, []
    if record.refused:
        of_many = max(count for count in record.refused.values()) > TOLD
        which = f"the first {TOLD:,} refused rows of each kind" if of_many else "all refused rows"
        told.append(f"{which}: {folder / 'refused.csv'}")
    uncertain = record.counts.get("uncertain", 0)
    if uncertain:
        review = folder / f"review-{record.number}.csv"
        rows = "1 row" if uncertain == 1 else f"{uncertain:,} rows"
        told.append(
            f"{rows} may be of plants on record and count as parts of them until you decide; "
            "delete the lines you do not agree with, then: "
            f"multipolar import corrections {review} --workspace {workspace}"
        )
    return told
