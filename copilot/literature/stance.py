"""Which side of a yes-or-no question a sentence takes: that the effect is there, that it is not, or neither.

Rules, no model: a sentence must speak of what the question is about, must report (not plan, not describe a method), and must state
an effect that can be held against the one asked for. Anything else takes no side; better none than the wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .abbreviations import spelt_out
from .effects import Effect, EffectKind, effects_of, hedged, not_significant, significant
from .question import Asked
from .words import shared, stem, telling

__all__ = ["Side", "Stance", "concludes", "reports", "stance_of"]

Side = Literal["supports", "opposes", "neither"]

_PLANS = re.compile(
    r"\b(?:eligib\w+|inclusion criteria|exclusion criteria|aim(?:s|ed)?|objectives?|purpose|goals?|hypothes\w+|to (?:determine"
    r"|investigate|evaluate|assess|examine|compare"
    r"|explore|test|study|identify|describe|review|analy[sz]e)"
    r"|whether|(?:we|study) (?:investigated|examined|evaluated|assessed|compared|asked|studied|sought|tested|hypothesi[sz]ed"
    r"|reviewed|analy[sz]ed)"
    r"|(?:remains?|is|are|was|were) (?:still )?(?:unclear|unknown|controversial|debated|uncertain|not (?:well )?(?:known"
    r"|established|understood|clear))"
    r"|little is known|(?:is|are|was|were|been) (?:proposed|hypothesi[sz]ed|claimed|believed|expected|assumed|supposed)"
    r"|were (?:randomi[sz]ed|randomly|recruited|enrolled|collected|included|assigned|obtained|divided|asked|selected|performed|used)"
    r"|was (?:used|performed|conducted|obtained|defined)|further (?:studies|research)|future (?:studies|research)|needs? to be"
    r"|remains? to be|(?:is|are) needed|defined as)\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:conclu\w+|in summary|taken together|these (?:results|data|findings)|our (?:results|data|findings|study)"
    r"|this study (?:shows?|demonstrates?|suggests?|found|confirms?)|we (?:found|show|demonstrate|conclude|report|observed|confirm)"
    r"|suggest(?:s|ing)?|indicat(?:e|es|ing)|demonstrat\w+|confirm\w*|therefore|thus|hence|show(?:s|ed|n)?|reveal\w*|evidence)\b",
    re.IGNORECASE,
)
_RESULT_SECTION = re.compile(
    r"result|finding|conclusion|discussion|interpretation|summary$|implication|significance", re.IGNORECASE
)
_CONCLUSION_SECTION = re.compile(r"conclusion|interpretation|implication|discussion", re.IGNORECASE)
_OTHER_SECTION = re.compile(
    r"background|objective|aim|purpose|method|design|setting|participant|patient|material|introduction|measure|hypothes"
    r"|rationale|intervention|subjects|limitation|context|question|sample|data",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r";\s+|,?\s+\b(?:but|whereas|while|although|though|however|except)\b,?\s*|,\s+(?=(?:and|with|which|there|no|this|these|they"
    r"|we|it)\s)",
    re.IGNORECASE,
)
_LEAST_SHARED = 0.3
_LEAST_WORDS = 2
_LEAST_NEAR = 0.6
"""Part of the question's words that the sentence and what stands around it must have."""
_LEAST_PLAIN = 0.95
_WINDOW = 10
_NOT_SO = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|could)\s+not\b|\bcannot\b|\bno evidence\b", re.IGNORECASE
)
_DENIES = re.compile(r"\b(?:no|not|never|neither|nor|without|none|lacks?|lacking|unlikely|failed)\b", re.IGNORECASE)
_LOST = re.compile(
    r"\b(?:knock-?(?:down|out)\w*|loss[ -]of|deletion|deleted|depletion|depleted|inhibition of|inhibitors? of|absence of"
    r"|lack of|deficien\w+|silenc\w+|null mice|withdrawal of)\b",
    re.IGNORECASE,
)
_LACKED = re.compile(
    r"\b(?:absence|lack|loss|deletion|depletion|knock-?(?:out|down)|silencing|withdrawal|removal|inactivation|ablation)[ -]of"
    r"\s+(?P<of>(?:[\w/-]+\s*){1,3})|\bwithout\s+(?P<without>(?:[\w/-]+\s*){1,3})"
    r"|\b(?:inhibiting|inhibition\s+of|blocking|blockade\s+of|silencing|depleting|deleting)\s+(?P<held>(?:[\w/-]+\s*){1,2})"
    r"|(?P<named>[\w/]+)[ -](?:knock-?(?:out|down)|deficien\w+|depletion|depleted|deletion|silencing|null)\b",
    re.IGNORECASE,
)
"""What is taken away: what follows then is stated of its absence."""
_BESIDE_IT = re.compile(
    r"\b(?:than|compar\w+|versus|vs\.?|relative|unlike|(?:presence|with)\s*(?:and|or|/))\b", re.IGNORECASE
)
_FAILING = re.compile(
    r"^(?:wors\w*|harm\w*|detriment\w*|inferior\w*|danger\w*|deleterious|unsafe|ineffective\w*|useless|unreliab\w*|infeasib\w*)$",
    re.IGNORECASE,
)
_TURNED = re.compile(r"\b(?:non-?|anti-|dis|un|in|a)([a-z]{4,})\b", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+")
_CONCEDED = re.compile(r"^\W*(?:although|though|while|whereas|even though|even if)\b([^,]*),", re.IGNORECASE)
_CONTROL_FIRST = re.compile(
    r"\b(?:placebo|controls?|sham)\b[^,;]*\b(?:greater|better|higher|more|superior)\b[^,;]*\bthan\b", re.IGNORECASE
)
_THAN = re.compile(r"\b(?:than|superior to|inferior to|compared (?:with|to)|over|versus|vs)\b", re.IGNORECASE)
_OTHER_WAY: dict[EffectKind, EffectKind] = {"more": "less", "less": "more", "better": "worse", "worse": "better"}
_CONCLUSION = 1.5
_NONE: Mapping[str, frozenset[str]] = {}
_COMPARED = re.compile(r"\b(?:contrary to|in contrast to|unlike|despite|in spite of)\b[^,.;]*,?", re.IGNORECASE)


@dataclass(frozen=True)
class Stance:
    """What a sentence says to a question. `strength` ranks sentences; it is no probability."""

    side: Side
    strength: float
    shared: float
    """The part of the question's words that it has."""
    hedged: bool


def reports(text: str, section: str) -> bool:
    """Whether a sentence can be a finding: not an aim, a method or what was known before."""
    if _RESULT_SECTION.search(section):
        return True
    if _OTHER_SECTION.search(section):
        return False
    return _PLANS.search(text) is None


def concludes(text: str, section: str) -> bool:
    """Whether a sentence says what was found in the end."""
    return _CONCLUSION_SECTION.search(section) is not None or _CONCLUDES.search(text) is not None


def stance_of(
    text: str,
    asked: Asked,
    section: str = "",
    short: Mapping[str, frozenset[str]] = _NONE,
    context: frozenset[str] = frozenset(),
) -> Stance:
    """The side that a sentence takes.

    Args:
        text: the sentence.
        asked: the question.
        section: title of the part that it stands in; empty where there is none.
        short: what the document's short forms stand for.
        context: stems of what stands around it, such as the title: what it is about it need not say again.
    """
    said = spelt_out(telling(text), text, short)
    part = len(shared(asked.words, said)) / max(1, len(asked.words))
    side, weight = _side(text, asked, short)
    if not reports(text, section) or not _speaks_of(asked, said, context):
        side = "neither"
    if side == "supports" and not _says_as_much(text, asked):
        side = "neither"
    factor = _CONCLUSION if concludes(text, section) else 1.0
    strength = part * (weight * factor if side != "neither" else 0.5)
    return Stance(side, round(strength, 4), round(part, 4), hedged(text))


def _says_as_much(text: str, asked: Asked) -> bool:
    """Whether it has the bounds of the question (`only`) and its numbered names, and none of its words turned round (`non-X`)."""
    words = {word.lower() for word in _WORD.findall(text)}
    if not asked.bounds <= words | {"any", "all"}:
        return False
    if any(re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) is None for name in asked.numbered):
        return False
    if _LOST.search(text) and not _LOST.search(asked.text) and not _agent(asked, _lacked(text, asked)[1]):
        return False
    plain = {stem(word) for word in words}
    return not any(stem(hit[1]) in asked.words and stem(hit[1]) not in plain for hit in _TURNED.finditer(text))


