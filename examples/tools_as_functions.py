"""Call one tool without a planner: checked arguments in, a result with evidence out."""

from __future__ import annotations

import asyncio
from itertools import count

from biocopilot.memory.records import ToolCall
from biocopilot.tools import ToolContext, Workbench, all_tools
from biocopilot.tools.execute import execute


async def main() -> None:
    """Compute the properties of two molecules; the second cannot be parsed, and says so instead of raising."""
    numbers = count(1)
    with Workbench() as bench:
        context = ToolContext(bench=bench, offline=True)
        for molecule in ("CC(C)Cc1ccc(cc1)C(C)C(=O)O", "C1CC"):
            call = ToolCall(id=molecule, tool="molecule_properties", arguments={"molecule": molecule})
            result = await execute(call, all_tools(), context, lambda: f"E{next(numbers)}")
            print(molecule, result.status)
            print(result.digest)
            for evidence in result.evidence:
                mass = evidence.record["properties"]["molecular_weight"]
                print(f"{evidence.id}: {mass['value']} {mass['unit']} ({mass['convention']})")


if __name__ == "__main__":
    asyncio.run(main())
