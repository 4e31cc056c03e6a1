"""The frozen set's grader: what it accepts, what it must not. Asks no planner and shows none of the wordings."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

# A change of the set is deliberate: mend the row, then this digest, and say why in the commit message.
FROZEN_SHA256 = "58a71716bab9608dc7f700cf8e85225774268dc495060d639d8048548af63797"


def _load() -> ModuleType:
    path = Path(__file__).with_name("grade_frozen.py")
    spec = importlib.util.spec_from_file_location("grade_frozen", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


grader = _load()


@dataclass(frozen=True)
class SaidClaim:
    verdict: str = "supported"
    evidence: tuple[str, ...] = ("E1",)


@dataclass(frozen=True)
class SaidCall:
    tool: str


@dataclass(frozen=True)
class Said:
    text: str
    status: str = "answered"
    claims: tuple[SaidClaim, ...] = (SaidClaim(),)
    tool_calls: tuple[SaidCall, ...] = ()


def test_frozen_rows_load_with_at_least_three_wordings_a_kind() -> None:
    rows = grader.load_rows()
    kinds = Counter(row["kind"] for row in rows)
    assert len(rows) >= 260
    assert min(kinds.values()) >= 3


def test_frozen_rows_are_unchanged() -> None:
    assert hashlib.sha256(grader.WORDINGS.read_bytes()).hexdigest() == FROZEN_SHA256


def test_row_without_gold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"id": "a", "kind": "mw", "question": "?"}), encoding="utf-8")
    with pytest.raises(ValueError, match="gold"):
        grader.load_rows(path)


def test_doubled_id_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    row = json.dumps({"id": "a", "kind": "mw", "question": "?", "yes": True})
    path.write_text(f"{row}\n{row}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="twice"):
        grader.load_rows(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,012.9 nM", [1012.9]),
        ("−1.03 [E12, E3]", [-1.03]),
        ("P00533 and C9H8O4", []),
        ("12 345 and 5, 10", [12345.0, 5.0, 10.0]),
        ("3.2e-05", [3.2e-05]),
        ("`Cn1c(C(=O)N2c3ccccc3C[C@H]2C(N)=O)cc(Cl)c1Cl` has 4 rings", [4.0]),
        ("The logP(Crippen)=3.41 of (C1CC1)N: 3.41 (C=O: 1).", [3.41, 3.41, 1.0]),
    ],
)
def test_numbers_stand_alone(text: str, expected: list[float]) -> None:
    assert list(grader.numbers_in(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes: 0 violations.", True),
        ("Yes, although it is not small.", True),
        ("**No.** It has none.", False),
        ("It crosses by this rule, not a measurement.", True),
        ("No PAINS alert was found. Yes, really.", False),
        ("It does not cross.", False),
        ("It matches catechol_A. No other matches.", True),
    ],
)
def test_first_sentence_decides_yes_or_no(text: str, expected: bool) -> None:
    assert grader.says_yes(text) is expected


NUMBER_ROW = {"number": {"number": 10.0, "tolerance": 0.1}, "numbers": [{"number": 3, "tolerance": 0}]}


@pytest.mark.parametrize(
    ("row", "answer", "right"),
    [
        (NUMBER_ROW, Said("10.05 and 3"), True),
        (NUMBER_ROW, Said("10.05 alone"), False),
        (NUMBER_ROW, Said("10.05 and 3", status="partial"), False),
        (NUMBER_ROW, Said("10.05 and 3", claims=()), False),
        (NUMBER_ROW, Said("10.05 and 3", claims=(SaidClaim(verdict="unsupported"),)), False),
        (NUMBER_ROW, Said("10.05 and 3", claims=(SaidClaim(evidence=()),)), False),
        ({"text": ["C1 CC1"]}, Said("`c1cc1`"), True),
        ({"text": ["a1", "b2"]}, Said("a1"), False),
        ({"status": ["unknown"]}, Said("", status="unknown", claims=()), True),
        ({"status": ["unknown"]}, Said("4 [E1]"), False),
        ({"status": ["answered"], "any": ["nM"]}, Said("5 nM"), True),
        ({"status": ["answered"], "any": ["nM"]}, Said("no match: unmatched"), False),
        ({"status": ["answered", "unknown"], "if_answered": ["nM"]}, Said("nothing", status="unknown"), True),
        ({"status": ["answered", "unknown"], "if_answered": ["nM"]}, Said("nothing"), False),
        ({"yes": True, "expect_tools": ["a|b", "c"]}, Said("Yes", tool_calls=(SaidCall("b"), SaidCall("c"))), True),
        ({"yes": True, "expect_tools": ["a|b", "c"]}, Said("Yes", tool_calls=(SaidCall("b"),)), False),
    ],
)
def test_grade_row(row: dict[str, object], answer: Said, right: bool) -> None:
    assert grader.grade_row(row, answer)[0] is right
