"""What becomes of a page: columns in order, paragraphs whole, words whole, and no running heads."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.library.reading.pdf_document import document_of

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("pdf_making.py")))
Put, column, pdf = MADE["Put"], MADE["column"], MADE["pdf"]
ENGINE = "pypdf"


@pytest.fixture(params=["pypdf", "pdfium"], autouse=True)
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every test is asked of both engines."""
    if request.param == "pdfium":
        pytest.importorskip("pypdfium2")
    monkeypatch.setitem(globals(), "ENGINE", request.param)
    return str(request.param)


PROSE = (
    "The compound that was found first inhibits the kinase in cells at a dose of ten nanomolar, which is less than what the"
    " enzyme needs when its concentration of adenosine triphosphate is that of a living cell. Its selectivity over related"
    " kinases was measured in the same way and was no worse than that of the reference. "
)
OTHER = (
    "Patients who had been treated before were asked to take part, and most of them agreed to do so after they had been told"
    " what was known of the risk. Nobody was excluded for reasons of age or of sex. "
)


def texts(pages: list[Any], **how: Any) -> list[str]:
    return [text for _, _, text in document_of(pdf(pages, **how), "paper.pdf", engine=ENGINE)["parts"]]


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("shift", [0.0, 3.0, 6.0])
def test_the_left_column_is_read_before_the_right(shift: float) -> None:
    (text,) = texts([column(PROSE * 2, 50, 700) + column(OTHER * 2, 300, 700 - shift)])
    assert text.split("\n") == [squeezed(PROSE * 2), squeezed(OTHER * 2)]


def test_three_columns_are_read_from_left_to_right() -> None:
    (text,) = texts(
        [[put for n, part in enumerate((PROSE, OTHER, PROSE)) for put in column(part * 2, 40 + 175 * n, 700, 155)]]
    )
    assert squeezed(text) == squeezed(PROSE * 2 + OTHER * 2 + PROSE * 2)


def test_what_goes_across_the_page_parts_the_columns_above_from_those_below() -> None:
    across = column(
        "A figure that goes across the page was drawn here, and this is what is said of it. " * 3, 50, 560, 470
    )
    page = [
        *[Put(50, 760, "A title that is as wide as the page and is read before all else", 15)],
        *column(PROSE, 50, 700), *column(OTHER, 300, 700), *across, *column("Below left. " + PROSE, 50, 480),
        *column("Below right. " + OTHER, 300, 480),
    ]  # fmt: skip
    (text,) = texts([page])
    places = [
        text.index(said) for said in ("A title", "The compound", "Patients", "A figure", "Below left", "Below right")
    ]
    assert places == sorted(places)


def test_two_last_lines_beside_each_other_stay_in_columns_that_are_known() -> None:
    first = column(PROSE * 3, 50, 700) + column(OTHER * 3, 300, 700)
    across = column(
        "A figure that goes across the page was drawn here, and this is what is said of it. " * 2, 50, 200, 470
    )
    second = [*across, *column("Left lines that stand alone at the foot of the page. And so on.", 50, 100),
              *column("Right lines that stand alone at the foot of the page. And so on.", 300, 100)]  # fmt: skip
    text = texts([first, second])[1]
    assert "Left lines that stand alone at the foot of the page. And so on." in text
    assert "Right lines that stand alone at the foot of the page. And so on." in text


def test_numbers_of_references_stay_with_their_text() -> None:
    def references(x: float, first: int) -> list[Any]:
        found = []
        for n in range(8):
            found += [Put(x, 700 - 40 * n, str(first + n)), *column(OTHER[:110], x + 22, 700 - 40 * n, 170)]
        return found

    (text,) = texts([references(50, 1) + references(280, 9)])
    assert [text.index(f"{n} Patients") for n in range(1, 17)] == sorted(
        text.index(f"{n} Patients") for n in range(1, 17)
    )


def test_a_line_into_the_gutter_does_not_part_numbers_of_references_from_their_text() -> None:
    def references(x: float, first: int) -> list[Any]:
        found = []
        for n in range(8):
            found += [Put(x, 700 - 40 * n, str(first + n)), *column(OTHER[:110], x + 22, 700 - 40 * n, 170)]
        return found

    note = Put(50, 370, "This note on the funding is set a little wider, so as")
    assert 262 < 50 + MADE["width"](note.text) < 273
    (text,) = texts([[*references(50, 11), *references(262, 31), note]])
    assert all(f"{n} Patients" in text for n in (*range(11, 19), *range(31, 39)))


