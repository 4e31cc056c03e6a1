"""Search queries: known fields only, and no text that acts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from biocopilot.memory.errors import InvalidArguments
from biocopilot.tools.sources.uniprot.query import query_text, quoted
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        (
            {"gene_exact": "EGFR", "organism": 9606, "reviewed": True},
            '(gene_exact:"EGFR") AND (organism_id:9606) AND (reviewed:true)',
        ),
        ({"gene": "EGF", "organism": "Homo sapiens"}, '(gene:"EGF") AND (organism_name:"Homo sapiens")'),
        ({"keyword": "kw-0418"}, "(keyword:KW-0418)"),
        ({"keyword": "Kinase"}, '(keyword:"Kinase")'),
        ({"ec": "EC 2.7.10.1"}, "(ec:2.7.10.1)"),
        ({"ec": "2.7.10.-"}, "(ec:2.7.10.-)"),
        ({"xref": "chembl-CHEMBL203"}, "(xref:chembl-CHEMBL203)"),
        ({"text": "growth factor  receptor"}, '("growth" AND "factor" AND "receptor")'),
        ({"reviewed": False, "disease": "asthma"}, '(reviewed:false) AND (cc_disease:"asthma")'),
        ({"accession": "p00533"}, "(accession:P00533)"),
        ({"database": "pdb"}, "(database:pdb)"),
    ],
)
def test_fields_make_a_query(fields: dict[str, Any], query: str) -> None:
    assert query_text(fields) == query


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ('EGFR" OR reviewed:true OR gene:"', '"EGFR\\" OR reviewed:true OR gene:\\""'),
        ("EGFR\\", '"EGFR\\\\"'),
        ("EG\x1b[31mFR\u202e", '"EGFR"'),
        ("a\nb", '"a b"'),
    ],
)
def test_text_cannot_leave_its_quotation_marks(text: str, clause: str) -> None:
    assert query_text({"gene": text}) == f"(gene:{clause})"


@given(st.text(max_size=150))
def test_any_text_is_one_quoted_term_or_refused(text: str) -> None:
    try:
        found = quoted(text)
    except InvalidArguments:
        return
    assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', found)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"genes": "EGFR"},
        {"gene": "EGFR", "cc_function": "x"},
        {"gene": ""},
        {"gene": "***"},
        {"gene": "x" * 201},
        {"text": "word " * 21},
        {"text": "  "},
        {"ec": "2.7.10.1 OR gene:x"},
        {"ec": "kinase"},
        {"xref": "CHEMBL203"},
        {"xref": "chembl-CHEMBL203) OR (gene:x"},
        {"accession": "EGFR"},
        {"reviewed": "true"},
        {"gene": True},
        {"database": "pdb OR x"},
    ],
)
def test_what_cannot_be_asked_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidArguments):
        query_text(fields)
