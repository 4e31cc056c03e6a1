from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from biocopilot.copilot.evaluation.answerers import Answerer
from biocopilot.copilot.evaluation.answerers.baselines import First, Majority, Random
from biocopilot.copilot.evaluation.answerers.nearest import Nearest
from biocopilot.copilot.evaluation.items import Caption, DataSet
from biocopilot.memory.errors import InvalidInput

Data = Callable[[str], DataSet]


def given(answerer: Answerer, data: DataSet) -> Sequence[str | None]:
    try:
        return [answerer.answer(item, place).given for place, item in enumerate(data.items)]
    finally:
        answerer.close()


def test_majority_takes_the_commonest_of_the_training_file_else_of_the_evaluated_one_and_says_which(data: Data) -> None:
    evaluated = data("medqa")
    own = DataSet("x", "1", (*evaluated.items, evaluated.items[1]))
    assert given(Majority(own.items, None), own) == ["B"] * 3
    assert "evaluated items themselves" in Majority(own.items, None).setting
    train = DataSet("train.jsonl", "2", (evaluated.items[0],) * 3)
    assert given(Majority(own.items, train), own) == ["A"] * 3
    assert "train.jsonl" in Majority(own.items, train).setting


def test_first_is_the_first_option(data: Data) -> None:
    assert given(First(data("medmcqa").items), data("medmcqa")) == ["A"] * 4


def test_random_is_the_same_for_a_seed_and_an_item_and_another_for_others(data: Data) -> None:
    many = DataSet("x", "1", data("medmcqa").items * 20)
    first = given(Random(many.items, None, False, 1), many)
    assert first == given(Random(many.items, None, False, 1), many)
    assert first != given(Random(many.items, None, False, 2), many)
    assert set(first) == {"A", "B", "C", "D"}
    assert Random(many.items, None, False, 1).answer(many.items[5], 5).given == first[5]


def test_a_random_text_is_another_items_that_was_asked_the_same(data: Data) -> None:
    molecules = data("chebi20")
    texts = given(Random(molecules.items, molecules, True, 0), molecules)
    assert all(text != item.gold for text, item in zip(texts, molecules.items, strict=True))
    assert set(texts) <= {item.gold for item in molecules.items}


@pytest.mark.parametrize(
    "make", [lambda d: Majority(d.items, None), lambda d: First(d.items), lambda d: Random(d.items, None, False, 0)]
)
def test_texts_have_no_commonest_no_first_and_no_random_without_training(
    data: Data, make: Callable[[DataSet], Answerer]
) -> None:
    with pytest.raises(InvalidInput):
        make(data("chebi20"))


def test_the_nearest_molecules_text_is_taken_never_its_own(data: Data) -> None:
    molecules = data("chebi20")
    nearest = Nearest(molecules, alone=True)
    texts = given(nearest, molecules)
    assert texts[0] == molecules.items[1].gold
    assert texts[2] == molecules.items[3].gold
    assert all(text != item.gold for text, item in zip(texts, molecules.items, strict=True))


def test_from_a_training_file_the_same_molecule_is_its_own_nearest_with_similarity_1(data: Data) -> None:
    molecules = data("chebi20")
    nearest = Nearest(molecules, alone=False)
    try:
        reply = nearest.answer(molecules.items[3], 0)
    finally:
        nearest.close()
    assert (reply.given, reply.similarity) == (molecules.items[3].gold, 1.0)


def test_a_structure_that_cannot_be_read_has_no_nearest(data: Data) -> None:
    nearest = Nearest(data("chebi20"), alone=False)
    try:
        broken = Caption("x", "molecule", "C1CC", data("chebi20").items[0].question, "gold")  # type: ignore[union-attr]  # captions
        assert nearest.answer(broken, 0).status == "abstained"
    finally:
        nearest.close()


def test_the_nearest_protein_shares_most_words_of_five_residues(data: Data) -> None:
    proteins = data("uniprotqa")
    nearest = Nearest(proteins, alone=True)
    replies = [nearest.answer(item, place) for place, item in enumerate(proteins.items)]
    assert replies[0].given == proteins.items[1].gold
    assert replies[0].similarity == pytest.approx(17 / 19, abs=1e-4)  # 18 words each, the last one differs
    assert replies[2].status == "abstained"


def test_questions_that_no_training_item_was_asked_are_told(data: Data) -> None:
    other = Caption("x", "molecule", "CCO", "What is its colour?", "gold")
    for answerer in (Nearest(data("chebi20"), False), Random(data("chebi20").items, data("chebi20"), False, 0)):
        with pytest.raises(InvalidInput, match="What is its colour"):
            answerer.answer(other, 0)


def test_questions_with_options_have_no_nearest(data: Data) -> None:
    with pytest.raises(InvalidInput, match="Only structures"):
        Nearest(data("medqa"), alone=False)