def test_a_raised_letter_stays_with_the_line_across_the_page_that_it_begins() -> None:
    across = "These core areas belong to what the authors call the impact of health conditions on the lives of all their patients"
    page = [*column(PROSE, 50, 700), *column(PROSE, 300, 700), Put(50, 504, "a", 5), Put(53, 500, across, 8)]
    assert f"a{across}" in texts([page])[0].split("\n")


def test_rows_of_a_table_stay_rows() -> None:
    rows = [("erlotinib", "2.0", "0.5", "12"), ("gefitinib", "3.1", "0.6", "14"), ("osimertinib", "12.0", "1.2", "9"),
            ("afatinib", "0.5", "0.1", "11"), ("lapatinib", "10.8", "0.9", "10")]  # fmt: skip
    (text,) = texts(
        [[Put(60 + 100 * n, 700 - 14 * m, cell) for m, row in enumerate(rows) for n, cell in enumerate(row)]]
    )
    assert text.split("\n") == [" ".join(row) for row in rows]


def test_paragraphs_are_apart_and_hold_no_breaks() -> None:
    first, second = column(PROSE, 60, 700, 460), column(OTHER, 60, 0, 460)
    low = first[-1].y - 12
    indented = [Put(put.x + (14 if n == 0 else 0), low - 12 * n, put.text) for n, put in enumerate(second)]
    (text,) = texts([[*first, *indented, Put(60, 400, "Results", 12), *column(PROSE, 60, 380, 460)]])
    assert text.split("\n") == [squeezed(PROSE), squeezed(OTHER), "Results", squeezed(PROSE)]


@pytest.mark.parametrize(
    ("known", "line", "following", "expected"),
    [
        ("The treatment was new.", "We stopped the treat-", "ment at once.", "treatment"),
        ("The dose-response curve was steep.", "We saw a dose-", "response curve too.", "dose-response"),
        ("Cells were grown.", "We measured IL-", "2 in plasma.", "IL-2"),
        ("Cells were grown.", "We saw non-", "Hodgkin lymphoma.", "non-Hodgkin"),
        ("A p-value was given.", "We gave each p-", "value as it was.", "p-value"),
        ("No cost was too high for effective care.", "It was a cost-", "effective drug.", "cost-effective"),
        ("It was self-reported.", "It was self-", "administered by all.", "self-administered"),
        ("It was non-toxic to responders.", "They were non-", "responders to it.", "non-responders"),
        ("Nothing else.", "It was immuno-", "histochemical work.", "immunohistochemical"),
    ],
)
def test_hyphens_at_the_ends_of_lines_go_unless_they_are_the_words_own(
    known: str, line: str, following: str, expected: str
) -> None:
    seen = f"What we administered we reported. {known}"
    (text,) = texts([[Put(60, 700, seen), Put(60, 660, line), Put(60, 648, following)]])
    assert expected in text.split("\n")[-1]


def test_running_heads_and_numbers_of_pages_go_and_what_they_say_once_stays() -> None:
    pages = []
    for n in range(1, 7):
        head = Put(60, 800, "Smith et al. Journal of Kinases 2020, 4:1" if n % 2 else "Kinases in cells")
        own = column(f"On sheet {'abcdefg'[n]} there is this to be said. {PROSE}", 60, 700, 460)
        pages.append([head, *own, Put(300, 30, f"Page {n} of 6")])
    found = texts(pages)
    assert all(
        "Journal of Kinases" not in text and "Kinases in cells" not in text and "Page" not in text for text in found
    )
    assert all("there is this to be said." in text for text in found)


def test_pages_that_are_all_alike_are_kept() -> None:
    assert texts([[Put(60, 700, "The same on every page.")]] * 6) == ["The same on every page."] * 6


def test_line_numbers_of_a_manuscript_go_and_numbers_of_its_text_stay() -> None:
    lines = column(PROSE * 3, 90, 700, 420, leading=20)
    numbers = [Put(50 if n > 8 else 55.56, put.y, str(n + 1)) for n, put in enumerate(lines)]
    assert len(numbers) >= 8
    assert texts([[*numbers, *lines]]) == [squeezed(PROSE * 3)]


def test_blanks_that_are_not_drawn_are_found_and_spaced_letters_are_one_word() -> None:
    x, puts = 60.0, []
    for word in ("Blanks", "are", "not", "drawn", "here."):
        puts.append(Put(x, 700, word))
        x += MADE["width"](word) + 2.6
    for n, letter in enumerate("SPACED"):
        puts.append(Put(60 + n * 8.2, 650, letter))
    (text,) = texts([puts])
    assert text.split("\n") == ["Blanks are not drawn here.", "SPACED"]


