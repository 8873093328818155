"""Is a file written whole or not at all?"""

import os

import pytest

from multipolar.words.errors import MultipolarError
from multipolar.words.files import read_rows, write_atomic


def test_a_file_holds_what_was_written(tmp_path):
    write_atomic(tmp_path / "own.bin", b"one\r\n\0")
    assert (tmp_path / "own.bin").read_bytes() == b"one\r\n\0"
    write_atomic(tmp_path / "own.bin", b"two")
    assert (tmp_path / "own.bin").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["own.bin"]


def test_a_write_that_fails_leaves_the_earlier_file_and_nothing_else(tmp_path, monkeypatch):
    file = tmp_path / "own.bin"
    file.write_bytes(b"earlier")

    def full(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(MultipolarError, match=r"cannot write .*own\.bin: No space left on device"):
        write_atomic(file, b"later")
    assert file.read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["own.bin"]


@pytest.mark.parametrize("place", ["nowhere/own.bin", "a-file/own.bin"])
def test_a_place_that_cannot_be_written_is_explained(tmp_path, place):
    (tmp_path / "a-file").write_bytes(b"")
    with pytest.raises(
        MultipolarError, match=r"cannot write .*own\.bin: (No such|Not a directory)"
    ):
        write_atomic(tmp_path / place, b"x")


def test_a_bundled_table_has_its_header_names_as_keys():
    rows = read_rows("multipolar.words", "units.csv")
    assert {"unit": "GWh", "quantity": "energy", "factor": "1", "meaning": ""} in rows
