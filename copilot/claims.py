"""Checks by code that a sentence's numbers, identifiers and quotes stand in the evidence it cites.

A sentence cites by ending in `[E1]` or `[E1, E4]`. Every number in it must equal a number of the cited records when
rounded to the decimals shown, and have the same unit where the record gives one; every identifier, code span, quoted
passage and capitalised symbol must stand there letter for letter. An article's identifier and an address must stand where
the source puts them: what a document's own text names (`cite PMID 1`) was not found by any tool. What is not found is listed as missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..memory.records import Claim, Evidence, Support, Verdict
from ..memory.typography import folded
from .written_numbers import NUMBER, as_shown, numbers_in, numbers_placed, rounds_to, same_unit

__all__ = [
    "check_claim",
    "cited_ids",
    "holds_there",
    "names_article",
    "split_claims",
    "strip_citations",
]

_CITATION = re.compile(r"\s*\[(E\d+(?:\s*,\s*E\d+)*)\]")
_CODE = re.compile(r"`([^`\n]+)`")
_QUOTE = re.compile(r"[“„]([^“”\n]+)[”“]|«([^«»\n]+)»|(?<![\w\"])\"([^\"\n]+)\"(?![\w\"])")
_QUOTED_TYPES = frozenset({"passage", "article", "article_section"})
"""Records that hold an author's words: a quotation that cites them is one from there, not of the question."""
_STRUCK = "struck"
"""Field of a model's text that holds what was struck from it: no claim may rest on that."""
_PLACED = frozenset({"document", "part", "start", "end", "text", "text_sha256"})
_NEAR = 6
"""Words on each side of a number that may say what it is."""
_MOST_GAP = 3
"""Characters of white space between two passages of one text; nothing else can lie there."""
_IDENTIFIER = re.compile(
    r"\bCHEMBL\d+\b|\b[A-Z]{14}-[A-Z]{10}-[A-Z]\b|\b10\.\d{4,9}/[^\s\]|)]+|\bNCT\d{8}\b"
    r"|\b(?:[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2})(?:-\d+)?\b"
)
_ADDRESS = re.compile(
    r"\b(?:PMID[ :#-]*\d+|PMC\d+|10\.\d{4,9}/[^\s\]|)]+)|\b(?:[a-z][a-z0-9+.-]*://|www\.)[^\s\]|)]+", re.IGNORECASE
)
_SAID = frozenset(
    (
        "text",
        "title",
        "vernacular_title",
        "snippet",
        "abstract",
        "paragraphs",
        "section",
        "sections",
        "caption",
        "journal",
        "authors",
        "keywords",
    )
)
"""Fields whose words are a document's own."""
_TITLES = ("label", "name")
"""Fields that hold an article's identifier, or its title where it has none."""
_SYMBOL = re.compile(
    r"(?<![\w-])(?=[\w-]*[A-Z])(?:[A-Z0-9]{3,}|[A-Za-z]+\d[\w]*|\d+[A-Za-z][\w]*)(?:[-‑][A-Za-z0-9]+)*(?![\w])"
)
# Up to a stop, with the citations that follow it, where a new sentence or the end comes next.
_SENTENCE = re.compile(r"\S.*?(?:[.!?](?:\s*\[E\d[^\]]*\])*(?=\s+[A-Z“`\d(]|\s*$)|$)")
_WORD = re.compile(r"[^\W_]+")

# Words of the trade that look like identifiers and claim nothing by themselves.
_VOCABULARY = frozenset(
    "ic50 ec50 ed50 ac50 pic50 pec50 pki pkd pchembl wlogp slogp alogp ki kd sp2 sp3 fsp3 csp3 logp clogp "
    "logd tpsa qed pains brenk nih zinc mw hbd hba smiles smarts inchi inchikey dna rna mrna bbb svg png "
    "ecfp4 ecfp6 morgan rdkit uniprot chembl usa fda ema cas ncbi gpcr gpcrs who inn usan gravy orf orfs iqr "
    "csv tsv sdf ro5 tanimoto h2o co2 ph hiv yes not cds rule3 p450 blosum62 gi boiled".split()
)


@dataclass(frozen=True)
class _Leaf:
    """A value of a record: a number with its unit where it has one, or a string."""

    evidence: str
    path: str
    value: float | str
    unit: str = ""


