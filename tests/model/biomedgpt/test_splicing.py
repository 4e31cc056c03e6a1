from __future__ import annotations

from typing import Any

import pytest
from biocopilot.model.biomedgpt.conversation import Entity, Prompt

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")

from biocopilot.model.biomedgpt.splicing import drop_oldest, segment_ids, splice  # noqa: E402  # needs torch

PROMPT = Prompt(("Human: <molecule>", "</molecule> What?"), (Entity.MOLECULE,))


def test_only_the_first_segment_opens_a_text_and_nothing_ends_it(tokenizer: Any) -> None:
    first, second = segment_ids(tokenizer, PROMPT)
    assert first[0] == tokenizer.bos_id
    assert tokenizer.bos_id not in second
    assert tokenizer.eos_id not in first + second


def test_parity_keeps_the_space_that_nobody_wrote(tokenizer: Any) -> None:
    (_, mended), (_, reference) = (segment_ids(tokenizer, PROMPT, parity=parity) for parity in (False, True))
    assert tokenizer.decode([reference[0]]) == ""
    assert reference[1:] == mended


def test_features_stand_in_the_gaps(tiny: Any, tokenizer: Any) -> None:
    atoms = torch.randn(3, 32)
    ids = segment_ids(tokenizer, PROMPT)
    spliced = splice(tiny, ids, [atoms])
    start = len(ids[0])
    assert len(spliced) == len(ids[0]) + 3 + len(ids[1])
    assert torch.equal(spliced[start : start + 3], atoms)
    assert torch.equal(spliced[0], tiny.llm.get_input_embeddings().weight[tokenizer.bos_id])


def test_the_oldest_go_first() -> None:
    embeddings = torch.arange(12).reshape(6, 2)
    kept, dropped = drop_oldest(embeddings, 4)
    assert (dropped, kept.tolist()) == (2, embeddings[2:].tolist())
    assert drop_oldest(embeddings, 9)[1] == 0
