"""Runs recorded inputs through this model and compares what comes out with what the reference gave.

A folder of vectors holds a manifest, a tiny model, inputs and outputs; `../shared/golden/biomedgpt/README.md` describes the
format. Sizes, prompts and limits are read from the manifest, so that any folder of that format can be run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..checkpoint.filling import fill
from ..checkpoint.source import open_source
from ..errors import CheckpointError, ModelError, UnparsableMolecule, UnsupportedChemistry
from .answering import Chat
from .configuration import BioMedGPTConfiguration
from .conversation import Template
from .encoder import Encoder
from .gin import GIN
from .molecule_graph import MoleculeGraph, graph_of, join
from .network import BioMedGPT, recompute_buffers
from .protein import VOCABULARY, reference_ids
from .splicing import segment_ids
from .tokenizer import Tokenizer

__all__ = ["Comparison", "GoldenReport", "check_folder"]

# The tolerances that the parity of this model is held to; another implementation from the same text came within a tenth.
GIN_TOLERANCE = 1e-4
EMBEDDING_TOLERANCE = 1e-4
LOGIT_TOLERANCE = 1e-3

_ERRORS = {
    "ValueError": UnsupportedChemistry,
    "AttributeError": UnparsableMolecule,
}  # the reference's, and what they mean


@dataclass(frozen=True)
class Comparison:
    """One array or one exact match.

    Args:
        group: what it belongs to: graphs, gin, tokenizer, protein tokenizer, protein batch, weights, or a case's name.
        name: what was compared.
        tolerance: the largest difference allowed; 0 where it must match exactly.
        difference: the largest found; for an exact match 0 or infinity.
        remark: what differed, or why nothing was compared.
    """

    group: str
    name: str
    tolerance: float
    difference: float
    remark: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is as the reference has it."""
        return self.difference <= self.tolerance

    @property
    def exact(self) -> bool:
        """Whether it had to match exactly."""
        return self.tolerance == 0


@dataclass(frozen=True)
class GoldenReport:
    """All comparisons of a folder."""

    name: str
    comparisons: tuple[Comparison, ...]

    @property
    def holds(self) -> bool:
        """Whether every comparison does."""
        return all(comparison.holds for comparison in self.comparisons)


def check_folder(folder: Path) -> GoldenReport:
    """Run everything that a folder of vectors holds.

    Raises:
        CheckpointError: it is no such folder, or a file of it is missing, cannot be read, or lacks something.
    """
    vectors = _Vectors(folder)
    try:
        return GoldenReport(str(vectors.manifest.get("set", folder.name)), tuple(_comparisons(vectors)))
    except (KeyError, OSError, ValueError) as exc:  # of reading what is not as the format says
        raise CheckpointError(f"The vectors in {folder} cannot be read: {type(exc).__name__} {exc}.") from exc


