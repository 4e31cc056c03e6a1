from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")

from biocopilot.model.biomedgpt.golden import GoldenReport, check_folder  # noqa: E402  # needs torch
from biocopilot.model.errors import CheckpointError  # noqa: E402


@pytest.fixture(scope="module")
def report(golden: Path) -> GoldenReport:
    torch.set_num_threads(1)
    return check_folder(golden)


@pytest.fixture
def copied(golden: Path, tmp_path: Path) -> Path:
    """A copy of the folder that may be written to."""
    folder = Path(shutil.copytree(golden, tmp_path / "golden", copy_function=shutil.copyfile))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    return folder


def test_everything_recorded_is_matched(report: GoldenReport) -> None:
    assert [comparison for comparison in report.comparisons if not comparison.holds] == []
    assert sum(comparison.group == "graphs" for comparison in report.comparisons) == 44
    assert sum(not comparison.exact for comparison in report.comparisons) >= 40


def test_ids_and_answers_of_every_case_are_compared(report: GoldenReport, golden: Path) -> None:
    cases = [case["name"] for case in json.loads((golden / "manifest.json").read_text("utf-8"))["cases"]]
    for name in ("raw_output_ids", "answer_ids", "answer_text", "step_logits", "inputs_embeds"):
        assert [comparison.group for comparison in report.comparisons if comparison.name == name] == cases


def test_differences_are_those_of_rounding(report: GoldenReport) -> None:
    assert max(comparison.difference for comparison in report.comparisons) < 2e-5


def test_another_prompt_and_another_weight_are_noticed(copied: Path) -> None:
    from safetensors.torch import load_file, save_file

    manifest = json.loads((copied / "manifest.json").read_text("utf-8"))
    manifest["cases"] = [case for case in manifest["cases"] if case["name"] in ("text_qa", "mol_salt_isolated")]
    manifest["cases"][0]["steps"][-1][1] += "!"
    manifest["graphs"][6]["smiles"] = "CCN"
    manifest["graphs"][40]["error"] = "AttributeError"
    (copied / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    weights = load_file(copied / "biomedgpt_tiny.safetensors")
    weights["proj_mol.bias"] += 1e-3
    save_file(weights, copied / "biomedgpt_tiny.safetensors")
    failed = {
        (comparison.group, comparison.name) for comparison in check_folder(copied).comparisons if not comparison.holds
    }
    assert {("graphs", "CCN"), ("graphs", "N->[Pt](Cl)(Cl)<-N"), ("text_qa", "prompt")} < failed
    assert {("text_qa", "inputs_embeds"), ("mol_salt_isolated", "mol_emb_0")} < failed
    assert ("mol_salt_isolated", "mol_node_0") not in failed


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("manifest.json", None, "There is no manifest.json"),
        ("manifest.json", "{", "cannot be read as JSON"),
        ("manifest.json", "{}", "KeyError"),
        ("gin_outputs.npz", None, "There is no gin_outputs.npz"),
        ("gin_outputs.npz", "x", "cannot be read"),
        ("biomedgpt_tiny.safetensors", "x", "biomedgpt_tiny.safetensors"),
    ],
)
def test_a_folder_that_is_none_is_named(copied: Path, file: str, content: str | None, said: str) -> None:
    if content is None:
        (copied / file).unlink()
    else:
        (copied / file).write_text(content, "utf-8")
    with pytest.raises(CheckpointError) as refused:
        check_folder(copied)
    assert said in refused.value.message
