"""An import that kills itself at a chosen moment, and what it leaves when it does so at each."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

#: Imports a file and kills itself before line number ``last`` of the code that writes.
CHILD = """
import os, signal, sys
from pathlib import Path
from multipolar.bring import bring
from multipolar.evidence import workspace
from multipolar.evidence.imports import importable
from multipolar.evidence.store import Evidence

folder, format, file, last = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
if format not in importable():
    sys.path.insert(0, sys.argv[5])
    import multipolar.industry.linkage
    from import_fixtures import by_name
    multipolar.industry.linkage.link = by_name
lines = 0

def trace(frame, event, argument):
    global lines
    code = frame.f_code
    if code.co_filename != workspace.__file__ or code.co_name not in ("_write", "_flush"):
        return None
    if event == "line":
        lines += 1
        if lines == last:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace

def store(*arguments):
    sys.settrace(trace)
    return real(*arguments)

real, workspace.Workspace.store = workspace.Workspace.store, store
bring(Evidence(folder), format, [file])
print(lines)
"""


def run(workspace: Path, format: str, file: Path, last: int) -> subprocess.CompletedProcess[str]:
    """An import that is killed before the line ``last``; 0 lets it end and count its lines."""
    here = str(Path(__file__).parent)
    arguments = [str(workspace), format, str(file), str(last), here]
    return subprocess.run(
        [sys.executable, "-c", CHILD, *arguments], capture_output=True, text=True, timeout=60
    )


def killed_at_each_step(
    start: Path,
    format: str,
    file: Path,
    state: Callable[[Path], Any],
    chosen: Callable[[int], Iterable[int]] = lambda count: range(1, count + 1),
) -> tuple[list[Path], int, int]:
    """Kill the import into copies of a workspace; each has the earlier state or the later one.

    Returns the copies, how many of them kept the earlier state, and how many lines write.
    ``chosen`` picks lines of so many.
    """

    def copy(name: object) -> Path:
        return shutil.copytree(start, start.parent / f"copy-{name}")

    before, whole = state(start), copy("whole")
    done = run(whole, format, file, 0)
    assert done.returncode == 0, done.stderr
    after, count = state(whole), int(done.stdout)
    assert after != before
    steps = sorted(set(chosen(count)))
    copies = [copy(step) for step in steps]
    with ThreadPoolExecutor(3) as pool:
        ends = list(pool.map(lambda at, step: run(at, format, file, step), copies, steps))
    assert [end.returncode for end in ends] == [-signal.SIGKILL] * len(steps)
    states = [state(folder) for folder in copies]
    kept = states.index(after)
    assert states == [before] * kept + [after] * (len(steps) - kept)
    return copies, kept, count
