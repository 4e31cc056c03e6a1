"""From a question to what it means: frames, one a clause, with the entities that pronouns and follow-ups lean on.

`recognise` (entities.py) finds what is named, `clauses_of` (clauses.py) where one question ends, `ways` (leaning.py) how
a clause can be understood after what came before, `classify` (classifier.py) what kind each way would be; the likeliest
is filled into frames (filling.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...tools.workbench import Workbench
from .answered import names_answered
from .classifier import LEAST_MARGIN, Guess, classify
from .clauses import TELLS, Clause, clauses_of, is_statement
from .context import Context
from .contract import Turn
from .entities import Recognised, recognise
from .filling import frames_of
from .followups import asked_again
from .frames import Entity, Frame, Reading
from .leaning import Way, of_no_list, picked, ranked_one, ways
from .slots import NEEDS, fits
from .words import is_common, split_words

__all__ = ["read"]

_TURNS = 6
"""Earlier turns that are read again: what is further back nobody means by "it"."""
_UNFIT = 0.12
"""What is left of the chance of a kind whose needs the clause cannot meet."""
_BESIDE = 0.3
"""What is left of the chance that a question cannot be answered, where it names a property and a molecule."""
_FASTA = re.compile(r"^[ \t]*>[^\n]*\n(?=[ \t]*[A-Za-z]{5,}[ \t]*\*?(?:\n|$))", re.MULTILINE)
_OPENING = re.compile(
    r"^\s*(?:hi|hello|hey|dear|good\s+(?:morning|afternoon|evening|day))(?:\s+(?:there|all|team|both|everyone|everybody|folks|guys|biocopilot|copilot|sir|madam))*\s*[,!.:-]\s*(?=\S)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?<=[.?!\n,;])\s*(?:(?:many|kind|best|warm|with best)\s+)?(?:thanks|thank\s+you|thx|cheers|regards|wishes|greetings|best|yours(?:\s+sincerely)?|ty)\b(?:\s+(?:a\s+lot|so\s+much|very\s+much|in\s+advance|again))?"
    r"[,.! ]*(?:[A-Z][\w.]*(?:\s+[A-Z][\w.]*)?)?\s*[.!]*\s*$",
    re.IGNORECASE,
)
_WHOLE_LIST = re.compile(
    r"(?:(?:so|and|ok|okay|please|now)\W+)*(?:(?:list|show|name|give)\s+(?:me\s+)?(?:(?:all|them|those|these|the\s+(?:whole\s+)?list)(?:\s+of\s+(?:them|those|these))?(?:\s+all)?)"
    r"|how\s+many\s+(?:are|were)\s+(?:there|they|those|these)(?:\s+in\s+(?:all|total))?|how\s+many\s+(?:of\s+them\s+)?(?:is|are)\s+that)(?:\s+again)?(?:\W+please)?\W*",
    re.IGNORECASE,
)
_LISTING = ("drugs_for_target", "drugs_for_indication", "target_activities")
_WHOLE = 100
"""Rows of a list that is asked for whole."""
_ABOUT_DATA = re.compile(
    r"\b(?:data|database|sources?|release|version|licen[cs]e|chembl|uniprot|rdkit)\b", re.IGNORECASE
)


async def read(question: str, earlier: Sequence[Turn], bench: Workbench) -> Reading:
    """Understand `question`, after the earlier turns of its session, the oldest first."""
    context = Context()
    for past in earlier[-_TURNS:]:
        context = _read(past.question, context, bench)[1]
        context = context.with_answered(names_answered(past.answer, bench), past.cut)
    return _read(question, context, bench)[0]


def _read(question: str, context: Context, bench: Workbench) -> tuple[Reading, Context]:
    found = recognise(_bare_question(question), bench)
    clauses = clauses_of(found, lambda tokens: classify(tokens).ranked[0])
    reader = _Reader(found, clauses, context)
    frames, dropped = reader.frames()
    frames = _without_chatter(frames)
    reading = Reading(
        question=question,
        frames=tuple(frames),
        entities=tuple(found.entities),
        follow_up_of=context.question if reader.leaned else "",
        corrections=tuple((entity.text, entity.corrected) for entity in found.entities if entity.corrected),
        dropped=tuple(dropped),
        notes=tuple(reader.notes),
    )
    return reading, replace(reader.context, frames=tuple(frames) or context.frames, question=question)


def _bare_question(question: str) -> str:
    """The question with FASTA headers, greetings and sign-offs blanked out, every character in its place."""
    text = _FASTA.sub(lambda hit: " " * (len(hit.group()) - 1) + "\n", question)
    for pattern in (_CLOSING, _OPENING):
        text = pattern.sub(lambda hit: " " * len(hit.group()), text)
    return text


class _Reader:
    """One question being read, clause by clause."""

    def __init__(self, found: Recognised, clauses: list[Clause], context: Context) -> None:
        self.found = found
        self.clauses = clauses
        self.context = context
        self.before = context
        self.leaned = False
        self.notes: list[str] = []

    def frames(self) -> tuple[list[Frame], list[str]]:
        """The frames in order, and the clauses in which nothing was understood."""
        frames: list[Frame] = []
        dropped: list[str] = []
        for index, clause in enumerate(self.clauses):
            following = [entity for later in self.clauses[index + 1 :] for entity in later.names]
            if is_statement(clause) and index + 1 < len(self.clauses):
                self.context = self.context.with_named(clause.entities)
                continue
            if not self._tell_pick(clause):
                dropped.append(clause.text.strip())
                continue
            made = self._whole_list(clause) or self._again(clause, frames) or self._understood(clause, following)
            if made:
                frames += [frame for frame in made if not any(_same(frame, other) for other in frames)]
            elif clause.words:
                dropped.append(clause.text.strip())
            self.context = self.context.with_named(clause.entities)
        return frames, dropped

    def _tell_pick(self, clause: Clause) -> bool:
        """Keep what an ordinal stands for, to be told: nobody sees from an answer which list it was counted in.

        False where the list has no such place: then nothing else is meant either.
        """
        ranked = "" if clause.names else ranked_one(clause, self.context)
        if ranked:
            self.notes.append(
                f"Which is “{ranked}” is not known here: name it, or say its row, such as the second one."
            )
            return False
        missing = of_no_list(clause, self.context) if self.before.question else ""
        if missing:
            self.notes.append(f"“{missing}” is of no list: nothing was listed before.")
            return False
        pick = picked(clause, self.context)
        if pick is None or any(not pick.start <= item.start < pick.end for item in clause.names):
            return True
        written = f"“{pick.text.strip()}”"
        if not pick.entities:
            self.notes.append(f"{written} is none of the {pick.of} that were named last.")
            return False
        meant = " and ".join(item.name or item.text for item in pick.entities)
        self.notes.append(f"{written} was read as {meant}, of the {pick.of} that were named last.")
        return True

    def _whole_list(self, clause: Clause) -> list[Frame]:
        """`list all of them`, `how many are there?`: the question that gave the list again, or the status of its drugs."""
        listed = self.context.lists.get("molecule", ())
        if not listed or clause.names or _WHOLE_LIST.fullmatch(clause.text.strip()) is None:
            return []
        self.leaned = True
        gave = [frame for frame in self.before.frames if frame.kind in _LISTING]
        if gave and self.before.answered.get("molecule"):
            return [replace(frame, clause=clause.text.strip(), most=_WHOLE) for frame in gave]
        text = clause.text.strip()
        return [Frame("drug_status", text, 1.0, 1.0, molecules=tuple(listed))]

    def _again(self, clause: Clause, frames: list[Frame]) -> list[Frame]:
        made = asked_again(_spelt_out(clause, self.context), frames or self.before.frames)
        self.leaned = self.leaned or bool(made and not frames)
        return made

    def _understood(self, clause: Clause, following: Sequence[Entity]) -> list[Frame]:
        """The frames of the likeliest way, over all ways in which pronouns and gaps may be filled."""
        best: tuple[float, Guess, Way] | None = None
        for way in ways(clause, self.context, following, self.found.others):
            guess = _weighed(classify(way.tokens), way.entities)
            score = way.weight * guess.probability * (1.0 if fits(guess.kind, way.entities) else _UNFIT)
            if best is None or score > best[0] + 1e-9:
                best = score, guess, way
        if best is None:
            return []
        _, guess, chosen = best
        entities = chosen.entities
        if guess.kind == "unsupported" and clause.pronouns and not clause.names and not chosen.lent:
            # "Is it druggable?" goes out to a service, which has to be told what "it" is.
            last = next((slot for slot in self.context.latest if slot in ("molecule", "target")), None)
            entities += self.context.named[last][:1] if last is not None else ()
        # "the second one" of an answer is named from now on, as if the question had spelt it out.
        self.context = self.context.with_named([item for item in chosen.lent if item.start < 0])
        if guess.kind == "concentration" and not any(entity.kind == "molecule" for entity in entities):
            # "and in µM?" means the same substance: its molecular weight is a part of the question.
            entities += [entity for entity in self.context.named.get("molecule", ()) if not clause.of("quantity")]
        own = {(entity.start, entity.text) for entity in self.found.entities}
        if self.before.question and any((item.start, item.text) not in own and not item.via for item in entities):
            self.leaned = True
        return frames_of(clause, guess, entities)


def _spelt_out(clause: Clause, context: Context) -> Clause:
    """`and of the third?` as if the question had named what the ordinal stands for."""
    pick = picked(clause, context)
    if pick is None or not pick.entities or clause.names:
        return clause
    placed = [replace(item, start=pick.start, end=pick.end) for item in pick.entities]
    words = tuple(word for word in clause.words if not pick.start <= word.start < pick.end)
    return replace(clause, entities=(*clause.entities, *placed), words=words)


def _weighed(guess: Guess, entities: Sequence[Entity]) -> Guess:
    """The guess with kinds that these entities cannot serve made unlikely."""
    if not any(NEEDS[kind] and fits(kind, entities) for kind, _ in guess.ranked):
        return guess  # nothing is named: what is asked is asked back for
    asks = any(entity.kind in ("property", "rule", "catalogue") for entity in entities)
    scored = [(kind, chance * (1.0 if fits(kind, entities) else _UNFIT)) for kind, chance in guess.ranked]
    if any(
        entity.kind == "quantity" for entity in entities
    ):  # a limit is of something measured, not of what a protein is
        scored = [
            (kind, chance * (_UNFIT if kind in ("target_profile", "target_identity") else 1.0))
            for kind, chance in scored
        ]
    if asks and any(entity.kind == "molecule" for entity in entities):
        # Who names a property and a molecule asks for what can be computed, whatever else is said.
        scored = [(kind, chance * (_BESIDE if kind == "unsupported" else 1.0)) for kind, chance in scored]
    total = sum(chance for _, chance in scored)
    ranked = sorted(((kind, chance / total) for kind, chance in scored), key=lambda pair: (-pair[1], pair[0]))
    return Guess(tuple(ranked))


def _without_chatter(frames: list[Frame]) -> list[Frame]:
    """Greetings, thanks and remarks beside a question, left out; alone they are answered."""
    if not any(NEEDS[frame.kind] and frame.margin >= LEAST_MARGIN and frame.entities for frame in frames):
        return frames
    return [frame for frame in frames if frame.entities or not _is_chatter(frame)]


def _is_chatter(frame: Frame) -> bool:
    if frame.kind in ("help", "data_status"):
        return frame.kind == "help" or not _ABOUT_DATA.search(frame.clause)
    if frame.clause.endswith("?"):
        return False
    asks = frame.properties or frame.rules or frame.catalogues or frame.activity_types or frame.aspects
    if frame.kind in ("unsupported", "literature") and TELLS.match(frame.clause):
        return True
    everyday = all(is_common(word.plain) for word in split_words(frame.clause))
    return everyday and (frame.kind in ("unsupported", "literature") or (frame.margin < LEAST_MARGIN and not asks))


def _same(one: Frame, other: Frame) -> bool:
    """Whether the two ask the same; wordings and confidence aside."""
    aside = {"clause": "", "probability": 0.0, "margin": 0.0, "runners_up": ()}
    return replace(one, **aside) == replace(other, **aside)  # type: ignore[arg-type]  # field names and values above
