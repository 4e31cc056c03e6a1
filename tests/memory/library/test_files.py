"""Which files are found in what a user names, and what a folder or an archive may hold instead of papers."""

from __future__ import annotations

import gzip
import io
import os
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from biocopilot.memory.errors import FileRefused
from biocopilot.memory.library import files
from biocopilot.memory.library.files import FoundFile, Refused, find_files

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


def found_in(*paths: Path) -> list[FoundFile]:
    return [item for item in find_files(paths) if isinstance(item, FoundFile)]


def refused_in(*paths: Path) -> dict[str, str]:
    return {Path(item.name).name: item.reason for item in find_files(paths) if isinstance(item, Refused)}


def why(file: FoundFile) -> str:
    with pytest.raises(FileRefused) as caught:
        file.load()
    return caught.value.message


def packed(path: Path, members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


# Folders --------------------------------------------------------------------------------------------------------------


def test_a_folder_is_walked_in_a_fixed_order_without_hidden_and_other_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "c.TXT", ".hidden.txt", "picture.png", "sub/d.ris", ".git/e.txt", "x.txt.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(gzip.compress(b"x") if name.endswith("gz") else b"x")
    assert [Path(item.path).name for item in found_in(tmp_path)] == ["a.md", "b.txt", "c.TXT", "x.txt.gz", "d.ris"]
    assert refused_in(tmp_path) == {}


def test_a_file_is_found_once_however_often_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert len(found_in(tmp_path, tmp_path / "a.txt", tmp_path / "." / "a.txt")) == 1


def test_what_is_named_and_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("x")
    told = refused_in(tmp_path / "a.docx", tmp_path / "nothing.txt", tmp_path / "nul\0.txt", tmp_path / ("x" * 300))
    assert told["a.docx"] == "files ending in .docx are not read."
    assert told["nothing.txt"] == "there is no such file or folder."
    assert told["nul.txt"].startswith("it cannot be looked at")
    assert len(told) == 4


@posix
def test_links_inside_are_read_and_links_out_are_told(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("x")
    (folder / "a.txt").write_text("x")
    (folder / "in.txt").symlink_to(folder / "a.txt")
    (folder / "out.txt").symlink_to(outside / "secret.txt")
    (folder / "linked").symlink_to(outside)
    (folder / "self").symlink_to(folder)
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "z.txt").write_text("x")
    assert [Path(item.path).name for item in found_in(folder)] == ["a.txt", "in.txt", "z.txt"]
    told = refused_in(folder)
    assert told.keys() == {"out.txt", "linked", "loop.txt", "gone.txt"}
    assert told["out.txt"] == told["linked"] == "it is a link that leads out of the folder."


@posix
def test_pipes_are_told_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "z.txt").write_text("x")
    assert "a pipe" in refused_in(tmp_path)["pipe.txt"]
    assert "neither a file nor a folder" in refused_in(tmp_path / "pipe.txt")["pipe.txt"]
    (found,) = found_in(tmp_path)
    (tmp_path / "z.txt").unlink()
    os.mkfifo(tmp_path / "z.txt")  # takes the place of a file that was found
    assert "no file any more" in why(found)


def test_files_and_folders_that_may_not_be_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(name: str, *_flags: int) -> int:
        raise PermissionError(13, "Permission denied", name)

    (tmp_path / "sub").mkdir()
    (tmp_path / "closed.txt").write_text("x")
    (found,) = found_in(tmp_path)
    monkeypatch.setattr(files, "_opener", denied)
    assert "cannot be read: Permission denied" in why(found)
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: denied(path) if Path(path).name == "sub" else real(path))
    assert refused_in(tmp_path) == {"sub": "it cannot be read: Permission denied."}
    assert len(found_in(tmp_path)) == 1


@posix
def test_names_that_would_steer_a_terminal_are_cleaned_wherever_shown(tmp_path: Path) -> None:
    (tmp_path / "a\nb\x1b[31m\u202etxt.txt").write_text("x")
    (tmp_path / "c\x1b]0;title\x07.zip").write_bytes(b"no zip")
    for item in find_files([tmp_path]):
        shown = item.name if isinstance(item, FoundFile) else f"{item.name}{item.reason}{item.hint}"
        assert not set(shown) & set("\n\x1b\x07\u202e"), shown
    (found,) = found_in(tmp_path)
    assert found.load() == b"x"


@posix
def test_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    name = os.fsencode(str(tmp_path)) + b"/caf\xe9.txt"
    try:
        with open(name, "wb") as opened:
            opened.write(b"x")
    except OSError:
        pytest.skip("this file system keeps no such names")
    assert list(refused_in(tmp_path).values()) == ["its name is not in UTF-8."]


def test_a_file_that_goes_or_changes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x")
    (found,) = found_in(tmp_path)
    real = os.fstat
    seen: list[int] = []

    def growing(number: int) -> os.stat_result:
        if seen:
            with file.open("a") as opened:
                opened.write("more")
        seen.append(number)
        return real(number)

    monkeypatch.setattr(files.os, "fstat", growing)
    assert "changed while it was read" in why(found)
    monkeypatch.undo()
    file.unlink()
    assert "cannot be read: No such file" in why(found)


def test_a_file_beyond_the_bound_is_told_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as opened:
        opened.truncate(files.MOST_FILE_BYTES + 1)
    assert "too large: more than 200 MB" in why(found_in(tmp_path)[0])


def test_no_more_files_are_found_than_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 3)
    for number in range(6):
        (tmp_path / f"{number}.txt").write_text("x")
    assert len(found_in(tmp_path)) == 3
    assert list(refused_in(tmp_path).values()) == ["there are more than 3 files."]


