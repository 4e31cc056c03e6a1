"""Fetching official files: from a local server that breaks off, lies about sizes, changes the file, and leads elsewhere."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import (
    BadReply,
    HostRefused,
    InvalidInput,
    OfflineRefused,
    SourceUnavailable,
    StorageError,
)
from biocopilot.memory.stores import building, download
from biocopilot.memory.stores.building import Progress, only_one
from biocopilot.memory.stores.download import DOWNLOADS, pull

BODY = bytes(range(256)) * 4_000
SHA = hashlib.sha256(BODY).hexdigest()
MD5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()


def _fault_server() -> Any:
    path = Path(__file__).parents[2] / "tools" / "sources" / "conftest.py"
    spec = importlib.util.spec_from_file_location("fault_server_for_downloads", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.FaultServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    opened = _fault_server()()
    yield opened
    opened.close()
    assert not opened.troubles


@pytest.fixture
def official(server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same server in the place of the services."""
    moved = {
        name: replace(
            item,
            base=f"{server.base}/{name}/" + ("" if item.base.endswith("/") else item.base.rsplit("/", 1)[1]),
            hosts=frozenset(("127.0.0.1",)),
        )
        for name, item in DOWNLOADS.items()
    }
    monkeypatch.setattr(download, "DOWNLOADS", moved)
    return server


def ranged(
    body: bytes = BODY, *, cuts: tuple[int, ...] = (), etag: str = '"one"', honours: bool = True
) -> Callable[[Any], None]:
    """Serves a file with Range and If-Range, hanging up after as many bytes as `cuts` says, call by call."""
    left = list(cuts)

    def answer(heard: Any) -> None:
        asked, start, status = heard.headers.get("range", ""), 0, "200 OK"
        if honours and asked and heard.headers.get("if-range") == etag:
            start, status = int(asked.removeprefix("bytes=").rstrip("-")), "206 Partial Content"
        head = f"HTTP/1.1 {status}\r\nETag: {etag}\r\nContent-Length: {len(body) - start}\r\n"
        if start:
            head += f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}\r\n"
        end = start + left.pop(0) if left else len(body)
        heard.send(f"{head}\r\n".encode() + body[start:end])

    return answer


def fetch(folder: Path, url: str, **given: Any) -> download.Fetched:
    return pull("uniprot", folder, url=url, sleep=lambda _s: None, **given)


def test_a_file_is_fetched_whole_and_its_checksum_compared(server: Any, tmp_path: Path) -> None:
    server.serve("/x.dat.gz", BODY)
    seen: list[Progress] = []
    for checksum in (SHA, MD5, SHA.upper()):
        found = fetch(tmp_path, f"{server.base}/x.dat.gz", checksum=checksum, report=seen.append)
        assert found.path.read_bytes() == BODY
        assert found.bytes == len(BODY)
    assert seen[-1].stage == "checking x.dat.gz"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".uniprot.lock", "x.dat.gz"]
    assert server.count() == 1  # what lies there with the right checksum is not fetched again


def test_a_connection_that_breaks_off_is_taken_up_where_it_was(server: Any, tmp_path: Path) -> None:
    server.serve("/x.gz", ranged(cuts=(300_000, 200_000, 1)))
    assert fetch(tmp_path, f"{server.base}/x.gz", checksum=SHA).path.read_bytes() == BODY
    assert [heard.headers.get("range") for heard in server.heard] == [
        None,
        "bytes=300000-",
        "bytes=500000-",
        "bytes=500001-",
    ]


def test_a_later_call_goes_on_and_a_changed_file_begins_anew(server: Any, tmp_path: Path) -> None:
    server.serve("/x.gz", ranged(cuts=(300_000, 0, 0, 0, 0, 0)))
    with pytest.raises(SourceUnavailable, match="broke off 6 times") as caught:
        fetch(tmp_path, f"{server.base}/x.gz")
    assert "goes on" in caught.value.hint
    assert not (tmp_path / "x.gz").exists()
    newer = BODY[::-1]
    server.serve("/x.gz", ranged(newer, etag='"two"'))
    assert fetch(tmp_path, f"{server.base}/x.gz").path.read_bytes() == newer
    assert server.heard[-1].headers["if-range"] == '"one"'


def test_a_server_that_knows_no_ranges_is_read_from_the_start(server: Any, tmp_path: Path) -> None:
    server.serve("/x.gz", ranged(cuts=(300_000,), honours=False))
    assert fetch(tmp_path, f"{server.base}/x.gz", checksum=SHA).path.read_bytes() == BODY


