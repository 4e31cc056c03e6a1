"""One way of loading in a process of its own, for `loading.py`: imports, says that it is ready, waits, loads, asks, tells."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from biocopilot.model.biomedgpt.configuration import BioMedGPTConfiguration
from biocopilot.model.biomedgpt.network import FP32_PARTS, BioMedGPT, recompute_buffers
from biocopilot.model.checkpoint.converting import convert
from biocopilot.model.checkpoint.loading import load_biomedgpt, load_causal_lm
from biocopilot.model.checkpoint.memory import Machine
from biocopilot.model.checkpoint.source import open_source
from transformers import AutoModelForCausalLM

_ROOM = Machine(ram_free=10**12, ram_total=10**12)  # what is measured here is not what is allowed
_SHARDS = 3


def main() -> None:
    """Run the way named on the command line."""
    way, folder, layers = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(2)
    # A first model of this kind imports what comes late, and the first product of matrices sets its library up.
    BioMedGPT(_configuration(1, 8))
    torch.nn.functional.linear(torch.ones(4, 4), torch.ones(4, 4))
    _say("ready")
    sys.stdin.readline()
    began = time.process_time()
    told = _WAYS[way](folder, layers)
    told.setdefault("seconds", time.process_time() - began)
    _say(json.dumps(told))
    sys.stdin.readline()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _configuration(layers: int, divisor: int = 1) -> BioMedGPTConfiguration:
    whole = BioMedGPTConfiguration.official()
    fewer = {"num_hidden_layers": layers}
    narrow = {"hidden_size": 64, "intermediate_size": 64} if divisor > 1 else {}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 2} if divisor > 1 else {}
    return BioMedGPTConfiguration(
        {**whole.llm, **fewer, **narrow, **heads},
        {**whole.protein, **fewer, **narrow, **({"num_attention_heads": 2} if heads else {})},
    )


def _make(folder: Path, layers: int) -> dict[str, Any]:
    """The archive with its small files, the same cut in three, and the language model's shards in fp32."""
    from safetensors.torch import save_file
    from tokenizers import Tokenizer, models

    configuration = _configuration(layers)
    (folder / "biomedgpt.json").write_text(json.dumps(configuration.as_mapping()), "utf-8")
    vocabulary = {"<unk>": 0, "<s>": 1, "</s>": 2, **{f"t{n}": n for n in range(3, 32_000)}}
    lm = folder / "lm"
    lm.mkdir()
    for place in (folder, lm):
        Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>")).save(str(place / "tokenizer.json"))
    (lm / "config.json").write_text(json.dumps({**configuration.llm, "vocab_size": 32_001}), "utf-8")
    with torch.device("meta"):
        network = BioMedGPT(configuration)
    torch.manual_seed(0)
    state = {}
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point():
            half = not name.startswith(FP32_PARTS)
            made = torch.randn(tensor.shape, dtype=torch.float16 if half else torch.float32) * 0.02
            state[name] = made.abs() + 1 if name.endswith("running_var") else made
        else:
            state[name] = torch.zeros(tensor.shape, dtype=tensor.dtype)
    archive = folder / "biomedgpt_10b.pth"
    torch.save(state, archive)
    (folder / "parts").mkdir()
    with archive.open("rb") as file:
        piece = -(-archive.stat().st_size // 3)
        for number in range(3):
            (folder / "parts" / f"{archive.name}.part{number}").write_bytes(file.read(piece))
    own = [name for name in state if name.startswith("llm.")]
    index = {}
    for number in range(_SHARDS):
        shard = f"model-{number + 1:05}-of-{_SHARDS:05}.safetensors"
        names = own[number::_SHARDS]
        save_file({name.removeprefix("llm."): state[name].float() for name in names}, lm / shard, {"format": "pt"})
        index |= {name.removeprefix("llm."): shard for name in names}
    (lm / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}), "utf-8")
    return {"file": archive.stat().st_size, "loaded": 0}


