"""Decoding with a model of BioMedGPT-LM's shape, beside transformers' `generate` on the same random weights, in the same run.

On a GPU the whole model (fewer layers where its memory is short), two lengths of prompt, one and eight prompts at once; on a
machine without one, four layers and a short prompt. The limit is what a step has to read (every weight once, and the keys and
values so far) over the bandwidth of memory, which is measured here too. Without a GPU, one thread's CPU time is measured, since
other work on the machine spoils wall times.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .measure import Measured, Row

__all__ = ["measure"]

# The shape of Llama-2-7B, which BioMedGPT-LM-7B has.
_SHAPE = {
    "vocab_size": 32_000,
    "hidden_size": 4_096,
    "intermediate_size": 11_008,
    "num_attention_heads": 32,
    "max_position_embeddings": 4_096,
    "rms_norm_eps": 1e-6,
}
_LAYERS, _CPU_LAYERS = 32, 4
_FORMS = ("bf16", "int8", "int4")
_OURS, _PEER = "Biocopilot", "transformers"
_GOAL = 0.8  # of the limit, in bf16 with one prompt on a GPU
_ROOM = 1.3  # times the weights of bf16 must be free for all layers


@dataclass(frozen=True)
class _Case:
    batch: int
    prompt: int
    new: int


@dataclass(frozen=True)
class _Run:
    """One answer: milliseconds to the first token and of each further step, and the peak of memory in bytes."""

    first_ms: float
    steps_ms: list[float]
    peak: int


def measure(quick: bool) -> Measured:
    """Milliseconds a step, which gives one token to each prompt: by the clock on a GPU, of CPU elsewhere."""
    import torch

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu":
        torch.set_num_threads(1)
    layers = _layers(device)
    cases = _cases(device, quick)
    bandwidth = _bandwidth(device)
    rows, ratios, notes = [], {}, [_conditions(device, layers, bandwidth)]
    model = _model(layers, device)
    for form in _FORMS:
        if form != "bf16":
            _quantise(model, form)
        weights = _read_bytes(model)
        # transformers goes first with each form: our decoder fuses weights on a GPU.
        runs: dict[tuple[str, _Case], list[_Run]] = {}
        for name, opened in ((_PEER, lambda: _Peer(model)), (_OURS, lambda: _Ours(model, cases))):
            system = opened()
            for case in cases:
                try:
                    runs[name, case] = list(_rounds(system, case, device, 1 if quick else 2))
                except torch.OutOfMemoryError:
                    notes.append(f"{_label(form, case)}: memory did not suffice for {name}")
            notes += [f"{form}: {notice}" for notice in system.notices]
            system.close()
        for case in cases:
            cache = 2 * layers * _SHAPE["hidden_size"] * 2 * case.batch * (case.prompt + case.new // 2)
            limit = (weights + cache) / bandwidth * 1000
            goal = limit / _GOAL if (form, case.batch, device.type) == ("bf16", 1, "cuda") else None
            label, middle = _label(form, case), {}
            for name in (_OURS, _PEER):
                if (name, case) not in runs:
                    continue
                steps = [ms for run in runs[name, case] for ms in run.steps_ms]
                rows.append(Row.of(f"{label}: {name}", steps, goal if name == _OURS else None))
                middle[name] = rows[-1].median
                first = min(run.first_ms for run in runs[name, case])
                peak = max(run.peak for run in runs[name, case])
                notes.append(
                    f"{label}: {name} {case.batch * 1000 / middle[name]:,.1f} tokens/s, {limit / middle[name]:.0%} of the limit"
                    f" of {case.batch * 1000 / limit:,.1f}; first token after {first:,.0f} ms; peak {peak / 1e9:.2f} GB"
                )
            if len(middle) == 2:
                ratios[f"{label}: {_PEER} / {_OURS}"] = middle[_PEER] / middle[_OURS]
    return Measured(
        "decode", "ms a step" if device.type == "cuda" else "CPU ms a step", tuple(rows), ratios, tuple(notes)
    )


def _cases(device: Any, quick: bool) -> list[_Case]:
    if device.type == "cpu":
        return [_Case(1, 64, 6)] if quick else [_Case(1, 300, 24), _Case(8, 64, 12)]
    new = 32 if quick else 128
    return [_Case(batch, prompt, new) for prompt in (300, 2048) for batch in (1, 8)]


def _label(form: str, case: _Case) -> str:
    return f"{form}, {case.batch} × {case.prompt:,}"


def _conditions(device: Any, layers: int, bandwidth: float) -> str:
    import torch
    import transformers

    where = torch.cuda.get_device_name(device) if device.type == "cuda" else "no GPU: CPU time of one thread"
    of = "all 32 layers" if layers == _LAYERS else f"{layers} of 32 layers, so times are not those of the model"
    return (
        f"{where}; {of}; torch {torch.__version__}, transformers {transformers.__version__};"
        f" memory is read at {bandwidth / 1e9:,.1f} GB/s here, as measured in this run"
    )


def _layers(device: Any) -> int:
    import torch

    if device.type == "cpu":
        return _CPU_LAYERS
    free, _total = torch.cuda.mem_get_info(device)
    a_layer = 2 * (4 * _SHAPE["hidden_size"] ** 2 + 3 * _SHAPE["hidden_size"] * _SHAPE["intermediate_size"])
    return int(max(1, min(_LAYERS, free / _ROOM / a_layer - 2)))


def _bandwidth(device: Any) -> float:
    """Bytes a second that a sum over much more than the caches reads; the best of several."""
    import torch

    many = torch.ones((4 if device.type == "cuda" else 1) * 2**28, device=device)
    best = 0.0
    for _ in range(8):
        _wait(device)
        started = _now(device)
        many.sum()
        _wait(device)
        best = max(best, many.numel() * 4 / (_now(device) - started))
    return best


def _model(layers: int, device: Any) -> Any:
    """Random weights in bf16, made where they stay."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    config = LlamaConfig(**_SHAPE, num_hidden_layers=layers)  # type: ignore[arg-type]  # several types in one table
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    model = model.to(torch.bfloat16).to_empty(device=device).eval()
    model.model.rotary_emb = LlamaRotaryEmbedding(config).to(device)
    torch.manual_seed(0)
    for name, weights in model.named_parameters():
        weights.requires_grad_(False)
        if "norm" in name:
            weights.fill_(1.0)
        else:
            weights.normal_(0, 0.02)
    return model


