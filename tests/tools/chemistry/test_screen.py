"""The screen loses no structure that RDKit would match, and lets few others through."""

from __future__ import annotations

import csv
import gzip
import random
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rdkit")
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.memory.errors import BiocopilotError, InvalidArguments, InvalidStructure, StorageError
from biocopilot.memory.stores import pattern_file
from biocopilot.memory.stores.pattern_file import Patterned, PatternHeader, read_header, write_patterns
from biocopilot.memory.stores.patterns import split
from biocopilot.tools.chemistry.engine.functions import FUNCTIONS
from biocopilot.tools.chemistry.engine.groups import group_names, smarts_of
from biocopilot.tools.chemistry.engine.parsing import molecule_from, rdkit_version
from biocopilot.tools.chemistry.engine.patterns import PatternFile
from biocopilot.tools.chemistry.engine.screen import Query, flat_scaffold, is_loose, query_of, record_of
from rdkit import Chem

LOOSE = [
    "c1ccc2c(c1)Cc1ccccc1-2",  # fluorene
    "c1ccc2c(c1)-c1ccccc1-2",  # biphenylene
    "c1cc2cccc3c4cccc5cccc(c(c1)c23)c54",  # perylene
    "O=C1c2ccccc2-c2ccccc21",
    "c1ccc2c(c1)-c1cccc3cccc-2c13",  # fluoranthene
]


def written(path: Path, smiles: list[str], salts: frozenset[int] = frozenset(), rdkit: str = "") -> list[Chem.Mol]:
    """A file of these structures, with their places from 0 as molregnos; and the molecules as they were read."""
    molecules = [molecule_from(text) for text in smiles]
    rows = []
    for number, molecule in enumerate(molecules):
        rows.append(Patterned(number, number in salts, *split(record_of(molecule))[1:]))
    write_patterns(path, rows, PatternHeader(rdkit or rdkit_version(), "x", len(rows)), lambda _done, _of: None)
    return molecules


def hits(file: PatternFile, query: Query) -> list[int]:
    return [
        number for block in range(file.header.blocks) for number in file.matches(file.candidates(block, query), query)
    ]


def brute(molecules: list[Chem.Mol], query: Query) -> list[int]:
    return [number for number, molecule in enumerate(molecules) if query.matches(molecule)]


def starter_smiles(every: int) -> list[str]:
    store = ChemblStore.open()
    smiles = [row[2] for row in store.all_structures()][::every]
    store.close()
    return [text for text in smiles if "*" not in text]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[PatternFile, list[Chem.Mol]]:
    """Every sixth structure of the starter set, and ring systems with single bonds between aromatic atoms."""
    path = tmp_path_factory.mktemp("real") / "a.patterns"
    molecules = written(path, [*starter_smiles(6), *LOOSE])
    return PatternFile(str(path)), molecules


@pytest.mark.parametrize("group", group_names())
def test_every_named_group_is_found_where_it_is(real: tuple[PatternFile, list[Chem.Mol]], group: str) -> None:
    file, molecules = real
    query = query_of(str(smarts_of(group)), "smarts")
    assert hits(file, query) == brute(molecules, query)


@pytest.mark.parametrize(
    "smarts",
    [
        "c1ccccc1", "c1ccc2ncncc2c1", "cc", "c1cccc1", "[c,n]1ccccc1", "[#6]1~[#6]~[#6]~[#6]~[#6]~[#6]~1", "c-c", "c!:c", "C-,=C", "[!#6]C", "[$(c1ccccc1)]C",
        "[nX3]1cccc1", "[nH]", "[n+]", "[a]1[a][a][a][a][a]1", "C@C", "[R2]", "[r5]", "[D4]", "[H]", "[2H]", "*", "[*]~[*]~[*]", "C.N", "[Cl,Br,I]", "[C;!R]=O",
        "[CX4;H2]N", "N#C", "[N;!$(NC=O)]", "C[C@H](N)C", "F/C=C/F", "[Pt]", "[Se]", "c1ccc(-c2ccccc2)cc1", "c1ccc2c(c1)Cc1ccccc1-2", "c1ccc2c(c1)Cc1ccccc12", "[Na+]", "[O-]", "[C-]#N",
    ],
)  # fmt: skip
def test_patterns_of_all_kinds_are_found_where_they_are(real: tuple[PatternFile, list[Chem.Mol]], smarts: str) -> None:
    file, molecules = real
    query = query_of(smarts, "smarts")
    assert hits(file, query) == brute(molecules, query)


