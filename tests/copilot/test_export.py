from __future__ import annotations

import base64
import errno
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.export import FORMATS, export_run, format_of, writing
from biocopilot.memory.errors import FileRefused, InvalidInput, StorageError
from biocopilot.memory.events import (
    AnswerFinished,
    Event,
    EvidenceAdded,
    Notice,
    PlanProposed,
    RunFinished,
    RunStarted,
    ToolFailed,
    ToolFinished,
    ToolStarted,
)
from biocopilot.memory.records import Answer, Claim, Evidence, Source, ToolCall, record_sha256
from biocopilot.memory.transcript import answer_of

AT = datetime(2026, 11, 24, 5, 31, 22, tzinfo=UTC)
SMILES = "C[C@H](N)C(=O)O"
HOSTILE = "</pre><script>alert(1)</script> & \"q\" 'q' \x1b[31m"
RDKIT = Source(name="RDKit", release="1.2", licence="BSD-3-Clause", attribution="RDKit.", url="https://www.rdkit.org/")
CHEMBL = Source(name="ChEMBL", release="ChEMBL_36", licence="CC BY-SA 3.0", attribution="EMBL-EBI & others 100%")


def evidence(name: str, source: Source, record: dict[str, Any] | None = None) -> Evidence:
    record = record or {"type": "x", "smiles": SMILES, "text": HOSTILE}
    return Evidence(
        id=name,
        tool="molecule_properties",
        arguments={"molecule": SMILES},
        source=source,
        retrieved_at=AT,
        backend="computed",
        record=record,
        sha256=record_sha256(record),
    )


def run_of(
    *items: Evidence, text: str = "", claims: tuple[Claim, ...] | None = None, question: str = f"Is {SMILES} <b>ok</b>?"
) -> list[Event]:
    """The events of a run whose answer cites E1 and E2."""
    if claims is None:
        claims = (Claim(text="a [E1, E2]", evidence=("E1", "E2"), verdict="supported"),)
    number = iter(range(1, 1_000))

    def make(kind: Any, **fields: Any) -> Event:
        return kind(run_id="r1", number=next(number), at=AT, **fields)  # type: ignore[no-any-return]  # an event

    call = ToolCall(id="c1", tool="molecule_properties", arguments={"molecule": SMILES, "note": "a`b"})
    return [
        make(RunStarted, question=question, planner="scripted", version="0.1.0", environment={"rdkit": "1.2"}),
        make(PlanProposed, summary="looks <i>twice</i>"),
        make(ToolStarted, call=call),
        *(make(EvidenceAdded, call_id="c1", evidence=item) for item in items),
        make(
            ToolFinished,
            call_id="c1",
            tool=call.tool,
            status="ok",
            seconds=0.012,
            matched=2,
            returned=1,
            evidence=tuple(item.id for item in items),
        ),
        make(ToolStarted, call=ToolCall(id="c2", tool="drug_status", arguments={})),
        make(ToolFailed, call_id="c2", tool="drug_status", seconds=0.1, error="NotFound", message="No <drug>."),
        make(Notice, text=HOSTILE),
        make(AnswerFinished, text=text or f"It is `{SMILES}`. [E1, E2]", claims=claims),
        make(RunFinished, status="partial", seconds=0.5),
    ]


@pytest.fixture
def events() -> list[Event]:
    table = f"| name | g/mol | evidence |\n| --- | --- | --- |\n| a\\|b <i> | 89.1 | [E1] |\n| {SMILES} | 1 | [E9] |"
    text = f"It is `{SMILES}`, **truly**. [E1, E2]\n\n{table}\n\n~~It is 8. [E1]~~ (no evidence)\n\n- one\n- two\n\n# T"
    return run_of(evidence("E1", RDKIT), evidence("E2", CHEMBL), text=text)


