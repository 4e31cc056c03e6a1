"""What a chat says, with a model that says a given text, and how it ends."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.tools import tool
from pydantic import BaseModel, Field

pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
pytest.importorskip("llguidance", reason="needs llguidance (biocopilot[biomedgpt])")

from biocopilot.model.chat import LocalChatModel
from biocopilot.model.errors import CheckpointError, ContextOverflow, EmptyPrompt, GrammarUnsatisfied, ModelError

Script = Callable[..., Any]


@tool
def find_target(target: str, most: int = 3) -> str:
    """Find a target."""
    return target


@tool
def find_drug(drug: str) -> str:
    """Find a drug."""
    return drug


def chat(loaded: Any, **settings: Any) -> LocalChatModel:
    return LocalChatModel(model="scripted", loaded=loaded, **settings)


def whole(pieces: list[Any]) -> AIMessageChunk:
    made = pieces[0]
    for piece in pieces[1:]:
        made += piece
    return made


def test_an_answer_comes_whole_and_in_pieces_with_what_it_took(scripted: Script) -> None:
    model = chat(scripted("Aspirin inhibits COX-1 – and COX-2."))
    message = model.invoke("What does aspirin inhibit?")
    pieces = list(model.stream("What does aspirin inhibit?"))
    assert message.content == whole(pieces).content == "Aspirin inhibits COX-1 – and COX-2."
    assert len(pieces) > 5
    assert message.usage_metadata == whole(pieces).usage_metadata
    assert message.usage_metadata["input_tokens"] == model.get_num_tokens_from_messages(
        [HumanMessage("What does aspirin inhibit?")]
    )
    assert message.response_metadata == {"model_name": "scripted", "finish_reason": "stop"}
    assert pieces[-1].chunk_position == "last"


async def test_the_same_comes_from_asyncio(scripted: Script) -> None:
    model = chat(scripted("Yes, it does."))
    assert (await model.ainvoke("Does it?")).content == "Yes, it does."
    pieces = [piece async for piece in model.astream("Does it?")]
    assert whole(pieces).content == "Yes, it does."
    both = await asyncio.gather(model.ainvoke("Does it?"), model.ainvoke("Does it?"))
    assert [message.content for message in both] == ["Yes, it does."] * 2


def test_an_answer_ends_before_a_stop_text_and_before_the_other_side_speaks(scripted: Script) -> None:
    loaded = scripted("first. ### Human: and then")
    assert chat(loaded).invoke("q").content == "first. "
    assert chat(loaded).invoke("q", stop=["rst"]).content == "fi"
    assert chat(loaded, stop=["fir"]).invoke("q").content == ""
    assert "".join(piece.content for piece in chat(loaded).stream("q", stop=["st."])) == "fir"


def test_an_answer_that_is_cut_says_so(scripted: Script) -> None:
    message = chat(scripted("one two three four five"), max_tokens=50).invoke("q", max_tokens=2)
    assert message.usage_metadata["output_tokens"] == 2
    assert message.response_metadata["finish_reason"] == "length"


def test_a_call_is_read(scripted: Script) -> None:
    bound = chat(scripted('{"tool":"find_target","args":{"target":"EGFR β","most":7}}')).bind_tools(
        [find_target, find_drug]
    )
    message = bound.invoke("q")
    (call,) = message.tool_calls
    assert (call["name"], call["args"], message.content) == ("find_target", {"target": "EGFR β", "most": 7}, "")
    assert message.response_metadata["finish_reason"] == "tool_calls"
    (streamed,) = whole(list(bound.stream("q"))).tool_calls
    assert {**streamed, "id": None} == {**call, "id": None}


def test_an_answer_in_place_of_a_call_is_words(scripted: Script) -> None:
    bound = chat(scripted('{"answer":"It is \\"β\\".\\nC\\\\C"}')).bind_tools([find_target])
    pieces = list(bound.stream("q"))
    assert bound.invoke("q").content == whole(pieces).content == 'It is "β".\nC\\C'
    assert len([piece for piece in pieces if piece.content]) > 3
    assert not whole(pieces).tool_calls


def test_the_choice_of_a_tool_binds(scripted: Script) -> None:
    model = chat(scripted('{"answer":"no"}'))
    for choice in ("any", "required", True, "find_drug", {"type": "function", "function": {"name": "find_drug"}}):
        message = model.bind_tools([find_target, find_drug], tool_choice=choice).invoke("q", max_tokens=120)
        assert len(message.tool_calls) == 1
        if choice not in ("any", "required", True):
            assert message.tool_calls[0]["name"] == "find_drug"
    assert model.bind_tools([find_target], tool_choice="none").invoke("q").content == '{"answer":"no"}'
    with pytest.raises(ValueError, match=r"find_gene.*find_target"):
        model.bind_tools([find_target], tool_choice="find_gene")


def test_a_stop_text_does_not_cut_json(scripted: Script) -> None:
    bound = chat(scripted('{"tool":"find_target","args":{"target":"stop here"}}'), stop=["stop"]).bind_tools(
        [find_target]
    )
    assert bound.invoke("q").tool_calls[0]["args"] == {"target": "stop here"}


class Ratio(BaseModel):
    """A ratio."""

    name: str
    value: float = Field(ge=0, le=1)


def test_an_object_of_a_schema_is_read(scripted: Script) -> None:
    model = chat(scripted('{"name":"a","value":0.25}'))
    assert model.with_structured_output(Ratio).invoke("q") == Ratio(name="a", value=0.25)
    assert model.with_structured_output(Ratio.model_json_schema()).invoke("q") == {"name": "a", "value": 0.25}
    raw = model.with_structured_output(Ratio, include_raw=True, method="function_calling").invoke("q")
    assert isinstance(raw["raw"], AIMessage)
    assert (raw["parsed"], raw["parsing_error"]) == (Ratio(name="a", value=0.25), None)
    with pytest.raises(ValueError, match="method"):
        model.with_structured_output(Ratio, method="guess")


def test_rules_between_arguments_hold_in_calls(loaded: Any) -> None:
    from biocopilot.tools import as_langchain_tools

    bound = LocalChatModel(loaded=loaded, temperature=1.0).bind_tools(
        as_langchain_tools(["substructure_filter"], offline=True), tool_choice="any"
    )
    for seed in range(4):
        arguments = bound.invoke("q", seed=seed).tool_calls[0]["args"]
        assert ("group" in arguments) != ("smarts" in arguments)


def test_the_model_is_told_what_it_may_say(scripted: Script) -> None:
    loaded = scripted("{}")
    bound = chat(loaded).bind_tools([find_target, find_drug])
    bound.invoke("Where is EGFR?")
    prompt = loaded.tokenizer.decode(loaded.model.seen)
    for told in ("- find_target(target, most?): Find a target.", '{"answer": your answer}', "Human: Where is EGFR?"):
        assert told in prompt


async def test_closing_a_stream_ends_the_model_at_its_next_token(scripted: Script) -> None:
    loaded = scripted("word " * 200)
    model = chat(loaded)
    stream = model.astream("q", max_tokens=400)
    async for _piece in stream:
        break
    await stream.aclose()
    loaded.model.paused.clear()
    loaded.model.paused.set()
    assert (await asyncio.wait_for(model.ainvoke("q", max_tokens=3), 20)).usage_metadata["output_tokens"] == 3
    assert loaded.model.steps < 100


async def test_cancelling_a_task_ends_the_model(scripted: Script) -> None:
    loaded = scripted("word " * 200)
    loaded.model.paused.clear()
    task = asyncio.create_task(chat(loaded).ainvoke("q", max_tokens=400))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    loaded.model.paused.set()
    await chat(loaded).ainvoke("q", max_tokens=2)
    assert loaded.model.steps < 10


def test_time_that_runs_out_is_an_error(scripted: Script) -> None:
    loaded = scripted("word " * 20)
    loaded.model.paused.clear()
    threading.Timer(0.3, loaded.model.paused.set).start()
    with pytest.raises(ModelError, match=r"within 0\.1 s"):
        chat(loaded, timeout=0.1).invoke("q")


def test_a_prompt_that_fills_the_window_is_refused(scripted: Script) -> None:
    small = chat(scripted("yes", window=200))
    with pytest.raises(ContextOverflow, match="window of 200"):
        small.invoke("word " * 300)
    with pytest.raises(ContextOverflow, match="190 are asked for"):
        small.invoke("q", max_tokens=190)
    assert small.invoke("q").content == "yes"
    with pytest.raises(GrammarUnsatisfied, match="find_target"):
        small.bind_tools([find_target]).invoke("q", max_tokens=20)
    with pytest.raises(EmptyPrompt):
        small.invoke("")


def test_a_call_may_name_another_model(scripted: Script) -> None:
    others = {"other": scripted("the other")}
    model = chat(scripted("this"), load=others.__getitem__)
    assert [model.invoke("q").content, model.invoke("q", model="other").content] == ["this", "the other"]
    assert model.invoke("q", model="other").response_metadata["model_name"] == "other"
    with pytest.raises(CheckpointError, match="other is not loaded"):
        chat(scripted("this")).invoke("q", model="other")


def test_tokens_are_counted_by_the_models_own_tokenizer(scripted: Script) -> None:
    loaded = scripted("x")
    text = "Imatinib inhibits ABL1."
    assert chat(loaded).get_num_tokens(text) == len(loaded.tokenizer(text, add_special_tokens=False)["input_ids"])
    asked = [HumanMessage("q")]
    assert chat(loaded).get_num_tokens_from_messages(asked, [find_drug]) > chat(loaded).get_num_tokens_from_messages(
        asked
    )


def test_a_folder_is_loaded(tmp_path: Any, loaded: Any) -> None:
    loaded.model.save_pretrained(tmp_path)
    loaded.tokenizer.save_pretrained(tmp_path)
    here = LocalChatModel.from_folder(tmp_path, device="cpu", dtype="float32", max_tokens=5)
    there = LocalChatModel(model=tmp_path.name, loaded=loaded, max_tokens=5)
    assert here.model_name == tmp_path.name
    assert here.invoke("What?").content == there.invoke("What?").content


def test_settings_hold_no_weights(scripted: Script) -> None:
    model = chat(scripted("x"))
    assert json.loads(model.model_dump_json())["model_name"] == "scripted"
    assert "loaded" not in repr(model)
