"""Ask one question from Python and look at what holds the answer up."""

from __future__ import annotations

from biocopilot.copilot import Copilot


def main() -> None:
    """Print the answer, then each of its claims with the record that supports it."""
    with Copilot(offline=True) as copilot:
        answer = copilot.ask("Is erlotinib drug-like, and how potent is it on EGFR?")
    print(answer.text)
    print()
    for claim in answer.claims:
        for name in claim.evidence:
            evidence = answer.evidence_by_id(name)
            print(f"{claim.verdict}: {evidence.id} {evidence.tool}, {evidence.source.name} {evidence.source.release}")


if __name__ == "__main__":
    main()
