"""A conversation with BioMedGPT about molecules and proteins, answered piece by piece.

The main path: `Chat.ask` → conversation.py writes the prompt → splicing.py makes embeddings of it → `Decoder` gives token ids →
`Reply` makes text of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor

from ..decoding import Cancel, Decoder, TextStream
from ..errors import ContextOverflow, EmptyPrompt
from .conversation import CHEMISTRY, Conversation, Entity, Prompt, Template
from .encoder import Encoder
from .molecule_graph import graph_of
from .network import BioMedGPT
from .protein import read_protein, reference_ids
from .splicing import drop_oldest, segment_ids, splice
from .tokenizer import Tokenizer

__all__ = ["Chat", "Question", "Reply"]

End = Literal["stop", "length", "cancelled"]

MAX_TOKENS = 2048  # of prompt and answer, in the authors' notebook
MAX_NEW_TOKENS = 256
STOP = ("###", "Human:")  # of the template: the model has begun to speak for the other side


@dataclass(frozen=True)
class Question:
    """A question as the model is given it.

    Args:
        embeddings: (T, H), the conversation up to where the assistant is to go on.
        max_new_tokens: the answer is at most so long.
        notices: what was changed or cut, a sentence each.
    """

    embeddings: Tensor
    max_new_tokens: int
    notices: tuple[str, ...] = ()


@dataclass
class Reply:
    """One answer. Iterate over it for its pieces of text; what it holds is whole when that is at its end.

    Args:
        pieces: the answer's text as it comes.
        notices: what was changed or cut of the question, a sentence each.
        said: every id that the model gave, `</s>` among them.
        ids: those that make the answer.
        text: the answer.
        end: whether the model ended by itself, at the limit, or was cancelled.
    """

    pieces: Iterator[str] = field(repr=False)
    notices: tuple[str, ...] = ()
    said: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    text: str = ""
    end: End = "cancelled"

    def __iter__(self) -> Iterator[str]:
        return self.pieces

    def read(self) -> str:
        """Wait for the whole answer."""
        for _piece in self.pieces:
            pass
        return self.text


class Chat:
    """A conversation.

    With `parity` it is the reference's to the last id; without, what the reference does wrong is mended:

    | | parity | otherwise |
    |---|---|---|
    | the text behind a molecule or protein | begins with a space that nobody wrote | goes on |
    | `</s>` in a question | ends the text | is text |
    | proteins | numbered as they stand, unknown runs as one | read by `read_protein`, with notices |
    | `max_new_tokens` | counts a token that the reference puts in front | counts the answer's |
    | the last id of an answer | is dropped, whatever it is | is dropped where it ends the text |
    | special tokens in an answer | are shown | are not |
    | `###` or `Human:` in an answer | stays | ends it |
    | a question that does not fit | loses its beginning | is a `ContextOverflow` |

    Both keep apart what is a gap and what is text, drop the oldest embeddings of a long conversation, and raise a typed
    error for chemistry that the encoder has no number for; the reference fails in these places.

    Args:
        model: the network, filled.
        tokenizer: its language model's.
        decoder: what decodes; one of its own where none is given.
        encoder: what encodes, to share what it keeps; one of its own where none is given.
        template: how the conversation is written.
        max_tokens: prompt and answer, at most.
        parity: see above.
    """

    def __init__(
        self,
        model: BioMedGPT,
        tokenizer: Tokenizer,
        *,
        decoder: Decoder | None = None,
        encoder: Encoder | None = None,
        template: Template = CHEMISTRY,
        max_tokens: int = MAX_TOKENS,
        parity: bool = False,
    ) -> None:
        tokenizer.check_rows(model.llm.get_input_embeddings().num_embeddings)
        self.model, self.tokenizer, self.parity = model, tokenizer, parity
        self.decoder = decoder or Decoder(model.llm)
        self.encoder = encoder or Encoder(model)
        self.conversation = Conversation(template)
        self.max_tokens = min(max_tokens, self.decoder.max_tokens)
        self._features: list[Tensor] = []
        self._notices: list[str] = []

    def add_molecule(self, smiles: str) -> None:
        """Show the model a molecule.

        Raises:
            UnparsableMolecule: it is no SMILES, or too large.
            UnsupportedChemistry: the encoder has no number for something in it.
        """
        self._add(Entity.MOLECULE, self.encoder.molecules([graph_of(smiles)]))

    def add_protein(self, sequence: str) -> None:
        """Show the model a protein, given as a bare sequence or as FASTA; what had to be changed is told with the next reply.

        Raises:
            InvalidProtein: it is none.
        """
        longest = self.model.configuration.max_protein_tokens
        if self.parity:
            ids = reference_ids(sequence, longest)
        else:
            protein = read_protein(sequence, longest)
            ids = protein.ids
            self._notices += protein.notices
        self._add(Entity.PROTEIN, self.encoder.proteins([ids]))

    def add_answer(self, text: str) -> None:
        """Put in an answer that the model gave elsewhere, or should have given."""
        self.conversation.answer(text)

    def ask(self, question: str, *, max_new_tokens: int = MAX_NEW_TOKENS, cancel: Cancel | None = None) -> Reply:
        """Ask; read the reply to its end, or close it, before asking again.

        Args:
            question: what to ask about all that was shown and said.
            max_new_tokens: the answer is at most so long.
            cancel: once set, the answer ends at its next token.

        Raises:
            EmptyPrompt: the question is blank.
            ContextOverflow: it leaves no room for the answer.
        """
        return self.reply(self.prepare(question, max_new_tokens), cancel)

    def prepare(self, question: str, max_new_tokens: int = MAX_NEW_TOKENS) -> Question:
        """The first half of `ask`: the question becomes part of the conversation, and all of it embeddings."""
        if not question.strip():
            raise EmptyPrompt("There is no question.", 'Ask something, such as "Please describe this molecule."')
        room = self.max_tokens - max_new_tokens
        if room < 1 or max_new_tokens < 1:
            raise ContextOverflow(
                f"An answer of {max_new_tokens:,} tokens does not fit into the window of {self.max_tokens:,}.",
                "Ask for one of another length.",
            )
        conversation = self.conversation.copy()
        conversation.ask(question)
        if not self.parity:
            self._check_fits(conversation, room)
        embeddings = splice(self.model, self._ids(conversation.prompt()), self._features)
        embeddings, dropped = drop_oldest(embeddings, room)
        self.conversation, notices = conversation, self._notices
        self._notices = []
        if dropped:
            notices.append(
                f"The conversation is too long: the model does not see its oldest {dropped:,} tokens any more."
            )
        return Question(embeddings, max_new_tokens, tuple(notices))

    def reply(self, question: Question, cancel: Cancel | None = None) -> Reply:
        """The second half of `ask`."""
        # The reference's count includes the <s> that its `generate` puts before the first id.
        limit = question.max_new_tokens - 1 if self.parity else question.max_new_tokens
        reply = Reply(iter(()), question.notices)
        tokens = self.decoder.stream(
            inputs_embeds=question.embeddings, max_new_tokens=limit, stop_ids=(self.tokenizer.eos_id,), cancel=cancel
        )
        reply.pieces = (self._as_reference if self.parity else self._mended)(reply, _noted(tokens, reply.said), limit)
        return reply

    def _mended(self, reply: Reply, tokens: Iterator[int], limit: int) -> Iterator[str]:
        text = TextStream(self.tokenizer.decode, stop=STOP)
        try:
            begun = False
            for piece in text.pieces(tokens):
                fresh = piece if begun else piece.lstrip()
                begun = begun or bool(fresh)
                if fresh:
                    yield fresh
            reply.end = "stop" if text.stopped else self._end(reply, limit)
        finally:
            reply.ids = [token for token in reply.said if token != self.tokenizer.eos_id]
            reply.text = text.text.strip()
            self.conversation.answer(reply.text)

    def _as_reference(self, reply: Reply, tokens: Iterator[int], limit: int) -> Iterator[str]:
        """The whole answer as one piece, since the reference decides at the end what belongs to it."""
        for _token in tokens:
            pass
        reply.end = self._end(reply, limit)
        reply.ids = trimmed_as_reference([self.tokenizer.bos_id, *reply.said])
        text = self.tokenizer.decode(reply.ids, skip_special=False)
        reply.text = text.split(f"{self.conversation.template.assistant}:")[-1].strip()
        self.conversation.answer(reply.text)
        yield reply.text

    def _end(self, reply: Reply, limit: int) -> End:
        if reply.said[-1:] == [self.tokenizer.eos_id]:
            return "stop"
        return "length" if len(reply.said) >= limit else "cancelled"

    def _add(self, entity: Entity, features: list[Tensor]) -> None:
        self.conversation.add(entity)
        self._features += features  # one for each gap, in order

    def _ids(self, prompt: Prompt) -> list[list[int]]:
        return segment_ids(self.tokenizer, prompt, parity=self.parity)

    def _check_fits(self, conversation: Conversation, room: int) -> None:
        least = conversation.unanswered()
        features = self._features[len(self._features) - len(least.gaps) :]
        needed = sum(map(len, self._ids(least))) + sum(map(len, features))
        if needed > room:
            raise ContextOverflow(
                f"The question and what it is about take {needed:,} tokens, and there is room for {room:,} beside the answer.",
                "Ask a shorter question, or about fewer molecules and proteins.",
            )


def _noted(tokens: Iterator[int], into: list[int]) -> Iterator[int]:
    for token in tokens:
        into.append(token)
        yield token


def trimmed_as_reference(ids: list[int]) -> list[int]:
    """What the reference keeps of the ids of an answer: a leading 0, then a leading 1 dropped, and the last always."""
    for leading in (0, 1):
        if ids[:1] == [leading]:
            ids = ids[1:]
    return ids[:-1]