def _speaks_of(asked: Asked, said: frozenset[str], context: frozenset[str]) -> bool:
    """Whether it is about what was asked: all names, enough of its words, and something of either end of the effect."""
    found, whole = len(shared(asked.words, said)), max(1, len(asked.words))
    own = found / whole
    if len(shared(asked.must, said | context)) < len(asked.must):
        return False
    if asked.effect is None:
        return own >= _LEAST_PLAIN
    near = said | context
    ends = all(shared(end, near) for end in (asked.before, asked.after) if end)
    own_end = shared(asked.after or asked.before, said)
    enough = found >= min(_LEAST_WORDS, whole) and own >= _LEAST_SHARED
    return enough and len(shared(asked.words, near)) >= _LEAST_NEAR * whole and ends and bool(own_end)


def _side(text: str, asked: Asked, short: Mapping[str, frozenset[str]]) -> tuple[Side, float]:
    """The side of the clause that says most of it."""
    best: tuple[float, Side] = (0.0, "neither")
    for clause in _clauses(text):
        vote = _clause_vote(clause, asked, short)
        if vote == 0:
            continue
        near = (1 + len(shared(asked.words, spelt_out(telling(clause), clause, short)))) / (1 + len(asked.words))
        if abs(vote) * near > best[0]:
            best = abs(vote) * near, "supports" if (vote > 0) != asked.denies else "opposes"
    return best[1], best[0]


