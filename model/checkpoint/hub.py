"""Fetches a model from the Hugging Face hub: resumable, each file to the byte and the checksum that the hub states for it.

The revision is pinned when the files are listed, so that all of them belong together. HF_ENDPOINT names another hub or a mirror, and
HF_TOKEN is sent to that host alone, never to where it redirects. Needs no torch.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx

from ..errors import DownloadFailed
from .catalogue import KnownModel, Remote

__all__ = ["Hub", "RemoteFile"]

Progress = Callable[[str, int, int], None]

_ENDPOINT = "https://huggingface.co"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ATTEMPTS = 6
_LONGEST_WAIT_S = 60.0
_MOST_REDIRECTS = 6
_MOST_LISTING = 20_000_000
_SPARE_BYTES = 200_000_000
_SAFE_PATH = re.compile(r"[\w.+-]+(/[\w.+-]+)*", re.ASCII)
_AGAIN = "The same command goes on from what has come."


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository at one revision."""

    repository: str
    revision: str
    path: str
    target: str
    """Where it goes, below the model's folder."""
    bytes: int
    checksum: str
    """`sha256:…`, or `git:…` for a small file, which the hub states by git's own hash."""

    @property
    def sha256(self) -> str:
        """Its SHA-256 in hexadecimal; empty where the hub states another hash."""
        kind, _, digits = self.checksum.partition(":")
        return digits if kind == "sha256" else ""


