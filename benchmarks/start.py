"""How long does ``multipolar --help`` take, cold, beside an empty Python? Whole processes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROUNDS = 15
COMMAND = str(Path(sys.executable).with_name("multipolar"))


def seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    pairs = [(seconds(COMMAND, "--help"), seconds(sys.executable, "-c", "")) for _ in range(ROUNDS)]
    ours, empty = median(a for a, _ in pairs), median(b for _, b in pairs)
    print(f"multipolar --help {ours:.3f} s, python -c '' {empty:.3f} s, ratio {ours / empty:.1f}")


if __name__ == "__main__":
    main()
