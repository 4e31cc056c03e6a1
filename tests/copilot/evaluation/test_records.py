from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.evaluation.records import read_records
from biocopilot.memory.errors import FileRefused

Write = Callable[[str, Any], Path]


def test_an_object_of_objects_is_records_by_key_and_a_list_by_number(write: Write) -> None:
    keyed = read_records(write("a.json", {"7": {"x": 1}, "8": {"x": 2}}))
    assert [(record.where, record.fields) for record in keyed.records] == [("7", {"x": 1}), ("8", {"x": 2})]
    listed = read_records(write("b.json", [{"x": 1}, 5]))
    assert [record.where for record in listed.records] == ["record 1"]
    assert [(bad.where, bad.reason) for bad in listed.bad] == [("record 2", "it is no object")]


def test_a_single_line_is_one_record(write: Write) -> None:
    assert read_records(write("a.jsonl", '{"x": "y", "z": {"w": 1}}\n')).records[0].fields == {"x": "y", "z": {"w": 1}}


def test_lines_that_are_no_json_are_named_and_the_rest_is_read(write: Write) -> None:
    found = read_records(write("a.jsonl", '{"x": 1}\n{"x": \n\n{"x": 3}\n'))
    assert [record.where for record in found.records] == ["line 1", "line 4"]
    assert [bad.where for bad in found.bad] == ["line 2"]


def test_rows_of_a_table_keep_their_quotes_and_a_short_one_is_named(write: Write) -> None:
    found = read_records(write("a.txt", 'CID\tname\n1\t2-"oxo" acid\n2\n3\tb\r\n'))
    assert [record.fields for record in found.records] == [
        {"CID": "1", "name": '2-"oxo" acid'},
        {"CID": "3", "name": "b"},
    ]
    assert [(bad.where, bad.reason) for bad in found.bad] == [("line 3", "it has 1 fields instead of 2")]


def test_gzip_is_read_whatever_the_name_and_hashed_as_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(gzip.compress(b'[{"x": 1}]', mtime=0))
    found = read_records(path)
    assert found.records[0].fields == {"x": 1}
    import hashlib

    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (gzip.compress(b'[{"x": 1}]' * 50, mtime=0)[:-9], "cut short"),
        (b'{"1": {"QUESTION": "Is th', "neither JSON nor lines of JSON"),
    ],
)
def test_a_damaged_file_is_refused_with_its_name(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=said) as caught:
        read_records(path)
    assert "bad.json" in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="There is no file"):
        read_records(tmp_path / "none.json")
    with pytest.raises(FileRefused, match="cannot be read"):
        read_records(tmp_path)
