"""How often the side that is shown first to a yes-or-no question is the one that experts chose, given the right documents.

PubMedQA: the abstract of each question without its conclusion, so that its results must be read. BioASQ: the snippets that experts
chose for each question. The rules were written on PubMedQA's first 250 questions and BioASQ 7 to 9; the rows of the other 250 and of
BioASQ 10 and 11 are the ones to quote. Titles are not shown: PubMedQA's are the questions. Retrieval is measured elsewhere.

Two things that know nothing of the passages stand beside it: always the commoner answer, over all questions and over those that
were answered.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from biocopilot.copilot.literature.answer import answered_from

from .measure import Measured, Row

__all__ = ["Tally", "measure", "tally"]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_GOLD = {"supports": "yes", "opposes": "no"}


@dataclass(frozen=True)
class Question:
    """A question with its passages and what experts answered: `yes`, `no` or `maybe`."""

    text: str
    passages: tuple[tuple[str, Mapping[str, Any]], ...]
    gold: str


@dataclass
class Tally:
    """What became of a set of questions; `maybe` is counted apart, since no side agrees with it."""

    shown: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By gold answer and side shown first, `none` where none was."""
    one_sided: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Of these, where only one side was found."""

    @property
    def asked(self) -> int:
        return sum(count for (gold, _), count in self.shown.items() if gold != "maybe")

    @property
    def answered(self) -> int:
        return sum(count for (gold, side), count in self.shown.items() if gold != "maybe" and side != "none")

    @property
    def right(self) -> int:
        return sum(self.shown[gold, side] for side, gold in _GOLD.items())

    @property
    def commoner(self) -> int:
        """How many of all have the commoner answer."""
        return max(sum(count for (gold, _), count in self.shown.items() if gold == wanted) for wanted in ("yes", "no"))

    @property
    def commoner_of_answered(self) -> int:
        return max(
            sum(count for (gold, side), count in self.shown.items() if gold == wanted and side != "none")
            for wanted in ("yes", "no")
        )

    @property
    def maybe(self) -> str:
        """What was shown where the experts said maybe."""
        sides = {side: self.shown["maybe", side] for side in ("supports", "opposes", "none")}
        return f"{sides['supports']} said so first, {sides['opposes']} otherwise, {sides['none']} no side"

    @property
    def both(self) -> tuple[int, int]:
        """Of those answered with one side only: right, and all."""
        right = sum(self.one_sided[gold, side] for side, gold in _GOLD.items())
        return right, sum(count for (gold, _), count in self.one_sided.items() if gold != "maybe")


def tally(questions: Iterable[Question]) -> Tally:
    """Ask each question of its own passages."""
    result = Tally()
    for question in questions:
        said = answered_from(question.text, question.passages)
        side = "none" if said.first is None else said.first.side
        result.shown[question.gold, side] += 1
        if side != "none" and not (said.supporting and said.opposing):
            result.one_sided[question.gold, side] += 1
    return result


def measure(quick: bool) -> Measured:
    """Percentages of questions; `median` is the value. Quick asks the first 60 of each set."""
    most = 60 if quick else None
    sets = {
        "PubMedQA 1-250 (written on)": islice(_pubmedqa(range(250)), most),
        "PubMedQA 251-500": islice(_pubmedqa(range(250, 500)), most),
        "BioASQ 7-9 (written on)": islice(_bioasq(range(7, 10)), most),
        "BioASQ 10-11": islice(_bioasq(range(10, 12)), most),
    }
    rows: list[Row] = []
    notes: list[str] = []
    ratios: dict[str, float] = {}
    for name, questions in sets.items():
        found = tally(questions)
        wrong = found.answered - found.right
        rows += [
            _row(f"{name}: answered", found.answered, found.asked),
            _row(f"{name}: right of the answered", found.right, found.answered),
            _row(f"{name}: commoner answer, of the answered", found.commoner_of_answered, found.answered),
            _row(f"{name}: wrong, of all", wrong, found.asked),
            _row(f"{name}: always the commoner answer, wrong of all", found.asked - found.commoner, found.asked),
            _row(f"{name}: right where one side only was found", *found.both),
        ]
        if "PubMedQA" in name:
            notes.append(f"{name}, experts said maybe: {found.maybe}")
        ratios[f"{name}: wrong answers of always the commoner one / ours"] = (found.asked - found.commoner) / max(
            1, wrong
        )
    return Measured("literature_answers", "%", tuple(rows), ratios, tuple(notes))


def _row(what: str, part: int, whole: int) -> Row:
    value = 100 * part / max(1, whole)
    return Row(what, value, value, value, whole)


def _pubmedqa(which: range) -> Iterator[Question]:
    with gzip.open(DATA / "pubmedqa" / "pqal_dev_500.json.gz") as file:
        rows = list(json.load(file).items())
    for pmid, row in rows[which.start : which.stop]:
        sections = zip(row["LABELS"], row["CONTEXTS"], strict=True)
        passages = tuple(
            (f"E{number}", _record(pmid, section, text)) for number, (section, text) in enumerate(sections, 1)
        )
        yield Question(row["QUESTION"], passages, row["final_decision"])


def _bioasq(years: range) -> Iterator[Question]:
    for year in years:
        for path in sorted((DATA / "bioasq").glob(f"{year}B*_golden.json.gz")):
            with gzip.open(path) as file:
                questions = json.load(file)["questions"]
            for row in questions:
                if row["type"] == "yesno":
                    texts = dict.fromkeys((item["document"], item["text"]) for item in row["snippets"])
                    passages = tuple(
                        (f"E{number}", _record(document, "", text)) for number, (document, text) in enumerate(texts, 1)
                    )
                    yield Question(row["body"], passages, row["exact_answer"].lower())


def _record(document: str, section: str, text: str) -> dict[str, Any]:
    return {"type": "passage", "document": document, "label": document, "title": "", "section": section, "text": text}
