"""What kind of study a document reports and on how many, as far as it says so: from its publication types, else in its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

__all__ = ["sample_said", "study_type"]

_TYPES = (
    ("meta-analysis", r"meta-?analy\w+"),
    ("systematic review", r"systematic(?:ally)? review\w*"),
    ("randomised trial", r"randomi[sz]ed (?:\w+[ ,-]+){0,5}trials?|randomi[sz]ed controlled|controlled clinical trial|\brct\b"
    r"|randomi[sz]ed,? (?:double-blind|placebo)|(?:were|was) randomi[sz]ed|randomly (?:assigned|allocated)"),
    ("clinical trial", r"clinical trial|phase (?:i{1,3}v?|[1-4]) (?:study|trial)|open-label|single-arm"),
    ("case-control study", r"case[-–]control"),
    ("cohort study", r"cohort stud\w+|prospective(?:ly)? (?:\w+ ){0,2}(?:cohort|study|followed)|retrospective(?:ly)?"
    r"|longitudinal study|cohort of"),
    ("cross-sectional study", r"cross-sectional|questionnaire survey|survey of"),
    ("case report", r"case reports?|case series|we (?:report|describe|present) (?:a|the|two|three|an?other) (?:rare )?cases?"),
    ("in vitro", r"in vitro|cell lines?|cultured cells?|enzyme assays?|biochemical assays?|crystal structure"),
    ("animal", r"\b(?:mice|rats?|rabbits?|pigs?|dogs?|zebrafish|mouse|murine|rodents?|macaques?|monkeys?|sheep|ewes?)\b"),
    ("review", r"\breview(?:s|ed)?\b"),
)  # fmt: skip
"""Surest first: a meta-analysis of randomised trials is a meta-analysis."""
_SAID = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _TYPES]
_LISTED = (
    ("note", re.compile(r"^note\b", re.IGNORECASE)),
    ("retraction notice", re.compile(r"^retraction of publication", re.IGNORECASE)),
    ("meta-analysis", re.compile(r"meta-analysis", re.IGNORECASE)),
    ("systematic review", re.compile(r"systematic review", re.IGNORECASE)),
    ("randomised trial", re.compile(r"randomi[sz]ed controlled trial", re.IGNORECASE)),
    ("clinical trial", re.compile(r"clinical trial|clinical study", re.IGNORECASE)),
    ("case report", re.compile(r"case reports?", re.IGNORECASE)),
    ("observational study", re.compile(r"observational study|multicenter study", re.IGNORECASE)),
    ("review", re.compile(r"\breview\b", re.IGNORECASE)),
    ("comment", re.compile(r"^(?:comment|editorial|letter|news)", re.IGNORECASE)),
)
_UNSPECIFIC = ("observational study", "clinical trial", "review")
_WHO = (
    r"patients?|participants?|subjects?|wom[ae]n|m[ae]n|children|adults?|individuals?|volunteers?|infants?|neonates?|people"
    r"|persons?|cases?|residents?|students?|respondents?|pregnancies"
    r"|mothers?|families|adolescents?|smokers?|practices?|physicians?|nurses?|animals?|mice|rats?|rabbits?|pigs?|dogs?|cats?"
    r"|samples?|specimens?|studies|trials?|procedures?|hospitals?|eyes|teeth|tumou?rs"
)
_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {
    **{word: number for number, word in enumerate([*_UNITS, *_TEENS], 1)},
    **{word: number for number, word in zip(range(20, 100, 10), _TENS, strict=True)},
}
_BELOW_HUNDRED = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS)}))?|{'|'.join(_TEENS)})"
_SPELT = (
    rf"(?:(?:one|two|three|four|five|six|seven|eight|nine|{_BELOW_HUNDRED}|a) (?:hundred|thousand)"
    rf"(?:,? (?:(?:{'|'.join(_UNITS)}) hundred))?(?:(?: and)? (?:{_BELOW_HUNDRED}|{'|'.join(_UNITS)}))?|{_BELOW_HUNDRED})"
)
"""A number of ten or more in words."""
_COUNTED = re.compile(
    rf"(?<![\w.,/%±–-])((?:\d{{1,3}}(?:,\d{{3}})+|\d{{2,7}}|{_SPELT}) (?:(?!(?:of|and|or|to|with|in|from|years?|days?|weeks?|months?"
    rf"|hours?|mg|were|was)\b)[A-Za-z][\w-]* ){{0,3}}(?:{_WHO}))\b(?!['’]s)",
    re.IGNORECASE,
)
_N = re.compile(
    r"(?:[(\[]\s*|\b(?:of|with|includ\w+|enrol\w+|studied|sample|size|total)\s+)"
    r"([nN]\s?=\s?(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?!\d)|\d{1,7}(?!\d))(?:\s?[-–]\s?\d{1,7})?"
    r"(?:\s?/\s?\w+|\s+(?:per|in\s+each|for\s+each)\s+\w+|\s+each\b)?)"
    r"(?![.,]?\d|\s?%|\s+(?:of|out\s+of|mg|mL|ml|years?|days?|weeks?|months?)\b)"
)
"""With what it is a number of: `n = 14 per group` is not the whole sample, and 14 of 120 is a part of one."""
_TAKEN_IN = re.compile(
    r"\b(?:enrol\w*|includ\w*|recruit\w*|randomi[sz]\w*|total of|assigned|involv\w*|compris\w*|studied|analy[sz]ed|sample)\b",
    re.IGNORECASE,
)


def study_type(publication_types: Sequence[str], text: str, title: str = "") -> str:
    """The kind of study in the field's words; empty where neither its types nor its own words tell.

    Args:
        publication_types: as PubMed gives them.
        text: what of it is at hand.
        title: its title, whose words count before those of the text.
    """
    listed = next((name for name, pattern in _LISTED if any(pattern.search(kind) for kind in publication_types)), "")
    if listed and listed not in _UNSPECIFIC:
        return listed
    for said in (title, text):
        own = next((name for name, pattern in _SAID if pattern.search(said)), "")
        if own and not (listed and own in ("review", "in vitro", "animal")):
            return own
    return listed


def sample_said(text: str) -> str:
    """The words in which a text says on how many it rests, such as `120 patients` or `n = 120`; empty where it does not."""
    found = [(hit[1], hit.start()) for hit in _COUNTED.finditer(text)]
    told = [words for words, place in found if _TAKEN_IN.search(text[max(0, place - 60) : place + len(words) + 40])]
    if told or found:
        return max(told or [words for words, _ in found], key=_number)
    stated = list(_N.finditer(text))
    parts = len({hit[1] for hit in stated}) > 1 or any(
        not re.search(r"[.!?]\s", text[one.end() : other.start()]) for one, other in pairwise(stated)
    )
    return stated[0][1] if stated and not parts else ""  # several, or two of one sentence, are its parts


def _number(words: str) -> int:
    digits = re.search(r"\d[\d,]*", words)
    return int(digits.group().replace(",", "")) if digits else _spelt(words)


def _spelt(words: str) -> int:
    """The number with which a phrase begins: `one hundred and twenty patients`."""
    total = last = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in ("hundred", "thousand"):
            last = max(1, last) * (100 if word == "hundred" else 1_000)
            if word == "thousand":
                total, last = total + last, 0
        elif word in _VALUES:
            last += _VALUES[word]
        elif word not in ("and", "a"):
            break
    return total + last