class _Vectors:
    """The files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = self.json("manifest.json")

    def json(self, name: str) -> Any:
        try:
            return json.loads(self._path(name).read_text(encoding="utf-8"))
        except ValueError as exc:
            raise CheckpointError(f"{name} in {self.folder} cannot be read as JSON: {exc}.") from exc

    def arrays(self, name: str) -> Mapping[str, Any]:
        with np.load(self._path(name), allow_pickle=False) as file:
            return {key: file[key] for key in file.files}

    def tensors(self, name: str) -> dict[str, Tensor]:
        source = open_source(self._path(name))
        files = source.map()
        return {key: files.tensor(entry) for key, entry in source.entries.items()}

    def holds(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def fill(self, module: nn.Module, pattern: str, prefix: str = "") -> nn.Module:
        """Fill a module that was made on the meta device, as the official weights are."""
        fill(
            module,
            open_source(self._path(pattern)),
            dtype=torch.float32,
            device=torch.device("cpu"),
            recompute=recompute_buffers,
            what=pattern,
            prefix=prefix,
        )
        return module.eval()

    def _path(self, pattern: str) -> Path:
        for path in sorted(self.folder.glob(pattern)):
            return path
        raise CheckpointError(f"There is no {pattern} in {self.folder}.", "Name a folder of golden vectors.")


def _comparisons(vectors: _Vectors) -> Iterator[Comparison]:
    tokenizer = Tokenizer.from_folder(vectors.folder)
    yield from _graphs(vectors)
    yield from _gin(vectors)
    yield from _tokenizer(vectors, tokenizer)
    yield from _protein_tokenizer(vectors)
    yield from _weights(vectors)
    model = _tiny_model(vectors)
    yield from _protein_batch(vectors, model)
    outputs = vectors.tensors("multimodal_outputs.safetensors")
    encoder = Encoder(model)
    for case in vectors.manifest["cases"]:
        mine = f"{case['name']}/"
        expected = {name.removeprefix(mine): value for name, value in outputs.items() if name.startswith(mine)}
        chat = Chat(
            model,
            tokenizer,
            encoder=encoder,
            template=_template(vectors.manifest),
            max_tokens=vectors.manifest["max_length"],
            parity=True,
        )
        yield from _case(case, expected, chat)


def _graphs(vectors: _Vectors) -> Iterator[Comparison]:
    arrays = vectors.arrays("mol_graphs.npz")
    for entry in vectors.manifest["graphs"]:
        i, smiles = entry["i"], entry["smiles"]
        try:
            graph = graph_of(smiles)
        except ModelError as error:
            wanted = "a graph" if entry["ok"] else _wanted_error(entry)
            yield _match("graphs", smiles, type(error).__name__, wanted)
            continue
        if not entry["ok"]:
            yield _match("graphs", smiles, "a graph", _wanted_error(entry))
            continue
        found = {"x": graph.x, "edge_index": graph.edge_index, "edge_attr": graph.edge_attr}
        unlike = [name for name, array in found.items() if not np.array_equal(array, arrays[f"{name}_{i}"])]
        yield _match("graphs", smiles, unlike, [])


def _wanted_error(entry: Mapping[str, Any]) -> str:
    return _ERRORS[entry["error"]].__name__


def _gin(vectors: _Vectors) -> Iterator[Comparison]:
    sizes, arrays = vectors.manifest["gin_official"], vectors.arrays("gin_outputs.npz")
    with torch.device("meta"):
        gin = GIN(sizes["emb_dim"], sizes["num_layer"])
    vectors.fill(gin, "gin_official_*.safetensors", prefix="mol_structure_encoder.")
    smiles = [vectors.manifest["graphs"][i]["smiles"] for i in arrays["index"]]
    graphs = [graph_of(text) for text in smiles]
    together = _nodes(gin, join(graphs))  # (N, D)
    yield _difference("gin", "node, in one pass", together, arrays["node"], GIN_TOLERANCE)
    alone = torch.cat([_nodes(gin, graph) for graph in graphs])
    yield _difference("gin", "node, one by one", alone, arrays["node"], GIN_TOLERANCE)
    pooled = torch.stack([part.mean(dim=0) for part in together.split([len(graph) for graph in graphs])])
    yield _difference("gin", "pooled", pooled, arrays["pooled"], GIN_TOLERANCE)


def _tokenizer(vectors: _Vectors, tokenizer: Tokenizer) -> Iterator[Comparison]:
    content = vectors.json("tokenizer_vectors.json")
    yield _match("tokenizer", "rows", tokenizer.rows, content["vocab_size_with_pad"])
    yield _match("tokenizer", "[PAD]", tokenizer.pad_id, content["pad_id"])
    for vector in content["vectors"]:
        text = vector["text"]
        found = (
            tokenizer.encode(text, literal=False),
            tokenizer.encode(text, bos=True, literal=False),
            tokenizer.decode(vector["ids"], skip_special=False),
        )
        yield _match("tokenizer", repr(text), found, (vector["ids"], vector["ids_with_bos"], vector["decoded"]))


def _protein_tokenizer(vectors: _Vectors) -> Iterator[Comparison]:
    content = vectors.json("esm_tokenizer_vectors.json")
    yield _match("protein tokenizer", "vocabulary", list(VOCABULARY), content["vocab"])
    for vector in content["vectors"]:
        found = list(reference_ids(vector["sequence"], vector["max_length"]))
        yield _match("protein tokenizer", repr(vector["sequence"]), found, vector["ids"])


def _weights(vectors: _Vectors) -> Iterator[Comparison]:
    """The form that everything else is run with, and the official one, an archive of torch, where the folder has it too."""
    safe = vectors.tensors("biomedgpt_tiny.safetensors")
    yield _match("weights", "number of keys", len(safe), vectors.manifest["n_state_keys"])
    if not vectors.holds("biomedgpt_tiny.pth"):
        return
    archive = vectors.tensors("biomedgpt_tiny.pth")
    unlike = [key for key in safe.keys() | archive.keys() if not _same(safe.get(key), archive.get(key))]
    yield _match("weights", ".pth and .safetensors", sorted(unlike), [])


def _same(a: Tensor | None, b: Tensor | None) -> bool:
    if a is None or b is None:
        return False
    # Counters are single numbers in one file and lists of one in the other.
    return torch.equal(a, b) if a.numel() != 1 else torch.equal(a.flatten(), b.flatten())


def _protein_batch(vectors: _Vectors, model: BioMedGPT) -> Iterator[Comparison]:
    arrays = vectors.arrays("esm_batch.npz")
    ids, mask = (torch.from_numpy(arrays[name]) for name in ("input_ids", "attention_mask"))
    seen = mask.bool()
    with torch.no_grad():
        hidden = model.prot_structure_encoder(input_ids=ids, attention_mask=mask).last_hidden_state  # (B, L, D)
    projected = model.encode_residues(ids, mask)  # (B, L, H)
    for name, found in (("last_hidden_state", hidden), ("projected", projected)):
        wanted = torch.from_numpy(arrays[name])
        yield _difference("protein batch", name, found[seen], wanted[seen], EMBEDDING_TOLERANCE)


def _case(case: Mapping[str, Any], expected: Mapping[str, Tensor], chat: Chat) -> Iterator[Comparison]:
    group = case["name"]
    yield from _entities(case, expected, chat)
    *before, (kind, question) = case["steps"]
    if kind != "ask":
        raise CheckpointError(f"The case {group} does not end in a question.", "Its steps end in one of kind ask.")
    for kind, text in before:
        {
            "mol": chat.add_molecule,
            "prot": chat.add_protein,
            "ask": chat.conversation.ask,
            "assistant": chat.add_answer,
        }[kind](text)
    asked = chat.prepare(question, case["max_new_tokens"])
    prompt = chat.conversation.prompt()
    ids = segment_ids(chat.tokenizer, prompt, parity=True)
    yield _match(group, "prompt", str(prompt), case["prompt"])
    yield _match(group, "segments", list(prompt.segments), case["segments"])
    yield _match(group, "placeholders", [gap.placeholder for gap in prompt.gaps], case["placeholders"])
    yield _match(group, "segment_ids", ids, case["segment_ids"])
    yield _match(group, "prompt_length", len(asked.embeddings), case["prompt_length"])
    yield _difference(group, "inputs_embeds", asked.embeddings, expected["inputs_embeds"], EMBEDDING_TOLERANCE)

    raw = expected["raw_output_ids"]
    length = len(asked.embeddings)
    # Every id but the last was fed back: T + n - 1 positions, of which the last n gave the n new ids.
    logits = _logits(chat.model, torch.cat([asked.embeddings, chat.model.embed_tokens(raw[1:-1])]))
    yield _difference(group, "prefill_logits", logits[:length], expected["prefill_logits"], LOGIT_TOLERANCE)
    yield _difference(group, "step_logits", logits[length - 1 :], expected["step_logits"], LOGIT_TOLERANCE)

    reply = chat.reply(asked)
    text = reply.read()
    yield _match(group, "raw_output_ids", [chat.tokenizer.bos_id, *reply.said], raw.tolist())
    yield _match(group, "answer_ids", reply.ids, expected["answer_ids"].tolist())
    if chat.tokenizer.special_ids & set(expected["answer_ids"].tolist()):
        yield Comparison(
            group, "answer_text", 0, 0, "not compared: it holds special tokens, around which spaces differ"
        )
    else:
        yield _match(group, "answer_text", text, case["answer_text"])


def _entities(case: Mapping[str, Any], expected: Mapping[str, Tensor], chat: Chat) -> Iterator[Comparison]:
    """The encoders' outputs, before and after the projectors."""
    group, model = case["name"], chat.model
    for k, smiles in enumerate(text for kind, text in case["steps"] if kind == "mol"):
        graph = graph_of(smiles)
        node = _nodes(model.mol_structure_encoder, graph)
        yield _difference(group, f"mol_node_{k}", node, expected[f"mol_node_{k}"], GIN_TOLERANCE)
        yield _difference(group, f"mol_pooled_{k}", node.mean(dim=0), expected[f"mol_pooled_{k}"], GIN_TOLERANCE)
        (found,) = chat.encoder.molecules([graph])
        yield _difference(group, f"mol_emb_{k}", found, expected[f"mol_emb_{k}"], EMBEDDING_TOLERANCE)
    for k, sequence in enumerate(text for kind, text in case["steps"] if kind == "prot"):
        ids = reference_ids(sequence, model.configuration.max_protein_tokens)
        yield _match(group, f"prot_ids_{k}", list(ids), expected[f"prot_ids_{k}"].tolist())
        tensor = torch.tensor([ids])
        with torch.no_grad():
            output = model.prot_structure_encoder(input_ids=tensor, attention_mask=torch.ones_like(tensor))
        hidden = output.last_hidden_state[0]
        yield _difference(group, f"prot_hidden_{k}", hidden, expected[f"prot_hidden_{k}"], EMBEDDING_TOLERANCE)
        (found,) = chat.encoder.proteins([ids])
        yield _difference(group, f"prot_emb_{k}", found, expected[f"prot_emb_{k}"], EMBEDDING_TOLERANCE)


