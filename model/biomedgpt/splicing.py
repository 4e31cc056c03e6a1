"""Puts the embeddings of molecules and proteins into the gaps of a prompt.

A prompt's segments are encoded one by one, only the first with `<s>`, and no `</s>` stands anywhere. Positions run over the
spliced sequence, and nothing but its order tells the model what is text and what an atom or a residue.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .conversation import Prompt
from .network import BioMedGPT
from .tokenizer import Tokenizer

__all__ = ["drop_oldest", "segment_ids", "splice"]


def segment_ids(tokenizer: Tokenizer, prompt: Prompt, *, parity: bool = False) -> list[list[int]]:
    """Encode each segment.

    Args:
        tokenizer: the language model's.
        prompt: text with gaps.
        parity: as the reference: a space that nobody wrote after each gap, and `</s>` in a user's text ends the prompt.
            Otherwise a segment goes on where the gap ends, and text is text.
    """
    return [
        tokenizer.encode(segment, bos=i == 0, continued=i > 0 and not parity, literal=not parity)
        for i, segment in enumerate(prompt.segments)
    ]


def splice(model: BioMedGPT, ids: Sequence[Sequence[int]], features: Sequence[Tensor]) -> Tensor:
    """Interleave: segment, feature (n_i, H), segment, … → (T, H)."""
    parts = []
    for i, segment in enumerate(ids):
        parts.append(model.embed_tokens(torch.tensor(segment, dtype=torch.long, device=model.device)))
        if i < len(features):
            parts.append(features[i].to(model.device, model.dtype))
    return torch.cat(parts)


def drop_oldest(embeddings: Tensor, room: int) -> tuple[Tensor, int]:
    """Keep the newest `room` of (T, H), and say how many were dropped.

    The reference means to do this, but its slice takes one position instead of all from there on, and stops.
    """
    dropped = max(0, len(embeddings) - room)
    return embeddings[dropped:], dropped