# Packed files ----------------------------------------------------------------------------------------------------------


def test_a_packed_file_is_unpacked_and_its_name_says_its_kind(tmp_path: Path) -> None:
    (tmp_path / "a.xml.GZ").write_bytes(gzip.compress(b"<x/>"))
    (found,) = found_in(tmp_path)
    assert (found.load(), Path(found.name).name) == (b"<x/>", "a.xml")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(os.urandom(5000))[:-100], "damaged or cut short"),
        (b"no gzip", "damaged or cut short"),
        (gzip.compress(b"0" * 50_000_000), "more than 200 times its size"),
        (gzip.compress(b"x") + b"behind", "damaged or cut short"),
    ],
    ids=["cut short", "none", "bomb", "more behind"],  # not the data, which hold the time of day and differ by worker
)
def test_packed_files_that_are_broken_or_bombs_are_told(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "a.txt.gz").write_bytes(data)
    assert reason in why(found_in(tmp_path)[0])


# Archives --------------------------------------------------------------------------------------------------------------


def test_members_are_found_in_order_and_what_is_none_is_left_out(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "a.zip",
        [("b.txt", b"B"), ("a/a.md", b"A"), ("c.png", b""), (".x.txt", b""), ("__MACOSX/b.txt", b""), ("d.xml.gz", gzip.compress(b"D"))],
    )  # fmt: skip
    found = found_in(path)
    assert [(item.member, item.load()) for item in found] == [("a/a.md", b"A"), ("b.txt", b"B"), ("d.xml.gz", b"D")]
    assert [item.name.rpartition("!")[2] for item in found] == ["a/a.md", "b.txt", "d.xml"]


def test_members_that_lead_out_links_and_archives_are_told_and_the_rest_is_found(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    path = packed(
        tmp_path / "a.zip",
        [("../up.txt", b"x"), ("/root.txt", b"x"), ("a/../../b.txt", b"x"), ("..\\win.txt", b"x"), ("in.zip", b"x"), ("ok.txt", b"x")],
    )  # fmt: skip
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert [item.member for item in found_in(path)] == ["ok.txt"]
    reasons = [item.reason for item in find_files([path]) if isinstance(item, Refused)]
    assert sorted(reasons) == sorted(
        [*["its name leads out of the archive."] * 4, "it is an archive in an archive.", "it is a link."]
    )


def test_two_members_of_one_name_are_both_read(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = packed(tmp_path / "a.zip", [("a.txt", b"one"), ("a.txt", b"two")])
    assert [(item.member, item.load()) for item in found_in(path)] == [("a.txt", b"one"), ("again/a.txt", b"two")]


def test_a_bomb_is_told_by_its_ratio_and_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "a.zip", [("bomb.txt", b"0" * 30_000_000), ("ok.txt", b"fine")])
    bomb, fine = found_in(path)
    assert "more than 200 times its size" in why(bomb)
    assert fine.load() == b"fine"
    monkeypatch.setattr(files, "MOST_FILE_BYTES", 1_000_000)
    assert "too large" in why(bomb)
    monkeypatch.setattr(files, "MOST_ARCHIVE_BYTES", 20_000_000)
    assert list(refused_in(path).values()) == ["the archive is too large unpacked."]


def test_a_damaged_member_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", [("a.txt", b"AAAA" * 50), ("b.txt", b"BBBB")], zipfile.ZIP_STORED)
    data = path.read_bytes().replace(b"AAAA", b"AAXA", 1)
    path.write_bytes(data)
    damaged, fine = found_in(path)
    assert "damaged: Bad CRC-32" in why(damaged)
    assert fine.load() == b"BBBB"


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", [("a.txt", b"x" * 40)], zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert why(found_in(path)[0]).endswith("a.zip!a.txt is encrypted.")


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 cut"])
def test_what_is_no_archive_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    assert "no zip archive, or a damaged one" in refused_in(tmp_path)["a.zip"]


def test_an_archive_that_is_cut_short_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", [("a.txt", os.urandom(2000))])
    path.write_bytes(path.read_bytes()[:-40])
    assert "damaged" in refused_in(tmp_path)["a.zip"]


def test_an_archive_that_changes_or_goes_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", [("a.txt", b"one")])
    (found,) = found_in(path)
    packed(path, [("a.txt", b"another")])
    assert "changed while it was read" in why(found)
    path.unlink()
    assert "cannot be read" in why(found)


def test_names_without_utf8_are_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", [("cafe.txt", b"x")])
    path.write_bytes(path.read_bytes().replace(b"cafe.txt", b"caf\x82.txt"))
    (found,) = found_in(path)
    assert (found.member, found.load()) == ("café.txt", b"x")


def test_many_members_are_read_one_by_one_without_reading_the_directory_anew(
    tmp_path: Path,
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}.txt", b"x")
    (tmp_path / "a.zip").write_bytes(held.getvalue())
    found = found_in(tmp_path / "a.zip")
    assert len(found) == 20_000
    begin = time.process_time()
    assert {item.load() for item in found[:2_000]} == {b"x"}
    assert time.process_time() - begin < 10  # its directory takes a tenth of a second to read


def test_members_of_two_archives_in_turn(tmp_path: Path) -> None:
    one, two = packed(tmp_path / "a.zip", [("a.txt", b"1")]), packed(tmp_path / "b.zip", [("a.txt", b"2")])
    first, second = found_in(one, two)
    assert [first.load(), second.load(), first.load()] == [b"1", b"2", b"1"]
