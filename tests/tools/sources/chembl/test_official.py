"""The faults of ChEMBL's own client, each shown against a local server, and that it has none of them as used here.

The client by itself runs in a process of its own, with a home of its own: its settings are process-wide, and it opens
a cache and asks the network while it is imported.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import (
    BadReply,
    BiocopilotError,
    MissingExtra,
    NotFound,
    OfflineRefused,
    RateLimited,
    SourceUnavailable,
)
from biocopilot.tools.sources.chembl import ChemblLive, official
from biocopilot.tools.sources.chembl.official import as_ours, is_installed, read_officially
from biocopilot.tools.sources.chembl.questions import MOLECULE, Question
from biocopilot.tools.sources.transport import Limits

pytest.importorskip("chembl_webresource_client")

PRELUDE = """
import json, os, sys, threading, time
from chembl_webresource_client.settings import Settings
settings = Settings.Instance()
settings.NEW_CLIENT_URL = os.environ["BASE"] + "/chembl"
settings.BACKOFF_FACTOR = 0.01
settings.CACHING = os.environ.get("CACHING") == "yes"
def say(value): print(json.dumps(value))
"""
CLIENT = "from chembl_webresource_client.new_client import new_client\n"
SPORE = {
    "methods": {
        "GET_molecule_api_dispatch_detail": {
            "resource_name": "molecule", "collection_name": "molecules", "formats": ["json"],
            "default_format": "application/json",
        }
    }
}  # fmt: skip


@pytest.fixture
def alone(faulty: Any, tmp_path: Path) -> Any:
    """Runs code with the client by itself, and gives what it says."""
    faulty.serve("/chembl/spore", SPORE)
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)

    def run(code: str, imported: bool = True, base: str = "", **environment: str) -> Any:
        env = {**os.environ, "HOME": str(home), "BASE": base or faulty.base, **environment}
        script = PRELUDE + (CLIENT if imported else "") + code
        done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def fifty_five(serve: Any, faulty: Any) -> Any:
    service = serve({"molecule": molecules(55)})
    faulty.serve("/chembl/spore", SPORE)
    return service


def molecules(count: int) -> list[dict[str, Any]]:
    return [{"molecule_chembl_id": f"CHEMBL{number:03}", "pref_name": f"N{number}"} for number in range(count)]


def closed_address() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def read(transport: Any, **more: Any) -> Any:
    async def run() -> Any:
        async with transport.session() as session:
            return await read_officially(Question(MOLECULE), session.fetch, "ChEMBL_36", **more)

    return asyncio.run(run())


# Import ---------------------------------------------------------------------------------------------------------------


def test_fault_importing_it_asks_the_network(alone: Any, faulty: Any) -> None:
    code = """
try:
    from chembl_webresource_client.new_client import new_client
except Exception as error:
    say(type(error).__name__)
"""
    assert alone(code, imported=False, base=closed_address()) == "ConnectionError"
    faulty.serve("/chembl/spore", faulty.answer("down", 500))
    assert alone(code, imported=False) == "Exception"  # a bare one


def test_ours_is_imported_without_network(make_transport: Any) -> None:
    script = """
import asyncio, socket, sys
def refuse(*given, **more): raise AssertionError("a connection was tried")
socket.socket.connect = socket.create_connection = refuse
from biocopilot.tools.sources.chembl import official
official._client()
assert "chembl_webresource_client.new_client" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
    with pytest.raises(OfflineRefused):
        read(make_transport(offline=True))
    with pytest.raises(SourceUnavailable):
        read(make_transport(bases={"chembl": closed_address()}))


def test_nothing_of_it_is_imported_until_it_is_used() -> None:
    script = """
import sys
import biocopilot.tools.sources.chembl
assert not [name for name in sys.modules if name.startswith(("chembl_webresource_client", "requests", "easydict"))]
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_without_the_package_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, fast: Any) -> None:
    official._client.cache_clear()
    monkeypatch.setitem(sys.modules, "chembl_webresource_client", None)
    for name in ("query_set", "url_query"):
        monkeypatch.delitem(sys.modules, f"chembl_webresource_client.{name}", raising=False)
    with pytest.raises(MissingExtra, match=r"biocopilot\[chembl\]"):
        read(fast)


def test_an_import_that_breaks_is_a_source_that_is_not_available(monkeypatch: pytest.MonkeyPatch, fast: Any) -> None:
    official._client.cache_clear()
    monkeypatch.setitem(sys.modules, "requests_cache", None)
    for name in [name for name in sys.modules if name.startswith("chembl_webresource_client.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SourceUnavailable, match="cannot be imported") as caught:
        read(fast)
    assert not isinstance(caught.value, MissingExtra)


# Rows -----------------------------------------------------------------------------------------------------------------


def test_fault_slices_lose_rows(alone: Any, fifty_five: Any) -> None:
    code = """
