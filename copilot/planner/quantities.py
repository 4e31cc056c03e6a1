"""Numbers with units in running text: concentrations, thresholds ("under 100 nM", "pIC50 > 7"), counts ("top 5")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["FoundQuantity", "count_asked", "limit_asked", "quantities", "target_unit", "years_asked"]

_SPELLED = {
    "nM": "nm|nanomolar|nanomol/l|nmol/l|nmolar|nano molar|nanomoles per litre|nanomoles per liter",
    "µM": "um|µm|μm|micromolar|micro molar|umol/l|µmol/l|μmol/l|micromol/l|umolar|mcm",
    "pM": "pm|picomolar|pmol/l",
    "mM": "mm|millimolar|mmol/l|milli molar",
    "M": "m|molar|mol/l",
    "µg/mL": "ug/ml|µg ml-1|microgram per millilitre|microgram per milliliter|µg/ml|μg/ml|mcg/ml|microgram/ml|micrograms/ml|micrograms per ml|micrograms per millilitre|micrograms per milliliter|ug per ml"
    "|microgram per ml|ug ml-1|ug/milliliter|microg/ml",
    "ng/mL": "ng/ml|ng ml-1|nanogram per ml|nanogram per millilitre|nanogram per milliliter|nanograms per ml|nanogram/ml|ng per ml|nanograms/ml|nanograms per millilitre|nanograms per milliliter",
    "mg/mL": "mg/ml|mg ml-1|milligram per ml|milligram per millilitre|milligram per milliliter|mg per ml|milligrams per ml|milligrams/ml|milligrams per millilitre",
    "mg/L": "mg/l|milligram per litre|milligram per liter|mg l-1|mg per litre|mg per liter|milligrams per litre|milligrams per liter",
    "µg/L": "ug/l|µg/l|μg/l|mcg/l",
    "ng/L": "ng/l",
    "g/L": "g/l|grams per litre|grams per liter|g per l",
    "pg/mL": "pg/ml",
    "µg/dL": "ug/dl|µg/dl",
    "mg/dL": "mg/dl",
}  # fmt: skip
_UNITS = {spelling.casefold(): unit for unit, listed in _SPELLED.items() for spelling in listed.split("|")}
_UNIT = "|".join(re.escape(spelling) for spelling in sorted(_UNITS, key=len, reverse=True))
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+,\d{1,2}(?![\d,])|\d+(?:\.\d+)?|\.\d+)(?:\s?[eE][-+]?\d+|\s?[x×*]\s?10\^?[-−]?\d+)?"
_BELOW = r"less than|fewer than|lower than|below|under|at most|better than|smaller than|stronger than|within|up to|not more than|no more than|max(?:imum)?|sub|more potent than|<=|≤|=<|<"
_ABOVE = r"more than|greater than|higher than|above|over|at least|exceeding|weaker than|worse than|larger than|min(?:imum)?|less potent than|>=|≥|=>|>"
_RELATION = rf"(?P<below>{_BELOW})|(?P<above>{_ABOVE})"
_QUANTITY = re.compile(
    rf"(?:(?:{_RELATION})(?:\s*(?:or|a|an|of|value|equal|to|than|about|ca\.?|=))*\s*-?)?(?<![\w.])(?P<number>{_NUMBER})[\s-]?(?P<unit>{_UNIT})(?![\w/])",
    re.IGNORECASE,
)
_LOGGED = re.compile(
    rf"(?<!\w)(?P<unit>p-?(?:(?:IC|EC|XC|GI)-?\s?50|Ki|Kd|ChEMBL))(?:\s*(?:value|values|is|was|are|of|equal|to|with|and|a|scores?))*\s*"
    rf"(?:{_RELATION}|=|:)?(?:\s*(?:or|than|of|to|equal|=))*\s*(?P<number>\d+(?:\.\d+)?)(?![\w.]*\d)(?!\s?(?:{_UNIT})\b)",
    re.IGNORECASE,
)
_LOGGED_AFTER = re.compile(
    r"(?<![\w.,])(?P<number>\d{1,2}(?:\.\d+)?)\s*(?:\(\s*)?(?P<unit>p-?(?:(?:IC|EC)-?\s?50|Ki|Kd))(?!\w)(?!\s*(?:value|values|is|was|are|of|equal|=|:|above|over|below|under|>|<|≥|≤)*\s*\d)",
    re.IGNORECASE,
)
"""`7.4 pIC50`, where no number follows that the type belongs to."""
_TRAILING = re.compile(
    r"\s*(?:or|and)\s+(?:(?P<below>better|less|lower|below|under|more potent|stronger)|(?P<above>more|higher|above|greater|weaker))\b",
    re.I,
)
_BARE_UNIT = re.compile(
    rf"(?:(?:\b|[;:,?]\s*)(?:in|to|into|as|expressed in|how many|what|convert(?:ed)? to|->|→|=)\s*(?:units? of\s*)?)(?P<unit>{_UNIT}|pIC50|pKi|pKd|pEC50)(?![\w/])",
    re.I,
)
_SPAN_UNIT = re.compile(rf"(?<![\w/])(?P<unit>{_UNIT}|pIC50|pKi|pKd|pEC50)(?![\w/])", re.IGNORECASE)
_LOGGED_UNITS = {"pic50": "pIC50", "pki": "pKi", "pkd": "pKd", "pec50": "pEC50"}
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "fifty": 50, "hundred": 100, "dozen": 12}  # fmt: skip
_COUNT_WORD = "|".join(_WORDS)
_BEST = r"most (?:potent|active|similar|selective)|best|closest|nearest|strongest|top|tightest|highest(?:[- ]affinity)?|first|similar"
_COUNT = re.compile(
    rf"(?<![\w.])(?:(?:top|best|first|nearest|closest)[\s-]?(?P<after>\d{{1,4}}|{_COUNT_WORD})\b(?!\s?(?:{_UNIT})\b)"
    rf"|(?P<before>\d{{1,4}}|{_COUNT_WORD})\s+(?:{_BEST})\b"
    rf"|(?:show|list|give|name|find|get)(?:\s+me)?(?:\s+(?:the|up to|at most))?\s+(?P<verb>\d{{1,4}}|{_COUNT_WORD})\s+[a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FoundQuantity:
    """A number with its unit and, for a threshold, its relation, at its place in the text."""

    start: int
    end: int
    number: float
    unit: str
    relation: str


_SPOKEN = re.compile(
    r"\b(?:(?P<sub>sub|below|single[\s-]digit|low|double[\s-]digit)[\s-]?)(?P<unit>nano|micro|pico)molar\b",
    re.IGNORECASE,
)
_SPOKEN_LIMITS = {"sub": 1.0, "below": 1.0, "single": 10.0, "low": 10.0, "double": 100.0}


def _spoken(text: str) -> Iterator[FoundQuantity]:
    """`sub-nanomolar`, `single-digit nanomolar`, `low micromolar`."""
    for hit in _SPOKEN.finditer(text):
        word = re.split(r"[\s-]", hit.group("sub").casefold())[0]
        unit = {"nano": "nM", "micro": "µM", "pico": "pM"}[hit.group("unit").casefold()]
        yield FoundQuantity(hit.start(), hit.end(), _SPOKEN_LIMITS[word], unit, "<")


def quantities(text: str) -> Iterator[FoundQuantity]:
    """Every number with a unit that this project converts or filters by."""
    taken: list[tuple[int, int]] = []
    for spoken in _spoken(text):
        taken.append((spoken.start, spoken.end))
        yield spoken
    for hit in _LOGGED.finditer(text):
        stem = re.sub(r"[\s-]", "", hit.group("unit")).casefold()
        end, relation = _relation(text, hit)
        taken.append((hit.start(), end))
        logged = _LOGGED_UNITS.get(stem, "pChEMBL")
        yield FoundQuantity(hit.start(), end, float(hit.group("number")), logged, relation)
    for hit in _LOGGED_AFTER.finditer(text):
        if not any(start < hit.end() and hit.start() < end for start, end in taken):
            taken.append((hit.start(), hit.end()))
            logged = _LOGGED_UNITS[re.sub(r"[\s-]", "", hit.group("unit")).casefold()]
            yield FoundQuantity(hit.start(), hit.end(), float(hit.group("number")), logged, "")
    for hit in _QUANTITY.finditer(text):
        if any(start < hit.end() and hit.start() < end for start, end in taken):
            continue
        unit = _unit(hit.group("unit"))
        number = _number(hit.group("number"))
        if unit is None or number is None:
            continue
        end, relation = _relation(text, hit)
        yield FoundQuantity(hit.start(), end, number, unit, relation)


def _relation(text: str, hit: re.Match[str]) -> tuple[int, str]:
    if below := hit.group("below"):
        return hit.end(), "<=" if below in ("<=", "≤", "=<") or below.casefold() in ("at most", "up to") else "<"
    if above := hit.group("above"):
        return hit.end(), ">=" if above in (">=", "≥", "=>") or above.casefold() == "at least" else ">"
    if tail := _TRAILING.match(text, hit.end()):
        return tail.end(), "<=" if tail.group("below") else ">="
    return hit.end(), ""


def _unit(spelling: str) -> str | None:
    if spelling in ("m", "mm", "pm", "Mm", "Pm", "PM", "MM", "nm"):
        # m is metre, mm millimetre; nm for nM is what people type, and no length is asked for here.
        return {"nm": "nM"}.get(spelling)
    if spelling == "UM":
        return "µM"
    return _UNITS.get(spelling.casefold())


def _number(text: str) -> float | None:
    text = re.sub(r"^(\d+),(\d{1,2})(?!\d)", r"\1.\2", text)  # a decimal comma: thousands come in threes
    plain = text.replace(",", "").replace(" ", "").replace("−", "-")
    plain = re.sub(r"[x×*]10\^?", "e", plain)
    try:
        value = float(plain)
    except (ValueError, OverflowError):
        return None
    return value if value == value and abs(value) < 1e30 else None


def target_unit(text: str) -> tuple[int, int, str] | None:
    """The unit that something is to be converted to ("in nM", "as µM"): start, end, unit; the last one counts."""
    given = [(item.start, item.end) for item in quantities(text)]
    for pattern in (_BARE_UNIT, _SPAN_UNIT):
        found = None
        for hit in pattern.finditer(text):
            start, end = hit.span("unit")
            unit = _LOGGED_UNITS.get(hit.group("unit").casefold()) or _unit(hit.group("unit"))
            alone = pattern is _BARE_UNIT or (len(hit.group("unit")) > 1 and not text[:start].rstrip()[-1:].isdigit())
            if unit is not None and alone and not any(a < end and start < b for a, b in given):
                found = start, end, unit
        if found is not None:
            return found
    return None


def count_asked(text: str) -> tuple[int, int, int] | None:
    """How many were asked for ("top 5", "three most potent"): start, end, count."""
    for hit in _COUNT.finditer(text):
        group = next(name for name in ("after", "before", "verb") if hit.group(name))
        written = hit.group(group).casefold()
        if group == "after" and written == "one":  # "the first one" is one of those named before
            continue
        count = int(written) if written.isdigit() else _WORDS[written]
        if count > 0:
            return hit.start(group), hit.end(group), count
    return None


_LIMIT = re.compile(
    rf"(?:{_RELATION}|(?P<exact>exactly|equal to|equals))(?:\s*(?:or|a|an|of|value|equal|to|than|about|the|=))*\s*(?P<number>{_NUMBER}|\b(?:{_COUNT_WORD}|zero)\b)"
    rf"(?!\d|[.,]\d|\s?(?:{_UNIT})(?![\w/]))|(?P<heavier>heavier|bigger|larger|longer)\s+than\s+(?P<weight>{_NUMBER})|(?P<lighter>lighter|smaller|shorter)\s+than\s+(?P<less>{_NUMBER})",
    re.IGNORECASE,
)


def limit_asked(text: str) -> tuple[str, float] | None:
    """The relation and the bare number that a computed value is to be compared with: `below 500`, `more than 5 donors`."""
    for hit in _LIMIT.finditer(text):
        written = hit.group("number") or hit.group("weight") or hit.group("less")
        number = {**_WORDS, "zero": 0}.get(written.casefold()) if written.isalpha() else _number(written)
        if number is None:
            continue
        if hit.group("heavier") or hit.group("lighter"):
            return (">" if hit.group("heavier") else "<"), float(number)
        if hit.group("exact"):
            return "=", float(number)
        return _relation(text, hit)[1], float(number)
    return None


_YEAR = r"(?:19|20)\d\d"
_YEARS = re.compile(
    rf"\b(?:(?:between|from)\s+(?P<low>{_YEAR})\s*(?:and|to|until|till|[-–])\s*(?P<high>{_YEAR})|(?P<low2>{_YEAR})\s*[-–]\s*(?P<high2>{_YEAR})"
    rf"|(?P<relation>before|prior\s+to|earlier\s+than|older\s+than|after|later\s+than|newer\s+than|since|from|until|till|up\s+to|by|in|during)\s+(?:the\s+year\s+)?(?P<year>{_YEAR}))\b",
    re.IGNORECASE,
)
_EARLIER = ("before", "prior", "earlier", "older")
_LATER = ("after", "later", "newer")
_UP_TO = ("until", "till", "up", "by")


def years_asked(text: str) -> tuple[int | None, int | None] | None:
    """The first and the last year of a span ("since 2018", "between 2010 and 2015", "in 2015"), both included."""
    hit = _YEARS.search(text)
    if hit is None:
        return None
    low, high = hit["low"] or hit["low2"], hit["high"] or hit["high2"]
    if low and high:
        return min(int(low), int(high)), max(int(low), int(high))
    word, year = hit["relation"].split()[0].casefold(), int(hit["year"])
    if word in _EARLIER:
        return None, year - 1
    if word in _LATER:
        return year + 1, None
    if word in _UP_TO:
        return None, year
    return (year, year) if word in ("in", "during") else (year, None)
