from __future__ import annotations

import json
from pathlib import Path

import pytest
from biocopilot.model.biomedgpt.configuration import OWN_FILE, BioMedGPTConfiguration
from biocopilot.model.errors import CheckpointError


def write(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content), "utf-8")


def test_official_model_has_one_row_more_than_its_language_model() -> None:
    official = BioMedGPTConfiguration.official()
    assert official.llm["vocab_size"] == 32_001
    assert (official.gin_hidden, official.gin_layers, official.max_protein_tokens) == (300, 5, 1024)


def test_folder_without_any_file_is_taken_for_the_official_model(tmp_path: Path) -> None:
    assert BioMedGPTConfiguration.from_folder(tmp_path) == BioMedGPTConfiguration.official()


def test_config_files_are_found_in_the_folders_of_the_authors(tmp_path: Path) -> None:
    write(tmp_path / "text_ckpts/biomedgpt-lm-7b/config.json", {"model_type": "llama", "vocab_size": 420})
    write(tmp_path / "protein_ckpts/esm2-3b/config.json", {"model_type": "esm", "hidden_size": 40})
    write(tmp_path / "other/config.json", {"model_type": "bert"})
    read = BioMedGPTConfiguration.from_folder(tmp_path)
    assert read.llm["vocab_size"] == 421
    assert read.protein["hidden_size"] == 40


def test_two_language_models_in_one_folder_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "a/config.json", {"model_type": "llama", "vocab_size": 1})
    write(tmp_path / "b/config.json", {"model_type": "llama", "vocab_size": 2})
    with pytest.raises(CheckpointError, match="two configurations of type llama"):
        BioMedGPTConfiguration.from_folder(tmp_path)


def test_own_file_gives_back_what_was_written(tmp_path: Path) -> None:
    made = BioMedGPTConfiguration(llm={"vocab_size": 7}, protein={"a": 1}, gin_hidden=3, gin_layers=2)
    write(tmp_path / OWN_FILE, made.as_mapping())
    assert BioMedGPTConfiguration.from_folder(tmp_path) == made


@pytest.mark.parametrize("content", ["[]", "{", '{"llm": {}, "protein": {}, "what": 1}'])
def test_broken_own_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / OWN_FILE).write_text(content, "utf-8")
    with pytest.raises(CheckpointError, match=OWN_FILE):
        BioMedGPTConfiguration.from_folder(tmp_path)
