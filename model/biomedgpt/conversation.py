"""The conversation as text with gaps: what a person and the model said, and where a molecule or a protein stands.

What differs from the reference: gaps are kept apart from text, never looked for in it. So a question that contains
`<moleculeHere>` asks about that word; in the reference it opened a gap for which there was no molecule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

__all__ = ["BIOLOGY", "CHEMISTRY", "Conversation", "Entity", "Prompt", "Template", "Turn"]


class Entity(Enum):
    """What may stand in a gap; the value is the mark around it."""

    MOLECULE = "molecule"
    PROTEIN = "protein"

    @property
    def placeholder(self) -> str:
        """What the reference writes in the gap."""
        return f"<{self.value}Here>"


@dataclass(frozen=True)
class Template:
    """How a conversation is written for the model."""

    system: str
    human: str = "Human"
    assistant: str = "Assistant"
    separator: str = "###"


CHEMISTRY = Template(  # the authors' notebook; the space at the end counts
    "You are working as an excellent assistant in chemistry and molecule discovery. "
    "Below a human expert gives the representation of a molecule or a protein. Answer questions about it. "
)
BIOLOGY = Template(  # the demo in the authors' module
    "You are working as an excellent assistant in biology. "
    "Below a human gives the representation of a molecule or a protein. Answer some questions about it. "
)


@dataclass(frozen=True)
class Turn:
    """What one side said: a molecule or a protein, a text, or both."""

    human: bool
    entity: Entity | None = None
    text: str = ""


@dataclass(frozen=True)
class Prompt:
    """A prompt cut at its gaps: `segments[0]`, gap, `segments[1]`, gap, …"""

    segments: tuple[str, ...]
    gaps: tuple[Entity, ...]

    def __str__(self) -> str:
        """The prompt as the reference writes it."""
        gaps = [gap.placeholder for gap in self.gaps]
        return "".join(part for pair in zip(self.segments, [*gaps, ""], strict=True) for part in pair)


@dataclass
class Conversation:
    """The turns so far."""

    template: Template = CHEMISTRY
    turns: list[Turn] = field(default_factory=list)

    def copy(self) -> Conversation:
        """The same turns, to go on with in another way."""
        return Conversation(self.template, list(self.turns))

    def add(self, entity: Entity) -> None:
        """The human shows a molecule or a protein; a question that follows goes into the same turn."""
        self.turns.append(Turn(human=True, entity=entity))

    def ask(self, text: str) -> None:
        """The human asks."""
        last = self.turns[-1] if self.turns else None
        if last is not None and last.human and last.entity is not None and not last.text:
            self.turns[-1] = replace(last, text=text)
        else:
            self.turns.append(Turn(human=True, text=text))

    def answer(self, text: str) -> None:
        """The assistant said."""
        self.turns.append(Turn(human=False, text=text))

    def prompt(self) -> Prompt:
        """The whole conversation, up to where the assistant is to go on."""
        return self._written(f"{self.template.system}{self.template.separator} ", self.turns)

    def unanswered(self) -> Prompt:
        """What was said since the assistant's last answer: the least that the model must see."""
        done = max((i + 1 for i, turn in enumerate(self.turns) if not turn.human), default=0)
        return self._written("", self.turns[done:])

    def _written(self, opening: str, turns: Sequence[Turn]) -> Prompt:
        template = self.template
        segments, gaps = [opening], []
        for turn in turns:
            segments[-1] += f"{template.human if turn.human else template.assistant}: "
            if turn.entity is not None:
                segments[-1] += f"<{turn.entity.value}>"
                gaps.append(turn.entity)
                segments.append(f"</{turn.entity.value}>{' ' if turn.text else ''}")
            segments[-1] += f"{turn.text} {template.separator} "
        segments[-1] += f"{template.assistant}: "
        return Prompt(tuple(segments), tuple(gaps))