molecules = new_client.molecule
say([len(list(molecules.filter()[15:45])), len(list(molecules.filter()[30:])), len(list(molecules.filter()))])
"""
    middle, rest, whole = alone(code)
    assert (middle, rest, whole) == (35, 20, 55)  # 30, 25 and 55 would be right


def test_ours_is_never_sliced_and_gives_every_row(fifty_five: Any, fast: Any) -> None:
    for page in (1, 7, 20, 54, 55, 1000):
        listed = read(fast, page=page)
        assert [row["molecule_chembl_id"] for row in listed.rows] == [f"CHEMBL{number:03}" for number in range(55)]
        assert listed.complete
    assert fifty_five.asked[-1] == ("molecule", {"order_by": "molecule_chembl_id", "limit": 1000, "offset": 0}, "POST")


def test_fault_a_list_that_shrinks_is_given_as_whole(alone: Any, fifty_five: Any) -> None:
    shrink(fifty_five)
    assert alone("say(len(list(new_client.molecule.filter())))") == 40


def test_ours_says_that_a_list_shrank(fifty_five: Any, fast: Any) -> None:
    shrink(fifty_five)
    listed = read(fast, page=20)
    assert not listed.complete
    assert any("from 55 to 40" in notice for notice in listed.notices)


def shrink(service: Any) -> None:
    service.before = lambda name, number: service.objects.update(molecule=molecules(40)) if number == 1 else None


def test_fault_threads_that_share_a_query_lose_rows(alone: Any, fifty_five: Any) -> None:
    code = """
query, counts = new_client.molecule.filter(), []
def walk(): counts.append(sum(1 for _ in query))
def slowly():
    for _ in query: time.sleep(0.002)
