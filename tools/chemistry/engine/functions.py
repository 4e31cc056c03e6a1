"""What the worker can be asked to do: functions of JSON-able arguments and results, by name in `FUNCTIONS`.

Each takes SMILES or InChI text and checks it; modules are imported where they are first needed, so that the first
answer does not wait for RDKit's heavier parts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....memory.errors import InvalidArguments, InvalidStructure
from .parsing import molecule_from, pattern_from, rdkit_version, smiles_of_block, structure_record

__all__ = ["FUNCTIONS"]

_BATCH = 100_000
_LIBRARIES: dict[str, Any] = {}


def parse(structure: str) -> dict[str, Any]:
    """Canonical SMILES and InChIKey."""
    return structure_record(molecule_from(structure))


def parse_many(structures: Sequence[str]) -> list[dict[str, Any] | None]:
    """The same for many; None for what is no structure."""
    _bounded(structures)
    return [_or_none(text) for text in structures]


def _or_none(text: str) -> dict[str, Any] | None:
    try:
        return parse(text)
    except InvalidStructure:
        return None


def smiles_of_blocks(blocks: Sequence[str]) -> list[str]:
    """The canonical SMILES of each block of an SDF; empty for what is no structure."""
    _bounded(blocks)
    return [smiles_of_block(block) for block in blocks]


def properties(structure: str, wanted: Sequence[str] = (), rules: bool = True) -> dict[str, Any]:
    """Properties, and the rules where asked for."""
    from .descriptors import properties_of
    from .rules import rules_of

    molecule = molecule_from(structure)
    found: dict[str, Any] = {**structure_record(molecule), "properties": properties_of(molecule, wanted)}
    if rules:
        found["rules"] = rules_of(molecule)
    return found


def describe(structure: str) -> dict[str, Any]:
    """What kind of structure it is: parent, stereo, isotopes, tautomer."""
    from .standard_form import describe_form

    molecule = molecule_from(structure)
    return {**structure_record(molecule), **describe_form(molecule)}


def alerts(structure: str, catalogues: Sequence[str]) -> dict[str, Any]:
    """Alerts; atom indices are those of the canonical SMILES returned."""
    from .alerts import alerts_in

    record = structure_record(molecule_from(structure))
    return {**record, "alerts": alerts_in(molecule_from(record["smiles"]), catalogues)}


def similarity(structure: str, other: str) -> dict[str, Any]:
    """Tanimoto similarity of two structures."""
    from .similarity import tanimoto

    return {"similarity": tanimoto(molecule_from(structure), molecule_from(other))}


def nearest(
    structure: str, name: str, most: int, skip: Sequence[int] = (), structures: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """The most similar of a named set, but for the structure itself and the rows to skip.

    The set is sent once and kept; None asks for it to be sent.
    """
    from .similarity import Library, neighbours

    if structures is not None:
        _bounded(structures)
        _LIBRARIES[name] = Library(structures)
    if name not in _LIBRARIES:
        return None
    kept, molecule = _LIBRARIES[name], molecule_from(structure)
    own = sorted({*skip, *kept.rows_of(molecule)})
    rows = neighbours(molecule, kept, most, own)
    return {
        "compared": sum(row not in own for row in kept.rows),
        "itself": own,
        "unparsable": kept.unparsable,
        "rows": [{"row": row, "similarity": value} for row, value in rows],
    }


def fingerprints(structures: Sequence[str]) -> dict[str, Any]:
    """The fingerprints of many, end to end in base64, and the rows that are no structure, which have none."""
    from base64 import b64encode

    from .similarity import packed_of

    _bounded(structures)
    made, unparsable = [], []
    for row, text in enumerate(structures):
        try:
            made.append(packed_of(molecule_from(text)))
        except InvalidStructure:
            unparsable.append(row)
    return {"bits": b64encode(b"".join(made)).decode(), "unparsable": unparsable}


def nearest_packed(structure: str, path: str, most: int, skip: Sequence[int] = ()) -> dict[str, Any]:
    """The most similar structures of a file of fingerprints, by molregno, but for those to skip."""
    from .packed import PackedFile
    from .similarity import packed_of, similarity_of

    file = PackedFile.opened(path)
    found = file.nearest(packed_of(molecule_from(structure)), most, skip)
    return {
        "compared": file.compared(skip),
        "rows": [{"molregno": molregno, "similarity": similarity_of(value)} for molregno, value in found],
    }


def packed_is_sound(path: str) -> bool:
    """Whether every byte of a file of fingerprints is as it was written."""
    from ....memory.errors import StorageError
    from .packed import PackedFile

    try:
        PackedFile(path).check_all()
    except StorageError:
        return False
    return True


def pattern_records(structures: Sequence[str]) -> list[str]:
    """What is kept of each for substructure searches, in base64; empty for what is no structure."""
    from base64 import b64encode

    from .screen import record_of

    _bounded(structures)
    made = []
    for text in structures:
        try:
            made.append(b64encode(record_of(molecule_from(text))).decode())
        except InvalidStructure:
            made.append("")
    return made


def pattern_candidates(path: str, query: Mapping[str, Any]) -> list[int]:
    """How many structures of each block of a file of patterns may hold the query."""
    from .patterns import PatternFile
    from .screen import query_of

    file, asked = PatternFile.opened(path), query_of(**query)
    return [len(file.candidates(block, asked)) for block in range(file.header.blocks)]


def pattern_matches(path: str, query: Mapping[str, Any], block: int, first: int, count: int) -> list[int]:
    """Molregnos of those that hold it, of `count` candidates of a block from the `first` on."""
    from .patterns import PatternFile
    from .screen import query_of

    file, asked = PatternFile.opened(path), query_of(**query)
    return file.matches(file.candidates(block, asked)[first : first + count], asked)


def patterns_are_sound(path: str) -> bool:
    """Whether every byte of a file of patterns is as it was written."""
    from ....memory.errors import StorageError
    from .patterns import PatternFile

    try:
        PatternFile(path).check_all()
    except StorageError:
        return False
    return True


def query_meant(query: Mapping[str, Any]) -> str:
    """The SMARTS, or the SMILES of the molecule or scaffold, that a query looks for; refuses what is none."""
    from .screen import query_of

    return query_of(**query).smiles


def matches_among(query: Mapping[str, Any], structures: Sequence[str]) -> dict[str, Any]:
    """(row, heavy atoms) of the structures that hold the query, and the rows that are no structure."""
    from .screen import query_of

    _bounded(structures)
    asked = query_of(**query)
    matched, unparsable = [], []
    for row, text in enumerate(structures):
        try:
            molecule = molecule_from(text)
        except InvalidStructure:
            unparsable.append(row)
            continue
        if asked.matches(molecule):
            matched.append((row, molecule.GetNumHeavyAtoms()))
    return {"matched": matched, "unparsable": unparsable}


def substructure(smarts: str, structures: Sequence[str]) -> dict[str, Any]:
    """Rows of the structures that hold the pattern, with the atoms of the first match, and rows that did not parse."""
    _bounded(structures)
    query = pattern_from(smarts)
    matched, unparsable = [], []
    for row, text in enumerate(structures):
        try:
            molecule = molecule_from(text)
        except InvalidStructure:
            unparsable.append(row)
            continue
        hits = molecule.GetSubstructMatches(query, maxMatches=100)
        if hits:
            matched.append({"row": row, "count": len(hits), "atoms": list(hits[0])})
    return {"matched": matched, "unparsable": unparsable}


def pattern_counts(structure: str, patterns: Sequence[str]) -> list[int]:
    """How often each pattern matches one structure, up to a hundred times."""
    _bounded(patterns)
    molecule = molecule_from(structure)
    return [len(molecule.GetSubstructMatches(pattern_from(smarts), maxMatches=100)) for smarts in patterns]


def elements(structure: str) -> dict[str, int]:
    """Symbols and numbers of atoms, hydrogens included, in the order of the formula."""
    from rdkit import Chem

    atoms = Chem.AddHs(molecule_from(structure)).GetAtoms()
    symbols = [atom.GetSymbol() for atom in atoms]
    return {symbol: symbols.count(symbol) for symbol in sorted(set(symbols), key=lambda s: (s != "C", s != "H", s))}


def check_pattern(smarts: str) -> dict[str, Any]:
    """The pattern's number of atoms; refuses what is no SMARTS."""
    return {"atoms": pattern_from(smarts).GetNumAtoms()}


