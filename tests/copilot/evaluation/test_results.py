from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.evaluation.items import DataSet
from biocopilot.copilot.evaluation.published import PUBLISHED
from biocopilot.copilot.evaluation.results import Result, counted, open_tokens
from biocopilot.copilot.evaluation.run_file import Answered
from biocopilot.copilot.evaluation.table import table
from biocopilot.copilot.evaluation.tasks import TASKS
from biocopilot.memory.errors import FileRefused

Data = Callable[[str], DataSet]


def answers(data: DataSet, *given: str | None, status: Any = "abstained") -> dict[int, Answered]:
    return {
        place: Answered(
            place,
            item.id,
            item.gold,
            "answered" if label is not None else status,
            label,
            label or "",
            "said",
            seconds=0.5,
        )
        for place, (item, label) in enumerate(zip(data.items, given, strict=False))
    }


def result(data: DataSet, task: str, *given: str | None) -> Result:
    tokens = open_tokens(None) if TASKS[task].captions else None
    return counted(TASKS[task], data, range(len(data.items)), answers(data, *given), tokens, 0)


def test_an_abstention_is_wrong_and_is_counted(data: Data) -> None:
    found = result(data("pubmedqa"), "pubmedqa", "yes", None, "no")
    assert found.figures["accuracy"].value == pytest.approx(1 / 3)
    assert found.figures["macro-F1"].value == pytest.approx(1 / 3)
    assert found.of_answered is not None
    assert found.of_answered.value == 0.5
    assert found.statuses == {"answered": 2, "abstained": 1, "unparsed": 0, "failed": 0}
    assert found.confusion == {"yes": {"yes": 1}, "no": {"abstained": 1}, "maybe": {"no": 1}}
    assert found.seconds == 1.5


def test_what_was_given_is_counted_by_what_is_right(data: Data) -> None:
    twice = DataSet("x", "1", data("pubmedqa").items * 2)
    found = result(twice, "pubmedqa", "yes", "no", None, "yes", "yes", None)
    assert found.confusion == {"yes": {"yes": 2}, "no": {"no": 1, "yes": 1}, "maybe": {"abstained": 2}}


def test_only_what_was_asked_is_counted_and_the_rest_is_told(data: Data) -> None:
    found = result(data("medmcqa"), "medmcqa", "A", "A")
    assert (found.asked, found.chosen, found.figures["accuracy"].value) == (2, 4, 0.5)
    assert "- Asked: 2 of 4;" in table(found, "x", "y", [])
    assert "macro-F1" not in found.figures


def test_captions_are_scored_with_an_abstention_as_an_empty_text(data: Data) -> None:
    pytest.importorskip("nltk", reason="captions are scored with nltk")
    pytest.importorskip("rouge_score", reason="captions are scored with rouge-score")
    molecules = data("chebi20")
    gold = [item.gold for item in molecules.items]
    assert result(molecules, "chebi20", *gold).figures["ROUGE-L"].value == 1.0
    half = result(molecules, "chebi20", gold[0], None, None, None, None)
    assert half.figures["ROUGE-L"].value == pytest.approx(0.2)
    assert half.conditions[0].startswith("BLEU and METEOR over words")


def test_the_table_has_our_figure_with_its_interval_beside_every_published_row_and_its_source(data: Data) -> None:
    page = table(result(data("pubmedqa"), "pubmedqa", "yes", None, "no"), "embedded", "with tools", ["data: x"])
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert rows[0] == "|  | setting | accuracy, % | macro-F1, % | source |"
    assert rows[2].startswith("| **embedded** | with tools | 33.3 (6.1 to 79.2) |")
    assert len(rows) == 3 + len(PUBLISHED["pubmedqa"])
    assert "| BioMedGPT-LM 7B | fine-tuned on the training set | 76.1 |  | model card |" in rows
    assert "Right of the answered: 50.0" in page
    assert "- Data: x." in page
    assert len({line.count("|") for line in rows}) == 1


def test_a_figure_that_nobody_confirmed_is_marked(data: Data) -> None:
    pytest.importorskip("nltk", reason="captions are scored with nltk")
    page = table(result(data("chebi20"), "chebi20", *["x"] * 5), "x", "y", [])
    assert (
        "| BioMedGPT-10B | trained on PubChemQA | 0.234 | 0.141 | 0.386? | 0.206? | 0.332 | 0.308 | secondary |" in page
    )
    assert "not confirmed: quoted from memory" in page


def test_published_figures_are_shares_and_of_metrics_that_are_counted() -> None:
    assert PUBLISHED.keys() == TASKS.keys()
    for name, rows in PUBLISHED.items():
        for row in rows:
            assert row.figures, row
            assert all(0 < value < 1 for value in row.figures.values()), row
            assert row.figures.keys() <= set(TASKS[name].metrics)
            assert row.unsure <= row.figures.keys()


def test_a_result_is_json(data: Data) -> None:
    told = json.loads(json.dumps(result(data("pubmedqa"), "pubmedqa", "yes", None, "no").as_json()))
    assert told["figures"]["accuracy"].keys() == {"value", "low", "high"}
    assert (told["answered"], told["abstained"]) == (2, 1)


def test_a_vocabulary_that_is_none_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("a\n", "utf-8")
    for path in (file, tmp_path / "none.txt"):
        with pytest.raises(FileRefused, match="vocabulary") as caught:
            open_tokens(path)
        assert "scibert" in caught.value.hint
