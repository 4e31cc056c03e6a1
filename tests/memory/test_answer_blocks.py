from __future__ import annotations

from biocopilot.memory.answer_blocks import Heading, Line, Piece, Table, paragraphs_of, pieces_of


def test_markdown_is_taken_apart_once_for_all() -> None:
    text = "## T\n1. one\nplain\n\n \n| a | b |\n|---|:-:|\n| 1 | x | y |\n| - |\n\n| no table |\n\n|"
    assert paragraphs_of(text) == (
        (Heading("T"), Line("one", "1."), Line("plain")),
        (Table(("a", "b"), (("1", "x"), ("-", ""))),),
        (Line("| no table |"),),
        (Line("|"),),
    )


def test_only_the_signs_of_answers_are_signs() -> None:
    text = "*C* [x](y) _a_ `[E1]` **b** ~~c [E2]~~ [E1, E4] [E] <i>"
    assert [piece for piece in pieces_of(text) if piece.kind != "text"] == [
        Piece("code", "[E1]"),
        Piece("bold", "b"),
        Piece("struck", "c [E2]"),
        Piece("evidence", "[E1, E4]"),
    ]
    assert "".join(piece.text for piece in pieces_of("*C* [x](y) _a_ <i>")) == "*C* [x](y) _a_ <i>"
