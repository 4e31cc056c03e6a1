from __future__ import annotations

from typing import Any

import pytest
from biocopilot.model.biomedgpt.molecule_graph import graph_of
from biocopilot.model.biomedgpt.protein import read_protein

torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")

from biocopilot.model.biomedgpt import encoder as module  # noqa: E402  # needs torch
from biocopilot.model.biomedgpt.encoder import Encoder  # noqa: E402

MOLECULES = [graph_of(smiles) for smiles in ("CC(=O)Oc1ccccc1C(=O)O", "[Na+].[Cl-]", "C", "F/C=C/F")]
PROTEINS = [read_protein(sequence, 64).ids for sequence in ("MKTAYIAKQR", "G", "MKWVTFISLLFLFSSAYS" * 3, "AC")]


def test_several_in_one_pass_are_as_one_by_one(tiny: Any) -> None:
    together, alone = Encoder(tiny), Encoder(tiny)
    for many, one in (
        (together.molecules(MOLECULES), [alone.molecules([graph])[0] for graph in MOLECULES]),
        (together.proteins(PROTEINS), [alone.proteins([ids])[0] for ids in PROTEINS]),
    ):
        assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(many, one, strict=True))
    assert (together.passes, alone.passes) == (2, 8)


def test_each_atom_and_each_residue_with_start_and_end_is_one_token(tiny: Any) -> None:
    encoder = Encoder(tiny)
    assert [len(tokens) for tokens in encoder.molecules(MOLECULES)] == [13, 2, 1, 4]
    assert [len(tokens) for tokens in encoder.proteins(PROTEINS)] == [12, 3, 56, 4]


def test_what_was_encoded_is_known_by_its_content(tiny: Any) -> None:
    encoder = Encoder(tiny)
    (first,) = encoder.molecules([graph_of("CCO")])
    again, other, twice = encoder.molecules([graph_of("C-C-O"), graph_of("CCN"), graph_of("CCN")])
    assert encoder.passes == 2
    assert torch.equal(first, again)
    assert other is twice
    assert not torch.equal(first, other)


def test_the_longest_unused_is_forgotten(tiny: Any) -> None:
    encoder = Encoder(tiny, kept_bytes=2 * 3 * 32 * 4)  # two molecules of three atoms
    for smiles in ("CCO", "CCN", "CCO", "CCF", "CCO"):
        encoder.molecules([graph_of(smiles)])
    assert encoder.passes == 3
    encoder.molecules([graph_of("CCN")])
    assert encoder.passes == 4


def test_more_than_fits_goes_in_several_passes(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Encoder(tiny).proteins(PROTEINS)
    monkeypatch.setattr(module, "_RESIDUES_A_PASS", 20)
    encoder = Encoder(tiny)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(whole, encoder.proteins(PROTEINS), strict=True))
    assert encoder.passes == 3  # 56 tokens, then 12, then 4 and 3
