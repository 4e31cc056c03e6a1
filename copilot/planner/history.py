"""What a planner is handed of a session: its newest questions and answers, within two bounds, and as text for a model.

    kept = bounded(turns)
    print(history_text(kept, left_out))

The oldest are left out first, which the text says; what they found stays within reach by its handle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...memory.sessions import Turn

__all__ = ["EARLIER_CHARACTERS", "EARLIER_TURNS", "bounded", "history_text"]

EARLIER_TURNS = 6
"""What is further back nobody means by "it"; a list that was asked for is mostly used up within five questions."""

EARLIER_CHARACTERS = 12_000
"""Some 3,000 tokens: with the tools' schemas and the digests of a question's own calls it fits the 16,000 tokens that
models run at home are mostly given. An answer has about 800 characters, the longest tables some 5,000."""

_CUT = "… (cut here)"
_LEAST_CHARACTERS = 200
"""Of a text that is cut to fit: less tells nothing."""


def bounded(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The newest turns within both bounds, oldest first. The newest alone is cut rather than left out."""
    kept: list[Turn] = []
    left = EARLIER_CHARACTERS
    for turn in reversed(turns[-EARLIER_TURNS:]):
        if len(_text(turn)) > left:
            if not kept:
                kept.append(_fitted(turn, left))
            break
        kept.append(turn)
        left -= len(_text(turn))
    return tuple(reversed(kept))


def history_text(turns: Sequence[Turn], left_out: int = 0) -> str:
    """The turns as a language model reads them, with the handles of their results; empty where there are none."""
    parts = [_text(turn) for turn in turns]
    if left_out:
        which = "question is" if left_out == 1 else "questions are"
        parts.insert(
            0, f"{left_out} earlier {which} left out here; recall_result reaches their results: R1.E1, R1.E2, …\n"
        )
    return "\n".join(parts)


def _text(turn: Turn) -> str:
    name = f"R{turn.number}" if turn.number else "Earlier"
    lines = [f"{name} question: {turn.question}", f"{name} answer ({turn.status}): {turn.answer or 'none'}"]
    lines += [f"{item.handle} {item.tool}: {item.summary}".rstrip(": ") for item in turn.results]
    return "\n".join(lines) + "\n"


def _fitted(turn: Turn, most: int) -> Turn:
    """The turn without its results' lines, and with its texts cut, until it fits."""
    results = turn.results
    while results and len(_text(replace(turn, results=results))) > most:
        results = results[:-1]
    turn = replace(turn, results=results)
    if (over := len(_text(turn)) - most) > 0:
        turn = replace(turn, answer=_shortened(turn.answer, over), cut=True)
    if (over := len(_text(turn)) - most) > 0:
        turn = replace(turn, question=_shortened(turn.question, over), cut=True)
    return turn


def _shortened(text: str, over: int) -> str:
    """`text` without at least `over` of its last characters, ended at a line where one is near: no half of a table's row."""
    kept = text[: max(_LEAST_CHARACTERS, len(text) - over - len(_CUT))]
    line_end = kept.rfind("\n")
    return (kept[:line_end] if line_end > len(kept) // 2 else kept) + _CUT