threads = [threading.Thread(target=walk) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
say([sum(counts), sum(1 for _ in query for _ in query)])
"""
    shared, nested = alone(code)
    assert shared != 4 * 55
    assert nested != 55 * 55


def test_ours_may_be_asked_from_many_threads_and_tasks(fifty_five: Any, fast: Any) -> None:
    counts: list[int] = []

    async def many() -> None:
        async with fast.session() as session:
            questions = (read_officially(Question(MOLECULE), session.fetch, "", 20) for _ in range(4))
            counts.extend(len(listed.rows) for listed in await asyncio.gather(*questions))

    threads = [threading.Thread(target=lambda: asyncio.run(many())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [55] * 12


# Repetition, timeouts, cache ------------------------------------------------------------------------------------------


def test_fault_lists_are_not_asked_for_again(alone: Any, faulty: Any) -> None:
    page = {"molecules": molecules(2), "page_meta": {"total_count": 2}}
    for status in (429, 500, 503):
        before = faulty.count("/chembl/molecule.json")
        faulty.serve("/chembl/molecule.json", faulty.answer("busy", status), page)
        code = """
try:
    say(len(list(new_client.molecule.filter())))
except Exception as error:
    say(type(error).__name__)
"""
        assert alone(code).startswith("Http")
        assert faulty.count("/chembl/molecule.json") == before + 1


def test_ours_asks_again_where_that_can_help(faulty: Any, fast: Any) -> None:
    page = {"molecules": molecules(2), "page_meta": {"total_count": 2}}
    faulty.serve("/chembl/molecule.json", faulty.answer("busy", 429, retry_after="1"), faulty.answer("no", 503), page)
    assert len(read(fast).rows) == 2
    assert faulty.count("/chembl/molecule.json") == 3


def test_fault_what_is_missing_is_asked_for_four_times(alone: Any, faulty: Any) -> None:
    faulty.serve("/chembl/molecule/CHEMBL0", faulty.answer("", 404))
    code = """
try:
    new_client.molecule.get("CHEMBL0")
except Exception as error:
    say(type(error).__name__)
"""
    assert alone(code) == "RetryError"
    assert faulty.count("/chembl/molecule/CHEMBL0") == 4


def test_ours_asks_once_for_what_is_missing(service: Any, faulty: Any, fast: Any) -> None:
    async def ask() -> Any:
        async with fast.session() as session:
            return await ChemblLive(session, client="official").molecule("CHEMBL999999")

    found = asyncio.run(ask())
    assert (found.rows, found.total, found.complete) == ((), 0, True)
    assert faulty.count("/chembl/molecule.json") == 1
    faulty.serve("/chembl/molecule.json", faulty.answer("", 404))
    with pytest.raises(NotFound):
        asyncio.run(ask())
    assert faulty.count("/chembl/molecule.json") == 2


def test_fault_an_error_page_is_kept_for_a_day_in_pickles(alone: Any, faulty: Any, tmp_path: Path) -> None:
    page = {"molecules": molecules(2), "page_meta": {"total_count": 2}}
    faulty.serve("/chembl/molecule.json", "<html>Down for maintenance</html>", page)
    code = """
seen = []
for _ in range(2):
    try:
        seen.append(len(list(new_client.molecule.filter())))
    except Exception as error:
        seen.append(type(error).__name__)
say(seen)
"""
    assert alone(code, CACHING="yes") == ["JSONDecodeError", "JSONDecodeError"]
    assert faulty.count("/chembl/molecule.json") == 1
    (kept,) = (tmp_path / "home").glob(".chembl_ws_client__*")
    assert pickle.PROTO + b"\x04" in kept.read_bytes() or pickle.PROTO + b"\x05" in kept.read_bytes()


def test_ours_keeps_no_error_page_and_opens_no_cache_of_the_clients(
    faulty: Any, caching_transport: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    page = {"molecules": molecules(2), "page_meta": {"total_count": 2}}
    faulty.serve("/chembl/molecule.json", "<html>Down for maintenance</html>")
    with pytest.raises(BadReply):
        read(caching_transport)
    faulty.serve("/chembl/molecule.json", page)
    assert [len(read(caching_transport).rows) for _ in range(2)] == [2, 2]
    assert faulty.count("/chembl/molecule.json") <= 3
    assert not (tmp_path / "nobody").exists()


def test_fault_a_stalled_server_is_waited_for(alone: Any, faulty: Any) -> None:
    def slow(heard: Any) -> Any:
        heard.wait(1.5)
        return {"molecules": [], "page_meta": {"total_count": 0}}

    faulty.serve("/chembl/molecule.json", slow)
    code = """
settings.TIMEOUT = 0.1
began = time.monotonic()
list(new_client.molecule.filter())
say([settings.NEW_CLIENT_TIMEOUT, time.monotonic() - began])
"""
    timeout, took_s = alone(code)
    assert timeout is None
    assert took_s > 1.4


def test_ours_gives_up_in_time(faulty: Any, make_transport: Any) -> None:
    faulty.serve("/chembl/molecule.json", lambda heard: heard.wait(5))
    began = time.monotonic()
    with pytest.raises(SourceUnavailable):
        read(make_transport(limits=Limits(total_s=0.5, connect_s=0.2, read_s=0.3)))
    assert time.monotonic() - began < 2


async def test_a_question_that_is_given_up_leaves_no_thread_behind(faulty: Any, fast: Any) -> None:
    asked = threading.Event()

    def stall(heard: Any) -> None:
        asked.set()
        heard.wait(5)

    faulty.serve("/chembl/molecule.json", stall)
    began = time.monotonic()
    async with fast.session() as session:
        task = asyncio.create_task(read_officially(Question(MOLECULE), session.fetch, ""))
        await asyncio.to_thread(asked.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await asyncio.get_running_loop().shutdown_default_executor()
    assert time.monotonic() - began < 3


# Beside a program's own use, and its errors ---------------------------------------------------------------------------


def test_settings_of_a_program_that_uses_it_too_stay_as_they_are(fifty_five: Any, fast: Any) -> None:
    from chembl_webresource_client.settings import Settings

    before = {
        name: getattr(Settings.Instance(), name) for name in ("NEW_CLIENT_URL", "CACHING", "MAX_LIMIT", "TOTAL_RETRIES")
    }
    read(fast)
    assert {name: getattr(Settings.Instance(), name) for name in before} == before
    assert is_installed()


def test_every_error_of_the_client_becomes_one_of_ours() -> None:
    import requests
    from chembl_webresource_client import http_errors

    expected: list[tuple[Exception, type[BiocopilotError]]] = [
        (requests.ConnectionError("refused"), SourceUnavailable),
        (requests.Timeout("slow"), SourceUnavailable),
        (requests.exceptions.RetryError("too many 404"), SourceUnavailable),
        (requests.exceptions.JSONDecodeError("Expecting value", "<html>", 0), BadReply),
        (json.JSONDecodeError("Expecting value", "<html>", 0), BadReply),
        (KeyError("page_meta"), BadReply),
        (AttributeError("chunk"), BadReply),
        (http_errors.HttpNotFound("http://x", "y"), NotFound),
        (http_errors.HttpGone("http://x", "y"), NotFound),
        (http_errors.HttpBadRequest("http://x", "y"), BadReply),
        (http_errors.HttpTooManyRequests("http://x", "y"), RateLimited),
        (http_errors.HttpApplicationError("http://x", "\x1b[2J\n"), SourceUnavailable),
        (http_errors.HttpForbidden("http://x", "y"), SourceUnavailable),
    ]
    for error, kind in expected:
        ours = as_ours(error)
        assert type(ours) is kind, error
        assert not {"\n", "\x1b"} & set(ours.message)
    for kind_of_theirs in http_errors.status_to_exception.values():
        assert isinstance(as_ours(kind_of_theirs("http://x", "y")), (SourceUnavailable, NotFound))
    already = RateLimited("wait")
    assert as_ours(already) is already


def test_an_error_inside_the_client_is_ours_outside(
    fifty_five: Any, fast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any) -> Any:
        raise KeyError("molecules")

    monkeypatch.setattr(official._Response, "json", broken)
    with pytest.raises(BadReply, match="could not be read by the official client"):
        read(fast)
