"""Small data files in the shapes of the public ones; texts and structures are made up for these tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.evaluation.items import DataSet
from biocopilot.copilot.evaluation.tasks import TASKS, read_data

Write = Callable[[str, Any], Path]

PUBMEDQA = {
    "11111111": {
        "QUESTION": "Does zorvastin reduce mortality in sepsis?",
        "CONTEXTS": [
            "Sepsis kills many patients.",
            "Zorvastin significantly reduced mortality in sepsis (12% vs 25%).",
        ],
        "LABELS": ["BACKGROUND", "RESULTS"],
        "YEAR": "2011",
        "final_decision": "yes",
        "LONG_ANSWER": "The secret conclusion is that zorvastin helps.",
    },
    "22222222": {
        "QUESTION": "Does quellomab reduce relapse in asthma?",
        "CONTEXTS": ["Asthma relapses often.", "Quellomab did not reduce relapse in asthma."],
        "LABELS": ["BACKGROUND", "RESULTS"],
        "YEAR": "2012",
        "final_decision": "no",
        "LONG_ANSWER": "The secret conclusion is that quellomab does nothing.",
    },
    "33333333": {
        "QUESTION": "Is hair colour related to shoe size?",
        "CONTEXTS": ["People have hair.", "We asked ninety people about their shoes."],
        "LABELS": [],
        "YEAR": None,
        "final_decision": "maybe",
        "LONG_ANSWER": "The secret conclusion is unclear.",
    },
}
MEDMCQA = [
    {
        "id": f"q{n}",
        "question": f"Which drug is number {n}?",
        "opa": "one",
        "opb": "two",
        "opc": "three",
        "opd": "four",
        "cop": n,
    }
    for n in (1, 2, 3, 4)
]
MEDQA = [
    {
        "question": "Which vitamin cures scurvy?",
        "options": {"A": "Vitamin C", "B": "Vitamin D", "C": "Iron", "D": "Zinc"},
        "answer": "Vitamin C",
        "answer_idx": "A",
    },
    {
        "question": "Which mineral hardens bone?",
        "options": {"A": "Iron", "B": "Calcium", "C": "Zinc", "D": "Tin"},
        "answer": "Calcium",
    },
]
CHEBI20 = [
    ("1", "CCO", "The molecule is ethanol, a primary alcohol."),
    ("2", "CCCO", "The molecule is propanol, a primary alcohol."),
    ("3", "c1ccccc1", "The molecule is benzene, an aromatic ring."),
    ("4", "Cc1ccccc1", "The molecule is toluene, an aromatic ring with a methyl group."),
    ("5", "C/C=C\\\\C", "The molecule is an alkene."),
]
SEQUENCES = {"P1": "MKTAYIAKQRQISFVKSHFSRQ", "P2": "MKTAYIAKQRQISFVKSHFSRA", "P3": "GGGGGSSSSSGGGGGSSSSS"}
UNIPROTQA = [
    {
        "protein_accession": [name],
        "question": "What is the function of this protein?",
        "answer": f"It does what {name} does.",
        "source": "UniProt",
    }
    for name in SEQUENCES
]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write("a.json", value)`: text as it is, anything else as JSON."""

    def made(name: str, value: Any) -> Path:
        path = tmp_path / name
        path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
        return path

    return made


@pytest.fixture
def files(write: Write) -> dict[str, Path]:
    """A good file of each task."""
    write("sequences.json", SEQUENCES)
    return {
        "pubmedqa": write("ori_pqal.json", PUBMEDQA),
        "medmcqa": write("dev.json", "".join(json.dumps(row) + "\n" for row in MEDMCQA)),
        "medqa": write("medqa.jsonl", "".join(json.dumps(row) + "\n" for row in MEDQA)),
        "chebi20": write("test.txt", "CID\tSMILES\tdescription\n" + "".join("\t".join(row) + "\n" for row in CHEBI20)),
        "uniprotqa": write("uniprotqa.json", UNIPROTQA),
    }


@pytest.fixture
def data(files: dict[str, Path]) -> Callable[[str], DataSet]:
    """`data("medqa")`: that file, read."""
    return lambda task: read_data(TASKS[task], files[task])
