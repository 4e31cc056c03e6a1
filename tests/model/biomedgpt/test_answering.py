from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")

from biocopilot.model.biomedgpt.answering import Chat, trimmed_as_reference  # noqa: E402  # needs torch
from biocopilot.model.errors import (  # noqa: E402
    ContextOverflow,
    EmptyPrompt,
    InvalidProtein,
    TokenizerMissing,
    UnparsableMolecule,
    UnsupportedChemistry,
)

NewChat = Callable[..., Any]


class Said:
    """A decoder that says what it is told to, whatever it is asked."""

    max_tokens = 512

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids
        self.asked: list[Any] = []

    def stream(self, *, inputs_embeds: Any, max_new_tokens: int, **_: Any) -> Iterator[int]:
        self.asked.append(inputs_embeds)
        yield from self.ids[:max_new_tokens]


def test_the_answer_comes_in_pieces_that_make_the_text(chat: NewChat) -> None:
    talk = chat()
    talk.add_molecule("CCO")
    reply = talk.ask("Please describe this molecule.", max_new_tokens=12)
    pieces = list(reply)
    assert "".join(pieces).strip() == reply.text
    assert len(reply.said) <= 12
    assert reply.end in ("stop", "length")
    assert talk.conversation.turns[-1].text == reply.text


def test_what_is_asked_later_is_answered_from_all_that_was_said(chat: NewChat, tokenizer: Any) -> None:
    said = Said([*tokenizer.encode("An acid."), tokenizer.eos_id])
    talk = chat(decoder=said)
    talk.add_molecule("CC(=O)O")
    assert talk.ask("What is it?").read() == "An acid."
    talk.add_protein("MKTAYIAK")
    reply = talk.ask("Does it bind?")
    reply.read()
    assert (reply.text, reply.end, reply.said[-1], reply.ids) == ("An acid.", "stop", tokenizer.eos_id, said.ids[:-1])
    prompt = str(talk.conversation.prompt())
    assert "<moleculeHere></molecule> What is it? ### Assistant: An acid. ### Human: <protein><proteinHere>" in prompt
    assert len(said.asked[1]) > len(said.asked[0]) + 10


def test_another_molecule_changes_the_embeddings_in_its_gap_only(chat: NewChat) -> None:
    asked = []
    for smiles in ("CCO", "CCN"):
        talk = chat()
        talk.add_molecule(smiles)
        asked.append(talk.prepare("What is it?").embeddings)
    assert (asked[0] != asked[1]).any(dim=1).sum() == 3


def test_an_answer_ends_where_the_model_begins_to_speak_for_the_human(chat: NewChat, tokenizer: Any) -> None:
    ids = tokenizer.encode("It is an acid. ### Human: And?")
    mended, parity = (chat(decoder=Said(ids), parity=parity).ask("What?") for parity in (False, True))
    assert mended.read() == "It is an acid."
    assert mended.end == "stop"
    assert "### Human" in parity.read()


def test_parity_drops_the_last_id_and_counts_one_that_nobody_said(chat: NewChat, tokenizer: Any) -> None:
    ids = tokenizer.encode("It is an acid of some kind")
    reply = chat(decoder=Said(ids), parity=True).ask("What?", max_new_tokens=5)
    reply.read()
    assert (reply.said, reply.ids, reply.end) == (ids[:4], ids[:3], "length")
    reply = chat(decoder=Said(ids)).ask("What?", max_new_tokens=5)
    reply.read()
    assert (reply.said, reply.ids, reply.end) == (ids[:5], ids[:5], "length")


@pytest.mark.parametrize(
    ("raw", "kept"), [([1, 5, 6, 2], [5, 6]), ([1, 5, 6], [5]), ([0, 1, 5, 2], [5]), ([1, 1, 5], [1]), ([1], [])]
)
def test_trimming_of_the_reference(raw: list[int], kept: list[int]) -> None:
    assert trimmed_as_reference(raw) == kept


