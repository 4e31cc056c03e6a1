"""`report.html` as people meet it: in a real browser on a screen, on a phone, on paper, in the dark, by keyboard, without JavaScript."""

from __future__ import annotations

import asyncio
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from biocopilot.copilot.workflows.contract import Finished, Molecule, Plot, Point, Report, Row, Section, Sentence, Table
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.copilot.workflows.outputs import write_outputs
from biocopilot.copilot.workflows.registry import find_workflow
from biocopilot.memory.records import Source
from biocopilot.tools.workbench import Workbench

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=http://127.0.0.1:9/x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "'><iframe src=javascript:alert(4)></iframe>",
    "</style><style>*{background:url(http://127.0.0.1:9/y)}</style>",
    "</pre></details><a href=javascript:alert(5)>here</a>",
    "C" * 180,  # nowhere to break a line
)
LIST = "smiles,id\nCOCCOc1cc2ncnc(Nc3cccc(C#C)c3)c2cc1OCCOC,erlotinib\nCC(=O)Oc1ccccc1C(=O)O,aspirin\nrubbish,<b>not one</b>\n"
REPORTS = ("dossier", "triage", "hostile")
PAPER = 673
"""The width of A4 between the page's margins, in CSS pixels."""
WIDER = """() => {
  const within = document.documentElement.clientWidth + 1;
  const wide = [...document.querySelectorAll("body *")].filter(
    (item) => item.getBoundingClientRect().right > within && !item.parentElement.closest(".wide, pre, svg"));
  return wide.map((item) => `${item.tagName} ${item.className} ${item.textContent.slice(0, 40)}`);
}"""
OUTSIDE_ITS_PLOT = """() => [...document.querySelectorAll("svg text")].filter((item) => {
  const text = item.getBoundingClientRect(), plot = item.closest("svg").getBoundingClientRect();
  return text.left < plot.left - 0.5 || text.right > plot.right + 0.5;
}).map((item) => item.textContent)"""
COLOURS = """() => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (item) => {
    for (let one = item; one; one = one.parentElement) {
      const found = numbers(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found.slice(0, 3);
    }
    throw new Error("nothing is behind it");
  };
  const found = (query, property) => [...document.querySelectorAll(query)].map((item) =>
    [`${item.tagName} ${item.className.baseVal ?? item.className}`, numbers(getComputedStyle(item)[property]), behind(item)]);
  return [...found("h1, p, td, th, a, summary, code, figcaption, .faint:not(svg *), .missing, .warn, pre", "color"),
          ...found("svg text", "fill")];
}"""


