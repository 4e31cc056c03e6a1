"""Follow a run while it works: the same typed events that the command line and the run log read."""

from __future__ import annotations

import asyncio

from biocopilot.copilot import Copilot
from biocopilot.memory.events import AnswerFinished, EvidenceAdded, ToolFailed, ToolFinished, ToolStarted


async def main() -> None:
    """Print a line for each event that matters here; leaving the loop early would cancel the run."""
    with Copilot(offline=True, log=False) as copilot:
        async for event in copilot.stream("What is the molecular weight of ibuprofen?"):
            match event:
                case ToolStarted():
                    print("started ", event.call.tool, event.call.arguments)
                case EvidenceAdded():
                    print("evidence", event.evidence.id, event.evidence.record["type"])
                case ToolFinished():
                    print("finished", event.tool, event.status)
                case ToolFailed():
                    print("failed  ", event.tool, event.message)
                case AnswerFinished():
                    print("answer  ", event.text)


if __name__ == "__main__":
    asyncio.run(main())
