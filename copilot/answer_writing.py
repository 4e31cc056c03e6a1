"""A planner's answer as text: paragraphs and tables in Markdown, each statement checked against the evidence that it cites.

The loop takes the text of an answer from here and nowhere else, so that none is said that was not checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..memory.records import Claim, Evidence
from .claim_text import shown
from .claims import check_claim, split_claims
from .model_text import without_markup
from .planner.contract import Aside, Break, Give, Row, Sentence, Table

__all__ = ["sentence_text", "table_lines", "written"]


def written(give: Give, evidence: Mapping[str, Evidence]) -> tuple[list[str], list[Claim]]:
    """The answer's paragraphs and tables, and each of their claims; what no evidence holds is struck."""
    blocks: list[str] = []
    claims: list[Claim] = []

    def check(text: str) -> str:
        claim = check_claim(text, evidence)
        claims.append(claim)
        return shown(claim)

    if give.text:
        text, at = without_markup(give.text), 0
        pieces: list[str] = []
        for sentence in split_claims(text):  # each in its own place: a model may say the same twice
            place = text.index(sentence, at)
            pieces += [text[at:place], check(sentence)]
            at = place + len(sentence)
        blocks.append("".join(pieces) + text[at:])
    paragraph: list[str] = []
    for part in give.parts:
        if isinstance(part, Sentence):
            paragraph.append(check(sentence_text(part)))
            continue
        if paragraph:
            blocks.append(" ".join(paragraph))
            paragraph = []
        match part:
            case Break():
                pass
            case Table():
                head, rule, *rows = table_lines(part.header, part.rows)
                blocks.append("\n".join([head, rule, *map(check, rows)]))
            case Aside():
                blocks.append(part.text)
    if paragraph:
        blocks.append(" ".join(paragraph))
    return blocks, claims


def sentence_text(sentence: Sentence) -> str:
    """A sentence with its citations behind it."""
    return f"{sentence.text} {_tag(sentence.evidence)}" if sentence.evidence else sentence.text


def table_lines(header: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """The lines of a table, the evidence of a row in its last column."""
    lines = [_line((*header, "evidence")), _line(("---",) * (len(header) + 1))]
    return lines + [_line((*row.cells, _tag(row.evidence))) for row in rows]


def _tag(evidence: Sequence[str]) -> str:
    return f"[{', '.join(evidence)}]" if evidence else ""


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
