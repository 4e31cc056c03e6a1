from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from biocopilot.memory.errors import StorageError
from biocopilot.memory.response_cache import ResponseCache, request_key


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "replies.sqlite"


@pytest.fixture
def cache(path: Path) -> Iterator[ResponseCache]:
    opened = ResponseCache(path, now=Clock())
    yield opened
    opened.close()


def noise(size: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


def held(cache: ResponseCache) -> list[str]:
    return [row[0] for row in cache._connection.execute("SELECT request FROM reply ORDER BY stored_at")]


def counted(cache: ResponseCache) -> tuple[int, int, int]:
    """Bytes as the running total says, as the rows say, as the bodies are."""
    return tuple(
        cache._connection.execute(query).fetchone()[0]
        for query in (
            "SELECT bytes FROM size",
            "SELECT coalesce(sum(bytes), 0) FROM reply",
            "SELECT coalesce(sum(length(body)), 0) FROM body",
        )
    )


def test_what_is_put_is_got_again(cache: ResponseCache) -> None:
    cache.put("uniprot", "GET /x", "2026_03", b'{"a": 1}', {"link": "<y>"}, "https://rest.example.org/x")
    kept = cache.get("uniprot", "GET /x")
    assert kept is not None
    assert (kept.service, kept.request, kept.release) == ("uniprot", "GET /x", "2026_03")
    assert (kept.body, kept.headers, kept.url) == (b'{"a": 1}', {"link": "<y>"}, "https://rest.example.org/x")
    assert kept.stored_at == 1_001
    assert cache.get("uniprot", "GET /y") is None
    assert cache.get("chembl", "GET /x") is None


def test_releases_lie_side_by_side_and_the_newest_is_got(cache: ResponseCache) -> None:
    cache.put("uniprot", "GET /x", "2026_02", b"old")
    cache.put("uniprot", "GET /x", "2026_03", b"new")
    assert cache.get("uniprot", "GET /x").body == b"new"
    assert cache.get("uniprot", "GET /x", "2026_02").body == b"old"
    assert cache.get("uniprot", "GET /x", "2026_01") is None


def test_the_same_request_takes_the_place_of_the_old_one(cache: ResponseCache) -> None:
    for number in range(5):
        cache.put("uniprot", "GET /x", "1", noise(1_000, number))
    assert cache.counts()["uniprot"][0] == 1
    assert cache.get("uniprot", "GET /x").body == noise(1_000, 4)
    assert len(set(counted(cache))) == 1


def test_the_oldest_go_when_there_is_no_room(path: Path) -> None:
    cache = ResponseCache(path, most_bytes=10_000, now=Clock())
    for number in range(30):
        cache.put("uniprot", f"GET /{number}", "1", noise(1_000, number))
        assert counted(cache)[0] <= 10_000
    assert held(cache) == [f"GET /{number}" for number in range(21, 30)]
    assert len(set(counted(cache))) == 1
    cache.put("uniprot", "GET /large", "1", noise(4_900))
    assert held(cache) == [*(f"GET /{number}" for number in range(25, 30)), "GET /large"]
    with pytest.raises(StorageError, match="too large"):
        cache.put("uniprot", "GET /huge", "1", noise(5_100))
    assert len(held(cache)) == 6
    cache.close()


def test_the_total_is_right_after_another_process_wrote(path: Path) -> None:
    first, second = (ResponseCache(path, most_bytes=10_000, now=Clock()) for _ in range(2))
    for number in range(20):
        (first, second)[number % 2].put("uniprot", f"GET /{number}", "1", noise(1_000, number))
    assert len(set(counted(first))) == 1
    assert counted(first)[0] <= 10_000
    first.close()
    second.close()


def test_it_can_be_counted_and_cleared(cache: ResponseCache) -> None:
    for service in ("uniprot", "chembl", "chembl https://mirror.example.org"):
        cache.put(service, "GET /x", "1", b"x")
        cache.put(service, "GET /y", "1", b"y")
    assert {name: count for name, (count, _) in cache.counts().items()} == {
        "chembl": 2,
        "chembl https://mirror.example.org": 2,
        "uniprot": 2,
    }
    assert cache.clear("chembl") == 4
    assert set(cache.counts()) == {"uniprot"}
    assert cache.clear() == 2
    assert counted(cache) == (0, 0, 0)


def test_clearing_gives_the_room_back(cache: ResponseCache, path: Path) -> None:
    for number in range(20):
        cache.put("uniprot", f"GET /{number}", "1", noise(100_000, number))
    cache._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert path.stat().st_size > 2_000_000
    cache.clear()
    cache._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert path.stat().st_size < 100_000


def test_it_outlives_the_program(path: Path) -> None:
    first = ResponseCache(path)
    first.put("uniprot", "GET /x", "1", b"x")
    first.close()
    second = ResponseCache(path)
    assert second.get("uniprot", "GET /x").body == b"x"
    second.close()


def test_a_file_of_another_format_is_emptied(path: Path) -> None:
    path.parent.mkdir()
    old = sqlite3.connect(path)
    old.executescript("CREATE TABLE reply (key TEXT, body BLOB); INSERT INTO reply VALUES ('k', x'00')")
    old.close()
    cache = ResponseCache(path)
    assert cache.counts() == {}
    cache.put("uniprot", "GET /x", "1", b"x")
    assert cache.get("uniprot", "GET /x").body == b"x"
    cache.close()


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_nobody_else_may_read_what_was_asked(cache: ResponseCache, path: Path) -> None:
    cache.put("chembl", "GET /similarity/CCO/70", "1", b"{}")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "damage",
    [b"this is no database, and long enough to be seen as such" * 50, b"SQLite format 3\x00" + b"\xff" * 5_000],
)
def test_a_damaged_file_is_told_with_what_mends_it(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    with pytest.raises(StorageError, match="cannot be used") as caught:
        ResponseCache(path)
    assert caught.value.hint == "Delete the file: all in it can be asked for again."
    assert path.read_bytes() == damage
    path.unlink()
    ResponseCache(path).close()


def test_damage_in_the_middle_is_told(path: Path) -> None:
    cache = ResponseCache(path)
    for number in range(200):
        cache.put("uniprot", f"GET /{number}", "1", noise(3_000, number))
    cache.close()
    with path.open("r+b") as file:
        for page in range(8, path.stat().st_size // 4_096):
            file.seek(page * 4_096)
            file.write(b"\xa5" * 2_000)
    try:
        cache = ResponseCache(path)
    except StorageError:
        return
    outcomes = set()
    for number in range(200):
        try:
            kept = cache.get("uniprot", f"GET /{number}")
            outcomes.add("whole" if kept and kept.body == noise(3_000, number) else "none" if kept is None else "wrong")
        except StorageError:
            outcomes.add("told")
    cache.close()
    assert "told" in outcomes
    assert "wrong" not in outcomes


def test_a_body_that_unpacks_without_end_is_refused(cache: ResponseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.put("uniprot", "GET /x", "1", b" " * 100_000)
    monkeypatch.setattr("biocopilot.memory.response_cache._MOST_UNPACKED", 10_000)
    with pytest.raises(StorageError, match="not whole"):
        cache.get("uniprot", "GET /x")
    with pytest.raises(StorageError, match="too large"):
        cache.put("uniprot", "GET /y", "1", b" " * 100_000)


@pytest.mark.parametrize("place", ["a file where a folder should be", "a folder where the file should be"])
def test_a_place_that_cannot_be_used_is_told(tmp_path: Path, place: str) -> None:
    if place.startswith("a file"):
        (tmp_path / "cache").write_text("x")
    else:
        (tmp_path / "cache" / "replies.sqlite").mkdir(parents=True)
    with pytest.raises(StorageError, match="cannot be used"):
        ResponseCache(tmp_path / "cache" / "replies.sqlite")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="who may do everything is refused nothing")
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_folder_that_may_only_be_read(path: Path, mode: int) -> None:
    first = ResponseCache(path)
    first.put("uniprot", "GET /x", "1", b"x")
    first.close()
    path.chmod(0o400)
    path.parent.chmod(mode)
    try:
        if mode == 0o000:
            with pytest.raises(StorageError):
                ResponseCache(path)
            return
        cache = ResponseCache(path)
        assert cache.read_only
        assert cache.get("uniprot", "GET /x").body == b"x"
        with pytest.raises(StorageError, match="may only be read"):
            cache.put("uniprot", "GET /y", "1", b"y")
        cache.close()
    finally:
        path.parent.chmod(0o700)


def test_a_full_disk_loses_nothing_that_was_kept(cache: ResponseCache) -> None:
    cache.put("uniprot", "GET /x", "1", b"x")
    pages = cache._connection.execute("PRAGMA page_count").fetchone()[0]
    cache._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    for request in ("GET /x", "GET /y"):
        with pytest.raises(StorageError, match="full"):
            cache.put("uniprot", request, "1", noise(500_000))
    assert cache.get("uniprot", "GET /x").body == b"x"
    assert cache.get("uniprot", "GET /y") is None
    assert len(set(counted(cache))) == 1
    cache._connection.execute("PRAGMA max_page_count = 100000")
    cache.put("uniprot", "GET /y", "1", noise(500_000))
    assert cache.get("uniprot", "GET /y").body == noise(500_000)


def test_threads_write_side_by_side(cache: ResponseCache) -> None:
    troubles: list[Exception] = []

    def work(name: int) -> None:
        try:
            for number in range(25):
                cache.put("uniprot", f"GET /{number % 10}", str(name), noise(200, number))
                cache.get("uniprot", f"GET /{number % 10}")
        except Exception as error:
            troubles.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not troubles
    assert cache.counts()["uniprot"][0] == 80
    assert len(set(counted(cache))) == 1


def test_processes_write_side_by_side(path: Path) -> None:
    program = """
import random, sys
from pathlib import Path
from biocopilot.memory.response_cache import ResponseCache
cache = ResponseCache(Path(sys.argv[1]), most_bytes=60_000)
for number in range(60):
    cache.put("uniprot", f"GET /{number}", sys.argv[2], random.Random(number).randbytes(1_000))
    kept = cache.get("uniprot", f"GET /{number}")
    assert kept is None or kept.body == random.Random(number).randbytes(1_000)
cache.close()
"""
    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", program, str(path), name], stderr=subprocess.PIPE)
        for name in ("1", "2", "3")
    ]
    told = [process.communicate(timeout=60)[1].decode() for process in running]
    assert told == ["", "", ""]
    cache = ResponseCache(path)
    assert len(set(counted(cache))) == 1
    assert 50_000 < counted(cache)[0] <= 60_000
    assert cache._connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    cache.close()


def test_a_file_that_another_program_holds_is_told_soon(cache: ResponseCache, path: Path) -> None:
    cache._connection.execute("PRAGMA busy_timeout = 20")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="locked"):
        cache.put("uniprot", "GET /x", "1", b"x")
    other.execute("ROLLBACK")
    other.close()
    cache.put("uniprot", "GET /x", "1", b"x")
    assert cache.get("uniprot", "GET /x").body == b"x"


def test_keys_take_any_text() -> None:
    assert request_key("a", "b") != request_key("a", "c") != request_key("b", "c")
    assert request_key("a", "µ\ud83e") != request_key("a", "µ")