def cited_ids(text: str) -> tuple[str, ...]:
    """The evidence ids that a sentence cites, in order, each once."""
    found: dict[str, None] = {}
    for group in _CITATION.findall(text):
        found.update(dict.fromkeys(part.strip() for part in group.split(",")))
    return tuple(found)


def strip_citations(text: str) -> str:
    """The sentence without its `[E1]`."""
    return _CITATION.sub("", text)


def split_claims(markdown: str) -> list[str]:
    """The sentences and table rows of a model's answer: each is checked as a claim.

    Headings and a table's first two lines claim nothing; a citation that follows the full stop belongs before it.
    """
    claims: list[str] = []
    lines = markdown.splitlines()
    for index, line in enumerate(lines):
        stripped = line.strip()
        if not stripped or stripped.startswith("#") or re.fullmatch(r"[|:\-\s]+", stripped):
            continue
        if stripped.startswith("|"):
            following = lines[index + 1].strip() if index + 1 < len(lines) else ""
            if not re.fullmatch(r"\|[|:\-\s]+", following):
                claims.append(stripped)
            continue
        stripped = re.sub(r"^(?:[-*+]|\d+[.)])\s+", "", stripped)
        claims += [hit.group().strip() for hit in _SENTENCE.finditer(stripped)]
    return claims


def names_article(text: str) -> bool:
    """Whether an article's identifier or an address stands in it, which must be where a source itself puts it."""
    return _ADDRESS.search(text) is not None


def check_claim(text: str, evidence: Mapping[str, Evidence]) -> Claim:
    """`text` as a claim with its verdict.

    Args:
        text: one sentence or table row, with its citations.
        evidence: the run's evidence by id.

    Returns:
        A claim that is `supported` when it cites at least one record of this run and nothing in it is missing,
        `generated` when it rests on what a model wrote, were it only in part, else `unsupported`.
    """
    cited = cited_ids(text)
    known = [evidence[item] for item in cited if item in evidence]
    solid = [item for item in known if item.backend != "generated"]
    support, missing = _held(text, solid)
    generated = len(solid) < len(known) and (bool(missing) or not support)
    if generated:  # what a model wrote holds nothing; where a claim leans on it, that is all that can be said of it
        support, missing = _held(text, known)
        missing += _struck_in(text, known)
    missing += [item for item in cited if item not in evidence]
    verdict: Verdict = "unsupported" if not known or missing else "generated" if generated else "supported"
    return Claim(text=text, evidence=cited, verdict=verdict, support=tuple(support), missing=tuple(missing))


def holds_there(support: Support, evidence: Mapping[str, Evidence]) -> bool:
    """Whether what a claim says stands at that place of the record: of several that hold it, another version may have named another."""
    item = evidence.get(support.evidence)
    leaf = next((leaf for leaf in _leaves_of(item) if leaf.path == support.path), None) if item else None
    if leaf is None:
        return False
    if isinstance(leaf.value, str):
        return folded(support.token).casefold() in folded(leaf.value).casefold()
    hit = NUMBER.fullmatch(support.token)
    if hit is None:
        return False
    shown, decimals = as_shown(support.token)
    return rounds_to(leaf.value, shown, decimals) or rounds_to(leaf.value, abs(shown), decimals)


def _held(text: str, known: list[Evidence]) -> tuple[list[Support], list[str]]:
    """Where each number and name of a claim stands in these records, and what stands nowhere."""
    leaves = [leaf for item in known for leaf in _leaves_of(item)]
    return _look_up(strip_citations(text), leaves, _quotable(known))


def _struck_in(text: str, known: list[Evidence]) -> list[str]:
    """Sentences of a model that what was computed contradicts, where a claim says them again."""
    said = folded(strip_citations(text)).casefold()
    struck = [str(one["text"]) for item in known if item.backend == "generated" for one in item.record.get(_STRUCK, ())]
    return [sentence for sentence in struck if folded(sentence).casefold().rstrip(".!? ") in said]


def _leaves_of(item: Evidence) -> Iterator[_Leaf]:
    kept = item.record
    if item.backend == "generated" and _STRUCK in kept:
        kept = {name: value for name, value in kept.items() if name != _STRUCK}
    yield from _walk(kept, item.id, "")
    yield from _walk(item.arguments, item.id, "/arguments")
    yield _Leaf(item.id, "/source/name", item.source.name)
    yield _Leaf(item.id, "/source/release", item.source.release)
    if item.source.url:
        yield _Leaf(item.id, "/source/url", item.source.url)


