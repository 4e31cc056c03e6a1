from __future__ import annotations

from typing import Any

import pytest
from biocopilot.model.biomedgpt.conversation import CHEMISTRY
from biocopilot.model.chat.prompt_format import HumanAssistant, TokenizerTemplate, format_of
from biocopilot.model.chat.turns import Turn

ASKED = [Turn("human", "What is aspirin?")]
WENT_ON = [*ASKED, Turn("assistant", "A drug."), Turn("human", "Of what kind?")]


def test_biomedgpt_is_asked_as_it_was_taught(llama_tokenizer: Any) -> None:
    ids = HumanAssistant(llama_tokenizer).ids(ASKED, "")
    said = f"{CHEMISTRY.system}### Human: What is aspirin? ### Assistant: "
    assert ids == [llama_tokenizer.bos_token_id, *llama_tokenizer(said, add_special_tokens=False)["input_ids"]]


def test_turns_and_instructions_follow_the_template(llama_tokenizer: Any) -> None:
    ids = HumanAssistant(llama_tokenizer).ids([Turn("system", "Be short."), *WENT_ON], "Say JSON.")
    assert llama_tokenizer.decode(ids[1:]) == (
        "Be short. Say JSON. ### Human: What is aspirin? ### Assistant: A drug. ### Human: Of what kind? ### Assistant: "
    )


def test_a_tokenizers_own_template_is_taken(chatml_tokenizer: Any) -> None:
    ids = TokenizerTemplate(chatml_tokenizer).ids([Turn("system", "Be short."), *ASKED], "Say JSON.")
    assert chatml_tokenizer.decode(ids) == (
        "<|im_start|>system\nBe short.\nSay JSON.<|im_end|>\n<|im_start|>user\nWhat is aspirin?<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_a_template_without_a_system_gets_its_words_before_the_question(chatml_tokenizer: Any) -> None:
    own = chatml_tokenizer.chat_template
    refuses = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    try:
        chatml_tokenizer.chat_template = refuses + own
        ids = TokenizerTemplate(chatml_tokenizer).ids(ASKED, "Say JSON.")
        assert "user\nSay JSON.\n\nWhat is aspirin?" in chatml_tokenizer.decode(ids)
        chatml_tokenizer.chat_template = "{{ raise_exception('never') }}"
        with pytest.raises(Exception, match="never"):
            TokenizerTemplate(chatml_tokenizer).ids(ASKED, "Say JSON.")
    finally:
        chatml_tokenizer.chat_template = own


def test_the_format_is_the_tokenizers_where_it_has_one(llama_tokenizer: Any, chatml_tokenizer: Any) -> None:
    assert isinstance(format_of(chatml_tokenizer), TokenizerTemplate)
    assert isinstance(format_of(llama_tokenizer), HumanAssistant)
    assert {"###", "</s>"} <= set(format_of(llama_tokenizer).marks)
    assert "<|im_end|>" in format_of(chatml_tokenizer).marks
