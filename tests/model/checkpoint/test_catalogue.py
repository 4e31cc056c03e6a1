from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from biocopilot.model.checkpoint.catalogue import (
    MODELS,
    Installed,
    StoredFile,
    all_installed,
    installed,
    write_manifest,
)
from biocopilot.model.checkpoint.licences import LICENCES
from biocopilot.model.errors import CheckpointError


def made(models: Path, form: str = "original", name: str = "biomedgpt-10b") -> Installed:
    folder = models / name / form
    folder.mkdir(parents=True)
    (folder / "w.pth").write_bytes(b"12345")
    found = Installed(
        name, form, folder, "archive", (StoredFile("w.pth", 5, "ab"),), ("w.pth",), 5, 3, ("float16",), "me", "2026",  # type: ignore[arg-type]
    )  # fmt: skip
    write_manifest(found)
    return found


def test_what_was_written_is_what_is_read(tmp_path: Path) -> None:
    found = made(tmp_path)
    assert installed(tmp_path, "biomedgpt-10b") == found
    assert found.paths == (tmp_path / "biomedgpt-10b" / "original" / "w.pth",)
    assert found.trouble == ""


def test_nothing_there_is_no_error(tmp_path: Path) -> None:
    assert installed(tmp_path / "none", "biomedgpt-10b") is None
    assert list(all_installed(tmp_path / "none")) == []


def test_the_most_exact_form_is_taken_unless_another_is_asked_for(tmp_path: Path) -> None:
    for form in ("int4", "original"):
        made(tmp_path, form)
    found, small = installed(tmp_path, "biomedgpt-10b"), installed(tmp_path, "biomedgpt-10b", "int4")
    assert found is not None
    assert small is not None
    assert (found.form, small.form) == ("original", "int4")
    assert installed(tmp_path, "biomedgpt-10b", "int8") is None
    assert [item.form for item in all_installed(tmp_path)] == ["original", "int4"]


def test_files_that_changed_are_told(tmp_path: Path) -> None:
    found = made(tmp_path)
    found.paths[0].write_bytes(b"1234")
    assert "has 4 bytes; it had 5" in found.trouble
    found.paths[0].unlink()
    assert "is gone" in found.trouble


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"layout": 2}', '{"layout": 1, "form": "gguf"}'])
def test_a_manifest_of_another_layout_is_refused(text: str, tmp_path: Path) -> None:
    found = made(tmp_path)
    (found.folder / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(CheckpointError, match="cannot be read"):
        installed(tmp_path, "biomedgpt-10b")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    found = made(tmp_path)
    with pytest.raises(CheckpointError, match="cannot be written"):
        write_manifest(replace(found, folder=tmp_path / "nowhere"))


def test_every_model_has_its_licences() -> None:
    for model in MODELS.values():
        assert model.licences[0] == "llama-2"
        assert all(LICENCES[key].url.startswith("https://") for key in model.licences)
    assert "esm-2" in MODELS["biomedgpt-10b"].licences


def test_it_loads_neither_torch_nor_transformers() -> None:
    code = (
        "import sys\n"
        "import biocopilot.model.checkpoint.catalogue, biocopilot.model.checkpoint.source, biocopilot.model.checkpoint.hub\n"
        "import biocopilot.model.checkpoint.forms, biocopilot.model.checkpoint.memory\n"
        "print([name for name in ('torch', 'transformers', 'safetensors', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
