"""Biocopilot's parts inside LangChain's: its tools in `create_agent`, a copilot in a chain, and any chat model as planner."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner.language.choice import ModelChoice
from biocopilot.copilot.planner.language.planner import LanguagePlanner
from biocopilot.copilot.verification import verify_run
from biocopilot.memory.run_log import RunLog
from biocopilot.tools.langchain import as_langchain_tools

core = pytest.importorskip("langchain_core", reason="the extra `agent` is not installed")
from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel  # noqa: E402  # after importorskip
from langchain_core.messages import AIMessage  # noqa: E402
from langchain_core.prompts import PromptTemplate  # noqa: E402

MW = "The molecular weight of aspirin is 180.159 g/mol [E1]."


class Scripted(FakeMessagesListChatModel):
    """Plays messages; its tools are bound and not looked at."""

    def bind_tools(self, tools: Any, **options: Any) -> Any:
        return self


def scripted(*messages: AIMessage | str) -> Scripted:
    return Scripted(responses=[AIMessage(item) if isinstance(item, str) else item for item in messages])


def weigh(call_id: str = "w1") -> AIMessage:
    call = {"name": "molecule_properties", "args": {"molecule": "aspirin"}, "id": call_id, "type": "tool_call"}
    return AIMessage("", tool_calls=[call])


@pytest.fixture
def model(server: Any) -> Any:
    """LangChain's own client of OpenAI's protocol, at the server of these tests."""
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(model="fake", base_url=server.url, api_key="k", max_retries=0)


def test_the_tools_work_inside_create_agent(server: Any, openai: Any, model: Any, copilot: Copilot) -> None:
    agents = pytest.importorskip("langchain.agents")
    server.enqueue(
        openai.Reply(
            calls=(
                openai.call("molecule_properties", {"molecule": "aspirin"}),
                openai.call("drug_status", {"molecule": "no such drug at all"}),
            )
        ),
        openai.Reply(calls=(openai.call("molecule_properties", {"molecul": "aspirin"}),)),
        "Aspirin weighs 180.159 g/mol.",
    )
    tools = as_langchain_tools(["molecule_properties", "drug_status"], bench=copilot.bench, offline=True)
    agent = agents.create_agent(model, tools)
    done = asyncio.run(agent.ainvoke({"messages": [("user", "Weigh aspirin.")]}))
    results = [message for message in done["messages"] if message.type == "tool"]
    assert results[0].content.startswith("E1: ASPIRIN: molecular_weight 180.159") or "180.159" in results[0].content
    assert results[0].artifact.evidence[0].record["type"]
    assert results[1].content.startswith("empty: ")
    assert "molecule is missing" in results[2].content
    assert done["messages"][-1].content == "Aspirin weighs 180.159 g/mol."
    assert {item["function"]["name"] for item in server.requests[0]["tools"]} == {"molecule_properties", "drug_status"}


def test_a_copilot_is_a_link_of_a_chain(server: Any, openai: Any, copilot: Copilot) -> None:
    server.enqueue(openai.Reply(calls=(openai.call("molecule_properties", {"molecule": "aspirin"}),)), MW)
    made = Copilot("openai:fake", log=False, model=ModelChoice(base_url=server.url))
    made.bench, made.offline = copilot.bench, True
    question = PromptTemplate.from_template("What is the molecular weight of {drug}?")
    chain = question | (lambda prompt: prompt.text) | made.as_runnable() | (lambda answer: answer.text)
    assert asyncio.run(chain.ainvoke({"drug": "aspirin"})) == MW
    server.enqueue(openai.Reply(calls=(openai.call("molecule_properties", {"molecule": "aspirin"}),)), MW)
    assert chain.invoke({"drug": "aspirin"}) == MW


def test_a_chat_model_is_a_planner(copilot: Copilot) -> None:
    made = Copilot(LanguagePlanner(scripted(weigh(), MW), in_process=True), offline=True, log=False)
    made.bench = copilot.bench
    answer = made.ask("What is the molecular weight of aspirin?")
    assert (answer.text, answer.status) == (MW, "answered")
    assert answer.planner == "langchain:Scripted"


def test_a_model_of_langchain_given_as_it_is(server: Any, openai: Any, model: Any, copilot: Copilot) -> None:
    server.enqueue(openai.Reply(calls=(openai.call("molecule_properties", {"molecule": "aspirin"}),)), MW)
    made = Copilot(model, log=False)
    made.bench, made.offline = copilot.bench, True
    answer = made.ask("What is the molecular weight of aspirin?")
    assert (answer.text, answer.planner) == (MW, "langchain:ChatOpenAI:fake")


def test_reasoning_is_a_thought_and_no_claim(copilot: Copilot) -> None:
    thinking = AIMessage([{"type": "thinking", "thinking": "42 is the answer."}, {"type": "text", "text": MW}])
    made = Copilot(LanguagePlanner(scripted(weigh(), thinking), in_process=True), offline=True, log=False)
    made.bench = copilot.bench
    events: list[Any] = []
    answer = asyncio.run(made.aask("Weigh aspirin.", listener=events.append))
    assert answer.text == MW
    assert "42 is the answer." in [event.text for event in events if event.type == "thought"]


def test_calls_without_ids_or_with_the_same_are_told_apart(copilot: Copilot) -> None:
    made = Copilot(
        LanguagePlanner(scripted(weigh("x"), weigh("x"), weigh(""), MW), in_process=True), offline=True, log=False
    )
    made.bench = copilot.bench
    answer = made.ask("Weigh aspirin.")
    assert answer.status in ("answered", "partial")
    assert len({call.id for call in answer.tool_calls}) == len(answer.tool_calls)


async def test_a_run_of_a_model_is_replayed_and_verified_without_it(
    server: Any, openai: Any, copilot: Copilot, tmp_path: Any
) -> None:
    server.enqueue(
        openai.Reply("I look.", calls=(openai.call("molecule_properties", {"molecule": "aspirin"}),)),
        f"Hello.\n\n{MW} {MW}\n\nIt is 12 years old [E1].",
        f"Hello.\n\n{MW} {MW}\n\nIt is 12 years old [E1].",
    )
    path = tmp_path / "runs.sqlite"
    made = Copilot("openai:fake", log=path, model=ModelChoice(base_url=server.url))
    made.bench, made.offline = copilot.bench, True
    answer = await made.aask("What is the molecular weight of aspirin?")
    asked = len(server.requests)
    log = RunLog.open(path)
    try:
        events = log.events(answer.run_id)
    finally:
        log.close()
    checked = await verify_run(events, copilot.bench)
    assert checked.status == "verified", (checked.troubles, checked.claims)
    assert [claim.verdict for claim in answer.claims].count("supported") == 2
    assert answer.status == "partial"
    assert len(server.requests) == asked


def test_a_window_of_its_own_knowledge_is_taken(copilot: Copilot) -> None:
    model = scripted(weigh(), MW)
    model.profile = {"max_input_tokens": 1_200}
    made = Copilot(
        LanguagePlanner(model, ModelChoice(max_new_tokens=1_024, fallback="none"), in_process=True),
        offline=True,
        log=False,
    )
    made.bench = copilot.bench
    from biocopilot.memory.errors import ModelUnavailable

    with pytest.raises(ModelUnavailable, match="1,200 tokens leaves no room"):
        made.ask("Weigh aspirin.")


@pytest.mark.parametrize("make", [json.dumps, str])
def test_what_a_scripted_model_says_of_no_evidence_is_struck(copilot: Copilot, make: Callable[[Any], str]) -> None:
    made = Copilot(
        LanguagePlanner(scripted(make({"mw": 99}), make({"mw": 99})), in_process=True), offline=True, log=False
    )
    made.bench = copilot.bench
    answer = made.ask("Weigh aspirin.")
    assert answer.status == "unknown"
    assert all(claim.verdict == "unsupported" for claim in answer.claims)
