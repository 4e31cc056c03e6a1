"""Tool calls under a grammar: what a mask costs a token, and which calls of a model with random weights are valid.

The vocabulary has 32,000 pieces, as BioMedGPT-LM's, trained here on Python's own sources. Random weights are the hardest case:
they never mean to end anything. Beside it, in the same run: the same model without a grammar, under the tools' schemas as they
are (what does not end within 512 tokens is cut), and xgrammar's masks where it is installed.
"""

from __future__ import annotations

import json
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .measure import Measured, Row

__all__ = ["measure"]

_MOST = 512
_VOCABULARY = 32_000
_PROMPT = "### Human: What inhibits EGFR? ### Assistant: "


def measure(quick: bool) -> Measured:
    """CPU milliseconds of one thread; shares of valid calls among the ratios."""
    import torch
    from biocopilot.model.grammar import TokenGrammar, calls_schema, worst_case_tokens
    from biocopilot.tools import all_tools

    torch.set_num_threads(1)
    rounds, calls = (3, 43) if quick else (7, 1_000)
    tokenizer = _tokenizer()
    rows = [Row.of("tokenizer read, once a model", [_cpu_ms(lambda: TokenGrammar(tokenizer)) for _ in range(3)])]
    grammar = TokenGrammar(tokenizer)
    tools = {name: tool.exact_schema() for name, tool in all_tools().items()}
    rows.append(Row.of("schemas of all tools bounded to 512 tokens", [_cpu_ms(lambda: calls_schema(tools, _MOST))]))
    everything = calls_schema(tools, _MOST)
    alone = {name: calls_schema({name: schema}, _MOST) for name, schema in tools.items()}
    compiled = [_cpu_ms(lambda: TokenGrammar.compiled(grammar, everything, keep=False)) for _ in range(rounds)]
    rows.append(Row.of(f"grammar of all {len(tools)} tools made", compiled))
    rows.append(
        Row.of("grammar of one tool made", [_cpu_ms(lambda s=s: grammar.compiled(s, False)) for s in alone.values()])
    )
    rows += _masks(grammar, everything, rounds * 10)
    peer, notes = _xgrammar(tokenizer, alone["molecule_properties"], rounds)
    rows += peer
    ratios, some = {}, len(tools)
    ends, opens = list(alone.values()), list(_open().values())

    def with_ends(number: int) -> Any:
        return grammar.chooser(everything if number % 4 == 0 else ends[number % len(ends)])

    def as_they_are(number: int) -> Any:
        return grammar.chooser(opens[number % len(opens)])

    for what, asked, chooser, temperature in (
        ("bounded grammar", calls, with_ends, 1.0),
        ("bounded grammar, likeliest tokens", len(tools), with_ends, 0.0),
        ("schemas as they are, cut at 512 tokens", some, as_they_are, 1.0),
        ("schemas as they are, cut at 512, likeliest tokens", len(tools), as_they_are, 0.0),
        ("no grammar", some, None, 1.0),
    ):
        valid, tokens, spent = _valid(grammar, tokenizer, asked, chooser, temperature)
        ratios[f"valid calls, {what}"] = valid / asked
        notes.append(f"{what}: {valid} of {asked:,} valid, {tokens / asked:.0f} tokens a call, {spent:.1f} s of CPU")
    notes.append(f"the longest call of any tool takes {worst_case_tokens(everything)} tokens at worst")
    return Measured("grammar", "CPU ms", tuple(rows), ratios, tuple(notes))


def _cpu_ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def _open() -> dict[str, Any]:
    """Calls of one tool each, with the arguments' schemas as pydantic writes them."""
    from biocopilot.tools import all_tools

    return {
        name: {
            "type": "object",
            "properties": {"tool": {"const": name}, "args": tool.schema()},
            "required": ["tool", "args"],
            "additionalProperties": False,
        }
        for name, tool in all_tools().items()
    }


