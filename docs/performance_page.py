"""Writes docs/performance.md from the kept results of the benchmarks: `make docs`. A test compares the page with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("performance.md")
RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"

_HEAD = """# Performance

Measured with `make bench`, each beside a peer in the same run; ratios are worth more than figures, which hang on the machine.
"CPU" is user and system time of the process and its children. A row is a median, with the smallest and the largest of its
repeats. This page is made from `benchmarks/results/*.json` by `make docs`; `python -m benchmarks --keep` renews those.
"""

_WORDS = {
    "startup": (
        "Starting",
        "What `biocopilot --help` costs, beside Python alone, RDKit's import and the `llm` command's help.",
    ),
    "first_answer": (
        "The first answer",
        "From starting the command to an answer with evidence, the chemistry process and the run log included. RDKit alone gets a"
        " SMILES and prints one number; we find the name, plan, compute, check the claims and record the run.",
    ),
    "questions": (
        "A question in a running process",
        "`Copilot.ask` in one process, run log on disk. Each molecule and target is asked about for the first time.",
    ),
    "loop": (
        "The loop itself",
        "A tool that does nothing, so that only the loop is measured. LangChain's agent does the same steps with a model that"
        " costs nothing and keeps nothing on disk. The run log grows in proportion to the steps.",
    ),
    "tools": (
        "Chemistry through its process",
        "A tool call (name or structure found, checked, computed in the worker, stamped as evidence) beside the plain RDKit calls"
        " for the same values in one process. The difference is the price of a process that can be killed, and of the look-ups: a"
        " call finds out which known molecule a structure is, which takes its InChIKey, and computes everything that the plain"
        " calls leave out (rules, SA score, identifiers).",
    ),
    "stores": (
        "Full sources on this machine",
        "Look-ups over a ChEMBL-shaped dump with the official types and keys, its peer an indexed five-table join on the same file, and"
        " the same rows by the same code with and without what `data add` lays out beside the dump; an item's time is the least of three"
        " rounds over all items. Swiss-Prot entries are real ones, renumbered; the peer is a Bio.SwissProt loop that works out the same"
        " fields, and stores nothing where its row does not say so.",
    ),
    "similarity": (
        "Similar structures among half a million",
        "The kept fingerprints of `data add chembl` beside RDKit's bulk comparison over the same fingerprints in the same run, rows and"
        " values checked equal. Most of the fingerprints are varied from real ones, so most queries have near copies, which favours us; the"
        " last row of ours has none.",
    ),
    "substructure": (
        "Molecules that contain a substructure",
        "The kept patterns of `data add chembl` beside RDKit's SubstructLibrary over the same structures in the same run, matches checked"
        " equal, both in one process. The structures are real, taken twice over. RDKit's library has to be built and held in each"
        " process; ours is mapped. For a SMARTS ours lets far fewer structures through; for a molecule both let the same through, and"
        " reading trusted SMILES then costs less than unpacking our molecules.",
    ),
    "panel": (
        "Properties and alerts of a long list",
        "Parse, six descriptors, QED, SA score, PAINS and Brenk beside the same RDKit calls in a row, block by block in one process, every"
        " value and hit checked equal. The structures are real: of ZINC, ChEMBL and Tox21. Measured while others used both cores: the"
        " ratio of two processes to one, by wall time, says something only where nobody else does.",
    ),
    "engines": (
        "One process, all cores, Ray",
        "The same triage by the same command. A Ray of one machine can give no more than its cores, and costs its own start; what"
        " it shows is the price of the engine, which on a cluster is paid once.",
    ),
    "triage": (
        "From a long list to a few",
        "`biocopilot workflow run triage` from start to end, all its processes counted, beside a plain script that makes RDKit's calls for"
        " one row after the other: parent, InChIKey, descriptors, QED, SA score, alerts, and no table, duplicates, clusters, or look-ups."
        " The structures are real: of ZINC, HIV, Tox21 and ChEMBL. Of a page of memory that processes share, each counts its part. Where"
        " kills are told of, the whole process group was killed at once.",
    ),
    "pdf": (
        "Sentences of PDFs found again",
        "Sentences that pdfminer.six draws from each page's text layer and PDFium's plain text of the page confirms, looked for in the"
        " library's text of that page: per cent missed, without regard to blanks. Running heads and feet do not count. One article was"
        " never looked at while the reader was written. Another was held out at first, found at 75 % by a stricter count, and then looked"
        " at, so it is told apart. The engine is pypdf where no other is named; PDFium's plain text cannot lack what PDFium lacks, which"
        " favours it.",
    ),
    "retrieval": (
        "Finding what answers a question",
        "Questions with the records that answer them: PubMedQA's, each with its own abstract among all, and BioASQ 9 to 11, with gold"
        " records among 12,000 of other reviews. All systems get the same text and the same vectors; ours is the library as a user has"
        " it, asked for documents. Per cent missed, so less is better; the goal of ours is the best peer. Weights were chosen on BioASQ 7"
        " and 8.",
    ),
    "embedding": (
        "Vectors of texts",
        "all-MiniLM-L6-v2 from the same weights, all threads' CPU counted. Questions are computed in 32 bits and vectors checked equal."
        " Our documents are multiplied by matrices of 8 bits, in 7 of them, so that processors without an instruction for it give the"
        " same: on PubMedQA's questions, what the vectors find is the same to the third decimal of nDCG@10.",
    ),
    "library_ingest": (
        "Adding abstracts to the library",
        "Screened PubMed records with title and abstract, from an export to documents in a library: reading, passages, vectors, the index"
        " of words, the catalogue. An abstract is two passages or nearly, each embedded under its title; ChromaDB embeds one text and cuts"
        " it at 256 word pieces. All threads' CPU counted. In the larger library, making the vectors is not counted; its searches are of"
        " PubMedQA's questions, in a running process, and one row asks ChromaDB, as larger libraries do, where else vectors are compared"
        " one by one.",
    ),
    "library_command": (
        "Searching the library, as a command",
        "`biocopilot library search` from start to end: Python, the model, the search, the output. The larger library holds 10,000 notes"
        " with drawn vectors, compared one by one as those of a small one are; importing ChromaDB, beside it, is what more than 50,000"
        " passages add.",
    ),
    "literature_answers": (
        "Yes-or-no questions answered from passages",
        "Given the right documents, is the side that is shown first the one that experts chose? PubMedQA's abstracts stand without their"
        " conclusions; BioASQ's passages are those that experts chose. Per cent of the questions, without those that experts answered with"
        " maybe, which notes count. The rules were written on the rows that say so. Most questions on bare results are left open, as meant:"
        " a wrong side costs more than none. Of what is answered, one in five to one in three is still wrong on the unseen halves, which is"
        " why both sides stand as quotations and no verdict is given.",
    ),
    "interface": (
        "The terminal interface",
        "Headless, at 140×40, in one process; the peer of the first frame is an empty Textual app. Events are those of calls: a step"
        " of a hundred, each begun and ended. A key is timed from its press until the prompt holds it, while a tool reports a"
        " hundred times a second; a stop until the tool has ended.",
    ),
    "decode": (
        "Decoding with a model of BioMedGPT-LM's shape",
        "Random weights of the shape of Llama-2-7B, greedy, beside transformers' `generate` on the very same modules: `1 × 300` is one"
        " prompt of 300 tokens. A step gives one token to each prompt. The limit is what a step has to read over the bandwidth measured"
        " in the same run. Without a GPU the time is that of torch's products, which both run, so there is nothing to win but the"
        " first token and the weights of 8 and 4 bits. How it decodes on a GPU (compiled, captured as a graph) was not run on one yet:"
        " `python -m benchmarks decode` on such a machine measures it.",
    ),
    "grammar": (
        "Tool calls under a grammar",
        "A tiny model of random weights over a vocabulary of 32,000 pieces writes calls of all tools, the worst case there is; each is"
        " then checked by the tool's own argument model. Beside it the same without the bounds that we put on a tool's schema, and"
        " with no grammar at all. A mask is what a grammar costs at each token.",
    ),
    "loading": (
        "Loading BioMedGPT",
        "A generated checkpoint of the official layout and the true widths, random numbers, with few layers; each way of loading in"
        " a process of its own, which then answers once, so that every weight is touched. `All pages` is the peak that the system "
        "reports, pages of the mapped file among them, which it may drop at any time; `own memory` is what it cannot drop. What the"
        " process has before loading (Python, torch, transformers) is not counted. The goal is the size of the loaded model and 2 "
        "GB.",
    ),
    "quantised": (
        "What int8 and int4 cost in accuracy",
        "A language model of the true widths with random weights and few layers, compared with itself in fp32 on random tokens; "
        "bf16 is what both compute in. Random weights say what rounding does to the sums, not what it does to what was learnt, and "
        "errors grow with the layers. A random model's logits lie so close together that its most likely token changes at a touch: "
        "that row is far worse than a trained model's would be. The peer is torchao's rounding of the same layers.",
    ),
}


def page() -> str:
    """The whole page."""
    kept = [json.loads((RESULTS / f"{name}.json").read_text("utf-8")) for name in _WORDS]
    machine, packages = kept[0]["machine"], kept[0]["packages"]
    held = ", ".join(f"{name} {release}" for name, release in sorted(packages.items()) if release)
    where = (
        f"Conditions: {machine['system']}, {machine['cores']} cores, no GPU, Python {machine['python']}, {held};"
        f" {kept[0]['measured_at'][:10]}. Other work ran on the machine, so wall times are an upper bound.\n"
    )
    return "\n".join([_HEAD, where, *map(_section, kept)])


def _section(result: dict[str, Any]) -> str:
    title, words = _WORDS[result["benchmark"]]
    lines = [f"## {title}", "", words, "", f"| {result['unit']} | median | least | most | repeats | goal |"]
    lines.append("|---|---:|---:|---:|---:|---|")
    for row in result["rows"]:
        goal = "" if row["goal"] is None else f"{row['goal']:g}, {'met' if row['median'] <= row['goal'] else 'missed'}"
        values = " | ".join(f"{row[key]:.3g}" for key in ("median", "least", "most"))
        lines.append(f"| {row['what'].strip()} | {values} | {row['repeats']} | {goal} |")
    lines += ["", *(f"- {what}: {ratio:.2g}" for what, ratio in result["ratios"].items())]
    lines += [f"- {note}" for note in result["notes"]]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