def test_what_is_drawn_over_another_character_is_one_with_it() -> None:
    w = MADE["width"]
    page = [Put(60, 700, "IC50 = 11.2 "), Put(60 + w("IC50 = 11.2 "), 700, "+"), Put(60 + w("IC50 = 11.2 "), 696, "-"),
            Put(60 + w("IC50 = 11.2 + "), 700, "0.7 nM by Brostr"), Put(60 + w("IC50 = 11.2 + 0.7 nM by Brostr") + 1, 700, "\xa8"),
            Put(60 + w("IC50 = 11.2 + 0.7 nM by Brostr"), 700, "om.")]  # fmt: skip
    assert texts([page]) == ["IC50 = 11.2 ± 0.7 nM by Broström."]


def test_raised_characters_stay_on_their_line_and_bold_by_drawing_twice_is_said_once() -> None:
    w = MADE["width"]
    page = [Put(60, 700, "As shown"), Put(60 + w("As shown"), 704, "12", 6), Put(60 + w("As shown") + 9, 700, "by others."),
            Put(60, 650, "Bold heading"), Put(60.3, 650, "Bold heading")]  # fmt: skip
    assert texts([page]) == ["As shown12 by others.\nBold heading"]


def test_turned_writing_comes_last_and_a_turned_page_is_read_as_it_stands() -> None:
    aside = [Put(30, 200, "Downloaded from a server on Tuesday", 8, turned=True)]
    (text,) = texts([column(PROSE, 60, 700, 460) + aside])
    assert text == f"{squeezed(PROSE)}\nDownloaded from a server on Tuesday"
    turned = [Put(100 + 12 * n, 60, put.text, turned=True) for n, put in enumerate(column(PROSE, 60, 700, 460))]
    assert texts([turned]) == [squeezed(PROSE)]


def test_control_and_hidden_characters_go() -> None:
    assert texts([b"BT /F1 10 Tf 60 700 Td (ab\\033[31mc\\007d) Tj ET"]) == ["ab [31mc d"]


ABOUT = [
    Put(60, 800, "J. Kinases 2021, 4(2):1-9   doi: 10.1000/jk.2021.4-2"),
    Put(60, 760, "Selective inhibitors of the mutant", 18),
    Put(60, 738, "kinase in living cells", 18),
    Put(60, 710, "Anna Smith, Bo Lund"),
]
RIGHTS = Put(
    60,
    60,
    "This is open access under the Creative Commons Attribution License (http://creativecommons.org/licenses/by/4.0).",
    7,
)


def front(*puts: Any, info: str = "", more: list[Any] | None = None) -> dict[str, Any]:
    body = column(PROSE, 60, 680, 460)
    found: dict[str, Any] = document_of(pdf([[*puts, *body], *(more or [])], info), "paper.pdf", engine=ENGINE)["front"]
    return found


def test_it_tells_title_identifiers_year_and_licence() -> None:
    found = front(*ABOUT, RIGHTS)
    assert found["title"] == "Selective inhibitors of the mutant kinase in living cells"
    assert (found["doi"], found["year"], found["licence"]) == ("10.1000/jk.2021.4-2", 2021, "CC BY 4.0")
    assert found["authors"] == ()
    assert (found["state"], found["standing"]) == ("none", "")


@pytest.mark.parametrize(
    "title",
    ["6489122611071476 1..10", "Microsoft Word - final.docx", "manuscript.pdf", "Some other title of another paper"],
)
def test_a_title_in_the_metadata_counts_only_where_the_first_page_says_it(title: str) -> None:
    assert (
        front(*ABOUT, info=f"/Title ({title})")["title"] == "Selective inhibitors of the mutant kinase in living cells"
    )
    small = front(*[Put(put.x, put.y, put.text) for put in ABOUT], info="/Title (Selective Inhibitors of the mutant)")
    assert small["title"] == "Selective Inhibitors of the mutant"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Anna Smith; Bo Lund", ("Anna Smith", "Bo Lund")),
        ("Anna Smith", ()),
        ("Anna Smith, Carl Berg", ()),
        ("user1, Bo Lund", ()),
    ],
)
def test_authors_are_named_only_where_they_are_sure(given: str, expected: tuple[str, ...]) -> None:
    assert front(*ABOUT, info=f"/Author ({given})")["authors"] == expected


