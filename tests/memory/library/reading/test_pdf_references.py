"""Which paragraphs are of a list of references, and which stay with the text."""

from __future__ import annotations

import runpy
import time
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.library.passages import passages_of
from biocopilot.memory.library.reading.pdf import read
from biocopilot.memory.library.reading.pdf_references import parts_of

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("pdf_making.py")))
Put, column, pdf = MADE["Put"], MADE["column"], MADE["pdf"]

PROSE = (
    "Osmotic pumps delivered the peptide for two weeks, and the animals were weighed every morning by somebody who did not"
    " know which of them had got it. Those that had it lost less of their weight than those that had not."
)
NUMBERED = [
    "1. Abel K, Baker LM: Peptides in pumps. J Imag Pharm 2001, 12:34–40.",
    "2. Cole D, Dorn E, et al: Weights of animals. Lancet 1999, 3(2):1–9.",
    "3. Office of Weights: Yearbook. London: Office of Weights; 2010.",
    "4. Eads F: A method. [http://example.org/method]",
]
NAMED = [
    "Abel, K., Baker, L. M. (2001) Peptides in pumps. J. Imag. Pharm. 12, 34–40",
    "Cole, D. and Dorn, E. (1999) Weights of animals. Lancet 3, 1–9",
    "Eads, F. (2010) A method that others use. Nature 4, 100–103",
]


def kinds(*pages: list[str]) -> list[tuple[int, str, list[str]]]:
    return [(number, kind, text.split("\n")) for number, kind, text in parts_of(["\n".join(page) for page in pages])]


@pytest.mark.parametrize(
    "heading",
    ["References", "REFERENCES", "5. References", "6 Bibliography", "VII. Literature cited", "Works Cited:", "References and Notes"],
)  # fmt: skip
@pytest.mark.parametrize("entries", [NUMBERED, NAMED])
def test_a_list_begins_at_its_heading_in_the_middle_of_a_page(heading: str, entries: list[str]) -> None:
    assert kinds([PROSE, heading, *entries]) == [(1, "page", [PROSE]), (1, "references", [heading, *entries])]


def test_a_heading_may_stand_in_one_line_with_the_first_entry() -> None:
    first = f"References {NUMBERED[0]}"
    assert kinds([PROSE, first, *NUMBERED[1:]])[1] == (1, "references", [first, *NUMBERED[1:]])


def test_a_list_goes_over_pages_and_each_page_keeps_its_number() -> None:
    assert kinds([PROSE, "References", *NUMBERED[:2]], [], [*NUMBERED[2:], "Appendix A", PROSE], [PROSE]) == [
        (1, "page", [PROSE]),
        (1, "references", ["References", *NUMBERED[:2]]),
        (3, "references", NUMBERED[2:]),
        (3, "page", ["Appendix A", PROSE]),
        (4, "page", [PROSE]),
    ]


def test_a_list_goes_on_behind_a_figure_and_a_table() -> None:
    between = ["Figure 3 Weights of the animals.", *(f"group {letter} 12.5 3.4" for letter in "abc"), PROSE * 8]
    found = kinds(["References", *NUMBERED[:2]], between, NUMBERED[2:])
    assert found == [
        (1, "references", ["References", *NUMBERED[:2]]),
        (2, "page", between),
        (3, "references", NUMBERED[2:]),
    ]


def test_the_second_lines_of_entries_are_of_the_list() -> None:
    parted = [NUMBERED[0], "2. Cole D, Dorn E, Dunn P, Dyer R, Dale S:", "The weights of animals in their", "cages. Lancet 1999, 3(2):1–9."]  # fmt: skip
    assert kinds(["References", *parted, NUMBERED[2]]) == [(1, "references", ["References", *parted, NUMBERED[2]])]


@pytest.mark.parametrize(
    "foot",
    [
        "Submit your next manuscript to Imaginary Press, 2001, 12:34–40.",
        "doi:10.1186/0000-1 Cite this article as: Abel et al.: Peptides in pumps. J Imag Pharm 2001, 12:34–40.",
        "Received 3 May 2001; accepted 4 June 2001",
        "© 2001 Abel et al.; licensee Imaginary Press. 2001, 12:34–40.",
        "Figure 4. Weights as in Abel K, Baker LM (2001).",
    ],
)
def test_what_the_publisher_says_at_the_foot_is_not_of_the_list(foot: str) -> None:
    assert kinds(["References", *NUMBERED, foot])[-1] == (1, "page", [foot])


def test_an_appendix_that_cites_is_not_of_the_list() -> None:
    citing = [
        f"{PROSE} This was so before (Abel et al. 2001; Cole 1999). {PROSE}",
        "As Eads said in 2010, one may. " + PROSE,
    ]
    assert kinds(["References", *NAMED, "Appendix", *citing])[1] == (1, "page", ["Appendix", *citing])
    many = [PROSE] * 8
    assert kinds(["References", *NAMED, *many, *citing])[1:] == [(1, "page", [*many, *citing])]


def test_lists_of_several_chapters_are_each_found() -> None:
    chapter = [PROSE, "References", *NUMBERED]
    assert [kind for _, kind, _ in kinds(chapter, chapter)] == ["page", "references"] * 2


def test_the_word_alone_makes_no_list() -> None:
    contents = ["Contents", "Methods 3", "References", "Appendix 9"]
    assert kinds(contents, ["References", PROSE, PROSE], [PROSE]) == [
        (1, "page", contents), (2, "page", ["References", PROSE, PROSE]), (3, "page", [PROSE]),
    ]  # fmt: skip


def test_many_headings_take_no_time_that_grows_with_their_square() -> None:
    def seconds(count: int) -> float:
        pages = ["\n".join(["References", *NUMBERED[:2], PROSE * 8])] * count
        began = time.process_time()
        assert len(parts_of(pages)) == 2 * count
        return time.process_time() - began

    assert seconds(1600) < 3 * 8 * min(seconds(200) for _ in range(3))


def test_a_pdf_has_them_in_parts_of_their_own_where_offsets_count() -> None:
    lines = [Put(50, 400 - 14 * n, line) for n, line in enumerate(["References", *NUMBERED])]
    (found,) = read(pdf([[*column(PROSE, 50, 700, 460), *lines], [Put(50, 700, "A page behind them.")]]), "x.pdf")
    assert [(part.page, part.kind, part.section, part.place) for part in found.parts] == [
        (1, "page", "", "page 1"),
        (1, "references", "References", "page 1, References"),
        (2, "page", "", "page 2"),
    ]
    assert found.parts[0].text == PROSE
    for passage in passages_of(found):
        assert found.parts[passage.part].text[passage.start : passage.end] == passage.text


def test_real_articles_have_their_whole_lists(shared: Path) -> None:
    counts = {"cermine_test1": 79, "norma_1745-6215-15-486": 49, "norma_04-00932": 44}
    for name, count in counts.items():
        path = shared / "data" / "pdf_ccby" / f"{name}.pdf"
        if not path.is_file():
            pytest.skip("the PDF is not in the shared material")
        (found,) = read(path.read_bytes(), path.name)
        listed = "\n".join(part.text for part in found.parts if part.kind == "references")
        other = "\n".join(part.text for part in found.parts if part.kind != "references")
        begins = [line.partition(".")[0] for line in listed.split("\n")]
        assert [number for number in begins if number.isdigit()] == [str(n) for n in range(1, count + 1)]
        assert "References" not in other.split("\n")
