"""An answer that ends too early: no schema lets a grammar's answer be cut, yet half a call must never pass for a whole one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
pytest.importorskip("llguidance", reason="needs llguidance (biocopilot[biomedgpt])")

from biocopilot.model.chat.offered import Offer, offer_of
from biocopilot.model.chat.reply import Deadline, chunks_of, message_of
from biocopilot.model.chat.speaker import Sampling, Speaker, Speech
from biocopilot.model.grammar import Bounds

FIND: dict[str, Any] = {
    "function": {
        "name": "find",
        "parameters": {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]},
    }
}
CALL = '{"tool":"find","args":{"x":"EGFR and more"}}'


@pytest.fixture
def spoken(scripted: Callable[..., Any]) -> Callable[..., Speech]:
    """`spoken(text, 9)`: the answer of a model that says the text, cut after so many tokens."""

    def made(text: str, most: int, offer: Offer | None = None) -> Speech:
        calls = offer or offer_of([FIND], "auto", None, 300, Bounds())
        return Speech(Speaker(scripted(text)), [1], most, calls, ())

    return made


def length_of(spoken: Callable[..., Speech], text: str) -> int:
    """Tokens that a text takes here."""
    whole = spoken(text, 300)
    list(whole.tokens(Sampling(), None))
    assert whole.ended
    return whole.spoken


def test_half_a_call_is_invalid_with_the_reason(spoken: Callable[..., Speech]) -> None:
    full = length_of(spoken, CALL)
    for most in range(1, full):
        message = message_of(spoken(CALL, most), Sampling(), Deadline(None, None), "m")
        assert not message.tool_calls
        (broken,) = message.invalid_tool_calls
        assert broken["error"] == f"cut off after {most} tokens"
        assert CALL.find(broken["args"] or "") >= 0
        assert message.response_metadata["finish_reason"] == "length"
    assert broken["name"] == "find"
    assert len(message_of(spoken(CALL, full), Sampling(), Deadline(None, None), "m").tool_calls) == 1


def test_half_a_call_in_pieces_is_invalid_too(spoken: Callable[..., Speech]) -> None:
    whole: Any = None
    for piece in chunks_of(spoken(CALL, length_of(spoken, CALL) - 1), Sampling(), Deadline(None, None), "m"):
        whole = piece if whole is None else whole + piece
    assert not whole.tool_calls
    (broken,) = whole.invalid_tool_calls
    assert broken["args"].startswith("(cut off after ")


def test_half_an_answer_is_its_first_half(spoken: Callable[..., Speech]) -> None:
    said = '{"answer":"one \\"two\\" three"}'
    message = message_of(spoken(said, length_of(spoken, said) - 2), Sampling(), Deadline(None, None), "m")
    assert str(message.content).startswith('one "two"')
    assert not message.invalid_tool_calls
    assert message.response_metadata["finish_reason"] == "length"


def test_a_cancelled_answer_says_so(spoken: Callable[..., Speech]) -> None:
    cancel = threading.Event()
    speech, said = spoken("one two three", 50, Offer()), []
    for piece in chunks_of(speech, Sampling(), Deadline(cancel, None), "m"):
        said.append(piece)
        cancel.set()
    assert said[-1].response_metadata["finish_reason"] == "cancelled"
    assert speech.spoken < 6
