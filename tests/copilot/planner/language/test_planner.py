"""Free planning over a real socket: what a model may do right and wrong, and what the run makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from biocopilot.copilot.loop import Budget
from biocopilot.memory.errors import ModelUnavailable

MW = "The molecular weight of aspirin is 180.159 g/mol [E1]."


@pytest.fixture
def weigh(openai: Any) -> Any:
    """The call that answers the usual question."""
    return openai.call("molecule_properties", {"molecule": "aspirin"})


def test_a_model_calls_a_tool_and_answers_from_its_result(ask: Any, server: Any, openai: Any, weigh: Any) -> None:
    server.enqueue(openai.Reply("I look it up.", calls=(weigh,), tokens=(900, 20)), openai.Reply(MW, tokens=(1100, 30)))
    asked = ask()
    assert (asked.answer.status, asked.answer.text) == ("answered", MW)
    assert asked.answer.planner == "openai:fake"
    assert asked.called == [("molecule_properties", {"molecule": "aspirin"})]
    assert [event.text for event in asked.of("thought")] == ["I look it up."]
    assert asked.of("plan_proposed")[0].summary == "openai:fake asks for molecule_properties."
    usage = asked.of("usage")[0]
    assert (usage.tokens_in, usage.tokens_out, usage.model_calls) == (2000, 50, 2)
    assert usage.model_seconds > 0
    assert asked.answer.notices == ()
    assert "E1: ASPIRIN: molecular_weight 180.159" in server.text_of(1)


def test_the_result_goes_back_as_the_call_was_made(ask: Any, server: Any, openai: Any) -> None:
    server.enqueue(openai.Reply(calls=(openai.call("molecule_properties", {"molecule": "aspirin"}, "own_7"),)), MW)
    ask()
    _system, _question, called, result = server.requests[1]["messages"]
    assert called["tool_calls"][0]["id"] == result["tool_call_id"] == "own_7"
    assert result["content"].startswith('<result call="c1" tool="molecule_properties" status="ok"')


def test_parallel_calls_run_side_by_side_and_each_gets_its_result(
    ask: Any, server: Any, openai: Any, weigh: Any
) -> None:
    server.enqueue(
        openai.Reply(calls=(weigh, openai.call("drug_status", {"molecule": "aspirin"}))),
        "Aspirin weighs 180.159 g/mol [E1, E2].",
    )
    asked = ask()
    assert {tool for tool, _ in asked.called} == {"molecule_properties", "drug_status"}
    starts = [event.number for event in asked.of("tool_started")]
    assert max(starts) < min(event.number for event in asked.of("tool_finished"))
    results = [message for message in server.requests[1]["messages"] if message["role"] == "tool"]
    assert len({message["tool_call_id"] for message in results}) == 2


def test_questions_share_a_connection_though_each_has_its_own_loop(
    ask: Any, server: Any, openai: Any, weigh: Any
) -> None:
    server.keep_alive = True
    for _ in range(3):
        server.enqueue(openai.Reply(calls=(weigh,)), MW)
        asked = ask()
        assert asked.answer.text == MW
        assert asked.notices("fallback") == []
    assert len(server.connections) == 1


@pytest.mark.parametrize("streams", [True, False])
def test_a_server_that_does_not_stream_is_read_all_the_same(
    ask: Any, server: Any, openai: Any, weigh: Any, streams: bool
) -> None:
    server.enqueue(openai.Reply(calls=(weigh,), streams=streams), openai.Reply(MW, streams=streams))
    server.endless = openai.Reply(MW, streams=False)
    if not streams:  # each is asked for twice: streamed, which gives nothing, and whole
        server.replies = [reply for reply in server.replies for _ in range(2)]
    asked = ask()
    assert asked.answer.text == MW
    assert asked.answer.planner == "openai:fake"
    assert not asked.notices("fallback")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('{"molecule": "asp', "no JSON object"),
        ("not json", "no JSON object"),
        ('["aspirin"]', "no JSON object"),
        ('{"molecul": "aspirin"}', "molecule is missing"),
        ("{}", "molecule is missing"),
        ('{"molecule": "aspirin", "properties": ["colour"]}', "properties"),
    ],
)
def test_a_wrong_call_is_put_to_the_model_once_more_with_the_reason(
    ask: Any, server: Any, openai: Any, weigh: Any, written: str, told: str
) -> None:
    server.enqueue(openai.Reply(calls=(openai.call("molecule_properties", written),)), openai.Reply(calls=(weigh,)), MW)
    asked = ask()
    assert told in server.text_of(1)
    assert asked.called == [("molecule_properties", {"molecule": "aspirin"})]
    assert asked.answer.text == MW


def test_a_call_cut_off_at_the_limit_never_runs_with_half_of_its_arguments(
    ask: Any, server: Any, openai: Any, weigh: Any
) -> None:
    cut = openai.Reply(calls=(openai.call("molecule_properties", '{"molecule": "asp'),), finish="length")
    server.enqueue(cut, openai.Reply(calls=(weigh,)), MW)
    asked = ask()
    assert "cut off after 1024 tokens" in server.text_of(1)
    assert asked.called == [("molecule_properties", {"molecule": "aspirin"})]


def test_a_reply_that_is_all_thought_is_told_to_be_shorter(ask: Any, server: Any, openai: Any, weigh: Any) -> None:
    thinking = openai.Reply("<think>Well, what is it about aspirin that", finish="length")
    server.enqueue(thinking, openai.Reply(calls=(weigh,)), MW)
    asked = ask()
    assert "cut off after 1024 tokens: think less" in server.text_of(1)
    assert asked.answer.text == MW


def test_an_unknown_tool_is_told_with_the_nearest_names(ask: Any, server: Any, openai: Any, weigh: Any) -> None:
    server.enqueue(
        openai.Reply(calls=(openai.call("molecule_property", {"molecule": "aspirin"}),)),
        openai.Reply(calls=(weigh,)),
        MW,
    )
    asked = ask()
    assert "molecule_properties" in server.text_of(1).split("Not run.")[1]
    assert len(asked.called) == 1


def test_what_is_right_of_several_calls_runs_and_the_rest_is_told(
    ask: Any, server: Any, openai: Any, weigh: Any
) -> None:
    server.enqueue(openai.Reply(calls=(weigh, openai.call("nothing_such", {}))), MW)
    asked = ask()
    assert asked.called == [("molecule_properties", {"molecule": "aspirin"})]
    told = [message["content"] for message in server.requests[1]["messages"] if message["role"] == "tool"]
    assert told[0].startswith("<result")
    assert told[1].startswith("Not run. There is no tool called 'nothing_such'")


def test_after_a_second_useless_reply_the_embedded_planner_goes_on(ask: Any, server: Any, openai: Any) -> None:
    wrong = openai.Reply(calls=(openai.call("nothing_such", {}),))
    server.enqueue(wrong, wrong)
    asked = ask()
    assert asked.answer.status == "answered"
    assert "180.16" in asked.answer.text
    [said] = asked.notices("fallback")
    assert "The embedded planner goes on." in said
    assert "nothing_such" in said


def test_without_a_fallback_it_is_an_error(ask: Any, server: Any, openai: Any) -> None:
    wrong = openai.Reply(calls=(openai.call("nothing_such", {}),))
    server.enqueue(wrong, wrong)
    asked = ask(fallback="none")
    assert isinstance(asked.error, ModelUnavailable)
    assert asked.answer.status == "failed"


def test_a_refusal_is_shown_and_claims_nothing(ask: Any, server: Any, openai: Any) -> None:
    server.endless = openai.Reply(refusal="I cannot help with 99 mg of that.")
    asked = ask()
    assert len(server.requests) == 2  # LangChain's client leaves a streamed refusal out, so it is asked for whole
    assert asked.answer.status == "unknown"
    assert asked.notices("planner") == ["The model declined to answer: “I cannot help with 99 mg of that.”"]
    assert asked.answer.claims == ()
    assert "99" not in asked.answer.text


def test_too_many_requests_is_waited_for_as_long_as_the_server_asks(
    ask: Any, server: Any, openai: Any, weigh: Any
) -> None:
    server.enqueue(openai.failure(429, "slow down", Retry_After="0.2"), openai.Reply(calls=(weigh,)), MW)
    asked = ask()
    [said] = asked.notices("fallback")
    assert "slow down" in said
    assert "asked again in 0.2 s" in said
    assert asked.answer.text == MW


def test_a_wait_longer_than_there_is_time_is_not_waited(ask: Any, server: Any, openai: Any) -> None:
    server.enqueue(openai.failure(429, "slow down", Retry_After="4000"))
    asked = ask()
    assert len(server.requests) == 1
    assert "embedded planner goes on" in asked.notices("fallback")[0]
    assert asked.answer.status == "answered"


def test_a_server_in_trouble_is_asked_three_times(ask: Any, server: Any, openai: Any, weigh: Any) -> None:
    server.enqueue(openai.failure(503, "loading"), openai.failure(500, "oops"), openai.Reply(calls=(weigh,)), MW)
    asked = ask()
    assert [text.split("(")[1][:8] for text in asked.notices("fallback")] == ["HTTP 503", "HTTP 500"]
    assert asked.answer.text == MW
    server.enqueue(*[openai.failure(500, "oops")] * 3)
    assert "embedded planner goes on" in ask().notices("fallback")[-1]
    assert len(server.requests) == 7


@pytest.mark.parametrize("after", [0, 2])
def test_a_silence_is_given_up_after_its_seconds(ask: Any, server: Any, openai: Any, after: int) -> None:
    server.enqueue(openai.Reply(MW, stall_after=after))
    asked = ask(timeout_s=0.3)
    assert "no word from the model for 0.3 s" in asked.notices("fallback")[0]
    assert "180.16" in asked.answer.text


def test_a_server_that_is_not_there_is_told(ask: Any, openai: Any) -> None:
    asked = ask(base_url="http://127.0.0.1:9/v1")
    assert "cannot be reached" in asked.notices("fallback")[-1]
    assert asked.answer.status == "answered"


def test_a_wrong_key_is_told_without_the_key(ask: Any, server: Any, openai: Any) -> None:
    server.enqueue(openai.failure(401, "Incorrect API key provided: sk-abcdef123456."))
    asked = ask(key="sk-abcdef123456")
    [said] = asked.notices("fallback")
    assert "refuses the key" in said
    assert "abcdef" not in json.dumps([event.model_dump(mode="json") for event in asked.events])
    assert server.keys == ["Bearer sk-abcdef123456"]


def test_a_key_of_the_environment_does_not_go_to_another_server(
    ask: Any, server: Any, openai: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai-alone")
    server.endless = openai.Reply(refusal="no")
    ask()
    assert set(server.keys) == {"Bearer none"}


def test_a_page_that_is_no_reply_is_told(ask: Any, server: Any, openai: Any) -> None:
    page = openai.Reply(body="<html>Welcome to nginx</html>", content_type="text/html")
    server.enqueue(page, page)
    asked = ask()
    assert "gave no readable reply" in asked.notices("fallback")[-1]
    assert asked.answer.status == "answered"


def test_a_window_that_is_too_small_is_asked_again_with_less(ask: Any, server: Any, openai: Any, weigh: Any) -> None:
    over = openai.failure(400, "This model's maximum context length is 4096 tokens.", "context_length_exceeded")
    server.enqueue(over, openai.Reply(calls=(weigh,)), MW)
    asked = ask(window=16_000)
    assert asked.answer.text == MW
    assert "asked again with less" in asked.notices("limit")[0]
    sizes = [len(json.dumps(request)) for request in server.requests]
    assert sizes[1] < 0.8 * sizes[0]
    server.enqueue(over, over)
    assert "cannot read so much at once" in ask().notices("fallback")[-1]


def test_an_endless_caller_is_stopped_and_made_to_answer(ask: Any, server: Any, openai: Any) -> None:
    for number in range(6):
        server.enqueue(openai.Reply(calls=(openai.call("molecule_properties", {"molecule": "C" * (number + 1)}),)))
    server.endless = openai.Reply("Methane weighs 16.043 g/mol [E1].")
    asked = ask("Weigh C, CC, CCC, CCCC, CCCCC and CCCCCC.", budget=Budget(calls=3))
    assert len(asked.called) == 3
    assert asked.answer.status == "partial"
    assert "16.043" in asked.answer.text
    assert "tools" not in server.requests[-1]
    assert "No more calls can be made." in server.text_of(len(server.requests) - 1)


def test_one_that_calls_on_all_the_same_ends_with_what_was_found(
    ask: Any, server: Any, openai: Any, weigh: Any
) -> None:
    server.endless = openai.Reply(calls=(weigh,))
    asked = ask()
    assert len(server.requests) < 8
    assert len([call for call in asked.called if call[0] == "molecule_properties"]) == 1
    assert asked.answer.status == "partial"
    assert "180.159" in asked.answer.text


def test_a_server_without_tool_calls_is_asked_by_a_schema(ask: Any, server: Any, openai: Any) -> None:
    server.enqueue(
        openai.failure(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        json.dumps({"tool": "molecule_properties", "args": {"molecule": "aspirin"}}),
        json.dumps({"answer": MW}),
    )
    asked = ask()
    assert asked.answer.text == MW
    assert "asked by a JSON schema instead" in asked.notices("fallback")[0]
    schema = server.requests[1]["response_format"]["json_schema"]["schema"]
    tools = [choice["properties"]["tool"]["enum"][0] for choice in schema["anyOf"] if "tool" in choice["properties"]]
    assert "molecule_properties" in tools
    assert "tools" not in server.requests[1]
    assert "E1: ASPIRIN" in server.text_of(2)


def test_calls_by_a_schema_can_be_set(ask: Any, server: Any, openai: Any) -> None:
    server.enqueue(
        json.dumps({"tool": "molecule_properties", "args": {"molecule": "aspirin"}}), json.dumps({"answer": MW})
    )
    asked = ask(calls="json")
    assert asked.answer.text == MW
    assert "response_format" in server.requests[0]


def test_a_schema_that_fits_into_no_reply_is_told(ask: Any, server: Any, openai: Any) -> None:
    asked = ask(calls="json", max_new_tokens=10)
    assert "embedded planner goes on" in asked.notices("fallback")[0]
    assert server.requests == []
    assert asked.answer.status == "answered"


@pytest.mark.parametrize(
    "text",
    [
        '<tool_call>\n{"name": "molecule_properties", "arguments": {"molecule": "aspirin"}}\n</tool_call>',
        '```json\n{"name": "molecule_properties", "parameters": {"molecule": "aspirin"}}\n```',
        '<think>I need it.</think>{"tool": "molecule_properties", "args": {"molecule": "aspirin"}}',
    ],
)
def test_a_call_that_a_model_writes_as_text_is_run(ask: Any, server: Any, openai: Any, text: str) -> None:
    server.enqueue(text, MW)
    asked = ask()
    assert asked.called == [("molecule_properties", {"molecule": "aspirin"})]
    assert asked.answer.text == MW


def test_an_answer_without_evidence_is_put_back_once_and_then_struck(ask: Any, server: Any, openai: Any) -> None:
    server.enqueue("Aspirin weighs 180.159 g/mol.", "Aspirin weighs 180.159 g/mol, trust me.")
    asked = ask()
    assert "would be struck out" in server.text_of(1)
    assert asked.answer.status == "unknown"
    assert "~~Aspirin weighs 180.159 g/mol, trust me.~~" in asked.answer.text


def test_a_mended_answer_stands_and_a_worse_one_does_not(ask: Any, server: Any, openai: Any, weigh: Any) -> None:
    server.enqueue(openai.Reply(calls=(weigh,)), f"Hello. {MW}", MW)
    assert ask().answer.text == MW
    server.enqueue(openai.Reply(calls=(weigh,)), f"Hello. {MW}", "Aspirin is 12 years old [E1].")
    assert MW in ask().answer.text


def test_where_nothing_of_an_answer_is_held_the_tools_speak_for_themselves(
    ask: Any, server: Any, openai: Any, weigh: Any
) -> None:
    server.enqueue(openai.Reply(calls=(weigh,)), "It is light.", "It is light, as I said.")
    asked = ask()
    assert asked.answer.status == "partial"
    assert "~~It is light, as I said.~~" in asked.answer.text
    assert "180.159" in asked.answer.text.split("as the tools tell it:")[1]


def test_an_answer_cut_off_ends_at_its_last_whole_sentence(ask: Any, server: Any, openai: Any, weigh: Any) -> None:
    server.enqueue(openai.Reply(calls=(weigh,)), openai.Reply(f"{MW} Its formula is C9H", finish="length"))
    asked = ask()
    assert asked.answer.text == MW
    assert "cut off after 1024 tokens" in asked.notices("planner")[0]


def test_a_heading_hides_no_claim(ask: Any, server: Any, openai: Any, weigh: Any) -> None:
    text = f"# Aspirin cures 99 diseases\n\n{MW}"
    server.enqueue(openai.Reply(calls=(weigh,)), text, text)
    assert "~~Aspirin cures 99 diseases~~" in ask().answer.text


def test_a_made_up_structure_is_asked_about_once_and_then_told(ask: Any, server: Any, openai: Any) -> None:
    wrong = openai.Reply(calls=(openai.call("molecule_properties", {"molecule": "CC(=O)Oc1ccccc1C(=O)O"}),))
    server.enqueue(wrong, wrong, MW)
    asked = ask()
    assert "stands neither in the question nor in a result" in server.text_of(1)
    assert asked.notices("planner") == ["CC(=O)Oc1ccccc1C(=O)O was written by the model; no source gave it."]
    assert len(asked.called) == 1


def test_a_structure_of_the_question_or_of_a_result_is_none_that_was_made_up(
    ask: Any, server: Any, openai: Any
) -> None:
    server.enqueue(
        openai.Reply(calls=(openai.call("resolve_molecule", {"molecule": "aspirin"}),)),
        openai.Reply(calls=(openai.call("molecule_properties", {"molecule": "CC(=O)Oc1ccccc1C(=O)O"}),)),
        openai.Reply(calls=(openai.call("molecule_properties", {"molecule": "CHEMBL25"}),)),
        openai.Reply(calls=(openai.call("molecule_properties", {"molecule": "c1ccccc1N"}),)),
        "Aspirin weighs 180.159 g/mol [E2].",
    )
    asked = ask("Weigh aspirin and c1ccccc1N.")
    assert len(asked.called) == 4
    assert asked.notices("planner") == []


def test_a_structure_that_chemistry_refuses_is_told_before_it_runs(
    ask: Any, server: Any, openai: Any, weigh: Any
) -> None:
    broken = openai.call("molecule_properties", {"molecule": "C1CC(=O"})
    server.enqueue(openai.Reply(calls=(broken,)), openai.Reply(calls=(weigh,)), MW)
    asked = ask("Weigh C1CC(=O and aspirin.")
    assert "no valid SMILES" in server.text_of(1)
    assert [call[1]["molecule"] for call in asked.called] == ["aspirin"]


def test_a_long_conversation_is_cut_to_the_window_the_oldest_first(ask: Any, server: Any, openai: Any) -> None:
    names = ["imatinib", "erlotinib", "gefitinib", "dasatinib", "sunitinib", "sorafenib", "lapatinib", "nilotinib"]
    for name in names:
        others = [other for other in names if other != name]
        server.enqueue(openai.Reply(calls=(openai.call("compare_molecules", {"molecules": others}),)))
    server.enqueue("Imatinib has a mass [E1].")
    asked = ask(f"Compare {', '.join(names)}.", window=3_500, max_new_tokens=300)
    assert len(asked.called) == 8
    assert "shortened for the model" in asked.notices("limit")[0]
    last = [message for message in server.requests[-1]["messages"] if message["role"] == "tool"]
    shortened = ["…" in message["content"] or "left out here" in message["content"] for message in last]
    assert any(shortened)
    assert not shortened[-1]
    assert sum(len(str(item)) for item in server.requests[-1]["messages"]) < 3_500 * 3


def test_a_record_is_read_whole_by_its_id(ask: Any, server: Any, openai: Any) -> None:
    server.enqueue(
        openai.Reply(calls=(openai.call("target_activities", {"target": "EGFR", "most": 40}),)),
        openai.Reply(
            calls=(openai.call("read_result", {"evidence": "E1"}), openai.call("read_result", {"evidence": "E7"}))
        ),
        openai.Reply(calls=(openai.call("read_result", {"evidence": "E1", "start": 3000}),)),
        "EGFR has activities [E1].",
    )
    asked = ask("Which compounds act on EGFR?")
    assert len(asked.called) == 1  # reading on is no call
    first, missed = [message["content"] for message in server.requests[2]["messages"] if message["role"] == "tool"][1:]
    assert first.startswith('<result record="E1" start=0 next=3000>')
    assert "E7 is no evidence of this question. There are E1." in missed
    second = server.requests[3]["messages"][-1]["content"]
    assert second.startswith('<result record="E1" start=3000')
    assert second.splitlines()[1] not in first
    assert "read_result" in server.tools_of(0)


def test_few_tools_are_shown_to_a_small_window_the_likeliest_first(
    ask: Any, server: Any, openai: Any, weigh: Any
) -> None:
    server.enqueue(openai.Reply(calls=(weigh,)), MW, openai.Reply(calls=(weigh,)), MW)
    ask(window=4_000, max_new_tokens=500)
    small = server.tools_of(0)
    assert small[0] == "molecule_properties"
    assert len(small) < 12
    assert "target_safety" in server.text_of(0)
    ask(window=100_000)
    assert len(server.tools_of(2)) == 43


def test_an_earlier_question_of_the_session_is_shown(ask: Any, server: Any, openai: Any, weigh: Any) -> None:
    from biocopilot.copilot import Copilot
    from biocopilot.copilot.planner.language.choice import ModelChoice

    server.enqueue(openai.Reply(calls=(weigh,)), MW, "The molecular weight was asked for before.")
    server.endless = openai.Reply("It was.")
    with Copilot("openai:fake", log=False, model=ModelChoice(base_url=server.url)) as copilot:
        copilot.ask("What is the molecular weight of aspirin?", session="s")
        copilot.ask("And what was that again?", session="s")
    text = server.text_of(2)
    assert "R1 question: What is the molecular weight of aspirin?" in text
    assert "R1.E1 molecule_properties" in text
    assert text.index("</earlier>") < text.index("Question: And what was that again?")
    assert "recall_result" in server.tools_of(2)
