"""The scaffold tool."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("molecule", "scaffold", "rings"),
    [
        ("ibuprofen", "c1ccccc1", 1), ("imatinib", "O=C(Nc1cccc(Nc2nccc(-c3cccnc3)n2)c1)c1ccc(CN2CCNCC2)cc1", 5),
        ("imatinib mesylate", "O=C(Nc1cccc(Nc2nccc(-c3cccnc3)n2)c1)c1ccc(CN2CCNCC2)cc1", 5), ("erlotinib", "c1ccc(Nc2ncnc3ccccc23)cc1", 3),
        ("lactic acid", "", 0),
    ],
)  # fmt: skip
async def test_scaffolds_of_drugs(call: Any, molecule: str, scaffold: str, rings: int) -> None:
    result = await call("scaffold", molecule=molecule)
    record = result.evidence[0].record
    assert (record["scaffold"], record["rings"]) == (scaffold, rings)
    assert "Bemis–Murcko" in record["convention"]


async def test_a_molecule_without_rings_says_so(call: Any) -> None:
    assert (await call("scaffold", molecule="CCO")).digest == "E1: ETHANOL: no ring"


async def test_the_generic_framework_is_carbon_alone(call: Any) -> None:
    assert set((await call("scaffold", molecule="imatinib")).evidence[0].record["generic"]) <= set("C()123456789")
