"""Sequence operations against values worked out by hand, the dev questions, and published figures."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.records import Quantity, ToolCall, ToolResult
from biocopilot.tools import ToolContext, Workbench
from biocopilot.tools.execute import execute
from biocopilot.tools.sequences.sequence_tools import sequence_tools

INSULIN_B = "FVNQHLCGSHLVEALYLVCGERGFFYTPKT"
"""Human insulin B chain; UniProt P01308, residues 25-54."""
LYSOZYME = "KVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGRTPGSRNLCNIPCSALLSSDITASVNCAKKIVSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL"
"""Hen egg-white lysozyme, mature chain; UniProt P00698, residues 19-147."""


@pytest.fixture(scope="module")
def context() -> Iterator[ToolContext]:
    with Workbench() as bench:
        yield ToolContext(bench=bench, offline=True)


async def run(context: ToolContext, operation: str, sequence: str, **more: Any) -> ToolResult:
    numbers = count(1)
    call = ToolCall(id="1", tool="sequence_tools", arguments={"operation": operation, "sequence": sequence, **more})
    return await execute(call, {"sequence_tools": sequence_tools}, context, lambda: f"E{next(numbers)}")


async def record(context: ToolContext, operation: str, sequence: str, **more: Any) -> dict[str, Any]:
    result = await run(context, operation, sequence, **more)
    assert result.status == "ok", result.digest
    return result.evidence[0].record


async def test_dev_questions_come_out_right(context: ToolContext, shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "questions" / "dev.jsonl").read_text().splitlines()]
    asked = [row for row in rows if row["kind"] in ("gc", "tr")]
    assert asked
    for row in asked:
        letters = re.findall("[ACGT]{9,}", row["question"])[0]
        if row["kind"] == "gc":
            found = await record(context, "gc_content", letters)
            assert abs(found["gc_content"]["value"] - row["number"]["number"]) <= row["number"]["tolerance"]
        else:
            assert (await record(context, "translate", letters))["protein"] == row["text"][0]


async def test_translation_states_code_frame_and_stop(context: ToolContext) -> None:
    found = await record(context, "translate", "ATGAAATAAGGGCC")
    assert found["protein"] == "MK"
    assert (found["stop_codon"], found["stop_at_codon"], found["letters_left_over"]) == ("TAA", 3, 2)
    assert (found["genetic_code"]["ncbi_id"], found["genetic_code"]["name"]) == (1, "Standard")
    assert (await record(context, "translate", "ATGAAATAAGGGCC", to_stop=False))["protein"] == "MK*G"


@pytest.mark.parametrize(
    ("sequence", "more", "protein"),
    [
        ("AUGGCNUAA", {}, "MA"),
        ("ATGTGATAA", {"genetic_code": 2}, "MW"),
        ("ATGTGATAA", {}, "M"),
        ("CATGAAA", {"frame": 2}, "MK"),
        ("TTTCAT", {"frame": -1}, "MK"),
        ("ATGNNN", {}, "MX"),
        ("ATGTAR", {}, "M"),
    ],
)
async def test_translation_by_code_frame_and_ambiguity(
    context: ToolContext, sequence: str, more: dict[str, Any], protein: str
) -> None:
    assert (await record(context, "translate", sequence, **more))["protein"] == protein


async def test_another_start_codon_and_a_missing_stop_are_noted(context: ToolContext) -> None:
    notes = " ".join((await record(context, "translate", "GTGAAA", genetic_code=11))["notes"])
    assert "GTG can start" in notes
    assert "no stop codon" in notes


async def test_strands_and_transcripts(context: ToolContext) -> None:
    assert (await record(context, "reverse_complement", "ATGCNR"))["result"] == "YNGCAT"
    assert (await record(context, "reverse_complement", "AUGC"))["result"] == "GCAU"
    assert (await record(context, "transcribe", "ATGC"))["result"] == "AUGC"
    assert (await record(context, "transcribe", "AUGC"))["result"] == "ATGC"


async def test_gc_with_ambiguity_gives_bounds(context: ToolContext) -> None:
    found = await record(context, "gc_content", "GCATSNNN")
    assert found["gc_content"]["value"] == 60.0  # G, C, S of G, C, A, T, S
    assert (found["lowest"]["value"], found["highest"]["value"]) == (37.5, 75.0)
    assert (await run(context, "gc_content", "NNNN")).error == "InvalidSequence"


async def test_orfs_have_coordinates_on_both_strands(context: ToolContext) -> None:
    plus = (await record(context, "orfs", "CCATGAAATTTTAACC", min_orf_aa=3))["orfs"]
    assert [(o["strand"], o["frame"], o["start"], o["end"], o["protein"]) for o in plus] == [("+", 3, 3, 14, "MKF")]
    minus = (await record(context, "orfs", "GGTTAAAATTTCATGG", min_orf_aa=3))["orfs"]
    assert [(o["strand"], o["frame"], o["start"], o["end"], o["protein"]) for o in minus] == [("-", -3, 14, 3, "MKF")]


async def test_an_orf_that_runs_off_the_end_has_no_stop(context: ToolContext) -> None:
    orfs = (await record(context, "orfs", "ATGAAATTTGG", min_orf_aa=3))["orfs"]
    assert [(o["start"], o["end"], o["stop_codon"]) for o in orfs] == [(1, 9, None)]


async def test_no_orf_is_an_empty_result(context: ToolContext) -> None:
    result = await run(context, "orfs", "ATGAAATAA")
    assert (result.status, result.matched) == ("empty", 0)


async def test_orfs_beyond_fifty_are_told_and_can_be_asked_for(context: ToolContext) -> None:
    letters = "".join(random.Random(3).choices("ACGT", k=20_000))
    first = await run(context, "orfs", letters, min_orf_aa=20)
    assert first.matched is not None
    assert first.omitted is not None
    assert first.returned == 50 < first.matched
    call = ToolCall(id="2", tool=first.omitted.tool, arguments=first.omitted.arguments)
    second = await execute(call, {"sequence_tools": sequence_tools}, context, lambda: "E1")
    longest = second.evidence[0].record["orfs"][0]["length"]["value"]
    assert longest <= first.evidence[0].record["orfs"][-1]["length"]["value"]
    assert second.returned is not None
    assert second.returned == min(50, first.matched - 50)


async def test_protein_properties_of_insulin_b_and_lysozyme(context: ToolContext) -> None:
    insulin = await record(context, "protein_properties", INSULIN_B)
    # By hand from IUPAC residue masses: average 3429.9, monoisotopic 3427.68 for the reduced chain.
    assert insulin["molecular_weight"]["value"] == pytest.approx(3429.95, abs=0.1)
    assert insulin["monoisotopic_mass"]["value"] == pytest.approx(3427.68, abs=0.05)
    lysozyme = await record(context, "protein_properties", LYSOZYME)
    assert lysozyme["molecular_weight"]["value"] == pytest.approx(
        14313.1, abs=1
    )  # the mass that ESI shows, 14,305, plus 8 H
    assert lysozyme["extinction_cystines"]["value"] == 6 * 5_500 + 3 * 1_490 + 4 * 125  # Pace 1995: 37,970
    assert lysozyme["isoelectric_point"]["value"] == pytest.approx(9.3, abs=0.2)
    for key in (
        "molecular_weight",
        "monoisotopic_mass",
        "isoelectric_point",
        "gravy",
        "instability_index",
        "aromaticity",
    ):
        assert Quantity.model_validate(lysozyme[key]).convention


async def test_gravy_and_aromaticity_by_hand(context: ToolContext) -> None:
    found = await record(context, "protein_properties", "MKWA", alphabet="protein")
    assert found["gravy"]["value"] == pytest.approx((1.9 - 3.9 - 0.9 + 1.8) / 4, abs=1e-4)  # Kyte & Doolittle 1982
    assert found["aromaticity"]["value"] == 0.25


async def test_selenocysteine_has_a_mass_but_no_gravy(context: ToolContext) -> None:
    found = await record(context, "protein_properties", "MKUAGWLLE")
    assert found["gravy"] is None
    assert found["molecular_weight"]["value"] > 0
    assert any("U and O" in note for note in found["notes"])


async def test_alignment_states_scores_and_the_denominator(context: ToolContext) -> None:
    found = await record(context, "align", "MKTAYIAKQR", other="MKTAIAKQR")
    assert (found["first_row"], found["second_row"]) == ("MKTAYIAKQR", "MKTA-IAKQR")
    assert found["identity"]["value"] == 90.0
    assert found["identity_of_shorter"]["value"] == 100.0
    assert (
        found["score"]["value"] == 5 + 5 + 5 + 4 - 11 + 4 + 4 + 5 + 5 + 5
    )  # BLOSUM62 diagonal: M5 K5 T5 A4 I4 A4 K5 Q5 R5
    assert "all columns" in found["identity"]["convention"]
    assert found["scoring"]["matrix"] == "BLOSUM62"


async def test_local_alignment_gives_spans(context: ToolContext) -> None:
    found = await record(context, "align", "GGGGACGTACGTGGGG", other="TTACGTACGTTT", alignment_mode="local")
    assert found["first_span"] == {"start": 5, "end": 12}
    assert found["second_span"] == {"start": 3, "end": 10}
    assert found["score"]["value"] == 16


async def test_alignments_that_cannot_be_are_refused(context: ToolContext) -> None:
    assert (await run(context, "align", "MKTAYIAKQR")).error == "InvalidSequence"
    assert (await run(context, "align", "MKTAYIAKQR", other="ATGCATGC")).error == "InvalidSequence"
    assert "product" in (await run(context, "align", "A" * 20_000, other="A" * 20_000)).digest
    assert (await record(context, "align", "WWWW", other="KKKK", alignment_mode="local"))["identity"] is None


async def test_restriction_sites_are_counted_from_one_after_the_cut(context: ToolContext) -> None:
    found = await record(context, "restriction_sites", "AAGAATTCTTGGATCCAA", enzymes=["ecori", "BamHI", "NotI"])
    assert [(row["enzyme"], row["positions"], row["ends"]) for row in found["cutters"]] == [
        ("BamHI", [12], "5' overhang"),
        ("EcoRI", [4], "5' overhang"),
    ]
    assert (found["not_cutting"], found["circular"]) == (["NotI"], False)


async def test_a_site_over_the_seam_counts_only_in_a_circle(context: ToolContext) -> None:
    linear = await record(context, "restriction_sites", "TTCAAAAAAAGAA", enzymes=["EcoRI"])
    circle = await record(context, "restriction_sites", "TTCAAAAAAAGAA", enzymes=["EcoRI"], circular=True)
    assert (linear["cutters"], [row["positions"] for row in circle["cutters"]]) == ([], [[12]])


async def test_unknown_enzymes_and_rna_are_refused(context: ToolContext) -> None:
    unknown = await run(context, "restriction_sites", "GAATTC", enzymes=["EcoR1"])
    assert "EcoRI" in unknown.digest
    assert (await run(context, "restriction_sites", "GAAUUC")).error == "InvalidSequence"


async def test_identify_counts_letters(context: ToolContext) -> None:
    found = await record(context, "identify", "AUGCUU")
    assert found["sequence"]["alphabet"] == "rna"
    assert found["composition"]["U"]["value"] == 3


@pytest.mark.parametrize(
    "arguments", [{"genetic_code": 7}, {"genetic_code": 0}, {"frame": 4}, {"unknown": 1}, {"operation": "fold"}]
)
async def test_bad_arguments_fail_with_a_reason(context: ToolContext, arguments: dict[str, Any]) -> None:
    operation = arguments.pop("operation", "translate")
    result = await run(context, operation, "ATGAAATAA", **arguments)
    assert result.status == "failed"
    assert result.digest


async def test_a_hundred_thousand_letters_stay_within_seconds(context: ToolContext) -> None:
    letters = "".join(random.Random(1).choices("ACGT", k=100_000))
    for operation in ("orfs", "restriction_sites", "gc_content", "translate"):
        assert (await run(context, operation, letters)).status == "ok"


async def test_the_examples_in_the_declaration_work(context: ToolContext) -> None:
    for arguments in sequence_tools.examples:
        assert (await run(context, **arguments)).status == "ok"