def _masks(grammar: Any, schema: Any, walks: int) -> Iterator[Row]:
    """Milliseconds a token along random walks: the mask alone, laid on the logits, and the token taken."""
    import torch

    source = torch.Generator().manual_seed(0)
    spent: dict[str, list[float]] = {"mask laid on 32,000 logits, a token": [], "token taken": []}
    for _ in range(walks):
        chooser, mask, accept, tokens = grammar.chooser(schema), 0.0, 0.0, 0
        while not chooser.finished:
            logits = torch.rand(grammar.size, generator=source)
            started = time.process_time()
            chooser.mask(logits)
            mask += time.process_time() - started
            token = int(logits.argmax())
            started = time.process_time()
            chooser.accept(token)
            accept += time.process_time() - started
            tokens += 1
        for values, seconds in zip(spent.values(), (mask, accept), strict=True):
            values.append(seconds * 1000 / tokens)
    for what, values in spent.items():
        yield Row.of(what, values)


def _valid(
    grammar: Any, tokenizer: Any, calls: int, chooser: Callable[[int], Any] | None, temperature: float
) -> tuple[int, int, float]:
    """How many of a random Llama's calls its tools take; tokens and CPU seconds of all."""
    import torch
    from biocopilot.model.decoding import Decoder
    from biocopilot.tools import all_tools
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 1, "num_attention_heads": 2}
    llm = LlamaForCausalLM(LlamaConfig(vocab_size=_VOCABULARY, max_position_embeddings=1_024, **sizes))
    decoder = Decoder(llm, max_batch=32)
    prompt = [1, *tokenizer.encode(_PROMPT, add_special_tokens=False).ids]
    said: dict[int, list[int]] = {number: [] for number in range(calls)}
    started = time.process_time()
    for number, token in decoder.batch(
        [prompt] * calls, max_new_tokens=_MOST, choose=chooser, stop_ids=[2], temperature=temperature, seed=0
    ):
        said[number].append(token)
    spent = time.process_time() - started
    valid = 0
    for tokens in said.values():
        try:
            call = json.loads(grammar.text(tokens))
            all_tools()[call["tool"]].arguments.model_validate(call["args"])
        except (ValueError, KeyError, TypeError):  # not JSON, not a call, or not one that the tool takes
            continue
        valid += 1
    return valid, sum(map(len, said.values())), spent


def _xgrammar(tokenizer: Any, schema: Any, rounds: int) -> tuple[Sequence[Row], list[str]]:
    """xgrammar's figures for the call of one tool."""
    try:
        import xgrammar
    except ImportError:
        return (), ["left out, not installed: xgrammar: pip install xgrammar"]
    import torch
    from transformers import PreTrainedTokenizerFast

    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>")
    info = xgrammar.TokenizerInfo.from_huggingface(wrapped, vocab_size=_VOCABULARY)
    made, spent = [], []
    source = torch.Generator().manual_seed(0)
    for _ in range(rounds):
        started = time.process_time()
        compiler = xgrammar.GrammarCompiler(info, max_threads=1, cache_enabled=False)
        compiled = compiler.compile_json_schema(json.dumps(schema), any_whitespace=False, strict_mode=True)
        made.append((time.process_time() - started) * 1000)
        matcher, bits, seconds, tokens = (
            xgrammar.GrammarMatcher(compiled),
            xgrammar.allocate_token_bitmask(1, _VOCABULARY),
            0.0,
            0,
        )
        while not matcher.is_terminated() and tokens < _MOST:
            logits = torch.rand(1, _VOCABULARY, generator=source)
            started = time.process_time()
            matcher.fill_next_token_bitmask(bits)
            xgrammar.apply_token_bitmask_inplace(logits, bits)
            seconds += time.process_time() - started
            matcher.accept_token(int(logits.argmax()))
            tokens += 1
        spent.append(seconds * 1000 / tokens)
    return (
        Row.of("xgrammar: grammar of one tool made", made),
        Row.of("xgrammar: mask laid on 32,000 logits, a token", spent),
    ), []


def _tokenizer() -> Any:
    """BPE of Llama 2's kind with 32,000 pieces, of the standard library's sources: any large text would do."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    special = ["<unk>", "<s>", "</s>"]
    made = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY,
        special_tokens=special + [f"<0x{byte:02X}>" for byte in range(256)],
        show_progress=False,
        limit_alphabet=1_000,
    )
    sources = sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))[:1_500]
    made.train_from_iterator((path.read_text("utf-8", "replace") for path in sources), trainer)
    written = json.loads(made.to_str())
    written["added_tokens"] = [added for added in written["added_tokens"] if added["content"] in special]
    whole: Any = Tokenizer.from_str(json.dumps(written))
    return whole
