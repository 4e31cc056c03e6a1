from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from biocopilot.tools.registry import all_tools

ROOT = Path(__file__).parents[2]
DOCUMENTS = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if path.exists()]
FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[tuple[str, str]]:
    """Each fenced block of that language, with a name for it."""
    return [
        (f"{path.name}-{number}", hit["body"])
        for path in DOCUMENTS
        for number, hit in enumerate(FENCE.finditer(path.read_text("utf-8")), 1)
        if hit["language"] == language
    ]


def commands() -> list[tuple[str, str]]:
    """Each `$ biocopilot …` line of a console block, continued lines joined, once."""
    found: dict[str, str] = {}
    for name, body in blocks("console"):
        for line in body.replace("\\\n", " ").splitlines():
            if line.startswith("$ biocopilot"):
                found.setdefault(line.removeprefix("$ "), name)
    return [(name, command) for command, name in found.items()]


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={
            **os.environ,
            "BIOCOPILOT_HOME": str(folder / "home"),
            "BIOCOPILOT_OFFLINE": "true",  # no test asks the world
            "PYTHONUTF8": "1",
        },
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the documents' commands run, one after another, as their reader would type them."""
    made = tmp_path_factory.mktemp("reader")
    (made / "home").mkdir()
    (made / "list.smi").write_text("CCO ethanol\nCC(=O)O acetic_acid\nc1ccccc1O phenol\n", "utf-8")
    (made / "list.md").write_text("# Reading list\n\nQuokkas eat leaves of 12 kinds.\n", "utf-8")
    shutil.copy(ROOT / "examples" / "kinases.yaml", made)
    (made / "targets.txt").write_text("EGFR\nBTK  # mine\n", "utf-8")
    (made / "vendor.csv").write_text(
        "id,smiles\n1,CC(=O)Oc1ccccc1C(=O)O\n2,no molecule\n3,CC(=O)Nc1ccc(O)cc1\n", "utf-8"
    )
    first = run([sys.executable, "-m", "biocopilot.copilot", "ask", "--offline", "MW of ibuprofen?"], made)
    assert first.returncode == 0, first.stderr  # so that `runs show last` has a run to show
    return made


@pytest.mark.parametrize(("name", "body"), [pytest.param(*block, id=block[0]) for block in blocks("python")])
def test_python_block_runs(name: str, body: str, folder: Path) -> None:
    if "langchain" in body:
        pytest.importorskip("langchain_core")
    if "await " in body or "async for" in body:
        indented = "".join(f"    {line}" for line in body.splitlines(keepends=True))
        body = f"import asyncio\nasync def main():\n{indented}\nasyncio.run(main())\n"
    done = run([sys.executable, "-c", body], folder)
    assert done.returncode == 0, f"{name}\n{done.stderr}"


@pytest.mark.parametrize(("name", "command"), [pytest.param(*item, id=item[1][:60]) for item in commands()])
def test_console_command_works(name: str, command: str, folder: Path) -> None:
    words = shlex.split(command, comments=True)
    assert not {"|", ">", "&&"} & set(words), f"{name}: the test runs single commands"
    done = run([sys.executable, "-m", "biocopilot.copilot", *words[1:]], folder)
    tool = all_tools().get(words[3]) if words[1:3] == ["tools", "run"] else None
    if tool is not None and tool.needs_network:
        assert (done.returncode, done.stderr.startswith("Refused: offline: ")) == (5, True), done.stderr
        return
    if words[1:2] in ([], ["tui"]):
        assert (done.returncode, "This is no terminal" in done.stderr) == (2, True), done.stderr
        return
    assert done.returncode in (0, 3, 4), f"{command}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    assert done.stdout.strip(), command


PAGES = [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]


def test_paths_that_a_document_names_exist() -> None:
    for path in PAGES:
        if path.name == "CONTRIBUTING.md":
            continue  # names files that are to be made; tests/house reads that page
        for name in re.findall(
            r"`((?:copilot|memory|tools|model|tests|docs|examples|benchmarks)/[\w./-]*)`", path.read_text("utf-8")
        ):
            assert (ROOT / name).exists(), f"{path.name} names {name}"


def test_links_between_documents_lead_somewhere() -> None:
    for path in PAGES:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"
