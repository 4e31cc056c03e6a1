"""How captions are cut into tokens for BLEU and METEOR.

The reference (MolT5's scorer, and after it MolFM's and BioMedGPT's) cuts them into WordPieces of SciBERT's uncased vocabulary: lower
case, accents off, punctuation apart, at most 512 pieces, no [CLS] or [SEP]; unknown words stay as [UNK]. Without that vocabulary file
the same algorithm stops at words. Words give other figures than pieces, so `name` goes into every table.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["SCIBERT_PIECES", "CaptionTokens"]

SCIBERT_PIECES = 31_090
"""Lines of `vocab.txt` of allenai/scibert_scivocab_uncased."""
_MOST = 512
"""MolT5's `text_trunc_length`."""
_SPECIAL = frozenset({"[PAD]", "[CLS]", "[SEP]"})


class CaptionTokens:
    """A tokeniser of captions.

    Args:
        vocabulary: a WordPiece vocabulary, a piece a line; words where None.

    Raises:
        ValueError: the file is no WordPiece vocabulary.
    """

    def __init__(self, vocabulary: Path | None = None) -> None:
        from tokenizers import normalizers, pre_tokenizers

        self._pieces = None
        self.sha256 = ""
        if vocabulary is None:
            self._normal = normalizers.BertNormalizer(lowercase=True)
            self._split = pre_tokenizers.BertPreTokenizer()
            self.name = "words (BERT's basic tokenisation, no vocabulary given)"
            return
        from tokenizers import BertWordPieceTokenizer

        held = vocabulary.read_bytes()
        pieces = held.decode("utf-8").splitlines()
        if "[UNK]" not in pieces or not any(piece.startswith("##") for piece in pieces):
            raise ValueError(f"{vocabulary.name} has no [UNK] or no piece that begins with ##")
        self.sha256 = hashlib.sha256(held).hexdigest()
        self._pieces = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
        self._pieces.enable_truncation(_MOST)
        size = "as many as SciBERT's" if len(pieces) == SCIBERT_PIECES else "not SciBERT's 31,090"
        self.name = f"WordPieces of {vocabulary.name} ({len(pieces):,} pieces, {size})"

    def __call__(self, text: str) -> list[str]:
        """The tokens of a text."""
        if self._pieces is not None:
            found = self._pieces.encode(text, add_special_tokens=False).tokens
            return [piece for piece in found if piece not in _SPECIAL]
        words = self._split.pre_tokenize_str(self._normal.normalize_str(text))
        return [word for word, _span in words][:_MOST]
