"""Everything in a question that names something, found in a fixed order: what can be told by its shape first (files,
identifiers, structures, sequences, quantities), then words of the vocabulary and names by longest match, then words
that are neither, which may be misspelt names or unknown ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...memory.starter.names import name_key
from ...tools.workbench import Workbench
from .frames import Entity, EntityKind
from .names_in_text import NameFound, has_drug_stem, mend
from .quantities import quantities, target_unit
from .sequences_in_text import sequences
from .smiles_tokens import (
    chembl_ids,
    follows_grammar,
    inchi_keys,
    inchis,
    is_broken_smiles,
    looks_like_smarts,
    smiles_tokens,
)
from .vocabulary import longest_phrase, term
from .words import Word, disease_names, is_common, nearest_known, split_words

__all__ = ["Recognised", "recognise"]

_FILE = re.compile(r"(?<![\w/])(?:[~.]{0,2}/)?[\w./\\+~-]*\w\.(?:smiles|smi|csv|tsv|txt|sdf)\b", re.IGNORECASE)
_QUOTED_FILE = re.compile(r"[\"'“]([^\"'“”\n]{1,200}\.(?:smiles|smi|csv|tsv|txt|sdf))[\"'”]", re.IGNORECASE)
_ACCESSION = re.compile(
    r"(?<![A-Za-z0-9])(?:[OPQ]\d[A-Z0-9]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z0-9]{2}\d){1,2})(?:-\d{1,2})?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w-])(?P<letters>[A-Za-z]{2,6})-\d+[A-Za-z]?(?:-\d+)?(?![\w-]|\.\d)")
_SIGN_BEFORE = re.compile(r"\((?:[+−–-]|±|\+/[−–-])\)-$")
_IN_A_CODE = re.compile(r"-\d{3,}[A-Za-z]?(?![\w-])")
_NAME_WORDS = 8
_NAME_GAP = re.compile(r"(?:\s|-|–|‑|/|'|’|\+|,(?=\S)|\.|\(|\)|\[|\]){0,3}")
_WORDS_LOOKED_AT = 1_500
"""In a longer text the rest is not looked up by name: nobody writes 1,500 words to ask for one value."""
_MENDED_AT_MOST = 40
_FAMILY_AT_MOST = 8
_SALTS = frozenset(
    "hydrochloride hcl sodium potassium calcium mesylate maleate tartrate citrate phosphate sulfate sulphate acetate fumarate succinate"
    " besylate tosylate hydrobromide bromide nitrate magnesium dihydrochloride monohydrate".split()
)
_TARGET_CUES = frozenset(
    "on against inhibit inhibits inhibiting inhibitor inhibitors gene protein target targets hit hits hitting antagonist antagonists agonist agonists"
    " kinase receptor binds binding block blocks blocker blockers anti targeting".split()
)
_NOT_A_MOLECULE_BEFORE = frozenset("atom atoms solubility soluble count counts content bond bonds".split())
# Two human proteins may bear one name; this is the one that is meant in pharmacology.
_MEANT = {"cox2": "P35354", "cox1": "P23219", "ar": "P10275", "er": "P03372", "psma": "Q04609"}
DISEASE_INITIALS = {
    "CML": "chronic myeloid leukemia", "AML": "acute myeloid leukemia", "CLL": "chronic lymphocytic leukemia",
    "NSCLC": "non-small cell lung cancer", "SCLC": "small cell lung cancer", "COPD": "chronic obstructive pulmonary disease",
    "T2D": "type 2 diabetes", "T2DM": "type 2 diabetes", "T1D": "type 1 diabetes", "ADHD": "attention deficit hyperactivity disorder",
    "OCD": "obsessive-compulsive disorder", "GERD": "gastroesophageal reflux disease", "BPH": "benign prostatic hyperplasia",
    "UTI": "urinary tract infection", "TB": "tuberculosis", "SLE": "systemic lupus erythematosus", "GIST": "gastrointestinal stromal tumor",
    "HCC": "hepatocellular carcinoma", "RCC": "renal cell carcinoma", "ALS": "amyotrophic lateral sclerosis", "IBD": "inflammatory bowel disease",
    "IBS": "irritable bowel syndrome", "PAH": "pulmonary arterial hypertension", "HCV": "hepatitis c", "HBV": "hepatitis b", "HIV": "hiv",
    "AIDS": "hiv", "RA": "rheumatoid arthritis", "MS": "multiple sclerosis", "CHF": "congestive heart failure", "PTSD": "posttraumatic stress disorder",
    "MDD": "major depressive disorder", "IPF": "idiopathic pulmonary fibrosis", "CF": "cystic fibrosis", "AMD": "macular degeneration",
    "ITP": "thrombocytopenic purpura", "DVT": "deep vein thrombosis", "CKD": "chronic kidney disease", "PsA": "psoriatic arthritis",
}  # fmt: skip
"""Initials by which people call diseases, where they are no name of a gene or molecule."""
_DISEASE_END = re.compile(
    r"[a-z]{3,}(?:itis|emia|aemia|oma|omas|osis|opathy|algia|plegia|penia|uria|rrhea|rrhoea|phobia)$"
)
_DISEASE_HEAD = frozenset(
    "disease syndrome cancer infection disorder carcinoma leukemia leukaemia lymphoma deficiency anemia anaemia fever".split()
)
_NOT_DISEASES = frozenset(
    "diagnosis dosis osmosis hypothesis apoptosis mitosis necrosis photosynthesis endocytosis autophagy genoma".split()
)


@dataclass
class Recognised:
    """A text's entities in order, its words, and what else a span could be."""

    text: str
    entities: list[Entity]
    words: list[Word]
    others: dict[tuple[int, int], tuple[Entity, ...]] = field(default_factory=dict)


