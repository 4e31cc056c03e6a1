"""From files to a model that answers: what planners, tools and chats call.

    loaded = load_causal_lm(installed(models, "biomedgpt-lm-7b"))        # a LoadedLM: model, tokenizer, where and what it is
    loaded = load_biomedgpt(installed(models, "biomedgpt-10b"))          # a LoadedBioMedGPT

Both choose device and type of numbers where they are not named, and say before loading what does not fit.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from ..errors import CheckpointError, TokenizerMissing
from ..quantised.layers import Int4Linear, Int8Linear
from .catalogue import MODELS, Installed
from .filling import LoadReport, fill
from .forms import form_of, would_take
from .memory import WORKING_BYTES, Machine, Placement, cache_bytes, machine, place, weights_bytes
from .source import Source, open_source

if TYPE_CHECKING:
    from ..biomedgpt.configuration import BioMedGPTConfiguration
    from ..biomedgpt.network import BioMedGPT
    from ..biomedgpt.tokenizer import Tokenizer

__all__ = ["LoadedBioMedGPT", "LoadedLM", "load_biomedgpt", "load_causal_lm"]

Progress = Callable[[int, int], None]
_FUSED = "llm."
_HINT = "`biocopilot models pull` brings a model with its configuration and tokenizer."
_MOST_SPARE_ROWS = 1_024  # some models round the rows of their vocabulary up


@dataclass(frozen=True)
class LoadedLM:
    """A language model that is ready.

    Args:
        name: of the model, or of its folder.
        model: a transformers causal language model, in evaluation mode.
        tokenizer: a transformers fast tokenizer.
        device: cpu, cuda or mps.
        dtype: of its activations.
        form: int8 or int4 where its weights are such numbers, else empty.
        report: what its weights were filled from.
        placement: why it lies where it lies.
    """

    name: str
    model: Any
    tokenizer: Any
    device: str
    dtype: str
    form: str
    report: LoadReport
    placement: Placement

    @property
    def memory(self) -> int:
        """Bytes of its weights."""
        return self.report.bytes


@dataclass(frozen=True)
class LoadedBioMedGPT:
    """A BioMedGPT that is ready; fields as those of `LoadedLM`, the tokenizer is `biomedgpt.tokenizer.Tokenizer`."""

    name: str
    model: BioMedGPT
    tokenizer: Tokenizer
    configuration: BioMedGPTConfiguration
    device: str
    dtype: str
    form: str
    report: LoadReport
    placement: Placement

    @property
    def memory(self) -> int:
        """Bytes of its weights."""
        return self.report.bytes


def load_causal_lm(
    where: Installed | Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    progress: Progress = lambda done, total: None,
    here: Machine | None = None,
) -> LoadedLM:
    """Load a language model: one of its own, or the one inside a BioMedGPT.

    Args:
        where: an installed model, a Hugging Face folder, or a file of weights with the configuration in its folder.
        device: auto, cpu, cuda or mps.
        dtype: auto, float32, bfloat16 or float16.
        progress: told bytes done and bytes in all.
        here: the memory there is; asked of the system where None.

    Raises:
        CheckpointError: weights or configuration are missing, damaged or another model's.
        TokenizerMissing: no tokenizer, or one of another vocabulary.
        NotEnoughMemory: said before anything is loaded.
        NoAccelerator: a GPU was asked for and there is none.
    """
    from transformers import AutoConfig, AutoModelForCausalLM

    from ..biomedgpt.network import recompute_buffers

    name, folder, source = _opened(where)
    content = _config_in(folder)
    prefix = _FUSED if any(key.startswith(_FUSED) for key in source.entries) else ""
    rows = _rows(source, prefix)
    entries = {key: entry for key, entry in source.entries.items() if key.startswith(prefix)}
    form = form_of(entries)
    placement = _placed(entries, (), content, form, name, device, dtype, here)
    config = AutoConfig.for_model(**{**content, "vocab_size": rows or content.get("vocab_size")})
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    _swap(model, entries, prefix)
    report = fill(
        model,
        source,
        dtype=getattr(torch, placement.dtype),
        device=torch.device(placement.device),
        recompute=recompute_buffers,
        what=name,
        prefix=prefix,
        tied=("lm_head.weight",) if config.tie_word_embeddings else (),
        progress=progress,
    )
    model.tie_weights()
    model.eval().requires_grad_(False)
    model.config.use_cache = True  # the published configuration says false, and decoding without is quadratic
    tokenizer = _tokenizer_in(folder, content, model.get_input_embeddings().num_embeddings)
    return LoadedLM(name, model, tokenizer, placement.device, placement.dtype, form, report, placement)


def load_biomedgpt(
    where: Installed | Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    progress: Progress = lambda done, total: None,
    here: Machine | None = None,
) -> LoadedBioMedGPT:
    """Load a BioMedGPT with its encoders. Arguments and errors are those of `load_causal_lm`.

    The molecule encoder and the projectors stay in fp32, as in the reference.
    """
    from ..biomedgpt.configuration import BioMedGPTConfiguration
    from ..biomedgpt.network import FP32_PARTS, BioMedGPT, recompute_buffers
    from ..biomedgpt.tokenizer import Tokenizer

    name, folder, source = _opened(where)
    if "proj_mol.weight" not in source.entries:
        raise CheckpointError(
            f"{folder} holds no BioMedGPT-10B: there is no molecule encoder in it.",
            "The language model alone is loaded as biomedgpt-lm-7b.",
        )
    configuration = _fitted(BioMedGPTConfiguration.from_folder(folder), source)
    tokenizer = Tokenizer.from_folder(folder)
    tokenizer.check_rows(configuration.llm["vocab_size"])
    form = form_of(source.entries)
    placement = _placed(source.entries, FP32_PARTS, configuration.llm, form, name, device, dtype, here)
    with torch.device("meta"):
        model = BioMedGPT(configuration)
    _swap(model, source.entries, "")
    report = fill(
        model,
        source,
        dtype=getattr(torch, placement.dtype),
        device=torch.device(placement.device),
        recompute=recompute_buffers,
        what=name,
        fp32=FP32_PARTS,
        progress=progress,
    )
    model.eval().requires_grad_(False)
    return LoadedBioMedGPT(
        name, model, tokenizer, configuration, placement.device, placement.dtype, form, report, placement
    )


def _opened(where: Installed | Path) -> tuple[str, Path, Source]:
    if isinstance(where, Installed):
        if where.trouble:
            raise CheckpointError(f"{where.name}: {where.trouble}", f"biocopilot models pull {where.name}")
        title = MODELS[where.name].title if where.name in MODELS else where.name
        return title, where.folder, open_source(*where.paths)
    return where.name, where if where.is_dir() else where.parent, open_source(where)


def _config_in(folder: Path) -> dict[str, Any]:
    """The language model's configuration in the folder or up to two below it."""
    for pattern in ("config.json", "*/config.json", "*/*/config.json"):
        for file in sorted(folder.glob(pattern)):
            try:
                content = json.loads(file.read_text("utf-8"))
            except (OSError, ValueError) as error:
                raise CheckpointError(f"{file} cannot be read as JSON: {error}.", _HINT) from error
            if isinstance(content, dict) and content.get("model_type") not in (None, "esm"):
                return content
    raise CheckpointError(f"There is no config.json of a language model in {folder}.", _HINT)


