"""Questions with the records that answer them: PubMedQA's development half, and BioASQ 7 to 11 among screened records.

Of PubMedQA only the abstract is read: LONG_ANSWER is what its questions were made from. BioASQ gives snippets and no titles, so a gold
document is its snippets joined; distractors are whole records of other reviews. Weights are chosen on BioASQ 7 and 8 alone.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Document", "Set", "bioasq", "pubmedqa"]

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_CHOOSING = ("7B", "8B")
_REPORTING = ("9B", "10B", "11B")


@dataclass(frozen=True)
class Document:
    """What is indexed of one PMID."""

    title: str
    text: str

    @property
    def whole(self) -> str:
        """All of it, as the peers get it."""
        return f"{self.title.rstrip('. ')}. {self.text}" if self.title else self.text


@dataclass(frozen=True)
class Set:
    """Documents by PMID, and each question with the PMIDs that answer it."""

    name: str
    documents: Mapping[str, Document]
    questions: tuple[tuple[str, frozenset[str]], ...]


def pubmedqa() -> Set:
    """Each question and its own abstract, among all of them."""
    held = json.loads(gzip.decompress(_file("pubmedqa/pqal_dev_500.json.gz").read_bytes()))
    documents = {
        pmid: Document(
            "", "\n".join(f"{label}: {text}" for label, text in zip(item["LABELS"], item["CONTEXTS"], strict=True))
        )
        for pmid, item in held.items()
    }
    return Set("PubMedQA", documents, tuple((item["QUESTION"], frozenset([pmid])) for pmid, item in held.items()))


def bioasq(reporting: bool, most_distractors: int | None = None) -> Set:
    """The questions of one half, over the gold documents of both halves and the screened records.

    Args:
        reporting: the half that figures are reported on; else the one that weights are chosen on.
        most_distractors: fewer records, for a quick look.
    """
    gold: dict[str, dict[str, None]] = {}
    asked: dict[bool, dict[str, frozenset[str]]] = {False: {}, True: {}}
    for item, is_reporting in _bioasq_items():
        for snippet in item.get("snippets", []):
            gold.setdefault(_pmid(snippet["document"]), {})[snippet["text"].strip()] = None
        asked[is_reporting].setdefault(item["body"].strip(), frozenset(map(_pmid, item.get("documents", []))))
    documents = {pmid: Document("", "\n".join(snippets)) for pmid, snippets in gold.items()}
    screened = [(pmid, document) for pmid, document in _screened().items() if pmid not in documents]
    screened.sort(key=lambda item: hashlib.sha256(item[0].encode()).digest())  # so that fewer are a fair sample of all
    documents |= dict(screened[:most_distractors])
    questions = [
        (question, frozenset(pmid for pmid in wanted if pmid in gold))
        for question, wanted in asked[reporting].items()
        if not (reporting and question in asked[False])
    ]
    name = f"BioASQ {'9B to 11B' if reporting else '7B and 8B'}"
    return Set(name, documents, tuple((question, wanted) for question, wanted in questions if wanted))


def _bioasq_items() -> Iterator[tuple[dict[str, Any], bool]]:
    for path in sorted(_file("bioasq").glob("*_golden.json.gz")):
        if path.name.startswith(_CHOOSING + _REPORTING):
            for item in json.loads(gzip.decompress(path.read_bytes()))["questions"]:
                yield item, path.name.startswith(_REPORTING)


def _screened() -> dict[str, Document]:
    found = {}
    for path in sorted(_file("asreview_screening").rglob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as lines:
            for row in csv.DictReader(lines):
                title, text = (row.get("title") or "").strip(), (row.get("abstract") or "").strip()
                if text and row.get("pubmedID"):
                    found[row["pubmedID"]] = Document(title, text)
    return found


def _pmid(address: str) -> str:
    return address.rsplit("/", 1)[-1]


def _file(name: str) -> Path:
    path = _DATA / name
    if not path.exists():
        raise RuntimeError(f"The shared data are not at {path}.")
    return path