def recognise(text: str, bench: Workbench) -> Recognised:
    """Find the entities of `text`; overlapping finds are settled in favour of the earlier step."""
    found = _Finder(text, bench)
    found.files()
    found.identifiers()
    found.structures()
    found.sequences()
    found.quantities()
    found.names_and_terms()
    found.codes()
    found.leftovers()
    found.mended_terms()
    entities = sorted(found.entities, key=lambda entity: entity.start)
    return Recognised(text, entities, found.words, found.others)


class _Finder:
    """The state of one search: which characters are taken, and what was found."""

    def __init__(self, text: str, bench: Workbench) -> None:
        self.text = text
        self.bench = bench
        self.taken = bytearray(len(text))
        self.entities: list[Entity] = []
        self.others: dict[tuple[int, int], tuple[Entity, ...]] = {}
        letters = [char for char in text if char.isalpha()]
        self.shouted = len(letters) > 12 and sum(char.isupper() for char in letters) > 0.85 * len(letters)
        self.words = list(split_words(text))
        self._looked_up: dict[str, Sequence[NameFound]] = {}
        self._mended: set[int] = set()

    def add(self, kind: EntityKind, start: int, end: int, value: str, name: str = "", **more: object) -> bool:
        """Take the span, unless some of it is taken."""
        if any(self.taken[start:end]):
            return False
        self.taken[start:end] = b"\x01" * (end - start)
        entity = Entity(kind, self.text[start:end], start, end, value, name)
        self.entities.append(replace(entity, **more) if more else entity)  # type: ignore[arg-type]  # fields by name
        return True

    def files(self) -> None:
        for hit in _QUOTED_FILE.finditer(self.text):
            self.add("file", hit.start(1), hit.end(1), hit.group(1), hit.group(1))
        for hit in _FILE.finditer(self.text):
            self.add("file", hit.start(), hit.end(), hit.group(), hit.group())

    def identifiers(self) -> None:
        for start, end, value in inchis(self.text):
            self.add("molecule", start, end, value)
        for start, end, value in inchi_keys(self.text):
            self.add("molecule", start, end, value)
        for start, end, value in chembl_ids(self.text):
            before = self.text[max(0, start - 20) : start].casefold()
            is_target = self.bench.chembl.target(value) is not None
            if not is_target and re.search(r"target\s*(?:id)?\s*:?\s*$", before):
                is_target = self.bench.chembl.molecule(value) is None
            self.add("target" if is_target else "molecule", start, end, value, value)
        for hit in _ACCESSION.finditer(self.text):
            written = hit.group()
            entry = self.bench.uniprot.entry(written.upper()) if written.isupper() or written.islower() else None
            if entry is not None or (written.isupper() and not self._name_hits(written)):
                self.add("target", hit.start(), hit.end(), written.upper(), written.upper())

    def structures(self) -> None:
        announced = bool(re.search(r"\b(?:smiles|structure)\b", self.text, re.IGNORECASE))
        marked = re.search(r"\bsmarts\b", self.text, re.IGNORECASE) is not None
        for hit in re.finditer(r"\S+", self.text):
            chunk = hit.group().strip("\"'`“”‘’").rstrip("?.;:")
            chunk = chunk[:-1] if chunk.endswith(",") else chunk
            start = hit.start() + hit.group().index(chunk) if chunk else 0
            if looks_like_smarts(chunk) and ("~" in chunk or not follows_grammar(chunk)):
                self.add("group", start, start + len(chunk), chunk, "SMARTS")
            elif is_broken_smiles(chunk):  # taken whole: a part of it would be another molecule
                self.add("molecule", start, start + len(chunk), chunk)
        for start, end, value in smiles_tokens(self.text, bare=announced):
            if set(value) <= set("C-") and "-" in value:
                continue
            if value.isalpha() and self._is_word(value):
                continue
            if marked and not any(entity.kind == "group" for entity in self.entities):
                self.add("group", start, end, value, "SMARTS")
            else:
                self.add("molecule", start, end, value)

    def _is_word(self, written: str) -> bool:
        plain = written.casefold()
        return (is_common(plain) or bool(self._name_hits(written))) and not (
            written.isupper() and "CC" in written and len(written) > 3
        )

    def sequences(self) -> None:
        apart = re.search(
            r"\b(?:align|alignment|identity|identical|compare|between|versus|vs|similar|similarity)",
            self.text,
            re.IGNORECASE,
        )
        for start, end, value, kind in sequences(self.text, joined=apart is None):
            written = self.text[start:end]
            if (
                kind == "peptide"
                and " " not in written
                and len(value) < 25
                and (is_common(written.casefold()) or self._name_hits(written))
            ):
                continue
            if kind == "peptide" and self.shouted and len(value) < 15 and not _announced(self.text[:start]):
                continue
            self.add(kind, start, end, value)

    def quantities(self) -> None:
        wanted = target_unit(self.text)
        if wanted is not None and not any(self.taken[wanted[0] : wanted[1]]):
            self.taken[wanted[0] : wanted[1]] = b"\x01" * (wanted[1] - wanted[0])  # mg/L is no gene here
        for item in quantities(self.text):
            self.add(
                "quantity",
                item.start,
                item.end,
                f"{item.number:g} {item.unit}",
                number=item.number,
                unit=item.unit,
                relation=item.relation,
            )

    def names_and_terms(self) -> None:
        index, looked_at = 0, 0
        while index < len(self.words):
            word = self.words[index]
            if any(self.taken[word.start : word.end]):
                index += 1
                continue
            looked_at += 1
            index += self._longest(index, by_name=looked_at <= _WORDS_LOOKED_AT)

    def _longest(self, index: int, *, by_name: bool) -> int:
        """Take the longest term or name that begins at this word; returns by how many words to go on."""
        run = self._run(index)
        for count in range(len(run), 0, -1):
            words = run[:count]
            start, end = words[0].start, words[-1].end
            plain = " ".join(word.plain for word in words)
            known = term(plain) if count <= longest_phrase() else None
            if known is not None and not self._gene_after_all(words, known[0]):
                self.add(known[0], start, end, known[1], known[1])
                return count
            if count == 1 and self._disease_initials(words[0]):
                self._add_disease(start, end, DISEASE_INITIALS[words[0].text])
                return count
            if plain in disease_names() and not (count == 1 and self._name_kind(plain) == "molecule"):
                self._add_disease(start, end)
                return count
            if by_name and self._take_name(words, index):
                return count
        return 1

    def _disease_initials(self, word: Word) -> bool:
        if (
            word.text not in DISEASE_INITIALS
            or self._name_hits(word.text)
            or self.text[word.start - 1 : word.start] == "-"
        ):
            return False
        return (
            len(word.text) > 2
            or re.search(r"\b(?:drugs?|treat|therap|patient|medic|used|indicat)", self.text, re.IGNORECASE) is not None
        )

    def _run(self, index: int, *, over_terms: bool = False) -> list[Word]:
        """The words that could be one name from here on: nothing but spaces and hyphens between them."""
        run = [self.words[index]]
        for word in self.words[index + 1 : index + _NAME_WORDS]:
            gap = self.text[run[-1].end : word.start]
            if (
                not _NAME_GAP.fullmatch(gap)
                or "\n" in gap
                or (not over_terms and any(self.taken[word.start : word.end]))
            ):
                break
            run.append(word)
        return run

    def _gene_after_all(self, words: list[Word], kind: EntityKind) -> bool:
        """A term that is also a gene, written as one and standing where a target stands: PSA, SAS, PI."""
        if len(words) > 1 or kind not in ("aspect", "property") or not words[0].text.isupper() or self.shouted:
            return False
        return self._cue_before(words[0]) and any(hit.kind == "target" for hit in self._name_hits(words[0].text))

    def _cue_before(self, word: Word) -> bool:
        before = [item.plain for item in split_words(self.text[max(0, word.start - 24) : word.start])]
        if len(before) > 1 and before[-1] == "of":  # inhibitors of MET
            before.pop()
        return bool(before) and before[-1] in _TARGET_CUES

    def _take_name(self, words: list[Word], index: int) -> bool:
        start, end = words[0].start, words[-1].end
        written = self.text[start:end]
        if len(words) > 1 and all(is_common(word.plain) for word in (words[0], words[-1])) and len(written) < 8:
            return False
        if len(words) > 1 and (words[0].plain in _FUNCTION_WORDS or words[-1].plain in _FUNCTION_WORDS):
            return False
        hits = self._name_hits(written)
        if not hits or (len(words) == 1 and not self._acceptable(words[0], hits, index)):
            return False
        sign = _SIGN_BEFORE.search(self.text, 0, start)
        if sign is not None and not any(self.taken[sign.start() : start]):  # its mirror image is another molecule
            start = sign.start()
            written = self.text[start:end]
            signed = self.bench.chembl.names_matching(written)
            if not signed:
                return self.add("unknown", start, end, written, written, alternatives=(hits[0].name,))
            hits = signed
        if _IN_A_CODE.match(self.text, end) and written.isalpha() and len(written) <= 5:  # TAK-99999 is not TAK
            return False
        chosen = self._chosen(hits)
        following = self.words[index + len(words)] if index + len(words) < len(self.words) else None
        if following is not None and chosen[0].kind == "molecule" and self.text[end : following.start] == " ":
            if following.plain in _SALTS and not any(self.taken[following.start : following.end]):
                whole = self.text[start : following.end]
                return self.add("unknown", start, following.end, whole, whole, alternatives=(chosen[0].name,))
            if following.plain in _NOT_A_MOLECULE_BEFORE and chosen[0].name.casefold() in (
                "oxygen",
                "nitrogen",
                "water",
                "carbon",
                "hydrogen",
            ):
                return False
        entities = tuple(self._entity(hit, start, end) for hit in chosen)
        first = entities[0]
        more = {"alternatives": first.alternatives, "members": first.members}
        if self.add(first.kind, start, end, first.value, first.name, **more):
            if len(entities) > 1:
                self.others[start, end] = entities[1:]
            return True
        return False

    def _acceptable(self, word: Word, hits: Sequence[NameFound], index: int) -> bool:
        """Whether a single word that is a name in some source is meant as one here."""
        text, plain = word.text, word.plain
        if text.isdigit() or len(text) < 2:
            return False
        as_symbol = sum(char.isupper() for char in text) > 1 and not self.shouted
        if is_common(plain) and plain not in disease_names():
            follows_cue = self._cue_before(word) and any(hit.kind == "target" for hit in hits)
            return (as_symbol and any(hit.kind == "target" for hit in hits)) or (
                follows_cue and len(plain) >= 3 and plain not in _FUNCTION_WORDS
            )
        if len(text) <= 2:
            return any(
                hit.name == text and (hit.kind != "target" or (hit.rank <= 0 and self._human(hit.id))) for hit in hits
            )
        return True

    def _name_hits(self, written: str) -> Sequence[NameFound]:
        key = name_key(written)
        if len(key) < 2:
            return ()
        if key not in self._looked_up:
            self._looked_up[key] = self.bench.chembl.names_matching(written)
        return self._looked_up[key]

    def _name_kind(self, written: str) -> str:
        hits = self._name_hits(written)
        return min(hits, key=lambda hit: hit.rank).kind if hits else ""

    def _chosen(self, hits: Sequence[NameFound]) -> list[NameFound]:
        """One hit a kind, the likeliest kind first; of several proteins the human one that is usually meant."""
        chosen: list[NameFound] = []
        for kind in ("molecule", "target", "disease"):
            of_kind = [hit for hit in hits if hit.kind == kind]
            if not of_kind:
                continue
            least = min(hit.rank for hit in of_kind)
            best = [hit for hit in of_kind if hit.rank == least]
            if kind == "target" and len({hit.id for hit in best}) > 1:
                best.sort(key=lambda hit: (_MEANT.get(name_key(hit.name)) != hit.id, not self._human(hit.id), hit.id))
            chosen.append(best[0])
        chosen.sort(key=lambda hit: (hit.rank, ("molecule", "target", "disease").index(hit.kind)))
        return chosen

    def _human(self, accession: str) -> bool:
        entry = self.bench.uniprot.entry(accession)
        return entry is not None and entry.tax_id == 9606

    def _entity(self, hit: NameFound, start: int, end: int) -> Entity:
        written = self.text[start:end]
        if hit.kind == "target":
            members = self._members(written, hit)
            return Entity("target", written, start, end, hit.id, self._gene(hit), members=members)
        if hit.kind == "disease":
            return Entity("disease", written, start, end, hit.id, hit.id)
        return Entity("molecule", written, start, end, hit.name, hit.name)

    def _gene(self, hit: NameFound) -> str:
        entry = self.bench.uniprot.entry(hit.id)
        return entry.gene if entry is not None and entry.gene else hit.name

    def _members(self, written: str, chosen: NameFound) -> tuple[tuple[str, str], ...]:
        """The human proteins that share a family's name, where no one of them is usually meant by it."""
        if _MEANT.get(name_key(chosen.name)) == chosen.id or not self._human(chosen.id):
            return ()
        alike = [hit for hit in self._name_hits(written) if hit.kind == "target" and hit.rank == chosen.rank]
        family = {hit.id: self._gene(hit) for hit in alike if self._human(hit.id)}
        return tuple(sorted(family.items(), key=lambda item: item[1])) if 1 < len(family) <= _FAMILY_AT_MOST else ()

    def _add_disease(self, start: int, end: int, meant: str = "") -> None:
        written = self.text[start:end]
        if meant:
            self.add("disease", start, end, meant, meant)
            return
        hits = [hit for hit in self._name_hits(written) if hit.kind == "disease"]
        value = hits[0].id if hits else " ".join(written.split())
        self.add("disease", start, end, value, value)

    def codes(self) -> None:
        """Codes that no source knows, whole: QX-12345 must be looked for to be missed."""
        for hit in _CODE.finditer(self.text):
            if not is_common(hit.group("letters").casefold()):
                self.add("unknown", hit.start(), hit.end(), hit.group(), hit.group())

    def leftovers(self) -> None:
        """Mend what is misspelt, note what is unknown; words of the language that are misspelt are put right in `words`."""
        mended = 0
        for index, word in enumerate(self.words):
            if (
                any(self.taken[word.start : word.end])
                or not _could_be_name(word)
                or is_common(word.plain)
                or len(word.text) < 3
                or (self._name_hits(word.text) and not has_drug_stem(word.plain))  # a name, which was refused here
            ):
                continue
            if self._disease_by_form(index) or self._misspelt_target(index):
                continue
            mended += 1
            if mended > _MENDED_AT_MOST:
                return
            self._mend_or_note(index)
        self._join_unknown()

    def mended_terms(self) -> None:
        """Terms of several words, one of which was misspelt: `partition coefficent`."""
        if not self._mended:
            return
        for index in range(len(self.words)):
            run = self._run(index, over_terms=True)
            for count in range(min(len(run), longest_phrase()), 1, -1):
                words = run[:count]
                known = (
                    term(" ".join(word.plain for word in words))
                    if any(word.start in self._mended for word in words)
                    else None
                )
                if known is not None and self._free(words):
                    self.entities = [item for item in self.entities if not words[0].start <= item.start < words[-1].end]
                    self.add(known[0], words[0].start, words[-1].end, known[1], known[1])
                    break

    def _free(self, words: list[Word]) -> bool:
        """Whether nothing but words of the trade was found in this span, which is then free again."""
        start, end = words[0].start, words[-1].end
        if any(item.kind in _NAMES and item.start < end and start < item.end for item in self.entities):
            return False
        self.taken[start:end] = bytes(end - start)
        return True

    def _disease_by_form(self, index: int) -> bool:
        word = self.words[index]
        if _DISEASE_END.fullmatch(word.plain) and word.plain not in _NOT_DISEASES:
            self._add_disease(word.start, word.end)
            return True
        following = self.words[index + 1 : index + 3]
        following = [item for item in following if item.plain != "s"][:1]
        if (
            following
            and following[0].plain in _DISEASE_HEAD
            and _NAME_GAP.fullmatch(self.text[word.end : following[0].start].replace("s", ""))
        ):
            self._add_disease(word.start, following[0].end)
            return True
        return False

    def _mend_or_note(self, index: int) -> None:
        word = self.words[index]
        ordinary = None if word.text.isupper() and not self.shouted else nearest_known(word.plain)
        if ordinary is not None and ordinary[1] > 1 and has_drug_stem(word.plain):
            ordinary = None  # `merdipine` is a name and no misspelt `medicine`
        nearest, best = self._nearest(word.text)
        if ordinary is not None and (best is None or ordinary[1] <= best[0]):
            self.words[index] = replace(word, plain=ordinary[0])
            self._mended.add(word.start)
            known = term(ordinary[0])
            if known is not None:
                self.add(known[0], word.start, word.end, known[1], known[1])
            return
        if best is not None:
            entity = self._entity(best[1], word.start, word.end)
            self.add(entity.kind, word.start, word.end, entity.value, entity.name, corrected=best[1].name)
            return
        if len(word.text) == 3 and word.text.islower():
            return
        lead = re.search(r"[^\s\"'“”:;?!]*$", self.text[: word.start])
        start = lead.start() if lead and not any(self.taken[lead.start() : word.start]) else word.start
        start += len(self.text[start : word.start]) - len(self.text[start : word.start].lstrip("(-,./["))
        written = self.text[start : word.end]
        self.add("unknown", start, word.end, written, written, alternatives=tuple(nearest[:5]))

    def _nearest(self, written: str) -> tuple[list[str], tuple[float, NameFound] | None]:
        """The nearest names, and the one of which `written` is a misspelling with its distance, where there is one."""
        if len(written) < 4 or len(written) > 60:
            return [], None
        listed: list[tuple[float, str]] = []
        best: tuple[float, NameFound] | None = None
        for kind in ("molecule", "target", "disease"):
            near = self.bench.chembl.nearest_names(written, kind, 8)
            listed += [(-score, name) for name, score in near[:5]]
            distance, names = mend(written, [name for name, _ in near])
            hits = [hit for name in names for hit in self._name_hits(name) if hit.kind == kind]
            if hits and self._one_is_meant(hits, kind) and (best is None or distance < best[0]):
                best = distance, self._chosen(hits)[0]
        listed.sort()
        return [name for _, name in listed], best

    def _one_is_meant(self, hits: Sequence[NameFound], kind: str) -> bool:
        """Whether they are one thing, one name of several salts, or one human protein among its relatives."""
        if kind == "disease" or len({hit.id for hit in hits}) == 1:
            return True
        if kind == "molecule" and len({name_key(hit.name) for hit in hits}) == 1:
            return True  # one name, which the tool resolves as if it had been written so
        least = min(hit.rank for hit in hits)
        return kind == "target" and len({hit.id for hit in hits if hit.rank == least and self._human(hit.id)}) == 1

    def _misspelt_target(self, index: int) -> bool:
        """A target's name of several words with a slip in one of them: `dopamin D2 receptor`."""
        run = self._run(index)
        for count in range(min(len(run), 5), 1, -1):
            words = run[:count]
            if words[-1].plain not in _TARGET_HEADS:
                continue
            written = self.text[words[0].start : words[-1].end]
            near = self.bench.chembl.nearest_names(written, "target", 4)
            for name, score in near:
                hits = [hit for hit in self._name_hits(name) if hit.kind == "target"]
                if score >= 93.0 and hits and self._one_is_meant(hits, "target"):
                    entity = self._entity(self._chosen(hits)[0], words[0].start, words[-1].end)
                    return self.add(
                        entity.kind, words[0].start, words[-1].end, entity.value, entity.name, corrected=name
                    )
        return False

    def _join_unknown(self) -> None:
        """Unknown words side by side are one name: `compound zz-99x` is asked for as a whole."""
        joined: list[Entity] = []
        for entity in sorted(self.entities, key=lambda item: item.start):
            last = joined[-1] if joined else None
            if (
                last is not None
                and last.kind == entity.kind == "unknown"
                and re.fullmatch(r"[ -]", self.text[last.end : entity.start])
            ):
                text = self.text[last.start : entity.end]
                joined[-1] = replace(
                    last,
                    text=text,
                    end=entity.end,
                    value=text,
                    name=text,
                    alternatives=last.alternatives or entity.alternatives,
                )
            else:
                joined.append(entity)
        self.entities = joined


_NAMES = frozenset(("molecule", "target", "disease", "dna", "rna", "peptide", "quantity", "file", "unknown"))
_TARGET_HEADS = frozenset(
    "receptor kinase oxidase reductase protease peptidase synthase synthetase transferase phosphatase channel transporter polymerase esterase dehydrogenase isomerase"
    " hydrolase lyase ligase caspase integrin pump exchanger cyclase phosphodiesterase convertase deacetylase topoisomerase helicase factor".split()
)
_FUNCTION_WORDS = frozenset(
    "a an the of on in for to and or is are was be do does did has have with what which how who where when why it its this that these those as at by"
    " from not no if than then so me my you your i we vs versus against between about into also all any some".split()
)


def _could_be_name(word: Word) -> bool:
    return (
        not word.text.isdigit()
        and any(char.isalpha() for char in word.text)
        and not re.fullmatch(r"\d+[a-z]{1,2}", word.text)
    )


def _announced(before: str) -> bool:
    return re.search(r"\b(?:peptide|sequence|protein|of|align|seq)\W*$", before, re.IGNORECASE) is not None
