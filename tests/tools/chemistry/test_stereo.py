"""Stereo elements as a chemist counts them."""

from __future__ import annotations

import pytest

pytest.importorskip("rdkit")
from biocopilot.tools.chemistry.engine.parsing import molecule_from
from biocopilot.tools.chemistry.engine.stereo import stereo_elements


@pytest.mark.parametrize(
    ("what", "smiles", "centres", "defined", "undefined"),
    [
        ("ibuprofen, racemic", "CC(C)Cc1ccc(C(C)C(=O)O)cc1", 1, 0, 1),
        ("L-alanine", "C[C@H](N)C(=O)O", 1, 1, 0),
        ("2-butene, geometry open", "CC=CC", 0, 0, 1),
        ("E-2-butene", "C/C=C/C", 0, 1, 0),
        ("propene", "C=CC", 0, 0, 0),
        ("metformin: the C=N of a biguanide exchanges", "CN(C)C(=N)NC(=N)N", 0, 0, 0),
        ("acetamidine", "CC(=N)N", 0, 0, 0),
        ("acetaldoxime", "CC=NO", 0, 0, 1),
        ("benzaldehyde phenylhydrazone", "C(=NNc1ccccc1)c1ccccc1", 0, 0, 1),
        ("an azide has none", "CN=[N+]=[N-]", 0, 0, 0),
        ("ATP: phosphates exchange their protons", "Nc1ncnc2c1ncn2[C@@H]1O[C@H](COP(=O)(O)OP(=O)(O)OP(=O)(O)O)[C@@H](O)[C@H]1O", 4, 4, 0),
        ("a phosphonate diester is a centre", "CCOP(C)(=O)OC", 1, 0, 1),
        ("quinine: the bridgehead nitrogen follows", "C=C[C@H]1CN2CC[C@H]1C[C@H]2[C@H](O)c1ccnc2ccc(OC)cc12", 4, 4, 0),
        ("an amine inverts", "CN(CC)C(C)C", 0, 0, 0),
        ("a sulfoxide is a centre", "COc1ccc2[nH]c([S+]([O-])Cc3ncc(C)c(OC)c3C)nc2c1", 1, 0, 1),
        ("esomeprazole", "COc1ccc2[nH]c([S@@+]([O-])Cc3ncc(C)c(OC)c3C)nc2c1", 1, 1, 0),
        ("sertraline", "CN[C@H]1CC[C@@H](c2ccc(Cl)c(Cl)c2)c2ccccc21", 2, 2, 0),
        ("verapamil", "COc1ccc(CCN(C)CCCC(C#N)(c2ccc(OC)c(OC)c2)C(C)C)cc1OC", 1, 0, 1),
    ],
)  # fmt: skip
def test_elements_are_counted(what: str, smiles: str, centres: int, defined: int, undefined: int) -> None:
    found = stereo_elements(molecule_from(smiles))
    assert (found.centres, found.defined, found.undefined) == (centres, defined, undefined), what