@pytest.mark.parametrize("seed", range(3))
def test_pieces_of_real_molecules_are_found_as_pattern_molecule_and_scaffold(
    real: tuple[PatternFile, list[Chem.Mol]], seed: int
) -> None:
    file, molecules = real
    dice = random.Random(seed)
    asked = found = 0
    for molecule in dice.sample(molecules, 10):
        for text, kind in (
            *_pieces(molecule, dice),
            (flat_scaffold(molecule), "smarts"),
            (Chem.MolToSmiles(molecule), "scaffold"),
        ):
            for stereo in (False, True) if kind != "scaffold" else (False,):
                try:
                    query = query_of(text, kind, stereo)
                except BiocopilotError:  # a piece that is no molecule of its own
                    continue
                want = brute(molecules, query)
                assert hits(file, query) == want, (text, kind, stereo)
                asked, found = asked + 1, found + len(want)
    assert asked > 60
    assert found > 1_000


def _pieces(molecule: Chem.Mol, dice: random.Random) -> list[tuple[str, Any]]:
    texts: list[tuple[str, Any]] = []
    for radius in (1, 2, 3):
        around = Chem.FindAtomEnvironmentOfRadiusN(molecule, radius, dice.randrange(molecule.GetNumAtoms()))
        if around:
            piece = Chem.PathToSubmol(molecule, around)
            texts += [
                (Chem.MolToSmarts(piece), "smarts"),
                (Chem.MolToSmiles(piece), "smarts"),
                (Chem.MolToSmiles(piece), "contains"),
            ]
    return texts


def test_shared_structures_and_published_patterns_lose_nothing(shared: Path, tmp_path: Path) -> None:
    data = shared / "data"
    smiles: dict[str, None] = {}
    for path in sorted((data / "chembl_activities" / "overlapping_assays").glob("target_CHEMBL*.csv.gz"))[:30]:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            smiles |= dict.fromkeys(row["canonical_smiles"] for row in csv.DictReader(file))
    with gzip.open(data / "zinc" / "zinc_10K.smi.gz", "rt", encoding="utf-8") as file:
        smiles |= dict.fromkeys(line.split()[0] for line in list(file)[:200])
    with gzip.open(data / "rdkit_regression" / "aromat_regress.txt.gz", "rt", encoding="utf-8") as file:
        smiles |= dict.fromkeys(word for line in list(file)[:200] for word in line.split()[1:2])
    readable = [text for text in random.Random(7).sample(list(smiles), 900) if _reads(text)]
    assert len(readable) > 700
    molecules = written(tmp_path / "a", readable)
    file_ = PatternFile(str(tmp_path / "a"))
    with gzip.open(data / "rdkit_regression" / "pains_query.smi.gz", "rt", encoding="utf-8") as file:
        published = [line.split()[0] for line in file][::4]
    with gzip.open(data / "rdkit_regression" / "RLewis_smarts.txt.gz", "rt", encoding="utf-8") as file:
        published += [line.split()[0] for line in file if line.strip()][::4]
    asked = found = 0
    for smarts in published:
        try:
            query = query_of(smarts, "smarts")
        except InvalidStructure:
            continue
        want = brute(molecules, query)
        assert hits(file_, query) == want, smarts
        asked, found = asked + 1, found + len(want)
    assert asked > 100
    assert found > 1_000


def _reads(text: str) -> bool:
    try:
        return molecule_from(text) is not None
    except InvalidStructure:
        return False


@pytest.mark.parametrize("smarts", ["c1ccc2ncncc2c1", "c1ccc2[nX3]ccc2c1", "[CX3](=O)[NX3;H1]", "S(=O)(=O)N"])
def test_the_screen_lets_few_others_through(real: tuple[PatternFile, list[Chem.Mol]], smarts: str) -> None:
    file, molecules = real
    query = query_of(smarts, "smarts")
    passed, held = len(file.candidates(0, query)), len(brute(molecules, query))
    plain = set(Chem.PatternFingerprint(Chem.MolFromSmarts(smarts), fpSize=1024).GetOnBits())
    by_rdkit = sum(plain <= set(Chem.PatternFingerprint(one, fpSize=1024).GetOnBits()) for one in molecules)
    assert held <= passed < held + 0.25 * (by_rdkit - held)


@pytest.mark.parametrize("smiles", LOOSE[:2] + LOOSE[3:])
def test_a_ring_with_a_single_bond_between_aromatic_atoms_is_told(smiles: str) -> None:
    assert is_loose(molecule_from(smiles))
    assert not is_loose(molecule_from("c1ccc(-c2ccccc2)cc1"))
    assert not is_loose(molecule_from("c1ccc2[nH]ccc2c1"))


def test_stereochemistry_is_compared_where_that_is_asked(tmp_path: Path) -> None:
    written(tmp_path / "a", ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "CC(N)C(=O)O", "CC[C@H](N)C(=O)O"])
    file = PatternFile(str(tmp_path / "a"))
    assert hits(file, query_of("C[C@H](N)C(=O)O", "contains", True)) == [0, 3]
    assert hits(file, query_of("C[C@H](N)C(=O)O", "contains", False)) == [0, 1, 2, 3]


