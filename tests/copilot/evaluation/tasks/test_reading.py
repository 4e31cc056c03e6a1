from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.evaluation.items import Caption, Choice, DataSet
from biocopilot.copilot.evaluation.tasks import TASKS, read_data
from biocopilot.memory.errors import FileRefused

Write = Callable[[str, Any], Path]


def test_pubmedqa_gives_abstract_and_verdict_and_never_the_conclusion(data: Callable[[str], DataSet]) -> None:
    first, second, third = data("pubmedqa").items
    assert isinstance(first, Choice)
    assert (first.id, first.gold, first.year) == ("11111111", "yes", 2011)
    assert list(first.options) == ["yes", "no", "maybe"]
    assert first.context[0] == ("BACKGROUND", "Sepsis kills many patients.")
    assert isinstance(third, Choice)
    assert [name for name, _ in third.context] == ["", ""]
    assert "secret" not in repr((first, second, third))


def test_medmcqa_counts_right_options_from_1_or_from_0_as_its_file_does(write: Write) -> None:
    rows = [{"question": "q", "opa": "a", "opb": "b", "opc": "c", "opd": "d", "cop": number} for number in range(4)]

    def golds(first: int) -> list[str]:
        text = "".join(json.dumps({**row, "cop": row["cop"] + first}) + "\n" for row in rows)
        return [item.gold for item in read_data(TASKS["medmcqa"], write(f"{first}.jsonl", text)).items]

    assert golds(0) == golds(1) == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("numbers", "said"), [((1, 2), "neither 0 nor 4"), ((0, 4), "both 0 and 4"), ((-1, -1), "no answers")]
)
def test_medmcqa_whose_counting_is_open_is_refused(write: Write, numbers: tuple[int, ...], said: str) -> None:
    rows = [{"question": "q", "opa": "a", "opb": "b", "opc": "c", "opd": "d", "cop": number} for number in numbers]
    with pytest.raises(FileRefused, match=said):
        read_data(TASKS["medmcqa"], write("a.json", rows))


def test_medqa_takes_the_letter_or_the_option_that_the_answer_names(data: Callable[[str], DataSet]) -> None:
    assert [item.gold for item in data("medqa").items] == ["A", "B"]


def test_medqa_without_an_answer_among_its_options_is_named(write: Write) -> None:
    rows = [
        {"question": "q", "options": {"A": "x", "B": "y"}, "answer_idx": "A"},
        {"question": "q", "options": {"A": "x", "B": "y"}, "answer": "z"},
        {"question": "q", "options": {"A": "x", "B": 3}, "answer_idx": "A"},
    ]
    found = read_data(TASKS["medqa"], write("a.json", rows))
    assert [bad.where for bad in found.bad] == ["record 2", "record 3"]


def test_chebi20_undoes_doubled_backslashes(data: Callable[[str], DataSet]) -> None:
    item = data("chebi20").items[4]
    assert isinstance(item, Caption)
    assert (item.id, item.entity, item.structure) == ("CID 5", "molecule", "C/C=C\\C")


def test_uniprotqa_is_read_with_sequences_beside_it_or_in_it(write: Write, data: Callable[[str], DataSet]) -> None:
    item = data("uniprotqa").items[0]
    assert isinstance(item, Caption)
    assert (item.id, item.entity, item.structure[:5]) == ("P1", "protein", "MKTAY")
    rows = [
        {"protein_sequence": "MKV", "question": "q?", "answer": "a"},
        {"sequence": "MKL", "question": "q?", "answer": "b"},
    ]
    inline = read_data(TASKS["uniprotqa"], write("inline.json", rows))
    assert [one.structure for one in inline.items if isinstance(one, Caption)] == ["MKV", "MKL"]


def test_uniprotqa_without_its_sequences_says_where_they_belong(tmp_path: Path) -> None:
    path = tmp_path / "alone" / "test.json"
    path.parent.mkdir()
    path.write_text(json.dumps([{"protein_accession": ["P1"], "question": "q", "answer": "a"}]), "utf-8")
    with pytest.raises(FileRefused) as caught:
        read_data(TASKS["uniprotqa"], path)
    assert "sequences.json" in caught.value.hint


def test_uniprotqa_names_proteins_that_are_several_or_unknown(write: Write, files: dict[str, Path]) -> None:
    rows = [
        {"protein_accession": ["P1", "P2"], "question": "q", "answer": "a"},
        {"protein_accession": ["P9"], "question": "q", "answer": "a"},
        {"protein_accession": "P1", "question": "q", "answer": "a"},
    ]
    found = read_data(TASKS["uniprotqa"], write("more.json", rows))
    assert len(found.items) == 1
    assert [bad.reason for bad in found.bad] == ["it is about several proteins", "sequences.json has no sequence of P9"]


@pytest.mark.parametrize("task", sorted(TASKS))
def test_another_sets_file_is_told_as_such_with_what_is_expected(task: str, files: dict[str, Path]) -> None:
    for other, path in files.items():
        if other == task:
            continue
        with pytest.raises(FileRefused) as caught:
            read_data(TASKS[task], path)
        assert f"is not of {TASKS[task].title}" in caught.value.message
        assert f"biocopilot eval {other}" in caught.value.hint
        assert TASKS[task].file in caught.value.hint


def test_a_file_of_no_set_is_refused_without_a_guess(write: Write) -> None:
    with pytest.raises(FileRefused) as caught:
        read_data(TASKS["medqa"], write("a.json", [{"x": 1}]))
    assert caught.value.hint.startswith("Expected:")


def test_a_file_in_which_no_record_can_be_used_says_why(write: Write) -> None:
    with pytest.raises(FileRefused, match="1: final_decision is not yes, no or maybe"):
        read_data(TASKS["pubmedqa"], write("a.json", {"1": {"QUESTION": "q?", "CONTEXTS": ["c"]}}))


def test_the_real_files_are_read_whole(shared: Path) -> None:
    questions = read_data(TASKS["pubmedqa"], shared / "data" / "pubmedqa" / "pqal_dev_500.json.gz")
    assert (len(questions.items), len(questions.bad)) == (500, 0)
    molecules = read_data(TASKS["chebi20"], shared / "data" / "chebi20" / "validation.txt")
    assert (len(molecules.items), len(molecules.bad)) == (3_301, 0)
