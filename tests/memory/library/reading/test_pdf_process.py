"""The process that reads PDFs: killed when it takes too long, started anew, and never left behind."""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import FileRefused, WorkerDied
from biocopilot.memory.library.reading import pdf_worker
from biocopilot.memory.library.reading.pdf_process import PdfProcess

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("pdf_making.py")))
Put, pdf, whole = MADE["Put"], MADE["pdf"], MADE["whole"]
FINE: bytes = pdf([[Put(60, 700, "Some text of a page.")]])


def endless() -> bytes:
    """One page that draws a form twenty times, which draws another one twenty times, and so on."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [6 0 R] /Count 1 >>", b"<< >>", b"<< >>", b"<< >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 7 0 R /Resources << /XObject << /F 8 0 R >> >> >>",
    ]  # fmt: skip
    drawn = b"/F Do " * 20
    for number in range(7, 14):
        inner = b"/Type /XObject /Subtype /Form /Resources << /XObject << /F %d 0 R >> >>" % (number + 1)
        objects.append(b"<< %b /Length %d >>\nstream\n%b\nendstream" % (inner, len(drawn), drawn))
    objects.append(b"<< /Type /XObject /Subtype /Form /Length 0 >>\nstream\n\nendstream")
    made: bytes = whole(objects)
    return made


@pytest.fixture
def process() -> Iterator[PdfProcess]:
    opened = PdfProcess(silence_s=20)
    yield opened
    opened.close()


def gone(pid: int) -> bool:
    """Whether the process has ended, or ends within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat")
            if state.is_file() and state.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_one_process_reads_one_file_after_another(process: PdfProcess) -> None:
    assert process.document(FINE, "x.pdf")["parts"] == [[1, "page", "Some text of a page."]]
    first = process.pid
    with pytest.raises(FileRefused):
        process.document(b"%PDF-1.4 nothing", "x.pdf")
    assert process.document(FINE, "x.pdf")["parts"] == [[1, "page", "Some text of a page."]]
    assert process.pid == first is not None


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    process = PdfProcess(silence_s=1.0)
    process.document(FINE, "x.pdf")
    pid = process.pid
    started = time.monotonic()
    with pytest.raises(FileRefused, match=r"^slow\.pdf took too long at page 1 and was given up\."):
        process.document(endless(), "slow.pdf")
    assert time.monotonic() - started < 5
    assert pid is not None
    assert gone(pid)
    process.silence_s = 20
    assert process.document(FINE, "x.pdf")["parts"]
    process.close()


def test_pages_that_are_slow_together_are_given_up_too() -> None:
    process = PdfProcess(silence_s=1.5, page_s=-0.5)
    with pytest.raises(FileRefused, match="took too long"):
        process.document(pdf([[Put(60, 700, "A page.")]] * 50), "x.pdf")
    process.close()


def test_a_process_that_dies_is_told_and_replaced(process: PdfProcess) -> None:
    process.document(FINE, "x.pdf")
    pid = process.pid
    assert pid is not None
    threading.Timer(0.5, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(FileRefused, match=r"^x\.pdf ended the process that reads it at page 1\."):
        process.document(endless(), "x.pdf")
    assert process.document(FINE, "x.pdf")["parts"]


def test_one_that_ended_while_idle_is_replaced_without_a_word(process: PdfProcess) -> None:
    process.document(FINE, "x.pdf")
    pid = process.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert process.document(FINE, "x.pdf")["parts"]
    assert process.pid != pid


def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_is_read(
    process: PdfProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hook = tmp_path / "sitecustomize.py"
    hook.write_text(
        "import sys\n"
        "if any('pdf_worker' in item for item in sys.orig_argv):\n"
        "    from biocopilot.memory.library.reading import pdf_document\n"
        "    def hungry(data, name, progress, engine):\n"
        "        progress(1)\n"
        "        if name == 'large.pdf':\n"
        "            bytearray(3_000_000_000)\n"
        "        return {'parts': [], 'front': {}, 'notes': []}\n"
        "    pdf_document.document_of = hungry\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(FileRefused, match=r"^large\.pdf takes more memory than is allowed\."):
        process.document(FINE, "large.pdf")
    assert process.document(FINE, "small.pdf")["parts"] == []


def test_a_key_press_that_interrupts_ends_the_process(process: PdfProcess) -> None:
    process.document(FINE, "x.pdf")
    pid = process.pid
    assert pid is not None
    threading.Timer(0.5, signal.pthread_kill, (threading.get_ident(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        process.document(endless(), "x.pdf")
    assert gone(pid)
    assert process.pid is None


def test_none_is_left_behind_when_its_parent_is_killed() -> None:
    program = (
        "import sys, threading, time\n"
        "from biocopilot.memory.library.reading.pdf_process import PdfProcess\n"
        "process = PdfProcess()\n"
        "data = sys.stdin.buffer.read()\n"
        "threading.Thread(target=process.document, args=(data, 'x.pdf'), daemon=True).start()\n"
        "while process.pid is None: time.sleep(0.01)\n"
        "time.sleep(0.5)\n"
        "print(process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(endless())
        parent.stdin.close()
        pid = int(parent.stdout.readline())
        parent.kill()
    assert gone(pid)


def test_it_gets_no_secrets(process: PdfProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    process.document(FINE, "x.pdf")
    environment = Path(f"/proc/{process.pid}/environ")
    if not environment.is_file():
        pytest.skip("this system does not show what a process was given")
    assert b"secret" not in environment.read_bytes()


def test_a_process_that_cannot_be_started_is_told(process: PdfProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(WorkerDied, match="cannot be started"):
        process.document(FINE, "x.pdf")


def test_it_ends_when_it_has_had_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"import {pdf_worker.__name__} as worker; worker.IDLE_S = 0.2; worker.main()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.wait(10) == 0
