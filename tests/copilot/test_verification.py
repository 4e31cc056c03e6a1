"""Runs are made with a scripted planner and real tools, then altered as a hand or a fault would."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.answer_cover import cover
from biocopilot.copilot.claims import check_claim
from biocopilot.copilot.loop import Run
from biocopilot.copilot.planner.contract import Aside, Break, CallTools, Give, Row, Sentence, Step, Table
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.copilot.recorder import Recorder
from biocopilot.copilot.verification import NO_END, Verification, verify_run
from biocopilot.memory.errors import DeadlineExceeded
from biocopilot.memory.events import Event, parse_event
from biocopilot.memory.records import Claim, Source, ToolCall, record_sha256
from biocopilot.tools.contract import Draft, Findings, Tool, ToolArguments, ToolContext, tool
from biocopilot.tools.registry import all_tools, outside_a_session
from biocopilot.tools.workbench import Workbench

SOURCE = Source(name="test", release="1", licence="none", attribution="none")
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


class NoArguments(ToolArguments):
    pass


def odd_tool(name: str, **declared: Any) -> Tool:
    """A tool of that name that finds one number, with what else is declared of it."""
    backend = declared.pop("backend", "computed")

    async def run(arguments: NoArguments, context: ToolContext) -> Findings:
        """Find one number."""
        return Findings((Draft({"type": "odd", "number": 42}, SOURCE, backend, "42"),), matched=1, returned=1)

    run.__name__ = name
    run.__annotations__["arguments"] = NoArguments
    return tool(title=name, **declared)(run)


@pytest.fixture(scope="module")
def bench() -> Iterator[Workbench]:
    with Workbench() as opened:
        yield opened


def record(bench: Workbench, *steps: Step, tools: dict[str, Tool] | None = None, **more: Any) -> list[Event]:
    """The events of a run that plays these steps."""
    recorder = Recorder("20261124-053122-a1b2c3d4")
    run = Run("q?", ScriptedPlanner(steps), tools or all_tools(), bench, recorder, **more)
    asyncio.run(run.answer())
    return recorder.events


def verify(events: list[Event], bench: Workbench, tools: dict[str, Tool] | None = None) -> Verification:
    return asyncio.run(verify_run(events, bench, tools))


def call(tool_name: str, name: str = "c1", **arguments: Any) -> ToolCall:
    return ToolCall(id=name, tool=tool_name, arguments=arguments)


@pytest.fixture(scope="module")
def whole(bench: Workbench) -> list[Event]:
    """A run with a computed record, a local one, a table, a remark, and a sentence that no evidence holds."""
    return record(
        bench,
        CallTools((call("molecule_properties", "c1", molecule=ASPIRIN),)),
        CallTools((call("drug_status", "c2", molecule="imatinib"),)),
        Give(
            (
                Sentence("Its molecular weight is 180.159 g/mol.", ("E1",)),
                Sentence("Imatinib was first approved in 2001.", ("E2",)),
                Break(),
                Table(("what", "value"), (Row(("molecular weight", "180.16 g/mol"), ("E1",)),)),
                Aside("More can be asked:\n- about 25 properties"),
                Sentence("It melts at 135 °C.", ("E1",)),
            )
        ),
        environment={"rdkit": "1999.1"},
    )


def altered(events: list[Event], kind: str, change: Callable[[dict[str, Any]], None], which: int = 0) -> list[Event]:
    """The events with the `which`-th of that type changed."""
    rows = [json.loads(event.model_dump_json()) for event in events]
    change([row for row in rows if row["type"] == kind][which])
    return [parse_event(json.dumps(row)) for row in rows]


def outcomes(found: Verification) -> list[str]:
    return [check.outcome for check in found.claims]


def reasons(found: Verification, number: int) -> str:
    return " ".join(found.claims[number - 1].reasons)


# What holds ---------------------------------------------------------------------------------------------------------


def test_a_run_as_it_was_recorded_is_verified_and_its_struck_claim_is_no_failure(
    whole: list[Event], bench: Workbench
) -> None:
    found = verify(whole, bench)
    assert found.status == "verified", found
    assert [check.claim.verdict for check in found.claims] == ["supported"] * 3 + ["unsupported"]
    assert outcomes(found) == ["holds"] * 4
    assert [check.outcome for check in found.evidence] == ["same", "same"]
    assert found.changed == (f"RDKit was 1999.1 and is {found.changed[0].split()[-1]}",)


@pytest.mark.parametrize(
    "name", sorted(name for name, tool in outside_a_session(all_tools()).items() if not tool.needs_network)
)
def test_every_tool_finds_the_same_twice(bench: Workbench, name: str) -> None:
    calls = tuple(call(name, f"c{n}", **example) for n, example in enumerate(all_tools()[name].examples))
    assert calls
    found = verify(record(bench, CallTools(calls), Give(status="unknown"), offline=True), bench)
    assert found.evidence
    assert {check.outcome for check in found.evidence} == {"same"}
    assert found.status == "verified"


def test_a_search_that_found_nothing_is_verified_too(bench: Workbench) -> None:
    events = record(
        bench,
        CallTools((call("drug_status", molecule="ibuprofin"),)),
        lambda state: Give(
            (Sentence(state.observations[0].result.evidence[0].record["message"], ("E1",)),), status="unknown"
        ),
    )
    found = verify(events, bench)
    assert (found.status, outcomes(found)) == ("verified", ["holds"])


def test_a_models_text_with_headings_lists_and_tables_is_verified(bench: Workbench) -> None:
    text = (
        "# Aspirin\n\n- Its molecular weight is 180.159 g/mol. [E1] It melts at 135 °C. [E1]\n"
        "1. It weighs 180.2 g/mol [E1].\n\n| what | g/mol |\n|---|---|\n| weight | 180.16 [E1] |\n"
    )
    events = record(bench, CallTools((call("molecule_properties", molecule=ASPIRIN),)), Give(text=text))
    found = verify(events, bench)
    assert found.status == "verified", (found.troubles, [check.reasons for check in found.claims])
    assert [check.claim.verdict for check in found.claims].count("unsupported") == 1


# What was altered ---------------------------------------------------------------------------------------------------


def rehash(row: dict[str, Any]) -> None:
    row["evidence"]["sha256"] = record_sha256(row["evidence"]["record"])


def test_a_record_altered_with_its_hash_names_the_claim_both_values_and_the_place(
    whole: list[Event], bench: Workbench
) -> None:
    def change(row: dict[str, Any]) -> None:
        row["evidence"]["record"]["properties"]["molecular_weight"]["value"] = 170.5
        rehash(row)

    found = verify(altered(whole, "evidence_added", change), bench)
    assert found.status == "failed"
    assert outcomes(found) == ["fails", "holds", "fails", "holds"]
    assert "E1 /properties/molecular_weight/value: recorded 170.5, found 180.159" in reasons(found, 1)
    assert "180.159 does not stand there" in reasons(found, 1)


def test_record_hash_sentence_and_text_altered_together_are_found_by_computing_again(
    bench: Workbench, whole: list[Event]
) -> None:
    rows = [
        json.loads(event.model_dump_json().replace("180.159", "170.159").replace("180.16", "170.16")) for event in whole
    ]
    for row in rows:
        if row["type"] == "evidence_added":
            rehash(row)
    found = verify([parse_event(json.dumps(row)) for row in rows], bench)
    assert outcomes(found)[0] == "fails"
    assert "170.159 does not stand there" in reasons(found, 1)
    assert "what is found now" in reasons(found, 1)


def test_an_altered_hash_names_the_claims(whole: list[Event], bench: Workbench) -> None:
    found = verify(altered(whole, "evidence_added", lambda row: row["evidence"].update(sha256="0" * 64)), bench)
    assert outcomes(found) == ["fails", "holds", "fails", "holds"]
    assert "/sha256" in reasons(found, 1)


def test_altered_evidence_of_a_local_row_names_the_claim(whole: list[Event], bench: Workbench) -> None:
    def change(row: dict[str, Any]) -> None:
        assert row["evidence"]["backend"] == "starter"
        text = json.dumps(row["evidence"]["record"]).replace("2001", "1999")
        row["evidence"]["record"] = json.loads(text)
        rehash(row)

    found = verify(altered(whole, "evidence_added", change, 1), bench)
    assert outcomes(found) == ["holds", "fails", "holds", "holds"]
    assert "recorded 1999, found 2001" in reasons(found, 2)


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("tool", "molecule_similarity", "/tool"),
        ("arguments", {"molecule": "CCO"}, "/arguments/molecule"),
        ("backend", "local", "/backend"),
        ("source", {**SOURCE.model_dump(), "release": "2"}, "/source/name"),
    ],
)
def test_what_stands_around_a_record_is_compared_too(
    whole: list[Event], bench: Workbench, field: str, value: Any, where: str
) -> None:
    found = verify(altered(whole, "evidence_added", lambda row: row["evidence"].update({field: value})), bench)
    assert outcomes(found)[0] == "fails"
    assert where in [difference.where for difference in found.evidence[0].differences]


def test_a_place_that_no_claim_rests_on_is_not_ignored(whole: list[Event], bench: Workbench) -> None:
    def change(row: dict[str, Any]) -> None:
        row["evidence"]["record"]["note"] = "mine"
        rehash(row)

    found = verify(altered(whole, "evidence_added", change), bench)
    assert found.status == "failed"
    assert 'E1 /note: recorded "mine", found nothing' in reasons(found, 1)


@pytest.mark.parametrize(
    "sentence", ["Its molecular weight is 190.159 g/mol. [E1]", "Its toxicity is 180.159 g/mol. [E1]"]
)
def test_an_altered_sentence_is_named_even_where_its_number_is_right(
    whole: list[Event], bench: Workbench, sentence: str
) -> None:
    claim_only = altered(whole, "answer_finished", lambda row: row["claims"][0].update(text=sentence))
    assert outcomes(verify(claim_only, bench)) == ["fails", "holds", "holds", "holds"]

    def change(row: dict[str, Any]) -> None:
        row["text"] = row["text"].replace(row["claims"][0]["text"], sentence)
        row["claims"][0]["text"] = sentence

    both = verify(altered(whole, "answer_finished", change), bench)
    assert outcomes(both) == ["fails", "holds", "holds", "holds"]
    assert "does not stand in the answer" in reasons(both, 1)


@pytest.mark.parametrize(
    ("which", "verdict"), [(0, "unsupported"), (0, "generated"), (3, "supported"), (3, "generated")]
)
def test_an_altered_verdict_is_named(whole: list[Event], bench: Workbench, which: int, verdict: str) -> None:
    found = verify(altered(whole, "answer_finished", lambda row: row["claims"][which].update(verdict=verdict)), bench)
    assert found.claims[which].outcome == "fails"
    assert f"recorded as {verdict}" in reasons(found, which + 1)
    assert outcomes(found).count("fails") == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda claim: claim.update(evidence=["E2"]),
        lambda claim: claim.update(support=[]),
        lambda claim: claim["support"][0].update(path="/properties/clogp/value"),
        lambda claim: claim.update(missing=["7"]),
    ],
)
def test_altered_citations_and_support_are_named(
    whole: list[Event], bench: Workbench, change: Callable[[dict[str, Any]], None]
) -> None:
    found = verify(altered(whole, "answer_finished", lambda row: change(row["claims"][0])), bench)
    assert outcomes(found) == ["fails", "holds", "holds", "holds"]


def test_another_place_that_holds_the_same_value_is_as_good(whole: list[Event], bench: Workbench) -> None:
    def at(path: str) -> list[str]:
        def change(row: dict[str, Any]) -> None:
            row["claims"][2]["support"][-1]["path"] = path

        return outcomes(verify(altered(whole, "answer_finished", change), bench))

    assert at("/rules/lipinski/details/0/value") == ["holds"] * 4
    assert at("/rules/lipinski/details/0/text") == ["holds"] * 4
    assert at("/properties/clogp/value")[2] == "fails"
    assert at("/no/such/place")[2] == "fails"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Its molecular", "It cures colds. Its molecular", "It cures colds."),
        ("Imatinib was", "Imatinib, a poison, was", "does not stand in the answer"),
        ("- about 25", "- about 2,500", "2,500"),
        ("| what | value |", "| what | value in mg |", "not the text that was shown"),
        ("~~It melts at 135 °C. [E1]~~ (no evidence)", "It melts at 135 °C. [E1]", "It melts"),
        ("~~It melts at 135 °C. [E1]~~ (no evidence)", "", "does not stand in the answer"),
    ],
)
def test_prose_cannot_be_edited_behind_the_claims(
    whole: list[Event], bench: Workbench, old: str, new: str, said: str
) -> None:
    def change(row: dict[str, Any]) -> None:
        assert old in row["text"]
        row["text"] = row["text"].replace(old, new)

    found = verify(altered(whole, "answer_finished", change), bench)
    assert found.status == "failed"
    assert said in " ".join([*found.troubles, *(reason for check in found.claims for reason in check.reasons)])


def test_prose_added_to_the_text_and_to_what_was_shown_is_a_stray(whole: list[Event], bench: Workbench) -> None:
    rows = [json.loads(event.model_dump_json()) for event in whole]
    for row in rows:
        if row["type"] == "answer_finished" or (row["type"] == "answer_delta" and "Imatinib" in row["text"]):
            row["text"] = row["text"].replace("Imatinib", "It cures colds. Imatinib")
    found = verify([parse_event(json.dumps(row)) for row in rows], bench)
    assert found.troubles == ("The answer says what no claim or remark says: It cures colds.",)


def test_a_claim_is_told_first_what_it_rests_on(whole: list[Event], bench: Workbench) -> None:
    def change(row: dict[str, Any]) -> None:
        record = row["evidence"]["record"]
        record["properties"]["molecular_weight"]["value"] = 170.5
        row["evidence"]["record"] = {**{f"a{number}": number for number in range(9)}, **record}
        rehash(row)

    found = verify(altered(whole, "evidence_added", change), bench)
    assert reasons(found, 1).split("E1 ")[1].startswith("/properties/molecular_weight/value")
    assert "and 7 more" in reasons(found, 1)


def test_altered_evidence_fails_a_run_in_which_no_claim_cites_it(bench: Workbench) -> None:
    events = record(bench, CallTools((call("drug_status", molecule="imatinib"),)), Give(status="unknown"))
    assert verify(events, bench).status == "verified"
    changed = altered(events, "evidence_added", lambda row: row["evidence"].update(sha256="0" * 64))
    assert verify(changed, bench).status == "failed"


def test_the_list_of_records_in_a_calls_end_is_compared(whole: list[Event], bench: Workbench) -> None:
    found = verify(altered(whole, "tool_finished", lambda row: row.update(evidence=["E7"])), bench)
    assert outcomes(found)[0] == "fails"
    assert "recorded E1, found E7 in the call's end" in reasons(found, 1)


def test_a_status_that_the_claims_do_not_bear_out_is_told(whole: list[Event], bench: Workbench) -> None:
    found = verify(altered(whole, "run_finished", lambda row: row.update(status="answered")), bench)
    assert (found.status, outcomes(found).count("fails")) == ("failed", 0)
    assert "bear that out" in found.troubles[0]


def test_numbers_of_the_call_are_compared(whole: list[Event], bench: Workbench) -> None:
    found = verify(altered(whole, "tool_finished", lambda row: row.update(matched=9)), bench)
    assert "matched: recorded 9, found 1" in found.troubles[0]


def test_arguments_that_are_refused_now_are_a_difference(whole: list[Event], bench: Workbench) -> None:
    rows = [json.loads(event.model_dump_json().replace(ASPIRIN, "C1CC")) for event in whole]
    found = verify([parse_event(json.dumps(row)) for row in rows], bench)
    assert found.evidence[0].outcome == "differs"
    assert "a refusal" in found.evidence[0].differences[-1].found


def test_evidence_that_no_call_gave_is_a_difference(whole: list[Event], bench: Workbench) -> None:
    found = verify(altered(whole, "evidence_added", lambda row: row.update(call_id="c9")), bench)
    assert found.evidence[0].outcome == "differs"
    assert found.claims[0].outcome == "fails"


# What cannot be re-checked -------------------------------------------------------------------------------------------

NUMBER = Give((Sentence("The number is 42.", ("E1",)),))


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"needs_network": True}, "needs the network"),
        ({"idempotent": False}, "need not find the same"),
        ({"backend": "live"}, "came from the network"),
        ({"backend": "cache"}, "came from the network"),
    ],
)
def test_what_cannot_be_run_again_is_said_and_not_called_fine(
    bench: Workbench, declared: dict[str, Any], said: str
) -> None:
    tools = {"odd": odd_tool("odd", **declared)}
    events = record(bench, CallTools((call("odd"),)), NUMBER, tools=tools)
    found = verify(events, bench, tools)
    assert (found.status, outcomes(found)) == ("incomplete", ["not_rechecked"])
    assert said in reasons(found, 1)


def test_a_tool_that_writes_is_not_run_again(bench: Workbench) -> None:
    async def yes(_call: ToolCall) -> bool:
        return True

    tools = {"odd": odd_tool("odd", read_only=False)}
    events = record(bench, CallTools((call("odd"),)), NUMBER, tools=tools, approve=yes)
    found = verify(events, bench, tools)
    assert (found.status, outcomes(found)) == ("incomplete", ["not_rechecked"])
    assert "writes nothing" in reasons(found, 1)


def test_a_drawing_written_to_a_file_is_not_written_again(bench: Workbench, tmp_path: Path) -> None:
    async def yes(_call: ToolCall) -> bool:
        return True

    target = tmp_path / "x.svg"
    arguments = {"molecule": "CCO", "to": str(target)}
    steps = CallTools((call("draw_molecule", **arguments),)), Give(status="unknown")
    events = record(bench, *steps, files=frozenset({target}), approve=yes)
    assert target.exists()
    target.unlink()
    found = verify(events, bench)
    assert (found.status, found.evidence[0].outcome) == ("incomplete", "not_rechecked")
    assert "writes a file" in found.evidence[0].reason
    assert not target.exists()


def test_text_of_a_model_stays_what_it_was_marked_as(bench: Workbench) -> None:
    tools = {"odd": odd_tool("odd", backend="generated")}
    events = record(bench, CallTools((call("odd"),)), NUMBER, tools=tools)
    found = verify(events, bench, tools)
    assert [check.claim.verdict for check in found.claims] == ["generated"]
    assert (found.status, outcomes(found)) == ("incomplete", ["not_rechecked"])


def test_a_tool_that_is_gone_or_fails_now_is_said(bench: Workbench) -> None:
    events = record(bench, CallTools((call("odd"),)), NUMBER, tools={"odd": odd_tool("odd")})
    assert "no tool called odd" in reasons(verify(events, bench, {}), 1)

    @tool(title="odd")
    async def odd(arguments: NoArguments, context: ToolContext) -> Findings:
        """Take too long."""
        raise DeadlineExceeded("odd was stopped after 20 s.")

    found = verify(events, bench, {"odd": odd})
    assert (found.status, outcomes(found)) == ("incomplete", ["not_rechecked"])
    assert "stopped after 20 s" in reasons(found, 1)


def test_an_altered_hash_is_found_even_where_nothing_can_be_run_again(bench: Workbench) -> None:
    events = record(bench, CallTools((call("odd"),)), NUMBER, tools={"odd": odd_tool("odd")})
    changed = altered(events, "evidence_added", lambda row: row["evidence"].update(sha256="0" * 64))
    assert outcomes(verify(changed, bench, {})) == ["fails"]


@pytest.fixture
def from_file(bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """A run about `list.smi`, named relative to a folder that is not the working folder any more."""
    (tmp_path / "list.smi").write_text("CCO ethanol\nc1ccccc1O phenol\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    events = record(
        bench,
        CallTools((call("substructure_filter", group="phenol", file="list.smi"),)),
        Give((Sentence("1 of 2 molecules matched.", ("E1",)),)),
        files=frozenset({(tmp_path / "list.smi").resolve()}),
    )
    monkeypatch.chdir("/")
    assert os.getcwd() == "/"
    return events


def test_a_file_that_is_the_same_is_read_again_from_wherever(from_file: list[Event], bench: Workbench) -> None:
    found = verify(from_file, bench)
    assert (found.status, outcomes(found)) == ("verified", ["holds"]), found


def test_a_changed_file_is_said(from_file: list[Event], bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "list.smi").write_text("CCO\n", "utf-8")
    found = verify(from_file, bench)
    assert (found.status, outcomes(found)) == ("incomplete", ["not_rechecked"])
    assert "list.smi has changed since" in reasons(found, 1)


def test_a_file_that_is_gone_is_said(from_file: list[Event], bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "list.smi").unlink()
    found = verify(from_file, bench)
    assert (found.status, outcomes(found)) == ("incomplete", ["not_rechecked"])
    assert "list.smi is gone" in reasons(found, 1)


def test_a_file_that_the_run_was_not_allowed_is_not_read(from_file: list[Event], bench: Workbench) -> None:
    found = verify(altered(from_file, "run_started", lambda row: row.update(files={})), bench)
    assert (found.status, outcomes(found)) == ("incomplete", ["not_rechecked"])
    assert "File refused" in reasons(found, 1)


# Runs without an end -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["run_started", "tool_started", "evidence_added", "answer_finished"])
def test_a_run_broken_off_anywhere_has_no_end_and_is_not_called_verified(
    whole: list[Event], bench: Workbench, last: str
) -> None:
    at = max(index for index, event in enumerate(whole) if event.type == last)
    found = verify(whole[: at + 1], bench)
    assert found.status != "verified"
    assert found.gaps == (NO_END,)
    assert not found.troubles
    if last == "answer_finished":
        assert (found.status, outcomes(found)) == ("incomplete", ["holds"] * 4)


def test_events_without_a_beginning_are_a_value_error(whole: list[Event], bench: Workbench) -> None:
    with pytest.raises(ValueError, match="run_started"):
        verify(whole[1:], bench)


# The cover -----------------------------------------------------------------------------------------------------------


def claims(*texts: str) -> list[Claim]:
    return [check_claim(text, {}).model_copy(update={"verdict": "supported"}) for text in texts]


@pytest.mark.parametrize(
    ("text", "strays", "absent"),
    [
        ("a. [E1] b. [E2]", (), ()),
        ("b. [E2] a. [E1]", (), (1,)),
        ("a. [E1]", (), (1,)),
        ("x a. [E1]\n\n- b. [E2] y", ("x", "y"), ()),
        ("# T\n\n| h |\n|---|\na. [E1] b. [E2]", (), ()),
        ("| h |\na. [E1] b. [E2]", ("| h |",), ()),
        ("", (), (0, 1)),
    ],
)
def test_text_is_laid_out_with_its_claims(text: str, strays: tuple[str, ...], absent: tuple[int, ...]) -> None:
    found = cover(text, claims("a. [E1]", "b. [E2]"), ())
    assert (found.absent_claims, found.strays if not absent else ()) == (absent, strays)


def test_remarks_may_stand_anywhere_between(whole: list[Event]) -> None:
    assert cover("r\n\na. [E1]\n\ns", claims("a. [E1]"), ("r", "s")) == cover("", (), ())
    assert cover("a. [E1]", claims("a. [E1]"), ("r",)).absent_asides == ("r",)
