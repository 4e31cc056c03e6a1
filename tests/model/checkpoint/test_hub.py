from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from biocopilot.model.checkpoint.catalogue import MODELS, KnownModel, Remote
from biocopilot.model.checkpoint.hub import Hub, RemoteFile, part_of
from biocopilot.model.errors import DownloadFailed

SHA = "0123456789abcdef0123456789abcdef01234567"
WEIGHTS = bytes(range(256)) * 400
SMALL = b'{"model_type": "llama"}'
MODEL = KnownModel(
    "m", "M", "tests", (Remote("org/m", ("config.json",), alternatives=("*.safetensors*", "*.bin*")),), ()
)


@dataclass
class Served:
    """What the server has, how it misbehaves, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=lambda: {"config.json": SMALL, "model.safetensors": WEIGHTS})
    stated: dict[str, str] = field(default_factory=dict)
    """Checksums that are not the file's own."""
    cut_after: list[int] = field(default_factory=list)
    """For each of the next downloads, after how many bytes it breaks off."""
    statuses: list[int] = field(default_factory=list)
    """Answers to the next requests, instead of what was asked for."""
    whole: bool = False
    """Whether ranges are ignored."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Path, Range and Authorization of each request."""
    url: str = ""


def git_hash(data: bytes) -> str:
    return hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()


def listing(served: Served) -> dict[str, Any]:
    found = []
    for name, data in served.files.items():
        item: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": git_hash(data)}
        if not name.endswith(".json"):
            digest = served.stated.get(name, hashlib.sha256(data).hexdigest())
            item |= {"blobId": "0" * 40, "lfs": {"sha256": digest, "size": len(data), "pointerSize": 134}}
        found.append(item)
    return {"id": "org/m", "sha": SHA, "siblings": found}


