from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from biocopilot.copilot.workflows.triage.reading import InputRow, read_rows
from biocopilot.memory.errors import FileRefused

BLOCK = """ethanol
  made up

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0
    1.0000    0.0000    0.0000 C   0  0
    2.0000    0.0000    0.0000 O   0  0
  1  2  1  0
  2  3  1  0
M  END
"""


def rows(folder: Path, name: str, data: bytes | str) -> list[InputRow]:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read_rows(path))


def pairs(folder: Path, name: str, data: bytes | str) -> list[tuple[int, str, str]]:
    return [(row.number, row.text, row.name) for row in rows(folder, name, data)]


def test_lines_with_a_mark_windows_ends_a_header_tabs_and_quotes(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbfSMILES\tName\r\n# a remark\r\nCCO\tethyl alcohol\r\n\r\n"CCN" "an amine"\r\nc1ccccc1;benzene\r\nCC'
    assert pairs(tmp_path, "a.smi", data) == [
        (1, "CCO", "ethyl alcohol"),
        (2, "CCN", "an amine"),
        (3, "c1ccccc1", "benzene"),
        (4, "CC", ""),
    ]


def test_a_table_is_read_by_its_column_of_smiles(tmp_path: Path) -> None:
    data = '\ufeffCompound ID;Canonical SMILES;note\r\nX1;CCO;"first; and\r\nsecond line"\r\n;;\r\nX2;CCN\r\nX3\r\n'
    assert pairs(tmp_path, "a.csv", data) == [(1, "CCO", "X1"), (2, "", ""), (3, "CCN", "X2"), (4, "", "X3")]


def test_a_quote_that_is_never_closed_costs_its_row_only(tmp_path: Path) -> None:
    rest = "".join(f"r{number},{'C' * number}\n" for number in range(1, 40))
    found = pairs(tmp_path, "a.csv", f'id,smiles\nbad,"CCO\n{rest}')
    assert [name for _number, _smiles, name in found] == ["bad", *(f"r{number}" for number in range(1, 40))]
    assert found[39] == (40, "C" * 39, "r39")


def test_a_table_without_smiles_says_which_columns_there_are(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="its columns are: id, Molecule Weight, note"):
        rows(tmp_path, "a.csv", "id,Molecule Weight,note\n1,2,3\n")


def test_tabs_are_seen_in_a_csv_and_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    assert pairs(tmp_path, "a.csv.gz", gzip.compress(b"name\tsmiles\na\tCCO\n")) == [(1, "CCO", "a")]


def test_records_of_an_sdf_are_told_apart_and_named_also_the_broken_ones(tmp_path: Path) -> None:
    data = f"{BLOCK}$$$$\r\nrubbish\n$$$$\n\n{BLOCK.partition(chr(10))[2]}> <ID>\nZ7\n\n$$$$\n{BLOCK}"
    found = rows(tmp_path, "a.sdf", data)
    assert [(row.number, row.name, row.kind) for row in found] == [
        (1, "ethanol", "block"),
        (2, "rubbish", "block"),
        (3, "Z7", "block"),
        (4, "ethanol", "block"),
    ]
    assert found[0].text == BLOCK


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.pdf", b"x", "kind that is not read"),
        ("a.smi", b"C\0C", "binary"),
        ("a.smi.gz", b"no gzip", "cannot be read"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        rows(tmp_path, name, data)


def test_a_line_without_end_is_one_row_and_not_kept_whole(tmp_path: Path) -> None:
    found = rows(tmp_path, "a.smi", "C" * 1_000_000 + "\nCCO\n")
    assert [len(row.text) for row in found] == [100_000, 3]


@pytest.mark.parametrize("separator", [";", "\t", ",", "|"])
def test_a_spreadsheets_word_about_its_separator_is_no_header(tmp_path: Path, separator: str) -> None:
    data = f'sep={separator}\r\nid{separator}SMILES\r\n"1,5; a"{separator}CCO\r\n'
    assert pairs(tmp_path, "a.csv", data) == [(1, "CCO", "1,5; a")]
