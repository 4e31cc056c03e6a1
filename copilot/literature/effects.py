"""The words with which a question asserts an effect and a sentence states one, with what is denied told apart.

An effect has a kind (more, less, better, worse, a relation, sameness, need) and may be denied. What is denied is looked for in the
words before it, within its part of the sentence: `was not associated`, `failed to reduce`, `no significant difference`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Effect", "EffectKind", "denied_at", "effects_of", "hedged", "not_significant", "significant"]

EffectKind = Literal["more", "less", "better", "worse", "relation", "sameness", "need"]

_STEMS: dict[EffectKind, str] = {
    "more": r"increas\w*|positive(?:ly)? (?:associat|correlat|relat)\w*|rais(?:e|es|ed|ing)|elevat\w*|enhanc\w*|promot\w*"
    r"|higher|greater|larger|longer|stimulat\w*|accelerat\w*|induc(?:e|es|ed|ing)"
    r"|upregulat\w*|up-regulat\w*|augment\w*|amplif\w*|exceed\w*|prolong\w*|activat(?:e|es|ed|ing)|boost\w*",
    "less": r"reduc\w*|(?:inverse|negative)(?:ly)? (?:associat|correlat|relat)\w*|decreas\w*|lower(?:s|ed|ing)?|diminish\w*"
    r"|declin\w*|prevent\w*|inhibit(?:s|ed|ing|ion)?|suppress\w*|attenuat\w*|fewer|less|shorter|smaller"
    r"|downregulat\w*|down-regulat\w*|abolish\w*|block(?:s|ed|ing)?|weaken\w*|lessen\w*|shorten\w*|minimi[sz]\w*|alleviat\w*"
    r"|mitigat\w*|protect(?:s|ed|ing|ive|ion)?",
    "better": r"improv\w*|better|benefi\w*|effective(?:ness|ly)?|efficac\w*|efficient\w*|safe(?:ly|r|ty)?|useful\w*|feasib\w*"
    r"|reliab\w*|accurate\w*|valid(?:ity|ated)?"
    r"|help(?:s|ed|ing|ful)?|superior\w*|successful\w*|success|favou?rabl\w*|advantag\w*|promising|excellent|justif\w*|worth\w*|suitable"
    r"|appropriate|adequate|tolerated|satisf\w*"
    r"|possible|acceptable|cost-effective|well-tolerated",
    "worse": r"wors\w*|harm\w*|detriment\w*|impair\w*|inferior\w*|dangerous\w*|advers\w*|deleterious|poor(?:er|ly)?|toxic\w*"
    r"|unsafe|ineffective\w*|useless|inadequat\w*|unreliab\w*"
    r"|inaccurat\w*|infeasib\w*|unsatisf\w*",
    "relation": r"associat\w*|correlat\w*|relat(?:e|es|ed|ion|ions|ionship|ionships)|link(?:s|ed)?|predict\w*|affect\w*"
    r"|(?<!side )(?<!adverse )effects?|influenc\w*|impact\w*|depend(?:s|ed|ent|ing)?|role|caus(?:e|es|ed|al|ing)"
    r"|contribut\w*|differ(?:s|ed|ent|ence|ences|ently)?|determin(?:ant|ants|es)|risk factors?|alter(?:s|ed|ing|ation|ations)?"
    r"|chang(?:e|es|ed)|modif(?:y|ies|ied)|modulat\w*|mediat\w*"
    r"|involv\w*|implicat\w*|interact\w*|bind(?:s|ing)?|regulat\w*|lead(?:s)? to|led to|matter(?:s|ed)?|vary|varies|varied"
    r"|distinguish\w*|discriminat\w*|responsible",
    "sameness": r"similar(?:ly|ity)?|comparable|equivalen\w*|identical(?:ly)?|equal(?:ly)?|the same|unchanged(?! after)"
    r"|unaffected|unrelated|uncorrelated|independent of|non-?inferior\w*|as (?:effective|safe|good|well|accurate|reliable) as",
    "need": r"need(?:s|ed)?|necessar\w*|require[sd]?|requir\w*|mandatory|essential|should|warranted|indicated|routine(?:ly)?",
}  # fmt: skip
_EFFECT = re.compile(
    "|".join(rf"(?P<{kind}>\b(?:{stems})\b)" for kind, stems in reversed(_STEMS.items())), re.IGNORECASE
)
_DENIAL = re.compile(
    r"\b(?:no(?!\s+(?:doubt|longer))|not(?!\s+only)|never|neither|nor|cannot|none|fail(?:s|ed|ing|ure)?\s+to|lack(?:s|ed"
    r"|ing)?(?:\s+of)?|(?<!in the )(?<!in )absence\s+of|unable\s+to|unlikely"
    r"|little|rather\s+than|instead\s+of|rarely|hardly|insufficient|nonsignificant\w*|non-significant\w*|insignificant\w*"
    r"|does(?:n't|n’t)|did(?:n't|n’t)|is(?:n't|n’t)|was(?:n't|n’t)"
    r"|refut\w*|(?:evidence|argu\w+|speaks?|spoke|data|results)\s+against)\b|\bn['’]t\b",
    re.IGNORECASE,
)
_REACH = 6
"""Words over which a denial carries; that of a whole list (`no age, sex or weight was …`) over more."""
_REACH_OF_LIST = 14
_WITHOUT = re.compile(r"\bwithout\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_LIST_DENIAL = re.compile(r"^\W*(?:no|none|neither)\b", re.IGNORECASE)
_BREAK = re.compile(
    r"[,;:()]|\b(?:but|whereas|while|although|though|however|except|despite|because|since|and\s+(?:was|were|is|are|had|has))\b",
    re.IGNORECASE,
)
_LIST_BREAK = re.compile(r"[;:]|\b(?:but|whereas|while|although|though|however|except|despite)\b", re.IGNORECASE)
_LOOKED_INTO = re.compile(
    r"\b(?:defined\s+as|assess|evaluat|investigat|examin|studied|studying|to\s+study|test|compar|determin|explor|analy[sz]|measur)\w*[^\w,;]+(?:\w+[^\w,;]+){0,4}$",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:may|might|could|possibly|perhaps|probably|likely|potential(?:ly)?|suggest\w*|appears?|seems?|seemed|appeared|tend\w*"
    r"|trend|putative|presumably)\b",
    re.IGNORECASE,
)
_SIGNIFICANT = re.compile(
    r"(?<!non-)(?<!in)\bsignificant(?:ly)?\b|\bp\s*[<≤]\s*0?\.0[0-5]\d*|\bp\s*[=]\s*0?\.0[0-4]\d*", re.IGNORECASE
)
_INSIGNIFICANT = re.compile(
    r"\bp\s*>\s*0?\.(?:0[5-9]|[1-9])\d*|\bp\s*=\s*(?:0?\.(?:05\d+|0[6-9]\d*|[1-9]\d*)|1\.0*)|\b(?:n\.?s\.?|NS)\b(?=\s*[),.;])"
    r"|\bno(?:t|n)?[\s-]+(?:statistically[\s-]+)?significant(?:ly)?\b|\bno\s+(?:\w+\s+){0,2}significant\b"
    r"|\bnot\s+(?:\w+\s+){0,4}significant(?:ly)?\b"
    r"|\binsignificant(?:ly)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Effect:
    """A word that states an effect, at its place in the text."""

    kind: EffectKind
    text: str
    start: int
    denied: bool


def effects_of(text: str) -> list[Effect]:
    """All effects that a text states, in order; what it only says was looked into (`assessed the efficacy`) is left out."""
    return [
        Effect(_kind(hit), hit.group(), hit.start(), denied_at(text, hit.start()))
        for hit in _EFFECT.finditer(text)
        if _LOOKED_INTO.search(text[: hit.start()]) is None
    ]


def _kind(hit: re.Match[str]) -> EffectKind:
    return next(kind for kind in _STEMS if kind == hit.lastgroup)


def denied_at(text: str, place: int) -> bool:
    """Whether a denial before this place, in the same part of the sentence, carries as far."""
    before = text[:place]
    part = _behind(_BREAK, before)
    denials = list(_DENIAL.finditer(part))
    if denials and len(part[denials[-1].end() :].split()) <= _REACH:
        return True
    if _WITHOUT.search(part):
        return True
    listed = _behind(_LIST_BREAK, before)
    opened = _LIST_DENIAL.match(listed)
    return opened is not None and len(listed[opened.end() :].split()) <= _REACH_OF_LIST


def _behind(breaks: re.Pattern[str], text: str) -> str:
    """What stands behind the last break."""
    found = list(breaks.finditer(text))
    return text[found[-1].end() :] if found else text


def significant(text: str) -> bool:
    """Whether a difference is called significant."""
    return _SIGNIFICANT.search(_INSIGNIFICANT.sub(" ", text)) is not None


def not_significant(text: str) -> bool:
    """Whether a difference is called not significant, and none is called significant beside it."""
    return _INSIGNIFICANT.search(text) is not None and not significant(text)


def hedged(text: str) -> bool:
    """Whether it is said with reserve: `may`, `suggests`, `a trend`."""
    return _HEDGE.search(text) is not None