def _clauses(text: str) -> list[str]:
    bare = _COMPARED.sub(" ", text)
    conceded = _CONCEDED.match(bare)
    pieces = [bare] if conceded is None else [conceded[1], bare[conceded.end() :]]
    return [clause for piece in pieces for clause in _CLAUSES.split(piece) if clause.strip()]


def _clause_vote(clause: str, asked: Asked, short: Mapping[str, frozenset[str]]) -> float:
    """Above 0 where the clause states the effect asked for, below 0 where it states that there is none."""
    if asked.effect is None:
        return _plain_vote(clause, asked, short)
    rest, lacked = _lacked(clause, asked)
    if lacked and _LOST.search(asked.text) is None and "without" not in asked.text.lower():
        return _vote_without(rest, lacked, asked, short)
    if not_significant(clause):
        return _null(asked)
    if _CONTROL_FIRST.search(clause) or _turned_round(clause, asked):
        return 0.0
    effects = effects_of(clause)
    votes = [_vote(effect, asked) for effect in effects if _near(effect, clause, asked, short)]
    strongest = min(votes, key=lambda vote: (-abs(vote), vote), default=0.0)
    if strongest > 0 and asked.toward is not None:
        strongest *= _turn(effects, asked.toward)
    return strongest * 1.3 if significant(clause) else strongest


def _lacked(clause: str, asked: Asked) -> tuple[str, frozenset[str]]:
    """A clause without the words that say that something is missing, and stems of what is; none where it is only compared with it."""
    for hit in _LACKED.finditer(clause):
        if _BESIDE_IT.search(clause[: hit.start()]) is None:
            group = str(hit.lastgroup)
            named = hit[group].strip()
            if effects_of(
                named
            ):  # `absence of diabetes aspirin reduced`: where a verb follows, its subject stands before it
                named = named.split()[0]
            if group == "held" and not _agent(asked, telling(named)):  # `by inhibiting Y` is what X does to it
                continue
            end = hit.end() if group == "named" else hit.start(group)
            return clause[: hit.start()] + clause[end:], telling(named)
    return clause, frozenset()


def _vote_without(clause: str, lacked: frozenset[str], asked: Asked, short: Mapping[str, frozenset[str]]) -> float:
    """What a finding without something says of it: `in the absence of calcium, secretion was abolished` of calcium.

    A finding without anything else bears a condition that was not asked for, and takes no side.
    """
    if not _agent(asked, lacked):
        return 0.0
    if not_significant(clause):
        return _null(asked)
    effects = [effect for effect in effects_of(clause) if _near(effect, clause, asked, short)]
    turned = [replace(effect, kind=_OTHER_WAY.get(effect.kind, effect.kind)) for effect in effects]
    return min((_vote(effect, asked) for effect in turned), key=lambda vote: (-abs(vote), vote), default=0.0)


