"""Concentrations and their conversion: molar, mass per volume, and the logged kinds (pIC50, pKi, …).

Units are read by a small grammar, so that µ, μ, u and mc are one prefix and a length (nm) is never taken for a
concentration (nM); pint does the arithmetic. pint is imported by the first conversion, not by this module.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from .errors import InvalidQuantity
from .records import Relation
from .text import shorten

if TYPE_CHECKING:
    import pint

__all__ = ["Conversion", "Measured", "Unit", "convert", "parse", "parse_unit", "significant"]

Dimension = Literal["molar", "mass", "logged"]

_PREFIXES = {
    "": "", "m": "milli", "µ": "micro", "μ": "micro", "u": "micro", "mc": "micro",
    "n": "nano", "p": "pico", "f": "femto", "k": "kilo", "c": "centi", "d": "deci",
}  # fmt: skip
_SHORT = {
    "": "",
    "milli": "m",
    "micro": "µ",
    "nano": "n",
    "pico": "p",
    "femto": "f",
    "kilo": "k",
    "centi": "c",
    "deci": "d",
}
_PREFIX = r"m|µ|μ|u|mc|n|p|f|k|c|d|milli|micro|nano|pico|femto|kilo|centi|deci"
_LITRE = rf"(?P<volume>{_PREFIX})?\s?(?:l|lit(?:er|re)s?)"
_MOLAR = re.compile(rf"(?P<prefix>m|µ|μ|u|mc|n|p|f)?M|(?i:(?P<long>{_PREFIX})?[\s-]?molar)")
_PER_VOLUME = re.compile(
    rf"(?P<amount>{_PREFIX})?\s?(?P<base>mol(?:es?)?|g(?:rams?)?)\s?(?:/|\bper\b|·|\*|\s)\s?{_LITRE}(?P<power>\^?-1|⁻¹)?",
    re.IGNORECASE,
)
_LOGGED = re.compile(r"p\s?-?(?P<kind>IC\s?50|EC\s?50|XC\s?50|AC\s?50|GI\s?50|ED\s?50|Ki|Kd|Kb|ChEMBL)", re.IGNORECASE)
_LOGGED_NAMES = {name.casefold(): f"p{name}" for name in
                 ("IC50", "EC50", "XC50", "AC50", "GI50", "ED50", "Ki", "Kd", "Kb", "ChEMBL")}  # fmt: skip
_LENGTHS = {"m": "M", "mm": "mM", "um": "µM", "µm": "µM", "μm": "µM", "nm": "nM", "pm": "pM"}
_SCALES = ("milli", "micro", "nano", "pico", "femto", "kilo", "centi", "deci")
_FLIPPED: dict[Relation, Relation] = {"<": ">", ">": "<", "=": "=", "~": "~"}
_NUMBER = r"[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:\s?[eE][-+−]?\d+|\s?[x×·*]\s?10\^?[-+−]?\d+)?"
_MEASURED = re.compile(rf"(?P<relation><=|>=|[<>=~≤≥])?\s*(?P<number>{_NUMBER})\s*(?P<unit>[^\d\s].*)?")
_LOGGED_FIRST = re.compile(
    rf"(?P<unit>p[A-Za-z]+\s?(?:50)?)\s*(?:is|of)?\s*(?P<relation><=|>=|[<>=~≤≥])?\s*(?P<number>{_NUMBER})"
)
_RELATIONS: dict[str, Relation] = {
    "": "=",
    "=": "=",
    "<": "<",
    "≤": "<",
    "<=": "<",
    ">": ">",
    "≥": ">",
    ">=": ">",
    "~": "~",
}
_HIGHEST_LOG = 30.0  # a pIC50 beyond this is a slip of the keyboard: 1e-30 M is less than a molecule in any well


@dataclass(frozen=True)
class Unit:
    """A unit as it is written here, what kind of thing it measures, and what pint calls it (empty for logged)."""

    symbol: str
    dimension: Dimension
    expression: str = ""


@dataclass(frozen=True)
class Measured:
    """A number with its unit and relation, as read from text."""

    value: float
    unit: Unit
    relation: Relation = "="


@dataclass(frozen=True)
class Conversion:
    """A value in two units, and how one follows from the other. `value` is rounded to six significant digits."""

    given: Measured
    value: float
    unit: Unit
    relation: Relation
    arithmetic: str
    molecular_weight: float | None
    """g/mol, where it was needed."""


def parse_unit(text: str) -> Unit:
    """The unit meant by `text`. Raises InvalidQuantity for a missing or unknown one."""
    plain = " ".join(text.split())
    if not plain:
        raise InvalidQuantity("The unit is missing.", "Give one, such as nM, µM, ng/mL, µg/mL, mg/L or pIC50.")
    if logged := _LOGGED.fullmatch(plain):
        return Unit(_LOGGED_NAMES[logged.group("kind").replace(" ", "").casefold()], "logged")
    if molar := _MOLAR.fullmatch(plain):
        prefix = _full(molar.group("prefix") or molar.group("long") or "")
        return Unit(f"{_SHORT[prefix]}M", "molar", f"{prefix}mole/litre")
    if ratio := _PER_VOLUME.fullmatch(plain):
        return _per_volume(ratio, plain)
    if plain in _LENGTHS:
        raise InvalidQuantity(
            f"{plain} is a length, not a concentration.", f"For a concentration write {_LENGTHS[plain]}."
        )
    raise InvalidQuantity(
        f"{shorten(plain, 40)!r} is no unit of concentration known here.",
        "Use M, mM, µM, nM, pM, mol/L, g/L, mg/L, mg/mL, µg/mL, ng/mL, or pIC50, pKi, pKd, pEC50.",
    )


def _per_volume(ratio: re.Match[str], plain: str) -> Unit:
    inverse = ratio.group("power") is not None
    divided = re.search(r"/|\bper\b", plain, re.IGNORECASE) is not None
    if inverse == divided:  # `mg L` is a product, `mg/L-1` a product too
        raise InvalidQuantity(
            f"{shorten(plain, 40)!r} is not an amount per volume.", "Write it with a slash, as in mg/L."
        )
    if "M" in (ratio.group("amount") or "")[:1] and ratio.group("amount").casefold() not in _SCALES:
        raise InvalidQuantity(
            f"{shorten(plain, 40)!r} starts with M, which is mega.", "For milli write a small m, as in mg/mL."
        )
    amount, volume = _full(ratio.group("amount") or ""), _full(ratio.group("volume") or "")
    substance = ratio.group("base").casefold().startswith("mol")
    base, word = ("mol", "mole") if substance else ("g", "gram")
    symbol = f"{_SHORT[amount]}{base}/{_SHORT[volume]}L"
    return Unit(symbol, "molar" if substance else "mass", f"{amount}{word}/{volume}litre")


def _full(prefix: str) -> str:
    folded = prefix.casefold().replace("μ", "µ")
    return _PREFIXES.get(folded, folded)


def parse(text: str) -> Measured:
    """A number with its unit: `1.2 ug/mL`, `< 10 nM`, `pIC50 7.3`. Raises InvalidQuantity."""
    plain = " ".join(text.split())
    hit = _LOGGED_FIRST.fullmatch(plain) or _MEASURED.fullmatch(plain)
    number = hit.group("number") if hit else ""
    if hit is None or not re.search(r"\d", number):
        raise InvalidQuantity(
            f"There is no number with a unit in {shorten(plain, 60)!r}.", "Write it as in `1.2 µg/mL`."
        )
    unit = parse_unit(hit.group("unit") or "")
    return Measured(_number(number), unit, _RELATIONS[hit.group("relation") or ""])


def _number(text: str) -> float:
    plain = re.sub(r"\s?[x×·*]\s?10\^?", "e", text.replace(",", "").replace("−", "-")).replace(" ", "")
    return float(plain)


def significant(value: float, digits: int = 6) -> float:
    """`value` rounded to so many significant digits."""
    return float(f"{value:.{digits}g}")


def convert(
    value: float, from_unit: str, to_unit: str, molecular_weight: float | None = None, relation: Relation = "="
) -> Conversion:
    """Convert a concentration.

    Args:
        value: the number in `from_unit`.
        from_unit: any spelling that `parse_unit` reads.
        to_unit: the same.
        molecular_weight: average, in g/mol; needed between mass and molar units and not used otherwise.
        relation: `<` and `>` change places when a logged unit is on one side only.

    Raises:
        InvalidQuantity: a unit is missing or unknown, the value cannot be (negative, infinite, zero where it is
            logged), or the molecular weight is missing.
    """
    given = Measured(value, parse_unit(from_unit), relation)
    wanted = parse_unit(to_unit)
    _check_value(given)
    crosses = "mass" in (given.unit.dimension, wanted.dimension) and given.unit.dimension != wanted.dimension
    if crosses and molecular_weight is None:
        raise InvalidQuantity(
            f"{given.unit.symbol} and {wanted.symbol} differ by a molecular weight.",
            "Name the molecule or give its SMILES, so that its molecular weight can be used.",
        )
    if crosses and molecular_weight is not None and not (math.isfinite(molecular_weight) and molecular_weight > 0):
        raise InvalidQuantity(f"{molecular_weight:g} g/mol is no molecular weight.", "It must be above 0.")
    weight = molecular_weight if crosses else None
    result = _calculate(given, wanted, weight)
    if not math.isfinite(result) or (value != 0 and result == 0 and wanted.dimension != "logged"):
        raise InvalidQuantity(
            f"{value:g} {given.unit.symbol} is beyond what can be computed with.", "Check the number."
        )
    flips = (given.unit.dimension == "logged") != (wanted.dimension == "logged")
    turned = _FLIPPED[relation] if flips else relation
    rounded = significant(result)
    return Conversion(given, rounded, wanted, turned, _arithmetic(given, rounded, wanted, weight), weight)


def _check_value(given: Measured) -> None:
    if not math.isfinite(given.value):
        raise InvalidQuantity("The value is not a finite number.", "Give a number such as 1.2.")
    if given.unit.dimension == "logged":
        if abs(given.value) > _HIGHEST_LOG:
            raise InvalidQuantity(
                f"A {given.unit.symbol} of {given.value:g} is out of range.", "It is usually between 2 and 12."
            )
    elif given.value < 0:
        raise InvalidQuantity(
            f"A concentration cannot be {given.value:g} {given.unit.symbol}.", "Give a value of 0 or more."
        )


def _calculate(given: Measured, wanted: Unit, weight: float | None) -> float:
    source, logged_out = given.unit, wanted.dimension == "logged"
    if source.dimension == "logged" and logged_out:
        if source.symbol != wanted.symbol:
            raise InvalidQuantity(
                f"{source.symbol} and {wanted.symbol} measure different things and do not convert.",
                "Both convert to and from molar units.",
            )
        return given.value
    registry = _registry()
    if source.dimension == "logged":
        quantity = registry.Quantity(10.0 ** (-given.value), "mole/litre")
    else:
        quantity = registry.Quantity(given.value, source.expression)
    if weight is not None:
        per_mole = registry.Quantity(weight, "gram/mole")
        quantity = quantity / per_mole if source.dimension == "mass" else quantity * per_mole
    if not logged_out:
        return float(quantity.to(wanted.expression).magnitude)
    molar = float(quantity.to("mole/litre").magnitude)
    if molar <= 0:
        raise InvalidQuantity(f"A concentration of 0 has no {wanted.symbol}.", "Its logarithm does not exist.")
    return -math.log10(molar)


def _arithmetic(given: Measured, result: float, wanted: Unit, weight: float | None) -> str:
    """The calculation in a line, for a reader to check."""
    source = given.unit
    left = f"{given.value:g} {source.symbol}"
    if source.dimension == "logged":
        left = f"10^−{given.value:g} M" if given.value >= 0 else f"10^{-given.value:g} M"
    if weight is not None:
        left += f" {'÷' if source.dimension == 'mass' else '×'} {weight:g} g/mol"
    if wanted.dimension == "logged":
        return (
            f"{wanted.symbol} = −log10({left} in mol/L) = {result:g}"
            if source.dimension != "logged"
            else f"{wanted.symbol} {result:g}"
        )
    return f"{left} = {result:g} {wanted.symbol}"


@cache
def _registry() -> pint.UnitRegistry[Any]:
    """A registry of our own with three units: loading pint's full table would take longer than all conversions."""
    import pint

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, cache_folder=None)
    for scale, exponent in (
        ("kilo", 3),
        ("deci", -1),
        ("centi", -2),
        ("milli", -3),
        ("micro", -6),
        ("nano", -9),
        ("pico", -12),
        ("femto", -15),
    ):
        registry.define(f"{scale}- = 1e{exponent}")
    for base in ("mole = [substance]", "gram = [mass]", "litre = [volume]"):
        registry.define(base)
    return registry
