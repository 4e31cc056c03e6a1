"""`tui --plain` and `serve`: a question a line, and a page on loopback for this machine's own eyes."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from biocopilot.copilot.cli.commands import app
from biocopilot.copilot.cli.interface import _checked_keys
from biocopilot.copilot.cli.serving import _programs_ended
from biocopilot.memory.errors import InvalidSetting
from typer.testing import CliRunner


def lines(*words: str, given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "biocopilot.copilot", "tui", "--plain", "--offline", *words],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_plain_answers_a_question_a_line_and_follows_up(home: Path) -> None:
    done = lines(given="MW of ibuprofen?\n\n/help\nand aspirin?\n/quit\nMW of caffeine?\n")
    assert done.returncode == 0
    assert "206.28" in done.stdout
    assert "180.16" in done.stdout
    assert "194.19" not in done.stdout
    assert "✓ molecule_properties" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_plain_leaves_by_ctrl_c_at_the_prompt_without_a_traceback(home: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "biocopilot.copilot", "tui", "--plain", "--offline"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdin is not None
    program.stdin.write("MW of ibuprofen?\n")
    program.stdin.flush()
    assert program.stdout is not None
    assert "206.28" in program.stdout.readline()
    program.send_signal(signal.SIGINT)  # at the prompt: leaves
    _out, err = program.communicate(timeout=30)
    assert "Traceback" not in err


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def test_serve_shows_a_page_on_loopback_refuses_other_sites_and_stops(home: Path) -> None:
    pytest.importorskip("textual_serve")
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "biocopilot.copilot", "serve", "--port", str(port), "--offline"],
        stderr=subprocess.PIPE, text=True, env={**os.environ},
    )  # fmt: skip
    try:
        status, text = 0, ""
        for _ in range(150):
            try:
                status, text = get(port)
                break
            except OSError:
                time.sleep(0.2)
        assert status == 200
        assert "textual.js" in text
        assert get(port, Origin="http://elsewhere.example")[0] == 403
        assert get(port, Host="elsewhere.example")[0] == 403
    finally:
        server.send_signal(signal.SIGINT)
        _out, err = server.communicate(timeout=30)
    assert f"http://127.0.0.1:{port}" in err
    assert "Traceback" not in err


def get(port: int, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/", headers=headers)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


async def test_serve_waits_for_the_programs_of_its_pages(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.new_event_loop()

    async def page() -> None:
        program = await asyncio.create_subprocess_shell("exec >&-; sleep 0.4", stdout=asyncio.subprocess.PIPE)
        assert program.stdout is not None
        await program.stdout.read()  # its output is closed, as a page's is; the process lives on
        await _programs_ended()

    def work() -> None:
        loop.run_until_complete(page())
        loop.close()

    await asyncio.to_thread(work)
    await asyncio.sleep(0.6)
    assert "is closed" not in caplog.text


def test_serve_without_its_extra_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    done = CliRunner().invoke(app, ["serve"])
    assert done.exit_code == 5
    assert 'pip install "biocopilot[serve]"' in done.stderr


def test_serve_on_a_port_that_is_taken_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = CliRunner().invoke(app, ["serve", "--port", str(taken.getsockname()[1])])
    assert done.exit_code != 0
    assert "is taken" in done.stderr


def test_keys_are_checked_by_the_names_of_commands() -> None:
    assert _checked_keys({"/trace": "ctrl+t, f8"}) == {"trace": "ctrl+t,f8"}
    with pytest.raises(InvalidSetting, match="no command 'trase'") as told:
        _checked_keys({"trase": "f8"})
    assert "trace" in told.value.hint