def test_cancelling_ends_the_answer_at_the_next_token(chat: NewChat) -> None:
    cancel = threading.Event()
    talk = chat()
    reply = talk.ask("What is aspirin?", max_new_tokens=200, cancel=cancel)
    seen = 0
    for _piece in reply:
        seen = len(reply.said)
        cancel.set()
    assert len(reply.said) <= seen + 1 < 100
    assert reply.end == "cancelled"
    assert talk.conversation.turns[-1].text == reply.text


def test_a_reply_that_is_closed_early_is_what_was_read(chat: NewChat, tokenizer: Any) -> None:
    talk = chat(decoder=Said(tokenizer.encode("one two three four five six seven")))
    reply = talk.ask("Count.")
    next(reply.pieces)
    reply.pieces.close()
    assert reply.end == "cancelled"
    assert not talk.conversation.turns[-1].human
    talk.ask("And?").read()


def test_the_oldest_are_dropped_with_a_notice(chat: NewChat, tokenizer: Any) -> None:
    said = Said(tokenizer.encode("Yes."))
    talk = chat(decoder=said, max_tokens=200)
    whole = chat(decoder=said)
    for conversation in (talk, whole):
        conversation.add_molecule("CCCCCCCCCCCCCCCCCCCC")
        for _ in range(3):
            conversation.ask("Is this a long question, or are there longer ones to be asked?", max_new_tokens=40).read()
    question = talk.prepare("And now?", 40)
    everything = whole.prepare("And now?", 40).embeddings
    assert len(question.embeddings) == 160
    assert torch.equal(question.embeddings, everything[-160:])
    assert question.notices == (
        f"The conversation is too long: the model does not see its oldest {len(everything) - 160:,} tokens any more.",
    )


def test_a_question_that_does_not_fit_is_refused_and_forgotten(chat: NewChat) -> None:
    talk = chat(max_tokens=100)
    talk.add_protein("MKTAYIAKQR" * 5)
    before = talk.conversation.copy()
    with pytest.raises(ContextOverflow, match="room for 60"):
        talk.ask("What is the function of this protein?" * 3, max_new_tokens=40)
    assert talk.conversation == before
    with pytest.raises(ContextOverflow, match="does not fit"):
        talk.ask("What?", max_new_tokens=100)
    assert len(chat(max_tokens=100, parity=True).prepare("What? " * 100, 40).embeddings) == 60


@pytest.mark.parametrize("question", ["", "  \n"])
def test_nothing_asked_is_an_error(chat: NewChat, question: str) -> None:
    with pytest.raises(EmptyPrompt):
        chat().ask(question)


def test_what_cannot_be_shown_leaves_the_conversation_as_it_was(chat: NewChat) -> None:
    talk = chat()
    for add, given, error in (
        (talk.add_molecule, "N->[Pt](Cl)(Cl)<-N", UnsupportedChemistry),
        (talk.add_molecule, "not a smiles", UnparsableMolecule),
        (talk.add_protein, "MK1", InvalidProtein),
    ):
        with pytest.raises(error):
            add(given)
    assert talk.conversation.turns == []


def test_what_a_protein_had_to_suffer_is_told_once(chat: NewChat) -> None:
    talk = chat()
    talk.add_protein("mkt" * 40)
    assert talk.prepare("What?").notices == (
        "Lower-case letters were read as upper case.",
        "Only the first 62 of 120 residues are seen by the model.",
    )
    assert talk.prepare("What?").notices == ()


def test_placeholders_and_marks_in_a_question_are_text(chat: NewChat, tokenizer: Any) -> None:
    talk = chat()
    talk.add_molecule("CCO")
    question = talk.prepare("What is <moleculeHere>, <proteinHere> or </s>?")
    plain = chat()
    plain.add_molecule("CCO")
    assert len(question.embeddings) > len(plain.prepare("What is it?").embeddings)
    end = tiny_embedding(talk, tokenizer.eos_id)
    assert not any(torch.equal(row, end) for row in question.embeddings)


def tiny_embedding(talk: Any, token: int) -> Any:
    return talk.model.llm.get_input_embeddings().weight[token]


def test_tokenizer_of_another_model_is_refused(tiny: Any, tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(tokenizer), "rows", 32_001)
    with pytest.raises(TokenizerMissing, match="do not belong together"):
        Chat(tiny, tokenizer)