def _quantise(model: Any, form: str) -> None:
    """Other random weights, in 8 or 4 bits, in the place of the layers' linear ones."""
    import torch
    from biocopilot.model.quantised.layers import Int4Linear, Int8Linear

    for layer in model.model.layers:
        for parent in (layer.self_attn, layer.mlp):
            for name, linear in list(parent.named_children()):
                if not name.endswith("_proj"):
                    continue
                sizes, device = (linear.in_features, linear.out_features), model.device
                setattr(parent, name, None)  # its memory goes before that of the next comes
                fresh: Any
                with torch.device(device):
                    fresh = Int8Linear(*sizes) if form == "int8" else Int4Linear(*sizes)
                if form == "int8":
                    fresh.weight_int8.random_(-127, 128)
                    fresh.scale.fill_(0.02 / 73)  # 73 is the spread of those numbers
                else:
                    fresh.weight_int4.random_(0, 256)
                    fresh.scales_and_zeros[..., 0] = 0.02 / 4.6  # likewise
                    fresh.scales_and_zeros[..., 1] = 0
                    fresh.prepare()
                setattr(parent, name, fresh)


def _read_bytes(model: Any) -> int:
    """What a step reads of the weights: all but the table of embeddings, of which it reads a row a prompt."""
    held = [*model.named_parameters(), *model.named_buffers()]
    return sum(tensor.numel() * tensor.element_size() for name, tensor in held if "embed_tokens" not in name)


class _Ours:
    def __init__(self, model: Any, cases: list[_Case]) -> None:
        from biocopilot.model.decoding import Decoder

        self.decoder = Decoder(model, max_tokens=max(case.prompt + case.new for case in cases))

    @property
    def notices(self) -> list[str]:
        return self.decoder.notices

    def stamps(self, ids: Any, new: int) -> list[float]:
        """When each step's tokens had come."""
        stamps = [0.0] * new
        counts = [0] * len(ids)
        for number, _token in self.decoder.batch(list(ids), max_new_tokens=new):
            stamps[counts[number]] = _now(ids.device)
            counts[number] += 1
        if counts != [new] * len(ids):
            raise RuntimeError(f"answers of {counts} tokens instead of {new}")
        return stamps

    def close(self) -> None:
        del self.decoder


class _Peer:
    """Plain `generate`, greedy, with the cache that it chooses itself."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.notices: list[str] = []

    def stamps(self, ids: Any, new: int) -> list[float]:
        """When each step's tokens had come: `generate` asks after each whether to stop."""
        import torch
        from transformers import StoppingCriteria, StoppingCriteriaList

        stamps: list[float] = []

        class Clock(StoppingCriteria):
            def __call__(self, input_ids: Any, scores: Any, **_options: Any) -> Any:
                input_ids[0, -1].item()  # the token is on the host
                stamps.append(_now(input_ids.device))
                return torch.zeros(len(input_ids), dtype=torch.bool, device=input_ids.device)

        self.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=new,
            do_sample=False,
            use_cache=True,
            eos_token_id=None,
            pad_token_id=0,
            stopping_criteria=StoppingCriteriaList([Clock()]),
        )
        if len(stamps) != new:
            raise RuntimeError(f"{len(stamps)} steps instead of {new}")
        return stamps

    def close(self) -> None:
        """Nothing is held."""


def _rounds(system: Any, case: _Case, device: Any, rounds: int) -> Iterator[_Run]:
    import torch

    ids = torch.randint(3, _SHAPE["vocab_size"], (case.batch, case.prompt), device=device)
    # Compiling, capturing and first touches of memory; a short answer would not reach a longer cache's shapes.
    system.stamps(ids, case.new if device.type == "cuda" else 3)
    for _ in range(rounds):
        peak = _watch_memory(device)
        _wait(device)
        started = _now(device)
        stamps = system.stamps(ids, case.new)
        steps = [(later - sooner) * 1000 for sooner, later in pairwise(stamps)]
        yield _Run((stamps[0] - started) * 1000, steps, peak())


def _now(device: Any) -> float:
    """Seconds: by the clock where a GPU works, of this process's CPU else."""
    return time.perf_counter() if device.type == "cuda" else time.process_time()


def _wait(device: Any) -> None:
    import torch

    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _watch_memory(device: Any) -> Callable[[], int]:
    """Begins anew to watch; the function gives the peak since: of a GPU what torch held, else the process's memory."""
    import torch

    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        return lambda: torch.cuda.max_memory_allocated(device)
    with open("/proc/self/clear_refs", "w") as file:  # Linux; the process may do so for itself
        file.write("5")

    def peak() -> int:
        with open("/proc/self/status") as file:
            line = next(line for line in file if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    return peak