# The page ------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Tags, addresses, ids and text of a document; fails where tags do not close in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_the_page_runs_nothing_loads_nothing_and_links_claims_to_evidence(events: list[Event], tmp_path: Path) -> None:
    text = export_run(events, tmp_path / "x.html").read_text("utf-8")
    page = Page(text)
    assert "script" not in page.tags
    assert not [name for name, _value in page.attributes if name.startswith("on")]
    assert set(page.links) == {"#E1", "#E2", "https://www.rdkit.org/"}  # E9 is in no evidence, and no link
    assert page.ids == ["E1", "E2"]
    assert "prefers-color-scheme: dark" in text
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_the_page_says_everything_letter_by_letter(events: list[Event], tmp_path: Path) -> None:
    page = Page(export_run(events, tmp_path / "x.html").read_text("utf-8"))
    said = "".join(page.said)
    assert f"Is {SMILES} <b>ok</b>?" in said
    assert SMILES in said
    assert "a|b <i>" in said
    assert "alert(1)" in said
    assert "\x1b" not in said
    for part in (
        "Partly answered",
        "RDKit 1.2",
        "CC BY-SA 3.0",
        "NotFound: No <drug>.",
        "r1 · scripted",
        "looks <i>twice",
    ):
        assert part in said
    assert page.tags.count("tr") == 3
    assert [page.tags.count(tag) for tag in ("code", "strong", "del", "h1")] == [5, 3, 1, 1]


def test_an_address_that_is_none_of_the_webs_is_no_link(tmp_path: Path) -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", '" onclick="x', "https://x/\"onclick='x'<>"):
        source = Source(name="s", release="1", licence="l", attribution="", url=url)
        page = Page(export_run(run_of(evidence("E1", source)), tmp_path / "x.html", force=True).read_text("utf-8"))
        assert all(link.startswith(("#", "https://x/")) for link in page.links)
        assert "onclick" not in [name for name, _value in page.attributes]


@pytest.mark.parametrize(
    ("form", "drawing", "kind"),
    [("svg", "<svg><script>alert(1)</script></svg>", "image/svg+xml"), ("png", "aGk=", "image/png")],
)
def test_a_drawing_is_an_image_in_the_page(tmp_path: Path, form: str, drawing: str, kind: str) -> None:
    item = evidence("E1", RDKIT, {"type": "drawing", "format": form, "drawing": drawing})
    page = Page(export_run(run_of(item), tmp_path / "x.html").read_text("utf-8"))
    (address,) = [link for link in page.links if link.startswith("data:")]
    assert address.startswith(f"data:{kind};base64,")
    data = base64.b64decode(address.partition(",")[2])
    assert data == (drawing.encode() if form == "svg" else b"hi")
    assert "script" not in page.tags


# Markdown and JSON ---------------------------------------------------------------------------------------------------


def test_markdown_holds_the_answer_as_it_is_and_the_steps(events: list[Event], tmp_path: Path) -> None:
    text = export_run(events, tmp_path / "x.md").read_text("utf-8")
    answer = answer_of(events)
    assert text.startswith("# Is C\\[C@H\\](N)C(=O)O \\<b\\>ok\\</b\\>?\n\n*Partly answered")
    assert answer.answer in text
    assert "- **E1** `molecule_properties`" in text
    assert (
        '2. `molecule_properties` `` {"molecule":"C[C@H](N)C(=O)O","note":"a`b"} ``: ok, 1 of 2, 0.012 s (E1, E2)'
        in text
    )
    assert "3. `drug_status` `{}`: NotFound: No \\<drug\\>." in text
    assert "- rdkit: 1.2" in text
    assert "\x1b" not in text


def test_json_is_the_answer(events: list[Event], tmp_path: Path) -> None:
    text = export_run(events, tmp_path / "x.json").read_text("utf-8")
    assert Answer.model_validate_json(text) == answer_of(events)


# BibTeX --------------------------------------------------------------------------------------------------------------