class _Broken(Exception):
    """The connection ended before the file did, or the hub asks to come again; what came is kept."""

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class Hub:
    """A hub, and the way to it.

    Args:
        environ: where HF_ENDPOINT and HF_TOKEN stand.
        sleep: how to wait between attempts.
        timeout_s: for how long a silent connection is waited for.
    """

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        timeout_s: float = 60.0,
    ) -> None:
        environ = os.environ if environ is None else environ
        self.endpoint = environ.get("HF_ENDPOINT", "").strip().rstrip("/") or _ENDPOINT
        self._token = environ.get("HF_TOKEN", "").strip()
        self._sleep = sleep
        _check_address(self.endpoint)
        headers = {"User-Agent": "biocopilot (models pull)", "Accept-Encoding": "identity"}
        self._client = httpx.Client(headers=headers, timeout=httpx.Timeout(timeout_s, connect=20.0))

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def files_of(self, model: KnownModel) -> list[RemoteFile]:
        """Every file that the model needs, at the newest revisions.

        Raises:
            DownloadFailed: the hub does not answer, does not have the repository, or asks for a token.
        """
        return [file for remote in model.remotes for file in self._listed(remote)]

    def fetch(self, files: Sequence[RemoteFile], folder: Path, progress: Progress) -> None:
        """Fetch files into a folder, passing over those that are there.

        Args:
            files: what `files_of` listed.
            folder: of the model; made where it is missing.
            progress: told the file, and bytes done and in all.

        Raises:
            DownloadFailed: no room on the disk, or one of the files could not be had whole; what came is kept.
        """
        total, done = sum(file.bytes for file in files), 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _check_space(files, folder)
            for file in files:
                target = folder / file.target
                target.parent.mkdir(parents=True, exist_ok=True)
                self._fetch_one(file, target, partial(_told, progress, file.path, done, total))
                done += file.bytes
                progress(file.path, done, total)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise DownloadFailed(
                f"{folder} cannot be written: {error.strerror}.", _AGAIN if full else "Mend its permissions."
            ) from error

    def _listed(self, remote: Remote) -> list[RemoteFile]:
        url = f"{self.endpoint}/api/models/{remote.repository}/revision/main?blobs=true"
        content = self._persistent(lambda: self._json(url, remote.repository))
        try:
            revision, siblings = str(content["sha"]), list(content["siblings"])
            found = [_remote_file(remote, revision, item) for item in siblings]
        except (KeyError, TypeError, ValueError) as error:
            raise DownloadFailed(
                f"{url} answered with something other than a list of files: {error}.",
                "Check HF_ENDPOINT, or try later.",
            ) from error
        wanted = _chosen(remote, found)
        if not wanted:
            raise DownloadFailed(
                f"{remote.repository} has none of the files that are needed.",
                "Get them elsewhere: biocopilot models add.",
            )
        return wanted

    def _json(self, url: str, repository: str) -> Any:
        with self._opened(url, {}) as reply:
            _check_status(reply, repository)
            data = b""
            for block in reply.iter_raw():
                data += block
                if len(data) > _MOST_LISTING:
                    raise DownloadFailed(f"{url} is too long for a list of files.", "Check HF_ENDPOINT, or try later.")
        try:
            return json.loads(data)
        except ValueError as error:
            raise DownloadFailed(
                f"{url} answered with no JSON: {error}.", "Check HF_ENDPOINT, or try later."
            ) from error

    def _fetch_one(self, file: RemoteFile, target: Path, got: Callable[[int], None]) -> None:
        if target.is_file() and target.stat().st_size == file.bytes and _digest(target, file) == file.checksum:
            return
        part = part_of(target, file)

        damaged = 0

        def attempt() -> None:
            nonlocal damaged
            self._append(file, part, got)
            if _digest(part, file) != file.checksum:
                part.unlink()
                damaged += 1
                why = f"{file.path} arrived with another checksum than the hub states"
                if damaged > 1:
                    raise DownloadFailed(
                        f"{why}, {damaged} times.", "Nothing of it was kept. Try later, or check HF_ENDPOINT."
                    )
                raise _Broken(why)

        self._persistent(attempt, lambda: part.stat().st_size if part.exists() else 0)
        os.replace(part, target)

    def _append(self, file: RemoteFile, part: Path, got: Callable[[int], None]) -> None:
        have = part.stat().st_size if part.exists() else 0
        if have > file.bytes:
            part.unlink()
            have = 0
        if have == file.bytes and part.exists():
            return
        url = f"{self.endpoint}/{file.repository}/resolve/{file.revision}/{quote(file.path)}"
        with self._opened(url, {"Range": f"bytes={have}-"} if have else {}) as reply:
            if reply.status_code == 416:
                part.unlink(missing_ok=True)
                raise _Broken("the hub has another file of that name")
            _check_status(reply, file.repository)
            if have and reply.status_code == 200:
                have = 0  # it sends the whole file instead of the rest
            elif have and not reply.headers.get("content-range", "").startswith(f"bytes {have}-"):
                part.unlink()
                raise _Broken("another part came than was asked for")
            with part.open("r+b" if have else "wb") as out:
                out.seek(have)
                # As they come: what gathers to a larger block is lost when the connection ends.
                for block in reply.iter_raw():
                    have += len(block)
                    if have > file.bytes:
                        raise _Broken(f"{file.path} goes on after its stated end")
                    out.write(block)
                    got(have)
                out.flush()
                os.fsync(out.fileno())
        if have < file.bytes:
            raise _Broken(f"{file.path} ended after {have:,} of {file.bytes:,} bytes")

    def _persistent(self, work: Callable[[], Any], have: Callable[[], int] = lambda: 0) -> Any:
        """Try again while something comes; after that many attempts in vain, give up."""
        why, wait, vain, attempt = "", 0.0, 0, 0
        while vain < _ATTEMPTS:
            if attempt:
                self._sleep(max(wait, min(2.0**vain, 30.0)))
            before = have()
            attempt += 1
            try:
                return work()
            except _Broken as error:
                why, wait = str(error), error.wait_s
            except httpx.HTTPError as error:
                why, wait = str(error) or type(error).__name__, 0.0
            vain = 0 if have() > before else vain + 1
        raise DownloadFailed(
            f"{urlsplit(self.endpoint).hostname} was tried {attempt} times: {why}.", f"Try later. {_AGAIN}"
        )

    @contextlib.contextmanager
    def _opened(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """A reply whose body is not read yet; redirects are followed, without the token where they leave the hub."""
        home = urlsplit(self.endpoint).netloc
        for _ in range(_MOST_REDIRECTS + 1):
            _check_address(url)
            sent = dict(headers)
            if self._token and urlsplit(url).netloc == home:
                sent["Authorization"] = f"Bearer {self._token}"
            reply = self._client.send(self._client.build_request("GET", url, headers=sent), stream=True)
            try:
                if not reply.is_redirect:
                    yield reply
                    return
                url = urljoin(url, reply.headers.get("location", ""))
            finally:
                reply.close()
        raise DownloadFailed(f"{self.endpoint} leads from one address to the next without end.", "Check HF_ENDPOINT.")


def _told(progress: Progress, name: str, before: int, total: int, got: int) -> None:
    progress(name, before + got, total)


def part_of(target: Path, file: RemoteFile) -> Path:
    """Where a file is gathered; its name says which content it is part of."""
    return target.with_name(f"{target.name}.{file.checksum.partition(':')[2][:16]}.part")


def _remote_file(remote: Remote, revision: str, item: Any) -> RemoteFile:
    path, large = str(item["rfilename"]), item.get("lfs")
    if not _SAFE_PATH.fullmatch(path) or ".." in path.split("/") or not re.fullmatch(r"[0-9a-f]{7,64}", revision):
        raise ValueError(f"a file named {path!r} at {revision!r}"[:200])
    checksum = f"sha256:{large['sha256']}" if large else f"git:{item['blobId']}"
    if not re.fullmatch(r"sha256:[0-9a-f]{64}|git:[0-9a-f]{40}", checksum):
        raise ValueError(f"{path} without a checksum")
    size = int(large["size"] if large else item["size"])
    target = f"{remote.folder}/{path}" if remote.folder else path
    return RemoteFile(remote.repository, revision, path, target, size, checksum)


def _chosen(remote: Remote, files: Sequence[RemoteFile]) -> list[RemoteFile]:
    wanted = {file.path: file for file in files if _matches(file.path, remote.patterns)}
    weights: list[RemoteFile] = []
    for alternative in remote.alternatives:
        weights = [file for file in files if _matches(file.path, alternative.split("|"))]
        if weights:
            break
    if remote.alternatives and not weights:
        return []
    return list({**wanted, **{file.path: file for file in weights}}.values())


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) and path.count("/") == pattern.count("/") for pattern in patterns)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise DownloadFailed(
            f"{url[:200]} is no https address.", "Give an address that begins with https:// (HF_ENDPOINT)."
        )


