"""Any causal language model on this machine as a LangChain chat model; BioMedGPT-LM is one.

    LocalChatModel.stream / ainvoke / bind_tools   local_chat_model.py
      → turns.py, prompt_format.py                 messages → turns → the text of a prompt
      → offered.py                                 tools or a schema → what may be said, and the text that says so
      → speaker.py                                 one loaded model: its decoder and its grammar
      → reply.py                                   tokens → pieces of text, a call, usage

Nothing of LangChain, torch or transformers is loaded before a model is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .local_chat_model import LocalChatModel
    from .prompt_format import HumanAssistant, PromptFormat, TokenizerTemplate

__all__ = ["HumanAssistant", "LocalChatModel", "PromptFormat", "TokenizerTemplate"]

_HOMES = {
    "HumanAssistant": "prompt_format",
    "LocalChatModel": "local_chat_model",
    "PromptFormat": "prompt_format",
    "TokenizerTemplate": "prompt_format",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