def _rows(source: Source, prefix: str) -> int:
    entry = source.entries.get(f"{prefix}model.embed_tokens.weight")
    return entry.shape[0] if entry is not None and entry.shape else 0


def _fitted(configuration: BioMedGPTConfiguration, source: Source) -> BioMedGPTConfiguration:
    """Sizes that the weights themselves say: 32,000 or 32,001 rows, and the molecule encoder, which has no config file."""
    atoms = source.entries.get("mol_structure_encoder.x_embedding1.weight")
    layers = {name.split(".")[2] for name in source.entries if name.startswith("mol_structure_encoder.gnns.")}
    llm: Mapping[str, Any] = configuration.llm
    if rows := _rows(source, _FUSED):
        llm = {**llm, "vocab_size": rows}
    longest = configuration.protein.get("max_position_embeddings", 1026) - 2
    return dataclasses.replace(
        configuration,
        llm=llm,
        gin_hidden=atoms.shape[1] if atoms is not None and len(atoms.shape) == 2 else configuration.gin_hidden,
        gin_layers=len(layers) or configuration.gin_layers,
        max_protein_tokens=min(configuration.max_protein_tokens, longest),
    )


def _placed(
    entries: Mapping[str, Any], fp32: Sequence[str], llm: Mapping[str, Any], form: str, what: str,
    device: str, dtype: str, here: Machine | None,
) -> Placement:  # fmt: skip
    needs = {
        kind: weights_bytes(entries.values(), kind, fp32) + cache_bytes(llm, kind) + WORKING_BYTES
        for kind in ("float32", "bfloat16", "float16")
    }
    extra = cache_bytes(llm, "bfloat16") + WORKING_BYTES
    smaller = {kind: size + extra for kind, size in would_take(entries, fp32).items()}
    stored = _dtypes(entries)
    return place(
        needs, stored, here or machine(), what=what, device=device, dtype=dtype, quantised=bool(form), would_fit=smaller
    )