@pytest.fixture(scope="module")
def reports(browsing: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of a dossier, of a triage and of a report that is full of hostile text."""
    if not browsing.find_browser(os.environ):
        pytest.skip(browsing.MISSING)
    folder = tmp_path_factory.mktemp("reports")
    (folder / "list.csv").write_text(LIST, encoding="utf-8")
    with Workbench() as bench:
        for name, flow, given in (
            ("dossier", "target-dossier", {"genes": ["EGFR", "TYK2", "NOSUCHGENE1"], "compounds": 3}),
            ("triage", "triage", {"file": str(folder / "list.csv")}),
        ):
            asyncio.run(run_workflow(find_workflow(flow), given, folder / name, bench=bench, offline=True))
        (folder / "hostile").mkdir()
        asyncio.run(write_outputs(hostile(folder / "hostile"), bench))
    return {name: folder / name / "report.html" for name in REPORTS}


def hostile(folder: Path) -> Finished:
    """A report in which every text is somebody's who wishes its reader ill."""
    path = Path(__file__).parent / "made.py"
    spec = spec_from_file_location("browser_made", path)
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    finished: Finished = made.finished(folder)
    parts = []
    for text in HOSTILE:
        parts += [
            Sentence(f"{text} [a](javascript:alert(6)) **{text}** `{text}`", ("E1",)),
            Table((text, "value"), (Row((text, "1"), ("E1",)),)),
            Molecule("CCO", text, ("E1",)),
            Molecule(text, "no structure", ("E1",)),
            Plot("bars", text, text, (Point(text, 1, ("E1",)),)),
        ]
    source = Source(
        name=HOSTILE[2], release=HOSTILE[0], licence=HOSTILE[1], url="javascript:alert(7)", attribution=HOSTILE[3]
    )
    evidence = tuple(
        item.model_copy(update={"source": source, "record": {text: text for text in HOSTILE}, "arguments": {"molecule": HOSTILE[4]}})
        for item in finished.evidence
    )  # fmt: skip
    return replace(
        finished,
        report=Report(HOSTILE[0], (Section("a", HOSTILE[2], tuple(parts), HOSTILE[1]), *finished.report.sections)),
        evidence=evidence,
    )


@pytest.fixture(scope="module")
def visit(reports: dict[str, Path], browsing: ModuleType) -> Iterator[Any]:
    """`visit("dossier", width=390)`: the page, open; made after the reports, since no other loop may run meanwhile."""
    with browsing.started() as browser:

        def visited(report: str, **options: Any) -> AbstractContextManager[Any]:
            return browsing.opened(browser, reports[report].as_uri(), **options)

        yield visited


@pytest.mark.parametrize("scripts", [False, True])
@pytest.mark.parametrize("report", REPORTS)
def test_a_page_asks_for_nothing_but_itself_and_has_no_complaint(
    visit: Any, reports: dict[str, Path], report: str, scripts: bool
) -> None:
    with visit(report, scripts=scripts) as open_:
        assert open_.asked == [reports[report].as_uri()]
        assert open_.said == []


@pytest.mark.parametrize("report", REPORTS)
def test_molecules_and_plots_are_drawn(visit: Any, report: str) -> None:
    with visit(report) as open_:
        page = open_.page
        for kind, least in (("figure img", 100), ("figure svg", 100)):
            figures = page.locator(kind)
            assert figures.count() >= 1
            for number in range(figures.count()):
                box = figures.nth(number).bounding_box()
                assert box["width"] > least
                assert box["height"] > least / 2
        loaded = page.evaluate("[...document.images].map((image) => image.complete && image.naturalWidth)")
        assert all(loaded)
        marks = page.evaluate(
            "[...document.querySelectorAll('.mark')].map((mark) => mark.getBoundingClientRect().width)"
        )
        assert marks
        assert all(width > 0 for width in marks)


@pytest.mark.parametrize("report", ["dossier", "triage"])
def test_text_in_a_plot_stays_within_it(visit: Any, report: str) -> None:
    with visit(report) as open_:
        assert open_.page.evaluate(OUTSIDE_ITS_PLOT) == []


def test_a_click_on_a_citation_opens_source_licence_and_call_and_leads_to_the_record(visit: Any) -> None:
    with visit("dossier") as open_:
        page = open_.page
        citation = page.locator(".claim details.cited").first
        behind = citation.locator("ul")
        assert not behind.is_visible()
        citation.locator("summary").click()
        assert behind.is_visible()
        for said in ("UniProt", "CC BY 4.0", "find_target"):
            assert said in behind.inner_text()
        link = behind.locator("a").first
        link.click()
        record = page.locator(f"section.record{link.get_attribute('href')}")
        box = record.bounding_box()
        assert -1 < box["y"] < 900
        assert record.evaluate("(item) => item.matches(':target')")
        assert not record.locator("pre").is_visible()
        record.locator("summary").click()
        assert '"accession": "P00533"' in record.locator("pre").inner_text()
        citation.locator("summary").click()
        assert not behind.is_visible()


def test_by_keyboard_a_citation_opens_and_its_record_is_reached(visit: Any) -> None:
    focused = "document.activeElement"
    with visit("triage") as open_:
        page = open_.page
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate(f"{focused}.tagName") == "SUMMARY":
                break
        assert page.evaluate(f"{focused}.parentElement.matches('details.cited:not([open])')")
        assert page.evaluate(f"getComputedStyle({focused}).outlineStyle") != "none"
        page.keyboard.press("Enter")
        assert page.evaluate(f"{focused}.parentElement.open")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"#E\d+$"), wait_until="commit")
        page.keyboard.press("Tab")
        assert page.evaluate(f"{focused}.closest('.record')?.matches(':target')")


@pytest.mark.parametrize("width", [390, 768])
@pytest.mark.parametrize("report", REPORTS)
def test_nothing_is_wider_than_a_phone_even_where_all_is_open(visit: Any, report: str, width: int) -> None:
    with visit(report, width=width) as open_:
        page = open_.page
        page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(WIDER) == []


