from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Command = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def golden(shared: Path) -> Path:
    pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
    pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
    return shared / "golden" / "biomedgpt"


def test_every_array_and_every_match_is_printed(biocopilot: Command, golden: Path) -> None:
    done = biocopilot("models", "check", "--golden", str(golden), OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr
    assert "44 of 44 arrays within tolerance, 142 of 142 exact matches." in done.stdout
    assert "✓ step_logits" in done.stdout
    assert "✗" not in done.stdout


def test_a_folder_beyond_tolerance_ends_in_six(biocopilot: Command, golden: Path, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(golden, folder, copy_function=shutil.copyfile)
    folder.chmod(0o755)
    manifest = json.loads((golden / "manifest.json").read_text("utf-8"))
    manifest["cases"] = manifest["cases"][2:3]
    manifest["cases"][0]["steps"][-1][1] = "What is aspirin?"
    (folder / "manifest.json").chmod(0o644)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    done = biocopilot("models", "check", "--golden", str(folder), "--json", OMP_NUM_THREADS="1")
    assert done.returncode == 6
    found = json.loads(done.stdout)
    assert not found["holds"]
    assert [item["name"] for item in found["exact"] if not item["holds"]][:2] == ["prompt", "segments"]
    unlike = next(item for item in found["arrays"] if item["name"] == "inputs_embeds")
    assert (unlike["holds"], unlike["largest_difference"]) == (False, None)
    assert "shape" in unlike["remark"]


def test_a_folder_that_is_none_says_so(biocopilot: Command, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
    done = biocopilot("models", "check", "--golden", str(tmp_path))
    assert done.returncode == 5
    assert "There is no manifest.json" in done.stderr
    assert done.stdout == ""
