"""The house keeps its own rules: arrows, types, style, and what the install may bring in."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COPYLEFT = re.compile(r"\b(A?GPL|LGPL|MPL|EUPL|GNU|Mozilla)\b", re.IGNORECASE)


BIN = Path(sys.executable).parent
CHECKS = {
    "style": ("ruff", "check", "src", "tests", "docs", "benchmarks"),
    "format": ("ruff", "format", "--check", "src", "tests", "docs", "benchmarks"),
    "types": ("mypy",),
    "arrows": ("lint-imports",),
}


@pytest.mark.parametrize("name", CHECKS)
def test_check_passes(name: str) -> None:
    program, *arguments = CHECKS[name]
    command = [str(BIN / program), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def runtime_packages() -> list[str]:
    """Every package that the base install brings, ours left out."""
    found: set[str] = set()
    waiting = ["multipolar"]
    while waiting:
        for line in requires(waiting.pop()) or []:
            if "extra ==" in line or "win32" in line or "Windows" in line:
                continue
            name = re.split(r"[ ;\[<>=!~(]", line, maxsplit=1)[0].lower()
            if name not in found:
                found.add(name)
                waiting.append(name)
    return sorted(found)


def test_base_install_holds_no_copyleft() -> None:
    packages = runtime_packages()
    assert {"polars", "altair", "typer"} <= set(packages)
    for name in packages:
        about = distribution(name).metadata
        said = [about.get("License-Expression") or "", *(about.get_all("Classifier") or [])]
        licences = [text for text in said if "License ::" in text or "Classifier" not in text]
        assert not [text for text in licences if COPYLEFT.search(text)], name


def test_pinned_requirements_hold_every_dependency_and_no_address() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"run": [], "test": project["optional-dependencies"]["test"]}
    for kind, extra in wanted.items():
        text = (ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8")
        pinned = {match[1] for match in re.finditer(r"^([a-z0-9-]+)==", text, re.MULTILINE)}
        names = {re.split(r"[<>=]", line)[0] for line in project["dependencies"] + extra}
        assert names <= pinned
        assert "://" not in text
        assert text.count("--hash=sha256:") > len(pinned)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- test -->\n```sh\n(.*?)\n```", readme, re.DOTALL)
    assert block
    assert "pytest" in block[1]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    printed = subprocess.run(
        ["bash", "-c", script.split("command=$(")[1].split("\n")[0].rstrip(")")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout.strip() == block[1].strip()
