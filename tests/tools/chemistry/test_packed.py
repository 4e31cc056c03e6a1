"""A search of packed fingerprints finds what RDKit's own bulk comparison finds, to the last digit and in the same order."""

from __future__ import annotations

import csv
import gzip
import tempfile
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("rdkit")
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.memory.errors import StorageError
from biocopilot.memory.stores import fingerprint_file
from biocopilot.memory.stores.fingerprint_file import Batch, FingerprintHeader, write_file
from biocopilot.tools.chemistry.engine import packed
from biocopilot.tools.chemistry.engine.functions import FUNCTIONS
from biocopilot.tools.chemistry.engine.parsing import molecule_from, rdkit_version
from biocopilot.tools.chemistry.engine.similarity import Library, packed_of, tanimoto
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import DataStructs


def written(
    path: Path, bits: Sequence[bytes], salts: Sequence[bool] = (), rdkit: str = "", numbers: Sequence[int] = ()
) -> Path:
    """A file of these fingerprints; their molregnos are 1, 2, …, where none are given."""
    flags = bytes(salts) if salts else bytes(len(bits))
    made = Batch(array("q", numbers or range(1, len(bits) + 1)), flags, b"".join(bits))
    write_file(path, lambda: [made], FingerprintHeader(rdkit or rdkit_version(), "x", 0, 0, 0), lambda _done, _of: None)
    return path


def by_rdkit(query: bytes, bits: Sequence[bytes], most: int, left_out: Sequence[int] = ()) -> list[tuple[int, float]]:
    """The same by RDKit: molregnos are 1, 2, …"""
    vectors = [DataStructs.CreateFromBinaryText(one) for one in bits]
    values = DataStructs.BulkTanimotoSimilarity(DataStructs.CreateFromBinaryText(query), vectors)
    rows = [(number, value) for number, value in enumerate(values, 1) if number not in left_out]
    return sorted(rows, key=lambda row: (-row[1], row[0]))[:most]


def of_bits(positions: Sequence[int]) -> bytes:
    return sum(1 << position for position in set(positions)).to_bytes(256, "little")


SPARSE = st.lists(st.integers(0, 40) | st.integers(0, 2047), max_size=30).map(of_bits)
ANY = SPARSE | st.binary(min_size=256, max_size=256) | st.sampled_from([bytes(256), b"\xff" * 256])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_fingerprints_are_ranked_as_rdkit_ranks_them(data: st.DataObject) -> None:
    bits = data.draw(st.lists(ANY, min_size=1, max_size=40))
    query = data.draw(st.sampled_from(bits) | ANY)
    salts = data.draw(st.lists(st.booleans(), min_size=len(bits), max_size=len(bits)))
    skip = data.draw(st.lists(st.integers(1, 45), max_size=5, unique=True))
    most = data.draw(st.integers(1, 50))
    with tempfile.TemporaryDirectory() as folder:
        file = packed.PackedFile(str(written(Path(folder) / "a", bits, salts)))
        left_out = {*skip, *(number for number, salt in enumerate(salts, 1) if salt)}
        assert file.nearest(query, most, skip) == by_rdkit(query, bits, most, sorted(left_out))
        assert file.compared(skip) == len(set(range(1, len(bits) + 1)) - left_out)


@pytest.fixture(scope="module")
def starter() -> Library:
    """The starter set's structures, which are real."""
    store = ChemblStore.open()
    smiles = [row[2] for row in store.all_structures()]
    store.close()
    return Library(smiles)


