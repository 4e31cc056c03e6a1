"""Vectors from an OpenAI-compatible server (`POST …/v1/embeddings`): vLLM, llama.cpp, Ollama, Text Embeddings Inference and others.

What may go wrong on the wire is settled here: a total deadline, a cap on bytes, retries where a repetition can help, no
redirects, so that texts and key go to the address in the settings and nowhere else. A reply is checked before it is used.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import BadReply, InvalidSetting, ModelUnavailable, OfflineRefused, RateLimited
from ...text import clean, shorten
from .server_reply import Malformed, retry_after_s, vectors_of
from .settings import EmbeddingSettings

if TYPE_CHECKING:
    import httpx
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["EmbeddingServer", "ServerLimits"]

_T = TypeVar("_T")
_BACK_OFF_S = 0.5
_PROBE = "dimension"
"""Embedded at the start: no server says how long its vectors are."""
_HINTS = {
    401: "Check the key for it in the settings.",
    403: "Check the key for it in the settings.",
    404: "Check its address, which ends in /v1, and what it calls its model.",
    413: "Its limit on the length of requests is too small.",
}
_CHECK = "Check its address and what it calls its model."


@dataclass(frozen=True)
class ServerLimits:
    """Bounds of one request."""

    total_s: float = 120.0
    """With all its repetitions."""
    read_s: float = 60.0
    connect_s: float = 10.0
    bytes: int = 32_000_000
    attempts: int = 4
    texts: int = 32
    """Text Embeddings Inference takes no more at a time unless told to."""


class _Passing(Exception):
    """An attempt failed in a way that another may mend; `error` is raised when none did."""

    def __init__(self, error: ModelUnavailable | BadReply | RateLimited, wait_s: float | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait_s = wait_s


class EmbeddingServer:
    """One model on one server. It is asked once at the start, so that trouble is told then.

    Args:
        settings: its address, what it calls the model, and the key.
        offline: refuse.
        limits: bounds of one request.
        sleep: waits between attempts; replaced in tests.

    Raises:
        InvalidSetting: no address, or none that can be one; no model.
        OfflineRefused: offline.
        ModelUnavailable: it cannot be reached, or refuses.
        BadReply: it answers with something else than vectors.
        RateLimited: it asks to wait for longer than there is time.
    """

    def __init__(
        self,
        settings: EmbeddingSettings,
        *,
        offline: bool = False,
        limits: ServerLimits | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._url, self._shown = _address(settings.url)
        if not settings.server_model:
            raise InvalidSetting(
                "The embedding server's model is not named.", "Set server_model to what the server calls it."
            )
        if offline:
            raise OfflineRefused(f"The embedding server {self._shown} needs the network.")
        self._model = settings.server_model
        self._key = settings.api_key.get_secret_value()
        self._limits = limits or ServerLimits()
        self._sleep = sleep
        self._closed = False
        self.dimension = 0
        self.dimension = int(self._ask([_PROBE]).shape[1])
        self.name = f"server:{'_'.join(clean(self._model).split())}"
        self.checksum = hashlib.sha256(f"{self.name}\n{self.dimension}\n{self._model}".encode()).hexdigest()
        """Of what is known of the model; not of the address, since a server may move. Its weights cannot be seen."""

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row a text, in the order given. Raises as opening it does."""
        return self._ask(texts)

    def query(self, text: str) -> NDArray[np.float32]:
        """A question's vector; the server is not told that it is one. Raises as opening it does."""
        vector: NDArray[np.float32] = self._ask([text])[0]
        return vector

    def close(self) -> None:
        """Ask no more; no connection is kept between calls."""
        self._closed = True

    def _ask(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._closed:
            raise ModelUnavailable("The embedding server was closed.", "Open the library again.")
        return _run(self._batches(texts))

    async def _batches(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        size = self._limits.texts
        # Halves of surrogate pairs cannot be sent, and an empty input is refused by most servers.
        sent = [text.encode("utf-8", "replace").decode("utf-8") or " " for text in texts]
        async with self._client() as client:
            parts = [await self._batch(client, sent[at : at + size]) for at in range(0, len(sent), size)]
        return np.concatenate(parts) if parts else np.empty((0, self.dimension), np.float32)

    async def _batch(self, client: httpx.AsyncClient, texts: list[str]) -> NDArray[np.float32]:
        """One request, repeated as long as there is time."""
        limits, attempt = self._limits, 0
        try:
            async with asyncio.timeout(limits.total_s) as bound:
                while True:
                    attempt += 1
                    try:
                        return await self._attempt(client, texts)
                    except _Passing as trouble:
                        if attempt >= limits.attempts:
                            raise trouble.error from trouble
                        spread = _BACK_OFF_S * 2 ** (attempt - 1) * (0.5 + random.random())
                        wait_s = spread if trouble.wait_s is None else trouble.wait_s
                        if wait_s > (bound.when() or 0) - asyncio.get_running_loop().time():
                            raise trouble.error from trouble
                        await self._sleep(wait_s)
        except TimeoutError as error:
            if not bound.expired():
                raise
            raise ModelUnavailable(
                f"The embedding server {self._shown} did not answer within {limits.total_s:g} s.", "Is it overloaded?"
            ) from error

    async def _attempt(self, client: httpx.AsyncClient, texts: list[str]) -> NDArray[np.float32]:
        status, headers, body = await self._exchange(client, texts)
        if status == 429 or status == 408 or (status >= 500 and status not in (501, 505)):
            kind = RateLimited if status == 429 else ModelUnavailable
            said = f"asks to be left alone ({status})" if status == 429 else f"failed ({status})"
            error = kind(f"The embedding server {self._shown} {said}{self._quoted(body)}.", "Ask again later.")
            raise _Passing(error, retry_after_s(headers))
        if 300 <= status < 400:
            raise BadReply(
                f"The embedding server {self._shown} sends elsewhere ({status}); nothing was sent there.", _CHECK
            )
        if status != 200:
            raise BadReply(
                f"The embedding server {self._shown} refused the request ({status}){self._quoted(body)}.",
                _HINTS.get(status, _CHECK),
            )
        try:
            return vectors_of(body, len(texts), self.dimension)
        except Malformed as error:
            told = BadReply(f"The embedding server {self._shown}: {error}.", error.hint or _CHECK)
            if error.may_pass:
                raise _Passing(told) from error
            raise told from error

    async def _exchange(self, client: httpx.AsyncClient, texts: list[str]) -> tuple[int, httpx.Headers, bytes]:
        import httpx

        body = json.dumps({"model": self._model, "input": texts, "encoding_format": "float"}).encode()
        held = bytearray()
        try:
            async with client.stream("POST", self._url, content=body) as response:
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise BadReply(f"The embedding server {self._shown} packs its reply, which was not asked for.")
                async for chunk in response.aiter_raw():
                    held += chunk
                    if len(held) > self._limits.bytes:
                        raise BadReply(
                            f"The embedding server {self._shown} sent more than {self._limits.bytes:,} bytes.", _CHECK
                        )
                return response.status_code, response.headers, bytes(held)
        except httpx.RequestError as error:
            why = "stopped answering" if isinstance(error, httpx.TimeoutException) else "cannot be reached"
            why = "broke off its reply" if held or isinstance(error, httpx.RemoteProtocolError) else why
            # Not quoted: the text may hold a proxy's password.
            raise _Passing(ModelUnavailable(f"The embedding server {self._shown} {why}.", "Is it running?")) from error

    def _client(self) -> httpx.AsyncClient:
        import httpx

        headers = {"content-type": "application/json", "accept": "application/json", "accept-encoding": "identity"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        try:
            return httpx.AsyncClient(
                timeout=httpx.Timeout(self._limits.read_s, connect=self._limits.connect_s),
                follow_redirects=False,
                headers=headers,
            )
        except (ValueError, ImportError, OSError, httpx.InvalidURL):
            # Not chained: the text may hold the key or the proxy's password.
            raise InvalidSetting(
                "The key for the embedding server, or the proxy that the environment names, cannot be used.",
                "Look at api_key, HTTPS_PROXY and SSL_CERT_FILE.",
            ) from None

    def _quoted(self, body: bytes) -> str:
        """The beginning of what it says, without the key; nothing of a web page."""
        said = " ".join(clean(body[:4_000].decode("utf-8", "replace")).split())
        if not said or said.startswith("<"):
            return ""
        return f": {shorten(said.replace(self._key, '****') if self._key else said, 160)}"


def _address(given: str) -> tuple[str, str]:
    """Where to send to, and how to call it. Raises InvalidSetting."""
    import httpx

    try:
        url = httpx.URL(given)
    except httpx.InvalidURL as error:
        raise InvalidSetting(
            "The embedding server's address is none.", "It is like http://localhost:8080/v1."
        ) from error
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise InvalidSetting(
            f"The embedding server's address {'is not set' if not given else 'cannot be used'}.",
            "It is like http://localhost:8080/v1, without a user, a query or a fragment; a key has a setting of its own.",
        )
    path = url.path.rstrip("/")
    where = url.copy_with(path=path if path.endswith("/embeddings") else f"{path}/embeddings")
    return str(where), clean(f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}")


def _run(work: Coroutine[Any, Any, _T]) -> _T:
    """Wait for it, also where an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1, "embedding") as pool:
        return pool.submit(asyncio.run, work).result()
