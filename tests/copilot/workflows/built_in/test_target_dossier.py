from __future__ import annotations

import asyncio
import csv
import re
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.workflows.built_in.dossier_sections import SECTION_TITLES
from biocopilot.copilot.workflows.built_in.target_dossier import target_dossier
from biocopilot.copilot.workflows.contract import Finished, Missing, Molecule, Plot, Sentence, Struck, Table
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.tools.workbench import Workbench

GENES = ["EGFR", "HER1", "NOSUCHGENE1", "KRAS"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return run(tmp_path_factory.mktemp("dossier") / "run", GENES)


def run(folder: Path, genes: list[str], compounds: int = 3) -> Finished:
    with Workbench() as bench:
        given = {"genes": genes, "compounds": compounds}
        return asyncio.run(run_workflow(target_dossier, given, folder, bench=bench, offline=True))


def parts(finished: Finished, section: str) -> tuple[Any, ...]:
    return next(item.parts for item in finished.report.sections if item.id == section)


def test_every_target_has_the_same_sections(finished: Finished) -> None:
    for gene in ("EGFR", "KRAS"):
        titles = [section.title for section in finished.report.sections if section.subject == gene]
        assert titles == list(SECTION_TITLES.values())
    assert finished.report.sections[0].title == "Overview"


def test_an_unknown_gene_is_listed_and_another_name_of_a_gene_is_told_once(finished: Finished) -> None:
    assert [failure.label for failure in finished.failures] == ["NOSUCHGENE1"]
    assert [section.subject for section in finished.report.sections].count("EGFR") == len(SECTION_TITLES)
    assert "HER1 is EGFR, which is told once." in [note.text for note in finished.notes]
    assert finished.status == "partial"


def test_no_sentence_is_without_evidence_and_none_is_struck(finished: Finished) -> None:
    every = [part for section in finished.report.sections for part in section.parts]
    assert all(part.evidence for part in every if isinstance(part, Sentence))
    assert all(row.evidence for part in every if isinstance(part, Table) for row in part.rows)
    assert not [part for part in every if isinstance(part, Struck)]


def test_services_that_were_not_asked_are_named_where_their_answer_would_stand(finished: Finished) -> None:
    for section, service in (("disease", "Open Targets"), ("structures", "RCSB PDB"), ("literature", "Europe PMC")):
        said = [part.text for part in parts(finished, f"EGFR-{section}") if isinstance(part, Missing)]
        assert any(service in text and "needs the network" in text for text in said), section
    questions = " ".join(part.text for part in parts(finished, "EGFR-questions"))
    assert "Candidates in trials: not known here" in questions


def test_measured_chemistry_tells_compounds_drugs_alerts_and_other_targets(finished: Finished) -> None:
    told = parts(finished, "EGFR-chemistry")
    heads = [part.header[0:2] for part in told if isinstance(part, Table)]
    assert heads == [("compound", "IC50"), ("compound", "MW"), ("compound", "on EGFR")]
    looked_at = next(part for part in told if isinstance(part, Table) and part.header[1] == "MW")
    assert [row.cells[0] for row in looked_at.rows][:4] == [
        "CHEMBL29197",
        "CHEMBL3613702",
        "CHEMBL4742081",
        "erlotinib",
    ]
    assert looked_at.rows[1].cells[-1] == "BRENK Michael_acceptor_1, BRENK halogenated_ring_2"
    elsewhere = next(part for part in told if isinstance(part, Table) and part.header[1] == "on EGFR")
    assert [row.cells[0] for row in elsewhere.rows] == ["gefitinib"]
    assert "(CHEMBL5145): 2,000 nM" in elsewhere.rows[0].cells[2]
    assert {part.kind for part in told if isinstance(part, Plot)} == {"bars", "dots"}
    assert any(isinstance(part, Molecule) and part.smiles == "COc1cc2ncnc(Nc3cccc(Br)c3)c2cc1OC" for part in told)


def test_a_target_without_measured_values_says_so(finished: Finished) -> None:
    told = parts(finished, "KRAS-chemistry")
    assert all(isinstance(part, Missing) for part in told)
    assert told[0].evidence


def test_literature_is_quoted_with_the_gene_in_it(finished: Finished) -> None:
    quoted = [part.text for part in parts(finished, "EGFR-literature") if isinstance(part, Sentence)]
    assert quoted
    assert all(re.search(r"“[^”]*EGFR[^”]*”", text) for text in quoted)


def test_every_cell_of_the_table_that_has_a_value_has_evidence_that_exists(finished: Finished) -> None:
    known = {item.id for item in finished.evidence}
    with (finished.folder / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} == {"compound", "drug"}
    for row in rows:
        for name, value in row.items():
            if value and name != "kind" and not name.endswith(".evidence"):  # the workflow's own word
                cited = row[f"{name}.evidence"].split()
                assert cited, name
                assert set(cited) <= known
    erlotinib = next(row for row in rows if row["name"] == "ERLOTINIB" and row["kind"] == "compound")
    record = next(item.record for item in finished.evidence if item.id == erlotinib["clogp.evidence"])
    assert float(erlotinib["clogp"]) == record["properties"]["clogp"]["value"]


@pytest.mark.slow
def test_another_folder_comes_to_the_same_files_to_the_byte(finished: Finished, tmp_path: Path) -> None:
    again = run(tmp_path / "again", GENES)
    for name in ("report.md", "report.html", "results.csv", "evidence.jsonl", "methods.md", "references.bib"):
        assert (finished.folder / name).read_bytes() == (again.folder / name).read_bytes(), name
