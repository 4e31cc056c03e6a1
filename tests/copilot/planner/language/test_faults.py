from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.copilot.planner.language.faults import fault_of
from biocopilot.copilot.planner.language.telling import unavailable
from biocopilot.model.errors import ContextOverflow, NotEnoughMemory


class Reply:
    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.status_code, self.headers = status, headers or {}


class APIStatusError(Exception):
    """As the clients of OpenAI and Anthropic raise it."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.message = message
        self.response = Reply(status, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (429, "Rate limit reached", "busy"),
        (500, "boom", "server"),
        (503, "overloaded", "server"),
        (408, "slow", "server"),
        (401, "no", "key"),
        (403, "no", "key"),
        (404, "The model `x` does not exist", "model"),
        (400, "This model's maximum context length is 8192 tokens", "window"),
        (400, "the request exceeds the available context size (n_ctx 4096)", "window"),
        (400, "prompt is too long: 210000 tokens > 200000 maximum", "window"),
        (500, "input is too long: exceeds the context size", "window"),
        (413, "payload too large", "window"),
        (400, "registry.ollama.ai/library/gemma does not support tools", "no_tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', "no_tools"),
        (500, "tools param requires --jinja flag", "no_tools"),
        (400, "Unrecognized request argument supplied: tools", "no_tools"),
        (400, "'response_format' of type 'json_schema' is not supported with this model", "no_schema"),
        (422, "messages.0.role: bad", "request"),
    ],
)
def test_a_status_and_its_words_say_what_to_do(status: int, said: str, kind: str) -> None:
    fault = fault_of(APIStatusError(status, said))
    assert fault is not None
    assert fault.kind == kind
    assert fault.text == f"HTTP {status}: {said}"
    assert fault.worth_waiting is (kind in ("busy", "server"))


class APITimeoutError(Exception):
    pass


class ConnectError(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (APITimeoutError("Request timed out."), "stalled"),
        (ConnectError("refused"), "unreachable"),
        (ConnectionResetError("reset"), "unreachable"),
        (ContextOverflow("4,200 tokens; the window has 4,096."), "window"),
        (NotEnoughMemory("13.5 GB are needed."), "memory"),
    ],
)
def test_an_exception_without_a_status_is_known_by_its_name(error: Exception, kind: str) -> None:
    fault = fault_of(error)
    assert fault is not None
    assert fault.kind == kind


def test_an_error_of_ours_is_no_fault() -> None:
    assert fault_of(ZeroDivisionError("odd")) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.25", 0.25), ("Tue, 24 Nov 2026 12:00:30 GMT", 30.0), ("soon", None), ("-3", 0.0)],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    fault = fault_of(APIStatusError(429, "slow", retry_after=header), datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert fault is not None
    assert fault.wait_s == seconds


@pytest.mark.parametrize("secret", ["sk-proj-abc123def456", "hf_abcdefghij", "Bearer eyJhbGciOi.x.y", "gsk_abcdefgh12"])
def test_no_key_is_in_what_is_told(secret: str) -> None:
    fault = fault_of(APIStatusError(401, f"Incorrect API key provided: {secret}"))
    assert fault is not None
    assert secret.split()[-1] not in fault.text
    assert secret.split()[-1] not in str(unavailable("openai:x", fault))


def test_control_characters_and_length_are_cut() -> None:
    fault = fault_of(APIStatusError(500, "\x1b[31mred\x1b[0m\n\nlines " + "x" * 5_000))
    assert fault is not None
    assert "\x1b" not in fault.text
    assert "\n" not in fault.text
    assert len(fault.text) < 400


def test_every_kind_has_its_words() -> None:
    from typing import get_args

    from biocopilot.copilot.planner.language.faults import Fault, FaultKind

    for kind in get_args(FaultKind):
        error: Any = unavailable("openai:x", Fault(kind, "said"))
        assert error.message.startswith("openai:x ")
        assert error.hint