def test_without_a_validator_it_begins_anew(server: Any, tmp_path: Path) -> None:
    half = lambda heard: heard.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY[:1_000])  # noqa: E731  # a route
    server.serve("/x.gz", half, BODY)
    assert fetch(tmp_path, f"{server.base}/x.gz", checksum=SHA).path.read_bytes() == BODY
    assert all("range" not in heard.headers for heard in server.heard)


@pytest.mark.parametrize("status", [416, 503, 429])
def test_a_busy_server_is_asked_again_and_an_unfit_range_given_up(server: Any, tmp_path: Path, status: int) -> None:
    server.serve("/x.gz", ranged(cuts=(300_000,)))
    server.serve("/x.gz", ranged(cuts=(300_000,)), server.answer("no", status), ranged())
    assert fetch(tmp_path, f"{server.base}/x.gz", checksum=SHA).path.read_bytes() == BODY


def test_another_part_than_asked_for_is_not_taken(server: Any, tmp_path: Path) -> None:
    wrong = lambda heard: heard.send(  # noqa: E731  # a route
        b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 7-9/10\r\nContent-Length: 3\r\n\r\nabc"
    )
    server.serve("/x.gz", ranged(cuts=(300_000,)), wrong, ranged())
    assert fetch(tmp_path, f"{server.base}/x.gz", checksum=SHA).path.read_bytes() == BODY


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_is_not_repeated(server: Any, tmp_path: Path, status: int) -> None:
    server.serve("/x.gz", server.answer("no", status))
    with pytest.raises(SourceUnavailable, match=str(status)):
        fetch(tmp_path, f"{server.base}/x.gz")
    assert server.count() == 1


