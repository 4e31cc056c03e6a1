"""The same library over a real Chroma server on this machine, also where that is down, or dies while it is told."""

from __future__ import annotations

import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import BiocopilotError, InvalidSetting, SourceUnavailable
from biocopilot.memory.library.chroma_store import ChromaStore
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.retrieval import Query

pytestmark = pytest.mark.slow
MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("making.py")))
QUESTION = Query("stable enzyme17")
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture
def start(port: int, tmp_path: Path) -> Iterator[Start]:
    """Starts `chroma run` on the port; what runs is ended with the test."""
    pytest.importorskip("chromadb")
    program = Path(sys.executable).with_name("chroma")
    if not program.exists():
        pytest.skip("the program `chroma` does not lie beside this Python")
    running: list[subprocess.Popen[bytes]] = []

    def started() -> subprocess.Popen[bytes]:
        command = [str(program), "run", "--host", "127.0.0.1", "--port", str(port), "--path", str(tmp_path / "server")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
        running.append(process)
        for _ in range(300):
            with closing(socket.socket()) as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    return process
            time.sleep(0.05)
        raise AssertionError("chroma run does not answer")

    yield started
    for process in running:
        process.kill()
        process.wait(20)


def ids(library: Library) -> list[str]:
    return [hit.passage.id for hit in library.search(QUESTION).hits]


def test_a_library_over_a_server_outlives_its_absence(
    start: Start, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, files = f"http://127.0.0.1:{port}", tmp_path / "files"
    MADE["write_notes"](files, 40)
    with Library.open(tmp_path / "own", embedder=MADE["WordHash"]) as library:
        library.add([files])
        wanted = ids(library)
    server = start()
    with Library.open(tmp_path / "lib", embedder=MADE["WordHash"], chroma_url=url) as library:
        library.add([files])
        assert library.store.name.startswith(f"chroma:{url}:")
        number = library.catalogue.counts()["passages"]
        assert library.store.count() == number
        assert (ids(library), library.search(QUESTION).notes) == (wanted, ())
        assert not (tmp_path / "lib" / "chroma").exists()

        # It dies after the first vectors of an add.
        add = ChromaStore.add

        def dies(store: ChromaStore, seqs: Any, vectors: Any) -> None:
            add(store, seqs[:5], vectors[:5])
            server.send_signal(signal.SIGKILL)
            server.wait(20)
            add(store, seqs[5:], vectors[5:])

        MADE["write_notes"](files, 60)
        with monkeypatch.context() as patched:
            patched.setattr(ChromaStore, "add", dies)
            with pytest.raises(SourceUnavailable) as caught:
                library.add([files])
        assert url in caught.value.message
        assert "chroma run" in str(caught.value.hint)
        assert library.catalogue.counts()["passages"] > number
        assert library.catalogue.rows("SELECT count(*) FROM outbox")[0][0] > 0

        # Down: found all the same, compared here, and said so.
        found = library.search(Query("stable enzyme55"))
        assert "enzyme55" in found.hits[0].passage.text
        assert "one by one" in " ".join(found.notes)
        with pytest.raises(SourceUnavailable):
            library.add([files])

        start()
        assert library.add([files]).unchanged_files == 60
        assert library.catalogue.rows("SELECT count(*) FROM outbox") == [(0,)]
        assert sorted(library.store.seqs()) == [
            row[0] for row in library.catalogue.rows("SELECT seq FROM vector ORDER BY seq")
        ]
        assert library.search(Query("stable enzyme55")).notes == ()

        library.remove([library.search(Query("stable enzyme55")).hits[0].document.id])
        assert library.store.count() == library.catalogue.counts()["passages"]
    assert MADE["disagreements"](tmp_path / "lib" / "library.sqlite") == []


def test_a_reader_sees_what_another_process_told_the_server(start: Start, port: int, tmp_path: Path) -> None:
    url, files = f"http://127.0.0.1:{port}", tmp_path / "files"
    start()
    MADE["write_notes"](files, 10)
    with Library.open(tmp_path / "lib", embedder=MADE["WordHash"], chroma_url=url) as library:
        library.add([files])
        MADE["write_notes"](files, 30)
        subprocess.run([*MADE["steps"](str(tmp_path / "lib"), str(files), url)], check=True, stdout=subprocess.DEVNULL)
        assert "enzyme25" in library.search(Query("stable enzyme25")).hits[0].passage.text
        assert library.store.count() == library.catalogue.counts()["passages"]


def test_offline_no_server_is_asked(tmp_path: Path) -> None:
    files = tmp_path / "files"
    MADE["write_notes"](files, 3)
    address = "http://127.0.0.1:9"
    with Library.open(tmp_path / "lib", embedder=MADE["WordHash"], chroma_url=address, offline=True) as library:
        library.add([files])
        found = library.search(QUESTION)
        assert found.hits
        assert "Offline" in found.notes[0]
        with pytest.raises(BiocopilotError, match="Chroma server"):
            library.reindex()


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost", "http://", "http://[::1", "http://h:99999"])
def test_what_is_no_address_is_refused(url: str) -> None:
    pytest.importorskip("chromadb")
    with pytest.raises(InvalidSetting):
        ChromaStore.on_server(url, "lib", "model")
