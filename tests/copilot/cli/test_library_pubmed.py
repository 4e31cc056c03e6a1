"""`biocopilot library add --pubmed`: what PubMed, on loopback, finds is added, with honest totals."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.cli import library_adding
from biocopilot.copilot.settings import Settings
from biocopilot.memory.errors import OfflineRefused, SourceUnavailable
from biocopilot.memory.library.library import Library
from biocopilot.tools.workbench import Workbench

_loading = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "loading.py"))
_SOURCES, _fixtures_of = _loading["SOURCES"], _loading["fixtures_of"]
_wire = _fixtures_of(_SOURCES / "conftest.py", "library_pubmed_wire")
_served = _fixtures_of(_SOURCES / "literature/conftest.py", "library_pubmed_served")
fresh_hosts, faulty, pass_time = _wire.fresh_hosts, _wire.faulty, _wire.pass_time
make_transport, transport = _wire.make_transport, _wire.transport
entrez, pubmed_article, pubmed_set = _served.entrez, _served.pubmed_article, _served.pubmed_set


@pytest.fixture
def online(transport: Any, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Settings of someone with a network, whose PubMed is on loopback."""
    monkeypatch.setenv("BIOCOPILOT_OFFLINE", "false")
    monkeypatch.setenv("BIOCOPILOT_LIBRARY_MODEL", "sentence-transformers:none-such")  # words alone; nothing is asked
    monkeypatch.setattr(Workbench, "transport", transport)


def add(capsys: pytest.CaptureFixture[str], most: int = 200, query: str = "egfr") -> tuple[int, dict[str, Any], str]:
    code = library_adding.add_from_pubmed(query, most, "kinases", offline=False, as_json=True)
    said = capsys.readouterr()
    return code, json.loads(said.out), said.err


def test_what_pubmed_finds_is_added_and_counted(
    online: None, entrez: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    entrez(range(20_000_001, 20_000_006))
    code, told, _ = add(capsys, most=3)
    assert (code, told["matched"], told["asked_for"], told["added"]) == (0, 5, 3, 3)
    with Library.open() as library:
        row = library.find("PMID 20000001")
        assert (row.collection, row.format, row.about.year) == ("kinases", "pubmed", 2010)
        (source,) = library.sources(row.id)
        assert source.path == "pubmed:egfr"


def test_a_second_time_they_are_known(
    online: None, entrez: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    entrez(range(20_000_001, 20_000_004))
    add(capsys)
    code, told, _ = add(capsys)
    assert (code, told["added"], told["known"]) == (0, 0, 3)


def test_the_sentence_says_how_many_of_how_many(
    online: None, entrez: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    entrez(range(20_000_001, 20_000_006))
    assert library_adding.add_from_pubmed("egfr", 2, "", offline=False, as_json=False) == 0
    assert capsys.readouterr().out.startswith("2 of 5 matched were added.\n")


def test_nothing_found_is_said(online: None, entrez: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    entrez([])
    assert library_adding.add_from_pubmed("zzz", 2, "", offline=False, as_json=False) == 4
    assert capsys.readouterr().out == "PubMed finds no article for 'zzz'.\n"


def test_a_pubmed_that_does_not_answer_is_an_error_and_adds_nothing(online: None, faulty: Any) -> None:
    with pytest.raises(SourceUnavailable):
        library_adding.add_from_pubmed("egfr", 2, "", offline=False, as_json=True)
    with Library.open() as library:
        assert library.is_starter


def test_offline_nothing_is_asked(online: None, faulty: Any) -> None:
    with pytest.raises(OfflineRefused):
        library_adding.add_from_pubmed("egfr", 2, "", offline=True, as_json=True)
    assert Settings().offline is False
