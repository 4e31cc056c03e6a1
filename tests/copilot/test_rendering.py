from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.copilot.rendering import call_label, render_answer, source_label
from biocopilot.memory.records import Answer, Claim, Evidence, Source, record_sha256

RDKIT = Source(name="RDKit", release="1.2", licence="BSD-3-Clause", attribution="RDKit")
CHEMBL = Source(name="ChEMBL", release="ChEMBL_36", licence="CC BY-SA 3.0", attribution="ChEMBL")


def evidence(name: str, source: Source = RDKIT, **arguments: Any) -> Evidence:
    record: dict[str, Any] = {"type": "x"}
    return Evidence(
        id=name,
        tool="molecule_properties",
        arguments=arguments or {"molecule": "C[C@H](N)C(=O)O"},
        source=source,
        retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
        backend="computed",
        record=record,
        sha256=record_sha256(record),
    )


def answer(text: str, **fields: Any) -> Answer:
    claims = (Claim(text="x [E1]", evidence=("E1",), verdict="supported"),)
    given = {"run_id": "run-1", "question": "q", "status": "answered", "planner": "embedded", "claims": claims}
    return Answer(**{**given, "answer": text, "evidence": (evidence("E1"),), "seconds": 0.1234, **fields})


def test_an_answer_is_its_text_its_evidence_and_its_run() -> None:
    assert render_answer(answer("The SMILES is `C[C@H](N)C(=O)O`, **exactly**. [E1]")) == (
        "The SMILES is C[C@H](N)C(=O)O, exactly. [E1]\n"
        "\n"
        "Evidence\n"
        "E1  RDKit 1.2 (BSD-3-Clause), computed · molecule_properties C[C@H](N)C(=O)O\n"
        "\n"
        "run-1 · embedded · 0.12 s\n"
    )


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("answered", "x"),
        ("partial", "Partly answered: something is missing, see below."),
        ("unknown", "Not answered."),
        ("failed", "The run failed."),
        ("cancelled", "Stopped before it ended."),
    ],
)
def test_a_status_other_than_answered_comes_first(status: str, said: str) -> None:
    assert render_answer(answer("x", status=status)).splitlines()[0] == said


def test_tables_stand_in_columns_with_numbers_to_the_right_and_bars_as_bars() -> None:
    text = "| drug | IC50 (nM) | evidence |\n| --- | --- | --- |\n| a\\|b | 1.5 | [E1] |\n| gefitinib | > 10 | [E1] |"
    assert render_answer(answer(text)).splitlines()[:4] == [
        "drug       IC50 (nM)  evidence",
        "---------  ---------  --------",
        "a|b              1.5  [E1]",
        "gefitinib       > 10  [E1]",
    ]


def test_struck_text_keeps_its_signs_and_lists_their_bullets() -> None:
    told = render_answer(answer("# Title\n- one\n- two\n\n~~It is 8. [E1]~~ (no evidence)"))
    assert told.splitlines()[:5] == ["Title", "- one", "- two", "", "~~It is 8. [E1]~~ (no evidence)"]


def test_uncited_evidence_is_counted_and_ids_are_aligned() -> None:
    claims = (Claim(text="x [E1, E10]", evidence=("E1", "E10"), verdict="supported"),)
    items = (evidence("E1"), evidence("E2"), evidence("E10", CHEMBL))
    lines = render_answer(answer("x", claims=claims, evidence=items)).splitlines()
    assert lines[3].startswith("E1   RDKit 1.2 (")
    assert lines[4].startswith("E10  ChEMBL_36 (CC BY-SA 3.0), computed")
    assert lines[5] == "     and 1 more that no sentence cites"
    assert "E2" in render_answer(answer("x", claims=(), evidence=items))


def test_notices_are_one_line_each() -> None:
    assert "\n! The source\nwas".replace("\n", " ").strip() in render_answer(
        answer("x", notices=("The source\nwas cut.",))
    )


def test_nothing_that_steers_a_terminal_is_left() -> None:
    hostile = "\x1b[31mred\x1b]0;title\x07\u202e\r"
    item = evidence("E1", Source(name=hostile, release=hostile, licence=hostile, attribution=""), molecule=hostile)
    told = render_answer(answer(f"a {hostile} b", notices=(hostile,), evidence=(item,), planner=hostile))
    assert not set(told) & {"\x1b", "\x07", "\u202e", "\r"}


def test_an_answer_with_nothing_in_it_is_its_status_and_run() -> None:
    empty = answer("", status="unknown", claims=(), evidence=())
    assert render_answer(empty) == "Not answered.\n\nrun-1 · embedded · 0.12 s\n"


def test_a_label_names_a_source_once() -> None:
    assert source_label(CHEMBL) == "ChEMBL_36"
    assert source_label(RDKIT) == "RDKit 1.2"


def test_a_call_is_its_tool_and_values_in_one_short_line() -> None:
    values = {"molecules": ["a", "b"], "most": 5, "to_stop": True, "none": None, "window": {"low": 1}}
    assert call_label("compare", values) == "compare a, b 5"
    assert len(call_label("draw", {"molecule": "C" * 500})) == 80


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ({}, "E1  Library: PMID 5 (CC BY): A title, page 3 · library show D1.aa"),
        ({"page": None}, "E1  Library: PMID 5 (CC BY): A title · library show D1.aa"),
        ({"page": None, "section": "Results"}, "E1  Library: PMID 5 (CC BY): A title, Results · library show D1.aa"),
        (
            {"retracted": True, "standing": "RETRACTED (notice PMID 9)"},
            "E1  RETRACTED (notice PMID 9): Library: PMID 5 (CC BY): A title, page 3 · library show D1.aa",
        ),
    ],
)
def test_a_passage_is_told_by_its_title_its_place_and_the_command_that_opens_it(
    known: dict[str, Any], line: str
) -> None:
    record = {"type": "passage", "retracted": False, "standing": "none", "title": "A title", "page": 3, "section": None}
    source = Source(name="Library: PMID 5", release="ab12", licence="CC BY", attribution="Lee MS")
    item = evidence("E1", source).model_copy(update={"record": {**record, "passage": "D1.aa", **known}})
    assert line in render_answer(answer("x", evidence=(item,))).splitlines()


def test_passages_that_were_looked_through_in_vain_are_not_listed() -> None:
    passage = evidence("E1").model_copy(update={"record": {"type": "passage", "passage": "D1.aa"}})
    told = render_answer(answer("x", claims=(), evidence=(passage, evidence("E2"))))
    assert "D1.aa" not in told
    assert "E2  RDKit 1.2" in told
