"""A causal language model on this machine as a LangChain chat model.

    loaded = load_causal_lm(folder)                                   # model/checkpoint
    chat = LocalChatModel(model=loaded.name, loaded=loaded)
    chat.invoke("What inhibits EGFR?")
    chat.bind_tools(tools).invoke("…").tool_calls                     # valid by construction: see model/grammar
    chat.with_structured_output(Schema).invoke("…")

What differs from chat models behind a service: a call is decoded under a grammar, one a message, and cannot be malformed;
whether its values mean anything is for the caller to check. Answers of one model wait for one another.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LangSmithParams, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import ConfigDict, Field, PrivateAttr, SkipValidation

from ..decoding import Cancel, async_stream
from ..errors import CheckpointError
from ..grammar import Bounds
from .offered import ToolChoice, as_tool, checked_choice, offer_of
from .prompt_format import PromptFormat
from .reply import Deadline, chunks_of, message_of
from .speaker import Sampling, Speaker, Speech
from .structured import METHODS, json_schema_of, parsed
from .turns import turns_of

__all__ = ["LocalChatModel"]

_USUAL = 512
"""Tokens of an answer where nobody says."""


class LocalChatModel(BaseChatModel):
    """A chat model over a loaded causal language model. Every setting may also be given with a call, `model` among them."""

    model_config = ConfigDict(
        populate_by_name=True, arbitrary_types_allowed=True, protected_namespaces=(), extra="ignore"
    )

    model_name: str = Field(default="local", alias="model")
    loaded: Any = Field(exclude=True, repr=False)
    """A `LoadedLM`, or whatever has a `model` of transformers and its `tokenizer`."""
    load: Callable[[str], Any] | None = Field(default=None, exclude=True, repr=False)
    """Loads another model that a call names; where None, there is only this one."""
    prompts: SkipValidation[PromptFormat | None] = Field(default=None, exclude=True, repr=False)
    """How prompts are written; as the tokenizer says, else as BioMedGPT was taught, where None."""
    bounds: Bounds = Field(default=Bounds(), exclude=True, repr=False)
    """The ends of strings, lists and numbers in calls and objects."""
    temperature: float | None = None
    """0, and None, take the likeliest token."""
    top_p: float = 1.0
    seed: int | None = None
    max_tokens: int | None = None
    """What an answer may take at most; 512, or what the window leaves, where None."""
    stop: list[str] | None = Field(default=None, alias="stop_sequences")
    timeout: float | None = None
    """Seconds for an answer, waiting for the model included."""
    max_retries: int | None = None
    """Taken for the sake of settings that serve several providers: nothing here fails and then works."""
    streaming: bool = False
    """Likewise: an answer comes in pieces where it is asked for in pieces."""

    _speakers: dict[str, Speaker] = PrivateAttr(default_factory=dict)

    @classmethod
    def from_folder(cls, folder: Path, **settings: Any) -> LocalChatModel:
        """Load a model from its folder; settings are those of this class, and `device` and `dtype` of the loader.

        Raises:
            ModelError: it cannot be loaded; see `load_causal_lm`.
        """
        from ..checkpoint.loading import load_causal_lm

        placing = {key: settings.pop(key) for key in ("device", "dtype") if key in settings}
        loaded = load_causal_lm(folder, **placing)
        return cls(**{"model": loaded.name, "loaded": loaded, **settings})

    @property
    def _llm_type(self) -> str:
        return "biocopilot-local"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model_name, "temperature": self.temperature, "max_tokens": self.max_tokens}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        found = LangSmithParams(
            ls_provider="biocopilot", ls_model_name=str(kwargs.get("model", self.model_name)), ls_model_type="chat"
        )
        for name in ("temperature", "max_tokens"):
            if (value := kwargs.get(name, getattr(self, name))) is not None:
                found[f"ls_{name}"] = value  # type: ignore[literal-required]  # both are keys of it
        if ends := stop or self.stop:
            found["ls_stop"] = list(ends)
        return found

    def get_token_ids(self, text: str) -> list[int]:
        """A text's tokens, by the model's own tokenizer."""
        return self._speaker(self.model_name).encode(text)

    def get_num_tokens_from_messages(self, messages: list[BaseMessage], tools: Sequence[Any] | None = None) -> int:
        """Tokens of the prompt that these messages, and tools offered with them, become."""
        offered = [as_tool(tool) for tool in tools or ()]
        return len(self._speech(messages, None, {"tools": offered} if offered else {})[0].prompt)

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: ToolChoice = None, **kwargs: Any
    ) -> Runnable[Any, AIMessage]:
        """The model with tools that it may call.

        Args:
            tools: whatever LangChain takes for a tool. Arguments whose rules go beyond their schema tell them by a class
                method `exact_schema`.
            tool_choice: `auto` (a call, or an answer), `any` (a call), a tool's name (a call of it), or `none`.
            kwargs: settings of each call. What services know besides (`strict`, `parallel_tool_calls`) changes nothing: a
                call always fits its schema, and comes alone.

        Raises:
            ValueError: `tool_choice` names no tool.
        """
        offered = [as_tool(tool) for tool in tools]
        chosen = checked_choice(tool_choice, offered)
        return self.bind(tools=offered, tool_choice=chosen, **{key: kwargs[key] for key in kwargs.keys() - _NO_EFFECT})

    def with_structured_output(
        self,
        schema: Any,
        *,
        include_raw: bool = False,
        method: str = "json_schema",
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """The model with an object of a schema for its answer: a pydantic model of either version, a TypedDict, or a dict.

        Args:
            schema: what the answer is to be.
            include_raw: give `{raw, parsed, parsing_error}` and raise nothing.
            method: the names that services have for this; all mean the grammar of the schema here.
            strict: changes nothing: the answer always fits.
            kwargs: settings of each call.
        """
        if method not in METHODS:
            raise ValueError(f"method is {method!r}, and may be {', '.join(METHODS)}")
        wanted = json_schema_of(schema)
        told = {"kwargs": {"method": method, "strict": strict}, "schema": wanted}
        return parsed(self.bind(answer_schema=wanted, ls_structured_output_format=told, **kwargs), schema, include_raw)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = self._whole(messages, stop, kwargs, None)
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        async for message in async_stream(lambda cancel: iter([self._whole(messages, stop, kwargs, cancel)])):
            return ChatResult(generations=[ChatGeneration(message=message)])
        raise AssertionError("an answer has a message")

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in self._pieces(messages, stop, kwargs, None):
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async for chunk in async_stream(lambda cancel: self._pieces(messages, stop, kwargs, cancel)):
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def _pieces(
        self,
        messages: Sequence[BaseMessage],
        stop: Sequence[str] | None,
        settings: dict[str, Any],
        cancel: Cancel | None,
    ) -> Iterator[ChatGenerationChunk]:
        deadline = Deadline(cancel, settings.get("timeout", self.timeout))
        speech, sampling, name = self._speech(messages, stop, settings)
        for chunk in chunks_of(speech, sampling, deadline, name):
            yield ChatGenerationChunk(message=chunk)

    def _whole(
        self,
        messages: Sequence[BaseMessage],
        stop: Sequence[str] | None,
        settings: dict[str, Any],
        cancel: Cancel | None,
    ) -> AIMessage:
        deadline = Deadline(cancel, settings.get("timeout", self.timeout))
        speech, sampling, name = self._speech(messages, stop, settings)
        return message_of(speech, sampling, deadline, name)

    def _speech(
        self, messages: Sequence[BaseMessage], stop: Sequence[str] | None, settings: dict[str, Any]
    ) -> tuple[Speech, Sampling, str]:
        """The answer that is about to be spoken, with the settings of the call before those of the model."""

        def setting(name: str) -> Any:
            return settings.get(name, getattr(self, name))

        name = str(settings.get("model", self.model_name))
        speaker = self._speaker(name)
        turns, asked = turns_of(messages, speaker.format.marks), setting("max_tokens")
        tools, choice = settings.get("tools") or (), settings.get("tool_choice")
        wanted = settings.get("answer_schema")
        most = asked or _USUAL
        for _ in range(2):  # where the window leaves less than a usual answer, what is offered is made to fit that
            offer = offer_of(tools, choice, wanted, most, self.bounds)
            prompt = speaker.prompt(turns, offer.instruction)
            room = speaker.room(prompt, asked, most)
            if room == most:
                break
            most = room
        ends = list(stop if stop is not None else self.stop or ())
        sampling = Sampling(setting("temperature") or 0.0, setting("top_p"), setting("seed"))
        return Speech(speaker, prompt, most, offer, ends), sampling, name

    def _speaker(self, name: str) -> Speaker:
        """The model of a name, made ready once.

        Raises:
            CheckpointError: there is no other model than this one.
        """
        if name not in self._speakers:
            if name != self.model_name and self.load is None:
                raise CheckpointError(
                    f"The model {name} is not loaded, only {self.model_name}.", "Load it, and ask that one."
                )
            loaded = self.loaded if name == self.model_name or self.load is None else self.load(name)
            self._speakers[name] = Speaker(loaded, self.prompts if name == self.model_name else None)
        return self._speakers[name]


_NO_EFFECT = {"strict", "parallel_tool_calls"}