def group_smarts(name: str) -> dict[str, Any]:
    """A functional group's SMARTS, or the names that there are."""
    from .groups import group_names, smarts_of

    return {"smarts": smarts_of(name), "names": group_names()}


def scaffold(structure: str) -> dict[str, Any]:
    """Bemis–Murcko scaffold and generic framework."""
    from .standard_form import scaffold_of

    molecule = molecule_from(structure)
    return {**structure_record(molecule), **scaffold_of(molecule)}


def standardise(structure: str) -> dict[str, Any]:
    """Standard form and parent."""
    from .standard_form import standardised

    return standardised(molecule_from(structure))


def assess(rows: Sequence[tuple[str, str]], patterns: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Parent, panel and patterns of each row of a long list, or why there is none."""
    from .assess import assessed

    _bounded(rows)
    return assessed(rows, patterns)


def leaders(structures: Sequence[str], similarity: float) -> list[int]:
    """The leader of each structure's cluster."""
    from .assess import leaders_of

    _bounded(structures)
    return leaders_of(structures, similarity)


def common_core(structures: Sequence[str], seconds: int = 5) -> dict[str, Any]:
    """Maximum common substructure as SMARTS, rings matching whole rings only."""
    from rdkit.Chem import rdFMCS

    found = rdFMCS.FindMCS(
        [molecule_from(text) for text in structures], timeout=seconds, ringMatchesRingOnly=True, completeRingsOnly=True
    )
    return {
        "smarts": found.smartsString,
        "atoms": found.numAtoms,
        "bonds": found.numBonds,
        "complete": not found.canceled,
    }


def draw(
    structure: str, form: str, highlight: str, legend: str, width: int, height: int, background: str = ""
) -> dict[str, Any]:
    """A drawing; `highlight` is `none`, `alerts` or a SMARTS, `background` a colour `#rrggbb` or white."""
    from .drawing import drawing_of

    molecule = molecule_from(structure)
    lit = _lit(molecule, highlight)
    return {**drawing_of(molecule, form, lit, legend, width, height, background), "highlighted": sorted(set(lit))}


def layout(structure: str, highlight: str) -> dict[str, Any]:
    """Where atoms and bonds lie in the plane, for a drawing as text; `highlight` as `draw`."""
    from .layout import layout_of

    molecule = molecule_from(structure)
    return layout_of(molecule, set(_lit(molecule, highlight)))


def _lit(molecule: Any, highlight: str) -> list[int]:
    """The atoms that `highlight` means: of alerts, of matches of a SMARTS, or none."""
    from .alerts import alerts_in

    if highlight == "alerts":
        return [atom for alert in alerts_in(molecule, ("PAINS", "BRENK")) for atom in alert["atoms"]]
    if highlight == "none":
        return []
    return [atom for match in molecule.GetSubstructMatches(pattern_from(highlight)) for atom in match]


def loaded_modules() -> list[str]:
    """Names of the modules that this process has loaded."""
    return sorted(sys.modules)


def version() -> dict[str, str]:
    """RDKit's version."""
    return {"rdkit": rdkit_version()}


def _bounded(structures: Sequence[Any]) -> None:
    if len(structures) > _BATCH:
        raise InvalidArguments(f"{len(structures):,} structures; {_BATCH:,} is the most.", "Split the list.")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        parse, parse_many, smiles_of_blocks, properties, describe, alerts, similarity, nearest, fingerprints, nearest_packed,
        packed_is_sound, pattern_records, pattern_candidates, pattern_matches, patterns_are_sound,
        query_meant, matches_among, substructure, pattern_counts, elements, check_pattern, group_smarts, scaffold,
        standardise, assess, leaders, common_core, draw, layout,
        loaded_modules, version,
    )
}  # fmt: skip
