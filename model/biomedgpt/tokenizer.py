"""The language model's tokenizer: Llama's byte-pair encoding, cutting each part of a prompt as the reference does.

What differs from the usual: parts of a prompt are encoded one by one, and the old ("legacy") tokenizer of the reference puts a
space before each. So the text after a molecule begins with a space that nobody wrote. `continued=True` leaves it out.
The fusion model counts one token more than its language model, `[PAD]`, which is never written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from tokenizers import AddedToken
from tokenizers import Tokenizer as FastTokenizer

from ..errors import TokenizerMissing

__all__ = ["Tokenizer"]

FILE = "tokenizer.json"
PAD = "[PAD]"
_SPACE = "▁"
_BYTE = re.compile("<0x([0-9A-F]{2})>")


class Tokenizer:
    """Text to numbers and back.

    Args:
        content: a `tokenizer.json` as text.

    Raises:
        TokenizerMissing: it is none, or lacks the tokens that open and end a text.
    """

    def __init__(self, content: str) -> None:
        self._content = content
        try:
            self._plain = FastTokenizer.from_str(content)
        except Exception as exc:  # the Rust library raises nothing narrower
            raise TokenizerMissing(f"The {FILE} cannot be read: {exc}.", _HINT) from exc
        self._plain.add_special_tokens([AddedToken(PAD, normalized=False, special=True)])
        found = [self._plain.token_to_id(token) for token in ("<unk>", "<s>", "</s>", PAD)]
        if None in found:
            raise TokenizerMissing(f"The {FILE} has no <unk>, <s> or </s>: it is no Llama-2 tokenizer.", _HINT)
        self.unknown_id, self.bos_id, self.eos_id, self.pad_id = found
        self.special_ids = frozenset(found)

    @classmethod
    def from_folder(cls, folder: Path) -> Tokenizer:
        """Open the `tokenizer.json` that lies in `folder` or up to two folders below.

        Raises:
            TokenizerMissing: there is none.
        """
        for pattern in (FILE, f"*/{FILE}", f"*/*/{FILE}"):
            for file in sorted(folder.glob(pattern)):
                return cls(file.read_text(encoding="utf-8"))
        raise TokenizerMissing(f"There is no {FILE} in {folder}.", _HINT)

    @property
    def rows(self) -> int:
        """How many tokens there are, `[PAD]` among them."""
        return self._plain.get_vocab_size(with_added_tokens=True)

    def check_rows(self, rows: int) -> None:
        """Refuse a language model of another vocabulary; `[PAD]` need not have a row.

        Raises:
            TokenizerMissing: the numbers of rows do not agree.
        """
        if rows not in (self.rows, self.rows - 1):
            raise TokenizerMissing(
                f"The tokenizer has {self.rows - 1:,} tokens and the model {rows:,} rows: they do not belong together.",
                _HINT,
            )

    def encode(self, text: str, *, bos: bool = False, continued: bool = False, literal: bool = True) -> list[int]:
        """Cut a text.

        Args:
            text: the text; all its spaces count.
            bos: whether to begin with `<s>`.
            continued: put no space before it, since it goes on where something else stood. The reference never does so.
            literal: read `</s>` and the like in it as plain text. The reference reads them as the tokens they name, so
                that a user can end the prompt.
        """
        fast = self._continued if continued else self._literal if literal else self._plain
        ids = fast.encode(text, add_special_tokens=False).ids
        return [self.bos_id, *ids] if bos else ids

    def decode(self, ids: Sequence[int], *, skip_special: bool = True) -> str:
        """Join numbers to text. A byte that belongs to no character becomes U+FFFD, and only that byte.

        So does SentencePiece, which the reference decodes with; the library of `tokenizer.json` gives up a whole run of bytes.
        """
        kept = [token for token in ids if not (skip_special and token in self.special_ids)]
        text, run = "", bytearray()
        for piece in map(self._plain.id_to_token, kept):
            if byte := _BYTE.fullmatch(piece):
                run.append(int(byte[1], 16))
            else:
                text += _characters(run) + piece.replace(_SPACE, " ")
                run.clear()
        text += _characters(run)
        return text[1:] if kept and self._plain.id_to_token(kept[0]).startswith(_SPACE) else text

    @cached_property
    def _literal(self) -> Any:
        return _reading_literally(self._content)

    @cached_property
    def _continued(self) -> Any:
        settings = json.loads(self._content)
        settings["normalizer"] = _without_prefix(settings.get("normalizer"))
        settings["pre_tokenizer"] = _without_prefix(settings.get("pre_tokenizer"))
        return _reading_literally(json.dumps(settings))


_HINT = "`biocopilot models pull biomedgpt-lm-7b` brings the one that belongs to the model."


def _reading_literally(content: str) -> Any:
    fast = FastTokenizer.from_str(content)
    fast.encode_special_tokens = True
    return fast


def _characters(run: bytes | bytearray) -> str:
    """The characters of some bytes."""
    text, i = "", 0
    while i < len(run):
        for length in range(1, 5):  # of UTF-8
            try:
                text += run[i : i + length].decode()
            except UnicodeDecodeError:
                continue
            i += length
            break
        else:
            text += "\N{REPLACEMENT CHARACTER}"
            i += 1
    return text


def _without_prefix(step: Any) -> Any:
    """The step of a tokenizer.json that puts no space before a text: of the older form (Prepend) or the newer (Metaspace)."""
    if not isinstance(step, dict):
        return step
    if step["type"] == "Sequence":
        key = "normalizers" if "normalizers" in step else "pretokenizers"
        kept = [inner for inner in map(_without_prefix, step[key]) if inner is not None]
        return {**step, key: kept}
    if step["type"] == "Prepend":
        return None
    if step["type"] == "Metaspace":
        return {**{k: v for k, v in step.items() if k != "add_prefix_space"}, "prepend_scheme": "never"}
    return step
