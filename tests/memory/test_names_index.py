"""Names to identifiers, in the starter set's own index and over a dump's tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from biocopilot.memory.names_index import NameIndex
from biocopilot.memory.starter.names import name_key
from biocopilot.memory.store_connection import Database


@pytest.fixture(scope="module")
def index() -> Iterator[NameIndex]:
    opened = Database.open()
    yield NameIndex(opened)
    opened.close()


@pytest.fixture
def full(full_chembl: Path) -> Iterator[NameIndex]:
    opened = Database.open(full_chembl)
    yield NameIndex(opened)
    opened.close()


def ids(index: NameIndex, name: str, *kinds: str) -> list[str]:
    return [hit.id for hit in index.matching(name, kinds or ("molecule", "target", "disease"))]


@pytest.mark.parametrize("written", ["paracetamol", "Paracétamol", " PARACETAMOL ", "Para-cetamol"])
def test_case_accents_and_punctuation_do_not_matter(index: NameIndex, written: str) -> None:
    assert ids(index, written, "molecule") == ["CHEMBL112"]


def test_greek_letters_are_their_names(index: NameIndex) -> None:
    assert ids(index, "TNF-α", "target")[0] == ids(index, "TNF alpha", "target")[0] == "P01375"


def test_the_kind_is_kept_apart(index: NameIndex) -> None:
    assert ids(index, "EGFR", "molecule") == []
    assert ids(index, "EGFR", "target")[0] == "P00533"
    assert [hit.kind for hit in index.matching("Psoriasis", ("disease",))] == ["disease"]


def test_the_best_rank_comes_first(index: NameIndex) -> None:
    for name in ("EGFR", "COX-2", "NET", "aspirin"):
        ranks = [hit.rank for hit in index.matching(name)]
        assert ranks == sorted(ranks)
        assert ranks


@pytest.mark.parametrize("name", ["", "  ", "---", "💊", "no such thing at all"])
def test_what_is_no_name_matches_nothing(index: NameIndex, name: str) -> None:
    assert index.matching(name) == []


@pytest.mark.parametrize(
    ("written", "meant", "kind"),
    [
        ("imatinb", "IMATINIB", "molecule"),
        ("ibuprophen", "IBUPROFEN", "molecule"),
        ("psoriasys", "Psoriasis", "disease"),
        ("EGFRR", "EGFR", "target"),
    ],
)
def test_a_misspelt_name_has_its_neighbour_first(index: NameIndex, written: str, meant: str, kind: str) -> None:
    near = index.nearest(written, kind)
    assert near[0][0].casefold() == meant.casefold()
    assert all(0 < score <= 100 for _, score in near)
    assert [score for _, score in near] == sorted((score for _, score in near), reverse=True)


def test_neighbours_are_few_and_each_named_once(index: NameIndex) -> None:
    near = index.nearest("cillin", most=3)
    assert len(near) <= 3
    assert len({name for name, _ in near}) == len(near)


@pytest.mark.parametrize("written", ["", "ab", "§§", "x" * 5_000, "qzxjkvwq"])
def test_nothing_resembles_nothing(index: NameIndex, written: str) -> None:
    assert index.nearest(written) == []


def test_all_keys_are_keys(index: NameIndex) -> None:
    assert "aspirin" in index.keys
    assert "egfr" in index.keys
    assert all(name_key(key) == key for key in list(index.keys)[:500])


def test_a_dump_is_read_by_preferred_name_then_synonym(full: NameIndex) -> None:
    assert ids(full, "Aspirin", "molecule") == ["CHEMBL25"]
    assert ids(full, "gleevec", "molecule") == ["CHEMBL941"]
    assert [(hit.id, hit.rank) for hit in full.matching("sti-571", ("molecule",))] == [("CHEMBL941", 1)]


def test_a_dump_gives_human_proteins_before_others(full: NameIndex) -> None:
    assert ids(full, "egfr", "target") == ["P00533", "Q01279"]
    assert ids(full, "non-small cell lung carcinoma", "disease") == ["non-small cell lung carcinoma"]


def test_a_dump_has_neighbours_too(full: NameIndex) -> None:
    assert full.nearest("imatinb")[0][0] == "IMATINIB"
    assert full.nearest("ERBB3", "target")[0][0] == "ERBB2"
    assert full.nearest("rhubarb", "disease") == []


@pytest.mark.parametrize("name", ["' OR 1=1 --", 'x"; DROP TABLE drug', "%", "_"])
def test_a_name_is_bound_and_never_a_pattern(full: NameIndex, index: NameIndex, name: str) -> None:
    assert full.matching(name) == []
    assert index.matching(name) == []


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("(+)-epicatechin", {"(+)-EPICATECHIN"}),
        ("(-)-epicatechin", set()),
        ("(−)-epicatechin", set()),
        ("(±)-epicatechin", set()),
        ("(−)-nicotine", {"NICOTINE"}),
    ],
)
def test_a_mirror_image_is_another_molecule(index: NameIndex, written: str, names: set[str]) -> None:
    assert {hit.name.upper() for hit in index.matching(written, ("molecule",))} == names


@pytest.mark.parametrize(("start", "name"), [("erlot", "ERLOTINIB"), ("EGF", "EGFR"), ("Imat", "IMATINIB")])
def test_what_begins_so_is_found_for_completion(index: NameIndex, full: NameIndex, start: str, name: str) -> None:
    for names in (index, full):
        found = names.beginning(start)
        assert len(found) <= 8
        assert name in [one.upper() for one in found] or start == "erlot"
    assert index.beginning(start)[0].upper() == name
    assert index.beginning("%") == index.beginning("zzzzz") == []