def _convert(folder: Path, _layers: int) -> dict[str, Any]:
    target = folder / "int4" / "model.safetensors"
    convert(open_source(folder / "biomedgpt_10b.pth"), target, "int4", name="biomedgpt-10b", fp32=FP32_PARTS)
    for name in ("biomedgpt.json", "tokenizer.json"):
        (target.parent / name).write_bytes((folder / name).read_bytes())
    return {"loaded": target.stat().st_size}


def _ours(file: str, dtype: str) -> Callable[[Path, int], dict[str, Any]]:
    def load(folder: Path, _layers: int) -> dict[str, Any]:
        began = time.process_time()
        loaded = load_biomedgpt(folder / file, device="cpu", dtype=dtype, here=_ROOM)
        seconds = time.process_time() - began
        _ask(loaded.model)
        return {"loaded": loaded.memory, "seconds": seconds}

    return load


def _ours_parts(folder: Path, layers: int) -> dict[str, Any]:
    for name in ("biomedgpt.json", "tokenizer.json"):
        (folder / "parts" / name).write_bytes((folder / name).read_bytes())
    return _ours("parts", "bfloat16")(folder, layers)


def _reference(folder: Path, layers: int) -> dict[str, Any]:
    began = time.process_time()
    network = BioMedGPT(_configuration(layers))
    for part in (network.llm, network.prot_structure_encoder):
        part.half()
    state = torch.load(folder / "biomedgpt_10b.pth", map_location="cpu", weights_only=True)
    network.load_state_dict(state, strict=False)
    del state
    seconds = time.process_time() - began
    _ask(network)
    return {"loaded": _size(network), "seconds": seconds}


def _assigned(folder: Path, layers: int) -> dict[str, Any]:
    began = time.process_time()
    with torch.device("meta"):
        network = BioMedGPT(_configuration(layers))
    state = torch.load(folder / "biomedgpt_10b.pth", map_location="cpu", weights_only=True, mmap=True)
    network.load_state_dict(state, strict=False, assign=True)
    del state
    recompute_buffers(network, "cpu")
    for part in (network.llm, network.prot_structure_encoder):
        part.to(torch.bfloat16)
    seconds = time.process_time() - began
    _ask(network)
    return {"loaded": _size(network), "seconds": seconds}


def _ours_lm(folder: Path, _layers: int) -> dict[str, Any]:
    began = time.process_time()
    loaded = load_causal_lm(folder / "lm", device="cpu", dtype="bfloat16", here=_ROOM)
    seconds = time.process_time() - began
    _ask_lm(loaded.model)
    return {"loaded": loaded.memory, "seconds": seconds}


def _peer_lm(folder: Path, _layers: int) -> dict[str, Any]:
    began = time.process_time()
    model = AutoModelForCausalLM.from_pretrained(folder / "lm", dtype=torch.bfloat16)
    seconds = time.process_time() - began
    _ask_lm(model)
    return {"loaded": _size(model), "seconds": seconds}


@torch.no_grad()
def _ask(network: BioMedGPT) -> None:
    """Touch every weight: a short protein, and a short prompt."""
    residues = torch.tensor([[0, *range(4, 24), 2]])
    network.encode_residues(residues, torch.ones_like(residues))
    _ask_lm(network.llm)


@torch.no_grad()
def _ask_lm(model: Any) -> None:
    model(torch.arange(1, 9)[None])


def _size(module: torch.nn.Module) -> int:
    return sum(tensor.nbytes for tensor in module.state_dict().values())


_WAYS: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    "make": _make,
    "convert_int4": _convert,
    "ours": _ours("biomedgpt_10b.pth", "float16"),
    "ours_bf16": _ours("biomedgpt_10b.pth", "bfloat16"),
    "ours_parts": _ours_parts,
    "ours_int4": _ours("int4/model.safetensors", "bfloat16"),
    "peer_reference": _reference,
    "peer_assign": _assigned,
    "ours_lm": _ours_lm,
    "peer_lm": _peer_lm,
}

if __name__ == "__main__":
    main()