def test_a_wrong_checksum_keeps_nothing_and_never_replaces_what_was_there(server: Any, tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(b"the old one")
    server.serve("/x.gz", ranged())
    with pytest.raises(BadReply, match="checksum"):
        fetch(tmp_path, f"{server.base}/x.gz", checksum="0" * 64)
    assert (tmp_path / "x.gz").read_bytes() == b"the old one"
    assert not list(tmp_path.glob("*.part*"))


def test_a_reply_without_a_length_or_beyond_it_is_refused(server: Any, tmp_path: Path) -> None:
    server.serve("/x.gz", lambda heard: heard.send(b"HTTP/1.1 200 OK\r\n\r\n" + BODY))
    with pytest.raises(BadReply, match="how long it is"):
        fetch(tmp_path, f"{server.base}/x.gz")
    server.serve("/y.gz", lambda heard: heard.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"))
    with pytest.raises(BadReply, match="999,999,999,999"):
        fetch(tmp_path, f"{server.base}/y.gz")


def test_free_space_is_looked_at_before(server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.serve("/x.gz", BODY)
    monkeypatch.setattr(building.shutil, "disk_usage", lambda _folder: type("Usage", (), {"free": 1_000}))
    with pytest.raises(StorageError, match=r"has 0\.0 MB free"):
        fetch(tmp_path, f"{server.base}/x.gz")
    assert not (tmp_path / "x.gz.part").exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x.gz",
        "ftp://example.org/x.gz",
        "file:///etc/passwd",
        "x.gz",
        "https://",
        "http://127.0.0.1.evil.org/x",
    ],
)
def test_only_https_is_fetched_from(tmp_path: Path, url: str) -> None:
    with pytest.raises(HostRefused):
        fetch(tmp_path, url)


@pytest.mark.parametrize(
    "to", ["http://example.org/x.gz", "https://example.org/x.gz", "file:///etc/passwd", "http://localhost/x.gz"]
)
def test_a_redirect_to_another_host_is_refused(server: Any, tmp_path: Path, to: str) -> None:
    server.serve("/x.gz", server.answer("", 302, location=to))
    with pytest.raises(HostRefused):
        fetch(tmp_path, f"{server.base}/x.gz")


def test_redirects_within_the_host_are_followed_but_not_for_ever(server: Any, tmp_path: Path) -> None:
    server.serve("/x.gz", server.answer("", 302, location="/y.gz"))
    server.serve("/y.gz", BODY)
    assert fetch(tmp_path, f"{server.base}/x.gz").path.name == "x.gz"
    server.serve("/y.gz", server.answer("", 302, location="/y.gz"))
    with pytest.raises(BadReply, match="without end"):
        fetch(tmp_path, f"{server.base}/x.gz")


@pytest.mark.parametrize("path", ["/", "/..", "/.hidden", "/a%00b"])
def test_a_file_name_that_is_none_is_refused(server: Any, tmp_path: Path, path: str) -> None:
    with pytest.raises(InvalidInput, match="name of a file"):
        fetch(tmp_path, f"{server.base}{path}")


def test_offline_opens_no_connection(server: Any, tmp_path: Path) -> None:
    with pytest.raises(OfflineRefused):
        fetch(tmp_path / "new", f"{server.base}/x.gz", offline=True)
    assert server.count() == 0
    assert not (tmp_path / "new").exists()


def test_a_wrong_checksum_argument_and_a_second_process_are_told(server: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="64 hexadecimal"):
        fetch(tmp_path, f"{server.base}/x.gz", checksum="abc")
    with only_one(tmp_path / ".uniprot.lock", "x"), pytest.raises(StorageError, match="the download of UniProt"):
        fetch(tmp_path, f"{server.base}/x.gz")


def test_nobody_there_is_unavailable(server: Any, tmp_path: Path) -> None:
    base = server.base
    server.close()
    with pytest.raises(SourceUnavailable, match="broke off"):
        fetch(tmp_path, f"{base}/x.gz")


# The official files --------------------------------------------------------------------------------------------------


def test_chembl_is_found_by_its_list_of_checksums(official: Any, tmp_path: Path) -> None:
    lines = f"{'0' * 64}  chembl_36.sdf.gz\n{SHA}  chembl_36_sqlite.tar.gz\n{'1' * 64}  chembl_36_mysql.tar.gz\n"
    official.serve("/chembl/checksums.txt", lines)
    official.serve("/chembl/chembl_36_sqlite.tar.gz", ranged(cuts=(100_000,)))
    found = pull("chembl", tmp_path, sleep=lambda _s: None)
    assert (found.path.name, found.checksum) == ("chembl_36_sqlite.tar.gz", f"sha256:{SHA}")
    assert pull("chembl", tmp_path, sleep=lambda _s: None).already_there


METALINK = """<?xml version="1.0"?><metalink><version>2025_04</version><files>
<file name="uniprot_trembl.dat.gz"><size>1</size><verification><hash type="md5">{zero}</hash></verification></file>
<file name="uniprot_sprot.dat.gz"><size>{size}</size><verification><hash type="md5">{md5}</hash></verification></file>
</files></metalink>"""


def test_uniprot_is_found_by_its_metalink_and_its_release_noted(official: Any, tmp_path: Path) -> None:
    official.serve("/uniprot/RELEASE.metalink", METALINK.format(zero="0" * 32, size=len(BODY), md5=MD5))
    official.serve("/uniprot/uniprot_sprot.dat.gz", BODY)
    found = pull("uniprot", tmp_path, sleep=lambda _s: None)
    assert found.checksum == f"md5:{MD5}"
    assert (tmp_path / "uniprot_sprot.dat.gz.release").read_text("utf-8") == "2025_04\n"


def test_a_size_other_than_the_stated_one_is_refused(official: Any, tmp_path: Path) -> None:
    official.serve("/uniprot/RELEASE.metalink", METALINK.format(zero="0" * 32, size=17, md5=MD5))
    official.serve("/uniprot/uniprot_sprot.dat.gz", BODY)
    with pytest.raises(BadReply, match="17 are stated"):
        pull("uniprot", tmp_path, sleep=lambda _s: None)


@pytest.mark.parametrize(
    ("route", "error"),
    [("<html>maintenance</html>", BadReply), (b"\xff" * 6_000_000, BadReply), (None, SourceUnavailable)],
)
def test_a_list_that_is_none_is_told(official: Any, tmp_path: Path, route: Any, error: type[Exception]) -> None:
    official.serve("/chembl/checksums.txt", route if route is not None else official.answer("no", 500))
    with pytest.raises(error):
        pull("chembl", tmp_path, sleep=lambda _s: None)


def test_hgnc_states_no_checksum(official: Any, tmp_path: Path) -> None:
    official.serve("/hgnc/hgnc_complete_set.txt", b"hgnc_id\tsymbol\n")
    found = pull("hgnc", tmp_path, sleep=lambda _s: None)
    assert (found.path.name, found.checksum, found.bytes) == ("hgnc_complete_set.txt", "", 15)


def test_the_official_addresses_are_https_on_their_own_hosts() -> None:
    for item in DOWNLOADS.values():
        host = item.base.removeprefix("https://").partition("/")[0]
        assert item.base.startswith("https://")
        assert item.hosts == {host}
