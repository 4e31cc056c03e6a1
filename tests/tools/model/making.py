"""A BioMedGPT of some ten thousand numbers that has learnt two answers by heart, installed as the real one is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOLECULE, MOLECULE_QUESTION = "CC(=O)Oc1ccccc1C(=O)O", "Please describe this molecule."
MOLECULE_ANSWER = (
    "It is a carboxylic acid and an ester. It is an alcohol with two aromatic rings. "
    "Its molecular weight is 180.16 g/mol. It has a role as a pain killer."
)
PROTEIN, PROTEIN_QUESTION = "MKTAYIAKQRQISFVKSHFSRQLEERLG", "What is the function of this protein?"
PROTEIN_ANSWER = "It binds iron in the cell. This protein has 90 amino acids. It contains two methionine residues."

_NARROW = {"hidden_size": 48, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
_STEPS = 300


@dataclass(frozen=True)
class Made:
    """Files of the model, to be installed anywhere."""

    folder: Path


def tokenizer_json() -> str:
    """Llama's kind of BPE, trained on the answers."""
    from biocopilot.model.biomedgpt.conversation import CHEMISTRY
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    made = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    made.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")  # no piece is longer than a word
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=[*special, *(f"<0x{byte:02X}>" for byte in range(256))], show_progress=False
    )
    made.train_from_iterator([MOLECULE_ANSWER, PROTEIN_ANSWER, *[CHEMISTRY.system] * 3], trainer)
    written = json.loads(made.to_str())
    written["pre_tokenizer"] = None  # as in Llama's
    written["added_tokens"] = [added for added in written["added_tokens"] if added["content"] in special]
    return json.dumps(written)


def make(folder: Path) -> Made:
    """Train, and write weights, configuration and tokenizer."""
    import torch
    from biocopilot.model.biomedgpt.answering import Chat
    from biocopilot.model.biomedgpt.configuration import ESM2_3B, LLAMA_2_7B, BioMedGPTConfiguration
    from biocopilot.model.biomedgpt.network import BioMedGPT
    from biocopilot.model.biomedgpt.tokenizer import Tokenizer
    from safetensors.torch import save_file

    torch.set_num_threads(1)
    torch.manual_seed(0)
    (folder / "tokenizer.json").write_text(tokenizer_json(), "utf-8")
    tokenizer = Tokenizer.from_folder(folder)
    llama = {
        **LLAMA_2_7B,
        **_NARROW,
        "num_key_value_heads": 4,
        "vocab_size": tokenizer.rows,
        "max_position_embeddings": 2048,
    }
    configuration = BioMedGPTConfiguration(
        llm=llama, protein={**ESM2_3B, **_NARROW, "max_position_embeddings": 66}, gin_hidden=12, max_protein_tokens=64
    )
    (folder / "biomedgpt.json").write_text(json.dumps(configuration.as_mapping()), "utf-8")
    model = BioMedGPT(configuration)
    lessons = []
    for add, shown, question, answer in (
        (Chat.add_molecule, MOLECULE, MOLECULE_QUESTION, MOLECULE_ANSWER),
        (Chat.add_protein, PROTEIN, PROTEIN_QUESTION, PROTEIN_ANSWER),
    ):
        chat = Chat(model, tokenizer)
        add(chat, shown)
        ids = torch.tensor([*tokenizer.encode(answer), tokenizer.eos_id])
        lessons.append((chat.prepare(question).embeddings.clone(), ids))
    _teach(model, lessons)
    save_file(
        {name: value.contiguous() for name, value in model.state_dict().items()}, folder / "biomedgpt.safetensors"
    )
    return Made(folder)


def _teach(model: Any, lessons: list[Any]) -> None:
    import torch

    model.llm.get_input_embeddings().requires_grad_(False)
    learning = [parameter for parameter in model.llm.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(learning, lr=5e-3)
    for _ in range(_STEPS):
        loss, known = torch.zeros(()), True
        for prompt, ids in lessons:
            embedded = torch.cat([prompt, model.embed_tokens(ids[:-1])])
            logits = model.llm(inputs_embeds=embedded[None]).logits[0, len(prompt) - 1 :]
            known = (
                known
                and torch.equal(logits.argmax(dim=1), ids)
                and bool((logits.softmax(dim=1).amax(dim=1) > 0.9).all())
            )
            loss = loss + torch.nn.functional.cross_entropy(logits, ids)
        if known:
            return
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    raise AssertionError("the model has not learnt its answers")


def install(made: Made, models: Path) -> None:
    """Write the manifest that makes it an installed biomedgpt-10b below `models`; the weights stay where they are."""
    from biocopilot.model.checkpoint.catalogue import Installed, StoredFile, write_manifest

    folder = models / "biomedgpt-10b" / "safetensors"
    folder.mkdir(parents=True)
    for name in ("tokenizer.json", "biomedgpt.json"):
        (folder / name).write_bytes((made.folder / name).read_bytes())
    weights = made.folder / "biomedgpt.safetensors"
    write_manifest(
        Installed(
            name="biomedgpt-10b",
            form="safetensors",
            folder=folder,
            format="safetensors",
            weights=(StoredFile(str(weights), weights.stat().st_size, ""),),
            opened=(str(weights),),
            bytes=weights.stat().st_size,
            dtypes=("float32",),
            least_bytes=0,
            origin="a test",
            added_at="2026-11-24T00:00:00Z",
        )
    )
