"""Many prompts through one engine: a prompt that ends makes room for the next, and when memory ends, fewer go at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import Tensor

from ..errors import NotEnoughMemory
from .contract import Cancel, Engine, TokenChooser
from .sampling import Picker, checked, likeliest

__all__ = ["Row", "answers"]

T = TypeVar("T")


@dataclass
class Row:
    """A prompt and its answer so far."""

    number: int
    prompt: Tensor  # ids [L] or embeddings [L, E]
    picker: Picker
    choose: TokenChooser | None
    stop_ids: frozenset[int]
    max_new_tokens: int
    answer: list[int] = field(default_factory=list)

    @property
    def position(self) -> int:
        """Where the answer's last token will stand."""
        return len(self.prompt) + len(self.answer) - 1

    @property
    def ended(self) -> bool:
        """Nothing more may come."""
        return len(self.answer) >= self.max_new_tokens or (
            bool(self.answer)
            and (self.answer[-1] in self.stop_ids or (self.choose is not None and self.choose.finished))
        )

    def so_far(self, engine: Engine) -> Tensor:
        """Prompt and answer as one prompt, from which an answer that was broken off goes on."""
        if not self.answer:
            return self.prompt
        answer = torch.tensor(self.answer, device=self.prompt.device)
        return torch.cat((self.prompt, engine.embed(answer) if self.prompt.is_floating_point() else answer))

    def take(self, logits: Tensor) -> int:
        """The next token from logits [V]."""
        return self.taken(self.picker.pick(logits if self.choose is None else self.choose.mask(logits)))

    def taken(self, token: int) -> int:
        """Note the token that was chosen."""
        if self.choose is not None:
            self.choose.accept(token)
        self.answer.append(token)
        return token

    @property
    def plain(self) -> bool:
        """The likeliest token is taken."""
        return self.choose is None and self.picker.sampling.temperature == 0


def answers(
    engine: Engine, rows: Sequence[Row], cancel: Cancel | None, notify: Callable[[str], None]
) -> Iterator[tuple[int, int]]:
    """(number of the row, token) as they come.

    Raises:
        NotEnoughMemory: one prompt at a time, in the smallest pieces, is too much.
    """
    batch = _Batch(engine, rows, notify)
    while batch.waiting or batch.active:
        if cancel is not None and cancel.is_set():
            return
        yield from batch.fill() if batch.has_room else batch.step()


class _Batch:
    def __init__(self, engine: Engine, rows: Sequence[Row], notify: Callable[[str], None]) -> None:
        self.engine, self.notify = engine, notify
        self.waiting = deque(rows)
        self.active: list[Row] = []  # the row in slot i
        self.room = min(len(rows), engine.max_slots)
        self.tokens = max(len(row.prompt) + row.max_new_tokens for row in rows)
        self._open()

    @property
    def has_room(self) -> bool:
        return bool(self.waiting) and len(self.active) < self.room

    def fill(self) -> Iterator[tuple[int, int]]:
        """Put the next prompt into a slot; its first token."""
        row = self.waiting[0]
        logits = _unless_memory_ends(lambda: self.engine.prefill(len(self.active), row.so_far(self.engine)))
        if logits is None:
            self._make_do()
            return
        self.waiting.popleft()
        yield row.number, row.take(logits)
        if not row.ended:
            self.active.append(row)

    def step(self) -> Iterator[tuple[int, int]]:
        """One token for each row."""
        rows = list(self.active)
        logits = _unless_memory_ends(
            lambda: self.engine.step([row.answer[-1] for row in rows], [row.position for row in rows])
        )
        if logits is None:
            self._make_do()
            return
        if all(row.plain for row in rows):  # one journey to the host for all
            tokens = [row.taken(checked(*best)) for row, best in zip(rows, likeliest(logits), strict=True)]
        else:
            tokens = [row.take(logits[slot]) for slot, row in enumerate(rows)]
        for row, token in zip(rows, tokens, strict=True):
            yield row.number, token
        for slot in reversed(range(len(rows))):
            if rows[slot].ended:
                self._clear(slot)

    def _clear(self, slot: int) -> None:
        """The last slot's row moves into the freed one, so that the rows stay in the first slots."""
        last = self.active.pop()
        if slot < len(self.active):
            self.engine.move(len(self.active), slot)
            self.active[slot] = last

    def _open(self) -> None:
        def opened() -> bool:
            self.engine.open(self.room, self.tokens)
            return True

        while not _unless_memory_ends(opened):
            self._less()

    def _make_do(self) -> None:
        """All rows wait, and fewer go on at once; what they answered stays."""
        self.waiting.extendleft(reversed(self.active))
        self.active.clear()
        self._less()
        self._open()

    def _less(self) -> None:
        self.engine.release()
        if torch.cuda.is_initialized():
            torch.cuda.empty_cache()
        if self.room > 1:
            self.room //= 2
            self.notify(f"Memory ran out while decoding; from here on at most {self.room} prompts at once.")
        elif self.engine.smaller():
            self.notify("Memory ran out while decoding; the prompt is read in smaller pieces from here on.")
        else:
            raise NotEnoughMemory(
                f"Memory ran out while decoding one prompt; room for {self.tokens:,} tokens was wanted.",
                "Shorten the prompt or the answer, load the weights in 8 or 4 bits, or end what else uses the memory.",
            )


def _unless_memory_ends(work: Callable[[], T]) -> T | None:
    """What the work gives; None where memory ran out. The error goes, and with it its hold on tensors."""
    try:
        return work()
    except (torch.OutOfMemoryError, MemoryError):
        return None
    except RuntimeError as error:  # torch's allocator for the host has no error of its own
        if "DefaultCPUAllocator" not in str(error):
            raise
        return None
