"""`biocopilot models check`: load a model, ask it what its authors asked, say what was found, and judge as far as words allow."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from ...memory.stores.building import Progress
from ...memory.text import clean
from ..local_models import find_model, load_biomedgpt, load_lm, model_errors
from ..settings import WeightsSettings, load_settings
from .failures import say
from .models_fetching import known
from .stages import stage_lines

if TYPE_CHECKING:
    from ...model.checkpoint.loading import LoadedBioMedGPT, LoadedLM

__all__ = ["QUESTIONS", "Asked", "Question", "check_model", "judged"]

Verdict = Literal["as published", "not as published", "not judged"]


@dataclass(frozen=True)
class Question:
    """A question of the authors' notebook, with words of the answer printed there."""

    kind: Literal["protein", "molecule", "text"]
    about: str
    question: str
    words: tuple[str, ...] = ()
    """Each must stand in the answer, whatever the case; none where no answer is published."""
    any_of: tuple[str, ...] = ()
    """At least one must stand there too."""


@dataclass(frozen=True)
class Asked:
    """A question with what the model said."""

    question: Question
    answer: str
    tokens: int
    seconds: float
    verdict: Verdict


_IF_1 = "MAKEDTLEFPGVVKELLPNATFRVELDNGHELIAVMAGKMRKNRIRVLAGDKVQVEMTPYDLSKGRINYRFK"
_CHALCONE = "CC(=CCC1=CC(=CC(=C1O)CC=C(C)C)/C=C/C(=O)C2=C(C=C(C=C2)O)O)C"

QUESTIONS: dict[str, tuple[Question, ...]] = {
    "biomedgpt-10b": (
        # A translation initiation factor IF-1; the printed answer names the other factors and the small subunit.
        Question(
            "protein", _IF_1, "What is the function of this protein?", ("initiation",), ("IF-2", "IF-3", "30S", "fMet")
        ),
        # The printed answer calls it a flavonoid, which it is not: it is a chalcone. What counts is that it is this answer.
        Question("molecule", _CHALCONE, "Please describe this molecule.", (), ("flavonoid", "chalcone")),
    ),
    "biomedgpt-lm-7b": (Question("text", "", "What's the function of Aspirin?"),),
}
_NEW_TOKENS = 128


def check_model(name: str, form: str, as_json: bool) -> int:
    """Load, ask, print; the exit code: 0, or 6 where an answer is not the published one.

    Raises:
        InvalidInput: no model of that name.
        ModelUnavailable: it is not installed, damaged, or does not fit.
        MissingExtra: torch is not installed.
    """
    model = known(name)
    settings = load_settings().settings.weights
    if form:
        settings = WeightsSettings.model_validate({**settings.model_dump(), "form": form})
    found = find_model(name, settings)
    began = time.perf_counter()
    with stage_lines() as report:
        report(Progress("importing torch", 0, 0))

        def loading(done: int, total: int) -> None:
            report(Progress("loading weights", done, total))

        loaded: LoadedBioMedGPT | LoadedLM = (
            load_biomedgpt(settings, loading) if name == "biomedgpt-10b" else load_lm(name, settings, loading)
        )
    seconds = time.perf_counter() - began
    with model_errors():
        from ...model.checkpoint.memory import machine

        here = machine()
        if not as_json:
            _say_loaded(model.title, found.form, loaded, seconds, here.sentence())
        ask = _asking(loaded)
        asked = []
        for question in QUESTIONS[name]:
            said = _asked(question, ask)
            asked.append(said)
            if not as_json:
                _say_answer(said)
    wrong = [item for item in asked if item.verdict == "not as published"]
    if as_json:
        told = _told(name, found.form, loaded, seconds, asked)
        sys.stdout.write(json.dumps({**told, "machine": asdict(here)}, ensure_ascii=False, indent=2) + "\n")
    elif wrong:
        sys.stdout.write(
            "The answers are not those that the authors printed: the weights are damaged or others, or their form"
            " costs too much accuracy.\n"
        )
    elif any(item.verdict == "as published" for item in asked):
        sys.stdout.write("The answers have the words of those that the authors printed.\n")
    else:
        sys.stdout.write("No answer to this is published, so whether it is sensible is for you to judge.\n")
    return 6 if wrong else 0