def test_a_scaffold_is_had_exactly_and_a_chain_has_none(tmp_path: Path) -> None:
    written(tmp_path / "a", ["Cc1ccccc1", "c1ccccc1C1CC1", "CCC", "Nc1ccccc1CCO", "Cn1cccc1"])
    file = PatternFile(str(tmp_path / "a"))
    assert hits(file, query_of("Oc1ccccc1", "scaffold")) == [0, 3]
    assert hits(file, query_of("Oc1ccccc1", "contains")) == []
    assert hits(file, query_of("c1cc[nH]c1", "scaffold")) == [4]
    with pytest.raises(InvalidArguments, match="no ring"):
        query_of("CCO", "scaffold")


def test_salts_are_left_out(tmp_path: Path) -> None:
    written(tmp_path / "a", ["CCN", "CCN.Cl", "CCCN"], salts=frozenset([1]))
    assert hits(PatternFile(str(tmp_path / "a")), query_of("CN", "contains")) == [0, 2]


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    written(tmp_path / "a", [])
    file = PatternFile(str(tmp_path / "a"))
    assert hits(file, query_of("C", "contains")) == []
    file.check_all()


@pytest.fixture
def blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three hundred structures in blocks of 128."""
    monkeypatch.setattr(pattern_file, "BLOCK_ROWS", 128)
    defaults = tuple(128 if value == 65_536 else value for value in PatternHeader.__init__.__defaults__ or ())
    monkeypatch.setattr(PatternHeader.__init__, "__defaults__", defaults)
    smiles = [f"{'C' * (1 + number % 30)}{('O', 'N', 'c1ccccc1')[number % 3]}" for number in range(300)]
    written(tmp_path / "a", smiles, salts=frozenset([5]))
    return tmp_path / "a"


def test_blocks_and_pieces_of_them_make_the_whole(blocks: Path) -> None:
    query = {"text": "CCN", "kind": "contains", "stereo": False}
    whole = [n for n in range(300) if n % 3 == 1 and n % 30 != 0]
    of_blocks = FUNCTIONS["pattern_candidates"](str(blocks), query)
    assert (len(of_blocks), sum(of_blocks)) == (3, len(whole))
    pieces = [
        FUNCTIONS["pattern_matches"](str(blocks), query, block, first, 7)
        for block, count in enumerate(of_blocks)
        for first in range(0, count, 7)
    ]
    assert [number for piece in pieces for number in piece] == whole


def test_a_byte_changed_is_found_when_it_is_needed_and_by_a_full_look(blocks: Path) -> None:
    assert FUNCTIONS["patterns_are_sound"](str(blocks)) is True
    header, data = read_header(blocks), bytearray(blocks.read_bytes())
    bits = query_of("CCN", "contains").bits
    data[header.block_offset(1) + bits[0] * header.width(1)] ^= 1
    blocks.write_bytes(data)
    file = PatternFile(str(blocks))
    assert len(file.candidates(0, query_of("CCN", "contains"))) > 0
    with pytest.raises(StorageError, match="damaged"):
        file.candidates(1, query_of("CCN", "contains"))
    with pytest.raises(StorageError, match="damaged"):
        file.check_all()
    assert FUNCTIONS["patterns_are_sound"](str(blocks)) is False


def test_a_molecule_that_is_not_what_was_packed_is_found(blocks: Path) -> None:
    header, data = read_header(blocks), bytearray(blocks.read_bytes())
    data[header.molecules_offset + 40] ^= 1  # of the first group
    blocks.write_bytes(data)
    file = PatternFile(str(blocks))
    with pytest.raises(StorageError, match="damaged"):
        file.molecule(3)
    assert file.molecule(20).GetNumAtoms() > 1
    with pytest.raises(StorageError, match="damaged"):
        file.check_all()


@pytest.mark.parametrize("behind", [0, 8 * 300 + 3, -1])
def test_a_damaged_index_is_found_at_once(blocks: Path, behind: int) -> None:
    data = bytearray(blocks.read_bytes())
    data[read_header(blocks).index_offset + behind if behind >= 0 else behind] ^= 1
    blocks.write_bytes(data)
    with pytest.raises(StorageError, match="damaged"):
        PatternFile(str(blocks))


def test_patterns_of_another_rdkit_are_refused_and_a_new_file_is_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "a"
    written(path, ["CCO"], rdkit="2019.03.1")
    with pytest.raises(StorageError, match=r"RDKit 2019\.03\.1; this is") as caught:
        PatternFile.opened(str(path))
    assert "data add chembl" in caught.value.hint
    written(path, ["CCO", "CCN"])
    assert PatternFile.opened(str(path)) is PatternFile.opened(str(path))
    assert PatternFile.opened(str(path)).header.count == 2
    with pytest.raises(StorageError, match="cannot be read"):
        PatternFile.opened(str(tmp_path / "none"))
