"""Which molecules of the store contain something: when that is what is asked, and how many are told."""

from __future__ import annotations

import pytest
from biocopilot.memory.records import ToolResult


@pytest.mark.parametrize(
    ("kind", "clause", "slots", "arguments"),
    [
        ("substructure", "Which molecules contain a quinazoline?", {"groups": "quinazoline"}, {"group": "quinazoline", "most": 20}),
        ("substructure", "list compounds with an indole", {"groups": "indole", "most": 5}, {"group": "indole", "most": 5}),
        ("substructure", "substructure search for xolane", {"molecules": "xolane"}, {"molecule": "xolane", "most": 20}),
        ("scaffold", "analogues of xolane with the same scaffold", {"molecules": "xolane"}, {"molecule": "xolane", "by": "scaffold", "most": 20}),
        ("scaffold", "which compounds share the scaffold of xolane", {"molecules": "xolane"}, {"molecule": "xolane", "by": "scaffold", "most": 20}),
        ("nearest", "find analogues of xolane on the same core", {"molecules": "xolane"}, {"molecule": "xolane", "by": "scaffold", "most": 20}),
    ],
)  # fmt: skip
def test_the_whole_store_is_searched_where_all_molecules_are_meant(kind, clause, slots, arguments, plan, made):
    given = {
        name: made.entities(name[:-1], value) if isinstance(value, str) else value for name, value in slots.items()
    }
    assert [(tool, asked) for _key, tool, asked in plan(kind, clause, **given)] == [("substructure_search", arguments)]


@pytest.mark.parametrize(
    ("kind", "clause", "slots", "tools"),
    [
        ("substructure", "which of these compounds contain a ketone", {"groups": ["ketone"]}, []),
        ("substructure", "which molecules in a.smi contain a ketone", {"groups": ["ketone"], "files": ("a.smi",)}, ["substructure_filter"]),
        ("substructure", "which approved drugs contain a ketone", {"groups": ["ketone"]}, ["substructure_filter"]),
        ("substructure", "does xolane contain a ketone", {"groups": ["ketone"], "molecules": ["xolane"]}, ["substructure_filter"]),
        ("substructure", "does xolane contain an acid", {"molecules": ["xolane"], "yes_or_no": True}, []),
        ("scaffold", "what is the scaffold of xolane", {"molecules": ["xolane"]}, ["scaffold"]),
        ("scaffold", "do aolane and bolane share a scaffold", {"molecules": ["aolane", "bolane"], "yes_or_no": True}, ["scaffold", "scaffold"]),
        ("scaffold", "scaffolds of the compounds aolane and bolane", {"molecules": ["aolane", "bolane"]}, ["scaffold", "scaffold"]),
        ("nearest", "find analogues of xolane", {"molecules": ["xolane"]}, ["nearest_molecules"]),
    ],
)  # fmt: skip
def test_what_is_named_is_asked_of_the_tool_that_was_asked_before(kind, clause, slots, tools, plan, made):
    given = {
        name: made.entities(name[:-1], *value) if isinstance(value, list) else value for name, value in slots.items()
    }
    assert [tool for _key, tool, _asked in plan(kind, clause, **given)] == tools


def record(made, matched=2, complete=True, **more):
    rows = [
        {"chembl_id": "CHEMBL1", "name": "XOLANE", "smiles": "CCO", "max_phase": 4.0},
        {"chembl_id": "CHEMBL2", "name": None, "smiles": "CCCO", "max_phase": None},
    ]
    return {
        "type": "substructure_search", "molecule": None, "group": "alcohol", "by": "contains", "looked_for": "[OX2H]C", "among": "ChEMBL_36",
        "searched_by": "structures", "complete": complete, "rows": rows[:matched], "notes": [],
        "counts": {"searched": 2_400_000, "passed_screen": 300, "compared": 300 if complete else 200, "matched": matched, "shown": len(rows[:matched])}, **more,
    }  # fmt: skip


def test_the_count_is_told_with_what_was_searched_and_the_first_of_them(tell, made):
    told = tell(
        "substructure",
        "which molecules contain an alcohol",
        {"s1": record(made)},
        groups=made.entities("group", "alcohol"),
    )
    assert told.sentences == [
        "2 of 2,400,000 structures of ChEMBL_36 contain an alcohol.",
        "The SMARTS looked for is `[OX2H]C`.",
    ]
    assert told.rows == [("xolane", "CHEMBL1", "4", "`CCO`"), ("–", "CHEMBL2", "–", "`CCCO`")]
    assert (told.status, told.unsupported()) == ("answered", [])


def test_a_search_that_was_cut_short_tells_a_least_count(tell, made):
    told = tell(
        "substructure",
        "which molecules contain an alcohol",
        {"s1": record(made, matched=70, complete=False)},
        groups=made.entities("group", "alcohol"),
    )
    assert told.sentences[:3] == [
        "At least 70 of 2,400,000 structures of ChEMBL_36 contain an alcohol.",
        "Of the structures that pass the screen 200 of 300 were compared.",
        "Shown are the first 2: the furthest in the clinic, then the smallest.",
    ]
    assert told.unsupported() == []


def test_nothing_found_is_told_as_a_number(tell, made):
    found = record(made, matched=0, by="scaffold", molecule={"query": "xolane", "name": "XOLANE", "smiles": "C", "chembl_id": "CHEMBL1"}, group=None)  # fmt: skip
    told = tell(
        "scaffold",
        "compounds with the same scaffold as xolane",
        {"s1": found},
        molecules=made.entities("molecule", "xolane"),
    )
    assert told.sentences[0] == "0 of 2,400,000 structures of ChEMBL_36 have the scaffold of xolane."
    assert told.unsupported() == []


def test_a_search_that_failed_says_why(tell, made):
    failed = ToolResult(
        status="failed", error="InvalidArguments", digest="This molecule has no ring, and so no scaffold."
    )
    told = tell(
        "scaffold",
        "compounds with the same scaffold as xolane",
        {"s1": failed},
        molecules=made.entities("molecule", "xolane"),
    )
    assert told.status == "unknown"
