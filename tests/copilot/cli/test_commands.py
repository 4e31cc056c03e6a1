from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from biocopilot.copilot.cli.commands import app
from biocopilot.copilot.cli.failures import DEBUG_VARIABLE, Commands, apologise
from biocopilot.memory.errors import Cancelled, InvalidStructure, SourceUnavailable, VerificationFailed
from typer.testing import CliRunner

Command = Callable[..., subprocess.CompletedProcess[str]]

DOCUMENT = Path(__file__).parents[3] / "docs" / "commands.md"


def leaves(command: Any, path: tuple[str, ...] = ("biocopilot",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with the words that call it."""
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from leaves(child, (*path, name))
    else:
        yield path, command


def section(path: tuple[str, ...]) -> str:
    """The part of the document under the command's heading."""
    text = DOCUMENT.read_text("utf-8")
    heading = f"`{' '.join(path)}"
    starts = [i for i, line in enumerate(text.splitlines()) if line.startswith("#") and heading in line]
    assert starts, f"docs/commands.md has no heading with {heading}"
    lines = text.splitlines()[starts[0] + 1 :]
    ends = [i for i, line in enumerate(lines) if line.startswith("#")]
    return "\n".join(lines[: ends[0]] if ends else lines)


LEAVES = list(leaves(typer.main.get_command(app)))


@pytest.mark.parametrize(("path", "command"), [pytest.param(*leaf, id=" ".join(leaf[0][1:])) for leaf in LEAVES])
def test_every_command_and_option_is_documented_in_its_own_words(path: tuple[str, ...], command: Any) -> None:
    if (command.help or "").startswith("Not yet"):
        assert f"`{' '.join(path)}`" in DOCUMENT.read_text("utf-8")
        return
    said = section(path)
    for parameter in command.params:
        flags = [flag for flag in parameter.opts if flag.startswith("--")]
        for flag in flags:
            assert f"`{flag}" in said, f"{' '.join(path)} {flag}"
        if parameter.help and flags != ["--help"]:
            assert parameter.help in said, f"{' '.join(path)}: {parameter.help}"


def test_documented_commands_and_options_exist() -> None:
    known = {flag for _path, command in LEAVES for parameter in command.params for flag in parameter.opts}
    import re

    for flag in re.findall(r"^\| `(--[a-z-]+)", DOCUMENT.read_text("utf-8"), re.MULTILINE):
        assert flag in known, flag


@pytest.mark.parametrize("words", [("mcp", "--http", "1")])
def test_planned_commands_say_not_yet_and_exit_with_2(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Not yet")


@pytest.mark.parametrize("words", [(), ("tui", "--offline")])
def test_the_interface_is_not_opened_where_there_is_no_terminal(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, list(words))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "biocopilot ask" in done.stderr


def test_help_names_every_command() -> None:
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    for path, _command in LEAVES:
        assert path[1] in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_version_is_the_installed_one(biocopilot: Command) -> None:
    from importlib.metadata import version

    assert biocopilot("--version").stdout == f"biocopilot {version('biocopilot')}\n"


@pytest.mark.parametrize(
    "words",
    [("nope",), ("ask",), ("ask", "--json", "--plain", "x"), ("ask", "--nope", "x"), ("ask", "--seconds", "0", "x")],
)
def test_usage_errors_exit_with_2_and_no_traceback(biocopilot: Command, words: tuple[str, ...]) -> None:
    done = biocopilot(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidStructure("C1CC is no structure.", "Close the ring."), 2),
        (SourceUnavailable("The store is gone.", "Install again."), 5),
        (VerificationFailed("A claim fails."), 6),
        (Cancelled("Stopped."), 130),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_become_their_text_and_exit_code(error: BaseException, code: int) -> None:
    failing = typer.Typer(cls=Commands)

    @failing.command("one")
    def one() -> None:
        raise error

    @failing.command("two")
    def two() -> None:
        pass

    done = CliRunner().invoke(failing, ["one"])
    assert done.exit_code == code
    assert done.stdout == ""
    if not isinstance(error, KeyboardInterrupt):
        title, _, rest = done.stderr.partition(": ")
        assert title == error.title  # type: ignore[attr-defined]  # a BiocopilotError
        assert rest.startswith(error.message)  # type: ignore[attr-defined]  # likewise


def test_our_own_mistake_is_one_line_unless_debugging(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DEBUG_VARIABLE, raising=False)
    assert apologise(RuntimeError("odd\x1b[31m\nthing")) == 1
    said = capsys.readouterr().err
    assert "RuntimeError: odd thing" in said
    assert "\x1b" not in said
    monkeypatch.setenv(DEBUG_VARIABLE, "1")
    try:
        raise RuntimeError("odd")
    except RuntimeError as error:
        apologise(error)
    assert "Traceback" in capsys.readouterr().err


def test_an_unforeseen_exception_in_a_process_shows_no_traceback(home: Path) -> None:
    script = (
        "import sys; sys.argv = ['biocopilot', 'config', 'show']\n"
        "import biocopilot.copilot.settings as settings\n"
        "def broken(): raise ZeroDivisionError('secretly')\n"
        "settings.load_settings = broken\n"
        "from biocopilot.copilot.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_config_show_tells_value_and_origin(biocopilot: Command, home: Path) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "config.toml").write_text("seconds = 60\n", "utf-8")
    text = biocopilot("config", "show", BIOCOPILOT_CALLS="7").stdout
    assert re.search(r"^seconds +60\.0  \(file\)$", text, re.MULTILINE)
    assert re.search(r"^calls +7  \(environment\)$", text, re.MULTILINE)
    assert max(len(line) for line in text.splitlines() if line.startswith(" ")) <= 80
    found = json.loads(biocopilot("config", "show", "--json").stdout)
    assert found["settings"]["seconds"] == {"value": 60.0, "from": "file"}
    assert found["settings"]["repeated"] == {"value": 2, "from": "default"}


def test_a_wrong_setting_stops_a_question_with_2(biocopilot: Command) -> None:
    done = biocopilot("ask", "MW of ibuprofen?", BIOCOPILOT_PLANER="embedded")
    assert done.returncode == 2
    assert "Did you mean BIOCOPILOT_PLANNER?" in done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_and_a_full_device_leave_no_traceback(
    home: Path, unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)

    def shell(behind: str) -> subprocess.CompletedProcess[str]:
        command = f"{shlex.quote(sys.executable)} -m biocopilot.copilot config show {behind}"
        return subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)

    assert shell("| true").stderr == ""
    if Path("/dev/full").exists():
        full = shell("> /dev/full")
        assert full.returncode == 5
        assert full.stderr.startswith("Output lost")
