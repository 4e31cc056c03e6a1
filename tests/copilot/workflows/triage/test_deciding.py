"""The check of a finished triage: chunks computed again, tables made again of all chunks."""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.verification import Verification
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.copilot.workflows.registry import find_workflow
from biocopilot.copilot.workflows.triage import chunks, deciding, tables
from biocopilot.copilot.workflows.triage.tables import REJECTS, RESULTS
from biocopilot.copilot.workflows.verifying import verify_folder
from biocopilot.tools.registry import all_tools
from biocopilot.tools.workbench import Workbench

SMILES = ["CCO", "CC(=O)O", "CC(=O)[O-].[Na+]", "rubbish", "c1ccncc1C(=O)NC", "CCN", "CCCCO"]


def with_bench(work: Callable[[Workbench], Any]) -> Any:
    bench = Workbench()
    try:
        return asyncio.run(work(bench))
    finally:
        bench.close()


def verified(folder: Path, whole: bool = False) -> Verification:
    found = with_bench(lambda bench: verify_folder(folder, bench, all_tools(), whole=whole))
    assert isinstance(found, Verification)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over chunks of two rows each."""
    place = tmp_path_factory.mktemp("triage")
    (place / "list.smi").write_text("\n".join(f"{smiles} m{n}" for n, smiles in enumerate(SMILES)), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        flow = find_workflow("triage")
        given = {"file": str(place / "list.smi")}
        with_bench(lambda bench: run_workflow(flow, given, place / "run", bench=bench, offline=True))
    return place / "run"


def small(patch: pytest.MonkeyPatch) -> None:
    for module in (chunks, deciding, tables):
        patch.setattr(module, "ROWS", 2)
    patch.setattr(deciding, "_CHECKED_CHUNKS", 2)


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small(monkeypatch)
    shutil.copytree(made, tmp_path / "run")
    return tmp_path / "run"


def rewrite(folder: Path, smiles: str, **values: float) -> None:
    """Put other values into the chunk that a structure stands in."""
    for path in (folder / "triage_chunks").iterdir():
        found = json.loads(gzip.decompress(path.read_bytes()))
        for one in found:
            if one.get("smiles") == smiles:
                one["values"] |= values
                path.write_bytes(gzip.compress(json.dumps(found).encode(), mtime=0))
                return
    raise AssertionError(f"no chunk has {smiles}")


def test_a_triage_is_verified_and_how_much_was_done_again_is_told(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = verified(folder)
    assert (found.status, found.troubles, found.gaps) == ("verified", (), ())
    (told,) = found.redone
    assert told in {f"triage: {rows} of 7 rows computed again, all tables made again." for rows in (3, 4)}
    (told,) = verified(folder, whole=True).redone
    assert told == "triage: 7 of 7 rows computed again, all tables made again."
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_value_that_no_table_shows_is_found_out_by_computing_again(folder: Path) -> None:
    rewrite(
        folder, "CC(=O)O", tpsa=1.0
    )  # of the acid and of its salt, which is a duplicate: both are rows of one chunk or another
    found = verified(folder, whole=True)
    assert found.status == "failed"
    assert "comes to something else" in found.troubles[0]


@pytest.mark.parametrize("name", [RESULTS, REJECTS, "triage_results.parquet"])
def test_a_table_that_was_rewritten_is_found_out_even_where_its_hash_was_too(folder: Path, name: str) -> None:
    if not (folder / name).exists():
        pytest.skip("pyarrow is not installed")
    (folder / name).write_bytes(
        (folder / name).read_bytes().replace(b"CCCCO", b"CCCCN").replace(b"rubbish", b"rubbisH") + b" "
    )
    manifest = json.loads((folder / "run.json").read_text("utf-8"))
    manifest["written"][name] = deciding.file_hash(folder / name)
    (folder / "run.json").write_text(json.dumps(manifest), "utf-8")
    found = verified(folder)
    assert (found.status, found.troubles) == ("failed", (f"{name} is not what the chunks come to.",))


def test_a_chunk_that_is_lost_or_damaged_is_found_out(folder: Path) -> None:
    path = sorted((folder / "triage_chunks").iterdir())[0]
    path.write_bytes(path.read_bytes()[:-9])
    assert any("missing or damaged" in trouble for trouble in verified(folder).troubles)
    path.unlink()
    assert verified(folder).status == "failed"
