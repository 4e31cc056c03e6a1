from __future__ import annotations

import numpy as np
import pytest
from biocopilot.model.biomedgpt.molecule_graph import MAX_ATOMS, MAX_CHARACTERS, graph_of, join
from biocopilot.model.errors import UnparsableMolecule, UnsupportedChemistry


def test_atoms_and_bonds_stand_in_the_order_of_the_smiles() -> None:
    graph = graph_of("F/C=C/[C@H](O)*")
    assert graph.x.tolist() == [[8, 0], [5, 0], [5, 0], [5, 2], [7, 0], [118, 0]]
    assert graph.edge_index.T.tolist()[:4] == [[0, 1], [1, 0], [1, 2], [2, 1]]
    assert graph.edge_attr.tolist()[:6] == [[0, 1], [0, 1], [1, 0], [1, 0], [0, 1], [0, 1]]


def test_a_lone_atom_has_no_bond() -> None:
    graph = graph_of(" [Na+]\n")
    assert (graph.x.tolist(), graph.edge_index.shape, graph.edge_attr.shape) == ([[10, 0]], (2, 0), (0, 2))


@pytest.mark.parametrize(
    ("smiles", "said"),
    [
        ("N->[Pt](Cl)(Cl)<-N", r"atoms 1 \(N\) and 2 \(Pt\) is of kind dative"),
        ("[Re]$[Re]", "quadruple"),
        ("C[Pt@SP1](F)(Cl)Br", "CHI_SQUAREPLANAR"),
    ],
)
def test_what_the_encoder_has_no_number_for_is_named(smiles: str, said: str) -> None:
    with pytest.raises(UnsupportedChemistry, match=said):
        graph_of(smiles)


@pytest.mark.parametrize(
    ("smiles", "said"),
    [
        ("not_a_smiles", "cannot read"),
        ("", "0 atoms"),
        ("C" * (MAX_CHARACTERS + 1), "2,001 characters"),
        ("C" * (MAX_ATOMS + 1), "1,001 atoms"),
    ],
)
def test_what_is_no_molecule_is_refused(smiles: str, said: str) -> None:
    with pytest.raises(UnparsableMolecule, match=said):
        graph_of(smiles)


def test_joined_molecules_do_not_touch() -> None:
    parts = [graph_of("CO"), graph_of("[Na+]"), graph_of("C#N")]
    whole = join(parts)
    assert whole.edge_index.tolist() == [[0, 1, 3, 4], [1, 0, 4, 3]]
    assert np.array_equal(whole.x, np.concatenate([part.x for part in parts]))
    assert whole.edge_attr.tolist() == [[0, 0], [0, 0], [2, 0], [2, 0]]