class Handler(BaseHTTPRequestHandler):
    served: Served

    def log_message(self, *_: Any) -> None:
        """Be quiet."""

    def do_GET(self) -> None:
        served, path = self.served, self.path.partition("?")[0]
        served.asked.append((self.path, self.headers.get("Range", ""), self.headers.get("Authorization", "")))
        if served.statuses:
            return self._plain(served.statuses.pop(0), b"", **{"Retry-After": "7"})
        if path == "/api/models/org/m/revision/main":
            return self._plain(200, json.dumps(listing(served)).encode())
        name = path.rpartition("/")[2]
        if path == f"/org/m/resolve/{SHA}/{name}" and name in served.files:
            if name.endswith(".json"):
                return self._plain(200, served.files[name])
            return self._plain(
                302, b"", Location=f"http://localhost:{self.server.server_address[1]}/cdn/{name}?signed=1"
            )
        if path.startswith("/cdn/") and name in served.files:
            return self._ranged(served.files[name])
        return self._plain(404, b'{"error":"Repository not found"}')

    def _plain(self, status: int, data: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _ranged(self, data: bytes) -> None:
        begins = int(self.headers.get("Range", "bytes=0-")[6:].rstrip("-"))
        if self.served.whole:
            begins = 0
        self.send_response(206 if begins else 200)
        if begins:
            self.send_header("Content-Range", f"bytes {begins}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - begins))
        self.end_headers()
        rest = data[begins:]
        if self.served.cut_after:
            rest = rest[: self.served.cut_after.pop(0)]
            self.close_connection = True
        self.wfile.write(rest)


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    handler = type("Bound", (Handler,), {"served": made})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hub(served: Served) -> Iterator[Hub]:
    made = Hub({"HF_ENDPOINT": served.url, "HF_TOKEN": "hf_secret"}, sleep=lambda _s: None, timeout_s=5)
    yield made
    made.close()


Fetch = Callable[[], list[RemoteFile]]


@pytest.fixture
def fetch(hub: Hub, tmp_path: Path) -> Fetch:
    def run() -> list[RemoteFile]:
        files = hub.files_of(MODEL)
        hub.fetch(files, tmp_path / "m", lambda *_: None)
        return files

    return run


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_model_is_fetched_whole_and_nothing_else_is_left(fetch: Fetch, tmp_path: Path) -> None:
    files = fetch()
    assert content(tmp_path / "m") == {"config.json": SMALL, "model.safetensors": WEIGHTS}
    assert {file.path: file.sha256 for file in files} == {
        "config.json": "", "model.safetensors": hashlib.sha256(WEIGHTS).hexdigest(),
    }  # fmt: skip


def test_every_file_is_asked_for_at_the_revision_that_was_listed(fetch: Fetch, served: Served) -> None:
    fetch()
    assert all(f"/resolve/{SHA}/" in path for path, *_ in served.asked if "resolve" in path)


def test_the_token_goes_to_the_hub_and_not_to_where_it_redirects(fetch: Fetch, served: Served) -> None:
    fetch()
    by_place = {path.split("/")[1]: token for path, _range, token in served.asked}
    assert by_place == {"api": "Bearer hf_secret", "org": "Bearer hf_secret", "cdn": ""}


def test_what_breaks_off_goes_on_from_where_it_was(fetch: Fetch, served: Served, tmp_path: Path) -> None:
    served.cut_after = [30_000, 40_000]
    fetch()
    assert content(tmp_path / "m")["model.safetensors"] == WEIGHTS
    ranges = [asked_range for path, asked_range, _ in served.asked if path.startswith("/cdn")]
    assert ranges == ["", "bytes=30000-", "bytes=70000-"]


def test_a_later_command_goes_on_too(fetch: Fetch, served: Served, tmp_path: Path) -> None:
    served.cut_after = [20_000] + [0] * 6
    with pytest.raises(DownloadFailed, match="was tried 7 times") as caught:
        fetch()
    assert "goes on from what has come" in caught.value.hint
    served.cut_after, served.asked = [], []
    fetch()
    assert content(tmp_path / "m")["model.safetensors"] == WEIGHTS
    assert [asked_range for path, asked_range, _ in served.asked if path.startswith("/cdn")] == ["bytes=20000-"]


def test_a_server_that_ignores_ranges_sends_it_all_again(fetch: Fetch, served: Served, tmp_path: Path) -> None:
    served.cut_after, served.whole = [30_000], True
    fetch()
    assert content(tmp_path / "m")["model.safetensors"] == WEIGHTS


def test_what_is_there_is_not_fetched_again(fetch: Fetch, served: Served) -> None:
    fetch()
    served.asked = []
    fetch()
    assert [path for path, *_ in served.asked if not path.startswith("/api")] == []


def test_a_damaged_file_on_the_disk_is_fetched_again(fetch: Fetch, tmp_path: Path) -> None:
    fetch()
    (tmp_path / "m" / "model.safetensors").write_bytes(b"x" + WEIGHTS[1:])
    fetch()
    assert content(tmp_path / "m")["model.safetensors"] == WEIGHTS


def test_a_wrong_checksum_is_refused_and_nothing_of_it_stays(fetch: Fetch, served: Served, tmp_path: Path) -> None:
    served.stated["model.safetensors"] = "f" * 64
    with pytest.raises(DownloadFailed, match="another checksum than the hub states, 2 times"):
        fetch()
    assert content(tmp_path / "m") == {"config.json": SMALL}


def test_a_small_file_is_checked_by_gits_hash(fetch: Fetch, served: Served, hub: Hub, tmp_path: Path) -> None:
    files = hub.files_of(MODEL)
    served.files["config.json"] = SMALL.replace(b"llama", b"lLama")
    with pytest.raises(DownloadFailed, match=r"config\.json arrived with another checksum"):
        hub.fetch(files, tmp_path / "m", lambda *_: None)


@pytest.mark.parametrize(
    ("status", "said", "hint"),
    [
        (401, "does not give org/m to everyone", "HF_TOKEN"),
        (403, "does not give org/m to everyone", "HF_TOKEN"),
        (404, "has no org/m", "models add"),
        (418, "answered with 418", "HF_ENDPOINT"),
    ],
)
def test_refusals_are_told_with_what_to_do(status: int, said: str, hint: str, fetch: Fetch, served: Served) -> None:
    served.statuses = [status]
    with pytest.raises(DownloadFailed, match=said) as caught:
        fetch()
    assert hint in caught.value.hint
    assert len(served.asked) == 1


def test_a_busy_hub_is_asked_again_after_the_time_that_it_states(served: Served, tmp_path: Path) -> None:
    waited: list[float] = []
    hub = Hub({"HF_ENDPOINT": served.url}, sleep=waited.append, timeout_s=5)
    served.statuses = [429, 503]
    hub.fetch(hub.files_of(MODEL), tmp_path / "m", lambda *_: None)
    hub.close()
    assert waited == [7.0, 7.0]


def test_a_hub_that_is_not_there(tmp_path: Path) -> None:
    hub = Hub({"HF_ENDPOINT": "http://127.0.0.1:9"}, sleep=lambda _s: None, timeout_s=1)
    with pytest.raises(DownloadFailed, match=r"127\.0\.0\.1 was tried 6 times"):
        hub.files_of(MODEL)
    hub.close()


def test_an_address_without_https_is_refused() -> None:
    with pytest.raises(DownloadFailed, match="no https address"):
        Hub({"HF_ENDPOINT": "http://mirror.example"})


@pytest.mark.parametrize(
    "name", ["../evil.safetensors", "/etc/evil.safetensors", "a/../../evil.safetensors", "a\\b.safetensors"]
)
def test_names_that_lead_out_of_the_folder_are_refused(name: str, fetch: Fetch, served: Served) -> None:
    served.files[name] = b"x"
    with pytest.raises(DownloadFailed, match="other than a list of files"):
        fetch()


def test_a_reply_that_is_no_list_is_refused(fetch: Fetch, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "listing", lambda _served: ["what"])
    with pytest.raises(DownloadFailed, match="other than a list of files"):
        fetch()


def test_a_disk_without_room_is_told_before_anything_is_fetched(
    fetch: Fetch, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil._ntuple_diskusage(10**9, 10**9, 1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: full)
    with pytest.raises(DownloadFailed, match=r"has 0\.0 GB free") as caught:
        fetch()
    assert "weights.folder" in caught.value.hint
    assert not [path for path, *_ in served.asked if "resolve" in path]


def test_of_two_forms_of_weights_only_the_first_is_fetched(fetch: Fetch, served: Served, tmp_path: Path) -> None:
    served.files |= {"pytorch_model.bin": b"old", "model.safetensors.index.json": b"{}", "notes.txt": b"x"}
    fetch()
    assert set(content(tmp_path / "m")) == {"config.json", "model.safetensors", "model.safetensors.index.json"}


def test_a_repository_without_weights_is_refused(fetch: Fetch, served: Served) -> None:
    del served.files["model.safetensors"]
    with pytest.raises(DownloadFailed, match="none of the files"):
        fetch()


def test_progress_counts_all_bytes(hub: Hub, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    hub.fetch(hub.files_of(MODEL), tmp_path / "m", lambda *step: told.append(step))
    total = len(SMALL) + len(WEIGHTS)
    assert told[-1] == ("model.safetensors", total, total)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_a_part_of_another_content_is_not_gone_on_with(hub: Hub, served: Served, fetch: Fetch, tmp_path: Path) -> None:
    (file,) = [file for file in hub.files_of(MODEL) if file.sha256]
    folder = tmp_path / "m"
    folder.mkdir()
    other = RemoteFile(file.repository, file.revision, file.path, file.target, file.bytes, f"sha256:{'a' * 64}")
    part_of(folder / file.target, other).write_bytes(b"of another version")
    fetch()
    assert content(folder)["model.safetensors"] == WEIGHTS


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["biomedgpt_10b.pth"], ["biomedgpt_10b.pth"]),
        (
            ["biomedgpt_10b.pth.part1", "biomedgpt_10b.pth.part2"],
            ["biomedgpt_10b.pth.part1", "biomedgpt_10b.pth.part2"],
        ),
        (["data.pkl", "version", "data/0", "data/17"], ["data.pkl", "version", "data/0", "data/17"]),
        (["b/data.pkl", "b/data/0", "x/other"], ["b/data.pkl", "b/data/0"]),
    ],
)
def test_the_official_repository_may_hold_its_weights_in_any_form(
    names: list[str], taken: list[str], hub: Hub, served: Served
) -> None:
    served.files = dict.fromkeys(names, b"x")
    remote = MODELS["biomedgpt-10b"].remotes[0]
    mine = KnownModel("m", "M", "", (Remote("org/m", remote.patterns, alternatives=remote.alternatives),), ())
    assert [file.path for file in hub.files_of(mine)] == taken
