"""What the benchmark of PDFs counts as found again."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # the benchmarks are no installed package

from benchmarks.pdf import alike, found_again  # needs the line above

PAGE = "The compound inhibits the kinase at a dose of ten nanomolar. Its efficacy in living cells was 11.2 ± 0.7 per cent, as Broström said."
BLOCK = "The compound in-\nhibits the kinase at a dose of ten\nnanomolar. Its eﬃcacy in living cells was 11.2 +− 0.7 per cent, as Brostr¨om said."


def test_blanks_hyphens_ligatures_and_accents_make_no_difference() -> None:
    count = found_again({1: PAGE}, [(1, BLOCK)], {1: BLOCK})
    assert (count.drawn, count.counted, count.found, count.found_with_blanks) == (2, 2, 2, 2)
    assert alike("dose-\nresponse  curve") == alike("dose-response curve") == "doseresponse curve"


def test_a_word_that_is_missing_or_on_another_page_is_missed() -> None:
    assert found_again({1: PAGE.replace("ten ", "")}, [(1, BLOCK)], {1: BLOCK}).found == 1
    assert found_again({2: PAGE}, [(1, BLOCK)], {1: BLOCK}).found == 0


def test_a_blank_more_is_told_apart() -> None:
    count = found_again({1: PAGE.replace("nanomolar", "nano molar")}, [(1, BLOCK)], {1: BLOCK})
    assert (count.found, count.found_with_blanks) == (2, 1)


def test_scrambled_sentences_and_running_feet_do_not_count() -> None:
    count = found_again({1: PAGE}, [(1, BLOCK)], {1: "The compound inhibits the kinase at a dose of ten nanomolar."})
    assert (count.drawn, count.scrambled, count.counted) == (2, 1, 1)
    foot = "This foot of the page stands on every one of them."
    count = found_again(dict.fromkeys(range(3), ""), [(n, foot) for n in range(3)], dict.fromkeys(range(3), foot))
    assert (count.running, count.counted) == (3, 0)
