"""Screening patterns beside a registered ChEMBL: in the order of a list, gone on with after a stop, refused where a byte is another."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import struct
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from biocopilot.memory.errors import Cancelled, NotFound, StorageError
from biocopilot.memory.store_connection import Database
from biocopilot.memory.stores import building, pattern_file, patterns
from biocopilot.memory.stores.building import Progress
from biocopilot.memory.stores.chembl_dump import build_chembl
from biocopilot.memory.stores.pattern_file import (
    COLUMNS,
    LOOSE,
    SALT,
    Patterned,
    PatternHeader,
    pack_group,
    read_header,
    unpack_group,
    write_patterns,
)
from biocopilot.memory.stores.patterns import build_patterns, drop_stale_patterns, joined, patterns_beside
from biocopilot.memory.stores.registry import registered, stores_dir


def made_of(text: str) -> bytes:
    return joined(
        len(text), text.endswith("3"), hashlib.shake_256(text.encode()).digest(128), f"packed {text}".encode()
    )


class Fake:
    """Records that follow from the text; `rubbish…` is no structure."""

    def __init__(self, stop_at: int = -1, rdkit: str = "2026.09.1", sound: bool = True) -> None:
        self.rdkit = rdkit
        self.sound = sound
        self.asked: list[str] = []
        self._stop_at = stop_at

    def is_sound(self, path: Path) -> bool:
        return self.sound

    def computed(self, batches: Iterable[Sequence[str]]) -> Generator[list[bytes], None, None]:
        for number, batch in enumerate(batches):
            if number == self._stop_at:
                raise KeyboardInterrupt
            self.asked += batch
            yield [b"" if one.startswith("rubbish") else made_of(one) for one in batch]


@pytest.fixture
def added(dump: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registered dump whose molecules 10 to 99 have structures of two lengths, every tenth rubbish, some named or in the clinic."""
    monkeypatch.setattr(patterns, "BATCH_ROWS", 10)
    with closing(sqlite3.connect(dump)) as database, database:
        for number in range(10, 100):
            phase = {20: 4, 30: 1, 40: 0.5, 50: -1}.get(number)
            database.execute(
                "INSERT INTO molecule_dictionary (molregno, chembl_id, max_phase, pref_name) VALUES (?, ?, ?, ?)",
                (number, f"CHEMBL{80_000 + number}", phase, "NAMED" if number in (50, 60) else None),
            )
            smiles = f"rubbish{number}" if number % 10 == 7 else f"{'long ' * (number % 2)}structure {number}"
            database.execute(
                "INSERT INTO compound_structures (molregno, canonical_smiles, standard_inchi_key) VALUES (?, ?, ?)",
                (number, smiles, f"KEY{number}"),
            )
    build_chembl(dump)
    return dump


def target() -> Path:
    return stores_dir() / "chembl.patterns"


def molregnos() -> list[int]:
    header = read_header(target())
    return list(struct.unpack_from(f"<{header.count}q", target().read_bytes(), header.index_offset))


def test_drugs_come_first_then_named_molecules_then_small_ones(added: Path) -> None:
    seen: list[Progress] = []
    header = build_patterns(Fake(), seen.append)
    with closing(sqlite3.connect(added)) as database:
        query = "SELECT count(*) FROM compound_structures WHERE canonical_smiles NOT LIKE 'rubbish%' AND canonical_smiles NOT NULL"
        assert header.count == database.execute(query).fetchone()[0]
    assert (header.unreadable, header.salts) == (9, 1)
    assert header.source == registered()["chembl"].fingerprint
    ours = [number for number in molregnos() if number >= 10]
    assert ours[:5] == [20, 30, 40, 50, 60]
    short = [number for number in range(10, 100, 2) if number not in ours[:5]]
    assert ours[5:] == [*short, *(number for number in range(11, 100, 2) if number % 10 != 7)]
    assert {p.stage for p in seen} == {"screening patterns", "pattern file"}
    assert sorted(path.name for path in stores_dir().iterdir()) == ["chembl.lock", "chembl.patterns", "chembl.sqlite"]