def _walk(value: Any, evidence: str, path: str, unit: str = "") -> Iterator[_Leaf]:
    if isinstance(value, Mapping):
        quantity_unit = str(value.get("unit", "")) if "value" in value else ""
        for key, child in value.items():
            escaped = str(key).replace("~", "~0").replace("/", "~1")
            yield from _walk(child, evidence, f"{path}/{escaped}", quantity_unit if key == "value" else "")
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from _walk(child, evidence, f"{path}/{index}")
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield _Leaf(evidence, path, float(value), unit)
    else:
        yield _Leaf(evidence, path, str(value))


def _quotable(known: list[Evidence]) -> list[_Leaf]:
    """What can be quoted from these records: their texts, and passages that follow on each other as one."""
    found = []
    for item in known:
        is_text = item.record.get("type") in _QUOTED_TYPES
        leaves = _walk(item.record, item.id, "") if is_text else _leaves_of(item)
        found += [leaf for leaf in leaves if isinstance(leaf.value, str) and not leaf.path.startswith("/match/")]
    return found + list(_joined(known))


def _joined(known: list[Evidence]) -> Iterator[_Leaf]:
    """The texts of passages between which nothing but white space lies, as they stand in their document."""
    passages = [item for item in known if item.record.get("type") == "passage" and item.record.keys() >= _PLACED]
    order = sorted(passages, key=lambda item: (item.record["document"], item.record["part"], item.record["start"]))
    held: _Leaf | None = None
    for before, item in pairwise(order):
        one, other = before.record, item.record
        same_text = all(one[name] == other[name] for name in ("document", "part", "text_sha256"))
        if not same_text or not 0 <= other["start"] - one["end"] <= _MOST_GAP:
            held = None
            continue
        start = held or _Leaf(before.id, "/text", str(one["text"]))
        held = _Leaf(start.evidence, start.path, f"{start.value} {other['text']}")
        yield held


def _look_up(text: str, leaves: list[_Leaf], quotable: list[_Leaf]) -> tuple[list[Support], list[str]]:
    support: list[Support] = []
    missing: list[str] = []

    def settle(token: str, leaf: _Leaf | None) -> None:
        if leaf is None:
            missing.append(token)
        else:
            support.append(Support(token=token, evidence=leaf.evidence, path=leaf.path))

    strings = [leaf for leaf in leaves if isinstance(leaf.value, str)]
    for hit in _CODE.finditer(text):
        settle(hit.group(1), _holding(hit.group(1), strings))
    text = _CODE.sub(" ", text)
    for hit in _QUOTE.finditer(text):
        quoted = next(group for group in hit.groups() if group)
        settle(quoted, _holding(quoted, quotable) or _said_so(quoted, quotable))
    text = _QUOTE.sub(" ", text)
    for hit in _ADDRESS.finditer(text):
        settle(hit.group(), _pointing(hit.group().rstrip(".,;:"), strings))
    text = _ADDRESS.sub(" ", text)
    text = _mask_names(text, strings, support)
    for hit in _IDENTIFIER.finditer(text):
        settle(hit.group(), _holding(hit.group(), strings, whole=True))
    text = _IDENTIFIER.sub(" ", text)
    words = _words_of(strings)
    for hit in _SYMBOL.finditer(text):
        token = hit.group()
        if token.isdigit() or token.casefold() in _VOCABULARY:
            continue
        parts = [part.casefold() for part in _WORD.findall(token)]
        if all(part in _VOCABULARY or part in words for part in parts):
            continue
        settle(token, None)
    for hit, unit in numbers_placed(text):
        if hit.group() not in missing:
            settle(hit.group(), _equal_number(hit.group(), unit, leaves, _near(text, hit)))
    return support, missing


def _mask_names(text: str, strings: list[_Leaf], support: list[Support]) -> str:
    """Blank out names from the records that hold digits (5-HT2A, PAINS_A): their digits are not numbers."""
    names = {
        str(leaf.value): leaf
        for leaf in strings
        if 1 < len(str(leaf.value)) <= 200 and _named_with_digits(str(leaf.value))
    }
    for name in sorted(names, key=len, reverse=True):
        pattern = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w]|\.\d)", re.IGNORECASE)
        text, found = pattern.subn(" ", text)
        if found:
            support.append(Support(token=name, evidence=names[name].evidence, path=names[name].path))
    return text