def parsed(text: str) -> dict[str, dict[str, str]]:
    """A strict little reader of BibTeX: balanced braces, known keys once, every special sign escaped."""
    found: dict[str, dict[str, str]] = {}
    at = 0
    while (begin := text.find("@", at)) >= 0:
        head = re.compile(r"@(?:misc|article)\{([A-Za-z][A-Za-z0-9-]*),\n").match(text, begin)
        assert head, text[begin : begin + 40]
        key, at = head.group(1), head.end()
        assert key not in found
        found[key] = {}
        while field := re.compile(r"  (\w+) *= \{").match(text, at):
            depth, end = 1, field.end()
            while depth:
                if text[end] == "\\":
                    end += 1
                else:
                    depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            found[key][field.group(1)] = text[field.end() : end - 1]
            assert text[end : end + 2] == ",\n"
            at = end + 2
        assert text[at : at + 2] == "}\n"
    return found


def test_bibtex_has_an_entry_for_each_release_cited(tmp_path: Path) -> None:
    claims = (Claim(text="a [E1, E2, E3]", evidence=("E1", "E2", "E3"), verdict="supported"),)
    uncited = Source(name="UniProt", release="2025_03", licence="CC BY 4.0", attribution="UniProt")
    items = [evidence("E1", RDKIT), evidence("E2", CHEMBL), evidence("E3", RDKIT), evidence("E4", uncited)]
    found = parsed(export_run(run_of(*items, claims=claims), tmp_path / "x.bib").read_text("utf-8"))
    assert list(found) == ["rdkit-1-2", "chembl-36"]
    assert found["rdkit-1-2"] == {
        "title": "{RDKit 1.2}",
        "note": "Release 1.2. Licence: BSD-3-Clause. RDKit. Cited as E1, E3.",
        "url": "https://www.rdkit.org/",
        "urldate": "2026-11-24",
    }
    assert "EMBL-EBI \\& others 100\\%" in found["chembl-36"]["note"]
    assert found["chembl-36"]["title"] == "{ChEMBL\\_36}"


def test_bibtex_keys_and_fields_survive_odd_names(tmp_path: Path) -> None:
    names = ["µ", "Ünïcode {db}", "unicode db", "123", "a\\b~c^d$e#f", "@misc{x,", "}"]
    items = [
        evidence(f"E{n}", Source(name=name, release="1", licence="}{", attribution="@", url='https://x/{a}\\"b'))
        for n, name in enumerate(names, 1)
    ]
    found = parsed(export_run(run_of(*items, claims=()), tmp_path / "x.bib").read_text("utf-8"))
    assert len(found) == len(names)
    assert "unicode-db-1" in found
    assert "unicode-db-1-2" in found
    assert all(entry["url"] == "https://x/%7Ba%7D%5C%22b" for entry in found.values())


def paper(name: str, **known: Any) -> Evidence:
    record = {
        "type": "passage", "standing": "no retraction is recorded", "retracted": False, "document": "D1", "label": "PMID 5",
        "title": "100% {sure}", "authors": ["Lee MS", "The ABC group"], "author_count": 2, "year": 2014, "journal": "J Odd & Even",
        "pmid": "5", "doi": "10.1/a_b", "passage": "D1.aa", "page": 3, "section": None, **known,
    }  # fmt: skip
    source = Source(name="Library: PMID 5", release="ab12", licence="CC BY", attribution="Lee MS")
    return evidence(name, source, record).model_copy(update={"backend": "local"})


