from pathlib import Path

import pytest

WORDINGS = Path(__file__).with_name("wordings.jsonl")


@pytest.mark.slow
def test_the_open_wordings_are_answered_rightly_and_no_claim_is_struck(grader, ask_row):
    rows = grader.load_rows(WORDINGS)
    wrong: list[str] = []
    struck: list[str] = []
    for row in rows:
        answer = ask_row(row)
        right, reason = grader.grade_row(row, answer)
        if not right and "wish" not in row:
            wrong.append(f"{row['id']}: {reason}")
        struck += [f"{row['id']}: {claim.text}" for claim in answer.claims if claim.verdict == "unsupported"]
    asked = sum("wish" not in row for row in rows)
    print(f"\nright {asked - len(wrong)}/{asked} without wishes; wrong:", *wrong, sep="\n")  # noqa: T201  # for whoever tunes
    assert struck == []
    assert len(wrong) <= 0.07 * asked
