"""Run every command shown in docs/*.md and write what it printed below it.

A console block holds lines ``$ multipolar ...``; ``| head -n N`` keeps the first N lines. With
``--check`` nothing is written and the exit code says whether anything would change.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).parent
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def printed(line: str, folder: str) -> str:
    """What a command line of the docs prints on standard output."""
    command, _, head = line.removeprefix("$ ").partition(" | head -n ")
    program = str(Path(sys.executable).with_name("multipolar"))
    arguments = [program, *shlex.split(command)[1:]]
    screen = os.environ | {"COLUMNS": "160"}
    done = subprocess.run(
        arguments, capture_output=True, text=True, cwd=folder, env=screen, check=True
    )
    lines = done.stdout.splitlines()
    return "".join(f"{text}\n" for text in (lines[: int(head)] if head else lines))


def refreshed(text: str, folder: str) -> str:
    """The text with every console block run again."""

    def run(block: re.Match[str]) -> str:
        commands = [line for line in block[1].splitlines() if line.startswith("$ ")]
        body = "".join(f"{line}\n{printed(line, folder)}" for line in commands)
        return f"```console\n{body}```"

    return BLOCK.sub(run, text)


def main() -> int:
    """Refresh or check every document."""
    stale = []
    with tempfile.TemporaryDirectory() as folder:
        for document in sorted(DOCS.glob("*.md")):
            text = document.read_text(encoding="utf-8")
            new = refreshed(text, folder)
            if new != text:
                stale.append(document.name)
                if "--check" not in sys.argv:
                    document.write_text(new, encoding="utf-8")
    if stale:
        sys.stdout.write(f"changed: {', '.join(stale)}\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
