"""Shared fixtures: valid rows to spoil, files to import, the folder ``shared`` if there is one."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from multipolar.evidence.check import Known, check_file
from multipolar.evidence.schemas import schema
from multipolar.evidence.store import Evidence
from multipolar.words.errors import Fault, FaultyInput

settings.register_profile("suite", deadline=None, database=None)
settings.load_profile("suite")

SHARED = Path(__file__).parents[2] / "shared"

#: One valid row of every table that users may bring rows for.
ROWS: dict[str, dict[str, str]] = {
    "plants": {
        "record": "test-cell-works--01", "plant": "test-cell-works", "name": "Test Cell Works",
        "firm": "catl", "place": "DEU", "stage": "cell", "chemistry": "LFP",
        "scale": "commercial", "capacity": "12.5", "unit": "GWh/yr",
        "capacity_basis": "full site", "status": "operating",
        "source": "https://example.org/works", "date": "2024-05", "confidence": "medium",
    },
    "firms": {
        "firm": "test-cells", "name": "Test Cells", "domicile": "DEU", "kind": "firm",
        "confidence": "low",
    },
    "demand": {
        "record": "test-outlook-usa-2030", "outlook": "Test outlook", "place": "USA",
        "segment": "all", "year": "2030", "low": "1", "central": "2", "high": "4",
        "unit": "GWh", "measurement": "projected", "source": "https://example.org/outlook",
        "date": "2024", "confidence": "medium",
    },
    "capacity-totals": {
        "record": "test-total-usa-2024", "place": "USA", "year": "2024", "central": "100",
        "unit": "GWh/yr", "scope": "operating", "measurement": "measured",
        "source": "https://example.org/total", "date": "2024-12-31", "confidence": "high",
    },
    "assumptions": {
        "assumption": "test.parameter", "meaning": "A parameter", "unit": "%", "low": "10",
        "central": "20", "high": "60", "distribution": "triangular", "checked": "no",
        "confidence": "low",
    },
    "lookups": {
        "lookup": "test-lookup", "plant": "test-cell-works", "outcome": "not found",
        "date": "2026-01",
    },
    "market-shares": {
        "record": "test-ranking-catl", "ranking": "test-ranking", "stage": "cell",
        "segment": "vehicles", "basis": "installations", "place": "World", "start": "2025-01",
        "end": "2025-12", "vintage": "first print", "scope": "firm", "rank": "1", "firm": "catl",
        "name": "CATL", "value": "10", "total": "100", "unit": "GWh", "share": "10",
        "source": "https://example.org/ranking", "date": "2026-02", "confidence": "medium",
    },
    "concentration": {
        "record": "test-share-chn", "product": "test good", "place": "CHN", "year": "2024",
        "central": "60", "basis": "production", "by": "place",
        "source": "https://example.org/share", "date": "2025-01", "confidence": "medium",
    },
    "vehicles": {
        "record": "test-outlook-usa-cars-2030", "outlook": "Test outlook", "place": "USA",
        "class": "cars", "year": "2030", "evs_sold": "4", "ev_share": "25", "batteries": "300",
        "measurement": "projected", "source": "https://example.org/cars", "date": "2025-07",
        "confidence": "medium",
    },
    "statistics": {
        "record": "test-lithium-aus-2024", "subject": "lithium", "measure": "production",
        "stage": "mining", "place": "AUS", "period": "2024", "months": "12", "central": "82.7",
        "unit": "kt", "basis": "metal content", "measurement": "measured",
        "source": "https://example.org/minerals", "date": "2026-02", "confidence": "high",
    },
    "trade": {
        "record": "test-flow-chn-deu-2024", "product": "850760", "month": "2024-12",
        "months": "12", "exporter": "CHN", "importer": "DEU", "told_by": "exporter",
        "value": "1000", "basis": "FOB", "weight": "50", "source": "https://example.org/flows",
        "date": "2025-06", "confidence": "high",
    },
    "policies": {
        "record": "test-duty", "instrument": "import duty", "name": "A duty",
        "jurisdiction": "EU27", "target": "CHN", "product": "850760", "stage": "cell",
        "rate": "12.5",
        "unit": "% of customs value", "start": "2025-01-01", "legal_status": "in force",
        "dimension": "trade", "source": "https://example.org/duty", "date": "2025-01",
        "confidence": "high",
    },
    "process-steps": {
        "record": "test-step-capex", "step": "cell stacking", "major_step": "5", "boundary": "cell",
        "measure": "capex", "value": "130", "unit": "million US$", "exponent": "0.9", "plant": "50",
        "currency": "USD", "price_year": "2022", "source": "https://example.org/steps",
        "date": "2024", "confidence": "medium",
    },
    "bill-of-materials": {
        "record": "test-cell-foil", "design": "Test cell", "chemistry": "LFP", "usual": "no",
        "component": "copper foil", "material": "copper foil", "low": "0.4", "central": "0.5",
        "high": "0.6", "unit": "kg/kWh", "boundary": "cell", "source": "https://example.org/bom",
        "date": "2024", "confidence": "medium",
    },
    "compositions": {
        "record": "test-material-nickel", "material": "Test CAM", "element": "nickel",
        "share": "0.4", "source": "https://example.org/bom", "date": "2024",
        "confidence": "medium",
    },
    "prices": {
        "record": "test-price", "subject": "copper foil", "kind": "price", "place": "CHN",
        "day": "2025-03-01", "central": "90", "currency": "CNY", "per": "kg",
        "price_year": "2025", "vat": "13", "source": "https://example.org/prices",
        "date": "2025-03", "confidence": "medium",
    },
    "price-history": {
        "record": "test-history", "measure": "price", "chemistry": "Li-ion", "boundary": "pack",
        "segment": "all", "place": "World", "year": "2025", "central": "108", "unit": "US$/kWh",
        "price_year": "2025", "measurement": "measured", "series": "test survey",
        "source": "https://example.org/history", "date": "2025-12", "confidence": "medium",
    },
    "corrections": {
        "table": "plants", "record": "ca-northvolt-six--01", "field": "capacity", "value": "31.5",
        "reason": "a slip", "source": "https://example.org/slip", "date": "2025-01-02",
    },
}  # fmt: skip


def row(table: str, /, **changes: str) -> dict[str, str]:
    """The valid row of a table with some cells changed."""
    return ROWS[table] | changes


def plants(*changes: dict[str, str]) -> list[dict[str, str]]:
    """One plant row per change, each with an id of its own."""
    return [row("plants", **({"record": f"test-{i}"} | change)) for i, change in enumerate(changes)]


def as_csv(table: str, rows: list[dict[str, str]], columns: list[str] | None = None) -> str:
    """The rows as a file of that table would hold them."""
    text = io.StringIO()
    writer = csv.DictWriter(
        text, columns or schema(table).columns, restval="", lineterminator="\n",
        extrasaction="ignore",
    )  # fmt: skip
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every path under a folder with its content: equal trees are identical folders."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    """The bundled evidence, all that is known."""
    return Evidence()


@pytest.fixture(scope="session")
def known(evidence: Evidence) -> Known:
    """What an imported row may refer to."""
    return evidence.known


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """write(table, rows or text or bytes, name) -> a file in a folder of its own."""

    def write(table: str, content: Any, name: str = "own.csv", folder: str = "files") -> Path:
        file = tmp_path / folder / name
        file.parent.mkdir(exist_ok=True)
        content = as_csv(table, content) if isinstance(content, list) else content
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return write


@pytest.fixture
def faults(write: Callable[..., Path], known: Known) -> Callable[..., list[Fault]]:
    """faults(table, rows or text or bytes) -> every fault for which the file is refused."""

    def faults(table: str, content: Any) -> list[Fault]:
        with pytest.raises(FaultyInput) as refused:
            check_file(write(table, content), schema(table), known)
        return refused.value.faults

    return faults


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Where a workspace may come to be; nothing is there yet."""
    return tmp_path / "workspace"


@pytest.fixture
def shared() -> Callable[..., Path]:
    """shared(parts...) -> a file of the folder ``shared``; skips the test where it is absent."""

    def shared(*parts: str) -> Path:
        file = SHARED.joinpath(*parts)
        if not file.exists():
            pytest.skip(f"needs {file}, which is not part of the package")
        return file

    return shared