def _tiny_model(vectors: _Vectors) -> BioMedGPT:
    manifest = vectors.manifest
    with torch.device("meta"):
        model = BioMedGPT(
            BioMedGPTConfiguration(
                llm={**manifest["llama"], "vocab_size": manifest["llm_vocab_after_resize"]},
                protein=manifest["esm"],
                gin_hidden=manifest["gin_tiny"]["gin_hidden_dim"],
                gin_layers=manifest["gin_tiny"]["gin_num_layers"],
                max_protein_tokens=manifest["prot_max_length"],
            )
        )
    vectors.fill(model, "biomedgpt_tiny.safetensors")
    return model


def _template(manifest: Mapping[str, Any]) -> Template:
    human, assistant = manifest["roles"]
    return Template(manifest["system"], human, assistant, manifest["sep"])


@torch.no_grad()
def _nodes(gin: GIN, graph: MoleculeGraph) -> Tensor:
    return gin(*map(torch.from_numpy, (graph.x, graph.edge_index, graph.edge_attr)))


@torch.no_grad()
def _logits(model: BioMedGPT, embeddings: Tensor) -> Tensor:
    return model.llm(inputs_embeds=embeddings[None], use_cache=False).logits[0]


def _match(group: str, name: str, found: Any, wanted: Any) -> Comparison:
    if found == wanted:
        return Comparison(group, name, 0, 0)
    return Comparison(group, name, 0, float("inf"), f"{found!r} instead of {wanted!r}")


def _difference(group: str, name: str, found: Tensor, wanted: Any, tolerance: float) -> Comparison:
    wanted = torch.as_tensor(wanted)
    if found.shape != wanted.shape:
        remark = f"shape {list(found.shape)} instead of {list(wanted.shape)}"
        return Comparison(group, name, tolerance, float("inf"), remark)
    largest = (found - wanted).abs().max().item() if wanted.numel() else 0.0
    return Comparison(group, name, tolerance, largest if largest == largest else float("inf"))
