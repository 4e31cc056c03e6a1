"""Imports point one way, and nothing heavy is loaded before it is needed."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

PACKAGES = ("memory", "model", "tools", "copilot")
HEAVY = {
    "rdkit", "torch", "transformers", "chromadb", "langchain", "langchain_core", "textual", "pandas", "sklearn", "scipy",
    "Bio", "pint",
}  # fmt: skip
LOADED = f"print(*sorted({HEAVY | {'numpy'}!r} & set(sys.modules)))"


def contract_holds(namespace: Path, config: Path) -> tuple[bool, str]:
    """Whether import-linter keeps the contract of pyproject.toml for the packages in that folder."""
    linter = "from importlinter.cli import lint_imports_command as run; run()"
    done = subprocess.run(
        [sys.executable, "-c", linter, "--config", str(config), "--no-cache", "--no-logo"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=namespace.parent,
        env={**os.environ, "PYTHONPATH": str(namespace.parent), "PYTHONUTF8": "1"},
        timeout=120,
        check=False,
    )
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def namespace(root: Path, tmp_path: Path) -> Path:
    """A copy of the four packages' code, to be spoilt."""
    made = tmp_path / "biocopilot"
    for name in PACKAGES:
        shutil.copytree(
            root / name, made / name, ignore=lambda folder, names: [n for n in names if not code(folder, n)]
        )
    return made


def code(folder: str, name: str) -> bool:
    return name.endswith(".py") or (Path(folder, name).is_dir() and name != "__pycache__")


def test_the_contract_holds(namespace: Path, root: Path) -> None:
    kept, said = contract_holds(namespace, root / "pyproject.toml")
    assert kept, said
    assert "1 kept, 0 broken" in said


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("memory/records.py", "from ..tools import contract"),
        ("memory/__init__.py", "from ..model import __doc__"),
        ("model/__init__.py", "from ..memory import records"),
        ("tools/contract.py", "def later():\n    from ..copilot import agent"),
    ],
)
def test_the_contract_catches_an_import_the_wrong_way(namespace: Path, root: Path, file: str, line: str) -> None:
    spoilt = namespace / file
    spoilt.write_text(f"{spoilt.read_text('utf-8')}\n{line}\n", "utf-8")
    kept, said = contract_holds(namespace, root / "pyproject.toml")
    assert not kept
    assert "0 kept, 1 broken" in said


def imports_of_model(text: str) -> list[int]:
    """Lines at which a module of `tools` imports `biocopilot.model` while it is loaded itself."""
    found = []
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            continue  # a neighbour of its own, whatever it is called
        if isinstance(node, ast.ImportFrom) and node.level:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found += [node.lineno for name in names if name.split(".")[0] == "model"]
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            found += [node.lineno for name in names if name.startswith("biocopilot.model")]
        waiting += ast.iter_child_nodes(node)
    return found


def test_tools_import_the_model_only_where_they_use_it(root: Path) -> None:
    for path in (root / "tools").rglob("*.py"):
        assert not imports_of_model(path.read_text("utf-8")), path


def test_an_import_of_the_model_at_the_top_is_seen() -> None:
    assert imports_of_model("from ..model import chat") == [1]
    assert imports_of_model("from .. import model") == [1]
    assert imports_of_model("from .model import Model") == []
    assert imports_of_model("import biocopilot.model.chat") == [1]
    assert imports_of_model("def later():\n    from ..model import chat") == []
    assert imports_of_model("if TYPE_CHECKING:\n    from ..model import chat") == []


@pytest.mark.parametrize(
    "statement",
    [
        "import biocopilot.copilot",
        "from biocopilot.copilot import Answer, Budget, Claim, Copilot, Evidence",
        "import biocopilot.tools; biocopilot.tools.all_tools()",
        "import biocopilot.memory.records, biocopilot.memory.events, biocopilot.memory.errors",
        "import biocopilot.model",
    ],
)
def test_import_loads_nothing_heavy(python: Run, statement: str) -> None:
    done = python(f"import sys\n{statement}\n{LOADED}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_help_loads_nothing_heavy(python: Run) -> None:
    done = python(
        "import sys\nfrom biocopilot.copilot.cli.main import main\nsys.argv[1:] = ['--help']\n"
        f"try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\nsys.stdout = sys.__stderr__\n{LOADED}"
    )
    assert done.returncode == 0, done.stderr
    assert "ask" in done.stdout
    assert done.stderr.split() == []


def test_a_heavy_import_would_be_seen(python: Run) -> None:
    assert python(f"import sys\nimport scipy\n{LOADED}").stdout.split() == ["numpy", "scipy"]
