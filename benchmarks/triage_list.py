"""A vendor-like list of any length for the triage: real molecules with names, and one row in twenty that is none.

The same number of rows is always the same list. Where there are fewer real molecules than rows are asked for, each is written in
several ways, so that what is read is as different as a million rows are, and what is found is duplicates.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["write_list"]

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
_SETS = (
    "zinc/patwalters_set_A.smi.gz", "zinc/zinc250k_valid.txt.gz", "zinc/zinc250k_test.txt.gz", "zinc/zinc_10K.smi.gz",
    "moleculenet/HIV.csv.gz", "moleculenet/tox21.csv.gz", "moleculenet/lipophilicity.csv.gz", "moleculenet/BBBP.csv.gz",
    "moleculenet/deepchem_chembl_5thresh.csv.gz",
)  # fmt: skip
_SEED = 20261124
_RUBBISH_IN = 20


def write_list(path: Path, rows: int) -> None:
    """Write a SMILES file of so many rows."""
    chance = random.Random(_SEED)
    whole = _real()
    good = rows - rows // _RUBBISH_IN
    step, ways = max(1.0, len(whole) / good), -(-good // len(whole))
    taken = [whole[int(place * step)] for place in range(min(good, len(whole)))]
    written = _written(taken, ways)
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, rows + 1):
            if number % _RUBBISH_IN == 0:
                file.write(f"{_spoilt(chance.choice(whole), chance)} R{number}\n")
            else:
                file.write(f"{next(written)} M{number}\n")


def _written(smiles: Sequence[str], ways: int) -> Iterator[str]:
    """Each as it is, and then all again with their atoms in other orders."""
    from rdkit import Chem, rdBase

    yield from smiles
    for way in range(1, ways):
        for text in smiles:
            with rdBase.BlockLogs():
                molecule = Chem.MolFromSmiles(text)
            yield text if molecule is None else Chem.MolToRandomSmilesVect(molecule, 1, randomSeed=_SEED + way)[0]


def _spoilt(smiles: str, chance: random.Random) -> str:
    """What a structure looks like after a slip, or no structure at all."""
    place = chance.randrange(1, max(2, len(smiles)))
    return chance.choice(
        (
            f"{smiles[:place]}(", f"{smiles[:place]}[X]{smiles[place:]}", f"{smiles}.[", f"c1{smiles[:place]}", "n/a",
            "NULL", "C(C)(C)(C)(C)(C)C", f"[{place}*]{smiles[:place]}", "é", "*", "structure-pending",
        )
    )  # fmt: skip


def _real() -> list[str]:
    found: dict[str, None] = {}
    for name in _SETS:
        path = _SHARED / name
        if not path.exists():
            continue
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
            if ".csv" in name:
                found |= dict.fromkeys(row["smiles"] for row in csv.DictReader(file) if row["smiles"])
            else:
                found |= dict.fromkeys(line.split()[0] for line in file if line.strip())
    if found:
        return list(found)
    from biocopilot.memory.chembl_store import ChemblStore

    return [row[2] for row in ChemblStore.open().all_structures()]
