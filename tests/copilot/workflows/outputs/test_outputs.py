from __future__ import annotations

import asyncio
import csv
import json
import re
import sys
import tracemalloc
from dataclasses import replace
from html.parser import HTMLParser
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from biocopilot.copilot.workflows.contract import Missing, Plot, Point, Report, Section
from biocopilot.copilot.workflows.outputs import FILES, write_outputs
from biocopilot.copilot.workflows.outputs.plots import plot_as_svg
from biocopilot.copilot.workflows.outputs.table import write_parquet
from biocopilot.tools.workbench import Workbench

VOID = {"meta", "br", "img", "line", "circle", "rect"}


@pytest.fixture(scope="session")
def made() -> ModuleType:
    spec = spec_from_file_location("outputs_made", Path(__file__).parent / "made.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(made, tmp_path_factory.mktemp("outputs"))


def write(made: ModuleType, folder: Path, **options: object) -> Path:
    with Workbench() as bench:
        written = asyncio.run(write_outputs(made.finished(folder, **options), bench))
    assert {path.name for path in written} >= set(FILES)
    return folder


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)


def test_the_page_is_well_formed_loads_nothing_and_runs_nothing(folder: Path) -> None:
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert page.unbalanced == []
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "iframe", "object", "embed", "base", "form"}
    loaded = [value for _tag, found in page.tags for name in ("src", "srcset") if (value := found.get(name))]
    assert loaded
    assert all(value.startswith("data:image/svg+xml;base64,") for value in loaded)
    assert not [name for _tag, found in page.tags for name in found if name.startswith("on")]


def test_every_link_within_the_page_leads_somewhere_and_ids_are_unique(folder: Path) -> None:
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    ids = [found["id"] for _tag, found in page.tags if "id" in found]
    links = {
        (found["href"] or "")[1:] for tag, found in page.tags if tag == "a" and (found["href"] or "").startswith("#")
    }
    assert len(ids) == len(set(ids))
    assert links <= set(ids)
    assert {"E1", "E2", "E3", "s-first", "s-x-second"} <= links
    assert "E4" not in ids  # cited nowhere; it stands in evidence.jsonl


def test_evidence_opens_where_it_is_cited(folder: Path) -> None:
    text = (folder / "report.html").read_text(encoding="utf-8")
    claim = re.search(r'<div class="claim">A <strong>bold</strong>.*?</div>', text, re.DOTALL)
    assert claim is not None
    assert '<details class="cited"><summary>E1, E2</summary>' in claim.group()
    assert "BSD-3-Clause" in claim.group()
    assert "<code>C[C@H]</code>" in claim.group()


def test_what_is_struck_or_missing_is_seen_as_such(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<del>It is 7.</del>" in page
    assert '<span class="missing">Missing</span> The service was not asked.' in page
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert "~~It is 7.~~ (in no cited record: 7) [E1]" in text
    assert "Missing: Nothing was found. [E3]" in text
    assert "| a\\|b | 1 nM | E2 |" in text
    assert "- NO: No target is called NO. Nearest: NOS." in text


def test_calls_that_failed_alike_are_told_in_one_line_and_a_rows_failure_once(folder: Path) -> None:
    report = (folder / "report.md").read_text()
    assert r"- literature_search, 2 calls: \<script\>alert(1)\</script\> is down. Wait." in report
    assert report.count("No target is called NO.") == 1
    page = (folder / "report.html").read_text()
    assert "<li>literature_search, 2 calls: &lt;script&gt;alert(1)&lt;/script&gt; is down. Wait.</li>" in page


def test_a_structure_that_cannot_be_drawn_is_shown_as_letters(made: ModuleType, tmp_path: Path) -> None:
    write(made, tmp_path, molecule="C1CC")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "This structure could not be drawn." in page
    assert '<code class="smiles">C1CC</code>' in page


def test_each_column_of_the_table_has_its_evidence_beside_it(folder: Path) -> None:
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["name", "name.evidence", "value", "value.evidence", "good", "good.evidence"],
        ['a, "b"', "E1", "1.5", "E1 E2", "true", "E2"],
        ["c", "E2", "", "E2", "", ""],
    ]


