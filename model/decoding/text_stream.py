"""Text of an answer while its tokens come: only whole characters, and nothing that may be the begin of a stop string."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["TextStream"]

_INCOMPLETE = "�"
_LONGEST_CHARACTER = 4  # bytes of UTF-8, each a token where the tokenizer falls back to bytes


class TextStream:
    """Turns token ids into pieces of text whose sum is the text of all ids, cut before the first stop string.

    Args:
        decode: text of ids, such as `tokenizer.decode`. A prefix's text may only differ at its end from the whole's.
        stop: strings that end the text, none of which is part of it. The last `len(longest) - 1` characters wait until it
            is known that none of these begins there.
        before: ids in front of the answer, of which no text comes; they tell a tokenizer whether a blank is to come first.
    """

    def __init__(
        self, decode: Callable[[list[int]], str], stop: Sequence[str] = (), before: Sequence[int] = ()
    ) -> None:
        if any(not text for text in stop):
            raise ValueError("a stop string is empty")
        self._decode = decode
        self._stop = tuple(stop)
        self._hold = max((len(text) for text in stop), default=1) - 1
        # What is decoded at each token: an id already told, which says whether a blank is to come, and those behind it.
        self._window = list(before)
        self._told = decode(self._window) if before else ""  # the window's text that was handed on
        self._waiting = ""
        self.text = ""
        """All that was handed out."""
        self.stopped = False
        """A stop string came; nothing comes any more."""

    def push(self, token: int) -> str:
        """A further token: the text that is now certain, often empty."""
        if self.stopped:
            return ""
        self._window.append(token)
        return self._hand_out(self._fresh(), self._hold)

    def end(self) -> str:
        """No token comes any more: the rest, with the replacement character for a character that was never finished."""
        if self.stopped:
            return ""
        return self._hand_out(self._decode(self._window)[len(self._told) :], 0)

    def pieces(self, tokens: Iterable[int]) -> Iterator[str]:
        """The pieces of text, without empty ones; tokens behind a stop string are not asked for."""
        for token in tokens:
            if piece := self.push(token):
                yield piece
            if self.stopped:
                return
        if piece := self.end():
            yield piece

    def _fresh(self) -> str:
        """The window's text that was not handed on and is certain."""
        text = self._decode(self._window)
        alone = self._decode(self._window[-1:])
        is_text = bool(alone) and _INCOMPLETE not in alone
        if not text.startswith(self._told) and not is_text:
            return ""  # an unfinished character spoils, in some tokenizers, the finished ones of bytes before it
        tail = text[len(self._told) :]
        whole = tail.rstrip(_INCOMPLETE)
        if len(tail) - len(whole) >= _LONGEST_CHARACTER:
            whole = tail  # such bytes will not become a character
        if whole and whole == tail:
            self._shorten(is_text)
        else:
            self._told += whole
        return whole

    def _shorten(self, last_is_text: bool) -> None:
        """Keep one id of what is told, so that a long answer does not cost its length at each token.

        It is one that is text by itself: bytes of a finished character would spoil the bytes behind them.
        """
        alone = self._decode(self._window[:1])
        if last_is_text:
            self._window = self._window[-1:]
        elif alone and _INCOMPLETE not in alone:
            self._window = self._window[:1]
        self._told = self._decode(self._window)

    def _hand_out(self, fresh: str, hold: int) -> str:
        waiting = self._waiting + fresh
        found = [at for text in self._stop if (at := waiting.find(text)) >= 0]
        if found:
            self.stopped, self._waiting = True, ""
            piece = waiting[: min(found)]
        else:
            cut = max(0, len(waiting) - hold)
            piece, self._waiting = waiting[:cut], waiting[cut:]
        self.text += piece
        return piece
