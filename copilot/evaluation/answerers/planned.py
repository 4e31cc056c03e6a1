"""Answers of a planner with its tools, through `Copilot`, with the literature tools or without.

All tools work offline: the papers behind the questions, with their conclusions, lie in PubMed for anyone to fetch. With literature,
the library is a temporary one of the questions' own abstracts (PubMedQA; each without its conclusion, and without its title, which
is the question), or the user's own where a set has no abstracts. Without, the tools that read literature are taken away.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ....memory.errors import ModelUnavailable
from ....memory.library.document import About, Part, ReadDocument
from ....memory.library.reading.article import ABSTRACT_RANK
from ....memory.library.writing import Origin
from ....memory.records import Answer, Claim
from ....tools.registry import all_tools
from ....tools.workbench import LibraryChoice
from ...agent import Copilot
from ...loop import Budget
from ...planner.contract import Planner, State, Step
from ...settings import Settings
from ..items import Caption, Choice, Item
from .contract import Reply, abstained, answered, unparsed
from .parsing import choice_in
from .prompts import PROMPTS, asked_alone

__all__ = ["LITERATURE", "Planned"]

LITERATURE = frozenset({"search_library", "read_passage", "literature_search", "fetch_article"})
"""The tools that read what papers say."""
_SIDE = re.compile(r"^Passages that (say so|say otherwise):", re.MULTILINE)
_MARKS = re.compile(r"\[E\d+\]|\|")
_HOLDS = "supported"
_VERDICTS = {"say so": "yes", "say otherwise": "no"}


class Planned:
    """A planner as what answers.

    Args:
        planner: what plans; one that is asked over the network still has tools that are offline.
        settings: the user's, for budgets, workers and the embedding model.
        literature: whether the literature tools are there.
        items: all items of the file, whose abstracts make the library.
        said: told what is done before the first question.
        bounds: under which a language model plans; part of the configuration.
    """

    def __init__(
        self,
        planner: Planner,
        settings: Settings,
        literature: bool,
        items: Sequence[Item],
        said: Callable[[str], None] = lambda _text: None,
        bounds: Mapping[str, Any] | None = None,
    ) -> None:
        abstracts = [item for item in items if isinstance(item, Choice) and item.context]
        self._folder = tempfile.TemporaryDirectory(prefix="biocopilot-eval-")
        library = settings.library_choice
        if abstracts or not literature:
            library = replace(library, folder=Path(self._folder.name), chroma_url="")
        if abstracts and literature:
            said(f"· making a library of {len(abstracts):,} abstracts")
            _fill(library, abstracts)
        tools = [name for name in all_tools() if literature or name not in LITERATURE]
        self._copilot = Copilot(
            _ToolsOffline(planner),
            offline=True,
            tools=tools,
            log=False,
            workers=settings.workers,
            store=settings.store,
            library=library,
            budget=Budget(
                calls=settings.calls, seconds=settings.seconds, bytes=settings.bytes, repeated=settings.repeated
            ),
        )
        self._runner = asyncio.Runner()
        self.name = self._copilot.planner.name
        self._concludes = self.name != "embedded"
        what = "the questions' own abstracts" if abstracts else "the user's own library"
        self.setting = f"with tools, offline, {f'with literature: {what}' if literature else 'without literature'}"
        self.configuration: Mapping[str, Any] = {
            "planner": self.name,
            "literature": what if literature else "",
            "prompts": PROMPTS if self._concludes else {},
            "bounds": dict(bounds or {}) if self._concludes else {},
            "budget": [settings.calls, settings.seconds, settings.bytes, settings.repeated],
        }

    def answer(self, item: Item, number: int) -> Reply:
        question = asked_alone(item) if self._concludes or not _is_verdict(item) else item.question
        said = self._runner.run(self._copilot.aask(question))
        if said.status == "failed":
            raise ModelUnavailable(f"The run failed: {'; '.join(said.notices) or 'no reason was given'}.")
        if isinstance(item, Caption):
            text = " ".join(_bare(claim) for claim in said.claims if claim.verdict == _HOLDS)
            return (
                answered(text, said.answer, "written")
                if text
                else abstained(said.answer, "nothing that evidence holds")
            )
        if self._concludes:
            return _said(said, item)
        return _by_sides(said) if _is_verdict(item) else abstained(said.answer, "it does not conclude")

    def close(self) -> None:
        self._copilot.close()
        self._runner.close()
        self._folder.cleanup()


class _ToolsOffline:
    """A planner that says nothing of where its model is, so that a run without network takes it."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner

    @property
    def name(self) -> str:
        return self._planner.name

    async def next_step(self, state: State) -> Step:
        return await self._planner.next_step(state)


def _is_verdict(item: Item) -> bool:
    return isinstance(item, Choice) and set(item.options) >= {"yes", "no"}


def _bare(claim: Claim) -> str:
    """A claim's words, without marks of evidence and of tables."""
    return " ".join(_MARKS.sub(" ", claim.text).split())


def _said(said: Answer, item: Choice) -> Reply:
    """What a planner concludes, also where the claim check struck it: what is measured is what it says, and both are counted."""
    text = "\n".join(_bare(claim) for claim in said.claims)
    if not text:
        return abstained(said.answer, "nothing said")
    label = choice_in(text, item.options)
    if label is None:
        return unparsed(said.answer, "said")
    held = all(claim.verdict == _HOLDS for claim in said.claims)
    return answered(
        label, said.answer, "said, evidence holds all of it" if held else "said, evidence holds not all of it"
    )


def _by_sides(said: Answer) -> Reply:
    """The embedded planner quotes sides and concludes nothing. Counted as its answer is the side that it shows first.

    That is the side of the sentence that says most of what was asked. It never stands for maybe.
    """
    sides = _SIDE.findall(said.answer)
    if not sides:
        return abstained(said.answer, "no side quoted")
    return answered(_VERDICTS[sides[0]], said.answer, "one side quoted" if len(sides) == 1 else "both sides, the first")


def _fill(library: LibraryChoice, items: Sequence[Choice]) -> None:
    documents = [_document(item, entry) for entry, item in enumerate(items)]
    digest = hashlib.sha256("".join(document.text_sha256 for document in documents).encode()).hexdigest()
    with library.open(offline=True) as opened:
        opened.add_documents(documents, Origin("evaluation:abstracts", digest))


def _document(item: Choice, entry: int) -> ReadDocument:
    text = "\n".join(f"{name}: {said}" if name else said for name, said in item.context)
    about = About(pmid=item.id if item.id.isdecimal() else "", year=item.year)
    return ReadDocument(about, (Part(text, "abstract", section="Abstract"),), "pubmed", ABSTRACT_RANK, entry)