def test_bibtex_has_the_papers_that_were_cited_and_marks_what_was_retracted(tmp_path: Path) -> None:
    retracted = paper(
        "E2", retracted=True, standing="RETRACTED (notice PMID 9)", author_count=9, journal=None, pmid=None
    )
    other = retracted.model_copy(update={"source": retracted.source.model_copy(update={"name": "Library: other"})})
    text = export_run(run_of(paper("E1"), other), tmp_path / "x.bib").read_text("utf-8")
    found = parsed(text)
    assert list(found) == ["lee-2014", "lee-2014-2"]
    assert text.count("@article{") == 1
    first, second = found.values()
    assert {name: first[name] for name in ("author", "title", "journal", "year", "doi", "pmid")} == {
        "author": "Lee, MS and {The ABC group}",
        "title": "{100\\% \\{sure\\}}",
        "journal": "J Odd \\& Even",
        "year": "2014",
        "doi": "10.1/a\\_b",
        "pmid": "5",
    }
    assert first["note"] == "Licence: CC BY. Cited as E1."
    assert second["title"].startswith("{RETRACTED: 100")
    assert second["note"].startswith("RETRACTED (notice PMID 9). ")
    assert second["author"].endswith(" and others")


def test_bibtex_of_a_run_without_evidence_has_no_entry(tmp_path: Path) -> None:
    assert parsed(export_run(run_of(claims=()), tmp_path / "x.bib").read_text("utf-8")) == {}


# The file ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.pdf", "x", "x.html.gz", ".md"])
def test_an_unknown_ending_is_refused_with_those_that_are_known(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        export_run(run_of(), tmp_path / name)
    assert ".md, .html, .json, .bib or .yaml" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
    assert format_of(Path("X.HTML")) is FORMATS[".html"]


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_a_file_is_written_over_only_when_told_to(events: list[Event], tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"x{suffix}"
    file.write_text("precious", "utf-8")
    with pytest.raises(FileRefused) as caught:
        export_run(events, file)
    assert "--force" in caught.value.hint
    assert file.read_text("utf-8") == "precious"
    assert export_run(events, file, force=True) == file
    assert file.read_text("utf-8") != "precious"
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_file_that_appears_meanwhile_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.md"
    monkeypatch.setattr(os, "fsync", lambda _file: file.write_text("precious", "utf-8"))
    with pytest.raises(FileRefused):
        export_run(run_of(), file)
    assert file.read_text("utf-8") == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["x.md"]


def test_a_disk_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_one: Path, _other: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(writing.os, "link", none)
    assert export_run(run_of(), tmp_path / "x.md").read_text("utf-8").startswith("# Is")
    monkeypatch.setattr(os, "fsync", lambda _file: (tmp_path / "y.md").write_text("precious", "utf-8"))
    with pytest.raises(FileRefused):
        export_run(run_of(), tmp_path / "y.md")
    assert (tmp_path / "y.md").read_text("utf-8") == "precious"


def test_folders_in_the_way_are_told(tmp_path: Path) -> None:
    (tmp_path / "x.md").mkdir()
    with pytest.raises(FileRefused, match="is a folder"):
        export_run(run_of(), tmp_path / "x.md", force=True)
    with pytest.raises(FileRefused, match="There is no folder"):
        export_run(run_of(), tmp_path / "absent" / "x.md")


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_the_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("", "utf-8")
    written = export_run(run_of(), tmp_path / "x.md")
    assert stat.S_IMODE(written.stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = (
        shutil.which("mount")
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("a small disk can be made by root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_on_a_full_disk_the_old_file_stays(full_disk: Path) -> None:
    file = full_disk / "x.md"
    file.write_text("precious", "utf-8")
    with pytest.raises(StorageError, match="No space left"):
        export_run(run_of(text="x" * 100_000), file, force=True)
    assert file.read_text("utf-8") == "precious"
    assert [path.name for path in full_disk.iterdir()] == ["x.md"]


def test_no_way_to_overwrite_is_left_by_a_broken_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "x.md").write_text("precious", "utf-8")
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StorageError, match="Input/output"):
        export_run(run_of(), tmp_path / "x.md", force=True)
    assert (tmp_path / "x.md").read_text("utf-8") == "precious"
    assert len(list(tmp_path.iterdir())) == 1
