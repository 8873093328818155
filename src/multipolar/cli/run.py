"""What every command does alike: open the evidence, read KEY=VALUE, write, fail in one line."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from multipolar.cli.app import app
from multipolar.cli.options import DEFAULT_WORKSPACE
from multipolar.words.errors import MultipolarError

if TYPE_CHECKING:
    from multipolar.evidence.store import Evidence


def main() -> None:
    """Run the command line; explain failures in one line and never with a traceback."""
    try:
        app(standalone_mode=True)
    except MultipolarError as error:
        typer.echo(f"multipolar: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader has seen enough; what is left must not reach a closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        typer.echo(f"multipolar: {error.filename or 'file'}: {error.strerror}", err=True)
        sys.exit(1)


def opened(workspace: Path | None, as_of: str | None) -> Evidence:
    """The evidence as the options ask for it; what it holds beside the bundled rows is told."""
    from multipolar.evidence.dates import parse_past_day
    from multipolar.evidence.store import Evidence

    if workspace is not None and not workspace.exists():
        raise MultipolarError(f"no workspace at {workspace}; import a file into it first")
    if workspace is None and DEFAULT_WORKSPACE.is_dir():
        workspace = DEFAULT_WORKSPACE
        typer.echo(f"with the rows of {workspace}", err=True)
    store = Evidence(workspace, parse_past_day(as_of) if as_of else None)
    if as_of:
        typer.echo(f"as of {as_of}: {store.on_record_then}", err=True)
        typer.echo(
            "(rows of a list carry the day of its check: less than was public then)", err=True
        )
    return store


def pair(text: str) -> tuple[str, str]:
    """KEY=VALUE as two words."""
    key, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text!r} is not of the form KEY=VALUE")
    return key.strip(), value.strip()


def pairs(texts: list[str]) -> dict[str, str]:
    """Several KEY=VALUE, each key once."""
    found = [pair(text) for text in texts]
    for key, count in Counter(key for key, _ in found).items():
        if count > 1:
            raise MultipolarError(f"{key} is given {count} times; one number has one {key}")
    return dict(found)


def write(content: bytes, out: Path | None) -> None:
    """To standard output, or to a file whose name is told."""
    from multipolar.words.files import write_atomic

    if out is None:
        typer.get_binary_stream("stdout").write(content)
    else:
        write_atomic(out, content)
        typer.echo(str(out), err=True)