def _named_with_digits(name: str) -> bool:
    return any(char.isdigit() for char in name) and any(char.isalpha() for char in name)


def _holding(token: str, strings: list[_Leaf], whole: bool = False) -> _Leaf | None:
    """The first string leaf that is `token` or, unless `whole`, holds it; spaces count as one."""
    wanted = " ".join(token.split())
    bounded = re.compile(rf"(?<![A-Za-z0-9]){re.escape(wanted)}(?![A-Za-z0-9])")
    for leaf in strings:
        if str(leaf.value) == wanted:
            return leaf
    for leaf in strings:
        found = " ".join(str(leaf.value).split())
        if bounded.search(found) if whole else wanted in found:
            return leaf
    return None


def _said_so(quotation: str, strings: list[_Leaf]) -> _Leaf | None:
    """The first string leaf that holds the quotation, whatever its marks and dashes look like.

    Marks within a quotation may be single ones, and a comma or point before its end may be the sentence's own.
    """
    wanted = folded(quotation).replace('"', "'")
    wanted = wanted if wanted.rstrip(".,") == "" else wanted.rstrip(".,")
    return next((leaf for leaf in strings if wanted in folded(str(leaf.value)).replace('"', "'")), None)


def _pointing(token: str, strings: list[_Leaf]) -> _Leaf | None:
    """The leaf in which a source itself gives this identifier or address: no word of a document, no argument of the call."""
    pmid = re.match(r"pmid\D*(\d+)", token, re.IGNORECASE)
    wanted = rf"pmid\W*{pmid[1]}" if pmid else re.escape(token)
    bounded = re.compile(rf"(?<![A-Za-z0-9]){wanted}(?![A-Za-z0-9])", re.IGNORECASE)
    for leaf in strings:
        *fields, last = leaf.path.split("/")[1:]
        value = str(leaf.value)
        named = last in _TITLES and bounded.fullmatch(value.removeprefix("Library: ").removeprefix("doi:")) is None
        if named or "arguments" in fields[:1] or _SAID & {*fields, last}:
            continue
        if bounded.search(value) or (pmid is not None and "pmid" in last.lower() and value == pmid[1]):
            return leaf
    return None


def _words_of(strings: list[_Leaf]) -> set[str]:
    return {word.casefold() for leaf in strings for word in _WORD.findall(str(leaf.value))}


def _near(text: str, hit: re.Match[str]) -> dict[str, float]:
    """The words around a number, each with how much it says of what the number is: the nearest most, those before it more."""
    before, after = _WORD.findall(text[: hit.start()])[-_NEAR:], _WORD.findall(text[hit.end() :])[:_NEAR]
    found: dict[str, float] = {}
    for words, weight in ((after, 0.8), (reversed(before), 1.0)):
        for place, word in enumerate(words):
            found[_stem(word)] = max(found.get(_stem(word), 0.0), weight - place * 0.1)
    return found


def _stem(word: str) -> str:
    return word.casefold().removesuffix("s")


def _named(leaf: _Leaf, near: Mapping[str, float]) -> float:
    """How much the words around a number name this field of the record; less where it is no finding but what was asked."""
    named = {_stem(word) for key in leaf.path.split("/")[1:] for word in key.split("_") if not word.isdigit()}
    return sum(near.get(word, 0.0) for word in named) - leaf.path.startswith("/arguments/")


def _equal_number(token: str, unit: str, leaves: list[_Leaf], near: Mapping[str, float]) -> _Leaf | None:
    """The number of the records that is this one; of several the one whose field the words around it name."""
    wanted, decimals = as_shown(token)
    for sign in (1.0, -1.0) if token.startswith("–") else (1.0,):  # an en dash may be a range's dash
        equal = [
            leaf
            for leaf in leaves
            if not isinstance(leaf.value, str)
            and not (unit and leaf.unit and same_unit(leaf.unit) != unit)
            and rounds_to(leaf.value, sign * wanted, decimals)
        ]
        if equal:
            return max(equal, key=lambda leaf: _named(leaf, near))
    for leaf in leaves:
        if isinstance(leaf.value, str) and any(as_shown(token)[0] == wanted for token, _unit in numbers_in(leaf.value)):
            return leaf
    return None