def _agent(asked: Asked, stems: frozenset[str]) -> bool:
    """Whether these name what the effect is asked of."""
    return bool(shared(asked.before, stems))


def _plain_vote(clause: str, asked: Asked, short: Mapping[str, frozenset[str]]) -> float:
    """Of `is X a Y`: whether a clause that names both says so, or denies it."""
    said = spelt_out(telling(clause), clause, short)
    if len(shared(asked.words, said)) < _LEAST_PLAIN * len(asked.words):
        return 0.0
    if _NOT_SO.search(clause):
        return -0.7
    return 0.0 if _DENIES.search(clause) else 0.5


def _near(effect: Effect, clause: str, asked: Asked, short: Mapping[str, frozenset[str]]) -> bool:
    """Whether what the effect is asked of, or on, stands near it."""
    before = clause[: effect.start].split()[-_WINDOW:]
    behind = clause[effect.start + len(effect.text) :].split()[:_WINDOW]
    window = " ".join([*before, *behind])
    return bool(shared(asked.after or asked.before, spelt_out(telling(window), window, short)))


def _turn(effects: Sequence[Effect], toward: EffectKind) -> float:
    """1 where the direction asked for is stated, -1 where only the other is, 0 where none is."""
    kinds = {effect.kind for effect in effects if not effect.denied}
    if toward in kinds:
        return 1.0
    return -1.0 if _OTHER_WAY[toward] in kinds else 0.0


def _turned_round(clause: str, asked: Asked) -> bool:
    """Whether of two that are compared the other one comes first, so that `higher` is said of it."""
    if not asked.than or _THAN.search(clause) is None:
        return False
    own = asked.before - asked.than
    places: dict[bool, int] = {}
    for hit in _WORD.finditer(clause):
        for other, wanted in ((False, own), (True, asked.than - own)):
            if shared(wanted, telling(hit.group())):
                places.setdefault(other, hit.start())
    return True in places and places[True] < places.get(False, 10**9)


def _null(asked: Asked) -> float:
    """A finding of no difference, held against what was asked."""
    if asked.effect == "sameness":
        return 1.0
    if asked.of_safety:
        return 0.6
    return -1.0


def _vote(effect: Effect, asked: Asked) -> float:
    kind, denied = effect.kind, effect.denied
    wanted = asked.effect
    if wanted == "sameness":
        if kind == "sameness":
            return -1.0 if denied else 1.0
        if kind in ("relation", "more", "less", "better", "worse"):
            return 0.9 if denied else -0.6
        return 0.0
    if kind == "sameness":
        return 0.5 if denied else -1.0 if not asked.of_safety else 0.5
    if wanted == "relation":
        if kind == "relation":
            return -1.0 if denied else 1.0
        if kind in ("more", "less", "better", "worse"):
            return -0.8 if denied else 0.7
        return 0.0
    if wanted in ("more", "less"):
        return _directed(kind, denied, wanted, asked)
    if wanted in ("better", "worse"):
        if kind == wanted:
            return -1.0 if denied else 1.0
        if kind in ("better", "worse"):
            return 0.0 if kind == "worse" and _FAILING.match(effect.text) is None else 0.6 if denied else -0.8
        if kind in ("relation", "more", "less"):
            return (-0.7 if not asked.of_safety else 0.5) if denied else 0.4 if wanted == "better" else 0.3
        return 0.0
    if wanted == "need":
        if kind == "need":
            return -1.0 if denied else 0.8
        if kind in ("better", "relation", "more", "less"):
            return -0.6 if denied else 0.4
    return 0.0


def _directed(kind: EffectKind, denied: bool, wanted: EffectKind, asked: Asked) -> float:
    if kind == wanted:
        return -1.0 if denied else 1.0
    if kind in ("more", "less"):
        return 0.0 if denied else -0.8
    if kind == "relation":
        return -0.9 if denied else 0.5
    better = kind == "better"
    if kind in ("better", "worse"):
        good = better == ((wanted == "less") == asked.of_harm)
        return (-0.7 if good else 0.3) if denied else (0.7 if good else -0.5)
    return 0.0
