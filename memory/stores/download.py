"""Fetches the official files: resumable, to the byte and the checksum that the service states, never over what is there.

Hosts are a fixed list, https only, redirects checked again; another address only where the user types it. Not for questions:
live sources have a transport of their own.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote, urljoin, urlsplit

from ..errors import BadReply, HostRefused, InvalidInput, OfflineRefused, SourceUnavailable, StorageError
from .building import Progress, Report, check_space, only_one, quiet

if TYPE_CHECKING:
    import httpx

__all__ = ["DOWNLOADS", "Download", "DownloadName", "Fetched", "pull"]

DownloadName = Literal["chembl", "uniprot", "hgnc"]


@dataclass(frozen=True)
class Download:
    """An official file: where it is listed with its checksum, and where it lies."""

    title: str
    licence: str
    base: str
    """Folder of the files; the file's own address where it ends in no slash."""
    listing: str
    """The file in it that states checksums; empty where there is none."""
    pattern: str
    """The name of the file wanted, as a regular expression."""
    hosts: frozenset[str]


DOWNLOADS: dict[DownloadName, Download] = {
    "chembl": Download(
        "ChEMBL", "CC BY-SA 3.0", "https://ftp.ebi.ac.uk/pub/databases/chembl/ChEMBLdb/latest/", "checksums.txt",
        r"chembl_\d+_sqlite\.tar\.gz", frozenset(("ftp.ebi.ac.uk",)),
    ),
    "uniprot": Download(
        "UniProt", "CC BY 4.0", "https://ftp.uniprot.org/pub/databases/uniprot/current_release/knowledgebase/complete/",
        "RELEASE.metalink", r"uniprot_sprot\.dat\.gz", frozenset(("ftp.uniprot.org",)),
    ),
    "hgnc": Download(
        "HGNC", "CC0 1.0", "https://storage.googleapis.com/public-download-files/hgnc/tsv/tsv/hgnc_complete_set.txt", "",
        r"hgnc_complete_set\.txt", frozenset(("storage.googleapis.com",)),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Fetched:
    """A file that was fetched, or that lay there whole."""

    path: Path
    bytes: int
    checksum: str
    """`sha256:…` or `md5:…` as the service states it; empty where it states none, and then only the size was compared."""
    already_there: bool = False


@dataclass(frozen=True)
class _Wanted:
    url: str
    name: str
    checksum: str = ""
    bytes: int | None = None
    release: str = ""


_CHUNK = 1 << 20
_ATTEMPTS = 6
_READ_S = 60.0
_MOST_LISTING = 5_000_000
_MOST_REDIRECTS = 5
_MOST_BYTES = 200_000_000_000
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def pull(
    name: DownloadName,
    folder: Path,
    *,
    url: str = "",
    checksum: str = "",
    offline: bool = False,
    report: Report = quiet,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Fetch an official file into `folder`, going on where an earlier attempt ended.

    Args:
        name: which.
        folder: where it goes; made where it is missing.
        url: another address, typed by the user; then its host is not checked.
        checksum: what the file's SHA-256 or MD5 must be, in hexadecimal, where `url` is given.
        offline: refuse.
        report: told how far it is.
        sleep: how to wait between attempts.

    Raises:
        OfflineRefused: `offline` is on.
        HostRefused: an address that is none of the known ones, or not https.
        SourceUnavailable: the service does not answer, or breaks off again and again; what came is kept.
        BadReply: what came is not what the service states.
        StorageError: no room, no permission, or another process fetches it.
        InvalidInput: a checksum that is none.
    """
    if offline:
        raise OfflineRefused("Fetching a file needs the network.")
    import httpx

    download = DOWNLOADS[name]
    hosts = _hosts(download, url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made: {error.strerror}.", "Mend its permissions.") from error
    headers = {"User-Agent": "biocopilot (data pull)", "Accept-Encoding": "identity"}
    with (
        only_one(folder / f".{name}.lock", f"the download of {download.title}"),
        httpx.Client(headers=headers, timeout=httpx.Timeout(_READ_S, connect=20.0), trust_env=True) as client,
    ):
        wanted = _from_user(url, checksum) if url else _listed(download, client, hosts)
        return _Fetch(client, wanted, folder, hosts, report, sleep).run()


def _hosts(download: Download, url: str) -> frozenset[str]:
    if not url:
        return download.hosts
    parts = urlsplit(url)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise HostRefused(f"{url} is no https address.", "Give an address that begins with https://.")
    return frozenset((parts.hostname,))


def _from_user(url: str, checksum: str) -> _Wanted:
    if checksum and not re.fullmatch(r"[0-9a-fA-F]{64}|[0-9a-fA-F]{32}", checksum):
        raise InvalidInput(
            "A checksum has 64 hexadecimal digits (SHA-256) or 32 (MD5).", "Copy it from the file's page."
        )
    kind = {64: "sha256:", 32: "md5:", 0: ""}[len(checksum)]
    return _Wanted(url, _file_name(url), kind + checksum.lower())


def _file_name(url: str) -> str:
    name = unquote(urlsplit(url).path).rsplit("/", 1)[-1]
    if not _SAFE_NAME.fullmatch(name):
        raise InvalidInput(f"{url} does not end in the name of a file.", "Give the address of the file itself.")
    return name


def _listed(download: Download, client: httpx.Client, hosts: frozenset[str]) -> _Wanted:
    if not download.listing:
        return _Wanted(download.base, _file_name(download.base))
    text = _read_listing(client, urljoin(download.base, download.listing), hosts)
    metalink = re.search(rf'<file name="({download.pattern})">(.*?)</file>', text, re.DOTALL)
    if metalink:
        size = re.search(r"<size>(\d+)</size>", metalink[2])
        digests = dict(re.findall(r'<hash type="(md5|sha256|sha-256)">([0-9a-fA-F]+)</hash>', metalink[2]))
        digest = next(
            (
                f"{kind.replace('-', '')}:{digests[kind].lower()}"
                for kind in ("sha256", "sha-256", "md5")
                if kind in digests
            ),
            "",
        )
        release = re.search(r"<version>(\d{4}_\d{2})</version>", text)
        return _Wanted(
            urljoin(download.base, metalink[1]),
            metalink[1],
            digest,
            int(size[1]) if size else None,
            release[1] if release else "",
        )
    line = re.search(rf"^([0-9a-f]{{64}}|[0-9a-f]{{32}})\s+\*?(?:\./)?({download.pattern})\s*$", text, re.MULTILINE)
    if line is None:
        raise BadReply(
            f"{download.title}: {download.listing} does not name the file.",
            "Give its address: --url https://…, with --checksum.",
        )
    return _Wanted(urljoin(download.base, line[2]), line[2], f"{'sha256' if len(line[1]) == 64 else 'md5'}:{line[1]}")


def _read_listing(client: httpx.Client, url: str, hosts: frozenset[str]) -> str:
    with _told(url), _opened(client, url, hosts, {}) as reply:
        if reply.status_code != 200:
            raise SourceUnavailable(f"{url} answered with {reply.status_code}.", "Try again later, or give --url.")
        data = b""
        for block in reply.iter_raw():
            data += block
            if len(data) > _MOST_LISTING:
                raise BadReply(f"{url} is too long for a list of checksums.", "Try again later, or give --url.")
    return data.decode("utf-8", "replace")


@contextlib.contextmanager
def _opened(client: httpx.Client, url: str, hosts: frozenset[str], headers: dict[str, str]) -> Iterator[httpx.Response]:
    """A reply whose body is not read yet; redirects are followed to known hosts only."""
    for _ in range(_MOST_REDIRECTS + 1):
        parts = urlsplit(url)
        if parts.hostname not in hosts or not (parts.scheme == "https" or parts.hostname in _LOOPBACK):
            raise HostRefused(
                f"{url} is not an address of {', '.join(sorted(hosts))} over https.", "Nothing was fetched from it."
            )
        request = client.build_request("GET", url, headers=headers)
        reply = client.send(request, stream=True)
        if not reply.is_redirect:
            try:
                yield reply
            finally:
                reply.close()
            return
        url = urljoin(url, reply.headers.get("location", ""))
        reply.close()
    raise BadReply(f"{url} leads from one address to the next without end.", "Try again later, or give --url.")


@contextlib.contextmanager
def _told(url: str) -> Iterator[None]:
    import httpx

    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        said = str(error) or type(error).__name__
        raise SourceUnavailable(
            f"{urlsplit(url).hostname} cannot be reached: {said}.", "Try again later; what came is kept."
        ) from error


class _Broken(Exception):
    """The connection ended before the file did; what came is kept."""


class _Fetch:
    """One file on its way: `NAME.part` with what came, `NAME.part.json` with what it is part of."""

    def __init__(
        self, client: httpx.Client, wanted: _Wanted, folder: Path, hosts: frozenset[str], report: Report,
        sleep: Callable[[float], None],
    ) -> None:  # fmt: skip
        self._client, self._wanted, self._hosts, self._report, self._sleep = client, wanted, hosts, report, sleep
        self._target = folder / wanted.name
        self._part = folder / f"{wanted.name}.part"
        self._about = folder / f"{wanted.name}.part.json"

    def run(self) -> Fetched:
        if self._target.is_file() and self._wanted.checksum and self._digest(self._target) == self._wanted.checksum:
            return Fetched(self._target, self._target.stat().st_size, self._wanted.checksum, already_there=True)
        why = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._sleep(min(2.0**attempt, 30.0))
            before = self._have()
            try:
                total = self._attempt()
                return self._check(total)
            except _Broken as error:
                why = str(error)
                if self._have() > before:
                    continue
        raise SourceUnavailable(
            f"{urlsplit(self._wanted.url).hostname} broke off {_ATTEMPTS} times ({why}).",
            "Try again later: the same command goes on from what has come.",
        )

    def _have(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _attempt(self) -> int:
        import httpx

        have, known = self._have(), self._known()
        headers = {}
        if have and known.get("url") == self._wanted.url and known.get("validator"):
            headers = {"Range": f"bytes={have}-", "If-Range": str(known["validator"])}
        try:
            with _opened(self._client, self._wanted.url, self._hosts, headers) as reply:
                return self._receive(reply, have if headers else 0)
        except httpx.HTTPError as error:
            raise _Broken(str(error) or type(error).__name__) from error

    def _receive(self, reply: httpx.Response, have: int) -> int:
        if reply.status_code in (429, 500, 502, 503, 504):
            raise _Broken(f"it answered with {reply.status_code}")
        if reply.status_code == 416:  # what is here is no part of what is there now
            self._forget()
            raise _Broken("the file there is another one now")
        if reply.status_code not in (200, 206):
            raise SourceUnavailable(
                f"{self._wanted.url} answered with {reply.status_code}.", "Check the address, or try again later."
            )
        start, total = self._extent(reply, have)
        if total is not None and self._wanted.bytes not in (None, total):
            raise BadReply(
                f"{self._wanted.name} has {total:,} bytes there; {self._wanted.bytes:,} are stated.",
                "Try again later: it may be changing.",
            )
        total = total or self._wanted.bytes
        if total is None:
            raise BadReply(f"{self._wanted.url} does not say how long it is.", "Give another address with --url.")
        if total > _MOST_BYTES:
            raise BadReply(f"{self._wanted.url} says that it has {total:,} bytes.", "Give another address with --url.")
        check_space(self._part.parent, total - start)
        # A weak validator does not promise the same bytes.
        tag = reply.headers.get("etag", "")
        validator = tag if tag and not tag.startswith("W/") else reply.headers.get("last-modified", "")
        self._write_about({"url": self._wanted.url, "validator": validator, "bytes": total})
        self._append(reply, start, total)
        return total

    def _extent(self, reply: httpx.Response, have: int) -> tuple[int, int | None]:
        """Where in the file the reply begins, and how long the file is, where that is said."""
        if reply.status_code == 206:
            found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", reply.headers.get("content-range", ""))
            if found is None or int(found[1]) != have:
                self._forget()
                raise _Broken("another part came than was asked for")
            return have, int(found[2])
        length = reply.headers.get("content-length", "")
        return 0, int(length) if length.isdigit() else None

    def _append(self, reply: httpx.Response, start: int, total: int) -> None:
        try:
            with self._part.open("r+b" if start else "wb") as file:
                file.seek(start)
                file.truncate()
                done = start
                for block in reply.iter_raw():
                    done += len(block)
                    if done > total:
                        raise BadReply(
                            f"{self._wanted.url} goes on after its stated end.", "Try again later, or give --url."
                        )
                    file.write(block)
                    self._report(Progress(f"fetching {self._wanted.name}", done, total))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageError(
                    f"The disk is full: {self._part.parent}.", "Free some space; the same command goes on."
                ) from error
            raise StorageError(f"{self._part} cannot be written: {error.strerror}.", "Mend its permissions.") from error
        if done < total:
            raise _Broken(f"after {done:,} of {total:,} bytes")

    def _check(self, total: int) -> Fetched:
        if self._wanted.checksum:
            self._report(Progress(f"checking {self._wanted.name}", 0, 0))
            found = self._digest(self._part)
            if found != self._wanted.checksum:
                self._forget()
                raise BadReply(
                    f"{self._wanted.name} is damaged: its checksum is not the one stated.",
                    "Try again: it is fetched anew.",
                )
        os.replace(self._part, self._target)
        self._about.unlink(missing_ok=True)
        note = self._target.with_name(f"{self._target.name}.release")
        if self._wanted.release:
            note.write_text(f"{self._wanted.release}\n", "utf-8")
        else:
            note.unlink(missing_ok=True)
        return Fetched(self._target, total, self._wanted.checksum)

    def _digest(self, path: Path) -> str:
        kind = self._wanted.checksum.partition(":")[0]
        digest = hashlib.new(kind, usedforsecurity=False)
        with path.open("rb") as file:
            while block := file.read(_CHUNK):
                digest.update(block)
        return f"{kind}:{digest.hexdigest()}"

    def _known(self) -> dict[str, Any]:
        try:
            found = json.loads(self._about.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write_about(self, about: dict[str, Any]) -> None:
        try:
            self._about.write_text(json.dumps(about), "utf-8")
        except OSError as error:
            raise StorageError(f"{self._about} cannot be written: {error.strerror}.", "Free some space.") from error

    def _forget(self) -> None:
        self._part.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)
