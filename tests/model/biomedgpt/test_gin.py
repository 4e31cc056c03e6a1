from __future__ import annotations

import numpy as np
import pytest
from biocopilot.model.biomedgpt.molecule_graph import MoleculeGraph, graph_of

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")

from biocopilot.model.biomedgpt.gin import GIN  # noqa: E402  # needs torch

SMILES = ["CC(=O)Oc1ccccc1C(=O)O", "F/C=C/F", "[Na+].[Cl-]", "C[C@H](N)C(=O)O", "C12C3C4C1C5C2C3C45"]


@pytest.fixture
def gin() -> GIN:
    torch.manual_seed(0)
    made = GIN(width=8, layers=3).eval()
    for norm in made.batch_norms:
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 2.0)
    return made


def encoded(gin: GIN, graph: MoleculeGraph) -> torch.Tensor:
    with torch.no_grad():
        return gin(*map(torch.from_numpy, (graph.x, graph.edge_index, graph.edge_attr)))


def test_one_step_is_what_the_description_says(gin: GIN) -> None:
    graph = graph_of("C#N")
    layer, norm = gin.gnns[0], gin.batch_norms[0]
    atoms = [gin.x_embedding1.weight[z] + gin.x_embedding2.weight[0] for z in (5, 6)]
    triple = layer.edge_embedding1.weight[2] + layer.edge_embedding2.weight[0]
    itself = layer.edge_embedding1.weight[4] + layer.edge_embedding2.weight[0]
    carbon = norm(layer.mlp((atoms[1] + triple + atoms[0] + itself)[None]))[0]
    gin.gnns, gin.batch_norms = gin.gnns[:1], gin.batch_norms[:1]
    assert torch.allclose(encoded(gin, graph)[0], carbon, atol=1e-6)


def test_last_layer_may_be_negative(gin: GIN) -> None:
    assert (encoded(gin, graph_of("CCO")) < 0).any()


@pytest.mark.parametrize("smiles", SMILES)
def test_order_of_atoms_and_bonds_changes_no_atoms_embedding(gin: GIN, smiles: str) -> None:
    graph, random = graph_of(smiles), np.random.default_rng(0)
    atoms, bonds = random.permutation(len(graph)), random.permutation(graph.edge_index.shape[1])
    new_place = np.argsort(atoms)
    shuffled = MoleculeGraph(graph.x[atoms], new_place[graph.edge_index][:, bonds], graph.edge_attr[bonds])
    assert torch.allclose(encoded(gin, shuffled), encoded(gin, graph)[torch.from_numpy(atoms)], atol=1e-5)


def test_a_bond_speaks_to_its_end_only(gin: GIN) -> None:
    alone = encoded(gin, graph_of("C.N"))
    bond = MoleculeGraph(graph_of("C.N").x, np.array([[0], [1]]), np.array([[0, 0]]))  # from C to N, and not back
    joined = encoded(gin, bond)
    assert torch.equal(joined[0], alone[0])
    assert not torch.allclose(joined[1], alone[1], atol=1e-3)
