"""The workbench opens on first use, is shared, and closes what it opened."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from biocopilot.memory.errors import SourceUnavailable
from biocopilot.memory.library.embedding import EmbeddingSettings
from biocopilot.memory.library.retrieval import Query
from biocopilot.tools.workbench import LibraryChoice, Services, Workbench


def test_nothing_is_opened_before_it_is_asked_for() -> None:
    with Workbench() as bench:
        assert not {"chemistry", "chembl", "uniprot"} & set(bench.__dict__)
        assert bench.chembl is bench.chembl
        assert "chemistry" not in bench.__dict__


def test_closing_ends_the_workers_and_may_be_repeated() -> None:
    bench = Workbench(workers=1)
    bench.warm_up()
    (process,) = bench.chemistry.process_ids()
    bench.close()
    bench.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_it_opens_again_after_it_was_closed() -> None:
    bench = Workbench()
    first = bench.chembl
    bench.close()
    assert bench.chembl is not first
    assert bench.chembl.molecule("CHEMBL25") is not None
    bench.close()


def test_another_store_is_used_where_it_is_named(tmp_path: Path) -> None:
    with Workbench(store=tmp_path / "no.db") as bench, pytest.raises(SourceUnavailable, match=r"no\.db"):
        _ = bench.chembl


def test_threads_that_ask_at_once_get_the_same_store() -> None:
    with Workbench() as bench:
        found: list[int] = []
        gate = threading.Barrier(8)

        def ask() -> None:
            gate.wait(10)
            found.append(id(bench.chembl))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert len(found) == 8
        assert len(set(found)) == 1


def test_without_a_place_for_replies_services_are_asked_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("BIOCOPILOT_HOME", str(tmp_path / "file" / "home"))
    with Workbench() as bench:
        assert (bench.transport.cache, bench.transport.offline) == (None, False)
        assert (bench.kept_replies.cache, bench.kept_replies.offline) == (None, True)


def test_kept_replies_open_no_connection_and_share_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOCOPILOT_HOME", str(tmp_path))
    with Workbench(services=Services(contact="me@example.org")) as bench:
        assert bench.kept_replies.offline
        assert bench.kept_replies.cache.path == bench.transport.cache.path
        assert "me@example.org" in bench.transport.user_agent()


def test_the_library_is_opened_once_and_again_after_closing(tmp_path: Path) -> None:
    with Workbench(library=LibraryChoice(folder=tmp_path / "library")) as bench:
        first = bench.library
        assert bench.library is first
        assert bench.library_offline is not first
        bench.close()
        assert bench.library is not first
        assert bench.library.find("ABL1 T315I").about.licence == "MIT"


def test_offline_no_server_of_embeddings_is_asked(tmp_path: Path) -> None:
    settings = EmbeddingSettings(model="server", url="http://localhost:9/v1", server_model="m")
    with Workbench(library=LibraryChoice(folder=tmp_path / "library", embedding=settings)) as bench:
        found = bench.library_offline.search(Query("gatekeeper mutation"))
    assert found.hits
    assert not found.by_meaning
    assert found.notes[0].startswith("Searched by words alone: ")
