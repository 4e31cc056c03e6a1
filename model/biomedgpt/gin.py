"""The molecule encoder: a graph isomorphism network in the variant of GraphMVP.

What differs from the textbook GIN (Xu et al., 2019): no epsilon; each layer has its own tables for bonds, added to the
neighbour's state; each atom is its own neighbour by a bond of a type of its own; the last layer has no ReLU. BioMedGPT
pools nothing: each atom's vector becomes one token of the language model. Not for MoleculeSTM's GIN, whose atoms have
nine features.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["GIN"]

ATOM_ROWS = 120  # 118 elements, one for anything else, one that only pre-training used
CHIRALITY_ROWS = 3
BOND_ROWS = 6  # four bond types, the self-loop, one that only pre-training used
DIRECTION_ROWS = 3
SELF_LOOP = 4  # bond type of an atom's bond with itself; its direction is 0


class GINLayer(nn.Module):
    """One step: sum what the neighbours say, then a perceptron with one hidden layer of twice the width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))
        self.edge_embedding1 = nn.Embedding(BOND_ROWS, width)
        self.edge_embedding2 = nn.Embedding(DIRECTION_ROWS, width)

    def forward(self, h: Tensor, edge_index: Tensor, edge_attr: Tensor) -> Tensor:
        source, target = edge_index  # (E,) each
        bond = self.edge_embedding1(edge_attr[:, 0]) + self.edge_embedding2(edge_attr[:, 1])  # (E, D)
        own = h + self.edge_embedding1.weight[SELF_LOOP] + self.edge_embedding2.weight[0]  # (N, D)
        return self.mlp(own.index_add(0, target, h[source] + bond))


class GIN(nn.Module):
    """Atoms and bonds to one vector an atom; several molecules at once as one graph of parts that do not touch.

    Names of parameters are those of the official checkpoint.
    """

    def __init__(self, width: int = 300, layers: int = 5) -> None:
        super().__init__()
        self.x_embedding1 = nn.Embedding(ATOM_ROWS, width)
        self.x_embedding2 = nn.Embedding(CHIRALITY_ROWS, width)
        self.gnns = nn.ModuleList(GINLayer(width) for _ in range(layers))
        self.batch_norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(layers))  # eps 1e-5, torch's own

    def forward(self, x: Tensor, edge_index: Tensor, edge_attr: Tensor) -> Tensor:
        """Encode.

        Args:
            x: (N, 2), each atom's element and chirality.
            edge_index: (2, E), from and to.
            edge_attr: (E, 2), each directed bond's type and direction.

        Returns:
            (N, D).
        """
        h = self.x_embedding1(x[:, 0]) + self.x_embedding2(x[:, 1])
        for i, (layer, norm) in enumerate(zip(self.gnns, self.batch_norms, strict=True)):
            h = norm(layer(h, edge_index, edge_attr))
            if i < len(self.gnns) - 1:
                h = torch.relu(h)
        return h
