"""Molecules and proteins to soft tokens, many in one pass, each encoded once and kept by its content."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor

from .molecule_graph import MoleculeGraph, join
from .network import BioMedGPT
from .protein import PAD

__all__ = ["Encoder"]

_KEPT_BYTES = 256_000_000  # a protein of the official model's longest is 8 MB in 16 bits
_ATOMS_A_PASS = 20_000
_RESIDUES_A_PASS = 8 * 1024

Item = TypeVar("Item")


class Encoder:
    """The encoders of a model and what they have encoded.

    Args:
        model: the network, filled.
        kept_bytes: what is kept at most; the longest unused goes first.
    """

    def __init__(self, model: BioMedGPT, kept_bytes: int = _KEPT_BYTES) -> None:
        self.model = model
        self.passes = 0
        """How often an encoder was run."""
        self._kept_bytes = kept_bytes
        self._kept: OrderedDict[object, Tensor] = OrderedDict()
        self._lock = threading.Lock()

    def molecules(self, graphs: Sequence[MoleculeGraph]) -> list[Tensor]:
        """Encode molecules: one (n_atoms, H) each."""
        return self._encoded(graphs, MoleculeGraph.content, len, _ATOMS_A_PASS, self._encode_graphs)

    def proteins(self, sequences: Sequence[tuple[int, ...]]) -> list[Tensor]:
        """Encode numbered proteins, start and end token included: one (n_tokens, H) each."""
        return self._encoded(sequences, lambda ids: ids, len, _RESIDUES_A_PASS, self._encode_sequences)

    def _encoded(
        self,
        items: Sequence[Item],
        key: Callable[[Item], object],
        size: Callable[[Item], int],
        room: int,
        encode: Callable[[list[Item]], list[Tensor]],
    ) -> list[Tensor]:
        with self._lock:
            found = {key(item): self._kept.get(key(item)) for item in items}
            todo = {key(item): item for item in items if found[key(item)] is None}
            # Of like sizes, so that little is padding; a pass holds so many as its longest, padded to, leaves room for.
            waiting = sorted(todo.values(), key=size)
            while waiting:
                count = max(1, room // size(waiting[-1]))
                part, waiting = waiting[-count:], waiting[:-count]
                self.passes += 1
                for item, tensor in zip(part, encode(part), strict=True):
                    found[key(item)] = tensor
            for known, tensor in found.items():
                self._keep(known, tensor)
            return [found[key(item)] for item in items]

    def _keep(self, key: object, tensor: Tensor) -> None:
        self._kept[key] = tensor
        self._kept.move_to_end(key)
        while sum(kept.nbytes for kept in self._kept.values()) > self._kept_bytes:
            self._kept.popitem(last=False)

    def _encode_graphs(self, graphs: list[MoleculeGraph]) -> list[Tensor]:
        whole = join(graphs)
        device = self.model.proj_mol.weight.device
        arrays = (torch.from_numpy(array).to(device) for array in (whole.x, whole.edge_index, whole.edge_attr))
        parts = self.model.encode_atoms(*arrays).split([len(graph) for graph in graphs])
        return [part.clone() for part in parts]  # so that what is kept does not hold on to its neighbours

    def _encode_sequences(self, sequences: list[tuple[int, ...]]) -> list[Tensor]:
        device, longest = self.model.proj_prot.weight.device, max(map(len, sequences))
        ids = torch.full((len(sequences), longest), PAD, dtype=torch.long, device=device)  # (B, L)
        mask = torch.zeros_like(ids)
        for i, sequence in enumerate(sequences):
            ids[i, : len(sequence)] = torch.tensor(sequence, device=device)
            mask[i, : len(sequence)] = 1
        encoded = self.model.encode_residues(ids, mask)  # (B, L, H)
        return [encoded[i, : len(sequence)].clone() for i, sequence in enumerate(sequences)]
