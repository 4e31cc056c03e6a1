"""The wheel and the sdist: they build, hold what they should and nothing else, and the installed program answers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
PACKAGES = ("memory", "model", "tools", "copilot")


@dataclass(frozen=True)
class Built:
    """A source distribution, and the wheel that was built from it."""

    sdist: Path
    wheel: Path


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def built(root: Path, tree: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both, of a copy of the checkout whose folder has another name; nothing is downloaded."""
    copy = tmp_path_factory.mktemp("build") / "bio-copilot copy"
    for path in tree:
        target = copy / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    out = copy.parent / "out"
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ".", folder=copy)
    (sdist,), (wheel,) = out.glob("*.tar.gz"), out.glob("*.whl")
    return Built(sdist, wheel)


@pytest.fixture(scope="session")
def site(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; its dependencies are those of the environment that runs the tests."""
    folder = tmp_path_factory.mktemp("fresh") / "an environment"
    venv.create(folder, with_pip=False)
    base = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", base))
    ours = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "dependencies.pth").write_text("".join(f"{path}\n" for path in sorted(ours)), "utf-8")
    python = Path(sysconfig.get_path("scripts", "venv", base)) / "python"
    pip = ("pip", "--disable-pip-version-check", "--python", python)
    run(sys.executable, "-m", *pip, "install", "--no-deps", "--no-index", built.wheel, folder=folder)
    return packages


@pytest.fixture(scope="session")
def command(site: Path) -> Path:
    return next(path for parent in site.parents for path in [parent / "bin" / "biocopilot"] if path.exists())


def test_the_wheel_holds_the_package_and_nothing_beside_it(built: Built, root: Path) -> None:
    names = zipfile.ZipFile(built.wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"biocopilot"}
    assert {name.split("/")[1] for name in names if name.startswith("biocopilot/")} == set(PACKAGES)
    assert "biocopilot/__init__.py" not in names
    assert {f"biocopilot/{name}/py.typed" for name in PACKAGES} <= set(names)
    assert "biocopilot/memory/starter/starter.sqlite" in names
    assert {"biocopilot/memory/library/starter_library.sqlite", "biocopilot/memory/library/schema.sql"} <= set(names)
    notes = {path.name for path in (root / "memory/library/starter_notes").glob("*.md")}
    assert notes == {Path(name).name for name in names if "/memory/library/starter_notes/" in name}
    for name in ("LICENSE", "NOTICE"):
        assert any(held.endswith(f".dist-info/licenses/{name}") for held in names)
    modules = {
        f"biocopilot/{path.relative_to(root).as_posix()}" for name in PACKAGES for path in (root / name).rglob("*.py")
    }
    assert modules == {name for name in names if name.endswith(".py")}


def test_the_wheel_is_small(built: Built) -> None:
    assert built.wheel.stat().st_size < 12_000_000


def test_the_sdist_holds_licences_and_what_ships(built: Built) -> None:
    with tarfile.open(built.sdist) as held:
        names = {name.partition("/")[2] for name in held.getnames()}
    assert {
        "LICENSE",
        "NOTICE",
        "README.md",
        "pyproject.toml",
        "memory/starter/starter.sqlite",
        "tools/py.typed",
    } <= names


def test_the_installed_packages_are_where_they_should_be(site: Path) -> None:
    assert {path.name for path in site.iterdir() if "dist-info" not in path.name} == {"biocopilot", "dependencies.pth"}
    code = "import biocopilot.memory, biocopilot.copilot; print(biocopilot.memory.__file__)"
    said = run(site.parents[2] / "bin" / "python", "-c", code, folder=site)
    assert Path(said.strip()) == site / "biocopilot" / "memory" / "__init__.py"


def test_the_installed_command_helps(command: Path, tmp_path: Path) -> None:
    assert "ask" in run(command, "--help", folder=tmp_path)


def test_the_installed_command_answers_with_the_starter_set(command: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = run(command, "ask", "--offline", "--plain", "MW of ibuprofen?", folder=tmp_path, BIOCOPILOT_HOME=str(home))
    assert "206.28" in said  # g/mol, PubChem CID 3672
    assert "[E1]" in said