@pytest.mark.parametrize("stop_at", [0, 1, 5, 9])
def test_a_stop_before_any_batch_keeps_what_was_computed(added: Path, stop_at: int) -> None:
    whole = build_patterns(Fake())
    total = whole.count + whole.unreadable
    before = target().read_bytes()
    target().unlink()
    stopped, rest = Fake(stop_at), Fake()
    with pytest.raises(Cancelled):
        build_patterns(stopped)
    assert not target().exists()
    build_patterns(rest)
    assert target().read_bytes() == before
    assert (len(stopped.asked), len(rest.asked)) == (10 * stop_at, total - 10 * stop_at)


def test_a_stop_while_the_file_is_written_computes_nothing_anew(added: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build_patterns(Fake())
    before = target().read_bytes()

    def stop(progress: Progress) -> None:
        if progress.stage == "pattern file":
            raise KeyboardInterrupt

    with pytest.raises(Cancelled):
        build_patterns(Fake(rdkit="2027.03.1"), stop)
    assert target().read_bytes() == before  # the old one stays until then
    rest = Fake(rdkit="2027.03.1")
    assert build_patterns(rest).count == whole.count
    assert rest.asked == []


def test_a_full_disk_leaves_the_old_file_and_can_be_gone_on_from(added: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_patterns(Fake())
    before = target().read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(building, "PRAGMAS", (*building.PRAGMAS, "max_page_count=7"))
        with pytest.raises(StorageError, match="disk is full"):
            build_patterns(Fake(rdkit="2027.03.1"))
    assert target().read_bytes() == before

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pattern_file, "_put", full)
        with pytest.raises(StorageError, match="disk is full"):
            build_patterns(Fake(rdkit="2027.03.1"))
    assert target().read_bytes() == before
    rest = Fake(rdkit="2027.03.1")
    assert build_patterns(rest).rdkit == "2027.03.1"
    assert rest.asked == []
    monkeypatch.setattr(patterns, "_BYTES_EACH", 10**15)
    target().unlink()
    with pytest.raises(StorageError, match="free, and about"):
        build_patterns(Fake())


@pytest.mark.parametrize("again", [Fake(rdkit="2027.03.1"), Fake(sound=False)], ids=["another RDKit", "damaged"])
def test_what_cannot_be_used_is_made_anew_and_what_can_is_kept(added: Path, again: Fake) -> None:
    first, same = build_patterns(Fake()), Fake()
    assert build_patterns(same) == first
    assert same.asked == []
    again.asked.clear()
    assert build_patterns(again).rdkit == again.rdkit
    assert len(again.asked) == first.count + first.unreadable


def test_only_those_of_another_dump_are_dropped(added: Path) -> None:
    header = build_patterns(Fake())
    drop_stale_patterns(header.source)
    assert target().exists()
    drop_stale_patterns("another dump")
    assert not target().exists()
    drop_stale_patterns("another dump")


def test_only_a_registered_store_has_patterns_beside_it(added: Path) -> None:
    assert patterns_beside(Database(added)) is None
    record = registered()["chembl"]
    assert patterns_beside(Database(record.source, beside=record.store)) == target()


def test_without_a_store_there_is_nothing_to_build(home: Path) -> None:
    with pytest.raises(NotFound):
        build_patterns(Fake())


# The file itself ----------------------------------------------------------------------------------------------------------


def structures(count: int) -> Iterator[Patterned]:
    for number in range(1, count + 1):
        pattern = hashlib.shake_256(b"%d" % number).digest(128)
        yield Patterned(number, number % 5 == 0, number % 7 == 0, pattern, b"molecule %d" % number)


def written(path: Path, count: int) -> PatternHeader:
    return write_patterns(path, structures(count), PatternHeader("2026.09.1", "1-a", count), lambda _done, _of: None)


@pytest.mark.parametrize("count", [0, 1, 64, 65, 200, 256, 300])
def test_bits_lie_by_position_and_molecules_in_groups(
    tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern_file, "BLOCK_ROWS", 128)
    defaults = tuple(128 if value == 65_536 else value for value in PatternHeader.__init__.__defaults__ or ())
    monkeypatch.setattr(PatternHeader.__init__, "__defaults__", defaults)
    path = tmp_path / "a.patterns"
    header = written(path, count)
    assert read_header(path) == header
    assert header.bytes == path.stat().st_size
    assert (header.salts, header.blocks) == (count // 5, -(-count // 128))
    data, given = path.read_bytes(), list(structures(count))
    for row, one in enumerate(given):
        block, place = divmod(row, 128)
        width = header.width(block)

        def bit(column: int, block: int = block, place: int = place, width: int = width) -> int:
            return data[header.block_offset(block) + column * width + place // 8] >> place % 8 & 1

        assert bytes(sum(bit(8 * at + n) << n for n in range(8)) for at in range(128)) == one.pattern
        assert (bool(bit(LOOSE)), bool(bit(SALT))) == (one.loose, one.salt)
    places = struct.unpack_from(f"<{header.groups + 1}Q", data, header.index_offset + 8 * count)
    found: list[bytes] = []
    for at in range(header.groups):
        group = data[header.molecules_offset + places[at] : header.molecules_offset + places[at + 1]]
        found += unpack_group(group, min(16, count - 16 * at))
    assert found == [one.molecule for one in given]


def test_a_turned_block_has_no_more_than_its_rows() -> None:
    columns = pattern_file._turned([Patterned(1, True, False, b"\xff" * 128, b"")] * 3)
    assert columns.shape == (COLUMNS, 8)
    assert columns[:1024].tobytes() == (b"\x07" + bytes(7)) * 1024
    assert [int(columns[place, 0]) for place in (LOOSE, SALT)] == [0, 7]


@pytest.mark.parametrize("at", [0, 15, 17, 21, 30, 100])
def test_a_header_with_another_byte_is_refused_with_what_mends_it(tmp_path: Path, at: int) -> None:
    path = tmp_path / "a.patterns"
    written(path, 20)
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    path.write_bytes(data)
    with pytest.raises(StorageError, match="damaged, or of another version") as caught:
        read_header(path)
    assert "data add chembl" in caught.value.hint


def cut(path: Path, _header: PatternHeader) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def of_another_version(path: Path, header: PatternHeader) -> None:
    text = json.dumps(asdict(replace(header, version=2))).encode()
    path.write_bytes(
        b"BIOCOPILOT-SS-1\n"
        + struct.pack("<II", zlib.crc32(text), len(text))
        + text
        + path.read_bytes()[24 + len(text) :]
    )


def gone(path: Path, _header: PatternHeader) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [cut, of_another_version, gone])
def test_a_file_that_is_cut_gone_or_of_another_version_is_refused(
    tmp_path: Path, change: Callable[[Path, PatternHeader], None]
) -> None:
    path = tmp_path / "a.patterns"
    change(path, written(path, 20))
    with pytest.raises(StorageError):
        read_header(path)


@pytest.mark.parametrize(
    "harm",
    [lambda g: g[:-3], lambda g: g[:12] + bytes([g[12] ^ 1]) + g[13:], lambda g: b"", lambda g: pack_group([b"a"])],
)
def test_a_group_that_is_not_what_was_packed_is_refused(harm: Callable[[bytes], bytes]) -> None:
    group = pack_group([b"one", b"", b"three"])
    assert unpack_group(group, 3) == [b"one", b"", b"three"]
    with pytest.raises(ValueError, match="molecules"):
        unpack_group(harm(group), 3)