def test_on_a_phone_a_wide_table_moves_within_itself_and_keeps_its_first_column_in_sight(visit: Any) -> None:
    with visit("dossier", width=390) as open_:
        page = open_.page
        table = page.locator(".wide").first
        assert table.evaluate("(item) => item.scrollWidth > item.clientWidth")
        last, first = table.locator("tbody tr").first.locator("td").last, table.locator("tbody td").first
        assert last.bounding_box()["x"] > 390
        table.evaluate("(item) => { item.scrollLeft = item.scrollWidth; }")
        assert last.bounding_box()["x"] < 390
        assert 0 <= first.bounding_box()["x"] < 30
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_columns_of_numbers_are_flush_right(visit: Any) -> None:
    with visit("dossier") as open_:
        table = open_.page.locator(".wide", has_text="pChEMBL").first
        heads = table.locator("th").all_inner_texts()
        rows = table.locator("tbody tr")
        assert rows.count() > 2
        ends = set()
        for number in range(rows.count()):
            box = rows.nth(number).locator("td").nth(heads.index("IC50")).bounding_box()
            ends.add(round(box["x"] + box["width"]))
        assert len(ends) == 1
        aligned = table.locator("td").evaluate_all("(cells) => cells.map((cell) => getComputedStyle(cell).textAlign)")
        assert dict(zip(heads, aligned, strict=False)) == {
            "compound": "left",
            "IC50": "right",
            "pChEMBL": "right",
            "assay": "left",
            "evidence": "left",
        }


@pytest.mark.parametrize("report", REPORTS)
def test_on_paper_everything_stands_and_no_row_is_cut(visit: Any, report: str) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    with visit(report, width=PAPER) as open_:
        page = open_.page
        wanted = page.locator("h1, h2, h3, tr, .text p, .claim, figcaption, .record > p, footer").all_inner_texts()
        page.emulate_media(media="print")
        too_wide = page.evaluate("document.documentElement.scrollWidth") > PAPER
        assert not too_wide  # the browser would print all of it smaller
        with pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4"))) as document:
            pages = [_bare(document[number].get_textpage().get_text_range()) for number in range(len(document))]
    missing = [text for text in wanted if not any(_bare(text) in printed for printed in pages)]
    assert missing == []
    assert [printed.startswith(f"{number}/{len(pages)}") for number, printed in enumerate(pages, 1)] == [True] * len(
        pages
    )


def _bare(text: str) -> str:
    """The text without what the ends of lines do to it."""
    return re.sub(r"[\s\ufffe\u0002-]+", "", text)  # PDFium has a sign of its own for a hyphen at the end of a line


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_on_what_is_behind_it(visit: Any, scheme: str) -> None:
    with visit("dossier", color_scheme=scheme) as open_:
        page = open_.page
        back = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (_light([int(part) for part in re.findall(r"\d+", back)]) < 0.5) == (scheme == "dark")
        page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
        colours = page.evaluate(COLOURS)
    assert len(colours) > 100
    faint = sorted(
        {(name, round(_contrast(one, other), 1)) for name, one, other in colours if _contrast(one, other) < 4.5}
    )
    assert faint == []  # 4.5 is WCAG 2.2's bound for text (AA)


def _contrast(one: list[float], other: list[float]) -> float:
    """WCAG's contrast ratio."""
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _light(colour: list[float]) -> float:
    """WCAG's relative luminance of red, green and blue of 255."""
    parts = [part / 255 for part in colour[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_text_that_tries_to_be_more_is_only_text(visit: Any) -> None:
    with visit("hostile", scripts=True) as open_:
        page = open_.page
        page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
        page.wait_for_load_state("networkidle")
        made = page.evaluate("document.querySelectorAll('script, iframe, object, embed, form, style ~ style').length")
        loaded = page.evaluate("[...document.images].filter((image) => !image.src.startsWith('data:')).length")
        links = page.evaluate("[...document.links].map((link) => link.protocol)")
        assert (made, loaded, set(links)) == (0, 0, {"file:"})
        assert (
            page.evaluate(
                "[...document.querySelectorAll('*')].filter((item) => [...item.attributes].some((a) => a.name.startsWith('on'))).length"
            )
            == 0
        )
        assert page.title() == HOSTILE[0]
        shown = page.locator("body").inner_text()
        for text in HOSTILE:
            assert text in shown
        assert open_.said == []
        assert len(open_.asked) == 1


def test_a_named_browser_that_is_not_there_is_told_and_none_at_all_is_empty(
    browsing: ModuleType, tmp_path: Path
) -> None:
    find = partial(browsing.find_browser)
    with pytest.raises(FileNotFoundError, match="BIOCOPILOT_BROWSER"):
        find({"BIOCOPILOT_BROWSER": str(tmp_path / "no"), "PATH": "/usr/bin"})
    assert find({"PATH": str(tmp_path)}) == ""
    program = tmp_path / "chromium-browser"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    assert find({"PATH": str(tmp_path)}) == str(program)
