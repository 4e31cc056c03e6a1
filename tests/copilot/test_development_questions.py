"""The development questions that lie beside the checkout, graded by the grader that lies with them."""

import json
import statistics
import time

import pytest


@pytest.mark.slow
def test_at_least_95_percent_of_the_development_questions_are_answered_rightly(shared, copilot, load):
    grade = load(shared / "questions" / "grade.py")
    lines = (shared / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    wrong, seconds = [], []
    for row in rows:
        started = time.perf_counter()
        answer = copilot.ask(row["question"])
        seconds.append(time.perf_counter() - started)
        right, reason = grade.verdict(row, answer)
        if not right:
            wrong.append(f"{row['id']}: {reason}")
    print(f"\nright {len(rows) - len(wrong)}/{len(rows)}, median {statistics.median(seconds):.3f} s; wrong:", *wrong)  # noqa: T201
    assert len(wrong) <= 0.05 * len(rows)
