"""Grade answers to the frozen wordings: `python tests/copilot/frozen/grade_frozen.py [--least 0.95] [--kind mw]`.

`load_rows` and `grade_row` are importable; `main` asks the embedded planner, offline, and prints a tally by kind. The
rules are those of the project's development grader, with sessions, expected tools and several values to a row added
(README.md beside this file). Nothing here reads the planner: it grades what an answer says.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

WORDINGS = Path(__file__).with_name("wordings.jsonl")

Row = Mapping[str, Any]

_CITATION = re.compile(r"\[E\d+(?:\s*,\s*E\d+)*\]")
# A number stands alone: digits inside identifiers (P00533, C9H8O4) are not numbers. Blanks and commas group thousands.
_NUMBER = re.compile(
    r"(?<![\w.])[-−]?\d{1,3}(?:[,\u00a0\u2009\u202f ]\d{3})+(?:\.\d+)?(?!\d)"
    r"|(?<![\w.])[-−]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
)
# A SMILES has ring digits after a bracket, which would pass for counts.
_SMILES = re.compile(
    r"(?<![^\s`,(])(?=[^\s`,]*[Cc])(?=[^\s`,]*[()\[\]=#@])"
    r"[BCNOFPSIHaclnosr0-9@+\-\[\]()=#%/\\.]{8,}(?![^\s`,.?;:)])"
)
_DENIAL = re.compile(r"\b(?:no|not|none|without|cannot|0)\b|n't\b")
# "a rule, not a measurement" qualifies a yes; it does not deny it.
_CAVEAT = re.compile(
    r"\bnot (?:a |an )?(?:measure\w*|proof|guarantee\w*|experiment\w*)|\b(?:no|0) violations?\b|\bno measure\w*"
)


class ClaimLike(Protocol):
    @property
    def verdict(self) -> str: ...
    @property
    def evidence(self) -> Sequence[str]: ...


class ToolCallLike(Protocol):
    @property
    def tool(self) -> str: ...


class AnswerLike(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def claims(self) -> Sequence[ClaimLike]: ...
    @property
    def tool_calls(self) -> Sequence[ToolCallLike]: ...


def load_rows(path: Path = WORDINGS) -> list[dict[str, Any]]:
    """The rows of a question file, in order; raises `ValueError` for a row that could not be graded or a doubled id."""
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    for line_number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        row = json.loads(line)
        if not {"id", "kind", "question"} <= row.keys() or not row.keys() & {"number", "text", "yes", "status"}:
            raise ValueError(f"{path.name}, line {line_number}: needs id, kind, question and a gold value")
        if row["id"] in seen:
            raise ValueError(f"{path.name}, line {line_number}: id {row['id']} stands twice")
        seen.add(row["id"])
        rows.append(row)
    return rows


def grade_row(row: Row, answer: AnswerLike) -> tuple[bool, str]:
    """Whether an answer is right for its row, and the reason when it is not (or "right")."""
    for fault in _faults(row, answer):
        return False, fault
    return True, "right"


def numbers_in(text: str) -> Iterator[float]:
    """Every free-standing number of a text, with citations and SMILES left out and thousands separators removed."""
    for hit in _NUMBER.findall(_SMILES.sub(" ", _CITATION.sub(" ", text))):
        yield float(re.sub(r"[,\s]", "", hit).replace("−", "-"))


def says_yes(text: str) -> bool:
    """Whether the first sentence affirms: a leading yes or no decides, otherwise any word that denies."""
    first = re.split(r"(?<=[.!?])\s|\n", re.sub(r"[*_`#]+", "", text).strip(), maxsplit=1)[0].lower()
    lead = re.match(r"(yes|no)\b", first)
    if lead:
        return lead[1] == "yes"
    return not _DENIAL.search(_CAVEAT.sub(" ", first))


def _faults(row: Row, answer: AnswerLike) -> Iterator[str]:
    text, status = answer.text or "", str(answer.status)
    wanted_status = row.get("status", ["answered"])
    if status not in wanted_status:
        yield f"status {status}, want {' or '.join(wanted_status)}"
    if status == "answered":
        yield from _claim_faults(answer)
    for gold in _golds(row):
        value, tolerance = gold["number"], gold["tolerance"]
        if not any(abs(found - value) <= tolerance + 1e-9 for found in numbers_in(text)):
            yield f"want {value} ± {tolerance}"
    plain = _squeezed(text)
    for wanted in row.get("text", ()):
        if _squeezed(wanted) not in plain:
            yield f"want the text {wanted}"
    if "any" in row and not _mentions_any(text, row["any"]):
        yield f"want one of {row['any']}"
    if status == "answered" and "if_answered" in row and not _mentions_any(text, row["if_answered"]):
        yield f"answered, but without one of {row['if_answered']}"
    if "yes" in row and says_yes(text) != row["yes"]:
        yield f"want {'yes' if row['yes'] else 'no'}"
    called = {call.tool for call in answer.tool_calls}
    for wanted in row.get("expect_tools", ()):
        if not called & set(wanted.split("|")):
            yield f"want a call of {wanted.replace('|', ' or ')}, called {', '.join(sorted(called)) or 'nothing'}"


def _claim_faults(answer: AnswerLike) -> Iterator[str]:
    if not answer.claims:
        yield "answered without a claim"
    if any(str(claim.verdict) != "supported" or not claim.evidence for claim in answer.claims):
        yield "a claim without support"


def _golds(row: Row) -> list[Mapping[str, float]]:
    return ([row["number"]] if "number" in row else []) + list(row.get("numbers", ()))


def _squeezed(text: str) -> str:
    return re.sub(r"[\s*`]+", "", text).lower()


def _mentions_any(text: str, wanted: Iterable[str]) -> bool:
    """A word with a capital (nM, PARP) must begin a word, so written; a lower-case one may stand anywhere."""
    plain = re.sub(r"[*`]+", "", text)
    return any(
        bool(re.search(rf"(?<!\w){re.escape(word)}", plain)) if word != word.lower() else word in plain.lower()
        for word in wanted
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask every row and print the tallies; the exit status is 1 below --least."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=WORDINGS)
    parser.add_argument("--planner", default="embedded")
    parser.add_argument("--kind", action="append", help="only this kind; may be given more than once")
    parser.add_argument("--show", action="store_true", help="print each wrong answer (not for whoever tunes)")
    parser.add_argument("--least", type=float, default=0.0)
    options = parser.parse_args(arguments)

    from biocopilot.copilot import Copilot

    copilot = Copilot(offline=True, planner=options.planner)
    rows = [row for row in load_rows(options.file) if not options.kind or row["kind"] in options.kind]
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    seconds: list[float] = []
    for row in rows:
        said, start = "", time.perf_counter()
        try:
            if "session" in row:
                # A fresh session a row, and a fresh one a run: an earlier run must not supply the antecedent.
                session = f"frozen-{row['id']}-{time.time_ns()}"
                for earlier in row["session"]:
                    copilot.ask(earlier, session=session)
                start = time.perf_counter()
                answer = copilot.ask(row["question"], session=session)
            else:
                answer = copilot.ask(row["question"])
            seconds.append(time.perf_counter() - start)
            right, reason = grade_row(row, answer)
            said = " ".join((answer.text or "").split())[:160]
        except Exception as error:  # a crash is a wrong answer, and the rest is still graded
            seconds.append(time.perf_counter() - start)
            right, reason = False, f"{type(error).__name__}: {error}"
        tally[row["kind"]][0] += right
        tally[row["kind"]][1] += 1
        if options.show and not right:
            _say(f"- {row['id']}: {row['question']}\n    {reason}; said: {said}")
    for kind, (right_count, asked) in sorted(tally.items()):
        _say(f"{kind:16}{right_count:4}/{asked}")
    total = sum(right_count for right_count, _ in tally.values())
    share = total / len(rows) if rows else 0.0
    if seconds:
        _say(f"seconds a question: median {statistics.median(seconds):.3f}, slowest {max(seconds):.3f}")
    _say(f"right {total}/{len(rows)} = {share:.3f}")
    return int(share < options.least)


if __name__ == "__main__":
    sys.exit(main())
