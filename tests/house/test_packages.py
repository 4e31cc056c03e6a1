"""What pyproject.toml, constraints.txt and the changelog say agrees with the folders and with each other."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

Run = Callable[..., subprocess.CompletedProcess[str]]
PACKAGES = ("memory", "model", "tools", "copilot")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


def test_every_package_is_listed_once(root: Path, project: dict[str, Any]) -> None:
    found = {
        ".".join(("biocopilot", *init.parent.relative_to(root).parts))
        for name in PACKAGES
        for init in (root / name).rglob("__init__.py")
    }
    listed = project["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(found)


def test_every_module_lies_in_a_package(root: Path) -> None:
    for name in PACKAGES:
        for path in (root / name).rglob("*.py"):
            assert (path.parent / "__init__.py").is_file(), f"{path.parent} has modules but no __init__.py"


def test_the_four_folders_are_mapped_and_typed(root: Path, project: dict[str, Any]) -> None:
    mapped = project["tool"]["setuptools"]["package-dir"]
    assert mapped == {f"biocopilot.{name}": name for name in PACKAGES}
    for name in PACKAGES:
        assert (root / name / "py.typed").is_file()
    assert not (root / "__init__.py").exists()  # the root is a namespace


def test_the_installed_package_is_this_checkout(root: Path, python: Run) -> None:
    done = python("".join(f"import biocopilot.{name} as m; print(m.__file__)\n" for name in PACKAGES))
    assert done.returncode == 0, done.stderr
    assert [Path(line).resolve() for line in done.stdout.splitlines()] == [
        root.resolve() / name / "__init__.py" for name in PACKAGES
    ]


def test_versions_agree(root: Path, project: dict[str, Any]) -> None:
    ours = project["project"]["version"]
    assert version("biocopilot") == ours, "run `make setup`"
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    sections = re.findall(r"^## (\S+)", changelog, re.MULTILINE)
    assert sections[0] in ("Unreleased", ours)
    released = [name for name in sections if name != "Unreleased"]
    assert not released or released[0] == ours


def requirements(project: dict[str, Any]) -> list[Requirement]:
    extras = project["project"]["optional-dependencies"]
    texts = [*project["project"]["dependencies"], *(text for listed in extras.values() for text in listed)]
    return [made for made in map(Requirement, texts) if made.name != "biocopilot"]


def pins(root: Path) -> dict[str, Version]:
    found = {}
    for line in (root / "constraints.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            hit = re.fullmatch(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)", line)
            assert hit, f"not an exact version: {line}"
            assert hit[1] not in found, f"twice: {line}"
            found[hit[1]] = Version(hit[2])
    return found


def test_constraints_hold_every_requirement_within_its_range(root: Path, project: dict[str, Any]) -> None:
    tested = pins(root)
    for requirement in requirements(project):
        name = canonicalize_name(requirement.name)
        assert name in tested, f"{name} is required but not in constraints.txt"
        assert tested[name] in requirement.specifier, f"{requirement} does not admit {tested[name]}"


def test_every_requirement_has_a_floor(project: dict[str, Any]) -> None:
    for requirement in requirements(project):
        assert any(spec.operator in (">=", "==") for spec in requirement.specifier), str(requirement)


def test_all_is_every_extra_but_dev(project: dict[str, Any]) -> None:
    extras = project["project"]["optional-dependencies"]
    (all_of_them,) = map(Requirement, extras["all"])
    assert all_of_them.extras == extras.keys() - {"all", "dev"}
    assert {"rag", "biomedgpt", "agent", "mcp", "dev", "all"} <= extras.keys()


_MODEL_PACKAGES = {"llguidance", "safetensors", "torch", "transformers"}
"""What only the extra `biomedgpt` brings; `make setup MODEL=no` leaves it out."""
_CHECKED = {"llguidance", "torch", "transformers"}
"""Those of them that a test is skipped without; the others never come without these."""


def test_what_runs_a_model_is_no_part_of_what_the_tests_need(project: dict[str, Any]) -> None:
    extras = project["project"]["optional-dependencies"]
    needed = {canonicalize_name(Requirement(text).name) for text in project["project"]["dependencies"] + extras["dev"]}
    of_model = {canonicalize_name(name) for name in _MODEL_PACKAGES}
    assert not needed & of_model
    assert of_model <= {canonicalize_name(Requirement(text).name) for text in extras["biomedgpt"]}


def imported_without_a_skip(path: Path, tests: Path) -> set[str]:
    """Packages of a model that a test imports although neither it nor a conftest above it is skipped without them."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    imports = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    imports |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    missing = {name.partition(".")[0] for name in imports} & _CHECKED
    for file in (path, *(folder / "conftest.py" for folder in path.parents if folder.is_relative_to(tests))):
        if missing and file.is_file():
            text = file.read_text("utf-8")
            skips = set(re.findall(r'importorskip\("(\w+)"', text))
            missing -= skips | ({"torch", "transformers"} if "sentence_transformers" in skips else set())
    return missing


def test_a_test_that_imports_what_runs_a_model_is_skipped_without_it(root: Path) -> None:
    tests = root / "tests"
    found = {
        str(path.relative_to(root)): missing
        for path in tests.rglob("*.py")
        if (missing := imported_without_a_skip(path, tests))
    }
    assert not found, "pytest.importorskip is missing"


def test_an_import_without_a_skip_would_be_found(tmp_path: Path) -> None:
    test = tmp_path / "test_x.py"
    test.write_text("def test_x():\n    from torch import nn\n    import transformers.models\n    import json\n")
    assert imported_without_a_skip(test, tmp_path) == {"torch", "transformers"}
    (tmp_path / "conftest.py").write_text('import pytest\npytest.importorskip("torch", reason="x")\n')
    assert imported_without_a_skip(test, tmp_path) == {"transformers"}


# Written so that this file does not hold what it looks for.
_PRIVATE = re.compile(
    r"pypi[.]org|python[h]osted|npm[j]s\.|deb[.]debian|index[-]url|find[-]links|(?<![\w.])/(?:root|work|opt)/(?!\*)|\.py[e]nv"
)
_NO_TEXT = {".sqlite", ".png", ".gz", ".safetensors", ".pt"}


def test_no_file_names_a_registry_or_a_path_of_someones_machine(root: Path, tree: list[Path]) -> None:
    found = []
    for path in tree:
        if path.suffix in _NO_TEXT:
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{path.relative_to(root)}: {hit[0]}" for hit in _PRIVATE.finditer(text)]
    assert len(tree) > 100
    assert not found


def test_a_registry_or_a_path_would_be_found() -> None:
    for text in ("https://" + "pypi" + ".org/simple", "see /" + "root/x", "--extra-index-" + "url x"):
        assert _PRIVATE.search(text), text
    for text in ("https://www.ebi.ac.uk/chembl", "a/work/b", "./opt/x"):
        assert not _PRIVATE.search(text), text


def test_the_licence_and_the_notice_are_there(root: Path) -> None:
    assert "MIT License" in (root / "LICENSE").read_text("utf-8")
    assert "ChEMBL" in (root / "NOTICE").read_text("utf-8")