def judged(question: Question, answer: str) -> Verdict:
    """Whether an answer has the words of the published one."""
    if not question.words and not question.any_of:
        return "not judged"
    said = answer.casefold()
    every = all(word.casefold() in said for word in question.words)
    some = not question.any_of or any(word.casefold() in said for word in question.any_of)
    return "as published" if every and some else "not as published"


Ask = Callable[[Question], tuple[str, int]]


def _asked(question: Question, ask: Ask) -> Asked:
    began = time.perf_counter()
    answer, tokens = ask(question)
    return Asked(question, answer, tokens, time.perf_counter() - began, judged(question, answer))


def _asking(loaded: LoadedBioMedGPT | LoadedLM) -> Ask:
    """How to ask this model: an answer and how many tokens it has."""
    from ...model.decoding import Decoder

    if hasattr(loaded, "configuration"):
        from ...model.biomedgpt.answering import Chat

        decoder = Decoder(loaded.model.llm)

        def in_chat(question: Question) -> tuple[str, int]:
            chat = Chat(loaded.model, loaded.tokenizer, decoder=decoder)
            if question.kind == "protein":
                chat.add_protein(question.about)
            elif question.kind == "molecule":
                chat.add_molecule(question.about)
            reply = chat.ask(question.question)
            return reply.read(), len(reply.said)

        return in_chat
    decoder = Decoder(loaded.model)

    def bare(question: Question) -> tuple[str, int]:
        # As the model's authors ask it: the question alone behind <s>, no template.
        ids = [loaded.tokenizer.bos_token_id, *loaded.tokenizer(question.question, add_special_tokens=False).input_ids]
        said = list(
            decoder.stream(input_ids=ids, max_new_tokens=_NEW_TOKENS, stop_ids=(loaded.tokenizer.eos_token_id,))
        )
        return loaded.tokenizer.decode(said, skip_special_tokens=True).strip(), len(said)

    return bare


def _say_loaded(title: str, form: str, loaded: LoadedBioMedGPT | LoadedLM, seconds: float, here: str) -> None:
    keys = loaded.report.keys
    say(f"{title} ({form}) is loaded in {seconds:.1f} s.")
    sys.stdout.write(
        f"device   {loaded.device}; {loaded.placement.why}\n"
        f"numbers  {loaded.dtype}{f', weights in {loaded.form}' if loaded.form else ''}\n"
        f"memory   {loaded.memory / 1e9:.1f} GB of weights, {loaded.report.mapped_bytes / 1e9:.1f} GB of it pages of the file;"
        f" {here}\n"
        f"tensors  {len(keys.used):,} used, {len(keys.recomputed):,} computed anew, {len(keys.not_needed):,} not needed,"
        f" {len(keys.unknown):,} unknown, none missing\n"
    )


def _say_answer(asked: Asked) -> None:
    glyph = {"as published": "✓", "not as published": "✗", "not judged": "·"}[asked.verdict]
    about = f" [{asked.question.kind} {asked.question.about[:24]}…]" if asked.question.about else ""
    rate = f"{asked.tokens} tokens, {asked.tokens / asked.seconds:.1f} a second" if asked.seconds else ""
    sys.stdout.write(
        f"\n? {asked.question.question}{about}\n  {clean(asked.answer) or '(nothing)'}\n{glyph} {asked.verdict}; {rate}\n\n"
    )
    sys.stdout.flush()


def _told(
    name: str, form: str, loaded: LoadedBioMedGPT | LoadedLM, seconds: float, asked: Sequence[Asked]
) -> dict[str, Any]:
    keys = loaded.report.keys
    return {
        "name": name,
        "form": form,
        "device": loaded.device,
        "numbers": loaded.dtype,
        "placement": loaded.placement.why,
        "weights_bytes": loaded.memory,
        "mapped_bytes": loaded.report.mapped_bytes,
        "seconds": round(seconds, 3),
        "tensors": {
            "used": len(keys.used),
            "computed_anew": list(keys.recomputed),
            "not_needed": list(keys.not_needed),
            "unknown": list(keys.unknown),
        },
        "questions": [
            {
                "question": item.question.question,
                "about": item.question.about,
                "answer": clean(item.answer),
                "tokens": item.tokens,
                "seconds": round(item.seconds, 3),
                "expected": {"all_of": list(item.question.words), "any_of": list(item.question.any_of)},
                "verdict": item.verdict,
            }
            for item in asked
        ],
    }
