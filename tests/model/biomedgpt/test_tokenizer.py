from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tokenizers", reason="needs tokenizers (biocopilot[biomedgpt])")

from biocopilot.model.biomedgpt.tokenizer import Tokenizer  # needs tokenizers
from biocopilot.model.errors import TokenizerMissing


def with_metaspace(byte_fallback: Any) -> Tokenizer:
    """The same tokenizer as later conversions write it."""
    content = json.loads(byte_fallback.to_str())
    content["normalizer"] = None
    content["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False}
    return Tokenizer(json.dumps(content))


def test_pad_is_one_row_more(tokenizer: Tokenizer, byte_fallback: Any) -> None:
    assert tokenizer.pad_id == byte_fallback.get_vocab_size() == tokenizer.rows - 1


@pytest.mark.parametrize(
    "text", ["", "a", " a", "  two  spaces ", "line\nbreak", "β-lactam 3.14 µM", "日本", "Assistant: "]
)
def test_text_comes_back_with_all_its_spaces(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_every_text_begins_with_a_space_unless_it_goes_on(tokenizer: Tokenizer, byte_fallback: Any) -> None:
    for made in (tokenizer, with_metaspace(byte_fallback)):
        ids = made.encode("</molecule> What")
        assert made.encode(" </molecule> What", continued=True) == ids
        assert made.encode("</molecule> What", continued=True) == ids[1:]


def test_a_users_end_of_text_is_text(tokenizer: Tokenizer) -> None:
    ends = {tokenizer.eos_id, tokenizer.bos_id, tokenizer.pad_id}
    assert not ends & set(tokenizer.encode("a</s><s>[PAD]", continued=True))
    assert not ends & set(tokenizer.encode("a</s><s>[PAD]"))
    assert ends <= set(tokenizer.encode("a</s><s>[PAD]", literal=False))


def test_bytes_that_make_no_character_are_shown_one_by_one(tokenizer: Tokenizer, byte_fallback: Any) -> None:
    byte = {value: byte_fallback.token_to_id(f"<0x{value:02X}>") for value in range(256)}
    assert tokenizer.decode([byte[0xE6], byte[0x97], byte[0xA5]]) == "日"
    assert tokenizer.decode([byte[0xE6], byte[0x97], byte[0x41], byte[0xFF]]) == "\ufffd\ufffdA\ufffd"


def test_special_tokens_are_shown_on_demand(tokenizer: Tokenizer) -> None:
    ids = [tokenizer.bos_id, *tokenizer.encode("a"), tokenizer.eos_id]
    assert tokenizer.decode(ids) == "a"
    assert tokenizer.decode(ids, skip_special=False) == "<s> a</s>"


def test_folder_without_tokenizer_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(TokenizerMissing, match="models pull"):
        Tokenizer.from_folder(tmp_path)


def test_tokenizer_is_found_beside_the_authors_other_files(
    tmp_path: Path, tokenizer: Tokenizer, byte_fallback: Any
) -> None:
    inner = tmp_path / "text_ckpts" / "biomedgpt-lm-7b"
    inner.mkdir(parents=True)
    (inner / "tokenizer.json").write_text(byte_fallback.to_str(), "utf-8")
    assert Tokenizer.from_folder(tmp_path).rows == tokenizer.rows


@pytest.mark.parametrize("content", ["", "{}", '{"version": "1.0"'])
def test_broken_tokenizer_is_an_error_of_ours(content: str) -> None:
    with pytest.raises(TokenizerMissing, match="cannot be read"):
        Tokenizer(content)


def test_tokenizer_of_another_kind_is_refused(byte_level: Any) -> None:
    with pytest.raises(TokenizerMissing, match="no Llama-2 tokenizer"):
        Tokenizer(byte_level.to_str())


def test_model_of_another_vocabulary_is_refused(tokenizer: Tokenizer) -> None:
    tokenizer.check_rows(tokenizer.rows)
    tokenizer.check_rows(tokenizer.rows - 1)
    for rows in (tokenizer.rows + 1, tokenizer.rows - 2, 32_000):
        with pytest.raises(TokenizerMissing, match="do not belong together"):
            tokenizer.check_rows(rows)