@pytest.mark.parametrize("rows_at_once", [1, 7, 4096])
def test_real_structures_have_the_very_similarities_of_rdkit(
    starter: Library, tmp_path: Path, rows_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "ROWS_AT_ONCE", rows_at_once)
    whole = starter.packed()
    bits = [whole[at : at + 256] for at in range(0, len(whole), 256)]
    assert len(bits) > 2_000
    file = packed.PackedFile(str(written(tmp_path / "a", bits)))
    for row in range(0, len(bits), len(bits) // (20 if rows_at_once == 4096 else 3)):
        for most in (1, 10, 100):
            assert file.nearest(bits[row], most) == by_rdkit(bits[row], bits, most)
    assert len(file.nearest(bits[0], len(bits) + 5)) == len(bits)


def test_the_shared_chembl_structures_have_the_very_similarities_of_rdkit(shared: Path, tmp_path: Path) -> None:
    found: dict[str, None] = {}
    for path in sorted((shared / "data" / "chembl_activities" / "overlapping_assays").glob("target_CHEMBL*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            found |= dict.fromkeys(row["canonical_smiles"] for row in csv.DictReader(file))
    library = Library(list(found)[:5_000])
    assert len(library.rows) > 1_000
    whole = library.packed()
    bits = [whole[at : at + 256] for at in range(0, len(whole), 256)]
    packed_file = packed.PackedFile(str(written(tmp_path / "a", bits)))
    for query in bits[:: len(bits) // 25]:
        assert packed_file.nearest(query, 25) == by_rdkit(query, bits, 25)


def test_the_function_says_what_molecule_similarity_says(tmp_path: Path) -> None:
    texts = ["CCO", "CCCO", "c1ccccc1O", "CC(=O)Oc1ccccc1C(=O)O", "rubbish!", "Cc1ccccc1O"]
    made = FUNCTIONS["fingerprints"](texts)
    assert made["unparsable"] == [4]
    path = written(tmp_path / "a", [packed_of(molecule_from(text)) for text in texts if text != "rubbish!"])
    found = FUNCTIONS["nearest_packed"]("Oc1ccccc1", str(path), 3, [3])
    assert found["compared"] == 4
    numbered = {1: "CCO", 2: "CCCO", 4: "CC(=O)Oc1ccccc1C(=O)O", 5: "Cc1ccccc1O"}
    by_one = {n: tanimoto(molecule_from("Oc1ccccc1"), molecule_from(text)) for n, text in numbered.items()}
    best = sorted(by_one, key=lambda n: -by_one[n]["value"])[:3]
    assert best[0] == 5
    assert found["rows"] == [{"molregno": n, "similarity": by_one[n]} for n in best]


def test_an_empty_file_has_no_neighbours(tmp_path: Path) -> None:
    file = packed.PackedFile(str(written(tmp_path / "a", [])))
    assert (file.nearest(b"\x01" * 256, 5), file.compared([1])) == ([], 0)


@pytest.fixture
def blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two hundred fingerprints with a checksum for each sixteen, from one bit set to two hundred."""
    for module in (fingerprint_file, packed):
        monkeypatch.setattr(module, "BLOCK_ROWS", 16)
    defaults = FingerprintHeader.__init__.__defaults__ or ()
    changed = tuple(16 if value == 65_536 else value for value in defaults)
    monkeypatch.setattr(FingerprintHeader.__init__, "__defaults__", changed)
    return written(tmp_path / "a", [of_bits(range(n)) for n in range(1, 201)])


def test_a_byte_changed_is_found_when_it_is_needed_and_by_a_full_look(blocks: Path) -> None:
    data = bytearray(blocks.read_bytes())
    data[-256] ^= 1  # of the structure with the most bits
    blocks.write_bytes(data)
    file = packed.PackedFile(str(blocks))
    assert file.nearest(of_bits(range(10)), 3)[0] == (10, 1.0)  # far away from it
    with pytest.raises(StorageError, match="damaged"):
        file.nearest(of_bits(range(200)), 3)
    with pytest.raises(StorageError, match="damaged"):
        file.check_all()
    assert FUNCTIONS["packed_is_sound"](str(blocks)) is False


@pytest.mark.parametrize("at", [4096, 4096 + 8 * 200 + 3, 4096 + 10 * 200 + 5, 4096 + 11 * 200])
def test_a_damaged_index_is_found_at_once(blocks: Path, at: int) -> None:
    assert FUNCTIONS["packed_is_sound"](str(blocks)) is True
    data = bytearray(blocks.read_bytes())
    data[at] ^= 1
    blocks.write_bytes(data)
    with pytest.raises(StorageError, match="damaged"):
        packed.PackedFile(str(blocks))


def test_fingerprints_of_another_rdkit_are_refused_and_a_new_file_is_opened_anew(tmp_path: Path) -> None:
    path = written(tmp_path / "a", [of_bits([1])], rdkit="2019.03.1")
    with pytest.raises(StorageError, match=r"RDKit 2019\.03\.1; this is") as caught:
        packed.PackedFile.opened(str(path))
    assert "data add chembl" in caught.value.hint
    written(path, [of_bits([1]), of_bits([2])])
    assert packed.PackedFile.opened(str(path)) is packed.PackedFile.opened(str(path))
    assert packed.PackedFile.opened(str(path)).header.count == 2
    with pytest.raises(StorageError, match="cannot be read"):
        packed.PackedFile.opened(str(tmp_path / "none"))
