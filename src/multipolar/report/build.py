"""Build the whole report into a folder, whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from multipolar.evidence.store import Evidence
from multipolar.figures.figure import Drawn
from multipolar.figures.files import picture, specification, table
from multipolar.figures.registry import figures
from multipolar.report.content import gather
from multipolar.report.page import page
from multipolar.report.pdf import pdf
from multipolar.report.workbook import workbook
from multipolar.words.errors import MultipolarError
from multipolar.words.money import USD

#: Marks a folder as a report of ours, which a new report may replace.
MANIFEST = "multipolar-report.json"


def build(evidence: Evidence, out: Path, currency: str = USD) -> Path:
    """Write index.html, report.pdf, multipolar.xlsx and figures/ to ``out``; returns ``out``.

    An earlier report at ``out`` is replaced when the new one is complete. Raises MultipolarError
    when ``out`` holds anything else.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    _check_target(out)
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description:28}"), BarColumn(), console=console, transient=True
    )
    unfinished = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=_parent(out)))
    try:
        with bar:
            _write(unfinished, evidence, currency, _Steps(bar))
        unfinished.chmod(0o755)
        _put(unfinished, out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return out


class _Steps:
    """A progress bar over named steps."""

    def __init__(self, bar: object) -> None:
        self._bar = bar
        self._task = bar.add_task("starting", total=len(figures()) * 2 + 5)  # type: ignore[attr-defined]

    def __call__(self, name: str) -> None:
        self._bar.update(self._task, advance=1, description=name)  # type: ignore[attr-defined]


def _write(folder: Path, evidence: Evidence, currency: str, step: Callable[[str], None]) -> None:
    drawn: dict[str, Drawn] = {}
    for name, figure in figures().items():
        step(f"computing {name}")
        drawn[name] = figure.draw(evidence, currency)
    pictures = folder / "figures"
    pictures.mkdir()
    # The pictures are set outside of Python, so they are made while Python does the rest.
    with ThreadPoolExecutor(1) as beside:
        setting: list[Future[None]] = []
        for name, one in drawn.items():
            step(f"drawing {name}")
            (pictures / f"{name}.csv").write_text(table(one.data, "csv"), encoding="utf-8")
            for view, shown in one.views.items():
                specification(shown, "light")
                stem = f"{name}-{view}" if view else name
                setting.append(beside.submit(_pictures, pictures / stem, one, view))
        step("judging claims")
        content = gather(evidence, drawn, currency)
        step("writing the page")
        (folder / "index.html").write_text(page(content), encoding="utf-8")
        step("writing the workbook")
        workbook(content, folder / "multipolar.xlsx")
        for done in setting:
            done.result()
    step("writing the PDF")
    (folder / "report.pdf").write_bytes(pdf(content))
    manifest = content.manifest() | {"files": sorted(_files(folder))}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _pictures(stem: Path, drawn: Drawn, view: str) -> None:
    """One view as files."""
    for format in ("svg", "png"):
        stem.with_name(f"{stem.name}.{format}").write_bytes(picture(drawn, format, view))


def _parent(out: Path) -> Path:
    parent = out.absolute().parent
    if not parent.is_dir():
        raise MultipolarError(f"no folder {parent}; make it first")
    return parent


def _check_target(out: Path) -> None:
    """Refuse a folder that holds anything but an earlier report."""
    if not out.exists():
        return
    if not out.is_dir():
        raise MultipolarError(f"{out} is a file; name a folder with --out")
    foreign = sorted(_files(out) - _files_of_report(out / MANIFEST))
    if foreign:
        raise MultipolarError(
            f"{out} holds something else ({foreign[0]}); name a new or empty folder with --out"
        )


def _files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if not file.is_dir()}


def _files_of_report(manifest: Path) -> set[str]:
    """The files that an earlier report says are its own."""
    try:
        return {*json.loads(manifest.read_text(encoding="utf-8"))["files"], MANIFEST}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _put(new: Path, out: Path) -> None:
    """Move the finished folder to its place; an earlier one steps aside until that is done."""
    if not out.exists():
        new.rename(out)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=_parent(out)))
    old = aside / "report"
    out.rename(old)
    try:
        new.rename(out)
    except OSError:
        old.rename(out)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
