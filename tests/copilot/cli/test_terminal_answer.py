from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from biocopilot.copilot.cli.terminal_answer import print_answer
from biocopilot.memory.records import Answer, Claim, Evidence, Source, record_sha256
from rich.console import Console


def evidence(name: str) -> Evidence:
    record: dict[str, Any] = {"type": "x"}
    return Evidence(
        id=name,
        tool="molecule_properties",
        arguments={"molecule": "C[C@H](N)C(=O)O"},
        source=Source(name="RDKit", release="1.2", licence="BSD-3-Clause", attribution="RDKit"),
        retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
        backend="computed",
        record=record,
        sha256=record_sha256(record),
    )


def answer(text: str, **fields: Any) -> Answer:
    claims = (Claim(text="x [E1]", evidence=("E1",), verdict="supported"),)
    given = {"run_id": "run-1", "question": "q", "status": "answered", "planner": "embedded", "claims": claims}
    return Answer(**{**given, "answer": text, "evidence": (evidence("E1"), evidence("E2")), **fields})


def shown(what: Answer, width: int = 80, colour: bool = False) -> str:
    out = io.StringIO()
    system: Any = "standard" if colour else None
    print_answer(what, Console(file=out, width=width, force_terminal=colour, color_system=system, highlight=False))
    return out.getvalue()


def test_smiles_and_markup_are_shown_letter_by_letter() -> None:
    text = "The SMILES is C[C@H](N)C(=O)O and *C* and [bold]x[/bold] and [link](y) [E1]."
    assert text in shown(answer(text), width=100).replace("\n", " ")


def test_evidence_ids_are_dim_and_code_loses_its_ticks() -> None:
    out = shown(answer("MW of `CCO` is **46.07** [E1]."), colour=True)
    assert "\x1b[2m[E1]\x1b[0m" in out
    assert "`" not in out
    assert "**" not in out


def test_a_table_is_aligned_and_escaped_bars_are_bars() -> None:
    out = shown(answer("| name | nM | evidence |\n| --- | --- | --- |\n| a\\|b | 1.5 | [E1] |\n| c | 10 | [E1] |"))
    lines = [line.rstrip() for line in out.splitlines()]
    row = next(line for line in lines if "a|b" in line)
    other = next(line for line in lines if line.strip().startswith("c"))
    assert row.index("1.5") + 3 == other.index("10") + 2  # numbers end in the same column
    assert "---" not in out


def test_evidence_and_notices_are_listed_and_uncited_evidence_counted() -> None:
    out = shown(answer("x [E1].", notices=("The source [x] was cut.",), status="partial"))
    assert "E1  RDKit 1.2 (BSD-3-Clause), computed" in out
    assert "and 1 more that no sentence cites" in out
    assert "! The source [x] was cut." in out
    assert out.lstrip().startswith("Partly answered")


def test_no_line_is_wider_than_the_terminal() -> None:
    long = "word " * 60 + "C" * 200 + " [E1]"
    out = shown(answer(f"{long}\n\n| a | b |\n| --- | --- |\n| {'N' * 120} | 2 |"), width=80)
    assert max(map(len, out.splitlines())) <= 80
    assert out.count("C") > 200  # folded, not cut
    assert out.split("Evidence")[0].count("N") == 120


def test_escape_sequences_never_reach_the_terminal() -> None:
    assert "\x1b" not in shown(answer("a \x1b[31mred\x1b]0;title\x07 [E1]", notices=("\x1b[2Jn",)))


def test_no_colour_means_no_escape_codes(monkeypatch: Any) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = io.StringIO()
    print_answer(answer("x [E1]"), Console(file=out, force_terminal=True, width=80))
    assert "\x1b[3" not in out.getvalue()
