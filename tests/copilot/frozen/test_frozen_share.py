"""How much of the frozen set is answered rightly. Only the tally by kind is printed: nobody tunes on these wordings."""

from collections import Counter

import pytest


@pytest.mark.slow
def test_at_least_94_percent_of_the_frozen_wordings_are_answered_rightly(grader, ask_row):
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row in grader.load_rows():
        asked[row["kind"]] += 1
        right[row["kind"]] += grader.grade_row(row, ask_row(row))[0]
    print("\n" + "\n".join(f"{kind:16}{right[kind]:4}/{asked[kind]}" for kind in sorted(asked)))  # noqa: T201  # the tally
    share = right.total() / asked.total()
    assert share >= 0.94
