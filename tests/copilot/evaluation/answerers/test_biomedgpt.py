from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
from biocopilot.copilot.evaluation.answerers.biomedgpt import Biomedgpt, open_biomedgpt
from biocopilot.copilot.evaluation.items import Caption, DataSet
from biocopilot.copilot.settings import Settings
from biocopilot.memory.errors import InvalidInput, ModelUnavailable

Data = Callable[[str], DataSet]


@pytest.fixture(scope="module")
def tiny(shared: Path) -> Any:
    """The random model of the golden vectors, with its tokenizer."""
    import torch
    from biocopilot.model.biomedgpt.golden import _tiny_model, _Vectors
    from biocopilot.model.biomedgpt.tokenizer import Tokenizer

    torch.set_num_threads(1)
    folder = shared / "golden" / "biomedgpt"
    model = _tiny_model(_Vectors(folder)).eval()
    return Biomedgpt(model, Tokenizer.from_folder(folder / "tiny_llm"), "tiny", "float32", max_new_tokens=8)


def test_molecules_and_proteins_get_a_text_each_the_same_every_time(tiny: Biomedgpt, data: Data) -> None:
    for task in ("chebi20", "uniprotqa"):
        items = data(task).items[:2]
        replies = [tiny.answer(item, place) for place, item in enumerate(items)]
        assert all(reply.status in ("answered", "abstained") for reply in replies)
        assert any(reply.given for reply in replies)
        assert replies == [tiny.answer(item, place) for place, item in enumerate(items)]


def test_what_the_encoder_has_no_number_for_is_a_failure_of_that_item(tiny: Biomedgpt) -> None:
    with pytest.raises(InvalidInput):
        tiny.answer(Caption("x", "molecule", "C1CC", "Please describe this molecule.", "gold"), 0)
    with pytest.raises(InvalidInput):
        tiny.answer(Caption("x", "protein", "12345", "What is it?", "gold"), 0)


def test_questions_with_options_are_for_the_language_model(tiny: Biomedgpt, data: Data) -> None:
    with pytest.raises(InvalidInput, match="molecules and proteins") as caught:
        tiny.answer(data("medqa").items[0], 0)
    assert "biomedgpt-lm-7b" in caught.value.hint


def test_without_weights_it_says_how_to_get_them() -> None:
    with pytest.raises(ModelUnavailable) as caught:
        open_biomedgpt(Settings().weights, "biomedgpt-10b")
    assert "biocopilot models pull biomedgpt-10b" in caught.value.hint