def _dtypes(entries: Mapping[str, Any]) -> list[str]:
    sizes: dict[str, int] = {}
    for entry in entries.values():
        sizes[entry.dtype] = sizes.get(entry.dtype, 0) + entry.bytes
    return sorted(sizes, key=lambda kind: -sizes[kind])


def _swap(model: nn.Module, entries: Mapping[str, Any], prefix: str) -> None:
    """Put quantised layers where the checkpoint has quantised numbers."""
    for key in entries:
        path, _, leaf = key.removeprefix(prefix).rpartition(".")
        if leaf not in ("weight_int8", "weight_int4"):
            continue
        try:
            old = model.get_submodule(path)
        except AttributeError as error:
            raise CheckpointError(f"{key} belongs to no layer of this model.", _HINT) from error
        if not isinstance(old, nn.Linear):
            raise CheckpointError(f"{key} is no weight of a linear layer.", _HINT)
        columns, rows, bias = old.in_features, old.out_features, old.bias is not None
        fresh: Int8Linear | Int4Linear
        with torch.device("meta"):
            if leaf == "weight_int8":
                fresh = Int8Linear(columns, rows, bias)
            else:
                scales = entries.get(f"{prefix}{path}.scales_and_zeros")
                if scales is None or not scales.shape or not scales.shape[0]:
                    raise CheckpointError(f"{key} has no scales.", "Convert the model again.")
                fresh = Int4Linear(columns, rows, bias, columns // scales.shape[0])
        model.set_submodule(path, fresh)


def _tokenizer_in(folder: Path, config: Mapping[str, Any], rows: int) -> Any:
    from transformers import PreTrainedTokenizerFast

    file = next((f for p in ("", "*/", "*/*/") for f in sorted(folder.glob(f"{p}tokenizer.json"))), None)
    if file is None:
        raise TokenizerMissing(f"There is no tokenizer.json in {folder}.", _HINT)
    try:
        tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(file))
    except Exception as error:  # the Rust library raises nothing narrower
        raise TokenizerMissing(f"{file} cannot be read: {error}.", _HINT) from error
    if not rows - _MOST_SPARE_ROWS <= len(tokenizer) <= rows:
        raise TokenizerMissing(
            f"{file} has {len(tokenizer):,} tokens and the model {rows:,} rows: they do not belong together.", _HINT
        )
    for role in ("bos", "eos", "pad", "unk"):
        number = config.get(f"{role}_token_id", 0 if role == "unk" else None)
        token = tokenizer.convert_ids_to_tokens(number) if isinstance(number, int) and 0 <= number < rows else None
        if token is not None:
            setattr(tokenizer, f"{role}_token", token)
    template = file.with_name("tokenizer_config.json")
    if template.is_file():
        try:
            written = json.loads(template.read_text("utf-8")).get("chat_template")
        except (OSError, ValueError) as error:
            raise TokenizerMissing(f"{template} cannot be read as JSON: {error}.", _HINT) from error
        tokenizer.chat_template = written if isinstance(written, str) else None
    return tokenizer