def _check_status(reply: httpx.Response, repository: str) -> None:
    status = reply.status_code
    if status in (200, 206):
        return
    if status in (401, 403):
        raise DownloadFailed(
            f"The hub does not give {repository} to everyone (it answered with {status}).",
            f"Accept its terms at https://huggingface.co/{repository}, and set HF_TOKEN to a token of yours.",
        )
    if status == 404:
        raise DownloadFailed(
            f"The hub has no {repository}, or no longer this file.", "Get it elsewhere, then: biocopilot models add."
        )
    if status in (429, 500, 502, 503, 504):
        stated = reply.headers.get("retry-after", "")
        raise _Broken(f"it answered with {status}", min(float(stated), _LONGEST_WAIT_S) if stated.isdigit() else 0.0)
    raise DownloadFailed(
        f"The hub answered with {status} when asked for {repository}.", "Try later, or check HF_ENDPOINT."
    )


def _check_space(files: Sequence[RemoteFile], folder: Path) -> None:
    missing = 0
    for file in files:
        target = folder / file.target
        part = part_of(target, file)
        have = target if target.is_file() else part
        missing += max(0, file.bytes - (have.stat().st_size if have.is_file() else 0))
    free = shutil.disk_usage(folder).free
    if missing and missing + _SPARE_BYTES > free:
        raise DownloadFailed(
            f"{missing / 1e9:.1f} GB are to come, and {folder} has {free / 1e9:.1f} GB free.",
            "Free some space, or name a folder on another disk: weights.folder in the configuration.",
        )


def _digest(path: Path, file: RemoteFile) -> str:
    kind = file.checksum.partition(":")[0]
    digest = hashlib.sha256() if kind == "sha256" else hashlib.sha1(usedforsecurity=False)
    if kind == "git":
        digest.update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as opened:
        while block := opened.read(1 << 20):
            digest.update(block)
    return f"{kind}:{digest.hexdigest()}"
