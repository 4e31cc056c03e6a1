"""The drugs recorded for a disease."""

from __future__ import annotations

from typing import Any

import pytest


async def names(call: Any, indication: str, **more: Any) -> set[str]:
    result = await call("drugs_for_indication", indication=indication, **more)
    assert result.status == "ok", result.digest
    rows = [row for item in result.evidence for row in item.record["rows"]]
    assert result.returned == len(rows)
    assert len({row["name"] for row in rows}) == len(rows)
    return {row["name"] for row in rows}


@pytest.mark.parametrize(
    ("indication", "expected"),
    [
        ("psoriasis", {"DEUCRAVACITINIB"}), ("multiple myeloma", {"BORTEZOMIB", "LENALIDOMIDE"}), ("spinal muscular atrophy", {"RISDIPLAM"}), ("COVID-19", {"REMDESIVIR", "NIRMATRELVIR"}),
        ("HIV infection", {"ZIDOVUDINE"}), ("schizophrenia", {"CLOZAPINE", "HALOPERIDOL", "XANOMELINE"}), ("Type 2 Diabetes Mellitus", {"METFORMIN", "SITAGLIPTIN"}), ("ovarian cancer", {"CISPLATIN", "OLAPARIB"}),
    ],
)  # fmt: skip
async def test_well_known_drugs_of_well_known_diseases(call: Any, indication: str, expected: set[str]) -> None:
    assert expected <= await names(call, indication, most=500)


async def test_the_terms_taken_are_said_and_longer_ones_are_among_them(call: Any) -> None:
    record = (await call("drugs_for_indication", indication="asthma")).evidence[0].record
    assert "Asthma Prevention" in record["terms"]
    assert "not treatment advice" in record["notes"][0]


async def test_only_approved_ones_when_asked_and_the_cut_is_told(call: Any) -> None:
    result = await call("drugs_for_indication", indication="hypertension", approved_only=True, most=3)
    assert all(row["approved"] for item in result.evidence for row in item.record["rows"])
    assert result.omitted.arguments["most"] == 500


async def test_an_unknown_disease_lists_the_nearest(call: Any) -> None:
    result = await call("drugs_for_indication", indication="psoriasys")
    assert result.status == "empty"
    assert "Psoriasis" in result.evidence[0].record["nearest"]


@pytest.mark.parametrize("indication", ["", "x" * 201, "\x1b[31m"])
async def test_what_is_no_term_is_refused(call: Any, indication: str) -> None:
    assert (await call("drugs_for_indication", indication=indication)).error == "InvalidArguments"


async def test_a_dump_is_searched_by_its_own_terms(call_dump: Any) -> None:
    assert await names(call_dump, "Non-Small Cell Lung Carcinoma") == {"ERLOTINIB"}
    assert await names(call_dump, "anemia, sickle cell") == {"HOPEFULINIB"}


@pytest.mark.parametrize(
    ("asked", "term"),
    [("Parkinson's", "Parkinsonism"), ("Parkinson’s disease", "Parkinsonism"), ("leukaemia", "Acute Myeloid Leukemia"), ("the gout", "Gout"), ("diseases of Crohn", None)],
)  # fmt: skip
async def test_a_disease_in_other_words(call: Any, asked: str, term: str | None) -> None:
    result = await call("drugs_for_indication", indication=asked)
    terms = [found for item in result.evidence for found in item.record.get("terms", [])]
    assert (term in terms) if term else result.status == "empty"


async def test_the_very_term_comes_first_and_then_the_newest(call: Any) -> None:
    rows = (await call("drugs_for_indication", indication="gout", most=500)).evidence[0].record["rows"]
    very = [row["indication"].casefold() == "gout" for row in rows]
    assert very == sorted(very, reverse=True)
    years = [row["first_approval"] or 0 for row in rows if row["indication"].casefold() == "gout" and row["approved"]]
    assert years == sorted(years, reverse=True)
    assert len(years) > 3


async def test_only_drugs_first_approved_in_the_years_asked_for_are_listed(call: Any) -> None:
    every = {row["name"]: row["first_approval"] for item in (await call("drugs_for_indication", indication="gout", most=500)).evidence for row in item.record["rows"]}  # fmt: skip
    result = await call("drugs_for_indication", indication="gout", most=500, approved_from=1980)
    found = {row["name"] for item in result.evidence for row in item.record["rows"]}
    assert found == {name for name, year in every.items() if year and year >= 1980}
    assert 0 < len(found) < len(every)


async def test_no_drug_of_those_years_is_a_finding_that_says_which(call: Any) -> None:
    result = await call("drugs_for_indication", indication="gout", approved_from=2100)
    assert result.status == "empty"
    assert "No drug recorded for gout and first approved from 2100 is in this source." in result.digest