def _packet(*names: str) -> bytes:
    items = "".join(f"<rdf:li>{name}</rdf:li> " for name in names)
    return f"<dc:creator> <rdf:Seq>{items}</rdf:Seq> </dc:creator>".encode()


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        ((_packet("Anna Smith", "Bo Lund"),), ("Anna Smith", "Bo Lund")),
        ((_packet("Anna Smith"),), ()),
        ((_packet("Anna Smith", "Carl Berg"),), ()),
        ((_packet("Who Drew", "Some Picture"), _packet("Anna Smith", "Bo Lund")), ("Anna Smith", "Bo Lund")),
        ((_packet("Anna Smith, Bo Lund"),), ("Anna Smith", "Bo Lund")),
        ((b"<dc:creator><rdf:Seq><rdf:li>Anna Smith",), ()),
    ],
)
def test_authors_of_xmp_are_named_where_the_first_page_has_them(
    packets: tuple[bytes, ...], expected: tuple[str, ...]
) -> None:
    drawn = MADE["content"]([*ABOUT, *column(PROSE, 60, 680, 460)]) + b"\n% a comment: " + b" ".join(packets)
    assert document_of(pdf([drawn]), "paper.pdf", engine=ENGINE)["front"]["authors"] == expected


def test_a_licence_is_known_by_its_name_too() -> None:
    named = Put(60, 60, "Distributed under the Creative Commons Attribution License, which permits any use.", 7)
    assert front(*ABOUT, named)["licence"] == "CC BY"
    assert front(*ABOUT)["licence"] == ""


def test_an_identifier_of_a_reference_is_not_the_articles_own() -> None:
    references = [
        Put(60, 500, "References"),
        Put(60, 480, "1. Lund B. Kinases. PMID: 12345678 PMC1234567 doi:10.1000/other"),
    ]
    found = front(*ABOUT, *references)
    assert (found["doi"], found["pmid"], found["pmcid"]) == ("10.1000/jk.2021.4-2", "", "")
    own = front(*ABOUT, Put(60, 520, "PMID: 20516115 PMCID: PMC3040717"), *references)
    assert (own["pmid"], own["pmcid"]) == ("20516115", "PMC3040717")


@pytest.mark.parametrize("mark", ["RETRACTED", "RETRACTED ARTICLE", "WITHDRAWN", "R E T R A C T E D"])
def test_a_mark_of_retraction_is_seen(mark: str) -> None:
    assert front(*ABOUT, Put(100, 300, mark, 40, turned=True))["state"] == "retracted"
    assert "RETRACTED" in front(*ABOUT, Put(100, 300, mark, 40))["standing"]


def test_a_title_that_says_so_is_of_a_retracted_article_or_of_a_notice() -> None:
    assert front(Put(60, 760, "RETRACTED: Inhibitors of a kinase", 18))["state"] == "retracted"
    assert front(Put(60, 760, "Retraction Note: Inhibitors of a kinase", 18))["state"] == "notice"
    assert front(Put(60, 760, "Retracted patients in a cohort of trials", 18))["state"] == "none"


def test_the_same_bytes_give_the_same_document() -> None:
    data = pdf([[*ABOUT, *column(PROSE, 50, 600), *column(OTHER, 300, 600)]] * 3)
    assert document_of(data, "a") == document_of(data, "a")


@pytest.fixture
def real(shared: Path) -> Callable[[str], dict[str, Any]]:
    def read(name: str) -> dict[str, Any]:
        path = shared / "data" / "pdf_ccby" / name
        if not path.is_file():
            pytest.skip(f"{name} is not in the shared material")
        return document_of(path.read_bytes(), name)

    return read


def test_a_real_article_in_two_columns_with_a_table(real: Callable[[str], dict[str, Any]]) -> None:
    found = real("cermine_example2.pdf")
    pages = {page: text for page, _, text in found["parts"]}
    assert len(pages) == 10
    assert (
        "At the same time, expectations are high for both the quality of care and training and supervision" in pages[2]
    )
    assert "Health conditions told 88.7 11.3 97" in pages[4].split("\n")
    assert not any(
        "Agyeman-Duah et al. BMC Health Services Research 2014, 14:1" in text for n, text in pages.items() if n > 1
    )
    assert found["front"]["doi"] == "10.1186/1472-6963-14-1"
    assert found["front"]["licence"] == "CC BY 2.0"
    assert found["front"]["title"].startswith("Understanding the barriers to setting up a healthcare quality")


def test_a_real_article_with_pictures_as_pages(real: Callable[[str], dict[str, Any]]) -> None:
    found = real("norma_1745-6215-15-486.pdf")
    assert found["notes"] == ["page 31 holds no text: scanned"]
    assert 31 not in {page for page, _, _ in found["parts"]}


def test_an_accent_drawn_before_its_letter_is_part_of_it() -> None:
    # As TeX does it; PDFium moves the accent behind the line.
    wide = MADE["width"]("Dahlstr")
    (text,) = texts(
        [[Put(60, 700, "Dahlstr"), Put(61.1 + wide, 700.1, "\u00a8"), Put(60 + wide, 700, "om wrote of it.")]]
    )
    assert text == "Dahlstr\u00f6m wrote of it."