@pytest.mark.skipif(find_spec("pyarrow") is None, reason="needs the extra parquet")
def test_parquet_holds_the_same_table_with_types(made: ModuleType, tmp_path: Path) -> None:
    from pyarrow import parquet

    table = parquet.read_table(write_parquet(made.finished(tmp_path).report, tmp_path / "results.parquet"))
    assert table.column_names == ["name", "name.evidence", "value", "value.evidence", "good", "good.evidence"]
    assert table.column("value").to_pylist() == [1.5, None]
    assert table.column("good").to_pylist() == [True, None]
    assert table.column("value.evidence").to_pylist() == ["E1 E2", "E2"]


def test_only_a_services_reply_has_a_time_of_its_own(folder: Path) -> None:
    records = [json.loads(line) for line in (folder / "evidence.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [item["id"] for item in records] == ["E1", "E2", "E3", "E4"]
    assert ["retrieved_at" in item for item in records] == [False, False, True, False]


def test_written_at_another_hour_all_files_are_the_same_to_the_byte(
    made: ModuleType, folder: Path, tmp_path: Path
) -> None:
    write(made, tmp_path, hour=17)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_records_of_many_rows_are_written_without_all_of_their_text_in_memory(made: ModuleType, tmp_path: Path) -> None:
    first = made.evidence(1)
    record = {"type": "passage", "text": "A long text. " * 8_000}  # one text, whose copies would count
    many = tuple(first.model_copy(update={"id": f"E{number}", "record": record}) for number in range(1, 201))
    report = Report("Many", (Section("all", "All", (Missing("All.", tuple(item.id for item in many)),)),))
    finished = replace(made.finished(tmp_path), evidence=many, report=report)
    with Workbench() as bench:
        tracemalloc.start()
        try:
            asyncio.run(write_outputs(finished, bench))
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    for name in ("report.html", "evidence.jsonl"):
        assert (tmp_path / name).stat().st_size > 20_000_000, name
    assert most < 10_000_000


def test_methods_name_versions_calls_sources_licences_and_what_failed(folder: Path) -> None:
    text = (folder / "methods.md").read_text(encoding="utf-8")
    for said in (
        "The workflow made was run with Biocopilot 1.2.3 and RDKit 2026.9.",
        "- Workflow: made, version 1",
        "| molecule_properties | 1 | 0 | 0 |",
        "| find_target | 2 | 1 | 1 |",
        "Licence: BSD-3-Clause. RDKit <https://www.rdkit.org/>",
        "- NO: No target is called NO. Nearest: NOS.",
        "- Something was told.",
    ):
        assert said in text, said
    assert "@misc{rdkit-2026," in (folder / "references.bib").read_text(encoding="utf-8")


def test_a_plots_marks_lie_where_their_values_are() -> None:
    values = (0.1, 10.0, 1000.0)
    points = tuple(Point(str(value), value, ("E1",)) for value in values)
    drawn = plot_as_svg(Plot("dots", "Potency", "nM", points, logarithmic=True))
    at = [float(value) for value in re.findall(r'cx="([\d.]+)"', drawn)]
    assert at[1] - at[0] == pytest.approx(at[2] - at[1], abs=0.11)
    assert at[0] < at[1]
    bars = plot_as_svg(Plot("bars", "Counts", "values", (Point("a", 20, ("E1",)), Point("b", 5, ("E1",)))))
    wide = [float(value) for value in re.findall(r'class="mark".*?width="([\d.]+)"', bars)]
    assert wide[0] == pytest.approx(4 * wide[1], abs=0.3)


def test_a_value_that_a_logarithm_does_not_have_is_said() -> None:
    points = (Point("none", 0.0, ("E1",)), Point("some", 5.0, ("E1",)))
    drawn = plot_as_svg(Plot("dots", "Potency", "nM", points, logarithmic=True))
    assert drawn.count("<circle") == 1
    assert "not on this scale" in drawn


def test_long_labels_keep_the_end_at_which_they_differ() -> None:
    names = tuple(f"Vascular endothelial growth factor receptor {number}" for number in (2, 3))
    drawn = plot_as_svg(Plot("dots", "Potency", "nM", tuple(Point(name, 1.0, ("E1",)) for name in names)))
    labels = re.findall(r'text-anchor="end">([^<]*…[^<]*)<', drawn)
    assert len(labels) == len(set(labels)) == 2
    assert all(len(label) <= 28 for label in labels)
