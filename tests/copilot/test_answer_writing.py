"""An answer as text: citations behind sentences and in the last column, and what no evidence holds struck where it stands."""

from __future__ import annotations

from biocopilot.copilot.answer_writing import written
from biocopilot.copilot.planner.contract import Aside, Give, Row, Sentence, Table
from biocopilot.memory.records import Evidence

from .test_claims import evidence

FOUND: dict[str, Evidence] = {"E1": evidence({"weight": 180.16, "name": "aspirin"})}


def test_sentences_stand_together_and_a_table_has_its_evidence_in_the_last_column() -> None:
    table = Table(("name|s", "weight"), (Row(("aspirin", "180.16"), ("E1",)), Row(("aspirin", "9.99"), ("E1",))))
    parts = (Sentence("It is aspirin.", ("E1",)), Sentence("It weighs 180.16.", ("E1",)), table, Aside("Ask on."))
    blocks, claims = written(Give(parts=parts), FOUND)
    assert blocks[0] == "It is aspirin. [E1] It weighs 180.16. [E1]"
    lines = blocks[1].splitlines()
    assert lines[:3] == ["| name\\|s | weight | evidence |", "| --- | --- | --- |", "| aspirin | 180.16 | [E1] |"]
    assert "~~" in lines[3]
    assert blocks[2] == "Ask on."
    assert [claim.verdict for claim in claims] == ["supported", "supported", "supported", "unsupported"]


def test_of_the_same_sentence_said_twice_each_keeps_its_own_citation() -> None:
    blocks, claims = written(Give(text="It weighs 180.16. [E1]\n\nIt weighs 180.16."), FOUND)
    assert blocks == ["It weighs 180.16. [E1]\n\n~~It weighs 180.16.~~ (no evidence)"]
    assert [claim.verdict for claim in claims] == ["supported", "unsupported"]
