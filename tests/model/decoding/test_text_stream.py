"""Text while tokens come, beside the text of all tokens at once."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch", reason="the package of the decoder needs torch (biocopilot[biomedgpt])")

from biocopilot.model.decoding import TextStream  # needs torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers

WORDS = ["▁", "▁the", "▁IC", "50", "▁of", "▁5", "µ", "M", "ab", "cd", "▁###", "▁Human", ":", ".", "\n", "##", "#"]


def llama_like() -> Any:
    """A tokenizer as Llama's: blanks as part of words, bytes for all that it has no piece for."""
    pieces = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), *WORDS]
    made = Tokenizer(
        models.BPE({piece: i for i, piece in enumerate(pieces)}, [], unk_token="<unk>", byte_fallback=True)
    )
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return made


TOKENIZER = llama_like()
ID = {word: 257 + i for i, word in enumerate(WORDS)}


def spelled(text: str) -> list[int]:
    return [1 + byte for byte in text.encode()]


def pieces(ids: list[int], stop: tuple[str, ...] = ()) -> list[str]:
    return list(TextStream(TOKENIZER.decode, stop).pieces(ids))


def test_words_come_as_they_are_whole() -> None:
    assert pieces([ID["▁the"], ID["▁IC"], ID["50"], ID["▁of"]]) == ["the", " IC", "50", " of"]


def test_a_character_of_several_bytes_comes_once_it_is_whole() -> None:
    ids = [ID["▁5"], *spelled("€"), *spelled("😀"), ID["M"]]
    assert pieces(ids) == ["5", "€", "😀", "M"]
    assert pieces([*spelled("€😀"), ID["▁IC"]]) == ["€", "😀", " IC"]
    stream = TextStream(TOKENIZER.decode)
    assert [stream.push(token) for token in spelled("😀")] == ["", "", "", "😀"]


def test_a_character_that_is_never_finished_is_told_at_the_end() -> None:
    assert pieces([ID["▁5"], *spelled("€")[:2]]) == ["5", "��"]


def test_bytes_that_are_no_text_do_not_hold_up_the_rest() -> None:
    ids = [1 + 0xFF] * 5 + [ID["▁the"]]
    assert "".join(pieces(ids)) == TOKENIZER.decode(ids)


def test_nothing_of_a_stop_string_is_handed_out() -> None:
    ids = [ID["▁the"], ID["▁###"], ID["▁Human"], ID[":"], ID["▁of"]]
    assert "".join(pieces(ids, ("### Human:",))) == "the "
    assert "".join(pieces(ids[:3], ("### Human:",))) == "the ### Human"
    stream = TextStream(TOKENIZER.decode, ("### Human:", "IC"))
    handed = [stream.push(token) for token in ids]
    assert "".join(handed) == "the " == stream.text
    assert stream.stopped
    assert stream.end() == ""


def test_the_stop_string_that_begins_first_counts() -> None:
    assert "".join(pieces([ID["ab"], ID["cd"], ID["M"]], ("cd", "bc"))) == "a"


def test_tokens_behind_a_stop_string_are_not_asked_for() -> None:
    asked = []

    def tokens() -> Any:
        for token in (ID["ab"], ID["cd"], ID["M"], ID["50"]):
            asked.append(token)
            yield token

    assert "".join(TextStream(TOKENIZER.decode, ("cd",)).pieces(tokens())) == "ab"
    assert asked == [ID["ab"], ID["cd"]]


def test_no_more_is_held_back_than_a_stop_string_may_need() -> None:
    stream = TextStream(TOKENIZER.decode, ("####",))
    assert [stream.push(token) for token in (ID["ab"], ID["cd"], ID["ab"])] == ["", "a", "bc"]


def test_an_empty_stop_string_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        TextStream(TOKENIZER.decode, ("",))


def test_a_blank_before_the_first_word_comes_where_something_stands_before() -> None:
    stream = TextStream(TOKENIZER.decode, before=[ID["▁the"]])
    assert stream.push(ID["▁IC"]) == " IC"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(list(ID)), st.text(min_size=1, max_size=3)), max_size=40))
def test_the_pieces_make_up_the_text(parts: list[str]) -> None:
    ids = [token for part in parts for token in ([ID[part]] if part in ID else spelled(part))]
    assert "".join(pieces(ids)) == TOKENIZER.decode(ids)


def test_a_long_answer_is_not_decoded_anew_at_each_token() -> None:
    lengths = []

    def decode(ids: list[int]) -> str:
        lengths.append(len(ids))
        return TOKENIZER.decode(ids)

    list(TextStream(decode).pieces([ID["▁the"], ID["▁IC"]] * 200))
    assert max(lengths) <= 3
